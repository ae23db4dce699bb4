"""The model check: a right model passes, and each kind of wrong one is told."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from simcore.fitting.document import ModelCheck
from simcore.fitting.learned import Learned, learn_scenario
from simcore.fitting.model_check import model_checks
from simcore.fitting.waits import fit_step
from tests.support.fit_worlds import Truth, known_world


class _NoCalls:
    calls = None


@cache
def _learned() -> Learned:
    return learn_scenario(_NoCalls, known_world(Truth(weeks=40, per_week=25.0), 5), 200, 1)  # type: ignore[arg-type]


def _checks(learned: Learned) -> dict[str, ModelCheck]:
    return {check.name: check for check in model_checks(learned, 1)}


def test_a_right_model_is_not_told_to_be_wrong() -> None:
    found = _checks(_learned())
    assert len(found) == 9
    assert [check.name for check in found.values() if check.fails] == []
    for check in found.values():
        assert check.low <= check.high


def test_waits_by_another_law_are_told() -> None:
    """Every third item of a stage is decided on its 30th day, as where a system cancels the silent."""
    learned = _learned()
    step = learned.steps[1].step
    wait = np.where((np.arange(len(step.wait)) % 3 == 0) & (step.ended != 0), 30, step.wait)
    fitted = fit_step(replace(step, wait=wait), 200, np.random.default_rng(1))
    wrong = replace(learned.steps[1], step=replace(step, wait=wait), fitted=fitted, waits=fitted.draws)
    steps = (learned.steps[0], wrong, learned.steps[2])
    assert _checks(replace(learned, steps=steps))["waits in Qualification"].fails


def test_reps_that_differ_more_than_the_model_has_it_are_told() -> None:
    learned = _learned()
    alike = replace(learned.steps[0], rep_cv=np.full(200, 0.003))
    owner = learned.known.owner
    assert owner is not None
    passed = learned.steps[0].step.ended == 1
    # The owners of half of the lost deals are changed for one who wins none.
    moved = owner.copy()
    moved[learned.steps[0].step.deal[~passed][::2]] = 0
    known = replace(learned.known, owner=moved)
    found = _checks(replace(learned, known=known, steps=(alike, *learned.steps[1:])))
    assert found["spread of reps in Prospecting"].fails


def test_new_deals_that_drift_are_told() -> None:
    learned = _learned()
    counts = np.linspace(10, 40, len(learned.inflow.counts)).astype(np.int64)
    found = _checks(replace(learned, inflow=replace(learned.inflow, counts=counts, since=0)))
    assert found["new deals, how weeks follow one another"].fails
