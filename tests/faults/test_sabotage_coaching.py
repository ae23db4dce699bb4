"""Bugs planted in the kernels of habits and managers: the comparison with the twin tells each.

As in `tests.faults.test_sabotage_reactive`; here sessions and habits are compared, too.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from tests.support.both_engines import Counts, assert_agree, coaching_of_twin
from tests.support.coaching_cases import COACHING
from tests.support.uncompiled import change, engine
from tests.twin import simulate

SEED = 5


class Fault(NamedTuple):
    """A bug: the case that it is planted in, the kernel, and what replaces what in it."""

    case: str
    function: str
    old: str
    new: str


FAULTS: dict[str, Fault] = {
    "a coach who sees the truth": Fault(
        "rule process",
        "reactive.coaching.score_seat",
        "coached.score[at] = score_by_process(base, ledgers, coached, at, week, coaching.window)",
        "coached.score[at] = score_by_truth(coaching, ledgers, coached, at, week)",
    ),
    "a choice at random that is none": Fault(
        "rule random", "reactive.coaching.score_seat", "coached.order[at] = words[0]", "coached.order[at] = 0"
    ),
    "a result that tells the step": Fault(
        "rule result",
        "reactive.coaching.score_seat",
        "coached.score[at] = score_by_result(ledgers, coached, at, week, coaching.window)",
        "score_by_truth(coaching, ledgers, coached, at, week)\n"
        "coached.score[at] = score_by_result(ledgers, coached, at, week, coaching.window)",
    ),
    "the highest results": Fault(
        "rule result", "reactive.coaching.score_by_result", "float(total) / float(week - first)", "-float(total)"
    ),
    "a mean over the window, not the weeks held": Fault(
        "everything, reacting",
        "reactive.coaching.score_by_result",
        "float(total) / float(week - first)",
        "float(total) / float(window)",
    ),
    "the weeks of whoever sat there before": Fault(
        "rule process, people come and go",
        "reactive.coaching.first_seen_week",
        "ledgers.person[at, first - 1] == ledgers.person[at, week]",
        "True",
    ),
    "a window a week longer": Fault(
        "a window of a week", "reactive.coaching.first_seen_week", "week - first < window", "week - first <= window"
    ),
    "standard errors without the rate": Fault(
        "fleeting habits", "reactive.coaching.score_by_process", "np.sqrt((n * p) * (1.0 - p))", "np.sqrt(n)"
    ),
    "an oracle that forgets the rep's own rates": Fault(
        "rule oracle", "reactive.coaching.score_by_truth", "ledgers.own_rate[at, person, step]", "0.5"
    ),
    "a session in the first week": Fault(
        "rule random", "reactive.coaching.begin_coached_week", "week < coaching.first_week", "week < 0"
    ),
    "a repair that always works": Fault(
        "rule process", "reactive.coaching.hold_session", "int64(word) < coaching.repair", "True"
    ),
    "a repair of a habit that is not there": Fault(
        "rule random",
        "reactive.coaching.hold_session",
        "coached.session[at] = what",
        "coached.session[at] = what | REPAIRED",
    ),
    "a session more": Fault(
        "rule random", "reactive.coaching.begin_coached_week", "range(coaching.slots)", "range(coaching.slots + 1)"
    ),
    "two sessions with one rep": Fault(
        "as many sessions as seats", "reactive.coaching.hold_session", "coached.step[at] = 0", "pass"
    ),
    "habits that newcomers inherit": Fault(
        "rule nobody, people come and go",
        "reactive.coaching.change_habits",
        "has = word < coaching.begins[step]",
        "pass",
    ),
    "habits that never fade": Fault(
        "fleeting habits", "reactive.coaching.change_habits", "has = word < coaching.fade[step]", "pass"
    ),
    "habits of an empty chair": Fault(
        "rule nobody, people come and go", "reactive.coaching.change_habits", "has = False", "pass"
    ),
    "a habit that the first step does not feel": Fault(
        "a habit on the first step", "reactive.calling.make_calls", "memory.coached.factor[at, 1]", "1.0"
    ),
    "a habit that later steps do not feel": Fault(
        "a habit on the last step", "reactive.hours.is_decided", "memory.coached.factor[at, step]", "1.0"
    ),
    "pressure that lasts the week": Fault(
        "fear by the day", "reactive.drives.fill_signals", "begins and count[PRESSED] > 0", "count[PRESSED] > 0"
    ),
    "a last interval cut as if nobody reacted": Fault(
        "everything, reacting", "reactive.by_hour.play_hours", "memory.drives.response[at, 1] = response", "pass"
    ),
}


@cache
def twin(name: str) -> Counts:
    """Return the sessions and habits of the twin in a case, and what else both engines count."""
    both = engine().both
    world = simulate(COACHING[name], 0, SEED)
    counts: Counts = both.counts_of_twin(world, both.compiled(COACHING[name]).deals.unit) | coaching_of_twin(world)
    return counts


def kernels(name: str) -> Counts:
    """Return the same of the uncompiled kernels."""
    both = engine().both
    played = both.play(both.compiled(COACHING[name]), SEED)
    counts: Counts = both.counts_of_engine(played) | both.coaching_of_engine(played.detail)
    return counts


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    assert_agree(kernels(name), twin(name))


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_coaching_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    change(monkeypatch, fault.function, fault.old, fault.new)
    with pytest.raises(AssertionError):
        assert_agree(kernels(fault.case), twin(fault.case))
