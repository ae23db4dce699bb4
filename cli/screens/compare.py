"""A comparison as text and tables: no input or output, and no figure that is not in the document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import count, counted
from simcore.answers.numbers import figure as number
from simcore.base.text import printable
from simcore.cli.screens.layout import (
    grid,
    header,
    inline,
    note,
    note_on_errors,
    percent,
    sentences,
    spaced,
    titled,
)
from simcore.cli.screens.precision import precision_part
from simcore.cli.tables import Fitted, Paragraph, fits

if TYPE_CHECKING:
    from simcore.studies.compare.document import Against, Comparison, Interval, StrategyFigures

_CONTESTS = {
    "world": "the team, in a world",
    "rep-quarter": "a rep, in a quarter",
    "rep-year": "a rep, in a year",
}


def comparison_details(document: Comparison) -> RenderableType:
    """Return all figures of a comparison, made for 80 columns and for readers without colour.

    Returns
    -------
    RenderableType
        For `rich.console.Console.print`; names in it are never read as markup.
    """
    by_name = {row.name: row for row in document.strategies}
    parts: list[RenderableType] = [_header(document)]
    for against in document.against:
        figures = partial(_figures, document, by_name[document.baseline], by_name[against.name], against)
        parts += [Fitted(partial(figures, differences=False)), Fitted(partial(figures, differences=True))]
        shares = against.differences.weeks_of_quarter or []
        if any(share.estimate is not None for share in shares):
            parts.append(_weeks(by_name[document.baseline], by_name[against.name], against))
        parts.append(_spread(against))
        parts.append(_contests(document, against))
        if against.sources is not None:
            parts.append(_sources(document, against))
        if against.attribution is not None:
            parts.append(_attribution(document, against))
    if document.precision is not None:
        parts.append(precision_part(document.precision, document.replications))
    parts.append(_footnotes(document))
    if len(document.against) > 1:
        parts.append(sentences(against.sentence for against in document.against))
    return Group(*spaced(parts))


def _header(document: Comparison) -> Group:
    which = "both" if len(document.strategies) == 2 else f"all {len(document.strategies)}"
    line = (
        f"{count(document.replications)} worlds, the same for {which} strategies: {counted(document.reps, 'rep')} over "
        f"{document.span}, seed {document.seed}"
    )
    return header([line])


def _figures(
    document: Comparison, base: StrategyFigures, mine: StrategyFigures, against: Against, *, differences: bool
) -> RenderableType:
    """Return a table of what both came to, or one of the differences: side by side they do not fit 80 columns."""
    levels = grid(["", printable(base.name), printable(mine.name)])
    apart = grid(["", "difference", "95 % interval"])
    money = printable(document.currency)
    rows: list[tuple[str, str, float]] = [
        (f"revenue a rep-year, {money}", "revenue", 1.0),
        ("mean of the worst 5 % of worlds", "worst", 1.0),
        ("a rep reaches quota, %", "p_quota", 100.0),
        ("the team reaches quota, %", "p_quota_team", 100.0),
        ("weeks without a win, %", "dry_weeks", 100.0),
        ("longest dry spell, weeks", "longest_dry", 1.0),
        ("calls a rep-week", "calls", 1.0),
        ("calls above plan a rep-week", "calls_above_plan", 1.0),
        (f"discount a rep-year, {money}", "discount", 1.0),
        ("deals won that come to an end, %", "won", 100.0),
        ("lost by surprise, %", "surprises", 100.0),
        ("given up after a check, %", "disqualified", 100.0),
        ("lost late for want of a need, %", "late_losses", 100.0),
        ("calls that checks cost a rep-week", "check_calls", 1.0),
    ]
    for label, field, scale in rows:
        cells = [getattr(each, field) for each in (base.figures, mine.figures, against.differences)]
        if None not in cells:
            levels.add_row(label, *(inline(cell, scale=scale) for cell in cells[:2]))
            apart.add_row(label, inline(cells[2], scale=scale), interval(cells[2], scale))
    names = f"{printable(mine.name)} against {printable(base.name)}"
    if differences:
        return titled(f"{names}: differences in the same worlds", apart)
    return titled(f"{names}, per rep", levels)


def interval(figure: Interval, scale: float = 1.0) -> Text:
    """Return ``low to high`` to the digits that the standard error supports; nothing where there is no error."""
    if figure.low is None or figure.high is None or not figure.se:
        return Text()
    ends = [number(end * scale, figure.se * scale).value for end in (figure.low, figure.high)]
    return Text(" to ".join(ends))


@fits
def _weeks(base: StrategyFigures, mine: StrategyFigures, against: Against) -> RenderableType:
    table = grid(["week", printable(base.name), printable(mine.name), "difference", "95 % interval"])
    levels = zip(base.figures.weeks_of_quarter or [], mine.figures.weeks_of_quarter or [], strict=True)
    rows = zip(levels, against.differences.weeks_of_quarter or [], strict=True)
    for week, (both, difference) in enumerate(rows, start=1):
        figures = [inline(cell, scale=100.0) for cell in (*both, difference)]
        table.add_row(str(week), *figures, interval(difference, 100.0))
    return titled("Share of bookings by week of the quarter, %", table)


@fits
def _spread(against: Against) -> RenderableType:
    table = grid(["period", "variance ratio", "95 % interval"])
    for row in against.variance_ratios:
        table.add_row(row.horizon, inline(row.ratio), interval(row.ratio))
    return titled("Variance of a rep's revenue, over that of the baseline", table)


@fits
def _contests(document: Comparison, against: Against) -> RenderableType:
    table = grid(["same world, same rep", "ahead", "95 % interval", "level"])
    for row in against.contests:
        table.add_row(_CONTESTS[row.what], percent(row.ahead), interval(row.ahead, 100.0), percent(row.level))
    return titled(f"How often {printable(against.name)} books more than {printable(document.baseline)}", table)


@fits
def _sources(document: Comparison, against: Against) -> RenderableType:
    clear = against.verdict in ("ahead", "behind")  # parts of a difference that may be none say nothing
    table = grid(
        [
            "from",
            f"{printable(document.currency)} a rep-year",
            "95 % interval",
            *(["share"] if clear else []),
        ]
    )
    for place, row in enumerate(against.sources or []):
        label = row.what if row.what == "value of a deal" or place == 0 else f"conversion into {row.what}"
        part = [Text("" if row.share is None else f"{round(100 * row.share):,} %")] if clear else []
        table.add_row(printable(label), inline(row.amount), interval(row.amount), *part)
    return titled("Where the difference in revenue comes from", table)


@fits
def _attribution(document: Comparison, against: Against) -> RenderableType:
    found = against.attribution
    if found is None or not found.rows:
        return Text("No drive changes anything: there is nothing to attribute.")
    table = grid(["drive", "changes", f"{printable(document.currency)} a rep-year", "to the cent"], left=2)
    for row in found.rows:
        own = row.strategy == against.name
        drive = row.drive if own else f"{row.drive} (of {row.strategy})"
        table.add_row(printable(drive), printable(row.channel), inline(row.amount), f"{row.shown:,.2f}")
    table.add_row("all", Text(), Text(), f"{found.total:,.2f}")
    how = f"all {found.runs} combinations" if found.permutations is None else f"{found.permutations} orders"
    return titled(f"Which reaction makes it: Shapley values over {how}", table)


def _footnotes(document: Comparison) -> Paragraph:
    notes = [note_on_errors(document, document.replications)]
    notes.append("The error of a difference is that of pairs of equal worlds.")
    gains = [
        f"{against.pairing_gain:,.1f} times ({printable(against.name)})"
        for against in document.against
        if against.pairing_gain is not None
    ]
    if gains:
        notes.append(f"Sharing worlds was worth {', '.join(gains)} the replications.")
    claims = [
        f"{inline(against.over_optimism)} times what {printable(against.name)} wins"
        for against in document.against
        if against.over_optimism is not None
    ]
    if claims:
        notes.append(
            f"Of deals that end, the share that {printable(document.baseline)} wins claims {', '.join(claims)}."
        )
    if any(against.sources for against in document.against):
        notes.append("Conversions are entries into a stage over entries into the one before, in the weeks counted.")
    return note(" ".join(notes))
