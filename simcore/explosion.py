"""Tells which drive of a strategy passed a limit of the engine, in the words of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simcore.errors import Problem, ScenarioError
from simcore.kernels.memory import (
    LEVEL,
    MAX_OPEN,
    TOO_ACTIVE,
    TOO_MANY_OPEN,
    TOO_MANY_REFERRALS,
    TOO_MANY_SUCCESSES,
    TOO_RESPONSIVE,
)
from simcore.runner import ExplosionError

if TYPE_CHECKING:
    from simcore.scenario import Scenario

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
    TOO_MANY_REFERRALS: ("a win, or a seat, brings too many referrals ({figure:.4g})", "a mean of at most 100 a win"),
    TOO_MANY_OPEN: ("a seat has more open items than can be held", f"at most {MAX_OPEN:,}"),
    TOO_MANY_SUCCESSES: ("a week has more successes of the first step than have an address", "at most 65,536"),
}


class ExplodedError(ScenarioError):
    """A strategy that passed a limit of the engine while it was simulated; told like any error of a scenario."""


def explained(error: ExplosionError, scenario: Scenario) -> ExplodedError:
    """Return the error of the scenario: where it happened, and the drive with the largest level."""
    message, allowed = _WHAT[error.what]
    names = list(scenario.strategy.drives)
    path = f"strategies.{scenario.run.strategy}"
    level = None
    if error.drive >= 0:
        path += f".drives.{names[error.drive]}"
        level = f"level {error.level:.4g}"
    week, hour = divmod(error.hour, scenario.calendar.hours_per_week)
    where = f"in replication {error.replication}, rep {error.rep + 1}, week {week + 1}, hour {hour + 1}"
    text = f"explodes: {message.format(figure=error.figure)} {where}"
    return ExplodedError((Problem(text, path, value=level, allowed=allowed),))


@contextmanager
def told_of(scenario: Scenario) -> Iterator[None]:
    """Turn an explosion inside into the error of the scenario.

    Raises
    ------
    ExplodedError
        With the drive, its level and the limit.
    """
    try:
        yield
    except ExplosionError as error:
        raise explained(error, scenario) from error
