"""Habits and the manager of a row of teams: the order of the kernels of `coaching`, in plain Python."""

from __future__ import annotations

import numpy as np

from simcore.kernels.reacting import coaching
from simcore.kernels.reacting.state import PRESSED, Memory
from simcore.kernels.rows.conditions import fill_own_rates
from simcore.kernels.rows.row import Row
from simcore.kernels.rows.seats import fill_rates_not_known, put_own_rates
from simcore.program.coaching import NOBODY, ORACLE, PROCESS, RESULT
from simcore.program.layout import KNOWN


class Coach:
    """Changes habits, and holds sessions, at the beginning of each week."""

    def __init__(self, row: Row, memory: Memory) -> None:
        self._row, self._memory, self._coaching = row, memory, row.program.coaching
        self._reps, self._bits, self._size = row.program.team.reps, memory.rows.bits, row.size

    def begin(self) -> None:
        """Begin a replication: no habits, and nothing observed."""
        coached, program = self._memory.coached, self._row.program
        coached.habits[:], coached.decided[:], coached.passed[:], coached.revenue[:] = 0, 0, 0, 0
        if self._coaching.rule != ORACLE:
            return
        rates, simulated = program.rates, program.clock.simulated_weeks
        for rep in range(self._reps):
            for step in np.flatnonzero(rates.laws.kind != KNOWN).tolist():
                persons, own = self._memory.persons[rep], self._memory.owns[rep, step]
                fill_rates_not_known(self._row, rep, step, persons, own)
            for step in np.flatnonzero((rates.beta >= 0) & (rates.laws.kind == KNOWN)).tolist():
                fill_own_rates(
                    step, simulated, self._size, rep, float(rates.base[step]),
                    rates.beta_tables[rates.beta[step]], self._memory.persons[rep], self._row.given_people,
                    *self._row.people, self._memory.owns[rep, step],
                )  # fmt: skip
            self._put_own_rates(rep)

    def _put_own_rates(self, rep: int) -> None:
        """Put what people have of their own in place of the rates of a seat that are drawn."""
        row, memory, program, rates = self._row, self._memory, self._row.program, self._row.program.rates
        for step in range(1, program.clock.steps + 1):
            if not program.people.owns(step):
                continue
            own = memory.owns[rep, step]
            if rates.beta[step] < 0 and rates.laws.kind[step] == KNOWN:
                own[:] = rates.base[step]
            put_own_rates(
                program, rep, step, program.clock.simulated_weeks, self._size, row.people, row.given_people,
                memory.persons[rep], own,
            )  # fmt: skip

    def begin_week(self, week: int) -> None:
        """Change the habits, hold the sessions, and record both in counted weeks."""
        row, law, lanes, coached = self._row, self._coaching, self._memory.lanes, self._memory.coached
        for step in np.flatnonzero(law.prone):
            coaching.change_habits(
                self._reps, self._bits, self._size, week, int(step), float(law.factor[step]), int(law.begins[step]),
                int(law.onset[step]), int(law.fade[step]), *row.people, lanes.person, lanes.starts, coached.habits,
                lanes.habit[step],
            )  # fmt: skip
        coached.session[:], lanes.known[PRESSED] = 0, 0
        if law.rule != NOBODY and week >= law.first_week:
            self._score(week)
            coaching.hold_sessions(
                law.slots, law.rule == RESULT, self._reps, self._bits, self._size, week, law.repair, *row.people,
                coached.score, coached.order, coached.step, coached.habits, lanes.habit, coached.session,
                lanes.known[PRESSED],
            )  # fmt: skip
        of_week = week - row.program.clock.warmup_weeks
        if of_week >= 0 and row.detail.session.shape[0] > 0:
            coaching.detail_coaching(
                self._reps, self._bits, self._size, of_week, coached.session, coached.habits, row.detail.session,
                row.detail.habits,
            )  # fmt: skip

    def _score(self, week: int) -> None:
        """Fill whom a session would help, and on which step, by the manager's rule."""
        memory, law, coached = self._memory, self._coaching, self._memory.coached
        base, where = self._row.program.rates.base, (self._reps, self._bits, self._size)
        coaching.score_lanes(
            self._reps, self._bits, self._size, week, *self._row.people, len(base) - 1, memory.persons, coached.score,
            coached.step, coached.order,
        )  # fmt: skip
        if law.rule == RESULT:
            coaching.score_by_result(*where, week, law.window, memory.persons, coached.revenue, coached.score)
        elif law.rule == PROCESS:
            coaching.score_by_process(
                *where, week, law.window, base, memory.persons, coached.decided, coached.passed, coached.score,
                coached.step,
            )  # fmt: skip
        elif law.rule == ORACLE:
            own = memory.owns[:, :, week].transpose(1, 0, 2).reshape(len(base), -1)
            coaching.score_by_truth(
                *where, law.prone, law.factor, np.ascontiguousarray(own), memory.lanes.person, coached.habits,
                coached.score, coached.step,
            )  # fmt: skip

    def count_calls(self, week: int, made: np.ndarray) -> None:
        """Count the calls of a week as decisions of step 1."""
        if self._memory.coached.decided.shape[1] > 0:
            self._memory.coached.decided[1, week] += made

    def count_bookings(self, week: int, bookings: np.ndarray) -> None:
        """Count the bookings of a week as successes of step 1."""
        if self._memory.coached.passed.shape[1] > 0:
            self._memory.coached.passed[1, week] += bookings
