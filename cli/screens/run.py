"""A run's summary as text and tables: no input or output, and no figure that is not in the summary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import brief, count, counted, sign_before
from simcore.base.text import printable
from simcore.cli.screens.layout import (
    FAINT,
    grid,
    header,
    inline,
    note,
    note_on_errors,
    percent,
    spaced,
    stacked,
    titled,
    units_of,
    warning,
)
from simcore.cli.screens.precision import precision_part
from simcore.cli.tables import Fitted, Paragraph, fits
from simcore.results.sentences import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.results.summary import AveragingRow, Ignorance, NeedsRow, PersonRow, QuotaRow, Speed, Summary


def run_details(summary: Summary, about: str = "") -> RenderableType:
    """Return all figures of a run, made for 80 columns and for readers without colour.

    Parameters
    ----------
    summary
        The result document; nothing else is shown.
    about
        The scenario's own line about itself.

    Returns
    -------
    RenderableType
        For `rich.console.Console.print`; names in it are never read as markup.
    """
    parts: list[RenderableType] = [_header(summary, about), _funnel(summary)]
    currency = summary.scenario.currency
    accounts = summary.averaging
    if accounts.close == accounts.origin or not accounts.origin:
        parts.append(_pyramid(accounts.close, currency, ""))
    else:
        parts.append(_pyramid(accounts.close, currency, ", by close"))
        parts.append(_pyramid(accounts.origin, currency, ", by origin"))
    if summary.calls > 0:
        parts += [_first_step(summary), _value(summary)]
    if summary.quota is not None:
        parts.append(_quota(summary.quota, currency))
    if summary.people:
        parts.append(_people(summary.people, currency))
    if summary.ignorance is not None:
        parts.append(_ignorance(summary.ignorance, currency))
    if any(row.per_rep.estimate for row in summary.open_at_end):
        parts.append(_open(summary))
    if summary.needs is not None:
        parts.append(_needs(summary.needs))
    if summary.turned_away or summary.clipped:
        parts.append(_limits(summary))
    if summary.precision is not None:
        parts.append(precision_part(summary.precision, summary.replications))
    parts.append(_footnotes(summary))
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
    return (
        f"{count(rep_weeks)} rep-weeks in {speed.seconds:.2f} s on {counted(speed.threads, 'thread')}: "
        f"{brief(speed.rep_weeks_per_second)} a second "
        f"(compiling or loading kernels: {speed.compile_seconds:.2f} s)"
    )


def _header(summary: Summary, about: str) -> Group:
    identity, size = summary.scenario, summary.size
    lines = [
        (
            f"{counted(size.replications, 'replication')} of {counted(size.reps, 'rep')} over "
            f"{counted(size.weeks, 'week')}: {count(size.rep_weeks)} rep-weeks"
        ),
        (
            f"{count(size.calls)} calls, strategy {printable(identity.strategy)}, seed {identity.seed}, "
            f"digest {printable(identity.digest[:12])}"
        ),
    ]
    return header(lines, about=about)


@fits
def _funnel(summary: Summary) -> RenderableType:
    table = grid(["stage", "per rep and week"])
    for row in summary.funnel:
        table.add_row(printable(row.stage), inline(row.per_rep_week))
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
            row.horizon,
            *(stacked(cell, scale=scale) for cell in (revenue.mean, revenue.sd)),
            stacked(revenue.cv, scale=100.0),
            *(stacked(cell, scale=scale) for cell in quantiles),
            stacked(revenue.p_zero, scale=100.0),
        )
    return table


@fits
def _first_step(summary: Summary) -> RenderableType:
    stage = printable(summary.funnel[1].stage)
    table = grid(["period", "mean", "sd", "cv"])
    for row in summary.averaging.origin:
        if row.horizon == "call":
            continue
        step = row.first_step
        table.add_row(row.horizon, inline(step.mean), inline(step.sd), percent(step.cv))
    return titled(f"The first step: {stage} brought in by one rep", table)


@fits
def _value(summary: Summary) -> RenderableType:
    sign = sign_before(summary.scenario.currency)
    table = grid(["value", "revenue by origin"])
    stage = printable(summary.funnel[1].stage)
    rows = (("one call, whatever happens on it", summary.value.per_call), ('one "no"', summary.value.per_no))
    for label, estimate in rows:
        table.add_row(label, Text(sign).append(inline(estimate)))
    return Group(table, Text(f'a "no" is a call that does not lead to {stage}', style=FAINT))


@fits
def _quota(quota: QuotaRow, currency: str) -> RenderableType:
    title = f"Quota of {money(quota.amount, currency)} a {quota.period} and rep"
    if quota.differ:
        title = f"Quota a {quota.period}, of those who have one: each their own, or {money(quota.amount, currency)}"
    table = grid(["reached by", "probability"])
    for label, chance in (("a rep", quota.p_hit), ("the team", quota.p_hit_team)):
        table.add_row(label, Text(f"no whole {quota.period}") if chance is None else percent(chance))
    return titled(title, table)


@fits
def _people(people: Sequence[PersonRow], currency: str) -> RenderableType:
    table = grid(["rep", f"revenue in 52 weeks, {printable(currency)}", "reaches quota"])
    for row in people:
        chance = Text("no quota") if row.p_hit is None else percent(row.p_hit)
        table.add_row(printable(row.name or str(row.rep)), inline(row.revenue), chance)
    return titled("The people, each in their seat", table)


@fits
def _ignorance(found: Ignorance, currency: str) -> RenderableType:
    table = grid(["what is not known exactly leaves open", "", "standard deviation"], left=2)
    table.add_row("expected revenue of a rep in 52 weeks", currency, inline(found.sd))
    for label, spread in (("a rep", found.p_hit_sd), ("the team", found.p_hit_team_sd)):
        if spread is not None:
            table.add_row(f"chance that {label} reaches quota", "points", inline(spread, scale=100.0))
    of_variance = f"of the variance of the team's revenue it is {percent(found.share).plain}"
    return titled(f"Not known exactly, in {count(found.worlds)} worlds played twice; {of_variance}", table)


@fits
def _open(summary: Summary) -> RenderableType:
    table = grid(["open at the end in", "may become", "per rep"], left=2)
    activity = summary.funnel[0].stage
    for row in summary.open_at_end:
        # What is open in the activity was successful and waits to be held: calls are not open.
        stage = "booked" if row.stage == activity else printable(row.stage)
        table.add_row(stage, printable(row.waiting_for), inline(row.per_rep))
    return Group(table)


@fits
def _needs(needs: NeedsRow) -> RenderableType:
    table = grid(["deals that end", "share"])
    rows = (
        ("won", needs.won),
        ("lost by surprise, before the decision", needs.surprises),
        ("given up after a check", needs.disqualified),
        ("lost at the decision, a need not met", needs.late_losses),
        ("lost at the decision, all needs met", needs.other_losses),
    )
    for label, share in rows:
        table.add_row(label, percent(share))
    told = Text(f"where the rate promises {100 * needs.promised:.3g} %; ")
    told.append("checks cost a rep ").append(inline(needs.check_calls)).append(" calls a week")
    return titled(f"What {printable(needs.stage)} need", Group(table, told))


@fits
def _limits(summary: Summary) -> RenderableType:
    """Return what was turned away by caps, and the limits of the model that were hit."""
    parts: list[RenderableType] = []
    if summary.turned_away:
        table = grid(["turned away at", "per rep and week"])
        for row in summary.turned_away:
            table.add_row(printable(row.stage), inline(row.per_rep_week))
        parts.append(table)
    if summary.clipped:
        hits = ", ".join(f"{printable(row.what)} {count(row.count)} times" for row in summary.clipped)
        parts.append(warning(f"Warning: a limit of the model was hit: {hits}."))
    return Group(*parts)


def _footnotes(summary: Summary) -> Paragraph:
    notes = [note_on_errors(summary, summary.size.replications)]
    notes.append("q05, q50, q95: 5, 50 and 95 % of the periods bring so much or less.")
    if summary.averaging.origin and summary.averaging.close != summary.averaging.origin:
        notes.append("By close: dated when the deal closed; by origin: when the call was made that began it.")
    if summary.quantile_error_bound > 0:
        notes.append(f"Quantiles are binned: off by at most {100 * summary.quantile_error_bound:.2g} % of themselves.")
    assumed = sum(row.source is None for row in summary.assumptions)
    if assumed:
        notes.append(
            f"{assumed} of {len(summary.assumptions)} figures have no source and count as assumptions: "
            "`simcore check` lists them."
        )
    return note(" ".join(notes))
