"""Every figure of a scenario, and where it comes from: what is measured, what is stated, what is assumed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from simcore.quantities.distributions import Unsure
from simcore.quantities.fields import Part
from simcore.quantities.inflow import Inflow
from simcore.quantities.open_items import Start
from simcore.quantities.open_list import OpenList
from simcore.quantities.time import Duration
from simcore.scenario.model import Scenario, to_plain
from simcore.scenario.needs import parts_of_needs
from simcore.scenario.people import parts_of_people
from simcore.scenario.strategy import Drive


class Assumption(NamedTuple):
    """A figure of a scenario and where it comes from."""

    path: str
    value: str
    source: str | None
    """``None`` for an assumption of the scenario's author."""


def _figures(part: Part, path: str) -> Iterator[Assumption]:
    """Yield the numbers and durations of a part that are given or matter."""
    for field in (name for name in type(part).model_fields if name not in part.derived):
        value = getattr(part, field)
        if (isinstance(value, tuple) and len(value) > 6) or (isinstance(part, Inflow) and isinstance(value, Mapping)):
            text = f"a table of {len(value)}"
        elif isinstance(value, Unsure):
            text = "between {:.15g} and {:.15g}".format(*value.ends)
        elif isinstance(value, tuple):
            text = ", ".join(str(to_plain(entry)) for entry in value)
        else:
            text = str(to_plain(value))
        is_figure = isinstance(value, int | float | tuple | Duration) and not isinstance(value, bool)
        is_figure = is_figure or (isinstance(part, Inflow) and isinstance(value, Mapping))
        if is_figure and value != () and field != "acts_on" and not (field in ("rep_cv", "week_cv") and value == 0):
            yield Assumption(f"{path}.{field}", text, part.source_of(field))


def _drive_figures(drive: Drive, path: str) -> Iterator[Assumption]:
    """Yield the figures of a drive that are not defaults; those without a source get the drive's."""
    changes = ((channel, f"{path}.changes.{name}") for name, channel in drive.changes.items())
    for part, where in ((drive, path), (drive.signals, f"{path}.signals"), *changes):
        for figure in _figures(part, where):
            field = figure.path.removeprefix(f"{where}.")
            if getattr(part, field) != type(part).model_fields[field].default or field in part.sources:
                yield figure._replace(source=figure.source or drive.source)


def _stated_chances(start: Start) -> list[Assumption]:
    """Return the chances to be won that somebody has stated of items that are open at the start."""
    if isinstance(start.open, OpenList):
        stated = int((start.open.probability >= 0.0).sum())
        told = Assumption("start.open.probability", f"of {stated} items, in {start.open.file}", None)
        return [told] if stated else []
    return [
        Assumption(f"start.open.{place}.probability", f"{entry.probability:.15g}", entry.source_of("probability"))
        for place, entry in enumerate(start.open, start=1)
        if entry.probability is not None
    ]


def assumptions(scenario: Scenario, strategies: Collection[str] | None = None) -> list[Assumption]:
    """Return every rate, lag, spread, value and plan figure of a scenario, in the order of the file.

    Parameters
    ----------
    scenario
        Whose figures.
    strategies
        Names of the strategies whose drives are included; by default all of the file.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "One step", "deal": {"fixed": 5000, "source": "price list"},
    ...     "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.001}],
    ... })
    >>> for figure in assumptions(scenario):
    ...     print(figure.path, figure.value, figure.source)
    plan.calls_per_week 500 None
    funnel.wins.rate.mean 0.001 None
    deal.fixed 5000 price list
    """
    parts: list[tuple[Part | None, str]] = [
        (scenario.team.ramp, "team.ramp"),
        (scenario.team.turnover, "team.turnover"),
        (scenario.plan, "plan"),
        *parts_of_people(scenario.team.people),
    ]
    for stage in scenario.funnel:
        path = f"funnel.{stage.stage}"
        parts += [(stage.rate, f"{path}.rate"), (stage.lag, f"{path}.lag"), (stage.cap, f"{path}.cap")]
        parts += [
            (stage.lost_lag, f"{path}.lost_lag"),
            (stage.closing, f"{path}.closing"),
            (stage.habit, f"{path}.habit"),
        ]
        parts += parts_of_needs(stage.needs, path)
    start = scenario.market.start if scenario.market is not None else None
    parts += [(season, f"season.{stage}") for stage, season in (scenario.season or {}).items()]
    parts += [(scenario.market, "market"), (start, "market.start"), (scenario.deal, "deal"), (scenario.quota, "quota")]
    if scenario.referrals is not None:
        parts += [(scenario.referrals, "referrals"), (scenario.referrals.lag, "referrals.lag")]
    figures = [] if scenario.start is None else _stated_chances(scenario.start)
    parts += [(inflow, f"inflow.{place}") for place, inflow in enumerate(scenario.inflow, start=1)]
    parts.append((scenario.manager, "manager"))
    figures += [figure for part, path in parts if part is not None for figure in _figures(part, path)]
    for name, strategy in scenario.strategies.items():
        if strategies is None or name in strategies:
            for drive_name, drive in strategy.drives.items():
                figures += _drive_figures(drive, f"strategies.{name}.drives.{drive_name}")
    return figures
