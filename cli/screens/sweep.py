"""A sweep and a breakeven as text: tables, and a map of who is ahead; no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.metrics import is_share, title_of
from simcore.answers.numbers import NONE, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import (
    ALARM,
    FAINT,
    grid,
    header,
    inline,
    note,
    note_on_errors,
    spaced,
    titled,
    units_of,
)
from simcore.cli.tables import Paragraph, fits
from simcore.scenario.metric import QUANTILE, parse_metric
from simcore.studies.sweep.breakeven import shown_value, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simcore.results.header import StudyHeader
    from simcore.statistics.estimate import Estimate
    from simcore.studies.sweep.document import Breakeven, Sweep, SweepFigure, SweepPoint

_NAME = 12
"""A path that is longer gets a letter in the head of a table."""
_DIGITS = 6
"""Most digits of a revenue, so that a table fits 80 columns."""


class _Shown(NamedTuple):
    """How a metric is shown: its title, and the factor to the unit there."""

    title: str
    scale: float


def sweep_details(found: Sweep, metric: str) -> RenderableType:
    """Return a sweep as a table for 80 columns.

    Parameters
    ----------
    found
        The document; nothing else is shown.
    metric
        The figure to show; one of ``found.metrics``.
    """
    parts: list[RenderableType] = [_header(found)]
    every = [each.figure for point in found.points for each in _of(point, metric)]
    shown = _shown(metric, every, found.scenario.currency)
    parts += [titled(shown.title, _table(found, metric, shown.scale)), note(_note(found, metric))]
    exploded = [point for point in found.points if point.exploded is not None]
    if exploded:
        first, of = exploded[0], f"{len(exploded)} of {len(found.points)} points"
        at = ", ".join(f"{path.path} = {_value(value)}" for path, value in zip(found.paths, first.values, strict=True))
        parts.append(Paragraph(printable(f"Explodes at {of}; at {at}: {first.exploded}")))
    return Group(*spaced(parts))


@fits
def breakeven_details(found: Breakeven) -> RenderableType:
    """Return a breakeven as text for 80 columns: the values that were looked at, and the answer."""
    first, second = (printable(name) for name in found.strategies)
    shown = _shown(found.metric, [each.difference for each in found.evaluations], found.scenario.currency)
    ahead = words_of(parse_metric(found.metric))[0]
    table = grid(["value", f"{second} - {first}", ahead])
    for each in found.evaluations:
        if each.scan:  # what narrowed a root down lies too close to it to tell more than the sentence does
            who = "not clear" if each.ahead is None else printable(each.ahead)
            table.add_row(shown_value(found, each.value), inline(each.difference, scale=shown.scale), who)
    parts: list[RenderableType] = [
        _header(found),
        titled(f"{shown.title}: difference", Text(f"over {printable(found.path)}", style=FAINT)),
        table,
        note(
            f"± is one Monte Carlo standard error. Who is {ahead} holds for all values together in 95 % of runs; so do "
            "the intervals."
        ),
    ]
    return Group(*spaced(parts))


def _header(found: StudyHeader) -> Group:
    worlds = f"{counted(found.replications, 'replication')} each, all in the same worlds"
    return header([f"{worlds}; digest {printable(found.digest[:12])}"])


def _shown(metric: str, figures: Sequence[Estimate], currency: str) -> _Shown:
    """Return how a metric is shown, with a unit of money in which the largest figure fits."""
    if is_share(metric):
        return _Shown(f"{title_of(metric)}, %", 100.0)
    size, unit = units_of(figures, digits=_DIGITS)[0]
    return _Shown(f"{title_of(metric)}, {unit}{printable(currency)}", 1.0 / size)


def _cell(estimate: Estimate, scale: float) -> Text:
    """Return ``value ± error``, or a value with what it is below or above; what lies between two bounds alone."""
    text = inline(estimate, scale=scale)
    short = text.plain.replace("(below ", "(<").replace("(above ", "(>")
    narrow = Text(short.partition(" (")[0] if " to " in short else short)
    return narrow if "(" in text.plain else text


def _value(value: float | str) -> str:
    return printable(value) if isinstance(value, str) else significant(value)


def _of(point: SweepPoint, metric: str) -> list[SweepFigure]:
    """Return the figures of a metric, the baseline first."""
    return [each for each in point.figures if each.metric == metric]


def _labels(names: Sequence[str]) -> dict[str, str]:
    """Return what stands for each strategy in a table: its name, or a letter if a name is long."""
    if all(cell_len(printable(name)) <= _NAME for name in names):
        return {name: printable(name) for name in names}
    return {name: _lettered("A", number) for number, name in enumerate(names)}


def _lettered(first: str, number: int) -> str:
    """Return the letter of a number: A to Z, then A1 to Z1 and so on."""
    return chr(ord(first) + number % 26) + (str(number // 26) if number >= 26 else "")


def _who(found: Sweep, each: SweepFigure, labels: Mapping[str, str]) -> str:
    """Return who is ahead: the strategy, the baseline or nobody."""
    names = {"ahead": labels[each.strategy], "behind": labels[found.strategies[0]]}
    return NONE if each.verdict is None else names.get(each.verdict, "tied")


@fits
def _table(found: Sweep, metric: str, scale: float) -> RenderableType:
    """Return a row a point, or with three strategies and more a row a point and strategy."""
    labels = _labels(found.strategies)
    names = list(labels.values())
    headings = [printable(varied.path) for varied in found.paths]
    keys: list[RenderableType] = []
    if len(headings) > 1 or len(headings[0]) > _NAME:
        # Long paths would leave no room for the figures: they get a letter.
        letters = [_lettered("a", number) for number in range(len(headings))]
        keys = [Text(f"{letter} = {path}") for letter, path in zip(letters, headings, strict=True)]
        headings = letters
    keys += [Text(f"{label} = {printable(name)}") for name, label in labels.items() if label != printable(name)]
    wide, ahead = len(names) <= 2, words_of(parse_metric(metric))[0]
    columns = [*names, *(["difference", ahead] if len(names) == 2 else [])]
    table = grid([*headings, *(columns if wide else ["strategy", "figure", "difference", ahead])])
    for point in found.points:
        values = [Text(_value(value)) for value in point.values]
        if point.exploded is not None:
            table.add_row(*values, Text("explodes", style=ALARM))
            continue
        figures = _of(point, metric)
        shown = [_cell(each.figure, scale) for each in figures]
        against = [
            [Text(NONE)] * 2
            if each.difference is None
            else [_cell(each.difference, scale), Text(_who(found, each, labels))]
            for each in figures
        ]
        if wide:
            table.add_row(*values, *shown, *(against[1] if len(names) == 2 else []))
            continue
        for number, name in enumerate(names):
            left = values if number == 0 else [Text()] * len(values)
            table.add_row(*left, name, shown[number], *against[number])
    return Group(*keys, table)


def _note(found: Sweep, metric: str) -> str:
    note = note_on_errors(found, found.replications)
    if len(found.strategies) > 1:
        of_two = parse_metric(metric).name == QUANTILE
        how = "in equal worlds, with the errors of both quantiles" if of_two else "in pairs of equal worlds"
        note += f" Differences are from {printable(found.strategies[0])}, {how};"
        note += f" {words_of(parse_metric(metric))[0]}: the 95 % interval of the difference leaves out zero, else tied."
    return note
