"""Worlds for the tests of `simcore luck`: samples of small scenarios, and figures compared with closed forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcore.engine.latent_rates import first_people
from simcore.engine.runner import Block, Runner
from simcore.program.compiler import compile_scenario
from simcore.random.philox import split_seed
from simcore.scenario.model import Scenario, validate
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.studies.luck.sample import Sample, sample_of
from tests.support.scenario_cases import scenario
from tests.support.statistical import check_estimate

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate


def given(**changes: Any) -> Scenario:  # noqa: ANN401
    """Return ten reps over half a year of 60 calls a week, with changes to its sections."""
    return validate(scenario(**({"horizon": {"weeks": 26}, "team": {"reps": 10}} | changes)))


def sampled(of: Scenario, worlds: int = 512) -> Sample:
    """Return a sample of a scenario's replications with the first holders of its seats."""
    program, key = compile_scenario(of), split_seed(of.run.seed)
    runner = Runner(program, key)
    detail = runner.simulate(runner.workspace(), Block(0, worlds), detailed=True)
    people = first_people(program, key, 0, worlds)
    return sample_of(detail.entered, detail.cents, people, of.deal.mean_value())


def agrees(what: str, seen: Estimate, expected: float, *, detect: float) -> None:
    """Check a figure with its jackknife error over groups; ``detect`` is in the figure's unit."""
    check_estimate(what, (seen.estimate, seen.se), expected, degrees=EQUAL_GROUPS - 1, detect=detect)
