"""How far a strategy can go: the largest response of a channel that its drives can have.

Kernels leave out what such a bound shows to come to nothing. So it decides what is worked out, never a result.
"""

from __future__ import annotations

from math import copysign, inf

from simcore.program.layout import CURVE, HIGH, LOW, MOST, SLOPE, Reaction
from simcore.scenario.signals import BEHIND, DEADLINE, SURPRISE

ROUNDING = 1e-9
"""More than what rounding can add to a response, as a share of it."""


def largest_response(reaction: Reaction, channel: int) -> float:
    """Return a bound of the responses of a channel, at least 1: nobody's response is larger, whatever happens."""
    largest = 1.0
    for i, (drive, changed) in enumerate(zip(reaction.change_drive, reaction.change_channel, strict=True)):
        if changed == channel:
            change = reaction.change[i]
            low, high = level_range(reaction, int(drive))
            wanted = _largest_value(float(change[SLOPE]), float(change[CURVE]), low, high)
            # Who has not decided yet responds with 1, whatever the limits.
            largest *= max(1.0, min(wanted, float(change[MOST])))
    return largest * (1.0 + ROUNDING)


def level_range(reaction: Reaction, drive: int) -> tuple[float, float]:
    """Return the least and the largest level that a drive can have: 0 is between them, nothing may limit them."""
    low = high = 0.0
    for i in range(int(reaction.first_gain[drive]), int(reaction.first_gain[drive + 1])):
        gain, signal = float(reaction.gain[i]), int(reaction.gain_signal[i])
        least, most = _signal_range(signal)
        if gain != 0.0:
            low, high = low + min(gain * least, gain * most), high + max(gain * least, gain * most)
    memory = float(reaction.memory[drive])
    kept = 1.0 - memory
    low, high = (side / kept if kept > 0.0 else side and side * inf for side in (low, high))
    least, most = float(reaction.level[drive, LOW]), float(reaction.level[drive, HIGH])
    return max(low, least), min(high, most)


def _signal_range(signal: int) -> tuple[float, float]:
    if signal in {BEHIND, DEADLINE}:
        return 0.0, 1.0 + ROUNDING
    return (-1.0 - ROUNDING if signal == SURPRISE else 0.0), inf


def _largest_value(slope: float, curve: float, low: float, high: float) -> float:
    """Return the largest value of ``1 + slope x + curve x^2`` between two levels."""
    values = [_value(slope, curve, low), _value(slope, curve, high)]
    if curve < 0.0:
        peak = -slope / (2.0 * curve)
        if low < peak < high:
            values.append(_value(slope, curve, peak))
    return max(values)


def _value(slope: float, curve: float, x: float) -> float:
    if x in (inf, -inf):
        leading = curve or copysign(slope, slope * x)
        return copysign(inf, leading) if leading else 1.0
    return 1.0 + slope * x + curve * (x * x)
