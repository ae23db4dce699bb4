"""The funnel of a row of teams: what is booked or due in an interval passes from stage to stage; plain Python."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcore.kernels.reacting import closing, items, limits
from simcore.kernels.reacting.state import (
    BOOKED,
    MARK,
    OPEN,
    REFERRED,
    RESULT,
    Memory,
    bucket_hours,
    by_hours,
)
from simcore.kernels.reactive.state import MAX_OPEN, TOO_MANY_OPEN, TOO_MANY_REFERRALS
from simcore.kernels.rows import deals
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.seats import know_market
from simcore.kernels.rows.words import draw_items
from simcore.program.layout import DISCOUNT as PULL_DISCOUNT
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, REACH, WIN_RATE, WINDOW
from simcore.program.tally import CLOSE, DISCOUNT, ENTERED, OPEN_AT_END, TURNED_AWAY
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import ITEM, ITEM_LATE, LAG, LAG_LATE, MAX_WEEKS, PULL, REFERRAL, VALUE
from simcore.scenario.channels import DEAL_VALUE, REFERRALS
from simcore.scenario.channels import LAG as LAG_CHANNEL

LATE_STEP = 4
"""Steps after it have words of their own purposes."""
EMPTY = np.zeros(0, np.int64)


class Funnel:
    """Plays the items of a row of teams."""

    def __init__(self, row: Row, memory: Memory, breach: Callable[[int, int, int, float], None]) -> None:
        self._row, self._memory, self._program, self._breach = row, memory, row.program, breach
        self._clock, self._pool, self._work = row.program.clock, memory.pool, memory.work
        self._lanes, self._bits = memory.lanes, memory.rows.bits
        self._mask, self._span = (1 << memory.rows.bits) - 1, bucket_hours(row.program)
        self._stages = memory.rows.counters.stages[:, :, row.first_group :]
        self._last = MAX_WEEKS * self._clock.hours_per_week - 1
        self._first_hour = self._clock.warmup_weeks * self._clock.hours_per_week
        self._running = True

    # Lists: ids, hours and lanes of n items, and their addresses.

    @property
    def _ids(self) -> np.ndarray:
        return self._work.ids[0]

    @property
    def _hours(self) -> np.ndarray:
        return self._work.hours[0]

    @property
    def _lane(self) -> np.ndarray:
        return self._work.words[3]

    def _draw(self, purpose: int, n: int) -> np.ndarray:
        """Draw the blocks of the n listed items for a purpose: uint32[4, n or more]."""
        c0, c1, who = self._work.words[:3]
        x = self._work.words[4:8]
        draw_items(n, purpose, c0, c1, who, *self._row.luck, *x)
        return x

    def _address(self, n: int) -> None:
        """Fill the addresses and lanes of the n listed items."""
        words = self._work.words
        items.addresses_of(n, self._mask, self._ids, self._pool.words, words[0], words[1], words[2], words[3])

    def begin(self) -> None:
        """Put the items into the pool that are open at the start."""
        self._running = True
        for capped in self._memory.capped:
            capped.open[:], capped.week[:], capped.entries[:] = 0, -1, 0
        self._memory.pulls.end = 0
        start, row, pool, work = self._program.start, self._row, self._pool, self._work
        if len(start.stage) == 0:
            return
        most = len(start.stage) * row.size
        pool.make_room(most)
        work.make_room(most)
        n, listed = 0, work.ids[1]
        for rep in range(self._program.team.reps):
            n = items.list_open_items(
                int(start.first[rep]), int(start.first[rep + 1]), rep, row.size, self._bits, self._last, start.stage,
                start.due, pool.size, pool.free, pool.words, pool.numbers, pool.factors, listed, n,
            )  # fmt: skip
        for stage in range(self._clock.steps):
            m = items.list_stage(n, stage, listed, pool.numbers, self._ids)
            if m > 0:
                self._hold_open_items(stage, m)

    def _hold_open_items(self, stage: int, m: int) -> None:
        pool = self._pool
        self._address(m)
        x = self._draw(ITEM, m)
        items.keep_step_words(m, self._ids, x[1], x[2], x[3], pool.words)
        self._fill_lags(stage + 1, m)
        self._row.clipped[self._clock.steps + 1] += items.hold_open_items(
            m, stage, self._last, self._clock.end_hour, self._span, self._mask, self._ids, self._lane,
            self._work.floats[0], pool.numbers, pool.head, self._stages[OPEN_AT_END, stage], self._lanes.known[OPEN],
            self._memory.capped[stage].open,
        )  # fmt: skip

    def _fill_lags(self, step: int, n: int) -> None:
        """Fill the lags of a step of the n listed items, in hours; S + 1 is a referral's, which takes step 1's place."""
        lags, lag = self._program.lags, self._work.floats[0]
        kind, scale = lags.kind[step], float(lags.scale[step])
        if not lags.lagged[step] or kind == FIXED:
            items.lag_fixed(n, scale, lag)
            return
        drawn = step if step <= self._clock.steps else 1
        own = self._draw(LAG if drawn <= LATE_STEP else LAG_LATE, n)[(drawn - 1) % LATE_STEP]
        if kind == LOGNORMAL:
            items.lag_lognormal(n, scale, float(lags.sigma[step]), own, lag)
        elif kind == GAMMA:
            items.lag_gamma(n, scale, lags.gamma_tables[lags.table[step]], own, lag)
        else:
            at = lags.table[step]
            items.lag_listed(n, lags.thresholds[at:], lags.hours[at:], own, lag)

    def play(self, hour: int, week: int, n_booked: int) -> None:
        """Play what begins or is due in an interval, or an hour: ``work.ids[0]`` has the candidates that are booked."""
        bucket = hour // self._span
        n = self._book(n_booked, week) if n_booked > 0 else 0
        if self._memory.pulls.pulled[0] > 0 or n > 0 or (self._pool.head[bucket] >= 0).any():
            self._pass_through(bucket, n)
            while not by_hours(self._program) and (self._pool.head[bucket] >= 0).any():
                # Referrals may be due in the interval of the deal that they come of.
                self._pass_through(bucket, 0)

    def _book(self, n: int, week: int) -> int:
        """Turn n candidates into items; return how many enter stage 1 at once."""
        pool, work, candidates, clock = self._pool, self._work, self._memory.candidates, self._clock
        pool.make_room(n)
        here = work.ids[2]
        here[:n] = self._ids[:n]
        first_hour = week * clock.hours_per_week
        most = items.book_calls(
            n, week, first_hour, self._bits, here, candidates.words, candidates.places, pool.size, pool.free,
            pool.words, pool.numbers, pool.factors, self._lanes.known[OPEN], self._ids, self._hours,
        )  # fmt: skip
        if most > MAX_OPEN:
            self._too_many(TOO_MANY_OPEN, OPEN, first_hour)
        if not self._program.lags.lagged[1]:
            return n
        self._address(n)
        self._fill_lags(1, n)
        self._wait(0, n, 0, stretched=True)
        return 0

    def _too_many(self, what: int, column: int, hour: int) -> None:
        numbers = self._lanes.known[column].reshape(self._program.team.reps, -1)[:, : self._row.size]
        r = int((numbers > MAX_OPEN).any(axis=0).argmax())
        rep = int((numbers[:, r] > MAX_OPEN).argmax())
        self._breach(what, (rep << self._bits) + r, hour, float(MAX_OPEN))

    def _wait(self, stage: int, n: int, least: int, *, stretched: bool) -> int:
        """Hold the n listed items of a stage until they are due; return how many are due at once."""
        work, pool = self._work, self._pool
        pulls, lag, cut = self._memory.pulls, work.floats[0], np.zeros(1, np.int64)
        if stretched:
            self._stretch(n)
        pull_end = pulls.end if stage == self._clock.steps - 1 else 0
        if pull_end > 0:
            pulls.make_room(int(pulls.listed[0]) + n)
        at_once = items.wait(
            n, least, self._last, self._clock.end_hour, self._span, stage, self._mask, pull_end, self._ids,
            self._hours, self._lane, lag, pool.numbers, pool.head, self._stages[OPEN_AT_END, stage], cut,
            pulls.listed,
        )  # fmt: skip
        self._row.clipped[self._clock.steps + 1] += int(cut[0])
        return at_once

    def _stretch(self, n: int) -> None:
        """Multiply the lags of the n listed items by the responses of their lanes."""
        if self._running:
            stretch = self._lanes.response[self._clock.steps + LAG_CHANNEL]
            items.stretch_lags(n, self._lane, stretch, self._work.floats[0])

    def _pass_through(self, bucket: int, n: int) -> None:
        """Let the n listed bookings, and what is due in a bucket, pass through the stages."""
        pool, steps = self._pool, self._clock.steps
        if by_hours(self._program):
            self._leave_stages(bucket)
        for stage in range(1, steps + 1):
            n = self._take_due(bucket, stage - 1, n)
            if stage == steps:
                n = self._take_pulled(n)
            if n == 0:
                continue
            self._address(n)
            if stage > 1:
                n = self._decide(stage, n)
            if stage < steps:
                n = self._enter(stage, n)
            elif n > 0:
                self._count_entries(stage, n)
                self._close(n)
        self._memory.pulls.pulled[0] = 0

    def _take_due(self, bucket: int, stage: int, n: int) -> int:
        """Add what is due in a bucket at a stage to the n listed items; return how many there are."""
        pool, work = self._pool, self._work
        first = int(pool.head[bucket, stage])
        if first < 0:
            return n
        self._grow(n, items.count_due(first, pool.numbers))
        pool.head[bucket, stage] = -1
        return items.take_due(first, n, pool.numbers, work.ids[0], work.hours[0])

    def _take_pulled(self, n: int) -> int:
        """Add what is pulled into this hour to the n listed items; return how many there are."""
        pulled = self._memory.pulls.pulled
        m = int(pulled[0])
        if m > 0:
            self._grow(n, m)
            self._ids[n : n + m] = pulled[1 : m + 1]
            self._hours[n : n + m] = self._pool.numbers[pulled[1 : m + 1], 1]
        return n + m

    def _grow(self, n: int, more: int) -> None:
        """Make room for more items in the list of n."""
        if n + more > self._work.room:
            ids, hours = self._ids[:n].copy(), self._hours[:n].copy()
            self._work.make_room(n + more)
            self._ids[:n], self._hours[:n] = ids, hours

    def _decide(self, step: int, n: int) -> int:
        """Decide a step of the n listed items; return how many pass."""
        work, pool, lanes, row = self._work, self._pool, self._lanes, self._row
        rates, source, uncut = self._program.rates, self._program.source, work.floats[1]
        if self._running or not rates.varies[step]:
            items.uncut_rates(n, self._lane, lanes.rate[step], uncut)
        else:
            self._fill_rates_after_run(step, n)
        items.response_rates(n, self._ids, self._lane, lanes.habit[step], pool.factors, uncut)
        own = work.words[4]
        if step <= LATE_STEP:
            items.step_words(n, step, self._ids, pool.words, own)
        else:
            own = self._draw(ITEM_LATE, n)[step - LATE_STEP - 1]
        passed = work.ids[3]
        if source.tilted:
            row.clipped[step] += items.pass_tilted(
                n, step, self._bits, self._clock.hours_per_week, own, uncut, self._hours, self._lane, source.tilt,
                source.tilt_weeks, row.detail.log_weight, passed,
            )  # fmt: skip
        else:
            row.clipped[step] += items.pass_items(n, own, uncut, passed)
        coached = self._memory.coached
        if coached.decided.shape[1] > 0:
            items.count_decisions(
                n, step, self._clock.hours_per_week, self._hours, self._lane, passed, coached.decided, coached.passed
            )
        return items.keep_items(
            n, passed, pool.size, pool.free, lanes.known[OPEN], self._ids, self._hours, self._lane
        )

    def _fill_rates_after_run(self, step: int, n: int) -> None:
        rates, memory = self._program.rates, self._memory
        in_market = bool(rates.in_market[step])
        if in_market:
            know_market(self._row, int(self._hours[:n].max()) // self._clock.hours_per_week + 1)
        last = np.concatenate([seats.last_rate[step] for seats in memory.seats])
        items.rates_after_run(
            n, step, self._bits, self._clock.hours_per_week, float(rates.noise_sigma[step]), in_market, self._hours,
            self._lane, last, memory.rows.seats.factor, *self._row.noise, self._work.floats[1],
        )  # fmt: skip

    def _enter(self, stage: int, n: int) -> int:
        """Let the n listed items enter a stage before the last; return how many are decided at once."""
        caps, pool, lanes = self._program.caps, self._pool, self._lanes
        if n > 0 and (caps.per_week[stage] >= 0 or caps.open[stage] >= 0):
            n = self._admit(stage, n)
        if n == 0:
            return 0
        self._count_entries(stage, n)
        items.enter(n, stage, self._ids, self._lane, lanes.response[stage + 1], pool.numbers, pool.factors)
        if not self._program.lags.lagged[stage + 1]:
            return n
        self._address(n)
        self._fill_lags(stage + 1, n)
        return self._wait(stage, n, 0, stretched=True)

    def _count_entries(self, stage: int, n: int) -> None:
        clock, row = self._clock, self._row
        items.count_entries(
            n, self._mask, self._first_hour, clock.end_hour, self._hours, self._lane, self._stages[ENTERED, stage]
        )
        if row.detail.entered.shape[0] > 0:
            items.detail_entries(
                n, stage, self._bits, self._first_hour, clock.end_hour, clock.hours_per_week, self._hours, self._lane,
                row.detail.entered,
            )  # fmt: skip

    # Caps and pulls.

    def _leave_stages(self, bucket: int) -> None:
        """Let what is due in an hour leave the capped stages."""
        pool, work, pulled = self._pool, self._work, self._memory.pulls.pulled
        for stage, capped in enumerate(self._memory.capped[: self._clock.steps]):
            if len(capped.open) == 0:
                continue
            first = int(pool.head[bucket, stage])
            if first >= 0:
                listed = np.empty(items.count_due(first, pool.numbers), np.int32)
                m = items.take_due(first, 0, pool.numbers, listed, np.empty_like(listed))
                limits.leave_stage(m, listed, pool.words, capped.open)
            if stage == self._clock.steps - 1 and pulled[0] > 0:
                limits.leave_stage(int(pulled[0]), pulled[1:], pool.words, capped.open)

    def _admit(self, stage: int, n: int) -> int:
        """Turn away the listed items that a capped stage has no room for; return how many stay."""
        work, pool, capped, caps = self._work, self._pool, self._memory.capped[stage], self._program.caps
        keys, admitted, lag = work.longs[0], work.ids[3], work.floats[0]
        if self._program.lags.lagged[stage + 1]:
            self._address(n)
            self._fill_lags(stage + 1, n)
            self._stretch(n)
        else:
            lag[:n] = 0.0
        items.arrival_keys(n, self._ids, pool.words, keys)
        week = int(self._hours[0]) // self._clock.hours_per_week
        limits.admit(
            n, week, self._last - int(self._hours[0]), int(caps.per_week[stage]), int(caps.open[stage]), keys,
            work.ids[1], work.ids[2], self._lane, lag, capped.open, capped.week, capped.entries, admitted,
        )  # fmt: skip
        if self._clock.warmup_weeks <= week < self._clock.simulated_weeks:
            away = self._lane[:n][admitted[:n] == 0] & np.uint32(self._mask)
            np.add.at(self._stages[TURNED_AWAY, stage], away, 1)
        return items.keep_items(
            n, admitted, pool.size, pool.free, self._lanes.known[OPEN], self._ids, self._hours, self._lane
        )

    def pull(self, hour: int, week: int) -> None:
        """Pull opportunities forward at the beginning of an hour: they are in ``pulls.pulled``."""
        reaction, memory, pulls = self._program.reaction, self._memory, self._memory.pulls
        count = len(reaction.pull_drive)
        if count == 0:
            return
        end = int(reaction.period_first[week] + reaction.period_hours[week])
        window = int(reaction.pull_hours[:, WINDOW].max())
        if hour < end - window:
            pulls.end = 0
            return
        if pulls.end != end:
            self._open_window(end)
        pool, pulls.pulled[0] = self._pool, 0
        self._draw_pulled()
        pulls.make_room(int(pulls.listed[0]))
        for number in range(count):
            active = hour >= end - reaction.pull_hours[number, WINDOW]
            drive = int(reaction.pull_drive[number])
            risen = limits.fill_shares(
                len(self._lanes.person), bool(active), drive, reaction.pull, number, self._lanes.person,
                self._lanes.level, pulls.limit[number],
            )  # fmt: skip
            first = 0 if risen else min(pulls.seen, int(pulls.listed[0]))
            before = int(pulls.listed[0])
            kept = limits.pull_items(
                first, number, hour, end + int(reaction.pull_hours[number, REACH]), self._clock.end_hour, self._mask,
                float(reaction.pull[number, PULL_DISCOUNT]), float(reaction.pull[number, WIN_RATE]),
                pulls.limit[number], pulls.listed, pulls.words, pool.words, pool.numbers, pool.factors, pool.head,
                self._stages[OPEN_AT_END, self._clock.steps - 1], pulls.pulled,
            )  # fmt: skip
            if risen and count > 1:
                pulls.seen = 0 if kept < before else pulls.seen
        pulls.seen = int(pulls.listed[0])

    def _open_window(self, end: int) -> None:
        """List what may be pulled into a period that ends soon."""
        reaction, pulls, pool = self._program.reaction, self._memory.pulls, self._pool
        until = min(end + int(reaction.pull_hours[:, REACH].max()), len(pool.head) - 2)
        pulls.end, pulls.seen = end, 0
        pulls.limit[:] = 0
        n = limits.list_pullable(end, until, self._clock.steps - 1, pool.head, pool.numbers, pulls.listed)
        if n > pulls.listed[0]:
            pulls.make_room(n)
            limits.list_pullable(end, until, self._clock.steps - 1, pool.head, pool.numbers, pulls.listed)

    def _draw_pulled(self) -> None:
        """Draw the words of the listed items that have none yet."""
        pulls, n = self._memory.pulls, int(self._memory.pulls.listed[0])
        m = n - pulls.seen
        if m > 0:
            self._work.make_room(m)
            self._ids[:m] = pulls.listed[pulls.seen + 1 : n + 1]
            self._address(m)
            pulls.words[:, pulls.seen : n] = self._draw(PULL, m)[:, :m]

    # Deals.

    def _close(self, n: int) -> None:
        """Close the n listed deals."""
        program, work, pool, lanes, row = self._program, self._work, self._pool, self._lanes, self._row
        clock, listed, cents, units = self._clock, work.longs[0], work.longs[1], work.longs[2]
        self._address(n)
        self._fill_values(n, listed)
        origin = work.hours[1]
        row.clipped[clock.steps + 2] += closing.price_deals(
            n, program.deals.unit, self._ids, self._lane, pool.factors, pool.numbers,
            lanes.response[clock.steps + DEAL_VALUE], listed, cents, units, origin,
        )  # fmt: skip
        hours, lane, known = self._hours, self._lane, lanes.known
        closing.hear_of_deals(n, clock.end_hour, hours, lane, cents, known[BOOKED], known[RESULT], known[MARK])
        closing.add_discounts(
            n, self._mask, self._first_hour, clock.end_hour, hours, lane, listed, cents,
            self._memory.rows.counters.conduct[DISCOUNT, row.first_group :],
        )  # fmt: skip
        coached = self._memory.coached
        if coached.revenue.shape[0] > 0:
            closing.add_revenue(n, clock.end_hour, clock.hours_per_week, hours, lane, cents, coached.revenue)
        by_origin = hours if clock.one_account else origin
        self._memory.closed.add((hours[:n], by_origin[:n]), lane[:n], units[:n])
        if row.detail.cents.shape[0] > 0:
            for account in (CLOSE, BY_ORIGIN):
                closing.detail_deals(
                    n, account, self._bits, self._first_hour, clock.end_hour, clock.hours_per_week,
                    hours if account == CLOSE else by_origin, lane, cents, row.detail.cents,
                )  # fmt: skip
        if program.reaction.referrals > 0.0:
            self._refer(n, origin)
        else:
            closing.give_back(n, self._ids, lane, pool.size, pool.free, known[OPEN])

    def _fill_values(self, n: int, listed: np.ndarray) -> None:
        """Fill the values of the n listed deals before discounts, in cents."""
        law, start = self._program.deals, self._program.start
        if law.kind == FIXED:
            deals.price_fixed(n, int(law.scale), listed)
        else:
            own = self._draw(VALUE, n)[0]
            if law.kind == LOGNORMAL:
                deals.price_lognormal(n, float(law.scale), float(law.sigma), own, listed)
            elif law.kind == GAMMA:
                deals.price_gamma(n, float(law.scale), law.gamma_table, own, listed)
            else:
                deals.price_listed(n, law.thresholds, law.values, own, listed)
        if len(start.stage) > 0:
            closing.list_given(n, self._ids, self._pool.numbers, start.value, listed)

    def _refer(self, n: int, origin: np.ndarray) -> None:
        """Let the n listed deals bring referrals, which wait for stage 1."""
        work, pool, lanes, reaction = self._work, self._pool, self._lanes, self._program.reaction
        steps = self._clock.steps
        x = self._draw(REFERRAL, n)
        count = work.ids[1]
        total = closing.count_referrals(
            n, reaction.referrals, self._lane, lanes.response[steps + REFERRALS], x[0], count
        )
        closing.give_back(n, self._ids, self._lane, pool.size, pool.free, lanes.known[OPEN])
        if total == 0:
            return
        hours, lane, counts, begun = (
            self._hours[:n].copy(), self._lane[:n].copy(), count[:n].copy(), origin[:n].copy(),
        )  # fmt: skip
        x1, x2 = x[1, :n].copy(), x[2, :n].copy()
        pool.make_room(total)
        work.make_room(total)
        m = closing.add_referrals(
            n, counts, hours, begun, lane, x1, x2, pool.size, pool.free, pool.words, pool.numbers, pool.factors,
            lanes.known[OPEN], lanes.known[REFERRED], self._ids, self._hours,
        )  # fmt: skip
        for column in (OPEN, REFERRED):
            if lanes.known[column].max() > MAX_OPEN:
                self._too_many(TOO_MANY_REFERRALS, column, int(hours.max()))
        self._address(m)
        drawn = self._draw(ITEM, m)
        items.keep_step_words(m, self._ids, drawn[1], drawn[2], drawn[3], pool.words)
        self._fill_lags(steps + 1, m)
        self._wait(0, m, 1, stretched=False)

    def play_out(self) -> None:
        """Play all that is still open after the run: nobody calls or decides any more."""
        self._running = False
        self._memory.pulls.end, self._memory.pulls.pulled[0] = 0, 0
        pool, end = self._pool, self._clock.end_hour // self._span
        far = len(pool.head) - 2
        if not by_hours(self._program):
            while (pool.head[far] >= 0).any():
                self._pass_through(far, 0)
            return
        # Hour by hour, as caps need it: first in the buckets, then wherever something is due.
        for bucket in range(end, far):
            if (pool.head[bucket] >= 0).any():
                self._pass_through(bucket, 0)
        while (hour := items.next_far(pool.head, pool.numbers)) >= 0:
            items.bring_near(hour, pool.head, pool.numbers)
            self._pass_through(far + 1, 0)
