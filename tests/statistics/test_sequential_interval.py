"""The stopping rule covers what it promises; the naive one does not.

Every repetition is a whole run of the rule on numbers of its own, without the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore.numerics.quantiles import t_quantile
from simcore.scenario.precision_goal import Target, parse_target
from simcore.statistics.intervals import Z975
from simcore.statistics.sequential_interval import (
    CHUNK,
    FIRST,
    Reading,
    RunningMoments,
    SampleMoments,
    SequentialRule,
    is_met,
    moments_of,
    needed,
    read_difference,
    read_mean,
    read_share,
)
from simcore.variance_reduction.run_to_precision import FIRST_STAGE, WORLDS
from tests.support.statistical import DeviationError, check_share_at_least

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]
Read = Callable[[SampleMoments, float], Reading]

REPETITIONS = 2500
ALLOWED = 0.01
"""Coverage may be so much below the nominal."""


class Fed:
    """A figure that is the mean of what it is fed with."""

    def __init__(self, read: Read) -> None:
        self.sample = RunningMoments()
        self._read = read

    def read(self, miss: float) -> Reading:
        return self._read(self.sample.moments(), miss)


def run_to(
    target: Target, read: Read, draw: Draw, rng: np.random.Generator, most: int = 10**7, first: int = FIRST
) -> tuple[Reading, int]:
    """Return what the rule tells at its end, and the replications."""
    figure = Fed(read)
    rule = SequentialRule([target], most, first)
    done = 0
    while True:
        figure.sample.add(draw(rng, rule.goal - done))
        done = rule.goal
        if not rule.advance([figure]):
            return figure.read(rule.miss(target)), done


def lognormal_sums(sigma: float, terms: int) -> tuple[Draw, float]:
    """Return sums of independent log-normal values with median 1, and their mean."""
    return (
        lambda rng, n: np.exp(sigma * rng.standard_normal((n, terms))).sum(axis=1),
        terms * exp(sigma**2 / 2.0),
    )


def bernoulli(p: float) -> tuple[Draw, float]:
    return (lambda rng, n: (rng.random(n) < p).astype(np.float64)), p


def quota_shares(p: float, windows: int) -> tuple[Draw, float]:
    """Return shares of windows that hang together, as reps under a market do: the chance varies between worlds."""
    return (lambda rng, n: rng.binomial(windows, rng.beta(4.0 * p, 4.0 * (1.0 - p), n)) / windows), p


def differences(gain: float, loss: float) -> tuple[Draw, float]:
    """Return paired differences of two Bernoulli values: 1, -1 or 0."""

    def draw(rng: np.random.Generator, n: int) -> Floats:
        u = rng.random(n)
        return (u < gain).astype(np.float64) - (u > 1.0 - loss)

    return draw, gain - loss


def team_differences(p: float, windows: int, share: float) -> tuple[Draw, float]:
    """Return differences between shares of windows of which few worlds have many: a share of them is lost."""

    def draw(rng: np.random.Generator, n: int) -> Floats:
        chance = rng.beta(p, 1.0 - p, n)
        return (rng.binomial(windows, chance) - rng.binomial(windows, chance * (1.0 - share))) / windows

    return draw, p * share


def difference(sample: SampleMoments, miss: float) -> Reading:
    return read_difference(sample, miss, 1.0)


CASES: dict[str, tuple[str, Read, tuple[Draw, float]]] = {
    "sums of 12 log-normal values": ("revenue=4%", read_mean, lognormal_sums(1.0, 12)),
    "sums of 3 log-normal values": ("revenue=5%", read_mean, lognormal_sums(1.0, 3)),
    "single log-normal values": ("revenue=8%", read_mean, lognormal_sums(1.0, 1)),
    "sums to 90 %": ("revenue=3%@0.9", read_mean, lognormal_sums(0.8, 4)),
    "P(quota) near a half": ("p_quota=0.03", read_share, bernoulli(0.55)),
    "P(quota) that is small": ("p_quota=0.01", read_share, bernoulli(0.01)),
    "P(quota) that is rare": ("p_quota=0.005", read_share, bernoulli(0.001)),
    "P(quota) of a team's windows": ("p_quota=0.02", read_share, quota_shares(0.3, 40)),
    "P(quota) of rare windows": ("p_quota=0.005@0.99", read_share, quota_shares(0.01, 40)),
    "differences, many": ("p_quota=0.03", difference, differences(0.3, 0.25)),
    "differences, few": ("p_quota=0.01", difference, differences(0.02, 0.01)),
    "differences of a team's windows": ("p_quota=0.003", difference, team_differences(0.02, 40, 0.2)),
    "differences, none but rare": ("p_quota=0.005", difference, differences(0.002, 0.001)),
}


def coverage(name: str, repetitions: int = REPETITIONS) -> tuple[int, list[int]]:
    """Return how many of the runs held the truth, and the replications of each."""
    text, read, (draw, truth) = CASES[name]
    target = parse_target(text)
    rng = np.random.default_rng([2026, *name.encode()])
    held, sizes = 0, []
    for _ in range(repetitions):
        reading, n = run_to(target, read, draw, rng)
        assert is_met(target, reading, n)
        held += reading.low <= truth <= reading.high
        sizes.append(n)
    return held, sizes


def test_means_of_batches_cover_from_a_shorter_first_stage_on() -> None:
    target, (draw, truth) = parse_target("revenue=2%"), lognormal_sums(1.0, WORLDS)
    rng, held = np.random.default_rng(64), 0
    for _ in range(REPETITIONS):
        reading, _ = run_to(target, read_mean, draw, rng, first=FIRST_STAGE)
        held += reading.low <= truth <= reading.high
    check_share_at_least("means of batches", held, REPETITIONS, 0.95 - ALLOWED, detect=0.05)


@pytest.mark.parametrize("name", CASES)
def test_the_interval_at_the_end_covers(name: str) -> None:
    held, _ = coverage(name)
    floor = parse_target(CASES[name][0]).confidence - ALLOWED
    check_share_at_least(f"coverage, {name}", held, REPETITIONS, floor, detect=0.06)
    assert held >= floor * REPETITIONS, "and so does the sample itself"


def naive(target: Target, draw: Draw, rng: np.random.Generator) -> Reading:
    """Stop as soon as the ordinary 95 % interval looks narrow, looking after every ten values."""
    values = draw(rng, 10)
    while True:
        reach = Z975 * values.std(ddof=1) / sqrt(len(values))
        reading = Reading(values.mean(), values.mean() - reach, values.mean() + reach, abs(values.mean()))
        if reading.half_width <= target.half_width * (reading.scale if target.relative else 1.0):
            return reading
        values = np.concatenate([values, draw(rng, 10)])


@pytest.mark.parametrize(
    ("text", "world", "most"),
    [
        ("revenue=20%", lognormal_sums(1.0, 1), 0.92),
        ("revenue=15%", lognormal_sums(1.5, 4), 0.92),
        ("p_quota=0.05", bernoulli(0.03), 0.85),
        ("p_quota=0.05", differences(0.03, 0.0), 0.85),
    ],
)
def test_the_naive_rule_does_not_cover(text: str, world: tuple[Draw, float], most: float) -> None:
    target, (draw, truth) = parse_target(text), world
    rng = np.random.default_rng(7)
    readings = [naive(target, draw, rng) for _ in range(2000)]
    held = sum(reading.low <= truth <= reading.high for reading in readings)
    assert held / 2000 < most
    with pytest.raises(DeviationError):
        check_share_at_least("coverage of the naive rule", held, 2000, 0.95 - ALLOWED, detect=0.06)


def test_the_price_of_looking_is_small() -> None:
    _, sizes = coverage("P(quota) near a half", 200)
    fixed = 0.55 * 0.45 * (Z975 / 0.03) ** 2
    assert np.mean(sizes) < 1.3 * fixed


def test_a_limit_ends_it_and_tells_what_was_reached() -> None:
    draw, truth = bernoulli(0.5)
    target = parse_target("p_quota=0.001")
    reading, n = run_to(target, read_share, draw, np.random.default_rng(1), most=3000)
    assert n == 3000
    assert not is_met(target, reading, n)
    assert reading.low < truth < reading.high
    assert needed(target, reading, n) == pytest.approx((Z975 / 0.002) ** 2, rel=0.2)


def test_several_targets_end_together_and_each_is_met() -> None:
    rng = np.random.default_rng(3)
    targets = [parse_target("revenue=2%"), parse_target("p_quota=0.02@0.99")]
    figures = [Fed(read_mean), Fed(read_share)]
    rule = SequentialRule(targets, 10**6)
    done = 0
    while True:
        values = lognormal_sums(0.5, 4)[0](rng, rule.goal - done)
        figures[0].sample.add(values)
        figures[1].sample.add((values > 5.0).astype(np.float64))
        done = rule.goal
        if not rule.advance(figures):
            break
    assert all(is_met(t, f.read(rule.miss(t)), done) for t, f in zip(targets, figures, strict=True))


def test_all_looks_together_spend_no_more_than_the_confidence_leaves() -> None:
    rule = SequentialRule([], FIRST)
    target = parse_target("p_quota=0.01@0.9")
    spent = 0.0
    for looks in range(60):
        rule.looks = looks
        spent += rule.miss(target)
    assert 0.0999 < spent <= 0.1 + 1e-15


def test_a_percentage_of_nothing_is_never_met_and_a_constant_is_at_once() -> None:
    target = parse_target("revenue=1%")
    assert not is_met(target, read_mean(moments_of(np.zeros(1000)), 0.05), 1000)
    reading = read_mean(moments_of(np.full(300, 0.1)), 0.05)
    assert (reading.low, reading.high) == (0.1, 0.1)
    assert is_met(target, reading, 300)


def test_one_value_says_nothing() -> None:
    one = moments_of(np.array([0.5]))
    for reading in (read_mean(one, 0.05), read_share(one, 0.05), read_difference(one, 0.05, 1.0)):
        assert not is_met(parse_target("p_quota=0.4"), reading, 1)


@pytest.mark.parametrize("cuts", [[1] * 9000, [9000], [5000, 4000], [CHUNK, 1, 4903], [4097, 4903]])
def test_a_sample_is_the_same_to_the_last_bit_however_it_is_cut(cuts: list[int]) -> None:
    values = np.random.default_rng(2).lognormal(size=9000)
    whole, parts = RunningMoments(), RunningMoments()
    whole.add(values)
    first = 0
    for size in cuts:
        parts.add(values[first : first + size])
        first += size
    assert parts.moments() == whole.moments()


def test_moments_are_those_of_scipy() -> None:
    values = np.random.default_rng(4).lognormal(size=5000)
    sample = RunningMoments()
    sample.add(values)
    moments = sample.moments()
    assert moments.n == 5000
    assert moments.mean == pytest.approx(values.mean(), rel=1e-12)
    assert moments.variance == pytest.approx(values.var(ddof=1), rel=1e-12)
    assert moments.skewness == pytest.approx(stats.skew(values), rel=1e-10)
    assert moments.kurtosis == pytest.approx(stats.kurtosis(values, fisher=False), rel=1e-10)


@pytest.mark.parametrize("degrees", [31, 255, 10**6])
@pytest.mark.parametrize("p", [0.9, 0.975, 0.996, 0.9992])
def test_t_quantiles_are_those_of_scipy(p: float, degrees: int) -> None:
    assert t_quantile(p, degrees) == pytest.approx(stats.t.ppf(p, degrees), rel=2e-4)


def test_the_interval_of_a_share_is_that_of_agresti_and_coull() -> None:
    hits, n, z = 7, 400, stats.norm.isf(0.025)
    reading = read_share(moments_of(np.repeat([1.0, 0.0], [hits, n - hits])), 0.05)
    size = n + z * z
    p = (hits + z * z / 2) / size
    assert reading.low == pytest.approx(p - z * sqrt(p * (1 - p) / size), rel=0.01)
    assert reading.high == pytest.approx(p + z * sqrt(p * (1 - p) / size), rel=0.01)
