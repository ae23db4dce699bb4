"""Breakeven by the engine, where the answer is hard to see: one crossing, in noise that crosses zero many times.

The truth is from 200,000 worlds at each value (reps) and 10^6 (rate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simcore.scenario.model import Scenario, validate
from simcore.studies.sweep.breakeven import breakeven

if TYPE_CHECKING:
    from simcore.studies.sweep.document import Breakeven

_DRY_SPELL = {"memory": 0, "signals": {"dry_spell": 1}}


def _scenario(strategies: dict[str, Any]) -> Scenario:
    return validate(
        {
            "simcore": 1,
            "name": "case",
            "calendar": {"hours_per_day": 1, "days_per_week": 1},
            "horizon": {"weeks": 13},
            "team": {"reps": 2},
            "plan": {"calls_per_week": 8},
            "funnel": [{"stage": "calls"}, {"stage": "meetings", "rate": 0.3}, {"stage": "wins", "rate": 0.4}],
            "deal": 1000,
            "quota": {"per": "quarter", "amount": 12000},
            "strategies": {
                name: {"decides": "hour", "drives": {"u": drive}} if drive else {} for name, drive in strategies.items()
            },
            "run": {"replications": 200, "seed": 1},
        }
    )


HASTE: dict[str, Any] = {
    "process": {},
    "push": {**_DRY_SPELL, "changes": {"activity": {"slope": 0.3, "max": 2}, "wins": {"slope": -0.2}}},
}
PEERS: dict[str, Any] = {
    "process": {**_DRY_SPELL, "changes": {"activity": {"slope": 0.18}}},
    "push": {
        "memory": 0,
        "signals": {"peers": 1},
        "changes": {"activity": {"slope": 0.4}, "wins": {"slope": -0.01}},
    },
}
RATE, TRUE_RATE = "funnel.meetings.rate", 0.1138
REPS, TRUE_REPS = "team.reps", 5
"""`process` is ahead with fewer reps; with 4 the two are within 0.02 % of each other."""


def by_rate(seed: int, metric: str = "revenue", replications: int = 200) -> Breakeven:
    return breakeven(_scenario(HASTE), {RATE: (0.05, 1.0)}, metric=metric, seed=seed, replications=replications)


def by_reps(seed: int, replications: int = 200) -> Breakeven:
    return breakeven(_scenario(PEERS), {REPS: (1, 20)}, metric="p_quota", seed=seed, replications=replications)


def true(found: Breakeven, root: float, below: str, above: str, near: float = 0.0) -> bool:
    """Return whether all that a document says is so, where there is one crossing; ``near`` it anybody may lead."""
    parts = [(each.low, each.high) for each in found.roots] + [(each.low, each.high) for each in found.not_told_apart]
    leaders = all(
        each.ahead in (None, below if each.value < root else above) or abs(each.value - root) <= near
        for each in found.evaluations
    )
    return leaders and any(low <= root <= high for low, high in parts) and len(found.roots) <= 1


def consistent(found: Breakeven) -> None:
    """Check that the sentence names nobody who is ahead at no value looked at, and calls nothing the same."""
    leaders = {each.ahead for each in found.evaluations if each.ahead}
    assert {root.ahead_below for root in found.roots} | {root.ahead_above for root in found.roots} <= leaders
    assert (found.verdict == "unclear") == (not leaders)
    if not leaders:
        assert " is ahead" not in found.sentence
    if len(leaders) < 2:
        assert " tie at " not in found.sentence
    assert "tied" not in found.sentence
    assert ("exactly the same" in found.sentence) == bool(found.exactly_tied)


@pytest.mark.parametrize("seed", [40595, 7])
def test_jagged_differences_of_teams_are_not_four_crossings(seed: int) -> None:
    found = by_reps(seed)
    assert true(found, TRUE_REPS, "process", "push", near=1)
    assert found.roots == []  # push's lead is 0.5 % at most, with an error of 0.4 %
    assert "not told apart" in found.sentence
    consistent(found)


@pytest.mark.parametrize("metric", ["revenue", "p_quota"])
def test_where_all_reach_quota_is_not_the_same(metric: str) -> None:
    found = by_rate(3, metric)
    if metric == "revenue":
        assert true(found, TRUE_RATE, "push", "process")
    assert found.exactly_tied == []
    consistent(found)


@pytest.mark.long
def test_many_worlds_show_the_crossing() -> None:
    found = by_reps(40595, 20_000)
    (root,) = found.roots
    assert root.low < TRUE_REPS <= root.high
    assert abs(root.value - TRUE_REPS) <= 2
    assert (root.ahead_below, root.ahead_above) == ("process", "push")
    consistent(found)


@pytest.mark.long
def test_what_is_said_of_60_runs_is_true_of_57() -> None:
    # Each may say something that is not so with 5 %: more than 12 of 60 then do in one of 1e5 runs of this test.
    for found, root, names, near in (
        ([by_rate(seed) for seed in range(60)], TRUE_RATE, ("push", "process"), 0.0),
        ([by_reps(seed) for seed in range(60)], TRUE_REPS, ("process", "push"), 1.0),
    ):
        for each in found:
            consistent(each)
        assert sum(not true(each, root, *names, near) for each in found) <= 12
        assert len({each.verdict for each in found}) > 1
