"""The funnel of a row of teams: what is booked or due in an interval passes from stage to stage; plain Python."""

from __future__ import annotations

import numpy as np

from simcore.kernels.reacting import calendar, items, limits, needs
from simcore.kernels.reacting.state import (
    ENTRY_LANE,
    HOUR,
    LANE,
    OPEN,
)
from simcore.kernels.rows.seats import know_market, season_of
from simcore.kernels.teams.arriving import Arriving
from simcore.kernels.teams.listing import LATE_STEP
from simcore.program.tally import ENTERED, TURNED_AWAY
from simcore.random.addresses import ITEM_LATE


class Funnel(Arriving):
    """Plays the items of a row of teams."""

    def begin(self) -> None:
        """Put the items into the calendar that are open at the start."""
        self._find_hope()
        self._running = True
        stated = self._program.start.chance >= 0.0
        self._stated = stated if stated.any() else None
        for capped in self._memory.capped:
            capped.open[:], capped.week[:], capped.entries[:] = 0, -1, 0
        self._memory.pulls.end, self._memory.pulls.pulled[0] = 0, 0
        start, size = self._program.start, self._row.size
        if len(start.stage) == 0:
            return
        self._items.make_room(len(start.stage) * size)
        for stage in np.unique(start.stage):
            n, listed = 0, self._items
            for rep in range(self._program.team.reps):
                n = items.list_open_items(
                    n, int(start.first[rep]), int(start.first[rep + 1]), rep, size, self._bits, int(stage), start.stage,
                    listed.words, listed.hours, listed.response, self._known[OPEN],
                )  # fmt: skip
            self._find(n)
            self._draw_steps(n)
            if self._parted[stage + 1]:
                self._row.clipped[stage + 1] += self._foretell(int(stage) + 1, n, start.age[listed.given[:n]])
            self._fill_lags(int(stage) + 1, n)
            self._wait_on(int(stage) + 1, n, start.age[listed.given[:n]])
            self._await_closing(int(stage) + 1, n)
            items.lag_as_given(n, start.due, listed.given, listed.lag)
            if stage + 1 == self._program.needs.step:
                self._follow_needs(n, opened=True)
            if len(self._memory.capped[stage].open) > 0:
                np.add.at(self._memory.capped[stage].open, listed.words[LANE, :n], 1)
            self._fill_dues(int(stage), n, 0)
            if self._early[stage + 1]:
                passed = self._recall(n) if self._parted[stage + 1] else self._pass(int(stage) + 1, n)
                n = items.list_passed(n, passed, listed.lane, self._known[OPEN], listed.keep)
                self._put_away(int(stage), n, listed.keep)
            else:
                self._put_away(int(stage), n, np.arange(n, dtype=np.int32))

    def play(self, hour: int, until: int, week: int, n_booked: int) -> None:
        """Play what begins or is due in the hours ``hour .. until - 1``: ``items.keep`` has the candidates booked."""
        self._now, self._until = hour, until
        first, last, count = hour // self._span, until // self._span, self._calendar.count
        n = self._book(n_booked, week) if n_booked > 0 else 0
        coming = bool(self._flows) and self._await(hour, until)
        if coming or n > 0 or self._memory.pulls.pulled[0] > 0 or count[first:last].any():
            self._pass_through(first, last, n)
            self._coming = []
            while count[first:last].any():
                # Referrals may be due in the interval of the deal that they come of.
                self._pass_through(first, last, 0)

    def play_out(self) -> None:
        """Play all that is still open after the run: nobody calls or decides any more."""
        self._running = False
        self._memory.pulls.end, self._memory.pulls.pulled[0] = 0, 0
        kept = self._calendar
        if not self._by_hours:
            while kept.count[kept.far].any():
                self._pass_through(kept.far, kept.far + 1, 0)
            return
        # Hour by hour, as caps need it: first in the buckets, then wherever something is due.
        for bucket in range(self._clock.end_hour, kept.far):
            if kept.count[bucket].any():
                self._pass_through(bucket, bucket + 1, 0)
        while (hour := self._next_far()) >= 0:
            self._begin_buckets(hour)
            for bucket in range(kept.far):
                if kept.count[bucket].any():
                    self._pass_through(bucket, bucket + 1, 0)

    def _pass_through(self, first: int, last: int, n: int) -> None:
        """Let the n listed bookings, and what is due in the buckets ``first .. last - 1``, pass through the stages."""
        steps = self._clock.steps
        if self._capped:
            self._leave_stages(first)
        for stage in range(1, steps + 1):
            n = self._take_due(first, last, stage - 1, n)
            if self._pulls and stage == steps:
                n = self._take_pulled(n)
            if n > 0 and stage > 1:
                n = self._decide(stage, n)
            if self._coming:
                n = self._let_in(stage, n)
            if n == 0:
                continue
            if stage == steps:
                self._count_entries(stage, n)
                self._close(n)
            else:
                n = self._enter(stage, n)
        self._memory.pulls.pulled[0] = 0

    def _decide(self, step: int, n: int) -> int:
        """Decide a step of the n listed items, unless they were before they waited; return how many pass."""
        if self._early[step]:
            return n
        passed = self._come_true(step, n) if self._parted[step] else self._pass(step, n)
        return self._keep(items.list_passed(
            n, passed, self._items.lane, self._known[OPEN], self._items.keep
        ))  # fmt: skip

    def _pass(self, step: int, n: int) -> np.ndarray:
        """Decide a step of the n listed items: int32, by item, whether it passes."""
        row, listed, source = self._row, self._items, self._program.source
        lane, passed, needing = listed.lane, listed.passed, step == self._program.needs.step
        if needing:
            needs.read_fates(n, listed.response, listed.count)
        own, rate = self._fill_step_rates(step, n)
        if self._pulls and step == self._clock.steps:
            items.multiply(n, listed.win_factor, rate)
        if source.tilted:
            row.clipped[step] += items.pass_tilted(
                n, step, self._bits, self._clock.hours_per_week, own, rate, listed.hour, lane, source.tilt,
                source.tilt_weeks, row.detail.log_weight, passed,
            )  # fmt: skip
        else:
            row.clipped[step] += items.pass_items(n, own, rate, passed)
        if needing:
            self._count_fates(n, passed)
        self._observe(step, n)
        return passed

    def _fill_step_rates(self, step: int, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the words of a step of the n listed items, and fill and return its rates, not cut and not pulled."""
        listed = self._items
        if self._running or not self._program.rates.varies[step]:
            items.uncut_rates(n, listed.lane, self._rates[step], listed.rate)
        else:
            self._fill_rates_after_run(step, n)
        items.apply_responses(n, listed.lane, self._habits[step], listed.response, listed.rate)
        if self._stated is not None:
            self._take_stated(self._stated, step, n)
        if step <= LATE_STEP:
            return listed.step_words[step - 2], listed.rate
        self._find(n)
        return self._draw(ITEM_LATE, n)[step - LATE_STEP - 1], listed.rate

    def _take_stated(self, stated: np.ndarray, step: int, n: int) -> None:
        """Set the rates of those of the n listed items to the chance that was stated of them; after that step to 1."""
        listed, start = self._items, self._program.start
        at = np.flatnonzero(listed.given[:n] >= 0)
        at = at[stated[listed.given[at]]]
        number = listed.given[at]
        chance = np.where(start.stage[number] == step - 1, start.chance[number], 1.0)
        listed.rate[at] = chance * listed.response[at]

    def _observe(self, step: int, n: int) -> None:
        """Count the decisions of the n listed items for a manager."""
        coached, listed = self._memory.coached, self._items
        if coached.decided.shape[1] > 0:
            items.count_decisions(
                n, step, self._clock.hours_per_week, listed.hour, listed.lane, listed.passed, coached.decided,
                coached.passed,
            )  # fmt: skip

    def _foretell(self, step: int, n: int, age: np.ndarray | None = None) -> int:
        """Mark which of the n listed items will not pass a step that is decided at entry: they wait by another law.

        ``age``: int64[n], hours for which they have waited; by default none. Returns how many rates are cut.
        """
        listed = self._items
        own, rate = self._fill_step_rates(step, n)
        cut = 0
        if age is not None and age.any():
            # What is said of an item was said by who knew its age.
            drawn = self._program.start.chance[listed.given[:n]] < 0.0
            at = np.flatnonzero((age > 0) & drawn)
            cut = self._memory.rows.ages.cut_and_lost(step, age[at], rate[at])
            rate[at] = self._memory.rows.ages.chances(step, age[at], rate[at])
        cut += items.pass_items(n, own, rate, listed.passed)
        items.tell_lost(n, listed.passed, listed.response)
        return int(cut)

    def _recall(self, n: int) -> np.ndarray:
        """Return which of the n listed items pass, as they were marked: int32, by item."""
        items.recall_lost(n, self._items.response, self._items.passed)
        return self._items.passed

    def _come_true(self, step: int, n: int) -> np.ndarray:
        """Decide a step of the n listed items as they were marked; what is pulled comes last, and is decided again."""
        passed, listed = self._recall(n), self._items
        first = n - (int(self._memory.pulls.pulled[0]) if self._pulls and step == self._clock.steps else 0)
        if first < n:
            listed.response[first:n] = np.abs(listed.response[first:n])
            own, rate = self._fill_step_rates(step, n)
            items.multiply(n, listed.win_factor, rate)
            self._row.clipped[step] += items.pass_items(n - first, own[first:], rate[first:], passed[first:])
        self._observe(step, n)
        return passed

    def _fill_rates_after_run(self, step: int, n: int) -> None:
        rates, memory, listed = self._program.rates, self._memory, self._items
        in_market, hours = bool(rates.in_market[step]), listed.hour
        if in_market:
            know_market(self._row, int(hours[:n].max()) // self._clock.hours_per_week + 1)
        last = np.concatenate([seats.last_rate[step] for seats in memory.seats])
        items.rates_after_run(
            n, step, self._bits, self._clock.hours_per_week, float(rates.noise_sigma[step]), in_market, hours,
            listed.lane, last, memory.rows.seats.factor, season_of(rates, step), *self._row.noise, listed.rate,
        )  # fmt: skip

    def _enter(self, stage: int, n: int) -> int:
        """Let the n listed items enter a stage before the last; return how many are decided at once."""
        caps, listed = self._program.caps, self._items
        if caps.per_week[stage] >= 0 or caps.open[stage] >= 0:
            n = self._admit(stage, n)
            if n == 0:
                return 0
        self._count_entries(stage, n)
        items.uncut_rates(n, listed.lane, self._response[stage + 1], listed.response)
        if not self._program.lags.lagged[stage + 1]:
            return n
        if self._parted[stage + 1]:
            self._row.clipped[stage + 1] += self._foretell(stage + 1, n)
        if self._early[stage + 1]:
            n = self._lose_early(stage, n)
            if n == 0:
                return 0
        self._fill_waits(stage + 1, n)
        if stage + 1 == self._program.needs.step:
            self._owe_checks(n)
        self._fill_dues(stage, n, 0)
        waiting = listed.passed
        m = items.list_waiting(n, listed.hour, listed.count, listed.keep, waiting)
        self._put_away(stage, n - m, waiting)
        return self._keep(m)

    def _fill_waits(self, step: int, n: int) -> None:
        """Fill for how long the n listed items wait for a step that takes time."""
        self._find(n)
        self._fill_lags(step, n)
        self._stretch(n)
        self._await_closing(step, n)
        if step == self._program.needs.step:
            self._follow_needs(n)

    def _lose_early(self, stage: int, n: int) -> int:
        """Decide the step out of a stage for the n listed items before they wait; return how many pass.

        Those that do not pass count as open at the end if they are, and that is all that becomes of them.
        """
        listed = self._items
        passed = self._recall(n) if self._parted[stage + 1] else self._pass(stage + 1, n)
        self._count_lost(stage, n)
        return self._keep(items.list_passed(n, passed, listed.lane, self._known[OPEN], listed.keep))

    def _count_entries(self, stage: int, n: int) -> None:
        clock, row, listed = self._clock, self._row, self._items
        hours, lane = listed.hour, listed.lane
        items.count_entries(
            n, self._mask, self._first_hour, clock.end_hour, hours, lane, self._stage_rows[ENTERED][stage]
        )
        if row.detail.entered.shape[0] > 0:
            items.detail_entries(
                n, stage, self._bits, self._first_hour, clock.end_hour, clock.hours_per_week, hours, lane,
                row.detail.entered,
            )  # fmt: skip

    def _leave_stages(self, bucket: int) -> None:
        """Let what is due in an hour leave the capped stages."""
        kept, pulls = self._calendar, self._memory.pulls
        for stage, capped in enumerate(self._memory.capped[: self._clock.steps]):
            if len(capped.open) > 0:
                calendar.lanes_due(bucket, stage, kept.next, kept.chunks, kept.count, kept.entries, capped.open)
                if stage == self._clock.steps - 1 and pulls.pulled[0] > 0:
                    lane = kept.entries[pulls.pulled[1 : pulls.pulled[0] + 1], ENTRY_LANE]
                    limits.leave_stage(len(lane), lane, capped.open)

    def _admit(self, stage: int, n: int) -> int:
        """Turn away the listed items that a capped stage has no room for; return how many stay."""
        listed, capped, caps = self._items, self._memory.capped[stage], self._program.caps
        keys, admitted, lag, lane = listed.longs[0], listed.passed, listed.lag, listed.lane
        if self._parted[stage + 1]:
            # How long it stays depends on how it will end; what is admitted is decided for good when it enters.
            items.uncut_rates(n, lane, self._response[stage + 1], listed.response)
            self._foretell(stage + 1, n)
        if self._program.lags.lagged[stage + 1]:
            self._fill_waits(stage + 1, n)
        else:
            lag[:n] = 0.0
        items.arrival_keys(n, listed.c0, listed.c1, keys)
        hour = int(listed.hours[HOUR, 0])
        week = hour // self._clock.hours_per_week
        limits.admit(
            n, week, self._last - hour, int(caps.per_week[stage]), int(caps.open[stage]), keys, listed.keep,
            listed.count, lane, lag, capped.open, capped.week, capped.entries, admitted,
        )  # fmt: skip
        if self._clock.warmup_weeks <= week < self._clock.simulated_weeks:
            away = lane[:n][admitted[:n] == 0] & np.uint32(self._mask)
            np.add.at(self._stage_rows[TURNED_AWAY][stage], away, 1)
        return self._keep(items.list_passed(n, admitted, lane, self._known[OPEN], listed.keep))
