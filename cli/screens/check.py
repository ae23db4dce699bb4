"""What `simcore check` tells of a scenario, as the comments of a scenario file: no input or output here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.analytic.run_cost import LIMIT, SECONDS_LIMIT, check_cost, duration
from simcore.answers.numbers import brief, count, sign_before, significant
from simcore.base.errors import ScenarioError
from simcore.base.text import printable
from simcore.cli.screens.layout import grid
from simcore.cli.tables import Paragraph, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.analytic.assumptions import Assumption
    from simcore.analytic.expectations import Expected
    from simcore.analytic.run_cost import Cost
    from simcore.quantities.season import SeasonOff

_WIDTH = 78
_HEADINGS = {"mean": "mean", "sd": "sd", "cv": "cv %", "P(no win)": "P(no win) %"}


def commented(
    *,
    price: Cost,
    threads: int,
    figures: Sequence[Assumption],
    values: Sequence[Expected],
    currency: str,
    people: Sequence[str] = (),
    off: Sequence[SeasonOff] = (),
    until: str = "",
    encoding: str = "utf-8",
) -> str:
    """Return cost, assumptions and expected values as text in which every line starts with ``#``.

    Parameters
    ----------
    price, threads
        What a run costs on so many threads.
    figures
        The scenario's figures; those without a source are listed.
    values
        Expected values in closed form.
    currency
        ISO 4217 code.
    people
        What of people by name is read otherwise than one might think.
    off
        Seasons whose mean factor is not 1.
    until
        The precision that a run goes on for, if any: what it costs is then not known before.
    encoding
        Of the stream that it will go to.
    """
    parts = [_cost(price, threads, until), _assumptions(figures), *_seasons(off), _expected(values, currency)]
    if people:
        parts.insert(1, [Paragraph(printable(each)) for each in people])
    blocks = [lines_of(Group(*part), width=_WIDTH, encoding=encoding) for part in parts]
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(f"# {line}".rstrip() for line in lines) + "\n"


def _cost(price: Cost, threads: int, until: str) -> list[RenderableType]:
    where = "one thread" if threads == 1 else f"{threads} threads"
    what = f"A run goes on until {until}. One of all `run.replications` would cost" if until else "Cost of a run:"
    text = (
        f"{what} {count(price.rep_weeks)} rep-weeks, about {duration(price.seconds)} on {where}, "
        f"{_bytes(price.memory_bytes)} of memory; with --detail rep-week {_bytes(price.disk_bytes)} of disk. "
    )
    over = [] if until else _over(price, threads)
    text += (
        f"That is over a limit ({'; '.join(over)}): `simcore run` needs --no-limit."
        if over
        else f"The limit is {count(LIMIT)} rep-weeks, {duration(SECONDS_LIMIT)}, and the memory that is there."
    )
    return [Paragraph(text)]


def _over(price: Cost, threads: int) -> list[str]:
    """Return the limits that a run is over, as `simcore run` tells them."""
    try:
        check_cost(price, LIMIT, threads=threads, what="a run takes", cheaper="fewer replications")
    except ScenarioError as error:
        return [str(problem.allowed) for problem in error.problems]
    return []


def _bytes(number: int) -> str:
    return f"{brief(float(number))}B".replace(" B", "B") if number >= 1000 else f"{number} B"


def _assumptions(figures: Sequence[Assumption]) -> list[RenderableType]:
    assumed = [entry for entry in figures if entry.source is None]
    if not figures:
        return [Text("The scenario has no figures.")]
    if not assumed:
        return [Text(f"All {len(figures)} figures have a source.")]
    table = grid(["path", "value"])
    for entry in assumed:
        table.add_row(printable(entry.path), _with_days(printable(entry.value)))
    counts = (
        "has no source and counts as an assumption" if len(assumed) == 1 else "have no source and count as assumptions"
    )
    return [Paragraph(f"{len(assumed)} of {len(figures)} figures {counts}:"), table]


_DAYS = re.compile(r"([0-9.]+)(d|cd)", re.ASCII)


def _with_days(value: str) -> str:
    """Return a figure with a word on which days it counts: a CRM counts those of the calendar."""
    days = _DAYS.fullmatch(value)
    if days is None:
        return value
    return f"{value} ({'working' if days[2] == 'd' else 'calendar'} days)"


def _seasons(off: Sequence[SeasonOff]) -> list[list[RenderableType]]:
    """Tell of seasons that change what the rates of a year are, with factors that do not."""
    return [
        [
            Paragraph(
                f"The factors of season.{printable(each.stage)} have a mean of {each.mean:.4g} over the working days "
                "of a year, so the rates of a year are not those of the file. With the mean 1 they are: "
                f"[{', '.join(f'{factor:g}' for factor in each.normalised)}]"
            )
        ]
        for each in off
    ]


def _expected(values: Sequence[Expected], currency: str) -> list[RenderableType]:
    if not values:
        return [Text("No closed form is known for this scenario: simulate it.")]
    rows: dict[str, dict[str, Expected]] = {}
    plain: list[Expected] = []
    for value in values:
        horizon, colon, quantity = value.label.partition(": ")
        if colon and quantity in _HEADINGS:
            rows.setdefault(horizon, {})[quantity] = value
        else:
            plain.append(value)
    table = grid(["expected, in closed form", "value"])
    for value in plain:
        table.add_row(printable(value.label), _shown(value, currency))
    parts: list[RenderableType] = [table]
    if rows:
        used = [quantity for quantity in _HEADINGS if any(quantity in row for row in rows.values())]
        pyramid = grid([f"revenue by origin, {printable(currency)}", *(_HEADINGS[quantity] for quantity in used)])
        for horizon, row in rows.items():
            cells = [Text(_cell(row[quantity])) if quantity in row else Text() for quantity in used]
            pyramid.add_row(horizon, *cells)
        parts += [Text(), pyramid]
    return parts


def _cell(value: Expected) -> str:
    return significant(value.value * (100 if value.unit == "share" else 1))


def _shown(value: Expected, currency: str) -> str:
    if value.unit == "money":
        return sign_before(currency) + significant(value.value)
    return f"{significant(100 * value.value)} %" if value.unit == "share" else significant(value.value)
