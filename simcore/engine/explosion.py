"""Tells which drive of a strategy passed a limit of the engine, in the words of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief
from simcore.engine.runner import ExplosionError
from simcore.kernels.reacting.breaches import (
    LEVEL,
    MAX_OPEN,
    TOO_ACTIVE,
    TOO_MANY_OPEN,
    TOO_MANY_REFERRALS,
    TOO_MANY_SUCCESSES,
    TOO_RESPONSIVE,
)

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

_WHAT = {
    LEVEL: ("its level is beyond all bounds", "a level of at most 1e9 in size; give it a `level: [low, high]`"),
    TOO_ACTIVE: (
        "the activity is {figure:.4g} times the plan",
        "at most 15 times; give the change of activity a `max`",
    ),
    TOO_RESPONSIVE: (
        "the rate of the first step is multiplied by {figure:.4g}",
        "at most 32,768 times; give it a `max`",
    ),
    TOO_MANY_REFERRALS: ("a win brings {figure:.4g} referrals", "a mean of at most 100 a win"),
    TOO_MANY_OPEN: ("a seat has more open items than can be held", f"at most {MAX_OPEN:,}"),
    TOO_MANY_SUCCESSES: ("a week has more successes of the first step than have an address", "at most 65,536"),
}


class ExplodedError(ScenarioError):
    """A strategy that passed a limit of the engine while it was simulated; told like any error of a scenario."""


def to_scenario_error(error: ExplosionError, scenario: Scenario) -> ExplodedError:
    """Return the error of the scenario: where it happened, and the drive with the largest level."""
    message, allowed = _WHAT[error.what]
    if error.what == TOO_MANY_REFERRALS and error.figure == MAX_OPEN:
        return _endless(error, scenario)
    names = list(scenario.strategy.drives)
    path = f"strategies.{scenario.run.strategy}"
    level = None
    if error.drive >= 0:
        path += f".drives.{names[error.drive]}"
        level = f"level {error.level:.4g}"
    text = f"explodes: {message.format(figure=error.figure)} {_where(error, scenario)}"
    return ExplodedError((Problem(text, path, value=level, allowed=allowed),))


def _where(error: ExplosionError, scenario: Scenario) -> str:
    week, hour = divmod(error.hour, scenario.calendar.hours_per_week)
    return f"in replication {error.replication}, rep {error.rep + 1}, week {week + 1}, hour {hour + 1}"


def _endless(error: ExplosionError, scenario: Scenario) -> ExplodedError:
    """Return the error of a chain of referrals that has no end: the limit that was met, and why if it is the rep."""
    text = f"explode: a seat got more than {MAX_OPEN:,} of them {_where(error, scenario)}"
    own = own_gain(scenario, error.replication, error.rep) if scenario.team.turnover is None else 0.0
    if own >= 1.0:
        text += f"; this rep's own rates make a win bring {own:.3g} wins, so its chain of referrals never ends"
    elif scenario.strategy.drives:
        text += f"; the strategy {brief(scenario.run.strategy)} changes what a win brings, so that the chain never ends"
    hint = "a win must bring less than one further win: lower it, or the rates and spreads of the steps after the first"
    assert scenario.referrals is not None  # noqa: S101  (there was one)
    value = f"{scenario.referrals.per_win:g}"
    allowed = f"at most {MAX_OPEN:,} referrals of a seat"
    return ExplodedError((Problem(text, "referrals.per_win", value=value, allowed=allowed, hint=hint),))


def own_gain(scenario: Scenario, replication: int, rep: int) -> float:
    """Return how many further wins a win brings on average at the own rates of the first person in a seat."""
    from simcore.engine.latent_rates import first_people  # noqa: PLC0415
    from simcore.program.compiler import compile_scenario  # noqa: PLC0415
    from simcore.random.philox import split_seed  # noqa: PLC0415

    if scenario.referrals is None:
        return 0.0
    people = first_people(compile_scenario(scenario), split_seed(scenario.run.seed), replication, 1)
    return float(scenario.referrals.per_win * people.rates[0, rep, 2:].prod())


@contextmanager
def translate_explosion(scenario: Scenario) -> Iterator[None]:
    """Turn an explosion inside into the error of the scenario.

    Raises
    ------
    ExplodedError
        With the drive, its level and the limit.
    """
    try:
        yield
    except ExplosionError as error:
        raise to_scenario_error(error, scenario) from error
