"""The answer of a run: what a rep brings in, how much it swings, and whether that averages out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import NOT_KNOWN, money_figure, share_figure
from simcore.answers.wording import capital, cautions_of, precision_cautions, precision_figures
from simcore.results.sentences import (
    article,
    averaging_verdict,
    bad_period,
    cv_in_percent,
    in_percent,
    known,
    money,
    spread_parts,
)
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simcore.results.summary import AveragingRow, ClippedRow, Ignorance, QuotaRow, Summary

_WIDEST = 3.0
"""No bar of the pyramid is drawn beyond this many times the average."""
_NARROWEST = 1.5
_LIMITS = {"lag": "a lag at the longest", "value": "the value of a deal"}


def run_answer(summary: Summary) -> Answer:
    """Return the answer of a run.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> run_answer(simulate(load_scenario("trust-the-process"), replications=200).summary).sentences[1]
    'A week varies by 100 % of its mean (37 % of weeks have no win), a year by 14 %: weeks average out as \
independent ones do.'
    """
    rows = summary.averaging.close
    cautions = cautions_of(summary)
    cautions += precision_cautions(summary.precision)
    if summary.unlike:
        cautions.append("People differ by what the file says of them: spreads are also those between them.")
    if summary.clipped:
        hit = ", ".join(_cut(row) for row in summary.clipped)
        cautions.append(f"Cut at a limit of the model: {hit}.")
    return Answer(
        sentences=_sentences(summary),
        figures=tuple(_figures(summary)),
        picture=_pyramid(rows) if rows else None,
        cautions=tuple(cautions),
        words=("give or take", "coefficient of variation", "by close"),
    )


def _cut(row: ClippedRow) -> str:
    """Say what was cut at a limit of the model, and how often."""
    times = "once" if row.count == 1 else f"{row.count:,} times"
    return f"{_LIMITS.get(row.what, f'{row.what} at 100 %')} ({times})"


def _sentences(summary: Summary) -> tuple[str, ...]:
    rows: dict[str, AveragingRow] = {row.horizon: row for row in summary.averaging.close}
    won = any(row.revenue.mean.estimate for row in rows.values())
    if not rows or not won or summary.replications < LEAST_REPLICATIONS:
        return (summary.sentence,)
    longest = list(rows)[-1]
    spreads = spread_parts([rows[name] for name in dict.fromkeys(("week", longest)) if name in rows])
    verdict = averaging_verdict(rows, longest)
    swings = ": ".join(part for part in (*spreads, verdict) if part)
    told = [_level(rows[longest], summary.currency), *([f"{capital(swings)}."] if swings else []), *_needs(summary)]
    return (*told, *([_ignorance(summary.ignorance)] if summary.ignorance is not None else []))


def _ignorance(found: Ignorance) -> str:
    """Say how much of the width no number of weeks averages out, since it is not known."""
    share = share_figure("", found.share)
    return (
        f"Of the variance of the team's revenue {share.value} ({share.error}) is ignorance of figures that are not "
        "known exactly: neither more weeks nor more worlds take it away."
    )


def _needs(summary: Summary) -> Iterator[str]:
    """Say what the rate of deals that need something promises, and what becomes of them."""
    needs = summary.needs
    if needs is None or None in (needs.won.estimate, needs.surprises.estimate, needs.late_losses.estimate):
        return
    won, surprises, late = (
        in_percent(each.estimate or 0.0) for each in (needs.won, needs.surprises, needs.late_losses)
    )
    yield (
        f"Of the deals that come to an end, {won} become {needs.stage}, where the rate promises "
        f"{in_percent(needs.promised)}: {surprises} are lost by surprise, and {late} at the decision, for want of "
        "something that they need."
    )


def _level(row: AveragingRow, currency: str) -> str:
    """Say what the longest period brings on average, and what a bad one does."""
    if known(row.revenue.mean) is None:
        return f"These worlds are too few to tell what {article(row.horizon)} of a rep brings on average."
    mean = money_figure("", row.revenue.mean, currency)
    near = f", {mean.error}" if row.revenue.mean.se else ""
    text = f"A rep brings in {mean.value} {article(row.horizon)} on average{near}"
    bad = bad_period(row, currency)
    return f"{text}; {bad}." if bad else f"{text}."


def _figures(summary: Summary) -> list[KeyFigure]:
    currency = summary.currency
    figures = precision_figures(summary.precision, currency)
    if summary.averaging.close:
        last = summary.averaging.close[-1]
        figures.append(money_figure(f"revenue of a rep in {article(last.horizon)}", last.revenue.mean, currency))
    if summary.quota is not None:
        figures += _quota(summary.quota, currency)
    if summary.ignorance is not None and summary.ignorance.p_hit_sd is not None:
        figures.append(share_figure("the team's chance, sd over what is not known", summary.ignorance.p_hit_team_sd))
    week = next((row for row in summary.averaging.close if row.horizon == "week"), None)
    if week is not None:
        figures.append(share_figure("weeks of a rep without a win", week.revenue.p_zero))
    if summary.calls > 0:
        figures.append(money_figure("worth of one call, whatever comes of it", summary.value.per_call, currency))
    return figures


def _quota(quota: QuotaRow, currency: str) -> list[KeyFigure]:
    amount = (
        f"a {quota.period}, each their own" if quota.differ else f"{money(quota.amount, currency)} a {quota.period}"
    )
    figures = [(f"a rep reaches quota ({amount})", quota.p_hit), ("the team reaches its quota", quota.p_hit_team)]
    return [
        KeyFigure(label, NOT_KNOWN, f"no whole {quota.period} was run") if found is None else share_figure(label, found)
        for label, found in figures
    ]


def _pyramid(rows: Sequence[AveragingRow]) -> Picture:
    """Return how far each period swings around its own average: one standard deviation to each side."""
    spreads = [known(row.revenue.cv) for row in rows]
    widest = max((spread for spread in spreads if spread is not None), default=0.0)
    return Picture(
        title="How far one rep's revenue swings around its own average, by period",
        kind="spans",
        rows=tuple(
            PictureRow(row.horizon, None, shown=NOT_KNOWN)
            if spread is None
            else PictureRow(row.horizon, 1.0, max(0.0, 1.0 - spread), 1.0 + spread, cv_in_percent(spread))
            for row, spread in zip(rows, spreads, strict=True)
        ),
        mark=1.0,
        least=0.0,
        most=max(_NARROWEST, min(_WIDEST, 1.0 + widest)),
        note="Bars reach one standard deviation to each side of the average.",
        even=True,
    )
