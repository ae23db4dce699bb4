"""What deals of a row of teams need: known when they enter the stage before, counted at their end; plain Python."""

from __future__ import annotations

import numpy as np

from simcore.kernels.reacting import calling, needs
from simcore.kernels.reacting.state import (
    ACTIVE,
    CARRY,
    ENDED,
    LEFT_OUT,
    OWED,
    SURPRISES,
    Memory,
)
from simcore.kernels.rows.row import Row
from simcore.kernels.teams.crews import Crew, Crews
from simcore.kernels.teams.waiting import Waiting
from simcore.program.tally import CHECK_CALLS
from simcore.random.addresses import NEED, NEED_END
from simcore.scenario.channels import QUALIFY


class Needing(Waiting):
    """Follows what becomes of deals that need something."""

    def _follow_needs(self, n: int, *, opened: bool = False) -> None:
        """Put what becomes of the n listed items, whose lags are filled, into their lags and responses.

        ``opened``: they are those that are open at the start. The calls of their checks are then in ``items.count``.
        """
        law, listed, start = self._program.needs.law, self._items, self._program.start
        words = np.empty((len(law), needs.RESCUED + 1, n), np.uint32)
        self._find(n)
        for number in range(len(law)):
            words[number, : needs.DROPPED] = self._draw(NEED + number, n)[:, :n]
            words[number, needs.DROPPED :] = self._draw(NEED_END + number, n)[:2, :n]
        needs.check_needs(
            n, opened, law, words, listed.given, start.due, listed.lane,
            self._response[self._clock.steps + QUALIFY], listed.lag, listed.passed, listed.count,
        )  # fmt: skip
        needs.show_gaps(n, law, words, listed.passed, listed.lag, listed.response)

    def _owe_checks(self, n: int) -> None:
        """Let the seats owe the calls of the checks of the n listed items, which have entered the stage."""
        if self._program.needs.owing and self._running:
            listed = self._items
            needs.owe_calls(n, listed.lane, listed.count, self._known[OWED])

    def _count_fates(self, n: int, passed: np.ndarray) -> None:
        """Count how the n listed items end, and let the seats know: `items.count` has what was read of them."""
        listed, clock, known = self._items, self._clock, self._known
        needs.hear_of_ends(
            n, clock.end_hour, listed.hour, listed.lane, listed.count, known[ENDED], known[SURPRISES]
        )  # fmt: skip
        needs.count_fates(
            n, self._mask, self._first_hour, clock.end_hour, listed.hour, listed.lane, listed.count, passed,
            self._memory.rows.counters.needs[:, self._row.first_group :],
        )  # fmt: skip


class Owing:
    """The calls that checks cost a row of teams: those of an interval that are owed are not dialled."""

    def __init__(self, row: Row, memory: Memory) -> None:
        self._row, self._memory, self._lanes = row, memory, memory.lanes
        self._known, self._n, self._bits = memory.lanes.known, len(memory.lanes.person), memory.rows.bits
        self._counted = np.zeros(self._n, np.int32)
        """int32[lanes]: calls of this interval that are not dialled."""

    def begin_week(self) -> None:
        """Forget what the people owed who are gone."""
        self._known[OWED][self._lanes.starts > 0] = 0

    def begin(self, crews: Crews, first: int, last: int, week: int) -> None:
        """Work off what is owed in the calls that are planned for the hours ``first .. last - 1`` of the week."""
        known = self._known
        for crew in crews:
            mine = crew.lanes
            needs.work_off(
                crew.n, crew.planned(first, last), known[ACTIVE, mine], known[CARRY, mine], known[OWED, mine],
                known[LEFT_OUT, mine], self._counted[mine],
            )  # fmt: skip
        if week >= self._row.program.clock.warmup_weeks:
            counts = self._memory.rows.counters.needs[CHECK_CALLS, self._row.first_group :]
            calling.add_by_group(self._n, self._bits, self._row.size, self._counted, counts)

    def leave_out(self, begin: int, n: int, first: int, plan_before: np.ndarray) -> int:
        """Keep those of the candidates ``begin .. n - 1`` in ``items.keep`` that are dialled; return where they end."""
        known, lanes, candidates = self._known, self._lanes, self._memory.candidates
        return begin + needs.leave_out(
            n - begin, first, plan_before, candidates.cards, lanes.ramp, lanes.before, known[ACTIVE], known[CARRY],
            known[LEFT_OUT], self._memory.items.keep[begin:],
        )  # fmt: skip

    def end(self, crew: Crew, first: int, last: int) -> int:
        """Count the calls of an interval, as `simcore.kernels.reacting.calling.end_calls` does."""
        calls = crew.calls
        return needs.end_calls_owing(
            crew.n, first, last, crew.before, *calls[:-2], self._known[LEFT_OUT][crew.lanes], *calls[-2:]
        )
