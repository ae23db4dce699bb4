"""A team whose reps react, or whose deals bring referrals: hour by hour, all seats together."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from tests.twin.closings import address
from tests.twin.coaching import Chart, coach
from tests.twin.decisions import binomial, take_slots, uniform, uniform53, yes
from tests.twin.drives import Mind, Strategy, period
from tests.twin.funnel import LARGEST_DEAL, LAST_WEEK, Clipped, Item
from tests.twin.inflow import FLOWN_IN, arrivals
from tests.twin.needs import COUNTS, DECIDED, SURPRISED, Fate, fate, opened
from tests.twin.people import amount_of, differ
from tests.twin.philox import AT_START, Purpose, Source, philox4x32
from tests.twin.season import gone
from tests.twin.team import Holder, Rates, activity, calls_in, planned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.twin.reader import Plan
    from tests.twin.spreads import Spread

SIGNALS = (
    "behind",
    "ahead",
    "deadline",
    "surprise",
    "dry_spell",
    "rejections",
    "peers",
    "overwork",
    "coach",
    "surprised",
)
"""In the order in which a level adds them up."""
REFERRED = 32
REFERRAL, THIN, PULL = 11, 12, 13
NEED, NEED_END = 105, 108
CERTAIN = Fate(0, DECIDED)
START, CALLED, FLOWN, REFERRED_KIND = range(4)


@dataclass
class Thing(Item):
    """An item with its address: what is added to its purposes, the low 24 bits of c0, and c1."""

    kind: int = CALLED
    low: int = 0
    c1: int = 0
    response: float = 1.0
    win_rate: float = 1.0
    price: float = 1.0
    stage: int = 0
    fate: Fate = CERTAIN

    @property
    def order(self) -> tuple[int, int]:
        """Place among the items that arrive in one hour."""
        if self.kind == REFERRED_KIND:
            return self.kind, (self.c1 << 24) | self.low
        return self.kind, ((self.c1 & 0xFFFF) << 24) | self.low


@dataclass(frozen=True)
class Candidate:
    """A call of a week that may succeed: its hour, its place among the calls of the hour, its cell."""

    hour: int
    rank: int
    sheet: int
    band: int
    k: int


class Standing(NamedTuple):
    """What the team has booked in a quota period, and which share of their quotas the held seats."""

    booked: int
    shares: Sequence[float] = ()


class ReactiveSeat:
    """One seat, played hour by hour."""

    def __init__(
        self, plan: Plan, strategy: Strategy, source: Source, rates: Rates, holders: list[Holder | None], seat: int
    ) -> None:
        self._plan, self._strategy, self._source, self._rates = plan, strategy, source, rates
        self._holders, self._seat = holders, seat
        self._planned = planned(plan, seat)
        self._due: defaultdict[int, list[Thing]] = defaultdict(list)
        self._entries: dict[int, tuple[int, int]] = {}
        self._base_carry = self._carry = 0
        self._candidates: dict[int, list[Candidate]] = {}
        self._base: list[int] = []
        self._best: dict[tuple[int, int, int], float] = {}
        self.mind = Mind(strategy)
        self.chart = Chart(plan, source, rates, holders, seat)
        self.items: list[Thing] = []
        self.calls: list[int] = []
        self.clipped = Clipped()
        self.booked = self.result = self.above = self.discount = 0
        self._starting: list[tuple[Thing, int | None, int]] = []
        self.owed = self._working_off = self._ended = self._surprises = 0
        self.needs = dict.fromkeys(COUNTS, 0)
        self._open_at_start()
        self._coming: defaultdict[int, list[Thing]] = defaultdict(list)
        self._expect()

    def _expect(self) -> None:
        """List what comes without a call, by the hour."""
        for each in arrivals(self._plan, self._source, self._seat):
            item = Thing(self._seat, each.week, each.k, None, each.stage, kind=FLOWN, stage=each.stage - 1)
            item.low, item.c1 = each.k | each.number << 16, each.week | each.home << 16
            item.due[item.stage] = each.hour
            self._coming[each.hour].append(item)
            self.items.append(item)

    def _words(self, item: Thing, purpose: int) -> tuple[int, int, int, int]:
        counter = (
            item.low | (purpose + (AT_START, 0, FLOWN_IN, REFERRED)[item.kind]) << 24,
            item.c1,
            self._source.replication & 0xFFFFFFFF,
            self._source.replication >> 32,
        )
        return philox4x32(counter, (self._source.seed & 0xFFFFFFFF, self._source.seed >> 32))

    def _open_at_start(self) -> None:
        for entry in self._plan.start:
            for _ in range(entry.count if entry.seat in (None, self._seat) else 0):
                item = Thing(self._seat, -1, len(self.items), None, entry.stage, cents=entry.cents, kind=START)
                item.low, item.c1, item.stage = len(self.items), self._seat << 16, entry.stage
                item.stated = entry.chance
                self.items.append(item)
                self._starting.append((item, entry.due, entry.age))

    def _begin_open(self) -> None:
        """Let the items wait that are open at the start, once the habits of week 0 are known."""
        for item, due, age in self._starting:
            self._foretell(item, 0, age=age)
            self._hold(item, 0, self._opened(item, item.stage + 1, due, age))
        self._starting = []

    def _opened(self, item: Thing, step: int, due: int | None, age: int) -> int:
        needs = self._plan.steps[step].needs
        if needs:
            item.fate = opened(needs, self._needs_words(item, len(needs)), self._lag(item, step, 1.0), due)
            item.response = item.fate.factor
            return item.fate.wait
        return self._wait(item, step, 1.0, 0, age=age) if due is None else due

    def _needs_words(self, item: Thing, number: int) -> list[tuple[int, ...]]:
        return [self._words(item, NEED + i) + self._words(item, NEED_END + i)[:2] for i in range(number)]

    def _wait(self, item: Thing, step: int, stretch: float, hour: int, *, age: int = 0) -> int:
        """Return the hours for which an item waits that enters the stage before; its needs are met or not now."""
        if age:
            place = (Purpose.LAG, step - 1) if step <= 4 else (Purpose.LAG_LATE, step - 5)
            long = self._plan.steps[step].long(age, lost=not item.told.get(step - 1, True))
            rest = math.floor(self._law(item, step)(long.moved(self._words(item, place[0])[place[1]])) + 0.5) - age
            return self._closed(item, step, hour, rest)
        lag, needs = self._lag(item, step, stretch), self._plan.steps[step].needs
        if not needs:
            return self._closed(item, step, hour, math.floor(lag + 0.5))
        item.fate = fate(needs, self._needs_words(item, len(needs)), lag, self.mind.response("qualify"))
        item.response = item.response * item.fate.factor
        return item.fate.wait

    def _closed(self, item: Thing, step: int, hour: int, wait: int) -> int:
        """Return a wait that begins in an hour, till a closing day if the item waits for one."""
        closing, (purpose, place) = self._plan.steps[step].closing, address(step)
        if closing is None or not yes(self._words(item, purpose)[place], closing.share):
            return wait
        return closing.after(self._plan.calendar, self._plan.warmup, hour + wait) - hour

    def _law(self, item: Thing, step: int) -> Spread:
        """Return the law by which an item waits for a step: that of what is lost, if it has one and will be."""
        lag, lost_lag = self._plan.steps[step].lag, self._plan.steps[step].lost_lag
        return lag if lost_lag is None or item.told[step - 1] else lost_lag

    def _lag(self, item: Thing, step: int, stretch: float) -> float:
        place = (Purpose.LAG, step - 1) if step <= 4 else (Purpose.LAG_LATE, step - 5)
        lag = self._law(item, step)
        fixed = lag(0)
        if fixed == lag(2**31) == lag(2**32 - 1):
            return math.floor(fixed + 0.5) * stretch
        return lag(self._words(item, place[0])[place[1]]) * stretch

    def _hold(self, item: Thing, hour: int, wait: int) -> None:
        last = (LAST_WEEK + 1) * self._plan.calendar.week - 1
        self.clipped.lags += hour + wait > last
        item.due[item.stage] = min(hour + wait, last)
        self._due[item.due[item.stage]].append(item)

    # A week, and a decision.

    def begin(self, hour: int, team: Standing, reps: int) -> None:
        """Begin an interval: the week, if it is new, and the decision."""
        plan, week = self._plan, hour // self._plan.calendar.week
        holder = self._holders[week]
        starts = False
        if hour % plan.calendar.week == 0:
            before = self._holders[week - 1] if week else None
            starts = week == 0 or (holder and holder.person) != (before and before.person)
            if starts:
                self.mind.forget(hour)
                self._carry = self._base_carry = self.owed = self._working_off = 0
            self._candidates = {}
            self._base = self._base_calls(week, holder)
        if hour == 0:
            self._begin_open()
        if hour > 0 and holder is not None and not starts and self._strategy.drives:
            self.mind.react(self._signals(hour, team, reps))
        self.result = self._ended = self._surprises = 0
        # What an interval did not work off is owed on, with what came to be owed in it.
        self._working_off, self.owed = self._working_off + self.owed, 0

    def _base_calls(self, week: int, holder: Holder | None) -> list[int]:
        hours = self._plan.calendar.week
        units = 0 if holder is None else activity(self._plan, holder, week)
        calls = []
        for number in self._planned[week * hours : (week + 1) * hours]:
            self._base_carry += units * number
            calls.append(self._base_carry >> 20)
            self._base_carry &= 2**20 - 1
        return calls

    def quota(self, hour: int) -> float:
        """Return the seat's quota of the period that an hour is in, in cents; 0: none."""
        return float(amount_of(self._plan, self._seat, period(self._plan, hour)))

    def share(self, hour: int) -> float | None:
        """Return the share of the quota that a held seat has booked; None where it is vacant, or has no quota."""
        quota = self.quota(hour)
        return self.booked / quota if quota and self._holders[hour // self._plan.calendar.week] is not None else None

    def _signals(self, hour: int, team: Standing, reps: int) -> dict[str, float]:
        plan, strategy, mind = self._plan, self._strategy, self.mind
        signals = dict.fromkeys(SIGNALS, 0.0)
        if plan.quota is not None:
            quota = self.quota(hour)
            first, length, _ = period(plan, hour)
            elapsed = gone(plan, hour, first, length)
            gap = elapsed - self.booked / quota if quota else 0.0
            signals["behind"], signals["ahead"] = max(0.0, gap), max(0.0, -gap)
            signals["deadline"] = signals["behind"] * elapsed
            if not differ(plan):
                signals["peers"] = max(0.0, (team.booked / reps - self.booked) / quota)
            elif quota and team.shares:
                signals["peers"] = max(0.0, sum(team.shares) / len(team.shares) - self.booked / quota)
        calls = sum(self._planned[hour - strategy.interval : hour])
        if calls:
            expected = calls * strategy.call_value
            signals["surprise"] = (self.result - expected) / expected
        of_week = calls_in(plan, self._seat, hour // plan.calendar.week)
        between = plan.calendar.week / (of_week * strategy.wins) if of_week else math.inf
        signals["dry_spell"] = max(0.0, (hour - mind.mark) / between - 1.0)
        signals["rejections"] = max(0.0, mind.unanswered * strategy.base_rate - 1.0)
        signals["overwork"] = max(0.0, mind.response("activity") - 1.0)
        signals["coach"] = self.chart.heard(hour)
        signals["surprised"] = self._surprises / self._ended if self._ended else 0.0
        return signals

    # The calls of an hour.

    def _cell(self, week: int, sheet: int, band: int) -> list[Candidate]:
        """Return the candidates of a cell, drawing those of the lower bands of the sheet."""
        hours = self._plan.calendar.week
        calls = self._base if sheet == 0 else self._planned[week * hours : (week + 1) * hours]
        p = min(1.0, self._rates.uncut(1, week))
        ends = list(accumulate(calls))
        words: list[int] = []
        first = 0
        for b in range(band + 1):
            low = 0.0 if b == 0 else min(1.0, p * 2.0 ** (b - 1))
            high = min(1.0, p * 2.0**b)
            first, left = len(words), ends[-1] - len(words)
            count = 0
            if low < 1.0 and left > 0:
                count = self._count(week, sheet + 16 * b, left, p if b == 0 else (high - low) / (1.0 - low))
            words += [self._source.words(Purpose.ITEM, seat=self._seat, week=week, item=k, part=sheet + 16 * b)[0]
                      for k in range(count)]  # fmt: skip
        found = []
        for k, slot in enumerate(take_slots(ends[-1], words)[first:]):
            hour = next(h for h, end in enumerate(ends) if slot < end)
            found.append(Candidate(hour, slot - (ends[hour] - calls[hour]), sheet, band, k))
        return found

    def _count(self, week: int, cell: int, n: int, p: float) -> int:
        parts = 1
        while n * min(p, 1.0 - p) > 256 * parts:
            parts *= 2
        total = 0
        for i in range(parts):
            x0, x1, _, _ = self._source.words(Purpose.SUCCESSES, seat=self._seat, week=week, item=cell, part=i)
            total += binomial((i + 1) * n // parts - i * n // parts, p, uniform53(x0, x1))
        return total

    def call(self, hour: int) -> list[Thing]:
        """Make the calls of an hour, and return the bookings."""
        week, of_week = divmod(hour, self._plan.calendar.week)
        holder = self._holders[week]
        units = 0
        if holder is not None:
            units = math.floor(activity(self._plan, holder, week) * self.mind.response("activity") + 0.5)
        self._carry += units * self._planned[hour]
        calls = self._carry >> 20
        self._carry &= 2**20 - 1
        left_out = min(self._working_off, calls)
        self._working_off -= left_out
        self._note("check calls", hour, left_out)
        calls -= left_out
        self.calls.append(calls)
        if week >= self._plan.warmup:
            self.above += max(0, calls - self._base[of_week])
        uncut, response = self._rates.uncut(1, week), self.mind.response(self._plan.stages[1])
        if self.chart.worked(1, uncut) * response > 1.0:
            self.clipped.rates[1] += calls
        bookings = self._bookings(hour, (left_out, left_out + calls), uncut, response)
        self.chart.decide(1, week, calls, len(bookings))
        self.mind.unanswered = 0 if bookings else self.mind.unanswered + calls
        return bookings

    def _bookings(self, hour: int, calls: tuple[int, int], uncut: float, response: float) -> list[Thing]:
        """Return what comes of the calls of an hour from a first one on up to a last: those before were left out."""
        week, of_week = divmod(hour, self._plan.calendar.week)
        left_out, made = calls
        places = [min(made, self._base[of_week])]
        made -= places[0]
        while made > 0:
            places.append(min(made, self._planned[hour]))
            made -= places[-1]
        bands = 1
        while response > 2.0 ** (bands - 1):
            bands += 1
        bookings = []
        for sheet, n in enumerate(places):
            for band in range(bands if n else 0):
                cell = sheet + 16 * band
                if cell not in self._candidates:
                    self._candidates[cell] = self._cell(week, sheet, band)
                for candidate in self._candidates[cell]:
                    if candidate.hour == of_week and left_out - sum(places[:sheet]) <= candidate.rank < n:
                        item = Thing(self._seat, week, candidate.k, hour, entered={0: hour})
                        item.low, item.c1 = candidate.k | cell << 16, week | self._seat << 16
                        if self._below(item, band, uncut, response):
                            self.items.append(item)
                            bookings.append(item)
        return bookings

    def _below(self, item: Thing, band: int, uncut: float, response: float) -> bool:
        p, q = min(1.0, uncut), min(1.0, self.chart.worked(1, uncut) * response)
        low = 0.0 if band == 0 else min(1.0, p * 2.0 ** (band - 1))
        high = min(1.0, p * 2.0**band)
        if q >= high:
            return True
        return q > low and yes(self._words(item, THIN)[0], q / high if band == 0 else (q - low) / (high - low))

    # What is due.

    def pull(self, hour: int) -> None:
        """Pull opportunities forward at the beginning of an hour."""
        week = hour // self._plan.calendar.week
        if self._holders[week] is None:
            return
        first, length, _ = period(self._plan, hour)
        end = first + length
        stage = self._plan.last_stage - 1
        pulling = [(number, drive.pull) for number, drive in enumerate(self._strategy.drives) if drive.pull]
        for place, (number, pull) in enumerate(pulling):
            if hour < end - pull.window:
                continue
            share = self.mind.share(pull, number)
            for item in [i for due, items in self._due.items() if end <= due < end + pull.reach for i in items]:
                if item.stage == stage and yes(self._words(item, PULL)[place], share):
                    self._due[item.due[stage]].remove(item)
                    item.due[stage] = hour
                    item.win_rate, item.price = pull.win_rate, 1.0 - pull.discount
                    item.told.pop(stage, None)
                    self._due[hour].append(item)

    def play(self, hour: int, bookings: list[Thing]) -> None:
        """Play what is due in an hour, and the bookings made in it."""
        for item in bookings:
            self._hold(item, hour, self._wait(item, 1, self.mind.response("lag"), hour))
        due = self._due.pop(hour, []) + self._coming.pop(hour, [])
        for stage in range(1, self._plan.last_stage + 1):
            coming = [item for item in due if item.stage == stage - 1 and item.due[stage - 1] == hour]
            for item in sorted(coming, key=lambda item: item.order):
                comes = item.kind == FLOWN and item.began_in == stage
                if stage > 1 and not comes and not self._decide(item, stage, hour):
                    continue
                if stage == self._plan.last_stage:
                    item.entered[stage] = item.close_hour = hour
                    item.stage = stage
                    self._close(item, hour)
                elif self._enter(item, stage, hour):
                    # Due at once: it stays in the list, and is decided with the next stage.
                    self._due[hour].remove(item)

    def _note(self, what: str, hour: int, number: int = 1) -> None:
        self.needs[what] += number if self._plan.first <= hour < self._plan.end else 0

    def _decide(self, item: Thing, step: int, hour: int) -> bool:
        needing = bool(self._plan.steps[step].needs)
        if needing and hour < self._plan.end:
            self._ended += 1
            self._surprises += item.fate.end == SURPRISED
        if needing and item.fate.end != DECIDED:
            self._note(item.fate.end, hour)
            self.chart.decide(step, hour // self._plan.calendar.week, 1, 0)
            item.lost_in, item.stage = step - 1, -1
            return False
        passed = self._decide_due(item, step, hour)
        if needing:
            self._note(f"{'won' if passed else 'lost'} {'unmet' if item.fate.unmet else 'met'}", hour)
        return passed

    def _decide_due(self, item: Thing, step: int, hour: int) -> bool:
        week = hour // self._plan.calendar.week
        passed = item.told.get(step - 1)
        if passed is None:
            passed = self._passes(item, step, hour)
        self.chart.decide(step, week, 1, int(passed))
        if not passed:
            item.lost_in = step - 1
            item.stage = -1
        return passed

    def _foretell(self, item: Thing, hour: int, *, age: int = 0) -> None:
        """Decide the next step at entry into a stage, where those that are lost wait by a law of their own."""
        if self._plan.steps[item.stage + 1].lost_lag is not None:
            item.told[item.stage] = self._passes(item, item.stage + 1, hour, age=age)

    def _passes(self, item: Thing, step: int, hour: int, *, age: int = 0) -> bool:
        week = hour // self._plan.calendar.week
        worked = self.chart.worked(step, self._rates.uncut(step, week))
        if item.stated is not None:
            worked, age = (item.stated if step == item.began_in + 1 else 1.0), 0
        rate = worked * item.response * item.win_rate
        self.clipped.rates[step] += rate > 1.0
        word = (
            self._words(item, Purpose.ITEM)[step - 1] if step <= 4 else self._words(item, Purpose.ITEM_LATE)[step - 5]
        )
        rate = min(1.0, rate)
        return yes(word, self._plan.steps[step].given(rate, age) if age else rate)

    def _enter(self, item: Thing, stage: int, hour: int) -> bool:
        step, week = self._plan.steps[stage], hour // self._plan.calendar.week
        last, entries = self._entries.get(stage, (-1, 0))
        entries = entries if last == week else 0
        inside = sum(i.stage == stage for items in self._due.values() for i in items)
        if (step.cap_per_week is not None and entries >= step.cap_per_week) or (
            step.cap_open is not None and inside >= step.cap_open
        ):
            item.turned_away, item.stage = stage, -1
            return False
        self._entries[stage] = week, entries + 1
        item.entered[stage], item.stage = hour, stage
        item.response = self.mind.response(self._plan.stages[stage + 1])
        self._foretell(item, hour)
        self._hold(item, hour, self._wait(item, stage + 1, self.mind.response("lag"), hour))
        week = hour // self._plan.calendar.week
        if hour < self._plan.end and self._holders[week] is not None:
            self.owed += item.fate.calls if self._plan.steps[stage + 1].needs else 0
        return item.due[stage] == hour

    def _close(self, item: Thing, hour: int) -> None:
        listed = item.cents
        if listed is None:
            listed = max(1, math.floor(self._plan.deal(self._words(item, Purpose.VALUE)[0]) + 0.5))
        price = self.mind.response("deal_value") * item.price
        cents = max(1, math.floor(listed * price + 0.5))
        self.clipped.values += cents > LARGEST_DEAL
        item.cents = min(cents, LARGEST_DEAL)
        if self._plan.first <= hour < self._plan.end:
            self.discount += max(0, min(listed, LARGEST_DEAL) - item.cents)
        if hour < self._plan.end:
            self.chart.cents[hour // self._plan.calendar.week] += item.cents
            self.booked += item.cents
            self.result += item.cents
            self.mind.mark = hour + 1
        if self._strategy.per_win > 0.0:
            self._refer(item, hour)

    def _refer(self, win: Thing, hour: int) -> None:
        words = self._words(win, REFERRAL)
        mean = self._strategy.per_win * self.mind.response("referrals")
        u = uniform(words[0])
        f = math.exp(-mean)
        total, count = f, 0
        while u >= total and count < 255:
            count += 1
            f = f * mean / count
            total = total + f
        for j in range(count):
            item = Thing(self._seat, -1, j, None, entered={0: hour}, kind=REFERRED_KIND, root_hour=win.origin_hour)
            item.low, item.c1 = words[2] % 2**24, (words[1] + j) % 2**32
            self.items.append(item)
            lag = math.floor(self._strategy.referral_lag(self._words(item, Purpose.LAG)[0]) + 0.5)
            self._hold(item, hour, max(1, lag))

    def play_out(self) -> None:
        """Play what is open after the end."""
        self.mind.responses = {}
        while self._due:
            hour = min(self._due)
            if self._due[hour]:
                self.play(hour, [])
            else:
                del self._due[hour]


def play_team(plan: Plan, strategy: Strategy, seats: list[ReactiveSeat]) -> None:
    """Play a team to its end."""
    for hour in range(plan.end):
        if hour % plan.calendar.week == 0:
            coach(plan, hour // plan.calendar.week, [seat.chart for seat in seats])
        if plan.quota is not None and hour % plan.calendar.hours_per_day == 0 and period(plan, hour).first == hour:
            for seat in seats:
                seat.booked = 0
        if hour % strategy.interval == 0:
            team = Standing(sum(seat.booked for seat in seats))
            if plan.quota is not None:
                shares = [seat.share(hour) for seat in seats]
                team = Standing(team.booked, [share for share in shares if share is not None])
            for seat in seats:
                seat.begin(hour, team, plan.reps)
        for seat in seats:
            seat.pull(hour)
            seat.play(hour, seat.call(hour))
    for seat in seats:
        seat.play_out()
