"""Bugs planted in the kernels of habits and managers: the comparison with the twin tells each.

As in `tests.faults.test_sabotage_reactive`; here sessions and habits tell, too.
"""

from __future__ import annotations

import pytest

from tests.support.coaching_cases import COACHING
from tests.support.planted import Checked, Fault, Replications, every_other

CHECKED = Checked(COACHING)

FAULTS: dict[str, Fault] = {
    "a coach who sees the truth": Fault(
        "rule process",
        "sessions",
        "teams.coach.Coach._score",
        (
            "coaching.score_by_process(*where, week, law.window, base, memory.persons, "
            "coached.decided, coached.passed, coached.score, coached.step)"
        ),
        (
            "coaching.score_by_truth(*where, law.prone, law.factor, np.repeat(base[:, None], "
            "len(memory.lanes.person), 1), memory.lanes.person, coached.habits, coached.score, "
            "coached.step)"
        ),
    ),
    "a choice at random that is none": Fault(
        "rule random",
        "sessions",
        "reacting.coaching.score_lanes",
        "order[s], score[s] = x[0], 0.0",
        "order[s], score[s] = 0, 0.0",
    ),
    "a step at random that is the first": Fault(
        "rule random", "sessions", "reacting.coaching.score_lanes", "1 + (int64(x[1]) * steps >> 32)", "1"
    ),
    "a result that tells the step": Fault(
        "rule result",
        "sessions",
        "teams.coach.Coach._score",
        "coaching.score_by_result(*where, week, law.window, memory.persons, coached.revenue, coached.score)",
        (
            "coaching.score_by_truth(*where, law.prone, law.factor, np.repeat(base[:, None], "
            "len(memory.lanes.person), 1), memory.lanes.person, coached.habits, coached.score, "
            "coached.step)\n"
            "coaching.score_by_result(*where, week, law.window, memory.persons, coached.revenue, "
            "coached.score)"
        ),
    ),
    "the highest results": Fault(
        "rule result",
        "sessions",
        "reacting.coaching.score_by_result",
        "float(total) / float(week - first)",
        "-float(total)",
    ),
    "a mean over the window, not the weeks held": Fault(
        "everything, reacting",
        "sessions",
        "reacting.coaching.score_by_result",
        "float(total) / float(week - first)",
        "float(total) / float(window)",
    ),
    "the weeks of whoever sat there before": Fault(
        "rule process, people come and go",
        "sessions",
        "reacting.coaching.first_seen_week",
        "person[rep, first - 1, r] == person[rep, week, r]",
        "True",
    ),
    "a window a week longer": Fault(
        "a window of a week",
        "sessions",
        "reacting.coaching.first_seen_week",
        "week - first < window",
        "week - first <= window",
    ),
    "standard errors without the rate": Fault(
        "fleeting habits",
        "sessions",
        "reacting.coaching.score_by_process",
        "np.sqrt((trials * p) * (1.0 - p))",
        "np.sqrt(trials)",
    ),
    "calls that the manager does not see": Fault(
        "rule process",
        "sessions",
        "teams.coach.Coach.count_calls",
        "self._memory.coached.decided[1, week] += made",
        "pass",
    ),
    "bookings that the manager does not see": Fault(
        "rule process",
        "sessions",
        "teams.coach.Coach.count_bookings",
        "self._memory.coached.passed[1, week] += bookings",
        "pass",
    ),
    "an oracle that forgets the rep's own rates": Fault(
        "rule oracle", "sessions", "reacting.coaching.score_by_truth", "own[each, s]", "0.5"
    ),
    "a session in the first week": Fault(
        "rule random", "sessions", "teams.coach.Coach.begin_week", "week >= law.first_week", "week >= 0"
    ),
    "a repair that always works": Fault(
        "rule process", "sessions", "reacting.coaching.hold_sessions", "int64(x[2]) < repair", "True"
    ),
    "a repair of a habit that is not there": Fault(
        "rule random",
        "sessions",
        "reacting.coaching.hold_sessions",
        "session[best] = what",
        "session[best] = what | REPAIRED",
    ),
    "a session's repair on the wrong step": Fault(
        "rule oracle", "habits", "reacting.coaching.hold_sessions", "on = what", "on = 1"
    ),
    "a repaired habit that is felt for the week": Fault(
        "rule oracle", "entries", "reacting.coaching.hold_sessions", "habit[on, best] = 1.0", "pass"
    ),
    "a session more": Fault(
        "rule random", "sessions", "reacting.coaching.hold_sessions", "range(slots)", "range(slots + 1)"
    ),
    "two sessions with one rep": Fault(
        "as many sessions as seats", "sessions", "reacting.coaching.hold_sessions", "step[best] = 0", "pass"
    ),
    "sessions of the week before": Fault(
        "rule random",
        "sessions",
        "teams.coach.Coach.begin_week",
        "coached.session[:], lanes.known[PRESSED] = 0, 0",
        "lanes.known[PRESSED] = 0",
    ),
    "habits that newcomers inherit": Fault(
        "rule nobody, people come and go",
        "habits",
        "reacting.coaching.change_habits",
        "has = word < begins",
        "has = habits[s] & bit != 0",
    ),
    "habits that never fade": Fault(
        "fleeting habits", "habits", "reacting.coaching.change_habits", "has = word < fade", "has = True"
    ),
    "habits of an empty chair": Fault(
        "rule nobody, people come and go",
        "habits",
        "reacting.coaching.change_habits",
        "has = False",
        "has = habits[s] & bit != 0",
    ),
    "a habit that the first step does not feel": Fault(
        "a habit on the first step",
        "entries",
        "reacting.calling.list_thinned",
        "uncut * habit[s] * response[s]",
        "uncut * response[s]",
    ),
    "a habit that later steps do not feel": Fault(
        "a habit on the last step",
        "entries",
        "reacting.items.apply_responses",
        "rate[i] * habit[uint64(lane[i])] * response[i]",
        "rate[i] * response[i]",
    ),
    "a habit decided before the wait": Fault(
        "a habit on the last step",
        "entries",
        "teams.listing.Listing._is_early",
        "not program.coaching.active",
        "True",
    ),
    "pressure that lasts the week": Fault(
        "fear by the day", "calls", "reacting.deciding.hear_coach", "begins and pressed[s] > 0", "pressed[s] > 0"
    ),
    "pressure on the rep after": Fault(
        "fear by the day",
        "calls",
        "reacting.coaching.hold_sessions",
        "pressed[best] = int64(presses)",
        "pressed[max(best - 1, 0)] = int64(presses)",
    ),
    "cuts told without the habit": Fault(
        "rates cut at one",
        "rates clipped",
        "reacting.calling.end_calls",
        "rate[s] * habit[s] * response[s]",
        "rate[s] * response[s]",
        Replications(number=3, row=4),
    ),
    "rates of the last week after the run": Fault(
        "fear by the week",
        "rep-weeks",
        "teams.funnel.Funnel._fill_step_rates",
        "self._running or not self._program.rates.varies[step]",
        "True",
    ),
}


@pytest.mark.parametrize(("name", "of"), sorted({(fault.case, fault.of) for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str, of: Replications) -> None:
    CHECKED.agree(name, of)


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_coaching_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
