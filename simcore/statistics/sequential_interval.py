"""When a figure is precise enough: a rule that looks more than once and still covers what it promises.

To stop as soon as an interval looks narrow is wrong: a sample that by chance varies little stops early, and one of
skewed values that varies little has a low mean, too (Chow and Robbins 1965 is right only in the limit). The rule here
is sampling in stages (Stein 1945, Hall 1981):

1. *Stages.* From `FIRST` replications on, each stage asks the spread alone how many replications are needed, and goes
   at most half of the way, or to four times what there is. Unless all is there already, nothing is decided.
2. *A look.* Once the way is clear, the run goes to the number that is needed, with a reserve for what the spread itself
   is not known. There the interval is compared with the stated precision. An interval at a number of
   replications that depends on the spread alone still covers (Anscombe 1952).
3. *More looks.* If it is too wide after all, the run goes on. Look j has the level alpha (1 - s) s^(j - 1), s being
   `SPENT_LATER`: together they miss with a probability of at most alpha, whichever is the last (Bonferroni).

The interval that is told is that of the last look at its own level, so somewhat wider than an ordinary one of the same
replications. A run that a limit ended looks where it stands.

Two guards where the normal limit is late. The mean of skewed values is not looked at before 50 times the squared
skewness of replications (Cochran 1977 asks for 25). A share has Agresti and Coull's interval (1998), with the
number of replications that independent windows would make of its spread (Korn and Graubard 1998); a difference of
shares by pseudo-observations on both sides of zero, after Agresti and Min (2005).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, inf, isfinite, sqrt
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simcore.numerics.normal import normal_quantile
from simcore.numerics.quantiles import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.precision_goal import Target

Floats = NDArray[np.float64]

FIRST = 256
"""Replications of the first stage."""
SPENT_LATER = 0.2
"""Share of the remaining probability of a miss that each look leaves to later ones."""
GROWTH = 4
"""Largest ratio of the replications of a stage to those of the stage before."""
RESERVE = 1.645
"""Standard errors by which the estimated spread is enlarged to place a look."""
LEAST_RESERVE = 0.01
"""The least reserve, as a share of the replications needed."""
SKEWNESS_GUARD = 50.0
"""Replications before a look, over the squared skewness."""
STEP = 64
"""Stages end at multiples of this number of replications."""
CHUNK = 4096


class SampleMoments(NamedTuple):
    """A sample's size, mean, and sums of powers of the deviations from it."""

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0
    m3: float = 0.0
    m4: float = 0.0
    differing: int = 0
    """Values that are not zero."""

    def __add__(self, other: tuple[object, ...]) -> SampleMoments:
        """Return the moments of both samples together (Pébay 2008)."""
        if not isinstance(other, SampleMoments):
            return NotImplemented
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        a, b, n = float(self.n), float(other.n), float(self.n + other.n)
        d = other.mean - self.mean
        m2 = self.m2 + other.m2 + d * d * a * b / n
        m3 = self.m3 + other.m3 + d**3 * a * b * (a - b) / n**2 + 3.0 * d * (a * other.m2 - b * self.m2) / n
        m4 = self.m4 + other.m4 + d**4 * a * b * (a * a - a * b + b * b) / n**3
        m4 += 6.0 * d * d * (a * a * other.m2 + b * b * self.m2) / n**2 + 4.0 * d * (a * other.m3 - b * self.m3) / n
        mean = self.mean + d * b / n
        return SampleMoments(self.n + other.n, mean, m2, m3, m4, self.differing + other.differing)

    @property
    def variance(self) -> float:
        """The sample variance; 0 of one value."""
        return self.m2 / (self.n - 1) if self.n > 1 else 0.0

    @property
    def skewness(self) -> float:
        """The skewness; 0 where nothing varies."""
        return sqrt(self.n) * self.m3 / self.m2**1.5 if self.m2 > 0.0 else 0.0

    @property
    def kurtosis(self) -> float:
        """The fourth standardised moment, at least 1; that of a normal sample where nothing varies."""
        return max(1.0, self.n * self.m4 / self.m2**2) if self.m2 > 0.0 else 3.0


def moments_of(values: Floats) -> SampleMoments:
    """Return the moments of a sample.

    Examples
    --------
    >>> moments_of(np.array([0.0, 2.0, 4.0])).variance
    4.0
    >>> moments_of(np.array([0.0, 2.0])) + moments_of(np.array([4.0])) == moments_of(np.array([0.0, 2.0, 4.0]))
    True
    """
    if len(values) == 0:
        return SampleMoments()
    mean = float(values.mean())
    d = values - mean
    squares = d * d
    m2, m3, m4 = float(squares.sum()), float((squares * d).sum()), float((squares * squares).sum())
    # Equal values whose mean is rounded do not vary.
    flat = bool((values == values[0]).all())
    mean, m2, m3, m4 = (float(values[0]), 0.0, 0.0, 0.0) if flat else (mean, m2, m3, m4)
    return SampleMoments(len(values), mean, m2, m3, m4, int(np.count_nonzero(values)))


class RunningMoments:
    """A growing sample of which only the moments are kept; the same bits however it is cut into pieces."""

    def __init__(self) -> None:
        self._whole = SampleMoments()
        self._rest: Floats = np.zeros(0)

    def add(self, values: Floats) -> None:
        """Add values, in order."""
        rest = np.concatenate([self._rest, values])
        whole = len(rest) // CHUNK * CHUNK
        for first in range(0, whole, CHUNK):
            self._whole += moments_of(rest[first : first + CHUNK])
        self._rest = rest[whole:]

    def moments(self) -> SampleMoments:
        """Return the moments of all values so far."""
        return self._whole + moments_of(self._rest)


class Reading(NamedTuple):
    """A figure and its interval, at some number of replications and some level."""

    estimate: float
    low: float
    high: float
    scale: float
    """The value that a half-width in per cent is a percentage of."""
    slack: float = 0.0
    """Relative standard error of the variance behind the interval."""
    least: float = 0.0
    """Replications below which the interval is not to be trusted."""

    @property
    def half_width(self) -> float:
        """The distance of the farther end."""
        return max(self.high - self.estimate, self.estimate - self.low)


class Readable(Protocol):
    """An estimate that a precision can be stated for: it can be read at any time, at any level."""

    def read(self, miss: float) -> Reading:
        """Return the figure with an interval that misses with probability ``miss``."""
        ...


def read_mean(sample: SampleMoments, miss: float, scale: float | None = None) -> Reading:
    """Return a mean with its t interval; half-widths in per cent are percentages of ``scale`` (default: the mean)."""
    size = abs(sample.mean) if scale is None else scale
    if sample.n < 2:
        return Reading(sample.mean, -inf, inf, size)
    reach = t_quantile(1.0 - miss / 2.0, sample.n - 1) * sqrt(sample.variance / sample.n)
    return Reading(sample.mean, sample.mean - reach, sample.mean + reach, size, _slack(sample), _guard(sample))


def read_share(sample: SampleMoments, miss: float) -> Reading:
    """Return the mean of values from 0 to 1 with the interval of Agresti and Coull.

    Examples
    --------
    A thousand times nothing does not mean never:

    >>> reading = read_share(moments_of(np.zeros(1000)), 0.05)
    >>> reading.low, round(reading.high, 4)
    (0.0, 0.0046)
    """
    n, p = sample.n, sample.mean
    if n < 2:
        return Reading(p, 0.0, 1.0, abs(p))
    # So many windows, if independent, would spread as a replication does.
    windows = max(1.0, p * (1.0 - p) / sample.variance) if sample.variance > 0.0 else 1.0
    z = normal_quantile(1.0 - miss / 2.0)
    size = n * windows + z * z
    centre = (p * n * windows + z * z / 2.0) / size
    reach = z * sqrt(centre * (1.0 - centre) / size)
    # Rarer and larger than the hits of so many windows: worlds in which many windows are hit together.
    least = _guard(sample, (1.0 - 2.0 * p) ** 2 / (windows * p * (1.0 - p)) if 0.0 < p < 1.0 else 0.0)
    low, high = max(0.0, min(p, centre - reach)), min(1.0, max(p, centre + reach))
    return Reading(p, low, high, abs(p), _slack(sample), least)


def read_difference(sample: SampleMoments, miss: float, scale: float) -> Reading:
    """Return the mean of paired differences of shares with its interval.

    As many pseudo-observations as Agresti and Coull's, half of them on each side of zero, each as large as those pairs
    that differ are on average.
    """
    n, mean = sample.n, sample.mean
    if n < 2:
        return Reading(mean, -1.0, 1.0, scale)
    z = normal_quantile(1.0 - miss / 2.0)
    squares = sample.m2 + n * mean * mean
    typical = squares / sample.differing if sample.differing else 1.0
    spread = (sample.m2 + z * z * typical / 2.0) / n
    reach = t_quantile(1.0 - miss / 2.0, n - 1) * sqrt(spread / n)
    # Pairs that differ seldom, but all by as much, are what the pseudo-observations are for.
    fourth = sample.m4 + 4.0 * sample.m3 * mean + 6.0 * sample.m2 * mean**2 + n * mean**4
    alike = squares**2 / (sample.differing * fourth) if fourth > 0.0 else 1.0
    least = _guard(sample, n / max(1, sample.differing) * alike**2)
    return Reading(mean, max(-1.0, mean - reach), min(1.0, mean + reach), scale, _slack(sample), least)


def _guard(sample: SampleMoments, known: float = 0.0) -> float:
    """Return the least replications for the skewness of a sample; ``known`` of its square is seen to otherwise."""
    return SKEWNESS_GUARD * max(0.0, sample.skewness**2 - known)


def _slack(sample: SampleMoments) -> float:
    return sqrt((sample.kurtosis - 1.0) / sample.n)


def allowed(target: Target, reading: Reading) -> float:
    """Return the half-width that a figure may have, in its own unit."""
    return target.half_width * reading.scale if target.relative else target.half_width


def is_met(target: Target, reading: Reading, n: int) -> bool:
    """Return whether the interval of n replications is narrow enough; a percentage of zero never is."""
    width = allowed(target, reading)
    return width > 0.0 and reading.half_width <= width and n >= reading.least


def needed(target: Target, reading: Reading, n: int) -> float:
    """Return about how many replications are needed for the precision, judging by the interval of n replications."""
    width = allowed(target, reading)
    return max(reading.least, n * (reading.half_width / width) ** 2) if width > 0.0 else inf


@dataclass
class SequentialRule:
    """The sequential stopping rule of a run, see the module: what is decided so far; each stage ends with `advance`."""

    targets: Sequence[Target]
    most: int
    """Replications at which the run ends, precise or not."""
    first: int = FIRST
    """Replications of the first stage."""
    unseen: int | None = None
    """Replications at which it ends if a share of a figure must be known of which nothing was seen; see `Goal`."""
    looks: int = 0
    """Looks that were too wide; of a run that has ended, not counting its last look."""
    goal: int = field(init=False)
    """Replications at the end of the stage."""
    deciding: bool = False
    """Whether a look is taken at the end of the stage."""
    expected: int = field(init=False)
    """Replications that the whole run is expected to take."""

    def __post_init__(self) -> None:
        """Begin with the first stage."""
        self.goal = self.expected = min(self.first, self.most)

    def miss(self, target: Target) -> float:
        """Return the level of the next look: the probability that its interval misses."""
        return (1.0 - target.confidence) * (1.0 - SPENT_LATER) * SPENT_LATER**self.looks

    def advance(self, figures: Sequence[Readable]) -> bool:
        """End a stage of ``goal`` replications; return whether there is another one."""
        readings = self.read(figures)
        n = self.goal
        met = all(is_met(target, reading, n) for target, reading in zip(self.targets, readings, strict=True))
        if met or n >= self.most or (self._sees_nothing(readings) and n >= self._end_unseen):
            return False
        if self.deciding:
            self.looks += 1
            readings = self.read(figures)
        self._plan(readings)
        return True

    def read(self, figures: Sequence[Readable]) -> list[Reading]:
        """Return every figure with its interval at the level of the next look."""
        return [figure.read(self.miss(target)) for target, figure in zip(self.targets, figures, strict=True)]

    @property
    def _end_unseen(self) -> int:
        return self.most if self.unseen is None else min(self.most, self.unseen)

    def _sees_nothing(self, readings: Sequence[Reading]) -> bool:
        """Return whether a share must be known of what was 0 in all replications so far."""
        return any(not allowed(target, reading) for target, reading in zip(self.targets, readings, strict=True))

    def _plan(self, readings: Sequence[Reading]) -> None:
        n = self.goal
        if self._sees_nothing(readings):
            self.deciding = False
            self.expected = self._end_unseen
            self.goal = _stepped(min(GROWTH * n, self.expected), n, self.most)
            return
        pairs = list(zip(self.targets, readings, strict=True))
        need = max(needed(target, reading, n) for target, reading in pairs)
        self.expected = min(self.most, ceil(need)) if isfinite(need) else self.most
        if need > 2 * n:
            self.deciding = False
            self.goal = _stepped(min(GROWTH * n, need / 2.0), n, self.most)
            return
        reserve = max(
            needed(target, reading, n)
            * (1.0 + max(LEAST_RESERVE, RESERVE * reading.slack * sqrt(max(0.0, 1.0 - n / need))))
            for target, reading in pairs
        )
        self.deciding = True
        self.goal = _stepped(reserve, n, self.most)
        self.expected = self.goal


def _stepped(need: float, n: int, most: int) -> int:
    """Return the replications at the end of the next stage: a multiple of `STEP` above n, at most ``most``."""
    goal = most if need >= most else ceil(need / STEP) * STEP
    return min(most, max(goal, n + STEP))
