"""The verdict of a comparison, and the sentence that tells it."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, Literal, NamedTuple

from simcore.results.sentences import amounts
from simcore.statistics.intervals import LEAST_REPLICATIONS, differs_from_zero

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate

Verdict = Literal["ahead", "behind", "tied", "unknown"]


class Compared(NamedTuple):
    """What a sentence names."""

    mine: str
    base: str
    currency: str
    replications: int


class Alike(NamedTuple):
    """In which worlds both strategies book the same."""

    always: bool
    """They are the same program: in every world there is."""
    played: bool
    """In each of the worlds that were played."""


def verdict_of(difference: Estimate, replications: int) -> tuple[Verdict, int | None]:
    """Return ahead, behind or tied, and for a tie about how many replications would separate it.

    Without an interval (fewer than `LEAST_REPLICATIONS`) nothing is told.

    Examples
    --------
    >>> from simcore.statistics.intervals import by_t
    >>> verdict_of(by_t(1.0, 1.0, 99), 100), verdict_of(by_t(3.0, 1.0, 1, groups=2), 2)
    (('tied', 394), ('unknown', None))
    """
    if difference.estimate is None or difference.low is None or difference.high is None:
        return "unknown", None
    if differs_from_zero(difference):
        return ("ahead" if difference.estimate > 0.0 else "behind"), None
    if difference.estimate == 0.0 or not difference.se:
        return "tied", None
    needed = replications * ((difference.high - difference.low) / 2.0 / difference.estimate) ** 2
    return "tied", ceil(needed) if isfinite(needed) and needed < 2.0**53 else None


def verdict_sentence(told: Compared, d: Estimate, verdict: tuple[Verdict, int | None], alike: Alike) -> str:
    """Return the verdict in plain words, with the interval of the difference written out.

    Examples
    --------
    >>> from simcore.statistics.intervals import by_t
    >>> told, apart = Compared("push", "process", "USD", 100), Alike(always=False, played=False)
    >>> verdict_sentence(told, by_t(-2300.0, 554.0, 99), ("behind", None), apart)
    'push is behind process by $1,200 to $3,400 a rep-year (95 % interval).'
    """
    mine, base, (who, needed) = told.mine, told.base, verdict
    if alike.always:
        return f"{mine} and {base} are the same process: they book the same in every world."
    if who == "unknown" or d.low is None or d.high is None:
        return f"Too few replications to tell {mine} from {base}: that takes {LEAST_REPLICATIONS} at least."
    if d.low == d.high == 0.0:
        return f"{mine} and {base} book the same: nothing here is left to chance."
    seen = f"{amounts(d.low, d.high, told.currency, signed=who == 'tied')} a rep-year (95 % interval)"
    if alike.played:
        worlds = f"each of the {told.replications:,} worlds played"
        text = f"{mine} and {base} booked the same to the cent in {worlds}; others may differ: by {seen}."
    elif who != "tied":
        text = f"{mine} is {who} {'of ' if who == 'ahead' else ''}{base} by {seen}."
    else:
        text = f"{mine} and {base} are tied at this precision: the difference is {seen}"
        if needed is None:
            return f"{text}."
        step = 10 ** max(0, floor(log10(needed)) - 1)
        text += f"; if it is what it seems, about {ceil(needed / step) * step:,} replications would show it."
    return text
