"""The history of deals in columns, and what of it was known on a day.

Days are whole numbers, days since 1970-01-01. All that a forecast of a day may use comes from `known_before`: nothing
that happened on that day or later can reach it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPEN: Final = 0
WON: Final = 1
LOST: Final = 2
NEVER: Final = np.iinfo(np.int64).max
"""The day of what has not happened."""
THE_REST: Final = "the rest"
"""The segment of all that are too small to be told apart."""
OPEN_STAGE: Final = "open"
"""The stage of deals whose stages are not told apart."""
_LEAST_TOLD: Final = 0.9
STILL: Final = -1
"""How a visit ended that has not."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Deals and their visits to stages, in columns.

    Attributes
    ----------
    stages, segments
        Names, in the order of their numbers.
    created
        Day in which a deal was created, int64 of shape (deals,).
    closed
        Day in which it was won or lost, `NEVER` if it was not.
    outcome
        `OPEN`, `WON` or `LOST`.
    segment
        Number of its segment.
    value
        In units of the currency; NaN where none is given.
    visit_deal, visit_stage, visit_day
        Which deal entered which stage when, int64 of shape (visits,), by deal and then by time. Every deal has one
        visit at least; the first is on the day of its creation.
    told
        Which deals are known to have been in more than one stage, of shape (deals,).
    holidays
        Public holidays, ascending, before and after; they are known in advance.
    """

    stages: tuple[str, ...]
    segments: tuple[str, ...]
    created: Ints
    closed: Ints
    outcome: Ints
    segment: Ints
    value: Floats
    visit_deal: Ints
    visit_stage: Ints
    visit_day: Ints
    told: Flags
    holidays: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def deals(self) -> int:
        """Return the number of deals."""
        return len(self.created)

    def for_forecasts(self, day: int) -> History:
        """Return the deals as forecasts from a day on see them.

        Stages are told apart where nine in ten of the deals that were won before it had been in more than one;
        segments where they are among the largest. Nothing later decides it.
        """
        won = (self.outcome == WON) & (self.closed < day)
        staged = bool(won.any()) and self.told[won].mean() >= _LEAST_TOLD
        return (self if staged else self.without_stages()).largest_segments(day)

    def largest_segments(self, day: int, most: int = 9) -> History:
        """Return the same deals with so many segments at most: the smallest of those known before a day are one."""
        sizes = np.bincount(self.segment[self.created < day], minlength=len(self.segments))
        if len(self.segments) <= most:
            return self
        order = np.argsort(-sizes, kind="stable")
        kept = np.sort(order[: most - 1])
        place = np.full(len(self.segments), most - 1, dtype=np.int64)
        place[kept] = np.arange(most - 1)
        names = (*(self.segments[each] for each in kept), THE_REST)
        return replace(self, segments=names, segment=place[self.segment])

    def without_stages(self) -> History:
        """Return the same deals as visitors of one stage, from their creation on."""
        return replace(
            self,
            stages=(OPEN_STAGE,),
            visit_deal=np.arange(self.deals, dtype=np.int64),
            visit_stage=np.zeros(self.deals, dtype=np.int64),
            visit_day=self.created,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """The stays in stages that were known before a day.

    Attributes
    ----------
    history
        What they are taken from; only `created`, `segment` and `value` of the deals in `deal` may be used.
    day
        The day before which all of it was known.
    deal, stage, entered
        As in `History`, without what came later and without entries into the stage in which a deal already was.
    left
        Day of the end, `NEVER` where the stay goes on.
    end
        How it ended: the number of the next stage, ``len(stages)`` if it was won, one more if it was lost, `STILL`.
    """

    history: History
    day: int
    deal: Ints
    stage: Ints
    entered: Ints
    left: Ints
    end: Ints

    @property
    def won(self) -> int:
        """Return the number that stands for a deal that was won in `end`."""
        return len(self.history.stages)

    @property
    def lost(self) -> int:
        """Return the number that stands for a deal that was lost in `end`."""
        return len(self.history.stages) + 1

    @property
    def segment(self) -> Ints:
        """Return the segment of every visit's deal."""
        return self.history.segment[self.deal]

    @property
    def first(self) -> Flags:
        """Return which visits are the first ones of their deals."""
        return np.append(True, self.deal[1:] != self.deal[:-1])[: len(self.deal)]


def known_before(history: History, day: int) -> Visits:
    """Return the stays that were known at the end of the day before ``day``.

    A deal that was closed later is open, as it was; a stage that was entered later is not there. This is what a
    forecast
    of the day learns from, and the day itself is not in it; `simcore.crm.data.DealData.known_at` is the export of an
    evening, with its day.
    """
    seen = (history.visit_day < day) & (history.created[history.visit_deal] < day)
    deal, stage, entered = history.visit_deal[seen], history.visit_stage[seen], history.visit_day[seen]
    again = np.zeros(len(deal), dtype=np.bool_)
    again[1:] = (deal[1:] == deal[:-1]) & (stage[1:] == stage[:-1])
    deal, stage, entered = deal[~again], stage[~again], entered[~again]
    last = np.append(deal[1:] != deal[:-1], True)[: len(deal)]
    closed = history.closed[deal]
    ended = last & (closed < day)
    left = np.where(last, np.where(ended, closed, NEVER), np.append(entered[1:], NEVER)[: len(deal)])
    stages = len(history.stages)
    end = np.where(last, STILL, np.append(stage[1:], STILL)[: len(deal)])
    end = np.where(ended, stages + history.outcome[deal] - WON, end)
    # What was closed on a day before it entered its last stage is closed on the day of the entry.
    left = np.maximum(left, entered)
    return Visits(history, day, deal, stage, entered, left, end)
