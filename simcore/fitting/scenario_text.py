"""The scenario of a fit as YAML: every figure at its posterior mean, with its interval and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simcore.dates.days import parse_day
from simcore.fitting.figures import ACTIVITY, Figure, stage_names
from simcore.fitting.learned import Learned
from simcore.forecasting.sources import day_text
from simcore.pipeline.rhythm import WEEK, weekday
from simcore.scenario_files.yaml_writer import written_flow

_WEEKS: Final = 52
_REPLICATIONS: Final = 2000
_SEED: Final = 2026
_UNUSED: Final = "{mean: 1, source: 'not used: no calls are made'}"
_THOUSAND: Final = 1000
_CODE: Final = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Beside:
    """Files that stand beside the scenario, by name; None where there is none."""

    open_list: str | None = None
    draws: str | None = None
    sha256: str | None = None


def first_day(day: int) -> int:
    """Return the Monday on or after a day since 1970-01-01."""
    return day + (-int(weekday(np.array([day]))[0])) % WEEK


def scenario_text(learned: Learned, figures: list[Figure], beside: Beside, *, names: bool, notes: list[str]) -> str:
    """Return the text of the scenario file.

    Parameters
    ----------
    learned, figures
        What was learned, and its figures.
    beside
        Files that it refers to.
    names
        Whether people are called by their names; else seats have numbers.
    notes
        What the data cannot tell, for the comment on top.
    """
    return "\n".join(_lines(learned, _Written(learned, figures), beside, names=names, notes=notes)) + "\n"


class _Written:
    """Figures of parts of the scenario as flow mappings with their source."""

    def __init__(self, learned: Learned, figures: list[Figure]) -> None:
        self.figures = {figure.path: figure for figure in figures}
        self.head = f"fitted, {learned.known.file}, "
        self.tail = f" to {day_text(learned.known.as_of)}"

    def part(self, path: str, keys: tuple[str, ...], more: dict[str, object] | None = None) -> str | None:
        """Return the mapping of some figures of a part, by key; None where none is fitted."""
        found = {key: self.figures[name] for key in keys if (name := f"{path}.{key}") in self.figures}
        return self.mapping(found, more or {}) if found else None

    def mapping(self, found: dict[str, Figure], more: dict[str, object]) -> str:
        """Return figures and other entries as a mapping with a source."""
        values: dict[str, object] = {
            key: f"{figure.mean:.4g}cd" if figure.days else _number(figure.mean) for key, figure in found.items()
        }
        told = "; ".join(_told(key, figure, alone=len(found) == 1) for key, figure in found.items())
        rests_on = next(iter(found.values())).rests_on
        return written_flow(values | more | {"source": f"{self.head}{rests_on}{self.tail}; {told}"})

    def one(self, path: str) -> str | None:
        """Return a number with its source."""
        return self.mapping({"value": self.figures[path]}, {}) if path in self.figures else None


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def spelled(value: float) -> str:
    """Return a number as people read it.

    Examples
    --------
    >>> spelled(13410.0), spelled(0.05859), spelled(9.0)
    ('13,410', '0.0586', '9')
    """
    return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.3g}"


def _told(key: str, figure: Figure, *, alone: bool) -> str:
    low, high = figure.ends
    unit = "cd" if figure.days else ""
    return f"{'' if alone else f'{key} '}{spelled(figure.mean)}{unit}, 90 %: {spelled(low)} to {spelled(high)}{unit}"


def _lines(learned: Learned, written: _Written, beside: Beside, *, names: bool, notes: list[str]) -> Iterator[str]:
    known = learned.known
    yield f"# Fitted by simcore to {known.file}, as they stood on the evening of {day_text(known.as_of)}."
    yield "# Every figure is a posterior mean; 90 % is the interval in which it lies with that chance."
    yield from (f"# Not told by the data: {note}." for note in notes)
    yield "simcore: 1"
    yield f"name: {written_flow(f'{known.name} to {day_text(known.as_of)}')}"
    yield f"calendar: {{start: {day_text(first_day(learned.day))}, days_per_week: {learned.days_per_week}}}"
    yield f"horizon: {{weeks: {_WEEKS}}}"
    yield from _team(learned, names=names)
    calls = written.figures.get("plan.calls_per_week")
    if calls is None:
        yield "plan: {calls_per_week: 0}    # deals come without a call"
    else:
        source = f"{written.head}{calls.rests_on}{written.tail}"
        yield f"plan: {{calls_per_week: {written_flow({'value': max(round(calls.mean), 1), 'source': source})}}}"
    yield from _funnel(learned, written)
    yield from _rest(learned, written, beside)


def _team(learned: Learned, *, names: bool) -> Iterator[str]:
    owners = [learned.known.owner_names[code] for code in learned.seats.tolist()]
    if names and owners:
        yield "team:"
        yield "  people:"
        yield from (f"    - {{name: {written_flow(name)}}}" for name in people_names(owners))
        return
    source = "owners of open deals and of those of the last 13 weeks" if owners else "no owner is known"
    yield f"team: {{reps: {written_flow({'value': learned.reps, 'source': source})}}}"


def people_names(owners: list[str]) -> list[str]:
    """Return owners as names that a scenario takes: short, unlike, no numbers, nothing that looks like a formula."""
    found: list[str] = []
    for seat, owner in enumerate(owners, start=1):
        plain = owner.strip().lstrip("=+-@").strip()[:34]
        plain = plain if plain and not plain.isdigit() else f"rep {plain or seat}"
        found.append(plain if plain not in found else f"{plain} {seat}")
    return found


def _funnel(learned: Learned, written: _Written) -> Iterator[str]:
    names = stage_names(learned)
    yield "funnel:"
    yield f"  - {{stage: {ACTIVITY}}}"
    first = f"funnel.{names[1]}.rate"
    yield f"  - stage: {written_flow(names[1])}"
    yield f"    rate: {_rate(written, first) or _UNUSED}"
    for name in names[2:]:
        path = f"funnel.{name}"
        yield f"  - stage: {written_flow(name)}"
        yield f"    rate: {_rate(written, f'{path}.rate')}"
        for lag in ("lag", "lost_lag"):
            law = written.part(f"{path}.{lag}", ("median", "p90", "mean", "cv"))
            if law is not None:
                yield f"    {lag}: {law}"


def _rate(written: _Written, path: str) -> str | None:
    if path not in written.figures:
        return None
    found = {"mean": written.figures[path]}
    if f"{path}.rep_cv" in written.figures:
        found["rep_cv"] = written.figures[f"{path}.rep_cv"]
    return written.mapping(found, {})


def _rest(learned: Learned, written: _Written, beside: Beside) -> Iterator[str]:
    names = stage_names(learned)
    market = learned.market
    if market is not None:
        level, sd = market.start
        start = {"level": float(f"{level:.4g}"), "sd": float(f"{sd:.4g}")}
        more: dict[str, object] = {"acts_on": [names[-1]], "start": start}
        if market.stays:
            more["persistence"] = 1
        yield f"market: {written.part('market', ('step', 'sd', 'persistence'), more)}"
    inflow = written.part("inflow.1", ("per_week", "cv"), {"stage": names[1]})
    if inflow is not None:
        yield f"inflow: {inflow}"
    currency = learned.known.currency
    code: dict[str, object] = {"currency": currency} if _CODE.fullmatch(currency) else {}
    values = learned.values
    if values is None:
        yield f"deal: {written_flow({'fixed': 1, **code, 'source': 'no win has a value: each counts as 1'})}"
    elif values.shape == "fixed":
        yield f"deal: {written.part('deal', ('fixed',), code)}"
    else:
        yield f"deal: {written.part('deal', ('mean', 'cv'), {'shape': values.shape, **code})}"
    if beside.open_list is not None:
        yield f"start: {{open: {written_flow(beside.open_list)}}}"
    if beside.draws is not None:
        yield f"knowledge: {written_flow({'draws': beside.draws, 'sha256': beside.sha256})}"
    yield f"run: {{replications: {_REPLICATIONS}, seed: {_SEED}}}"


def last_evening(start: str) -> int:
    """Return the day before that on which a run begins, in days since 1970-01-01."""
    return int(np.datetime64(parse_day(start), "D").astype(np.int64)) - 1
