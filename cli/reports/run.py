"""A run's summary as text and tables: no input or output, and no figure that is not in the summary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.base.currencies import currency_sign
from simcore.base.document import Document
from simcore.base.text import printable
from simcore.cli.layout import Fitted, Grid, Paragraph, fits
from simcore.cli.numbers import Figure, bound, brief, count, figure
from simcore.results.sentences import money
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simcore.results.summary import AveragingRow, QuotaRow, Speed, Summary

_FAINT = "dim"
_HEAD = "bold"
_ALARM = "yellow"
_UNITS = (
    (0.0, 1.0, ""),
    (1e7, 1e3, "thousand "),
    (1e10, 1e6, "million "),
    (1e13, 1e9, "billion "),
    (1e16, 1e12, "trillion "),
)
"""From which largest amount on a table of money is in which unit; a larger one where the table would be too wide."""


def report(summary: Summary, about: str = "", precision: RenderableType | None = None) -> RenderableType:
    """Return the report of a run, made for 80 columns and for readers without colour.

    Parameters
    ----------
    summary
        The result document; nothing else is shown.
    about
        The scenario's own line about itself.
    precision
        The part about the precision, where one was asked for.

    Returns
    -------
    RenderableType
        For `rich.console.Console.print`; names in it are never read as markup.
    """
    parts: list[RenderableType] = [_header(summary, about), _funnel(summary)]
    currency = summary.scenario.currency
    accounts = summary.averaging
    if accounts.close == accounts.origin:
        parts.append(_pyramid(accounts.close, currency, ""))
    else:
        parts.append(_pyramid(accounts.close, currency, ", by close"))
        parts.append(_pyramid(accounts.origin, currency, ", by origin"))
    parts.append(_first_step(summary))
    parts.append(_value(summary))
    if summary.quota is not None:
        parts.append(_quota(summary.quota, currency))
    if any(row.per_rep.estimate for row in summary.open_at_end):
        parts.append(_open(summary))
    if summary.turned_away or summary.clipped:
        parts.append(_limits(summary))
    if precision is not None:
        parts.append(precision)
    parts.append(_footnotes(summary))
    parts.append(Paragraph(printable(summary.sentence), style=_HEAD))
    return Group(*spaced(parts))


def speed_line(speed: Speed, rep_weeks: int) -> str:
    """Return what the run took, in one line.

    Examples
    --------
    >>> from simcore.results.summary import Speed
    >>> speed = Speed(seconds=0.31, compile_seconds=0.052, rep_weeks_per_second=16.8e6, threads=2)
    >>> speed_line(speed, 5_200_000)
    '5,200,000 rep-weeks in 0.31 s on 2 threads: 16.8 M a second (compiling or loading kernels: 0.05 s)'
    """
    threads = "1 thread" if speed.threads == 1 else f"{speed.threads} threads"
    return (
        f"{count(rep_weeks)} rep-weeks in {speed.seconds:.2f} s on {threads}: "
        f"{brief(speed.rep_weeks_per_second)} a second "
        f"(compiling or loading kernels: {speed.compile_seconds:.2f} s)"
    )


def spaced(parts: Iterable[RenderableType]) -> list[RenderableType]:
    """Return the parts with an empty line between each two."""
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [Text(), part] if spaced else [part]
    return spaced


def _header(summary: Summary, about: str) -> Text:
    identity, size = summary.scenario, summary.size
    text = Text(printable(identity.name), style=_HEAD)
    if about:
        text.append("\n" + printable(about), style="not bold")
    reps = f"{count(size.reps)} rep" + ("s" if size.reps != 1 else "")
    weeks = f"{count(size.weeks)} week" + ("s" if size.weeks != 1 else "")
    worlds = f"{count(size.replications)} replication" + ("s" if size.replications != 1 else "")
    lines = [
        f"{worlds} of {reps} over {weeks}: {count(size.rep_weeks)} rep-weeks",
        (
            f"{count(size.calls)} calls, strategy {printable(identity.strategy)}, seed {identity.seed}, "
            f"digest {printable(identity.digest[:12])}"
        ),
    ]
    text.append("\n" + "\n".join(lines), style="not bold dim")
    if summary.interrupted:
        text.append("\nInterrupted: all figures are those of the replications that were done.", style=_ALARM)
    return text


def titled(title: str, body: RenderableType) -> Group:
    """Return a part of a report under its title."""
    return Group(Text(title, style=_HEAD), body)


def listing(rows: Sequence[tuple[str, str]]) -> RenderableType:
    """Return names, each with a line about it."""
    table = Grid([], left=2, gap=2)
    for name, about in rows:
        table.add_row(Text(printable(name), style=_HEAD), Text(printable(about)))
    return table


def grid(headings: Sequence[str], *, left: int = 1, title: str = "") -> Grid:
    """Return an empty table: the first ``left`` columns to the left, the others to the right."""
    return Grid(headings, left=left, title=title)


def inline(estimate: Estimate, *, scale: float = 1.0, unit: str = "") -> Text:
    """Return ``value ± error`` in one line, the error faint."""
    shown, limit = _figure(estimate, scale), _bound(estimate, scale)
    text = Text(shown.value + ("" if estimate.estimate is None else unit))
    if shown.error or limit:
        text.append(f" ± {shown.error}" if shown.error else f" ({limit}{unit})", style=_FAINT)
    return text


def stacked(estimate: Estimate, *, scale: float = 1.0) -> Text:
    """Return the value and, below it, its error."""
    shown, limit = _figure(estimate, scale), _bound(estimate, scale)
    return Text(shown.value).append(f"\n± {shown.error}" if shown.error else f"\n{limit}", style=_FAINT)


def _figure(estimate: Estimate, scale: float) -> Figure:
    value, error = estimate.estimate, estimate.se
    if value and error is None and estimate.low is not None and estimate.high is not None:
        # Between two bounds: to their digits.
        near = min(estimate.high - value, value - estimate.low)
        return Figure(figure(value * scale, near * scale or None).value, "")
    return figure(None if value is None else value * scale, None if error is None else error * scale)


def _bound(estimate: Estimate, scale: float) -> str:
    """Return what is known of a figure without a standard error; empty where nothing is, or nothing more."""
    value, low, high = estimate.estimate, estimate.low, estimate.high
    if estimate.se is not None or value is None or low is None or high is None:
        return ""
    return bound(value * scale, low * scale, high * scale)


def note_on_errors(document: Document, replications: int) -> str:
    """Return what the figures behind ± are, and what stands in their place where there is none.

    Parameters
    ----------
    document
        The document that is shown.
    replications
        Behind each of its figures.
    """
    if replications < 2:
        note = "One replication: no standard errors can be given."
    elif replications < LEAST_REPLICATIONS:
        note = f"± is one Monte Carlo standard error; fewer than {LEAST_REPLICATIONS} replications give no intervals."
    else:
        note = "± is one Monte Carlo standard error."
    if any(_bound(figure, 1.0) for figure in estimates_in(document)):
        note += " What never varied between the replications has a bound in its place (95 %)."
    return note


def estimates_in(part: object) -> Iterator[Estimate]:
    """Yield all estimates of a document."""
    if isinstance(part, Estimate):
        yield part
    elif isinstance(part, Document):
        for name in type(part).model_fields:
            yield from estimates_in(getattr(part, name))
    elif isinstance(part, list | tuple):
        for each in part:
            yield from estimates_in(each)


def percent(estimate: Estimate) -> Text:
    """Return a share in per cent with its error, in one line."""
    return inline(estimate, scale=100.0, unit=" %")


@fits
def _funnel(summary: Summary) -> RenderableType:
    table = grid(["stage", "per rep and week"])
    for row in summary.funnel:
        table.add_row(Text(printable(row.stage)), inline(row.per_rep_week))
    return titled("The funnel", table)


def _pyramid(rows: Sequence[AveragingRow], currency: str, account: str) -> RenderableType:
    """Return the averaging pyramid in the first unit of money in which it fits."""
    title = f"The averaging pyramid{account}: revenue of one rep, "
    units = units_of([cell for row in rows for cell in (row.revenue.mean, row.revenue.sd, row.revenue.q95)])
    return Fitted(
        *(partial(_pyramid_in, rows, 1 / size, f"{title}{unit}{printable(currency)}") for size, unit in units)
    )


def _pyramid_in(rows: Sequence[AveragingRow], scale: float, title: str) -> RenderableType:
    """Return a line of figures and a line of errors for each horizon."""
    table = grid(["period", "mean", "sd", "cv %", "q05", "q50", "q95", "P(no win) %"], title=title)
    for row in rows:
        revenue = row.revenue
        quantiles = (revenue.q05, revenue.q50, revenue.q95)
        table.add_row(
            Text(row.horizon),
            *(stacked(cell, scale=scale) for cell in (revenue.mean, revenue.sd)),
            stacked(revenue.cv, scale=100.0),
            *(stacked(cell, scale=scale) for cell in quantiles),
            stacked(revenue.p_zero, scale=100.0),
        )
    return table


def units_of(amounts: Sequence[Estimate]) -> list[tuple[float, str]]:
    """Return units of money, size and name: the one that suits the largest amount, and then larger ones."""
    largest = max((abs(each.estimate) for each in amounts if each.estimate is not None), default=0.0)
    suits = max(number for number, (least, _, _) in enumerate(_UNITS) if largest >= least)
    return [(size, name) for _, size, name in _UNITS[suits:]]


@fits
def _first_step(summary: Summary) -> RenderableType:
    stage = printable(summary.funnel[1].stage)
    table = grid(["period", "mean", "sd", "cv"])
    for row in summary.averaging.origin:
        if row.horizon == "call":
            continue
        step = row.first_step
        table.add_row(Text(row.horizon), inline(step.mean), inline(step.sd), percent(step.cv))
    return titled(f"The first step: {stage} brought in by one rep", table)


@fits
def _value(summary: Summary) -> RenderableType:
    sign = currency_sign(printable(summary.scenario.currency))
    table = grid(["value", "revenue by origin"])
    stage = printable(summary.funnel[1].stage)
    rows = (("one call, whatever happens on it", summary.value.per_call), ('one "no"', summary.value.per_no))
    for label, estimate in rows:
        table.add_row(Text(label), Text(sign).append(inline(estimate)))
    note = Text(f'a "no" is a call that does not lead to {stage}', style=_FAINT)
    return Group(table, note)


@fits
def _quota(quota: QuotaRow, currency: str) -> RenderableType:
    title = f"Quota of {money(quota.amount, currency)} a {quota.period} and rep"
    table = grid(["reached by", "probability"])
    for label, chance in (("a rep", quota.p_hit), ("the team", quota.p_hit_team)):
        table.add_row(Text(label), Text(f"no whole {quota.period}") if chance is None else percent(chance))
    return titled(title, table)


@fits
def _open(summary: Summary) -> RenderableType:
    table = grid(["open at the end in", "may become", "per rep"], left=2)
    activity = summary.funnel[0].stage
    for row in summary.open_at_end:
        # What is open in the activity was successful and waits to be held: calls are not open.
        stage = "booked" if row.stage == activity else printable(row.stage)
        table.add_row(Text(stage), Text(printable(row.waiting_for)), inline(row.per_rep))
    return Group(table)


@fits
def _limits(summary: Summary) -> RenderableType:
    """Return what was turned away by caps, and the limits of the model that were hit."""
    parts: list[RenderableType] = []
    if summary.turned_away:
        table = grid(["turned away at", "per rep and week"])
        for row in summary.turned_away:
            table.add_row(Text(printable(row.stage)), inline(row.per_rep_week))
        parts.append(table)
    if summary.clipped:
        hits = ", ".join(f"{printable(row.what)} {count(row.count)} times" for row in summary.clipped)
        parts.append(Paragraph(f"Warning: a limit of the model was hit: {hits}.", style=_ALARM))
    return Group(*parts)


def _footnotes(summary: Summary) -> Paragraph:
    notes = [note_on_errors(summary, summary.size.replications)]
    notes.append("q05, q50, q95: 5, 50 and 95 % of the periods bring so much or less.")
    if summary.averaging.close != summary.averaging.origin:
        notes.append("By close: dated when the deal closed; by origin: when the call was made that began it.")
    if summary.quantile_error_bound > 0:
        notes.append(f"Quantiles are binned: off by at most {100 * summary.quantile_error_bound:.2g} % of themselves.")
    assumed = sum(row.source is None for row in summary.assumptions)
    if assumed:
        notes.append(
            f"{assumed} of {len(summary.assumptions)} figures have no source and count as assumptions: "
            "`simcore check` lists them."
        )
    return Paragraph(" ".join(notes), style=_FAINT)
