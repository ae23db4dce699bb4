"""What coaching's figures say, in plain words: only what a comparison of the figures shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.results.sentences import in_percent, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.studies.coach.item_values_document import StageAges, Values
    from simcore.studies.coach.leverage_document import HoursPlan, Leverage, LeverRow, Measure, Ranking

_MEASURES: dict[Measure, str] = {
    "revenue": "mean revenue",
    "revenue_origin": "mean revenue by origin",
    "p_quota": "the chance of quota",
}


def leverage_sentences(found: Leverage) -> list[str]:
    """Return which step to improve, in words."""
    told = [ranking_sentence(each) for each in found.rankings if each.measure != "revenue_origin"]
    cut = [_cut(row) for row in found.levers if row.kind == "rate" and (row.cut or row.clipped > 0)]
    if cut:
        told.append(f"Rates were cut at 1, beyond which none can be improved: {_listed(cut)}.")
    told += [
        f"{row.lever.capitalize()} at {row.after} leaves the chance of quota as it is: {row.why}."
        for row in found.levers
        if row.why is not None
    ]
    quick = [row for row in found.levers if row.kind == "lag" and row.revenue_origin is not None]
    if quick and all(row.revenue_origin is not None and _is_none(row.revenue_origin.difference) for row in quick):
        told.append(
            "Shorter lags bring no deal more: by origin they change nothing. By close they pay a cold start sooner; "
            "once the pipeline is steady, the mean is the same."
        )
    if found.hours is not None:
        told += hours_sentences(found.hours)
    return told


def _cut(row: LeverRow) -> str:
    """Return how a rate met 1: it was set to it, or decisions of its step were cut."""
    more = f"{row.clipped:,} more decisions of this step" if row.clipped > 0 else ""
    text = ", ".join(part for part in ("less than was meant" if row.cut else "", more) if part)
    return f"{row.lever} at {row.after} ({text})"


def _is_none(figure: object) -> bool:
    return getattr(figure, "estimate", None) == 0.0 and getattr(figure, "se", None) == 0.0


def ranking_sentence(found: Ranking) -> str:
    """Return who is best, who is tied, and what closed forms say of it."""
    amount = "Ten per cent more" if found.change == "tenth" else "One point more"
    what = _MEASURES[found.measure]
    if found.all_alike:
        agree = ", and the runs cannot tell them apart" if len(found.tied) + 1 == found.steps else ""
        return f"{amount} on any step's rate does the same to {what}: the closed form says so{agree}."
    if not found.tied:
        return f"{amount} does most to {what} at the step to {found.best}, beyond its error."
    several = "they are tied" if len(found.tied) > 1 else "the two are tied"
    return (
        f"{amount} seems to do most to {what} at the step to {found.best}, but cannot be told from the same at "
        f"{_listed(found.tied)}: {several}."
    )


def hours_sentences(found: HoursPlan) -> list[str]:
    """Return the best use of coaching hours, in words."""
    given = ", ".join(f"{hours} to {step}" for step, hours in zip(found.steps, found.best.hours, strict=True) if hours)
    told = [f"Best use of {found.hours} hours for {_MEASURES[found.measure]}: {given}."]
    low, high = found.over_even.low, found.over_even.high
    if found.best.hours == found.even.hours:
        told.append("That is to spread them evenly.")
    elif low is None or high is None or low <= 0.0 <= high:
        told.append("In fresh worlds it cannot be told from spreading the hours evenly: the two are tied.")
    else:
        told.append(f"In fresh worlds it does {'more' if low > 0.0 else 'less'} than spreading the hours evenly.")
    if found.tied:
        told.append(f"{found.tied} other ways of giving out the hours cannot be told from it where it was chosen.")
    if found.fading == 0.0:
        told.append("No diminishing returns were assumed: every hour on a step does as much as the first.")
    return told


def values_sentences(found: Values, currency: str) -> list[str]:
    """Return what items are worth, and what age says, in words."""
    told = []
    for stage in found.ages:
        told += _aged(stage, found.soon_weeks, currency)
    telling = [stage for stage in found.ages if _tells(stage)]
    told += [_told_by_age(stage) for stage in telling]
    if len(telling) < len(found.ages):
        told.append(
            f"{'Elsewhere age' if telling else 'Age'} by itself says nothing about winning in this model: winners and "
            "losers wait alike, and are decided at the rate of the day on which the wait ends. It says when."
        )
    if found.market_lift is not None:
        told.append(
            "The market acts on two steps with a wait between: an item that came in a good market is a little likelier "
            f"to win while that market lasts, by {in_percent(found.market_lift)} of its chance at most, less with age."
        )
    if found.of_the_plan:
        told.append(
            "The strategy reacts. Waits, chances and exact values are those of the plan; what is simulated has the "
            "reactions in it: one deal more also changes what the rep does next."
        )
    return told


def _tells(stage: StageAges) -> bool:
    """Return whether the chance to win depends on the age: what is lost waits by another law than what passes."""
    chances = [row.p_win for row in stage.rows if row.p_win is not None]
    return len(chances) > 0 and max(chances) - min(chances) > 1e-9


def _told_by_age(stage: StageAges) -> str:
    """Return what the age of an item says about winning."""
    first, last = stage.rows[0], stage.rows[-1]
    return (
        f"The age of one of {stage.stage} says how it will end, since what is lost waits by another law: it is won "
        f"with a chance of {in_percent(first.p_win or 0.0)} when new, of {in_percent(last.p_win or 0.0)} at the age of "
        f"{last.age}."
    )


def _aged(stage: StageAges, weeks: int, currency: str) -> list[str]:
    """Return how the wait that is left changes with age."""
    first, last = stage.rows[0], stage.rows[-1]
    if len(stage.rows) < 2:
        return []
    left = [row.decision.q50 for row in stage.rows]
    if left[-1] < left[0] and min(left) == left[-1]:
        how = "the longer it has waited, the sooner it is decided"
    elif min(left) < left[-1]:
        how = "the wait that is left first shrinks with age, then grows: an old one is not about to be decided"
    else:
        how = "the wait that is left grows with age"
    text = (
        f"An open one of {stage.stage}: {how} (half are decided within {first.decision.q50:.1f} weeks when new, within "
        f"{last.decision.q50:.1f} at the age of {last.age})"
    )
    if first.value_soon is not None and last.value_soon is not None:
        text += (
            f"; within {weeks} weeks it brings {money(first.value_soon, currency)} when new and "
            f"{money(last.value_soon, currency)} then"
        )
    return [text + "."]


def _listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence.

    Examples
    --------
    >>> _listed(["a"]), _listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
