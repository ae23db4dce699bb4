"""A comparison as text and tables: no input or output, and no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.cli.numbers import count
from simcore.cli.render import Paragraph, grid, inline, percent, spaced, titled
from simcore.cli.render_precision import precision_part
from simcore.text import printable

if TYPE_CHECKING:
    from simcore.comparison_document import Against, Comparison, Figures, StrategyFigures

_CONTESTS = {
    "world": "the team, in a world",
    "rep-quarter": "a rep, in a quarter",
    "rep-year": "a rep, in a year",
}


def comparison_report(document: Comparison) -> RenderableType:
    """Return the report of a comparison, made for 80 columns and for readers without colour.

    Returns
    -------
    RenderableType
        For `rich.console.Console.print`; names in it are never read as markup.
    """
    by_name = {row.name: row for row in document.strategies}
    parts: list[RenderableType] = [_header(document)]
    for against in document.against:
        parts.append(_figures(document, by_name[document.baseline], by_name[against.name], against))
        if against.differences.weeks_of_quarter is not None:
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
    parts += [Paragraph(printable(against.sentence), style="bold") for against in document.against]
    return Group(*spaced(parts))


def _header(document: Comparison) -> Text:
    text = Text(printable(document.scenario), style="bold")
    weeks = f"{count(document.weeks)} week" + ("s" if document.weeks != 1 else "")
    text.append(
        f"\n{count(document.replications)} worlds, the same for all {len(document.strategies)} strategies: "
        f"{count(document.reps)} reps over {weeks}, seed {document.seed}",
        style="not bold dim",
    )
    if document.interrupted:
        text.append("\nInterrupted: all figures are those of the worlds that were done.", style="yellow")
    return text


def _figures(document: Comparison, base: StrategyFigures, mine: StrategyFigures, against: Against) -> RenderableType:
    table = grid(["", printable(base.name), printable(mine.name), "difference"])
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
    ]
    for label, field, scale in rows:
        cells = [_cell(figures, field, scale) for figures in (base.figures, mine.figures, against.differences)]
        if cells[0] is not None:
            table.add_row(Text(label), *(cell or Text() for cell in cells))
    return titled(f"{printable(mine.name)} against {printable(base.name)}, per rep", table)


def _cell(figures: Figures, field: str, scale: float) -> Text | None:
    estimate = getattr(figures, field)
    return None if estimate is None else inline(estimate, scale=scale)


def _weeks(base: StrategyFigures, mine: StrategyFigures, against: Against) -> RenderableType:
    table = grid(["week of the quarter", printable(base.name), printable(mine.name), "difference"])
    columns = (base.figures.weeks_of_quarter, mine.figures.weeks_of_quarter, against.differences.weeks_of_quarter)
    for week, cells in enumerate(zip(*(column or [] for column in columns), strict=True), start=1):
        table.add_row(Text(str(week)), *(inline(cell, scale=100.0) for cell in cells))
    return titled("Share of bookings, %", table)


def _spread(against: Against) -> RenderableType:
    table = grid(["period", "variance ratio"])
    for row in against.variance_ratios:
        table.add_row(Text(row.horizon), inline(row.ratio))
    return titled("Variance of a rep's revenue, over that of the baseline", table)


def _contests(document: Comparison, against: Against) -> RenderableType:
    table = grid(["same world, same rep", "ahead", "level"])
    for row in against.contests:
        table.add_row(Text(_CONTESTS[row.what]), percent(row.ahead), percent(row.level))
    return titled(f"How often {printable(against.name)} books more than {printable(document.baseline)}", table)


def _sources(document: Comparison, against: Against) -> RenderableType:
    table = grid(["from", f"{printable(document.currency)} a rep-year", "of the difference"])
    for number, row in enumerate(against.sources or []):
        label = row.what if row.what == "value of a deal" or number == 0 else f"conversion into {row.what}"
        part = "" if row.share is None else f"{100 * row.share:,.0f} %"
        table.add_row(Text(printable(label)), inline(row.amount), Text(part))
    return titled("Where the difference in revenue comes from", table)


def _attribution(document: Comparison, against: Against) -> RenderableType:
    found = against.attribution
    if found is None or not found.rows:
        return Text("No drive changes anything: there is nothing to attribute.")
    table = grid(["drive", "changes", f"{printable(document.currency)} a rep-year", "to the cent"], left=2)
    for row in found.rows:
        own = row.strategy == against.name
        drive = row.drive if own else f"{row.drive} (of {row.strategy})"
        table.add_row(Text(printable(drive)), Text(printable(row.channel)), inline(row.amount), f"{row.shown:,.2f}")
    table.add_row(Text("all"), Text(), Text(), f"{found.total:,.2f}")
    how = f"all {found.runs} combinations" if found.permutations is None else f"{found.permutations} orders"
    return titled(f"Which reaction makes it: Shapley values over {how}", table)


def _footnotes(document: Comparison) -> Paragraph:
    notes = ["± is one Monte Carlo standard error; that of a difference is of pairs of equal worlds."]
    gains = [
        f"{against.pairing_gain:,.1f} times ({printable(against.name)})"
        for against in document.against
        if against.pairing_gain is not None
    ]
    if gains:
        notes.append(f"Sharing worlds was worth {', '.join(gains)} the replications.")
    if any(against.sources for against in document.against):
        notes.append("Conversions are entries into a stage over entries into the one before, in the weeks counted.")
    return Paragraph(" ".join(notes), style="dim")
