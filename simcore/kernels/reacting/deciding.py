"""A decision of all lanes: the signals that they hear, the levels of their drives, and how they respond."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import kernel, uint64
from simcore.kernels.reacting.breaches import (
    LEVEL,
    MAX_ACTIVITY,
    MAX_LEVEL,
    MAX_REFERRALS,
    MAX_RESPONSE,
    NO_BREACH,
    TOO_ACTIVE,
    TOO_MANY_REFERRALS,
    TOO_RESPONSIVE,
)  # fmt: skip
from simcore.program.layout import CURVE, HIGH, LEAST, LOW, MOST, SLOPE

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def begin_persons(
    n: int, hour: int, starts: Bytes, level: Floats, response: Floats, mark: Longs, unanswered: Longs, carry: Longs
) -> None:
    """Start the new persons of a week: levels 0, responses 1, and nothing remembered.

    ``level``: float64[drives, lanes]; ``response``: float64[channels, lanes]; the others by lane.
    """
    for s in range(n):
        if starts[s] > 0:
            mark[s], unanswered[s], carry[s] = hour, 0, 0
    for drive in range(level.shape[0]):
        for s in range(n):
            level[drive, s] = 0.0 if starts[s] > 0 else level[drive, s]
    for channel in range(response.shape[0]):
        for s in range(n):
            response[channel, s] = 1.0 if starts[s] > 0 else response[channel, s]


@kernel
def who_decides(n: int, new_week: bool, person: Integers, starts: Bytes, decides: Bytes) -> None:
    """Mark the lanes that decide: those of somebody who does not begin in this hour."""
    for s in range(n):
        decides[s] = person[s] >= 0 and not (new_week and starts[s] > 0)


@kernel
def hear_quota(
    n: int, elapsed: float, quota: float, booked: Longs, behind: Floats, ahead: Floats, deadline: Floats
) -> None:
    """Fill the signals that compare what is booked with the quota; ``elapsed``: the share of the period."""
    for s in range(n):
        gap = elapsed - float(booked[s]) / quota
        behind[s] = max(0.0, gap)
        ahead[s] = max(0.0, -gap)
        deadline[s] = behind[s] * elapsed


@kernel
def hear_own_quota(
    n: int, elapsed: float, quota: Floats, booked: Longs, behind: Floats, ahead: Floats, deadline: Floats
) -> None:
    """Fill the same signals where quotas differ: ``quota``, float64[lanes]; 0: none, and nothing is heard."""
    for s in range(n):
        gap = elapsed - float(booked[s]) / quota[s] if quota[s] > 0.0 else 0.0
        behind[s] = max(0.0, gap)
        ahead[s] = max(0.0, -gap)
        deadline[s] = behind[s] * elapsed


@kernel
def hear_unlike_peers(reps: int, bits: int, quota: Floats, person: Integers, booked: Longs, peers: Floats) -> None:
    """Fill the signal that compares one's share of the quota with the mean share of the held seats that have one."""
    size = 1 << bits
    for r in range(size):
        total, seats = 0.0, 0
        for rep in range(reps):
            s = uint64((rep << bits) + r)
            if quota[s] > 0.0 and person[s] >= 0:
                total += float(booked[s]) / quota[s]
                seats += 1
        for rep in range(reps):
            s = uint64((rep << bits) + r)
            own = float(booked[s]) / quota[s] if quota[s] > 0.0 else 0.0
            peers[s] = max(0.0, total / float(seats) - own) if quota[s] > 0.0 and seats > 0 else 0.0


@kernel
def hear_peers(reps: int, bits: int, quota: float, booked: Longs, team: Longs, peers: Floats) -> None:
    """Fill the signal that compares what is booked with the mean of the team."""
    size = 1 << bits
    for r in range(size):
        team[r] = 0
    for rep in range(reps):
        for r in range(size):
            team[r] += booked[uint64((rep << bits) + r)]
    for rep in range(reps):
        for r in range(size):
            s = uint64((rep << bits) + r)
            peers[s] = max(0.0, (float(team[r]) / float(reps) - float(booked[s])) / quota)


@kernel
def hear_surprise(n: int, planned: int, call_value: float, result: Longs, surprise: Floats) -> None:
    """Fill the signal that compares the result of an interval with that of its planned calls."""
    expected = float(planned) * call_value
    for s in range(n):
        surprise[s] = (float(result[s]) - expected) / expected if planned > 0 else 0.0


@kernel
def hear_dry_spell(n: int, hour: int, between_wins: float, mark: Longs, dry_spell: Floats) -> None:
    """Fill the signal of the hours since the last deal."""
    for s in range(n):
        dry_spell[s] = max(0.0, float(hour - mark[s]) / between_wins - 1.0)


@kernel
def hear_rejections(n: int, rate: float, unanswered: Longs, rejections: Floats) -> None:
    """Fill the signal of the calls since the last booking."""
    for s in range(n):
        rejections[s] = max(0.0, float(unanswered[s]) * rate - 1.0)


@kernel
def hear_overwork(n: int, activity: Floats, overwork: Floats) -> None:
    """Fill the signal of the activity of the last interval."""
    for s in range(n):
        overwork[s] = max(0.0, activity[s] - 1.0)


@kernel
def hear_coach(n: int, pressure: float, begins: bool, pressed: Longs, coach: Floats) -> None:
    """Fill the signal of a session on the result, heard at the first decision of its week."""
    for s in range(n):
        coach[s] = pressure if begins and pressed[s] > 0 else 0.0


@kernel
def hear_surprised(n: int, ended: Longs, surprises: Longs, surprised: Floats) -> None:
    """Fill the signal of the share of surprises in the deals that ended in an interval."""
    for s in range(n):
        surprised[s] = float(surprises[s]) / float(ended[s]) if ended[s] > 0 else 0.0


@kernel
def update_levels(
    n: int, memory: Floats, bounds: Floats, first_gain: Longs, gain_signal: Longs, gain: Floats, decides: Bytes,
    signal: Floats, x: Floats, level: Floats,
) -> None:  # fmt: skip
    """Update the levels of the lanes that decide; ``x``: float64[lanes], room to work; for the rest see `Reaction`."""
    for drive in range(level.shape[0]):
        for s in range(n):
            x[s] = memory[drive] * level[drive, s]
        for i in range(first_gain[drive], first_gain[drive + 1]):
            heard = signal[gain_signal[i]]
            for s in range(n):
                x[s] = x[s] + gain[i] * heard[s]
        low, high = bounds[drive, LOW], bounds[drive, HIGH]
        for s in range(n):
            level[drive, s] = min(max(x[s], low), high) if decides[s] > 0 else level[drive, s]


@kernel
def respond(
    n: int, change_drive: Longs, change_channel: Longs, change: Floats, decides: Bytes, level: Floats, response: Floats
) -> None:
    """Work out the responses of the lanes that decide from their levels."""
    for i in range(change_channel.shape[0]):
        # What nothing changes is 1 from the start.
        out = response[change_channel[i]]
        for s in range(n):
            out[s] = 1.0 if decides[s] > 0 else out[s]
    for i in range(change_drive.shape[0]):
        x, out = level[change_drive[i]], response[change_channel[i]]
        slope, curve, least, most = change[i, SLOPE], change[i, CURVE], change[i, LEAST], change[i, MOST]
        for s in range(n):
            wanted = 1.0 + slope * x[s] + curve * (x[s] * x[s])
            out[s] = out[s] * min(max(wanted, least), most) if decides[s] > 0 else out[s]


@kernel
def find_breach(
    reps: int, bits: int, size: int, referral_rate: float, referral_channel: int, level: Floats,
    response: Floats, what: Longs, figure: Floats,
) -> None:  # fmt: skip
    """Find the first replication, and its first seat, in which a decision exceeds a limit, if there is one.

    ``what``: int64[3], the limit, the replication in the row, the seat; ``figure``: float64[1], what is too large.
    """
    what[0] = NO_BREACH
    for r in range(size):
        for rep in range(reps):
            s = uint64((rep << bits) + r)
            for drive in range(level.shape[0]):
                if abs(level[drive, s]) > MAX_LEVEL:
                    what[0], figure[0] = LEVEL, level[drive, s]
                    break
            if what[0] == NO_BREACH and response[0, s] > MAX_ACTIVITY:
                what[0], figure[0] = TOO_ACTIVE, response[0, s]
            if what[0] == NO_BREACH and response[1, s] > MAX_RESPONSE:
                what[0], figure[0] = TOO_RESPONSIVE, response[1, s]
            if what[0] == NO_BREACH and referral_rate * response[referral_channel, s] > MAX_REFERRALS:
                what[0], figure[0] = TOO_MANY_REFERRALS, referral_rate * response[referral_channel, s]
            if what[0] != NO_BREACH:
                what[1], what[2] = r, rep
                return


@kernel
def count_breaches(n: int, referral_rate: float, referral_channel: int, level: Floats, response: Floats) -> int:
    """Return how many numbers of all lanes exceed a limit, see `find_breach`: a sum, which is a loop of vectors."""
    found = 0
    for drive in range(level.shape[0]):
        for s in range(n):
            found += abs(level[drive, s]) > MAX_LEVEL
    for s in range(n):
        found += response[0, s] > MAX_ACTIVITY
        found += response[1, s] > MAX_RESPONSE
    for s in range(n if referral_rate > 0.0 else 0):
        found += referral_rate * response[referral_channel, s] > MAX_REFERRALS
    return found
