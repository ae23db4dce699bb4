"""Bad habits come and go from week to week, and a manager coaches: who has a session, on which step, to what effect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel
from simcore.kernels.reactive.state import PRESSED, Coached, Ledgers
from simcore.kernels.workspace import HIT, REPAIRED
from simcore.kernels.world import word_of_step
from simcore.program.layout import NOBODY, ORACLE, PROCESS, RESULT, Coaching
from simcore.random.addresses import COACHING, HABIT, Stream, decision, place
from simcore.random.streams import words_of

WHOLE_LOSS = 1e300
"""What stands for the loss of a habit that leaves nothing of a rate."""


@kernel
def begin_coached(coached: Coached, at: int) -> None:
    """Reset a seat at the start of a replication: no habits, and nothing observed."""
    coached.habits[at] = 0
    for step in range(coached.factor.shape[1]):
        coached.factor[at, step] = 1.0
        for week in range(coached.decided.shape[2]):
            coached.decided[at, step, week] = 0
            coached.passed[at, step, week] = 0
    for week in range(coached.revenue.shape[1]):
        coached.revenue[at, week] = 0


@inlined
def has_habit(coached: Coached, at: int, step: int) -> bool:
    """Return whether a person has the habit at a step."""
    return (coached.habits[at] >> step) & 1 == 1


@inlined
def set_habit(coaching: Coaching, coached: Coached, at: int, step: int, has: bool) -> None:
    """Give the person in a seat the habit at a step, or end it."""
    bit = int64(1) << step
    coached.habits[at] = (coached.habits[at] | bit) if has else (coached.habits[at] & ~bit)
    coached.factor[at, step] = coaching.factor[step] if has else 1.0


@kernel
def change_habits(
    coaching: Coaching, stream: Stream, ledgers: Ledgers, coached: Coached, rep: int, at: int, week: int
) -> None:
    """Draw which habits of a seat begin and end at the start of a week."""
    person = ledgers.person[at, week]
    starts = week == 0 or ledgers.person[at, week - 1] != person
    for step in range(1, coaching.prone.shape[0]):
        if not coaching.prone[step]:
            continue
        has = has_habit(coached, at, step)
        if person < 0:
            has = False
        else:
            word = int64(word_of_step(stream.key, stream.people, HABIT, rep, week, step))
            if starts:
                has = word < coaching.begins[step]
            elif has:
                has = word < coaching.fade[step]
            else:
                has = word < coaching.onset[step]
        set_habit(coaching, coached, at, step, has)


@inlined
def first_seen_week(ledgers: Ledgers, at: int, week: int, window: int) -> int:
    """Return the first week that a manager considers: within the window, and of the person in the seat now."""
    first = week
    while first > 0 and week - first < window and ledgers.person[at, first - 1] == ledgers.person[at, week]:
        first -= 1
    return first


@kernel
def score_by_result(ledgers: Ledgers, coached: Coached, at: int, week: int, window: int) -> float:
    """Return the mean weekly revenue of a person in the window, in cents; infinity for one without a week in it."""
    first = first_seen_week(ledgers, at, week, window)
    total = int64(0)
    for seen in range(first, week):
        total += coached.revenue[at, seen]
    return float(total) / float(week - first) if week > first else np.inf


@kernel
def score_by_process(
    base: NDArray[np.float64], ledgers: Ledgers, coached: Coached, at: int, week: int, window: int
) -> float:
    """Return the least z of a person's steps in the window; ``coached.step`` becomes that step."""
    first = first_seen_week(ledgers, at, week, window)
    least = np.inf
    for step in range(1, base.shape[0]):
        p = base[step]
        decided, passed = int64(0), int64(0)
        for seen in range(first, week):
            decided += coached.decided[at, step, seen]
            passed += coached.passed[at, step, seen]
        z, n = 0.0, float(decided)
        if decided > 0 and p < 1.0:
            z = (float(passed) - n * p) / np.sqrt((n * p) * (1.0 - p))
        if z < least:
            least = z
            coached.step[at] = step
    return least


@kernel
def score_by_truth(coaching: Coaching, ledgers: Ledgers, coached: Coached, at: int, week: int) -> float:
    """Return minus the largest loss by a habit of a person; ``coached.step`` becomes that step, or 0 without one."""
    person = ledgers.person[at, week]
    chance = 1.0
    for step in range(1, coaching.prone.shape[0]):
        chance = chance * ledgers.own_rate[at, person, step]
        if has_habit(coached, at, step):
            chance = chance * coaching.factor[step]
    most = 0.0
    coached.step[at] = 0
    for step in range(1, coaching.prone.shape[0]):
        if has_habit(coached, at, step):
            left = coaching.factor[step]
            loss = chance * (1.0 / left - 1.0) if left > 0.0 else WHOLE_LOSS
            if loss > most:
                most = loss
                coached.step[at] = step
    return -most


@kernel
def score_seat(
    coaching: Coaching,
    base: NDArray[np.float64],
    stream: Stream,
    ledgers: Ledgers,
    coached: Coached,
    at: int,
    week: int,
) -> None:
    """Give a seat its score, the step that a session would be on, and its place among equals."""
    words = words_of(stream.key, stream.people, decision(COACHING, 0, 0), place(at, week))
    coached.order[at] = words[0]
    coached.step[at] = 1 + ((int64(words[1]) * (base.shape[0] - 1)) >> 32)
    coached.score[at] = 0.0
    if ledgers.person[at, week] < 0:
        coached.step[at] = 0
    elif coaching.rule == RESULT:
        coached.score[at] = score_by_result(ledgers, coached, at, week, coaching.window)
    elif coaching.rule == PROCESS:
        coached.score[at] = score_by_process(base, ledgers, coached, at, week, coaching.window)
    elif coaching.rule == ORACLE:
        coached.score[at] = score_by_truth(coaching, ledgers, coached, at, week)


@inlined
def lowest_score(coached: Coached) -> int:
    """Return the seat with the lowest score among those without a session yet; -1 if there is none."""
    best = -1
    for at in range(coached.score.shape[0]):
        if coached.step[at] == 0:
            continue
        if (
            best < 0
            or coached.score[at] < coached.score[best]
            or (coached.score[at] == coached.score[best] and coached.order[at] < coached.order[best])
        ):
            best = at
    return best


@inlined
def hold_session(coaching: Coaching, stream: Stream, coached: Coached, at: int, week: int) -> None:
    """Hold a session with the person in a seat on the step that was chosen."""
    step = coached.step[at]
    what = step
    if has_habit(coached, at, step):
        what += HIT
        word = words_of(stream.key, stream.people, decision(COACHING, 0, 0), place(at, week))[2]
        if int64(word) < coaching.repair:
            what += REPAIRED
            set_habit(coaching, coached, at, step, False)
    coached.step[at] = 0
    coached.session[at] = what


@kernel
def begin_coached_week(
    coaching: Coaching,
    base: NDArray[np.float64],
    stream: Stream,
    ledgers: Ledgers,
    coached: Coached,
    known: NDArray[np.int64],
    first_rep: int,
    week: int,
) -> None:
    """Update the habits and hold the manager's sessions of a week, in all seats that are simulated together.

    Parameters
    ----------
    coaching, base
        The habits and the manager; the base rates, float64[S + 1].
    stream
        The draws of the replication.
    ledgers, coached, known
        What is remembered of the seats; of ``known`` (`DriveState.known`) only `PRESSED` is set.
    first_rep
        The seat in the first place; with a manager all seats of the team have a place, and it is 0.
    week
        The simulated week that begins.
    """
    places = coached.habits.shape[0]
    for at in range(places):
        change_habits(coaching, stream, ledgers, coached, first_rep + at, at, week)
        coached.session[at], known[at, PRESSED] = 0, 0
    if coaching.rule == NOBODY or week < coaching.first_week:
        return
    for at in range(places):
        score_seat(coaching, base, stream, ledgers, coached, at, week)
    for _ in range(coaching.slots):
        at = lowest_score(coached)
        if at < 0:
            break
        hold_session(coaching, stream, coached, at, week)
        known[at, PRESSED] = int64(coaching.rule == RESULT)
