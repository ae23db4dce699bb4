"""A stride of weeks of one rep of a row, from the calls to the deals: the order of the kernels of the funnel."""

from __future__ import annotations

import numpy as np

from simcore.base.periods import DAY, HOUR
from simcore.kernels.inflow import Arrivals, Coming
from simcore.kernels.rows import calls, caps, deals, items, knowledge, windows
from simcore.kernels.rows.memory import (
    ASIDE,
    BEGAN,
    C0,
    C1,
    KEEP,
    LATE,
    LATE_STEP,
    LOST,
    NOW,
    ORDER,
    ORIGIN,
    SLOT,
    SPARE,
    STEP_2,
    STEP_3,
    STEP_4,
    UNTIL,
    WEEK,
    WHO,
    Integers,
    Longs,
    Words,
    with_room,
)  # fmt: skip
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.seats import take_rates_after_run
from simcore.kernels.rows.waits import longest_lag, wait_for_closing
from simcore.kernels.rows.words import draw_items, draw_weeks, first_word
from simcore.program.layout import FIXED
from simcore.program.tally import CLOSE, ENTERED, OPEN_AT_END, SQUARE, TURNED_AWAY
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import CLOSING, CLOSING_LATE, ITEM, ITEM_LATE, LAG, LAG_LATE, MAX_WEEKS, SUCCESSES, VALUE

TWO_32 = 4294967296.0


class Funnel:
    """Plays strides of the reps of a row, one after the other."""

    def __init__(self, row: Row) -> None:
        self._coming = (
            Coming(row.program, row.size, row.luck, row.noise, row.rows) if row.program.inflow.total > 0.0 else None
        )
        if self._coming is not None:
            row.memory = with_room(row.memory, self._coming.most)
        self._row, self._rep, self._open = row, 0, (0, 0)
        self._program, self._items, self._clock = row.program, row.memory.items, row.program.clock
        counters, groups = row.memory.counters, slice(row.first_group, row.first_group + row.size)
        stages = range(row.program.clock.steps + 1)
        self._entered, self._open_at_end, self._turned_away = (
            [counters.stages[number, stage, groups] for stage in stages]
            for number in (ENTERED, OPEN_AT_END, TURNED_AWAY)
        )
        self._by_hour, self._by_day = (counters.first[SQUARE, horizon, groups] for horizon in (HOUR, DAY))
        self._detailed = row.detail.entered.shape[0] > 0
        self._capped = [bool(limit[0] >= 0 or limit[1] >= 0) for limit in zip(*row.program.caps, strict=True)]
        self._lagged, self._lost = row.program.lags.lagged.tolist(), row.program.lags.lost.tolist()
        self._limits = [int(min(rate, 1.0) * TWO_32 + 0.5) for rate in row.program.rates.base.tolist()]
        self._at_limit = row.program.rates.fixed and len(row.program.start.stage) == 0
        self._uncounted = np.zeros_like(row.clipped)
        self._in_order = any(self._capped) and len(row.program.inflow.stage) > 1
        self._stated = bool((row.program.start.chance >= 0.0).any())
        self._aged = len(row.memory.ages.ages) > 0
        self._first_hour = self._clock.warmup_weeks * self._clock.hours_per_week
        self._plan_rows = row.program.plan.row_of_week
        self._closing = row.program.closing

    def begin(self, rep: int) -> None:
        """Begin with a rep."""
        first = self._program.start.first
        self._rep, self._open = rep, (int(first[rep]), int(first[rep + 1]))
        self._plan_rows = self._program.plan.rows(rep)

    def play(self, first_week: int, weeks: int) -> None:
        """Play the calls of a stride of weeks, and all that comes of them."""
        n = self._call(first_week, weeks)
        waited = self._lagged[1] or (first_week == 0 and self._open[0] < self._open[1])
        at_once = not waited and not self._capped[1] and self._coming is None
        for stage in range(1, self._clock.steps + 1):
            waited = waited or self._lagged[stage]
            if stage > 1:
                n = self._decide(stage, n, waited=waited)
            if self._coming is not None:
                n = self._let_in(self._coming.into(stage, self._rep, first_week, weeks), n)
            if self._capped[stage]:
                n = self._cap(stage, n)
            if stage == 1 and at_once:
                self._enter_at_once(first_week, weeks)
            else:
                self._enter(stage, n)
        self._close(n)

    def _call(self, first_week: int, weeks: int) -> int:
        """Make the calls of a stride: step 1 up to the entry into stage 1; return the number of items."""
        row, rep, program, clock = self._row, self._rep, self._program, self._clock
        memory, size, part = row.memory.weeks, row.size, slice(first_week, first_week + weeks)
        made, successes, words = memory.calls[part], memory.successes[part], self._items.word
        hours = self._items.hour
        self._fill_calls(first_week, weeks)
        self._count_successes(first_week, weeks)
        n_open = 0
        if first_week == 0 and self._open[0] < self._open[1]:
            n_open = items.list_open_items(
                rep, size, *self._open, program.start.stage, words[C0], words[C1], words[WHO], hours[BEGAN],
                hours[ORIGIN], hours[NOW],
            )  # fmt: skip
        n = calls.list_items(rep, first_week, weeks, size, n_open, successes, words[C0], words[C1], words[WHO])
        if len(program.start.stage) > 0:
            hours[BEGAN][n_open:n] = 0
        draw_items(n, ITEM, words[C0], words[C1], words[WHO], *row.luck, *words[SLOT:ASIDE])
        calls.place_calls(
            first_week, weeks, size, n_open, self._plan_rows, program.plan.slot_hour, memory.carried,
            row.memory.seats.activity, made, successes, words[C0], words[WHO], words[SLOT], memory.slots, hours[NOW],
        )  # fmt: skip
        calls.square_hours(
            first_week, weeks, size, n_open, clock.hours_per_day, clock.warmup_weeks, successes, words[WHO],
            hours[NOW], memory.per_hour, self._by_hour, self._by_day,
        )  # fmt: skip
        windows.add_counted(first_week, weeks, clock.warmup_weeks, size, made, self._entered[0])
        if program.calendar.cut:
            windows.add_to_parts(
                n - n_open, self._first_hour, clock.hours_per_day, program.calendar.part_of_day, hours[NOW][n_open:n],
                words[WHO][n_open:n], np.ones(n - n_open, np.int64), row.memory.booked.called,
            )  # fmt: skip
        if self._detailed and first_week + weeks > clock.warmup_weeks:
            first = max(0, clock.warmup_weeks - first_week)
            counted = slice(first_week + first - clock.warmup_weeks, first_week + weeks - clock.warmup_weeks)
            row.detail.entered[:, rep, counted, 0] = made[first:, :size].T
        if not clock.one_account:
            hours[ORIGIN][n_open:n] = hours[NOW][n_open:n]
        if self._lagged[1]:
            self._wait(1, n)
            self._count_open(1, n)
            items.arrive(n, 1, hours[BEGAN], hours[UNTIL], hours[NOW])
        return n

    def _let_in(self, coming: Arrivals, n: int) -> int:
        """Add what comes into a stage without a call to its n items; return how many there are."""
        end = n + len(coming.hour)
        if end > n:
            words, hours = self._items.word, self._items.hour
            words[C0][n:end], words[C1][n:end], words[WHO][n:end] = coming.c0, coming.c1, coming.who
            hours[NOW][n:end], hours[ORIGIN][n:end], hours[BEGAN][n:end] = coming.hour, -1, 0
            drawn = [words[row][n:end] for row in (SLOT, STEP_2, STEP_3, STEP_4)]
            draw_items(end - n, ITEM, coming.c0, coming.c1, coming.who, *self._row.luck, *drawn)
            if self._in_order:
                caps.sort_flows(words, hours, end)
        return end

    def _fill_calls(self, first_week: int, weeks: int) -> None:
        row, plan = self._row, self._program.plan
        memory, seats = row.memory.weeks, row.memory.seats
        made = memory.calls[first_week : first_week + weeks]
        if self._program.come_and_go:
            calls.fill_calls(
                first_week, weeks, row.size, self._plan_rows, plan.calls, seats.person, seats.activity,
                seats.carry, made, memory.carried,
            )  # fmt: skip
        else:
            calls.fill_planned(first_week, weeks, row.size, self._plan_rows, plan.calls, made)

    def _count_successes(self, first_week: int, weeks: int) -> None:
        row, rep, first = self._row, self._rep, self._program.first
        memory, part = row.memory.weeks, slice(first_week, first_week + weeks)
        made, successes, words = memory.calls[part], memory.successes[part], memory.words
        draw_weeks(first_word(SUCCESSES), rep, first_week, weeks, row.size, *row.luck, *words)
        if first.tabulated:
            calls.count_tabulated(
                weeks, row.size, words[0], words[1], first.thresholds, first.guide, first.calls,
                float(self._program.rates.base[1]), made, successes,
            )  # fmt: skip
        else:
            self._row.clipped[1] += calls.count_at_rates(
                rep, first_week, weeks, row.size, words[0], words[1], *row.luck, row.memory.seats.rate[1],
                memory.lanes, made, successes,
            )  # fmt: skip
        if row.given_successes.shape[0] > 0:
            successes[:, : row.size] = row.given_successes[:, rep, part].T

    def _draw_aside(self, purpose: int, n: int) -> tuple[Words, ...]:
        """Draw the blocks of n items for another purpose: four times uint32[n or more]."""
        words = self._items.word
        aside = words[ASIDE : ASIDE + 4]
        draw_items(n, purpose, words[C0], words[C1], words[WHO], *self._row.luck, *aside)
        return aside

    def _wait(self, step: int, n: int, *, count: bool = True) -> None:
        """Fill the hours in which n items of stage ``step - 1`` come up at a step, or (`LOST`) are lost at one."""
        lags, items_, start, lost = self._program.lags, self._items, self._program.start, self._lost[step]
        words, hours, due = items_.word, items_.hour, items_.due
        laws = (step,) if lost < 0 else (step, lost)
        if all(not lags.lagged[law] or lags.kind[law] == FIXED for law in laws):
            own = words[ASIDE]
        else:
            aside = self._draw_aside(LAG if step <= LATE_STEP else LAG_LATE, n)
            own = aside[step - 1 if step <= LATE_STEP else step - LATE_STEP - 1]
        waits, rows, who = self._row.memory.waits, self._row.rows, words[WHO]
        waits.wait_in_row(step, n, rows, who, own, hours[NOW], due)
        if lost >= 0:
            waits.wait_in_row(lost, n, rows, who, own, hours[NOW], items_.other)
            items.wait_as_lost(n, hours[LOST], items_.other, due)
        if self._aged:
            at, age = self._begun(step, n)
            due[at] = self._row.memory.ages.rest(step, age, own[at], hours[LOST][at])
        if self._closing.threshold[step] > 0:
            aside = self._draw_aside(CLOSING if step <= LATE_STEP else CLOSING_LATE, n)
            own = aside[step - 1 if step <= LATE_STEP else step - LATE_STEP - 1]
            wait_for_closing(self._closing, step, self._clock.hours_per_day, own[:n], due[:n])
        if self._open[0] < self._open[1]:
            items.wait_as_given(n, step, self._open[0], start.due, words[C0], hours[BEGAN], hours[NOW], due)
        cut = items.cut_dues(n, MAX_WEEKS * self._clock.hours_per_week - 1, due, hours[UNTIL])
        if count:
            self._row.clipped[self._clock.steps + 1] += cut

    def _count_open(self, step: int, n: int) -> None:
        """Count the items of n that are open at the end before a step."""
        words, hours = self._items.word, self._items.hour
        items.count_open(
            n, step, self._clock.end_hour, words[WHO], hours[BEGAN], hours[NOW], hours[UNTIL],
            self._open_at_end[step - 1],
        )  # fmt: skip

    def _decide(self, step: int, n: int, *, waited: bool) -> int:
        """Decide a step after the first for n items; return how many stay."""
        program, hours = self._program, self._items.hour
        lagged, varies, tilted = self._lagged[step], program.rates.varies[step], program.source.tilted
        parted = lagged and self._lost[step] >= 0
        if not (waited or step > LATE_STEP or varies or tilted) and program.rates.fixed:
            m = items.pass_at_limit(n, self._limits[step], self._items.word[SLOT + step - 1], hours[KEEP])
            return self._keep(m, step, timed=False)
        if not lagged and self._open[0] == self._open[1]:
            return self._keep(self._pass_when_due(step, n, hours[NOW]), step, timed=False)
        closes = self._closing.threshold[step] > 0
        if parted or (lagged and not (step > LATE_STEP or varies or tilted or closes)):
            m = self._decide_before_wait(step, n, parted=parted)
        else:
            self._wait(step, n)
            self._count_open(step, n)
            m = self._pass_when_due(step, n, hours[UNTIL])
        self._keep(m, step, timed=True)
        items.arrive(m, step, hours[BEGAN], hours[UNTIL], hours[NOW])
        return m

    def _decide_before_wait(self, step: int, n: int, *, parted: bool) -> int:
        """List the items that pass a step when they enter the stage before; only they wait, and who may stay open.

        Its rate is the same in all weeks, or what is lost waits by a law of its own: ``parted``.
        """
        items_, row = self._items, self._row
        words, hours = items_.word, items_.hour
        if parted:
            m = self._pass(step, n, self._rates_at_entry(step, n, row.clipped))
        elif self._at_limit:
            m = items.pass_at_limit(n, self._limits[step], words[SLOT + step - 1], hours[KEEP])
        else:
            items.rates_of_seats(n, row.memory.seats.rate[step], words[WHO], items_.own)
            self._take_stated(step, n)
            m = self._pass(step, n, words[SLOT + step - 1])
        after = self._clock.end_hour - self._longest(self._lost[step] if parted else step)
        after -= self._closing.longest * self._clock.hours_per_day
        if len(self._program.start.stage) > 0 or int(hours[NOW][:n].max(initial=0)) >= after:
            m = items.keep_late(n, m, after, hours[NOW], hours[BEGAN], hours[KEEP], hours[LATE], hours[LOST])
            hours[KEEP][:m] = hours[LATE][:m]
        else:  # What is lost is not open at the end: nothing is ever asked of it.
            hours[LOST][:m] = 0
        self._keep(m, step, timed=False)
        self._wait(step, m)
        self._count_open(step, m)
        return items.drop_lost(m, hours[LOST], hours[KEEP])

    def _foretell(self, step: int, n: int) -> None:
        """Fill in `LOST` which of n items will not pass a step that is decided at entry; nothing is counted."""
        items_, hours = self._items, self._items.hour
        own = self._rates_at_entry(step, n, self._uncounted)
        m = items.pass_at_rates(n, step, own, items_.own, hours[BEGAN], hours[KEEP], self._uncounted)
        items.keep_late(n, m, -1, hours[NOW], hours[BEGAN], hours[KEEP], hours[LATE], hours[LOST])

    def _rates_at_entry(self, step: int, n: int, clipped: Longs) -> Words:
        """Fill the rates of n items at a step that is decided at entry; return their words of the step.

        ``clipped``: int64[S + 3], for rates above 1 that an age leaves nothing of.
        """
        items_ = self._items
        own = self._rates_when_due(step, n, items_.hour[NOW])
        if self._aged:
            at, age = self._begun(step, n)
            if self._stated:
                # What is said of an item was said by who knew its age.
                drawn = self._program.start.chance[self._number(at)] < 0.0
                at, age = at[drawn], age[drawn]
            clipped[step] += self._row.memory.ages.cut_and_lost(step, age, items_.own[at])
            items_.own[at] = self._row.memory.ages.chances(step, age, items_.own[at])
        return own

    def _begun(self, step: int, n: int) -> tuple[Longs, Longs]:
        """Return which of n items had begun to wait for a step before the run, and how long before, in hours."""
        at = np.flatnonzero(self._items.hour[BEGAN][:n] == step - 1) if step > 1 else np.zeros(0, np.int64)
        age = self._program.start.age[self._number(at)]
        return at[age > 0], age[age > 0]

    def _number(self, at: Longs) -> Longs:
        """Return the numbers of items that were open at the start in `OpenItems`."""
        number: Longs = self._open[0] + (self._items.word[C0][at] & np.uint32(0xFFFF)).astype(np.int64)
        return number

    def _take_stated(self, step: int, n: int) -> None:
        """Set the rates of those of n items to the chance that was stated of them, and to 1 at the steps after."""
        if not (self._stated and self._open[0] < self._open[1]):
            return
        began = self._items.hour[BEGAN][:n]
        at = np.flatnonzero((began > 0) & (began < step))
        chance = self._program.start.chance[self._number(at)]
        at, chance = at[chance >= 0.0], chance[chance >= 0.0]
        self._items.own[at] = np.where(began[at] == step - 1, chance, 1.0)

    def _longest(self, law: int) -> int:
        """Return `longest_lag` of an entry of `Lags`, worked out once."""
        known = self._row.memory.longest
        if law not in known:
            known[law] = longest_lag(self._program.lags, law)
        return known[law]

    def _pass_when_due(self, step: int, n: int, due: Integers) -> int:
        """List the items that pass a step at the rates of the weeks in which they are due; return how many."""
        return self._pass(step, n, self._rates_when_due(step, n, due))

    def _rates_when_due(self, step: int, n: int, due: Integers) -> Words:
        """Fill the rates of n items at a step in the weeks in which they are due; return their words of the step."""
        items_, row, simulated = self._items, self._row, self._clock.simulated_weeks
        words, hours = items_.word, items_.hour
        late = items.weeks_of(n, self._clock.hours_per_week, due, hours[WEEK], simulated, hours[LATE])
        items.rates_of_weeks(n, simulated, row.memory.seats.rate[step], hours[WEEK], words[WHO], items_.own)
        if late > 0 and self._program.rates.varies[step]:
            take_rates_after_run(row, self._rep, step, late)
        self._take_stated(step, n)
        return words[SLOT + step - 1] if step <= LATE_STEP else self._draw_aside(ITEM_LATE, n)[step - LATE_STEP - 1]

    def _pass(self, step: int, n: int, own: np.ndarray) -> int:
        """List the items that pass a step by their own words; return how many."""
        source, items_, row = self._program.source, self._items, self._row
        hours = items_.hour
        if source.tilted:
            return items.pass_tilted(
                n, step, self._rep, own, items_.own, hours[BEGAN], hours[WEEK], items_.word[WHO], source.tilt,
                source.tilt_weeks, row.detail.log_weight, hours[KEEP], row.clipped,
            )  # fmt: skip
        return items.pass_at_rates(n, step, own, items_.own, hours[BEGAN], hours[KEEP], row.clipped)

    def _keep(self, m: int, step: int, *, timed: bool) -> int:
        """Move the m items of the list, which are past a step, to the front."""
        keep = self._items.hour[KEEP]
        items.keep_words(m, keep, self._row.memory.words_kept[step], self._items.words)
        items.keep_hours(m, keep, self._row.memory.hours_kept | timed << UNTIL, self._items.hours)
        return m

    def _cap(self, stage: int, n: int) -> int:
        """Turn away the items that a stage has no room for; return how many stay."""
        items_, limits, clock = self._items, self._program.caps, self._clock
        words, hours, size = items_.word, items_.hour, self._row.size
        if self._lost[stage + 1] >= 0:
            self._foretell(stage + 1, n)
        # Which of them stay open how long; a lag that is cut is counted when the next step is decided.
        self._wait(stage + 1, n, count=False)
        items_.due[:n] = hours[NOW][:n]
        if self._open[0] < self._open[1]:
            # What is open in the stage at the start is there before anything arrives in hour 0.
            items_.due[:n][hours[BEGAN][:n] == stage] = -1
        caps.order_by_seat(n, size, words[WHO], items_.ends, hours[ORDER])
        caps.apply_caps(
            stage, size, int(limits.per_week[stage]), int(limits.open[stage]), clock.hours_per_week, items_.ends,
            hours[ORDER], hours[SPARE], hours[BEGAN], items_.due, hours[UNTIL], items_.entries, items_.dues,
            hours[LOST],
        )  # fmt: skip
        caps.count_turned_away(
            n, self._first_hour, clock.end_hour, words[WHO], hours[NOW], hours[LOST],
            self._turned_away[stage],
        )  # fmt: skip
        return self._keep(items.drop_lost(n, hours[LOST], hours[KEEP]), stage, timed=False)

    def _enter(self, stage: int, n: int) -> None:
        """Count the entries of n items into a stage."""
        words, hours, clock, first_hour = self._items.word, self._items.hour, self._clock, self._first_hour
        items.count_entries(
            n, stage, first_hour, clock.end_hour, words[WHO], hours[BEGAN], hours[NOW],
            self._entered[stage],
        )  # fmt: skip
        if self._detailed:
            items.detail_entries(
                n, stage, self._rep, first_hour, clock.end_hour, clock.hours_per_week, words[WHO], hours[BEGAN],
                hours[NOW], self._row.detail.entered,
            )  # fmt: skip

    def _enter_at_once(self, first_week: int, weeks: int) -> None:
        """Count the entries of a stride's successes into stage 1 in the weeks of their calls."""
        row, warmup = self._row, self._clock.warmup_weeks
        successes = row.memory.weeks.successes[first_week : first_week + weeks]
        windows.add_counted(first_week, weeks, warmup, row.size, successes, self._entered[1])
        if self._detailed and first_week + weeks > warmup:
            first = max(0, warmup - first_week)
            counted = slice(first_week + first - warmup, first_week + weeks - warmup)
            row.detail.entered[:, self._rep, counted, 1] = successes[first:, : row.size].T

    def _close(self, n: int) -> None:
        """Book the n deals of a stride in both accounts."""
        program, items_, clock, row = self._program, self._items, self._clock, self._row
        words, hours = items_.word, items_.hour
        self._price(n)
        row.clipped[clock.steps + 2] += deals.count_units(n, program.deals.unit, items_.due, items_.units)
        first_hour = self._first_hour
        origin = hours[NOW if clock.one_account else ORIGIN]
        row.memory.closed.add((hours[NOW][:n], origin[:n]), words[WHO][:n], items_.units[:n])
        for account in (CLOSE,) if clock.one_account else (CLOSE, BY_ORIGIN):
            hour = hours[NOW if account == CLOSE else ORIGIN]
            if row.detail.cents.shape[0] > 0:
                for kept in (CLOSE, BY_ORIGIN) if clock.one_account else (account,):
                    deals.detail_deals(
                        n, kept, self._rep, first_hour, clock.end_hour, clock.hours_per_week, words[WHO], hour,
                        items_.due, row.detail.cents,
                    )  # fmt: skip
        if row.detail.days.shape[0] > 0:
            deals.detail_deals(
                n, CLOSE, self._rep, first_hour, clock.end_hour, clock.hours_per_day, words[WHO], hours[NOW],
                items_.due, row.detail.days,
            )  # fmt: skip

    def _price(self, n: int) -> None:
        """Fill the values of n deals in cents."""
        program, items_ = self._program, self._items
        if program.deals.unsure:
            words = self._draw_aside(VALUE, n)[0]
            knowledge.price_about(program.deals, n, items_.word[WHO], -1, self._row.values, words, items_.due)
        else:
            deals.price(program.deals, n, lambda: self._draw_aside(VALUE, n)[0], items_.due)
        if self._open[0] < self._open[1]:
            given = program.start.value
            deals.price_given(n, self._open[0], given, items_.word[C0], items_.hour[BEGAN], items_.due)
