"""The funnel of a row of teams: what is booked or due in an interval passes from stage to stage; plain Python."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcore.kernels.caps import is_capped
from simcore.kernels.reacting import calendar, closing, items, limits
from simcore.kernels.reacting.breaches import MAX_OPEN, TOO_MANY_OPEN, TOO_MANY_REFERRALS
from simcore.kernels.reacting.state import (
    BOOKED,
    C0,
    C1,
    COUNT,
    DEAD,
    ENTRY_LANE,
    HOUR,
    KEPT_FLOATS,
    KEPT_HOURS,
    KEPT_WORDS,
    LANE,
    MARK,
    OPEN,
    ORIGIN,
    PRICE,
    REFERRED,
    RESULT,
    STEP_2,
    WHO,
    WIN_FACTOR,
    Memory,
    bucket_hours,
    by_hours,
)
from simcore.kernels.rows import deals
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.seats import know_market
from simcore.kernels.rows.words import draw_items
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, REACH, TABLE, WINDOW, Lags
from simcore.program.tally import CLOSE, DISCOUNT, ENTERED, OPEN_AT_END, TURNED_AWAY
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import ITEM, ITEM_LATE, LAG_LATE, MAX_WEEKS, PULL, REFERRAL, VALUE
from simcore.random.addresses import LAG as LAG_PURPOSE
from simcore.scenario.channels import DEAL_VALUE, REFERRALS
from simcore.scenario.channels import LAG as LAG_CHANNEL

QUANTILES, QUANTILE_SHIFT = 256, 24
TINY = 1e-300
LATE_STEP = 4
"""Steps after it have words of their own purposes."""
DUE = COUNT
"""Row of `Items.hours`: the hours in which items are due; and how many referrals a deal brings."""


def lag_quantiles(lags: Lags, step: int) -> np.ndarray:
    """Return the lags of a step at 256 words, evenly spaced from the lowest on, in hours: float64[256]."""
    kind, scale, lag = lags.kind[step], float(lags.scale[step]), np.full(QUANTILES, float(lags.scale[step]))
    own = np.arange(QUANTILES, dtype=np.uint32) << np.uint32(QUANTILE_SHIFT)
    if kind == LOGNORMAL:
        items.lag_lognormal(QUANTILES, scale, float(lags.sigma[step]), own, lag)
    elif kind == GAMMA:
        items.lag_gamma(QUANTILES, scale, lags.gamma_tables[lags.table[step]], own, lag)
    elif kind == TABLE:
        # Entries of a table need not ascend.
        lag[:] = lags.hours[lags.table[step] :].max()
    return lag


class Funnel:
    """Plays the items of a row of teams."""

    def __init__(self, row: Row, memory: Memory, breach: Callable[[int, int, int, float], None]) -> None:
        self._row, self._memory, self._program, self._breach = row, memory, row.program, breach
        self._clock, self._calendar, self._items = row.program.clock, memory.calendar, memory.items
        self._lanes, self._bits = memory.lanes, memory.rows.bits
        self._mask, self._span = (1 << memory.rows.bits) - 1, bucket_hours(row.program)
        self._stages = memory.rows.counters.stages[:, :, row.first_group :]
        self._last = MAX_WEEKS * self._clock.hours_per_week - 1
        self._first_hour = self._clock.warmup_weeks * self._clock.hours_per_week
        self._running, self._now, self._until = True, 0, 0
        self._capped = is_capped(row.program)
        self._pulls = len(row.program.reaction.pull_drive) > 0
        # A view of a row takes as long to make as a small kernel to call.
        self._known, self._response = list(memory.lanes.known), list(memory.lanes.response)
        self._rates, self._habits = list(memory.lanes.rate), list(memory.lanes.habit)
        self._stage_rows = [[*of_stages] for of_stages in self._stages]
        self._discounts = memory.rows.counters.conduct[DISCOUNT, row.first_group :]
        self._known_quantiles: dict[int, np.ndarray] = {}
        self._by_hours = by_hours(row.program)
        self._early = [self._is_early(step) for step in range(self._clock.steps + 1)]

    def _is_early(self, step: int) -> bool:
        """Return whether a step can be decided before the wait for it: nothing that comes later changes its rate."""
        program = self._program
        return bool(
            1 < step <= LATE_STEP
            and program.lags.lagged[step]
            and not program.rates.varies[step]
            and not program.coaching.active
            and not program.source.tilted
            and not (self._pulls and step == self._clock.steps)
            and len(self._memory.capped[step - 1].open) == 0
        )

    def begin(self) -> None:
        """Put the items into the calendar that are open at the start."""
        self._running = True
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
            self._fill_lags(int(stage) + 1, n)
            items.lag_as_given(n, start.due, listed.given, listed.lag)
            if len(self._memory.capped[stage].open) > 0:
                np.add.at(self._memory.capped[stage].open, listed.words[LANE, :n], 1)
            self._fill_dues(int(stage), n, 0)
            if self._early[stage + 1]:
                passed = self._pass(int(stage) + 1, n)
                n = items.list_passed(n, passed, listed.lane, self._known[OPEN], listed.keep)
                self._put_away(int(stage), n, listed.keep)
            else:
                self._put_away(int(stage), n, np.arange(n, dtype=np.int32))

    # Draws.

    def _find(self, n: int) -> None:
        """Fill the replications of the n listed items."""
        items.find_replications(n, self._mask, self._items.lane, self._items.who)

    def _draw(self, purpose: int, n: int) -> np.ndarray:
        """Draw the blocks of the n listed items, whose replications are known, for a purpose: uint32[4, n or more]."""
        words, drawn = self._items.words, self._items.drawn
        draw_items(n, purpose, words[C0], words[C1], words[WHO], *self._row.luck, *drawn)
        return drawn

    def _draw_steps(self, n: int) -> None:
        """Draw the words of the steps 2 to 4 of n new items."""
        self._items.words[STEP_2 : STEP_2 + 3, :n] = self._draw(ITEM, n)[1:, :n]

    def _fill_lags(self, step: int, n: int) -> None:
        """Fill the lags of a step of the n listed items, in hours; S + 1 is that of a referral, in place of step 1."""
        self._lags_of(step, n, self._lag_words(step, n), self._items.lag)

    def _lag_words(self, step: int, n: int) -> np.ndarray | None:
        """Draw the words of the lags of a step of the n listed items; none for a fixed one."""
        lags = self._program.lags
        if not lags.lagged[step] or lags.kind[step] == FIXED:
            return None
        self._find(n)
        drawn = step if step <= self._clock.steps else 1
        return self._draw(LAG_PURPOSE if drawn <= LATE_STEP else LAG_LATE, n)[(drawn - 1) % LATE_STEP]

    def _lags_of(self, step: int, n: int, own: np.ndarray | None, lag: np.ndarray) -> None:
        """Fill n lags of a step by their words, in hours."""
        lags = self._program.lags
        kind, scale = lags.kind[step], float(lags.scale[step])
        if own is None:
            items.lag_fixed(n, scale, lag)
        elif kind == LOGNORMAL:
            items.lag_lognormal(n, scale, float(lags.sigma[step]), own, lag)
        elif kind == GAMMA:
            items.lag_gamma(n, scale, lags.gamma_tables[lags.table[step]], own, lag)
        else:
            at = lags.table[step]
            items.lag_listed(n, lags.thresholds[at:], lags.hours[at:], own, lag)

    def _stretch(self, n: int) -> None:
        """Multiply the lags of the n listed items by the responses of their lanes."""
        if self._running:
            stretch = self._response[self._clock.steps + LAG_CHANNEL]
            items.stretch_lags(n, self._items.lane, stretch, self._items.lag)

    # Passing through.

    def needs_hours(self, until: int, week: int) -> bool:
        """Return whether the hours before ``until`` must be played in turn: for caps, and in a window of pulls."""
        reaction, pulls = self._program.reaction, self._memory.pulls
        if self._capped:
            return True
        if self._pulls:
            end = int(reaction.period_first[week] + reaction.period_hours[week])
            if until > end - int(reaction.pull_hours[:, WINDOW].max()):
                return True
        pulls.end, pulls.pulled[0] = 0, 0
        return False

    def play(self, hour: int, until: int, week: int, n_booked: int) -> None:
        """Play what begins or is due in the hours ``hour .. until - 1``: ``items.keep`` has the candidates booked."""
        self._now, self._until = hour, until
        first, last, count = hour // self._span, until // self._span, self._calendar.count
        n = self._book(n_booked, week) if n_booked > 0 else 0
        if n > 0 or self._memory.pulls.pulled[0] > 0 or count[first:last].any():
            self._pass_through(first, last, n)
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
        while True:
            hour = self._next_far()
            if hour < 0:
                return
            self._bring_near(hour)
            self._pass_through(kept.far + 1, kept.far + 2, 0)

    def _next_far(self) -> int:
        kept = self._calendar
        return int(calendar.next_due(kept.far, kept.next, kept.chunks, kept.count, kept.entries))

    def _bring_near(self, hour: int) -> None:
        """Move what is due in an hour far away to the last bucket."""
        kept, listed = self._calendar, self._items
        for stage in range(self._clock.steps):
            entries = np.empty(int(kept.count[kept.far, stage]), np.int32)
            m = calendar.list_due(hour, kept.far, stage, kept.next, kept.chunks, kept.count, kept.entries, entries)
            if m > 0:
                listed.make_room(m)
                self._take_entries(m, entries)
                kept.entries[entries[:m], ENTRY_LANE] = DEAD
                listed.hours[DUE, :m] = hour
                self._put_away(stage, m, np.arange(m, dtype=np.int32), bucket=kept.far + 1)

    def _take_entries(self, m: int, entries: np.ndarray) -> None:
        """Copy m entries of the calendar to the front of the list."""
        kept, into = self._calendar, self._items
        calendar.read_entries(m, 0, entries, kept.entries, into.words, into.hours, into.response)

    def _pass_through(self, first: int, last: int, n: int) -> None:
        """Let the n listed bookings, and what is due in the buckets ``first .. last - 1``, pass through the stages."""
        steps = self._clock.steps
        if self._capped:
            self._leave_stages(first)
        for stage in range(1, steps + 1):
            n = self._take_due(first, last, stage - 1, n)
            if self._pulls and stage == steps:
                n = self._take_pulled(n)
            if n == 0:
                continue
            if stage > 1:
                n = self._decide(stage, n)
            if n == 0:
                continue
            if stage == steps:
                self._count_entries(stage, n)
                self._close(n)
            else:
                n = self._enter(stage, n)
        self._memory.pulls.pulled[0] = 0

    def _take_due(self, first: int, last: int, stage: int, n: int) -> int:
        """Add what is due in some buckets at a stage to the n listed items; return how many there are."""
        kept, listed = self._calendar, self._items
        more = int(kept.count[first:last, stage].sum())
        if more == 0:
            return n
        listed.make_room(n + more, n)
        for bucket in range(first, last):
            if kept.count[bucket, stage] > 0:
                n = calendar.take_due(
                    n, bucket, stage, listed.words, listed.hours, listed.response, kept.size, kept.free, kept.next,
                    kept.chunks, kept.count, kept.entries,
                )  # fmt: skip
        return n

    def _decide(self, step: int, n: int) -> int:
        """Decide a step of the n listed items, unless they were before they waited; return how many pass."""
        if self._early[step]:
            return n
        passed = self._pass(step, n)
        return self._keep(items.list_passed(
            n, passed, self._items.lane, self._known[OPEN], self._items.keep
        ))  # fmt: skip

    def _pass(self, step: int, n: int) -> np.ndarray:
        """Decide a step of the n listed items: int32, by item, whether it passes."""
        row, listed, source = self._row, self._items, self._program.source
        lane, rate, passed = listed.lane, listed.rate, listed.passed
        if self._running or not self._program.rates.varies[step]:
            items.uncut_rates(n, lane, self._rates[step], rate)
        else:
            self._fill_rates_after_run(step, n)
        items.respond(n, lane, self._habits[step], listed.response, rate)
        if self._pulls and step == self._clock.steps:
            items.multiply(n, listed.win_factor, rate)
        own = listed.step_words[step - 2] if step <= LATE_STEP else listed.own
        if step > LATE_STEP:
            self._find(n)
            own = self._draw(ITEM_LATE, n)[step - LATE_STEP - 1]
        if source.tilted:
            row.clipped[step] += items.pass_tilted(
                n, step, self._bits, self._clock.hours_per_week, own, rate, listed.hour, lane, source.tilt,
                source.tilt_weeks, row.detail.log_weight, passed,
            )  # fmt: skip
        else:
            row.clipped[step] += items.pass_items(n, own, rate, passed)
        coached = self._memory.coached
        if coached.decided.shape[1] > 0:
            items.count_decisions(
                n, step, self._clock.hours_per_week, listed.hour, lane, passed, coached.decided, coached.passed
            )
        return passed

    def _keep(self, m: int) -> int:
        """Move the m listed items to the front; return how many they are."""
        listed = self._items
        keep = listed.keep
        items.keep_words(m, keep, KEPT_WORDS, listed.words)
        items.keep_floats(m, keep, KEPT_FLOATS if self._pulls else 1, listed.floats)
        items.keep_hours(m, keep, KEPT_HOURS, listed.hours)
        return m

    def _fill_rates_after_run(self, step: int, n: int) -> None:
        rates, memory, listed = self._program.rates, self._memory, self._items
        in_market, hours = bool(rates.in_market[step]), listed.hour
        if in_market:
            know_market(self._row, int(hours[:n].max()) // self._clock.hours_per_week + 1)
        last = np.concatenate([seats.last_rate[step] for seats in memory.seats])
        items.rates_after_run(
            n, step, self._bits, self._clock.hours_per_week, float(rates.noise_sigma[step]), in_market, hours,
            listed.lane, last, memory.rows.seats.factor, *self._row.noise, listed.rate,
        )  # fmt: skip

    # Entering and waiting.

    def _book(self, n: int, week: int) -> int:
        """Turn n candidates into items; return how many enter stage 1 at once."""
        listed, candidates = self._items, self._memory.candidates
        first_hour = week * self._clock.hours_per_week
        most = items.book_calls(
            n, week, first_hour, self._bits, listed.keep, candidates.words, candidates.hour, listed.words,
            listed.hours, listed.response, self._known[OPEN],
        )  # fmt: skip
        if most > MAX_OPEN:
            self._too_many(TOO_MANY_OPEN, OPEN, first_hour)
        if not self._program.lags.lagged[1]:
            return n
        self._find(n)
        self._fill_lags(1, n)
        self._stretch(n)
        self._fill_dues(0, n, 0)
        self._put_away(0, n, np.arange(n, dtype=np.int32))
        return 0

    def _too_many(self, what: int, column: int, hour: int) -> None:
        numbers = self._known[column].reshape(self._program.team.reps, -1)[:, : self._row.size]
        r = int((numbers > MAX_OPEN).any(axis=0).argmax())
        rep = int((numbers[:, r] > MAX_OPEN).argmax())
        self._breach(what, (rep << self._bits) + r, hour, float(MAX_OPEN))

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
        if self._early[stage + 1]:
            n = self._lose_early(stage, n)
            if n == 0:
                return 0
        self._find(n)
        self._fill_lags(stage + 1, n)
        self._stretch(n)
        self._fill_dues(stage, n, 0)
        waiting = listed.passed
        m = items.list_waiting(n, listed.hour, listed.count, listed.keep, waiting)
        self._put_away(stage, n - m, waiting)
        return self._keep(m)

    def _lose_early(self, stage: int, n: int) -> int:
        """Decide the step out of a stage for the n listed items before they wait; return how many pass.

        Those that do not pass count as open at the end if they are, and that is all that becomes of them.
        """
        listed = self._items
        passed = self._pass(stage + 1, n)
        self._count_lost(stage, n)
        return self._keep(items.list_passed(n, passed, listed.lane, self._known[OPEN], listed.keep))

    def _count_lost(self, stage: int, n: int) -> None:
        """Count the lost of the n listed items that are open at the end, and their lags that are cut."""
        listed, end, step = self._items, self._clock.end_hour, stage + 1
        lost = np.flatnonzero(listed.passed[:n] == 0)
        if len(lost) == 0:
            return
        stretch = self._response[self._clock.steps + LAG_CHANNEL]
        latest, until = self._until, end
        if not self._running:
            latest, until = int(listed.hour[:n].max()), self._last
        # Hours that the last wait to begin must have, and the least word that can bring so many.
        needed = (until - latest - 1) / max(float(stretch.max()), TINY)
        number = int(np.searchsorted(self._quantiles(step), needed))
        own = self._lag_words(step, n)
        if own is not None and number > 1:
            lost = lost[own[lost] >= np.uint32((number - 1) << QUANTILE_SHIFT)]
        elif own is None and self._quantiles(step)[0] < needed:
            return
        m = len(lost)
        if m == 0:
            return
        lag, hours, lane = np.empty(m), listed.hours[HOUR, lost], listed.words[LANE, lost]
        self._lags_of(step, m, None if own is None else own[lost], lag)
        due = hours + np.floor(lag * stretch[lane] + 0.5)
        self._row.clipped[self._clock.steps + 1] += int((due > self._last).sum())
        stays = (hours < end) & (np.minimum(due, self._last) >= end)
        np.add.at(self._stage_rows[OPEN_AT_END][stage], lane[stays] & np.uint32(self._mask), 1)

    def _quantiles(self, step: int) -> np.ndarray:
        """Return `lag_quantiles` of a step, worked out once."""
        if step not in self._known_quantiles:
            self._known_quantiles[step] = lag_quantiles(self._program.lags, step)
        return self._known_quantiles[step]

    def _fill_dues(self, stage: int, n: int, least: int) -> None:
        """Fill the hours in which the n listed items of a stage are due."""
        listed = self._items
        self._row.clipped[self._clock.steps + 1] += items.fill_dues(
            n, least, self._last, self._clock.end_hour, self._mask, listed.hour, listed.lane,
            listed.lag, listed.count, self._stage_rows[OPEN_AT_END][stage],
        )  # fmt: skip

    def _put_away(self, stage: int, n: int, places: np.ndarray, bucket: int | None = None) -> None:
        """Put n of the listed items of a stage away until they are due."""
        if n == 0:
            return
        kept, listed, pulls = self._calendar, self._items, self._memory.pulls
        kept.make_room(n)
        entries = np.empty(n, np.int32)
        calendar.put_away(
            n, stage, self._span, -1 if bucket is None else bucket, places, listed.count, listed.words, listed.hours,
            listed.response, kept.size, kept.free, kept.next, kept.chunks, kept.count, kept.entries, entries,
        )  # fmt: skip
        if pulls.end > 0 and stage == self._clock.steps - 1:
            late = entries[listed.hours[DUE, places[:n]] >= pulls.end]
            m = int(pulls.listed[0])
            pulls.make_room(m + len(late))
            pulls.listed[m + 1 : m + 1 + len(late)] = late
            pulls.listed[0] = m + len(late)

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

    # Caps and pulls.

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
        if self._program.lags.lagged[stage + 1]:
            self._find(n)
            self._fill_lags(stage + 1, n)
            self._stretch(n)
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

    def pull(self, hour: int, week: int) -> None:
        """Pull opportunities forward at the beginning of an hour: their entries are in ``pulls.pulled``."""
        reaction, pulls, kept = self._program.reaction, self._memory.pulls, self._calendar
        if not self._pulls:
            return
        pulls.pulled[0] = 0
        end = int(reaction.period_first[week] + reaction.period_hours[week])
        if hour < end - int(reaction.pull_hours[:, WINDOW].max()):
            pulls.end = 0
            return
        if pulls.end != end:
            self._open_window(end)
        self._draw_pulled()
        before = pulls.seen
        for number in range(len(reaction.pull_drive)):
            risen = limits.fill_shares(
                len(self._lanes.person), bool(hour >= end - reaction.pull_hours[number, WINDOW]),
                int(reaction.pull_drive[number]), reaction.pull, number, self._lanes.person, self._lanes.level,
                pulls.limit[number],
            )  # fmt: skip
            start, listed = 0 if risen else before, int(pulls.listed[0])
            left = limits.pull_items(
                start, number,
                end + int(reaction.pull_hours[number, REACH]), self._clock.end_hour, self._mask, pulls.limit[number],
                pulls.listed, pulls.words, kept.entries, self._stage_rows[OPEN_AT_END][self._clock.steps - 1],
                pulls.pulled, pulls.by,
            )  # fmt: skip
            # The new ones have moved if an earlier one was pulled: the next drive looks at all.
            before = before if left == listed or start == before else 0
        pulls.seen = int(pulls.listed[0])

    def _open_window(self, end: int) -> None:
        """List what may be pulled into a period that ends soon."""
        reaction, pulls, kept = self._program.reaction, self._memory.pulls, self._calendar
        until, stage = min(end + int(reaction.pull_hours[:, REACH].max()), kept.far), self._clock.steps - 1
        pulls.end, pulls.seen = end, 0
        pulls.limit[:] = 0
        pulls.make_room(int(kept.count[end:until, stage].sum()))
        calendar.list_entries(end, until, stage, kept.next, kept.chunks, kept.count, kept.entries, pulls.listed)

    def _draw_pulled(self) -> None:
        """Draw the words of the listed entries that have none yet."""
        pulls, n = self._memory.pulls, int(self._memory.pulls.listed[0])
        m = n - pulls.seen
        if m > 0:
            self._items.make_room(m)
            self._take_entries(m, pulls.listed[pulls.seen + 1 :])
            self._find(m)
            pulls.words[:, pulls.seen : n] = self._draw(PULL, m)[:, :m]

    def _take_pulled(self, n: int) -> int:
        """Add what is pulled into this hour to the n listed items; return how many there are."""
        pulls, listed, kept = self._memory.pulls, self._items, self._calendar
        m = int(pulls.pulled[0])
        listed.make_room(n + m, n)
        listed.floats[WIN_FACTOR, :n], listed.floats[PRICE, :n] = 1.0, 1.0
        if m > 0:
            entries = pulls.pulled[1:]
            calendar.read_entries(m, n, entries, kept.entries, listed.words, listed.hours, listed.response)
            limits.finish_pulls(
                m, self._now, entries, pulls.by[1:], self._program.reaction.pull, listed.hours[HOUR, n:],
                listed.floats[WIN_FACTOR, n:], listed.floats[PRICE, n:], kept.entries,
            )  # fmt: skip
        return n + m

    # Deals.

    def _close(self, n: int) -> None:
        """Close the n listed deals."""
        program, listed, row, clock = self._program, self._items, self._row, self._clock
        lane, hours, known = listed.lane, listed.hour, self._known
        values, cents, units = listed.listed, listed.cents, listed.units
        self._find(n)
        self._fill_values(n, values)
        if not self._pulls:
            items.fill_ones(n, listed.price)
        row.clipped[clock.steps + 2] += closing.price_deals(
            n, program.deals.unit, lane, self._response[clock.steps + DEAL_VALUE], listed.price, values, cents,
            units,
        )  # fmt: skip
        closing.hear_of_deals(n, clock.end_hour, hours, lane, cents, known[BOOKED], known[RESULT], known[MARK])
        closing.add_discounts(
            n, self._mask, self._first_hour, clock.end_hour, hours, lane, values, cents,
            self._discounts,
        )  # fmt: skip
        coached = self._memory.coached
        if coached.revenue.shape[0] > 0:
            closing.add_revenue(n, clock.end_hour, clock.hours_per_week, hours, lane, cents, coached.revenue)
        origin = hours if clock.one_account else listed.origin
        self._memory.closed.add((hours[:n], origin[:n]), lane[:n], units[:n])
        if row.detail.cents.shape[0] > 0:
            for account, dated in ((CLOSE, hours), (BY_ORIGIN, origin)):
                closing.detail_deals(
                    n, account, self._bits, self._first_hour, clock.end_hour, clock.hours_per_week, dated, lane, cents,
                    row.detail.cents,
                )  # fmt: skip
        closing.forget(n, lane, known[OPEN])
        if program.reaction.referrals > 0.0:
            self._refer(n)

    def _fill_values(self, n: int, values: np.ndarray) -> None:
        """Fill the values of the n listed deals before discounts, in cents."""
        law, start = self._program.deals, self._program.start
        if law.kind == FIXED:
            deals.price_fixed(n, int(law.scale), values)
        else:
            own = self._draw(VALUE, n)[0]
            if law.kind == LOGNORMAL:
                deals.price_lognormal(n, float(law.scale), float(law.sigma), own, values)
            elif law.kind == GAMMA:
                deals.price_gamma(n, float(law.scale), law.gamma_table, own, values)
            else:
                deals.price_listed(n, law.thresholds, law.values, own, values)
        if len(start.stage) > 0:
            closing.list_given(n, self._items.given, start.value, values)

    def _refer(self, n: int) -> None:
        """Let the n listed deals bring referrals, which wait for stage 1."""
        listed, reaction = self._items, self._program.reaction
        steps, drawn, count = self._clock.steps, self._draw(REFERRAL, n), listed.count
        total = closing.count_referrals(
            n, reaction.referrals, listed.lane, self._response[steps + REFERRALS], drawn[0], count
        )
        if total == 0:
            return
        hours, origin, counts = (listed.hours[row, :n].copy() for row in (HOUR, ORIGIN, COUNT))
        lane, x1, x2 = listed.words[LANE, :n].copy(), drawn[1, :n].copy(), drawn[2, :n].copy()
        listed.make_room(total)
        m = closing.add_referrals(
            n, counts, hours, origin, lane, x1, x2, listed.words, listed.hours, listed.response,
            self._known[OPEN], self._known[REFERRED],
        )  # fmt: skip
        for column in (OPEN, REFERRED):
            if self._known[column].max() > MAX_OPEN:
                self._too_many(TOO_MANY_REFERRALS, column, int(hours.max()))
        self._find(m)
        self._draw_steps(m)
        self._fill_lags(steps + 1, m)
        self._fill_dues(0, m, 1)
        self._put_away(0, m, np.arange(m, dtype=np.int32))
