"""A row of teams that react, from the first week to the last: the order of the kernels, in plain Python."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from simcore.base.periods import DAY, HOUR
from simcore.kernels.reacting import calling, deciding
from simcore.kernels.reacting import candidates as candidate_kernels
from simcore.kernels.reacting.breaches import (
    NO_BREACH,
    TOO_MANY_SUCCESSES,
)  # fmt: skip
from simcore.kernels.reacting.state import (
    ACTIVE,
    BOOKED,
    C0,
    CARRY,
    ENDED,
    LANE,
    LAST_BOOKING,
    MARK,
    PRESSED,
    RESULT,
    SHEETS,
    SLOT,
    SURPRISES,
    UNANSWERED,
    Memory,
    bucket_hours,
    by_hours,
)
from simcore.kernels.rows.drive import tally_account, tally_bookings, tally_team_quota
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.seats import know_market, know_parameters, settle
from simcore.kernels.teams.booking import count_parts
from simcore.kernels.teams.coach import Coach
from simcore.kernels.teams.crews import Crew, crews_of, own_quotas
from simcore.kernels.teams.exceeded import raise_breach
from simcore.kernels.teams.funnel import Funnel
from simcore.kernels.teams.needs import Owing
from simcore.program.quotas import begins_between_decisions
from simcore.program.tally import ABOVE_PLAN, CLOSE, ENTERED, SQUARE
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import THIN
from simcore.scenario.channels import ACTIVITY, REFERRALS
from simcore.scenario.signals import (
    AHEAD,
    BEHIND,
    COACH,
    DEADLINE,
    DRY_SPELL,
    OVERWORK,
    PEERS,
    REJECTIONS,
    SURPRISE,
    SURPRISED,
)  # fmt: skip


class Team:
    """Plays the teams of a row."""

    def __init__(self, row: Row, memory: Memory) -> None:
        self._row, self._memory, self._program = row, memory, row.program
        self._clock, self._reaction = row.program.clock, row.program.reaction
        self._lanes = memory.lanes
        # A view of a row takes as long to make as a small kernel to call.
        self._known, self._response, self._signal = (
            list(of) for of in (memory.lanes.known, memory.lanes.response, memory.lanes.signal)
        )
        self._rate, self._habit, self._drawn = memory.lanes.rate[1], memory.lanes.habit[1], memory.lanes.list[0]
        counters = memory.rows.counters
        self._calls_made = counters.stages[ENTERED, 0, row.first_group :]
        self._above_plan = counters.conduct[ABOVE_PLAN, row.first_group :]
        self._bookings = memory.lanes.counts[2]
        self._listens = bool(row.program.reaction.hears[REJECTIONS])
        self._n, self._bits, self._reps = len(memory.lanes.person), memory.rows.bits, row.program.team.reps
        self._groups = slice(row.first_group, row.first_group + row.size)
        self._breach = partial(raise_breach, memory)
        self._funnel = Funnel(row, memory, self._breach)
        self._coach = Coach(row, memory) if row.program.coaching.active else None
        self._owing = Owing(row, memory) if row.program.needs.owing else None
        self._crews = crews_of(row.program, memory)
        self._quota = own_quotas(row.program, memory.rows.bits)
        self._by_hours, self._chain_hours = by_hours(row.program), bucket_hours(row.program)
        self._begins = begins_between_decisions(row.program)

    def play(self) -> None:
        """Simulate the replications of the row.

        Raises
        ------
        BreachError
            If a seat exceeds a limit.
        """
        self._begin()
        for week in range(self._clock.simulated_weeks):
            self._play_week(week)
        self._lanes.response[:] = 1.0
        self._funnel.play_out()
        self._tally()

    def _begin(self) -> None:
        """Forget the row before; decide who sits where, and at what rates."""
        row, memory, lanes = self._row, self._memory, self._lanes
        lanes.known[:], lanes.level[:], lanes.response[:], lanes.habit[:] = 0, 0.0, 1.0, 1.0
        memory.calendar.clear()
        memory.closed.n = 0
        memory.persons[:, :, : row.size] = 0
        know_market(row, self._clock.simulated_weeks)
        know_parameters(row)
        for rep in range(self._reps):
            settle(self._of_rep(rep), rep)
        if row.size < memory.rows.size:
            memory.persons[:, :, row.size :] = -1
        if self._coach:
            self._coach.begin()
        self._take_rates(0)

    def _of_rep(self, rep: int) -> Row:
        """Return the row as that of one rep."""
        rows = self._memory.rows
        weeks = rows.weeks._replace(successes=self._memory.bookings[rep])
        booked = rows.booked._replace(called=self._memory.called[rep])
        return replace(self._row, memory=rows._replace(seats=self._memory.seats[rep], weeks=weeks, booked=booked))

    def _play_week(self, week: int) -> None:
        clock, first_hour = self._clock, week * self._clock.hours_per_week
        self._begin_week(week)
        span = self._reaction.interval
        for first in range(0, clock.hours_per_week, span):
            self._decide(first_hour + first, week)
            self._draw_as_needed(first_hour + first, week)
            if self._by_hours and self._funnel.needs_hours(first_hour + first, first_hour + first + span):
                for hour in range(first, first + span):
                    self._begin_period(first_hour + hour)
                    self._funnel.pull(first_hour + hour)
                    self._play_hours(hour, hour + 1, first, week)
            else:
                self._play_interval(first, first + span, week)
            self._end_calls(first, first + span)
        self._end_week(week)

    def _play_interval(self, first: int, last: int, week: int) -> None:
        """Make the calls between two decisions, in one go or up to where a quota period begins."""
        begin, first_hour = first, week * self._clock.hours_per_week
        for cut in self._begins.get(week, ()):
            if first < cut < last:
                self._play_hours(begin, cut, first, week)
                self._begin_period(first_hour + cut)
                begin = cut
        self._play_hours(begin, last, first, week)

    def _begin_period(self, hour: int) -> None:
        """Let nothing be booked where a quota period begins."""
        reaction = self._reaction
        if reaction.quota > 0.0 and hour == reaction.period_first[hour // self._clock.hours_per_day]:
            self._known[BOOKED][:] = 0

    def _begin_week(self, week: int) -> None:
        memory, lanes, n = self._memory, self._lanes, self._n
        lanes.person[:] = memory.persons[:, week].reshape(n)
        lanes.ramp[:] = memory.ramps[:, week].reshape(n)
        lanes.starts[:] = 1 if week == 0 else (memory.persons[:, week] != memory.persons[:, week - 1]).reshape(n)
        if not self._program.rates.fixed:
            self._take_rates(week)
        if self._coach:
            self._coach.begin_week(week)
        for crew in self._crews:
            crew.begin_week(week)
            crew.ramped = calling.begin_week(crew.n, crew.of_week, crew.per_hour, *crew.week)
        candidates = memory.candidates
        candidates.n, candidates.used = 0, 0
        lanes.drawn[:], lanes.counts[:] = 0, 0
        lanes.list[1, :n] = np.arange(n, dtype=np.int32)
        for crew in self._crews:
            self._draw_cell(crew, 0, crew.part_of(lanes.list[1, :n]), week)
        if week == 0:
            # What is open at the start may be decided at once, by the habits of this week.
            self._funnel.begin()

    def _take_rates(self, week: int) -> None:
        """Take the rates of a week for all lanes."""
        rate = self._lanes.rate
        rate[:] = self._memory.rates[:, :, week].transpose(1, 0, 2).reshape(rate.shape)

    def _decide(self, hour: int, week: int) -> None:
        """Let the lanes decide at the beginning of an interval, and fix their activity."""
        reaction, lanes, n, known = self._reaction, self._lanes, self._n, self._known
        new_week = hour == week * self._clock.hours_per_week
        self._begin_period(hour)
        if new_week:
            deciding.begin_persons(
                n, hour, lanes.starts, lanes.level, lanes.response, known[MARK], known[UNANSWERED], known[CARRY]
            )
            if self._owing:
                self._owing.begin_week()
        if len(reaction.memory) > 0 and hour > 0:
            deciding.who_decides(n, new_week, lanes.person, lanes.starts, lanes.decides)
            self._hear(hour, week)
            deciding.update_levels(
                n, reaction.memory, reaction.level, reaction.first_gain, reaction.gain_signal, reaction.gain,
                lanes.decides, lanes.signal, lanes.scratch, lanes.level,
            )  # fmt: skip
            deciding.respond(
                n, reaction.change_drive, reaction.change_channel, reaction.change, lanes.decides, lanes.level,
                lanes.response,
            )  # fmt: skip
            self._look_for_breach(hour)
        known[RESULT][:] = 0
        if self._program.needs.step:
            known[ENDED][:], known[SURPRISES][:] = 0, 0
        calling.fix_activity(n, lanes.person, lanes.ramp, self._response[ACTIVITY], known[ACTIVE], known[LAST_BOOKING])
        if self._owing:
            first = hour - week * self._clock.hours_per_week
            self._owing.begin(self._crews, first, first + reaction.interval, week)

    def _hear(self, hour: int, week: int) -> None:
        """Fill the signals that drives listen to."""
        reaction, lanes, n, known, signal = (
            self._reaction, self._lanes, self._n, self._known, self._signal,
        )  # fmt: skip
        hears, clock = reaction.hears, self._clock
        if hears[BEHIND]:
            elapsed = self._elapsed(hour)
            quota_signals = known[BOOKED], signal[BEHIND], signal[AHEAD], signal[DEADLINE]
            if len(self._quota):
                deciding.hear_own_quota(n, elapsed, self._own_quota(hour), *quota_signals)
            else:
                deciding.hear_quota(n, elapsed, reaction.quota, *quota_signals)
        if hears[PEERS] and len(self._quota):
            deciding.hear_unlike_peers(
                self._reps, self._bits, self._own_quota(hour), lanes.person, known[BOOKED], signal[PEERS]
            )
        elif hears[PEERS]:
            deciding.hear_peers(self._reps, self._bits, reaction.quota, known[BOOKED], lanes.team, signal[PEERS])
        if hears[SURPRISE] or hears[DRY_SPELL]:
            self._hear_plans(hour, week)
        if hears[REJECTIONS]:
            rate = float(self._program.rates.base[1])
            deciding.hear_rejections(n, rate, known[UNANSWERED], signal[REJECTIONS])
        if hears[OVERWORK]:
            deciding.hear_overwork(n, self._response[ACTIVITY], signal[OVERWORK])
        if hears[COACH]:
            begins = hour == week * clock.hours_per_week
            deciding.hear_coach(n, self._program.coaching.pressure, begins, known[PRESSED], signal[COACH])
        if hears[SURPRISED]:
            deciding.hear_surprised(n, known[ENDED], known[SURPRISES], signal[SURPRISED])

    def _own_quota(self, hour: int) -> np.ndarray:
        """Return the quota of each lane in the period of an hour."""
        return self._quota[self._program.quota.of_day[hour // self._clock.hours_per_day]]

    def _hear_plans(self, hour: int, week: int) -> None:
        """Fill the signals that compare results with the plan."""
        reaction, known, signal, hours = self._reaction, self._known, self._signal, self._clock.hours_per_week
        for crew in self._crews:
            mine = crew.lanes
            if reaction.hears[SURPRISE]:
                planned = crew.planned_before(hour, week, hours, reaction.interval)
                of_crew = known[RESULT][mine], signal[SURPRISE][mine]
                deciding.hear_surprise(crew.n, planned, reaction.call_value, *of_crew)
            if reaction.hears[DRY_SPELL]:
                between = crew.between(reaction.between_wins)
                deciding.hear_dry_spell(crew.n, hour, between, known[MARK][mine], signal[DRY_SPELL][mine])

    def _elapsed(self, hour: int) -> float:
        """Return the share of the quota period that is gone at an hour."""
        reaction = self._reaction
        if len(reaction.period_gone) > 0:
            return float(reaction.period_gone[hour])
        day = hour // self._clock.hours_per_day
        first, length = float(max(0, reaction.period_first[day])), float(reaction.period_hours[day])
        return (hour - first) / length

    def _look_for_breach(self, hour: int) -> None:
        reaction, lanes = self._reaction, self._lanes
        channel = self._clock.steps + REFERRALS
        if deciding.count_breaches(self._n, reaction.referrals, channel, lanes.level, lanes.response) > 0:
            what, figure = np.zeros(3, np.int64), np.zeros(1)
            deciding.find_breach(
                self._reps, self._bits, self._row.size, reaction.referrals, channel, lanes.level, lanes.response, what,
                figure,
            )  # fmt: skip
            if what[0] != NO_BREACH:
                self._breach(int(what[0]), int(what[2] << self._bits) + int(what[1]), hour, float(figure[0]))

    def _draw_as_needed(self, hour: int, week: int) -> None:
        """Draw more candidates where the activity or the rate of an interval needs them."""
        lanes, known = self._lanes, self._known
        if all(crew.of_week == 0 for crew in self._crews):
            return
        m = calling.find_needs(
            self._n, self._rate, self._response[1], lanes.ramp, known[ACTIVE], lanes.drawn, lanes.wanted,
            self._drawn,
        )  # fmt: skip
        if m == 0:
            return
        mine = lanes.list[0, :m]
        bands, sheets = (int(lanes.wanted[i, mine].max()) for i in (0, 1))
        for sheet in range(sheets + 1):
            for band in range(bands + 1):
                cell = sheet + SHEETS * band
                k = calling.lanes_of_cell(m, cell, lanes.list[0], lanes.drawn, lanes.wanted, lanes.list[1])
                for crew in self._crews if k > 0 else ():
                    self._draw_cell(crew, cell, crew.part_of(lanes.list[1, :k]), week, hour)
        calling.note_drawn(m, lanes.list[0], lanes.drawn, lanes.wanted)

    def _draw_cell(self, crew: Crew, cell: int, mine: np.ndarray, week: int, hour: int = 0) -> None:
        """Draw the candidates of a cell of some lanes of a crew."""
        memory, lanes, luck, k = self._memory, self._lanes, self._row.luck, len(mine)
        if k == 0:
            return
        planned, candidates, listed = crew.of_week, memory.candidates, memory.items
        listed.make_room(self._n)
        x0, x1, count = listed.drawn[0], listed.drawn[1], listed.keep
        candidate_kernels.draw_counts(k, cell, week, self._bits, *luck, mine, x0, x1)
        sheet, band, table = cell & (SHEETS - 1), cell >> 4, self._program.first
        if band == 0 and table.tabulated:
            total = candidate_kernels.count_tabulated(
                k, sheet, planned, mine, x0, x1, table.thresholds, table.guide, table.calls,
                float(self._program.rates.base[1]), lanes.calls, count,
            )  # fmt: skip
        else:
            total = candidate_kernels.count_cell(
                k, cell, week, self._bits, planned, *luck, mine, x0, x1, self._rate, lanes.calls, lanes.cell, count
            )
        if cell == 0 and self._row.given_successes.shape[0] > 0:
            given = np.zeros((self._reps, 1 << self._bits), np.int64)
            given[:, : self._row.size] = self._row.given_successes[:, :, week].T
            count[:k] = given.ravel()[crew.lanes]
            total = int(count[:k].sum())
        candidates.make_room(total)
        first, words = candidates.n, candidates.words
        most = candidate_kernels.list_cell(k, cell, first, mine, count, lanes.cell, words[LANE], words[C0])
        if most > candidate_kernels.MAX_SUCCESSES:
            lane = int(mine[int(count[:k].argmax())])
            self._breach(TOO_MANY_SUCCESSES, lane, hour, float(most))
        candidates.n += total
        candidate_kernels.draw_candidates(total, week, self._bits, *luck, *words[:, first:])
        if band == 0 and (sheet > 0 or crew.ramped == 0):
            candidate_kernels.place_sheet(
                first, total, sheet, planned, words[LANE], words[C0], lanes.calls, crew.before, crew.slot_hour,
                words[SLOT], memory.rows.weeks.slots, candidates.hour, candidates.rank,
            )  # fmt: skip
        else:
            candidate_kernels.place_cell(
            k, cell, planned, mine, lanes.ramp, lanes.calls, lanes.before, crew.before, crew.slot_hour, lanes.cell,
            words[SLOT], memory.rows.weeks.slots, candidates.hour, candidates.rank,
        )  # fmt: skip
        batch = candidates.next_batch()
        batch.before = crew.before
        candidate_kernels.sort_candidates(
            first, total, self._chain_hours, crew.most_made(sheet), words, candidates.hour, candidates.rank, batch.ends,
            candidates.cards,
        )  # fmt: skip

    def _play_hours(self, begin: int, end: int, first: int, week: int) -> None:
        """Make the calls of hours of the week, and play what is due in them; the decision was made in the ``first``."""
        chains = self._chain_hours
        n = self._book(begin // chains, end // chains, first, week)
        first_hour = week * self._clock.hours_per_week
        self._funnel.play(first_hour + begin, first_hour + end, week, n)

    def _book(self, chain: int, until: int, first: int, week: int) -> int:
        """List the bookings of the chains ``chain .. until - 1`` in ``items.keep``; return how many."""
        memory, lanes, known = self._memory, self._lanes, self._known
        candidates, listed = memory.candidates, memory.items
        batches = [batch for batch in candidates.batches[: candidates.used] if batch.ends[chain] < batch.ends[until]]
        if not batches:
            return 0
        listed.make_room(candidates.n)
        here, cards, n = listed.keep, candidates.cards, 0
        for batch in batches:
            begin, n = n, calling.list_called(
                chain, until, n, first, batch.ends, batch.before, cards, lanes.ramp, lanes.before, known[ACTIVE],
                known[CARRY], here,
            )  # fmt: skip
            if self._owing:
                n = self._owing.leave_out(begin, n, first, batch.before)
        limit, doubtful = listed.floats[0], listed.passed
        m = calling.list_thinned(n, cards, self._rate, self._habit, self._response[1], here, limit, doubtful)
        if m > 0:
            calling.draw_thinning(
                m, THIN, week, self._bits, *self._row.luck, doubtful, here, cards, limit, listed.drawn
            )
        n = calling.keep_passed(n, limit, here)
        calling.count_bookings(n, self._listens, here, cards, known[LAST_BOOKING], lanes.per_hour, self._bookings)
        return n

    def _end_calls(self, first: int, last: int) -> None:
        """Count the calls of an interval."""
        for crew in self._crews:
            if self._owing:
                self._row.clipped[1] += self._owing.end(crew, first, last)
            else:
                self._row.clipped[1] += calling.end_calls(
                    crew.n, first, last, crew.ramped, self._listens, crew.before, *crew.calls
                )

    def _of_row(self, groups: np.ndarray) -> np.ndarray:
        """Return the part of int64[256] from the row's first replication on."""
        return groups[self._row.first_group :]

    def _end_week(self, week: int) -> None:
        """Count the calls and the bookings of a week."""
        row, memory, lanes, clock = self._row, self._memory, self._lanes, self._clock
        made, above = lanes.counts[:2]
        if week >= clock.warmup_weeks:
            calling.add_by_group(self._n, self._bits, row.size, made, self._calls_made)
            calling.add_by_group(self._n, self._bits, row.size, above, self._above_plan)
            if row.detail.entered.shape[0] > 0:
                row.detail.entered[:, :, week - clock.warmup_weeks, 0] = made.reshape(self._reps, -1)[:, : row.size].T
        memory.bookings[:, week] = lanes.counts[2].reshape(self._reps, -1)
        if self._program.calendar.cut and week >= clock.warmup_weeks:
            count_parts(self._program, memory, week - clock.warmup_weeks)
        if self._coach:
            self._coach.count_calls(week, made)
            self._coach.count_bookings(week, lanes.counts[2])
        squares = memory.rows.counters.first[SQUARE]
        calling.squares_of_seats(
            week >= clock.warmup_weeks, self._n, self._bits, row.size, clock.hours_per_day, lanes.per_hour, lanes.team,
            self._of_row(squares[HOUR]), self._of_row(squares[DAY]),
        )  # fmt: skip

    def _tally(self) -> None:
        """Tally the windows of all reps, and of the team."""
        row, memory, program = self._row, self._memory, self._program
        closed, mine = memory.closed, memory.rows.closed
        lane = closed.who[: closed.n]
        for rep in range(self._reps):
            of_rep = self._of_rep(rep)
            here = np.flatnonzero(lane >> np.uint32(self._bits) == rep)
            mine.n = 0
            mine.add(
                (closed.hours[0, here], closed.hours[1, here]), lane[here] & np.uint32((1 << self._bits) - 1),
                closed.units[here],
            )  # fmt: skip
            tally_bookings(of_rep)
            for account in (CLOSE,) if self._clock.one_account else (CLOSE, BY_ORIGIN):
                tally_account(of_rep, rep, account)
        hits = memory.rows.counters.quota_hits[1, row.first_group :]
        tally_team_quota(program, row.size, memory.rows.booked.team, hits)
