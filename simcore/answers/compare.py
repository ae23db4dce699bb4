"""The answer of a comparison: who is ahead of the baseline, by how much, and who cannot be told from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import NOT_KNOWN, money_figure, share_figure
from simcore.answers.numbers import counted
from simcore.answers.wording import cautions_of, precision_cautions, precision_figures
from simcore.results.sentences import amounts, in_percent, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcore.studies.compare.document import Against, Attribution, Comparison

_MOST_SENTENCES = 2
_MOST_ROWS = 8


def compare_answer(found: Comparison) -> Answer:
    """Return the answer of a comparison."""
    cautions = cautions_of(found)
    cautions += precision_cautions(found.precision)
    return Answer(
        sentences=_sentences(found),
        figures=tuple(_figures(found)),
        picture=_attributed(found) or _differences(found),
        cautions=tuple(cautions),
        words=("confidence interval", "common random numbers", "tied"),
    )


def _sentences(found: Comparison) -> tuple[str, ...]:
    """Return the verdicts; of many strategies, how many are ahead, behind and not told apart."""
    if len(found.against) <= _MOST_SENTENCES:
        return (*(each.sentence for each in found.against), *_needs(found))
    counts = {
        f"ahead of {found.baseline}": _with(found, "ahead"),
        f"behind {found.baseline}": _with(found, "behind"),
        f"not told apart from {found.baseline}": [*_with(found, "tied"), *_with(found, "unknown")],
    }
    parts = [f"{_listed(names)} {'is' if len(names) == 1 else 'are'} {what}" for what, names in counts.items() if names]
    return (f"{'; '.join(parts)}, in revenue of a rep in a year (95 % intervals).",)


def _needs(found: Comparison) -> Iterator[str]:
    """Say how many deals are lost for want of something that they need, and what checks cost."""
    lost: list[str] = []
    cost: list[str] = []
    for each in found.strategies:
        surprises, late, calls = (each.figures.surprises, each.figures.late_losses, each.figures.check_calls)
        if surprises is None or late is None or calls is None:
            return
        if surprises.estimate is None or late.estimate is None or calls.estimate is None:
            return
        lost.append(f"{in_percent(surprises.estimate + late.estimate)} with {each.name}")
        cost.append(f"{calls.estimate:.3g}")
    yield (
        f"Deals that end lost, by surprise or late, for want of something that they need: {', '.join(lost)}; checks "
        f"cost {', '.join(cost)} calls of a rep in a week."
    )


def _with(found: Comparison, verdict: str) -> list[str]:
    return [each.name for each in found.against if each.verdict == verdict]


def _listed(names: list[str]) -> str:
    if len(names) > _MOST_SENTENCES + 1:
        return f"{', '.join(names[:_MOST_SENTENCES])} and {len(names) - _MOST_SENTENCES} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figures(found: Comparison) -> list[KeyFigure]:
    figures = precision_figures(found.precision, found.currency, found.baseline)
    base = next(each for each in found.strategies if each.name == found.baseline)
    shown = [base, *(each for each in found.strategies if each is not base)][: _MOST_SENTENCES + 1]
    for each in shown:
        label = f"revenue of a rep in a year: {each.name}"
        figures.append(money_figure(label, each.figures.revenue, found.currency))
    if len(shown) == len(found.strategies) and base.figures.p_quota is not None:
        figures += [
            share_figure(f"chance of a rep to reach quota: {each.name}", each.figures.p_quota) for each in shown
        ]
    return figures


def _differences(found: Comparison) -> Picture:
    return Picture(
        title=f"Revenue of a rep in a year, less that of {found.baseline} in the same worlds",
        kind="intervals",
        rows=tuple(_row(each, found.currency) for each in found.against[:_MOST_ROWS]),
        mark=0.0,
        note="Lines are 95 % intervals; a hollow point is not told apart from no difference.",
    )


def _attributed(found: Comparison) -> Picture | None:
    """Return what each reaction adds to the difference of two strategies, where that was asked for."""
    if len(found.against) != 1:
        return None
    (against,) = found.against
    split = against.attribution
    if split is None:
        return None
    parts = sorted(split.rows, key=lambda each: -abs(each.amount.estimate or 0.0))
    rows = [_part(each, found.currency) for each in parts[: _MOST_ROWS - 1]]
    left = len(parts) - len(rows)
    return Picture(
        title=f"What each reaction adds to revenue of a rep in a year, {against.name} less {found.baseline}",
        kind="intervals",
        rows=(*rows, replace(_row(against, found.currency), label="all together")),
        mark=0.0,
        note="Lines are 95 % intervals; a hollow point is not told apart from nothing."
        + (f" {counted(left, 'more reaction')}: --details." if left else ""),
        even=True,
    )


def _part(part: Attribution, currency: str) -> PictureRow:
    amount = part.amount
    told = amount.low is not None and amount.high is not None and not amount.low <= 0.0 <= amount.high
    shown = money_figure("", amount, currency).value
    return PictureRow(f"{part.drive}: {part.channel}", amount.estimate, amount.low, amount.high, shown, told_apart=told)


def _row(against: Against, currency: str) -> PictureRow:
    figure = against.differences.revenue
    if figure.estimate is None:
        return PictureRow(against.name, None, shown=NOT_KNOWN)
    if figure.low is None or figure.high is None:
        shown = f"{money(figure.estimate, currency)}, error not known"
    elif figure.low == figure.high:
        shown = f"{money(figure.estimate, currency)}, exact"
    else:
        shown = amounts(figure.low, figure.high, currency, signed=True)
    told = against.verdict in ("ahead", "behind")
    return PictureRow(against.name, figure.estimate, figure.low, figure.high, shown, told_apart=told)
