"""Opportunities of a row of teams that are pulled into a quota period; plain Python."""

from __future__ import annotations

from simcore.kernels.reacting import calendar, limits
from simcore.kernels.reacting.state import (
    HOUR,
    PRICE,
    WIN_FACTOR,
)
from simcore.kernels.teams.selling import Selling
from simcore.program.layout import REACH, WINDOW
from simcore.program.tally import OPEN_AT_END
from simcore.random.addresses import PULL


class Pulling(Selling):
    """Pulls opportunities forward, in the windows of drives that do."""

    def needs_hours(self, hour: int, until: int) -> bool:
        """Return whether the hours ``hour .. until - 1`` must be played in turn: for caps, and in a window of pulls."""
        reaction, pulls = self._program.reaction, self._memory.pulls
        if self._capped:
            return True
        if self._pulls:
            end = self._end_of_period(hour)
            if until > end - int(reaction.pull_hours[:, WINDOW].max()):
                return True
        pulls.end, pulls.pulled[0] = 0, 0
        return False

    def _end_of_period(self, hour: int) -> int:
        """Return the first hour after the quota period of an hour."""
        reaction, day = self._program.reaction, hour // self._clock.hours_per_day
        return int(reaction.period_first[day] + reaction.period_hours[day])

    def pull(self, hour: int) -> None:
        """Pull opportunities forward at the beginning of an hour: their entries are in ``pulls.pulled``."""
        reaction, pulls, kept = self._program.reaction, self._memory.pulls, self._calendar
        if not self._pulls:
            return
        pulls.pulled[0] = 0
        end = self._end_of_period(hour)
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
