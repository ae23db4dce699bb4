"""Levers: the scenarios in which one figure of a process is better, a point or a tenth at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.base.drawn import Drawn
from simcore.base.errors import ScenarioError
from simcore.engine.playable import playable
from simcore.scenario.model import to_plain, validate
from simcore.studies.coach.leverage_document import Change, Kind

if TYPE_CHECKING:
    from simcore.quantities.distributions import Altered
    from simcore.scenario.model import Scenario

Data = dict[str, Any]
TENTH = 0.1
POINT = 0.01
NOT_KNOWN = "{} is not known exactly; set one to see what a better one would do"


class Lever(NamedTuple):
    """A scenario with one figure changed."""

    name: str
    """In words, as in ``rate of meetings``; with `change` it names the lever."""
    kind: Kind
    change: Change
    path: str
    before: str
    after: str
    scenario: Scenario | None
    """``None`` where the change cannot be made; then `problem` says why."""
    problem: str | None = None
    cut: bool = False
    """Whether the rate would have gone beyond 1."""


def levers(scenario: Scenario) -> list[Lever]:
    """Return the levers of a scenario: rates of steps first, in the order of the funnel.

    Each takes the scenario as it is and changes one figure, as ``--set`` would: spreads stay the shares of the mean
    that they were, the quota stays what it is, and what a strategy expects goes with the plan.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> [(lever.name, lever.change, lever.after) for lever in levers(load_scenario("trust-the-process"))][:2]
    [('rate of meetings', 'point', '0.03'), ('rate of meetings', 'tenth', '0.022')]
    """
    changes: tuple[Change, ...] = ("point", "tenth")
    steps = range(1, len(scenario.funnel))
    found = [rate_lever(scenario, place, change) for place in steps for change in changes]
    found += _activity(scenario)
    found.append(_deal(scenario, scenario.deal.higher(TENTH), "deal value", "deal"))
    for place, stage in enumerate(scenario.funnel[1:], 1):
        if stage.lag is not None:
            name, path = f"lag of {stage.stage}", f"funnel.{stage.stage}.lag"
            found.append(_part(scenario, ("funnel", place, "lag"), stage.lag.shorter(TENTH), name, "lag", path))
        if stage.lost_lag is not None:
            name, path = f"lag of what {stage.stage} loses", f"funnel.{stage.stage}.lost_lag"
            found.append(
                _part(scenario, ("funnel", place, "lost_lag"), stage.lost_lag.shorter(TENTH), name, "lag", path)
            )
    found += _checks(scenario)
    found += _spreads(scenario)
    if scenario.referrals is not None:
        found.append(_number(scenario, ("referrals", "per_win"), "referrals", "referrals", 1.0 + TENTH))
        if scenario.referrals.lag is not None:
            shorter = scenario.referrals.lag.shorter(TENTH)
            found.append(_part(scenario, ("referrals", "lag"), shorter, "lag of referrals", "lag", "referrals.lag"))
    return found


def rate_lever(scenario: Scenario, place: int, change: Change, points: float | None = None) -> Lever:
    """Return the lever of a step's rate: a point more, a tenth more, or so many points (of 0.01) more."""
    stage = scenario.funnel[place]
    if stage.rate is None:
        raise ValueError(f"stage {stage.stage} has no rate")
    before = stage.rate.mean
    name, path = f"rate of {stage.stage}", f"funnel.{stage.stage}.rate"
    if stage.rate.law is not None:
        return Lever(name, "rate", change, path, f"{before:g}", f"{before:g}", None, NOT_KNOWN.format("the rate"))
    if points is not None:
        wanted = before + POINT * points
    else:
        wanted = before + POINT if change == "point" else before * (1.0 + TENTH)
    after = min(1.0, float(f"{wanted:.15g}"))
    lever = _changed(
        scenario,
        lambda data: data["funnel"][place]["rate"].update(mean=after),
        name,
        "rate",
        path,
        (f"{before:g}", f"{after:g}"),
    )
    lever = lever._replace(change=change, cut=wanted > 1.0)
    if after == before:
        return lever._replace(scenario=None, problem="the rate is 1 already")
    return lever


def _changed(
    scenario: Scenario,
    change: Callable[[Data], object],
    name: str,
    kind: Kind,
    path: str,
    shown: tuple[str, str],
) -> Lever:
    """Return a lever whose scenario is validated, or says what is wrong with it."""
    data = scenario.resolved(sources=False)
    change(data)
    before, after = shown
    try:
        better = validate(data)
        playable(better, replications=False)
        return Lever(name, kind, "tenth", path, before, after, better)
    except ScenarioError as error:
        problem = error.problems[0]
        return Lever(name, kind, "tenth", path, before, after, None, f"{problem.path}: {problem.message}")


def _number(scenario: Scenario, keys: tuple[str | int, ...], name: str, kind: Kind, factor: float) -> Lever:
    """Return the lever of one number."""
    data = scenario.resolved(sources=False)
    before = _at(data, keys[:-1])[keys[-1]]
    after = float(f"{before * factor:.12g}")
    stage = data["funnel"][keys[1]]["stage"] if keys[0] == "funnel" else ""
    path = ".".join(str(stage if place == 1 and stage else key) for place, key in enumerate(keys))
    if isinstance(before, Drawn):
        return Lever(name, kind, "tenth", path, f"{before:g}", f"{before:g}", None, NOT_KNOWN.format("it"))

    def put(data: Data) -> None:
        _at(data, keys[:-1])[keys[-1]] = after

    return _changed(scenario, put, name, kind, path, (f"{before:g}", f"{after:g}"))


def _at(data: Any, keys: tuple[str | int, ...]) -> Any:  # noqa: ANN401
    for key in keys:
        data = data[key]
    return data


def _activity(scenario: Scenario) -> list[Lever]:
    """Return the lever of the calls: a tenth more, at least one more."""
    before = scenario.plan.calls_per_week
    after = max(before + 1, round(before * (1.0 + TENTH)))

    def put(data: Data) -> None:
        data["plan"]["calls_per_week"] = after

    return [_changed(scenario, put, "calls", "calls", "plan.calls_per_week", (str(before), str(after)))]


def _part(scenario: Scenario, keys: tuple[str | int, ...], altered: Altered, name: str, kind: Kind, path: str) -> Lever:
    """Return the lever of a distribution."""

    def put(data: Data) -> None:
        _at(data, keys[:-1])[keys[-1]] = to_plain(altered.part, sources=False)

    return _changed(scenario, put, name, kind, path, (altered.before, altered.after))


def _deal(scenario: Scenario, altered: Altered, name: str, kind: Kind) -> Lever:
    return _part(scenario, ("deal",), altered, name, kind, f"deal.{altered.field}")


def _checks(scenario: Scenario) -> Iterator[Lever]:
    """Yield the levers of checks of what deals need: a tenth more of them, or a tenth more that work."""
    for place, stage in enumerate(scenario.funnel):
        for name, need in (stage.needs or {}).items():
            if need.qualify is not None:
                at = ("funnel", place, "needs", name, "qualify")
                yield _number(scenario, (*at, "share"), f"checks of {name}", "checks", 1.0 + TENTH)
                yield _number(scenario, (*at, "works"), f"checks of {name} that work", "checks", 1.0 + TENTH)


def _spreads(scenario: Scenario) -> Iterator[Lever]:
    """Yield the levers of spreads, each a tenth less."""
    less = 1.0 - TENTH
    for place, stage in enumerate(scenario.funnel[1:], 1):
        for field, what in (("rep_cv", "spread of reps"), ("week_cv", "spread of weeks")):
            if stage.rate is not None and getattr(stage.rate, field):
                yield _number(scenario, ("funnel", place, "rate", field), f"{what}, {stage.stage}", "spread", less)
    if scenario.market is not None:
        yield _number(scenario, ("market", scenario.market.swing), "swing of the market", "spread", less)
    narrower = scenario.deal.narrower(TENTH)
    if narrower is not None:
        yield _deal(scenario, narrower, "spread of deals", "spread")
