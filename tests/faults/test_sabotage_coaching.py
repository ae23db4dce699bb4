"""Bugs planted in the kernels of habits and managers, by changing a line: the comparison with the twin tells each.

As in `tests.faults.test_sabotage_reactive`; here sessions and habits are compared, too.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from tests.support.both_engines import Counts, assert_agree, coaching_of_twin
from tests.support.coaching_cases import COACHING
from tests.support.uncompiled import change_line, engine
from tests.twin import simulate

SEED = 5


class Fault(NamedTuple):
    """A bug: the case that it is planted in, and what is written for what."""

    case: str
    old: str
    new: str


FAULTS: dict[str, Fault] = {
    "a coach who sees the truth": Fault(
        "rule process",
        "coached.score[at] = score_by_process(base, ledgers, coached, at, week, coaching.window)",
        "coached.score[at] = score_by_truth(coaching, ledgers, coached, at, week)",
    ),
    "a choice at random that is none": Fault(
        "rule random", "    coached.order[at] = words[0]\n", "    coached.order[at] = 0\n"
    ),
    "a result that tells the step": Fault(
        "rule result",
        "    elif coaching.rule == RESULT:\n",
        "    elif coaching.rule == RESULT:\n        score_by_truth(coaching, ledgers, coached, at, week)\n",
    ),
    "the highest results": Fault("rule result", "float(total) / float(week - first)", "-float(total)"),
    "a mean over the window, not the weeks held": Fault(
        "everything, reacting", "float(total) / float(week - first)", "float(total) / float(window)"
    ),
    "the weeks of whoever sat there before": Fault(
        "rule process, people come and go",
        "week - first < window and ledgers.person[at, first - 1] == ledgers.person[at, week]",
        "week - first < window",
    ),
    "a window a week longer": Fault("a window of a week", "week - first < window", "week - first <= window"),
    "standard errors without the rate": Fault("fleeting habits", "np.sqrt((n * p) * (1.0 - p))", "np.sqrt(n)"),
    "an oracle that forgets the rep's own rates": Fault(
        "rule oracle", "chance = chance * ledgers.own_rate[at, person, step]", "chance = chance * 0.5"
    ),
    "a session in the first week": Fault("rule random", "week < coaching.first_week", "week < 0"),
    "a repair that always works": Fault("rule process", "int64(word) < coaching.repair", "True"),
    "a repair of a habit that is not there": Fault(
        "rule random",
        "    coached.session[at] = what\n",
        "    coached.session[at] = what | REPAIRED\n",
    ),
    "a session more": Fault("rule random", "for _ in range(coaching.slots)", "for _ in range(coaching.slots + 1)"),
    "two sessions with one rep": Fault(
        "as many sessions as seats",
        "    coached.step[at] = 0\n    coached.session[at] = what",
        "    coached.session[at] = what",
    ),
    "habits that newcomers inherit": Fault(
        "rule nobody, people come and go", "                has = word < coaching.begins[step]", "                pass"
    ),
    "habits that never fade": Fault(
        "fleeting habits", "                has = word < coaching.fade[step]", "                pass"
    ),
    "habits of an empty chair": Fault(
        "rule nobody, people come and go", "            has = False\n", "            pass\n"
    ),
    "a habit that the first step does not feel": Fault(
        "a habit on the first step", "habit = memory.coached.factor[at, 1]", "habit = 1.0"
    ),
    "a habit that later steps do not feel": Fault(
        "a habit on the last step", "uncut * memory.coached.factor[at, step] * pool", "uncut * pool"
    ),
    "pressure that lasts the week": Fault(
        "fear by the day", "if begins and count[PRESSED] > 0", "if count[PRESSED] > 0"
    ),
    "a last interval cut as if nobody reacted": Fault(
        "everything, reacting", "    memory.minds.response[at, 1] = response\n", "    pass\n"
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
    change_line(monkeypatch, fault.old, fault.new)
    with pytest.raises(AssertionError):
        assert_agree(kernels(fault.case), twin(fault.case))
