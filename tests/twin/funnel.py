"""The items of one seat and their way through the stages."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.twin.closings import address
from tests.twin.decisions import successes, take_slots, yes
from tests.twin.inflow import FLOWN_IN, Arrival, arrivals
from tests.twin.philox import AT_START, Purpose, Source

if TYPE_CHECKING:
    from tests.twin.reader import Plan, StartItems
    from tests.twin.team import Rates

LAST_WEEK = 2**16 - 1
LARGEST_DEAL = 2**40
START = -1
"""Origin week of the items that are open at the start: they come before those of week 0."""


@dataclass
class Item:
    """A success of the first step, an item that is open at the start, or one that comes without a call.

    `entered[s]` is the hour in which it entered stage s (stage 0: the hour of the call), `due[s]` the hour in
    which its stay in stage s ends (stage 0: the hour in which it arrives at stage 1). An item has one end:
    it closes, is `lost_in` a stage, or is `turned_away` from one, in the hour `due` of the stage before.
    """

    seat: int
    origin_week: int
    k: int
    call_hour: int | None
    began_in: int = 0
    entered: dict[int, int] = field(default_factory=dict)
    due: dict[int, int] = field(default_factory=dict)
    lost_in: int | None = None
    turned_away: int | None = None
    cents: int | None = None
    close_hour: int | None = None
    told: dict[int, bool] = field(default_factory=dict)
    """By stage, whether it will pass the step out of it, where that is decided at entry."""
    root_hour: int | None = None
    """Of a referral: the hour of the call that began its chain; None if that was no call."""
    stated: float | None = None
    """Of an item that is open at the start: the chance to be won that was stated of it."""
    flown: Arrival | None = None
    """Of an item that comes without a call: when, and its address."""

    @property
    def origin_hour(self) -> int | None:
        """The hour by which its deal counts by origin."""
        return self.root_hour if self.call_hour is None else self.call_hour

    @property
    def order(self) -> tuple[int, ...]:
        """Place among the items that arrive in one hour."""
        if self.flown is not None:
            return 1, self.flown.week, self.flown.number, self.flown.k
        return 0, self.origin_week, self.k


@dataclass
class Clipped:
    """How often a limit of the model was hit."""

    rates: Counter[int] = field(default_factory=Counter)
    lags: int = 0
    values: int = 0


class Funnel:
    """Plays the funnel of one seat, stage by stage."""

    def __init__(self, plan: Plan, source: Source, rates: Rates, seat: int) -> None:
        self._plan = plan
        self._source = source
        self._rates = rates
        self._seat = seat
        self.clipped = Clipped()

    def play(self, calls: list[int]) -> list[Item]:
        """Return all items that come of the calls and of the list of open items."""
        items = self._open_at_start()
        for week in range(self._plan.simulated):
            items.extend(self._book(week, calls))
        arriving = [item for item in items if item.began_in == 0]
        flown = [self._flown(each) for each in arrivals(self._plan, self._source, self._seat)]
        items.extend(flown)
        for stage in range(1, self._plan.last_stage):
            arriving += [item for item in flown if item.flown is not None and item.flown.stage == stage]
            arriving = self._pass(stage, arriving, [item for item in items if item.began_in == stage])
        for item in arriving:
            self._win(item)
        return items

    def _open_at_start(self) -> list[Item]:
        items: list[Item] = []
        for entry in self._plan.start:
            if entry.seat in (None, self._seat):
                items += [self._opened(entry, len(items) + i) for i in range(entry.count)]
        return items

    def _flown(self, arrival: Arrival) -> Item:
        item = Item(self._seat, arrival.week, arrival.k, None, flown=arrival)
        item.due[arrival.stage - 1] = arrival.hour
        return item

    def _opened(self, entry: StartItems, number: int) -> Item:
        item = Item(self._seat, START, number, None, began_in=entry.stage, cents=entry.cents, stated=entry.chance)
        self._foretell(item, entry.stage, 0, age=entry.age)
        due = self._due(item, entry.stage, 0, age=entry.age) if entry.due is None else self._cut(entry.due)
        item.due[entry.stage] = due
        return item

    def _book(self, week: int, calls: list[int]) -> list[Item]:
        """Return the successes of the calls of a week, each waiting for stage 1."""
        hours = self._plan.calendar.week
        first = week * hours
        made = list(accumulate(calls[first : first + hours]))
        uncut = self._rates.uncut(1, week)
        if uncut > 1.0:
            self.clipped.rates[1] += made[-1]
        count = successes(self._source, self._seat, week, made[-1], min(1.0, uncut))
        words = [self._source.words(Purpose.ITEM, seat=self._seat, week=week, item=k)[0] for k in range(count)]
        items = []
        for k, slot in enumerate(take_slots(made[-1], words)):
            hour = first + bisect_right(made, slot)
            item = Item(self._seat, week, k, hour, entered={0: hour})
            item.due[0] = self._due(item, 0, hour)
            items.append(item)
        return items

    def _pass(self, stage: int, arriving: list[Item], already_in: list[Item]) -> list[Item]:
        """Let items into a stage as its caps allow, decide each when due, and return those that go on."""
        step = self._plan.steps[stage]
        inside = list(already_in)
        entered_in_week: Counter[int] = Counter()
        for item in sorted(arriving, key=lambda i: (i.due[stage - 1], i.order)):
            hour = item.due[stage - 1]
            week = hour // self._plan.calendar.week
            still_open = sum(other.due[stage] > hour for other in inside) if step.cap_open is not None else 0
            full = step.cap_open is not None and still_open >= step.cap_open
            full = full or (step.cap_per_week is not None and entered_in_week[week] >= step.cap_per_week)
            if full:
                item.turned_away = stage
                continue
            entered_in_week[week] += 1
            item.entered[stage] = hour
            self._foretell(item, stage, hour)
            item.due[stage] = self._due(item, stage, hour)
            inside.append(item)
        return [item for item in inside if self._decide(item, stage)]

    def _decide(self, item: Item, stage: int) -> bool:
        """Decide the step out of a stage, at the rate of the week in which the item is due, unless it was at entry."""
        if stage not in item.told:
            item.told[stage] = self._passes(item, stage + 1, item.due[stage])
        if not item.told[stage]:
            item.lost_in = stage
        return item.told[stage]

    def _foretell(self, item: Item, stage: int, hour: int, *, age: int = 0) -> None:
        """Decide the step out of a stage at entry, where those that are lost wait by a law of their own."""
        if self._plan.steps[stage + 1].lost_lag is not None:
            item.told[stage] = self._passes(item, stage + 1, hour, age=age)

    def _passes(self, item: Item, step: int, hour: int, *, age: int = 0) -> bool:
        """Return whether an item passes a step at the rate of an hour, given its age."""
        uncut = self._rates.uncut(step, hour // self._plan.calendar.week)
        if item.stated is not None:
            uncut, age = (item.stated if step == item.began_in + 1 else 1.0), 0
        if uncut > 1.0:
            self.clipped.rates[step] += 1
        # ITEM holds the slot and steps 2, 3, 4; ITEM_LATE steps 5, 6, 7.
        place = (Purpose.ITEM, step - 1) if step <= 4 else (Purpose.ITEM_LATE, step - 5)
        rate = min(1.0, uncut)
        return yes(self._word(item, *place), self._plan.steps[step].given(rate, age) if age else rate)

    def _win(self, item: Item) -> None:
        """Close a deal in the hour in which the item arrives at the last stage."""
        last = self._plan.last_stage
        item.close_hour = item.entered[last] = item.due[last - 1]
        if item.cents is None:
            item.cents = math.floor(self._plan.deal(self._word(item, Purpose.VALUE, 0)) + 0.5)
        if item.cents > LARGEST_DEAL:
            self.clipped.values += 1
        item.cents = max(1, min(item.cents, LARGEST_DEAL))

    def _due(self, item: Item, stage: int, hour: int, *, age: int = 0) -> int:
        """Return when an item that enters a stage in an hour is due: after the lag of the step out of it."""
        step = stage + 1
        place = (Purpose.LAG, step - 1) if step <= 4 else (Purpose.LAG_LATE, step - 5)
        lag, lost_lag = self._plan.steps[step].lag, self._plan.steps[step].lost_lag
        if lost_lag is not None and not item.told[stage]:
            lag = lost_lag
        word = self._word(item, *place)
        if age:
            word = self._plan.steps[step].long(age, lost=not item.told.get(stage, True)).moved(word)
        due, closing = hour + math.floor(lag(word) + 0.5) - age, self._plan.steps[step].closing
        if closing is not None and yes(self._word(item, *address(step)), closing.share):
            due = closing.after(self._plan.calendar, self._plan.warmup, due)
        return self._cut(due)

    def _cut(self, hour: int) -> int:
        """Cut a due hour at the last hour of the last week that has an address."""
        last = (LAST_WEEK + 1) * self._plan.calendar.week - 1
        if hour > last:
            self.clipped.lags += 1
        return min(hour, last)

    def _word(self, item: Item, purpose: int, place: int) -> int:
        if item.flown is not None:
            at = {"seat": item.flown.home, "week": item.flown.week, "item": item.k, "part": item.flown.number}
            return self._source.words(purpose + FLOWN_IN, **at)[place]
        if item.origin_week == START:
            return self._source.words(purpose + AT_START, seat=self._seat, week=0, item=item.k)[place]
        return self._source.words(purpose, seat=self._seat, week=item.origin_week, item=item.k)[place]
