"""Bad habits come and go from week to week, and a manager coaches: all lanes of a row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint64
from simcore.kernels.detail import HIT, REPAIRED
from simcore.random.addresses import COACHING, HABIT, decision, place
from simcore.random.streams import words_at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]

WHOLE_LOSS = 1e300
"""What stands for the loss of a habit that leaves nothing of a rate."""

GRAINS = 1073741824.0
"""A z counts in parts of it, so that the last bits of a mean rate decide nothing."""


@kernel
def change_habits(
    reps: int, bits: int, size: int, week: int, step: int, factor: float, begins: int, onset: int, fade: int,
    number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, person: Integers, starts: Bytes, habits: Longs,
    habit: Floats,
) -> None:  # fmt: skip
    """Draw where the habit at a step begins and ends at the start of a week.

    ``begins``, ``onset``, ``fade``: thresholds, see `simcore.program.layout.Coaching`; ``habits``: int64[lanes], a bit
    a step; ``habit``: float64[lanes], what it leaves of the rate of the step.
    """
    bit, at = int64(1) << step, decision(HABIT, 0, (step - 1) >> 2)
    for rep in range(reps):
        for r in range(size):
            s = uint64((rep << bits) + r)
            has = False
            if person[s] >= 0:
                word = int64(words_at(at, place(rep, week), number + r, flip, k0, k1)[(step - 1) & 3])
                if starts[s] > 0:
                    has = word < begins
                elif habits[s] & bit != 0:
                    has = word < fade
                else:
                    has = word < onset
            habits[s] = (habits[s] | bit) if has else (habits[s] & ~bit)
            habit[s] = factor if has else 1.0


@inlined
def first_seen_week(person: Integers, rep: int, r: int, week: int, window: int) -> int:
    """Return the first week that a manager considers: within the window, and of the person in the seat now."""
    first = week
    while first > 0 and week - first < window and person[rep, first - 1, r] == person[rep, week, r]:
        first -= 1
    return first


@kernel
def score_lanes(
    reps: int, bits: int, size: int, week: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    steps: int, person: Integers, score: Floats, step: Longs, order: Words,
) -> None:  # fmt: skip
    """Begin the choice of a week: no score, a step at random, and the order among equals.

    ``person``: int32[reps, simulated weeks, size]; the others by lane.
    """
    for rep in range(reps):
        for r in range(size):
            s = uint64((rep << bits) + r)
            x = words_at(decision(COACHING, 0, 0), place(rep, week), number + r, flip, k0, k1)
            order[s], score[s] = x[0], 0.0
            step[s] = 1 + ((int64(x[1]) * steps) >> 32)
            if person[rep, week, r] < 0:
                step[s] = 0


@kernel
def score_by_result(
    reps: int, bits: int, size: int, week: int, window: int, person: Integers, revenue: Longs, score: Floats
) -> None:
    """Score by the mean weekly revenue of a person in the window, in cents; infinity without a week in it."""
    for rep in range(reps):
        for r in range(size):
            if person[rep, week, r] < 0:
                continue
            s = uint64((rep << bits) + r)
            first, total = first_seen_week(person, rep, r, week, window), 0
            for seen in range(first, week):
                total += revenue[seen, s]
            score[s] = float(total) / float(week - first) if week > first else np.inf


@kernel
def score_by_process(
    reps: int, bits: int, size: int, week: int, window: int, base: Floats, person: Integers, decided: Longs,
    passed: Longs, score: Floats, step: Longs,
) -> None:  # fmt: skip
    """Score by the step furthest below its base rate in the window, in standard errors; that step has the session."""
    for rep in range(reps):
        for r in range(size):
            if person[rep, week, r] < 0:
                continue
            s = uint64((rep << bits) + r)
            first, least = first_seen_week(person, rep, r, week, window), np.inf
            for each in range(1, base.shape[0]):
                p, n, k = base[each], 0, 0
                for seen in range(first, week):
                    n += decided[each, seen, s]
                    k += passed[each, seen, s]
                z, trials = 0.0, float(n)
                if n > 0 and p < 1.0:
                    z = (float(k) - trials * p) / np.sqrt((trials * p) * (1.0 - p))
                    z = np.floor(z * GRAINS + 0.5) / GRAINS
                if z < least:
                    least = z
                    step[s] = each
            score[s] = least


@kernel
def score_by_truth(
    reps: int, bits: int, size: int, prone: NDArray[np.bool_], factor: Floats, own: Floats, person: Integers,
    habits: Longs, score: Floats, step: Longs,
) -> None:  # fmt: skip
    """Score by minus the largest loss by a habit of a person; the session is on that step, or there is none.

    ``own``: float64[S + 1, lanes], own rates; ``person``: int32[lanes].
    """
    for s in range(reps << bits):
        if person[s] < 0 or (s & ((1 << bits) - 1)) >= size:
            continue
        chance = 1.0
        for each in range(1, prone.shape[0]):
            chance = chance * own[each, s]
            if (habits[s] >> each) & 1 == 1:
                chance = chance * factor[each]
        most = 0.0
        step[s] = 0
        for each in range(1, prone.shape[0]):
            if (habits[s] >> each) & 1 == 1:
                left = factor[each]
                loss = chance * (1.0 / left - 1.0) if left > 0.0 else WHOLE_LOSS
                if loss > most:
                    most = loss
                    step[s] = each
        score[s] = -most


@kernel
def hold_sessions(
    slots: int, presses: bool, reps: int, bits: int, size: int, week: int, repair: int, number: int, flip: np.uint32,
    k0: np.uint32, k1: np.uint32, score: Floats, order: Words, step: Longs, habits: Longs, habit: Floats,
    session: Longs, pressed: Longs,
) -> None:  # fmt: skip
    """Hold the sessions of a week with those of the lowest scores in each replication.

    ``presses``: whether a session is on the result; ``habit``: float64[S + 1, lanes].
    """
    for r in range(size):
        for _ in range(slots):
            best, found = 0, -1
            for rep in range(reps):
                s = (rep << bits) + r
                if step[s] == 0:
                    continue
                if found < 0 or score[s] < score[best] or (score[s] == score[best] and order[s] < order[best]):
                    best, found = s, rep
            if found < 0:
                break
            what = step[best]
            if (habits[best] >> what) & 1 == 1:
                x = words_at(decision(COACHING, 0, 0), place(found, week), number + r, flip, k0, k1)
                on = what
                what += HIT
                if int64(x[2]) < repair:
                    what += REPAIRED
                    habits[best] = habits[best] & ~(int64(1) << on)
                    habit[on, best] = 1.0
            step[best] = 0
            session[best] = what
            pressed[best] = int64(presses)


@kernel
def detail_coaching(
    reps: int, bits: int, size: int, week: int, session: Longs, habits: Longs, sessions: Longs, kept: Longs
) -> None:
    """Record the sessions and habits of a counted week: int64[size, reps, counted weeks] each."""
    for rep in range(reps):
        for r in range(size):
            s = (rep << bits) + r
            sessions[r, rep, week] = session[s]
            kept[r, rep, week] = habits[s]
