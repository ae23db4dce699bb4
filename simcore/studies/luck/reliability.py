"""How long until a rep's own results mean something: weights, rankings, two periods of the same reps.

All is within teams, as deviations from the team's figure of the same weeks: what the market does to all tells nobody
apart. Weights are found as Bühlmann and Straub (1970) do: the spread of true rates from the covariance of own rates
and own results, and the noise from what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.intervals import UNKNOWN, fixed
from simcore.statistics.jackknife import Floats, jackknife_of_sums, sums_by_group, with_errors
from simcore.statistics.moments_and_quantiles import proportion_of_sums
from simcore.studies.luck.credibility import exact_weight, is_exact, known_steps, moments, weight
from simcore.studies.luck.document import PairRow, RankingRow, Reliability, Retest, WeeksUntil, WeightPoint, WeightRow
from simcore.studies.luck.ranks import lowest
from simcore.studies.luck.sample import WEEKS_OF

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.luck.sample import Sample

WINDOWS = (1, 2, 4, 8, 13, 26, 52)
"""Weeks of own results that are looked at."""
LEVELS = (0.5, 0.8)
"""The weights whose weeks are told."""
_PAIRS = 3
"""Each rep is compared with this many others of the team."""
_SHOWS = 3.0
"""A weight counts as seen if it is so many standard errors above 0."""
QUARTER = WEEKS_OF["quarter"]


Kind = Literal["per call", "step", "revenue"]


class Measure(NamedTuple):
    """Something counted of a rep, per trial."""

    name: str
    kind: Kind
    stage: int
    """Entries into it are the successes."""
    trials: int
    """Entries into it are the trials."""


def measures_of(scenario: Scenario) -> list[Measure]:
    """Return the measures in which a team's figures are compared: stages per call, later steps alone, and revenue."""
    names = [stage.stage for stage in scenario.funnel]
    last = len(names) - 1
    found = [Measure(names[stage], "per call", stage, 0) for stage in range(1, last + 1)]
    found += [Measure(f"{names[step]} per {names[step - 1]}", "step", step, step - 1) for step in range(2, last + 1)]
    return [*found, Measure("revenue", "revenue", last, 0)]


def reliability(scenario: Scenario, sample: Sample) -> Reliability:
    """Return how long until own results mean something, from worlds of teams of two or more."""
    exactly = is_exact(scenario)
    return Reliability(
        weights=[_weight_row(scenario, sample, measure, exactly=exactly) for measure in measures_of(scenario)],
        pairs=_pairs(scenario, sample),
        rankings=[_ranking(sample, horizon) for horizon in ("week", "quarter", "year") if _fits(sample, horizon)],
        retest=_retest(scenario, sample) if sample.periods(QUARTER) >= 2 else None,
    )


def _fits(sample: Sample, horizon: str) -> bool:
    return sample.periods(WEEKS_OF[horizon]) > 0


def _weight_row(scenario: Scenario, sample: Sample, measure: Measure, *, exactly: bool) -> WeightRow:
    known = known_steps(scenario)
    steps = list(known[1 + measure.trials : 1 + measure.stage])
    of = moments(steps)
    half = of.half
    if measure.kind == "revenue" and half is not None:
        spread = scenario.deal.variance() / scenario.deal.mean_value() ** 2
        half = (of.mean * (1.0 + spread) - of.square) / of.variance
    before = moments(list(known[1 : 1 + measure.trials])).mean
    trials = scenario.plan.calls_per_week * before
    windows = [weeks for weeks in WINDOWS if weeks <= sample.weeks]
    parts = [covariance_sums(sample, measure, weeks) for weeks in windows]
    exact = exactly and measure.kind != "step"
    points = []
    for weeks, sums in zip(windows, parts, strict=True):
        own, reliable = jackknife_of_sums(sums, _figures, least=0.0, most=1.0)
        if of.variance == 0.0:
            own = reliable = fixed(0.0)
        in_closed_form = exact_weight(scenario, measure.stage, weeks, revenue=measure.kind == "revenue")
        points.append(
            WeightPoint(
                weeks=weeks,
                weight=own,
                known=weight(trials * weeks, half),
                exact=in_closed_form if exact else None,
                reliability=reliable,
            )
        )
    return WeightRow(
        measure=measure.name,
        kind=measure.kind,
        differs=of.variance > 0.0,
        half_trials=half,
        trials_per_week=trials,
        points=points,
        until=[_until(level, windows, points, parts, None if half is None else half / trials) for level in LEVELS],
    )


def covariance_sums(sample: Sample, measure: Measure, weeks: int) -> Floats:
    """Return sums over windows of `weeks` weeks, float64[EQUAL_GROUPS, 7]: how true rates and own results (co)vary.

    In the order of `_figures`: covariance, results, rates, trials less their squares' share, reps less one, trials,
    reps; deviations are from the mean of the team's settled reps in the window, weighted by trials.
    """
    there = sample.settled(weeks)
    counts = sample.counts(weeks)
    n = np.where(there, counts[..., measure.trials], 0).astype(np.float64)
    rates = sample.people.rates[:, :, 1 + measure.trials : 1 + measure.stage].prod(axis=2)[:, :, None]
    found = sample.amounts(weeks) if measure.kind == "revenue" else counts[..., measure.stage].astype(np.float64)
    x = np.where(n > 0.0, found, 0.0)
    if measure.kind == "revenue":
        x = x / sample.deal
    whole = np.maximum(n.sum(axis=1), 1.0)
    # Deviations of rates from their mean first: the rates of reps who do not differ must cancel to the last digit.
    rates = rates - rates[:, :1]
    rate, share = (n * rates).sum(axis=1) / whole, x.sum(axis=1) / whole
    sums = np.stack(
        [
            (rates * x).sum(axis=1) - rate * share * whole,
            (x * x / np.maximum(n, 1.0)).sum(axis=1) - share * share * whole,
            (n * rates * rates).sum(axis=1) - rate * rate * whole,
            n.sum(axis=1) - (n * n).sum(axis=1) / whole,
            np.maximum((n > 0.0).sum(axis=1) - 1.0, 0.0),
            n.sum(axis=1),
            there.sum(axis=1),
        ],
        axis=-1,
    )
    return sums_by_group(sums.sum(axis=1))


def _figures(sums: Floats) -> Floats:
    """Return the weight and the squared correlation of sums as in `covariance_sums`."""
    covariance, results, rates, size, degrees, trials, reps = sums
    if rates <= 0.0:
        return np.zeros(2)
    signal, noise = covariance / size, (results - covariance) / degrees
    mean = trials / reps
    return np.array([mean * signal / (mean * signal + noise), covariance**2 / (results * rates)])


def _until(
    level: float, windows: list[int], points: list[WeightPoint], parts: list[Floats], known: float | None
) -> WeeksUntil:
    """Return how many weeks get a weight: k level / (1 - level), k = W (1 - weight) / weight of windows W."""
    odds = level / (1.0 - level)
    seen = [i for i, each in enumerate(points) if (each.weight.estimate or 0.0) > _SHOWS * (each.weight.se or 1.0)]
    answer = UNKNOWN
    beyond = False
    if seen and known is not None:
        at = np.log([windows[i] for i in seen])
        whole = _crossing([parts[i].sum(axis=0) for i in seen], at, odds)
        without = [
            _crossing([parts[i].sum(axis=0) - parts[i][g] for i in seen], at, odds) for g in range(len(parts[0]))
        ]
        (answer,) = with_errors(np.array([whole]), np.array(without)[:, None], least=0.0)
        beyond = bool(whole > windows[-1])
    return WeeksUntil(weight=level, weeks=answer, beyond_run=beyond, known=None if known is None else known * odds)


def _crossing(sums: list[Floats], at: Floats, odds: float) -> float:
    """Return the weeks W for which W = odds k(W), k linear in log weeks between windows, constant beyond."""
    weights = np.array([_figures(each)[0] for each in sums])
    if (weights <= 0.0).any():
        return float("nan")
    k = np.exp(at) * (1.0 - weights) / weights
    grid = np.linspace(np.log(0.01), np.log(1e6), 4001)
    gap = np.exp(grid) - odds * np.interp(grid, at, k)
    above = int(np.argmax(gap > 0.0))
    if gap[above] <= 0.0 or above == 0:
        return float("nan")
    step = gap[above - 1] / (gap[above - 1] - gap[above])
    return float(np.exp(grid[above - 1] + step * (grid[above] - grid[above - 1])))


def _pairs(scenario: Scenario, sample: Sample) -> list[PairRow]:
    """Return how often the better of two reps is ahead, by revenue and by what enters each stage."""
    rows = []
    names = [stage.stage for stage in scenario.funnel]
    for horizon in ("week", "quarter", "year"):
        if not _fits(sample, horizon):
            continue
        weeks = WEEKS_OF[horizon]
        there, counts = sample.settled(weeks), sample.counts(weeks)
        measures: list[tuple[str, NDArray[np.generic]]] = [("revenue", sample.amounts(weeks))]
        measures += [(names[stage], counts[..., stage]) for stage in range(1, len(names))]
        for name, results in measures:
            sums = sums_by_group(_pair_counts(sample.true_value, results, there))
            ahead, tied, behind = (proportion_of_sums(sums[:, i], sums[:, 3], sample.worlds) for i in range(3))
            rows.append(PairRow(horizon=horizon, measure=name, ahead=ahead, tied=tied, behind=behind))
    return rows


def _pair_counts(true: Floats, results: NDArray[np.generic], there: NDArray[np.bool_]) -> Floats:
    """Return how often the better of two is ahead, tied, behind, and the pairs, by world: float64[worlds, 4].

    Parameters
    ----------
    true
        float64[worlds, reps]: by which one is better.
    results, there
        [worlds, reps, periods]: of each period, and whether they count.
    """
    found = np.zeros((len(true), 4))
    for shift in range(1, min(_PAIRS, true.shape[1] - 1) + 1):
        better = (true - np.roll(true, shift, axis=1))[:, :, None]
        lead = np.sign(better) * (results - np.roll(results, shift, axis=1))
        both = there & np.roll(there, shift, axis=1) & (better != 0.0)
        for place, hits in enumerate((lead > 0, lead == 0, lead < 0)):
            found[:, place] += (hits & both).sum(axis=(1, 2))
        found[:, 3] += both.sum(axis=(1, 2))
    return found


def _ranking(sample: Sample, horizon: str) -> RankingRow:
    """Return how much of a team's ranking by revenue of one period is luck."""
    weeks = WEEKS_OF[horizon]
    sums = covariance_sums(sample, Measure("revenue", "revenue", sample.entered.shape[3] - 1, 0), weeks)
    (luck,) = jackknife_of_sums(sums, lambda s: 1.0 - _figures(s)[1:], least=0.0, most=1.0)
    there = sample.settled(weeks).transpose(0, 2, 1)
    true = np.broadcast_to(sample.true_value[:, None, :], there.shape)
    results = sample.amounts(weeks).transpose(0, 2, 1)
    top = -(-there.sum(axis=2) // 4)
    both = lowest(-results, there, top) * lowest(-true, there, top)
    by_lot = np.divide(top * top, there.sum(axis=2), out=np.zeros(top.shape), where=top > 0)
    sums = sums_by_group(np.stack([both.sum(axis=(1, 2)), by_lot.sum(axis=1), top.sum(axis=1)], axis=1))
    (overlap,) = jackknife_of_sums(sums, lambda s: s[:1] / s[2:], least=0.0, most=1.0)
    chance = float(sums[:, 1].sum() / max(sums[:, 2].sum(), 1.0))
    return RankingRow(horizon=horizon, luck=luck, overlap=overlap, overlap_by_chance=chance)


def retest_sums(sample: Sample, weeks: int) -> Floats:
    """Return sums over pairs of consecutive periods, float64[EQUAL_GROUPS, 3]: products, squares before, squares after.

    Of deviations from the mean of the team's reps who are settled in both; each rep is compared with itself alone.
    """
    there = sample.settled(weeks, 2)
    amounts = sample.amounts(weeks)
    first, second = (centred(each, there) for each in (amounts[:, :, :-1], amounts[:, :, 1:]))
    products = np.stack([first * second, first * first, second * second], axis=-1)
    return sums_by_group(products.sum(axis=(1, 2)))


def centred(values: Floats, there: NDArray[np.bool_]) -> Floats:
    """Return deviations from the mean over the reps that are there, axis 1; 0 for the others."""
    size = np.maximum(there.sum(axis=1, keepdims=True), 1)
    mean = np.where(there, values, 0.0).sum(axis=1, keepdims=True) / size
    return np.where(there, values - mean, 0.0)


def _correlation(sums: Floats) -> Floats:
    return sums[:1] / np.sqrt(sums[1:2] * sums[2:3])


def spearman_brown(r: Floats, k: float) -> Floats:
    """Return the reliability of k pooled periods: k r / (1 + (k - 1) r) (Spearman 1910; Brown 1910).

    Examples
    --------
    >>> round(float(spearman_brown(np.array(0.5), 4)), 3)
    0.8
    """
    pooled: Floats = k * r / (1.0 + (k - 1.0) * r)
    return pooled


def _retest(scenario: Scenario, sample: Sample) -> Retest:
    sums = retest_sums(sample, QUARTER)
    quarters, foretold, needed = jackknife_of_sums(sums, _from_correlation)
    half_years = None
    if sample.periods(2 * QUARTER) >= 2:
        (half_years,) = jackknife_of_sums(retest_sums(sample, 2 * QUARTER), _correlation, least=-1.0, most=1.0)
    differs = moments(list(known_steps(scenario)[1:])).variance > 0.0
    seen = differs and (quarters.estimate or 0.0) > _SHOWS * (quarters.se or 1.0)
    return Retest(
        quarters=quarters,
        quarters_exact=retest_in_closed_form(scenario),
        half_years=half_years,
        half_years_foretold=foretold,
        quarters_for_80=needed if seen else UNKNOWN,
    )


def retest_in_closed_form(scenario: Scenario) -> float | None:
    """Return known answer 8 for a quarter's revenue: the share of the variance that is between reps; or ``None``.

    Needs what `is_exact` needs, and no market: a market that moves makes reps' spread of one quarter another's.
    """
    if scenario.market is not None or not is_exact(scenario):
        return None
    return exact_weight(scenario, len(scenario.funnel) - 1, QUARTER, revenue=True)


def _from_correlation(sums: Floats) -> Floats:
    """Return the correlation, that of two pooled periods, and the periods for a reliability of 0.8."""
    r = _correlation(sums)
    return np.concatenate([r, spearman_brown(r, 2.0), 4.0 * (1.0 - r) / r])
