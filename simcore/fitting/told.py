"""What is said beside the figures of a fit: what the data cannot tell, and what was made of what a scenario lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simcore.fitting.learned import Learned
from simcore.fitting.market import LEAST_WEEKS
from simcore.fitting.paths import DROPPED, PASSED
from simcore.fitting.spread import LEAST_REPS
from simcore.forecasting.sources import day_text
from simcore.pipeline.history import OPEN_STAGE
from simcore.pipeline.rhythm import WEEK

_SKIPPED: Final = 0.1


def not_told(learned: Learned) -> list[str]:
    """Return what the data cannot tell, and is left out of the scenario."""
    return list(_not_told(learned))


def done(learned: Learned, cut: int) -> list[str]:
    """Return what was made of what does not fit into a scenario; ``cut`` ages were cut to what its laws reach."""
    return list(_done(learned, cut))


def _not_told(learned: Learned) -> Iterator[str]:
    yield "who leaves, and how new reps begin (turnover, ramp): no export of deals says it"
    yield "what reps do when they are behind, habits and coaching: the scenario plays the plan alone"
    if learned.calling is None:
        yield "calls: deals come without one" if learned.no_calls is None else learned.no_calls
    if any(step.rep_cv is None for step in learned.steps):
        yield f"how reps differ: fewer than {LEAST_REPS} of them have deals"
    if learned.market is None:
        yield f"the market: fewer than {LEAST_WEEKS} weeks have decisions of the last step"
    if learned.values is None:
        yield "what a win is worth: none has a value, and each counts as 1"
    if learned.paths.stages == (OPEN_STAGE,):
        yield "stages: too few wins have a history, and a deal is open until it is closed"
    for step in learned.steps:
        if step.step.count(PASSED) and not step.step.count(DROPPED):
            yield (
                f"how many are lost in {step.step.name}: none is told to be, so what the file leaves out is left out "
                "of the rate"
            )


def _done(learned: Learned, cut: int) -> Iterator[str]:
    paths, inflow = learned.paths, learned.inflow
    if paths.truncated is not None:
        yield (
            f"Nothing was closed before {day_text(paths.truncated)}, though much should have been: older deals are "
            "counted from then on"
        )
    for name, into in paths.merged:
        yield f"A scenario has no room for so many stages: {name} is counted in {into}"
    if paths.back:
        times = "time" if paths.back == 1 else "times"
        yield f"{paths.back:,} {times} a deal went back: it stays in the furthest stage that it had reached, waiting"
    for step in learned.steps:
        passed = step.step.count(PASSED)
        if passed and step.step.skipped / passed > _SKIPPED:
            share = 100.0 * step.step.skipped / passed
            yield f"{share:.0f} % of those that passed {step.step.name} had never been in it: they waited 0 days"
    if inflow.since and learned.calling is None:
        began = day_text(learned.day - WEEK * (len(inflow.counts) - inflow.since))
        before = inflow.counts[: inflow.since].mean()
        yield f"The number of new deals took a step: {before:.3g} a week until {began}, of which nothing is taken"
    if cut:
        deals = "open deal is" if cut == 1 else "open deals are"
        yield f"{cut:,} {deals} older than the laws of waits reach: ages were cut to what one in 10,000 reaches"
