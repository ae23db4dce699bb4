"""Compares strategies in the same worlds: figures, paired differences, contests, and a verdict in words.

* Paired differences: the delete-a-group jackknife of a function of both strategies' sums (see `simcore.estimate`).
* The mean of the worst 5 % of worlds is the expected shortfall; its error follows from ``q - (q - x)^+ / p``, of which
  it is the mean (Rockafellar and Uryasev 2000); for a difference, world by world. What few worlds in the tail tell of
  their own spread is made up for by the t law.
* Where a difference in revenue comes from: revenue is calls times conversions times value of a deal; the logarithmic
  mean splits the difference over the factors without a rest (logarithmic mean Divisia index, Ang 2005).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from math import ceil, floor, inf, isfinite, log10, sqrt
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.averaging import windows_of
from simcore.comparison_document import (
    Against,
    Comparison,
    Contest,
    Figures,
    Interval,
    Source,
    StrategyFigures,
    VarianceRatio,
)
from simcore.contrast import Sums, difference_of, figure_of, has_quota_period, sums_of
from simcore.digest import scenario_digest
from simcore.errors import Problem, ScenarioError
from simcore.estimate import Z975, Floats, jackknife, scaled, share, t975
from simcore.horizons import CALL, HORIZONS, WEEK, WEEKS_PER_QUARTER, WEEKS_PER_YEAR
from simcore.paired import REP_QUARTER, REP_YEAR, WORLD, Paired, run_paired
from simcore.scenario import with_strategy
from simcore.stages import goal_for
from simcore.summary import Estimate
from simcore.tally import ABOVE_PLAN, CLOSE, DISCOUNT, ENTERED, LONGEST_DRY, TOTAL, WITH_DEAL
from simcore.version import __version__
from simcore.words import money

if TYPE_CHECKING:
    from simcore.runner import Progress
    from simcore.scenario import Scenario
    from simcore.targets import Goal

WORST = 0.05
"""Share of worlds in the tail."""
LEAST_TAIL = 3
"""Fewest worlds in it from which anything can be told."""
E = TypeVar("E", bound=Estimate)
_CONTESTS: tuple[tuple[int, Literal["world", "rep-quarter", "rep-year"]], ...] = (
    (WORLD, "world"),
    (REP_QUARTER, "rep-quarter"),
    (REP_YEAR, "rep-year"),
)
Verdict = Literal["ahead", "behind", "tied", "unknown"]


def compare(
    scenario: Scenario,
    names: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    replications: int | None = None,
    precision: Goal | Iterable[str] | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Comparison:
    """Compare strategies of a scenario in the same worlds.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    names
        Strategies to compare; default: all of the scenario.
    baseline
        The strategy that the others are held against; default: the first without drives, else the first.
    replications, seed, threads, progress, stop
        As for `simcore.simulate`.
    precision
        As for `simcore.simulate`, of every difference to the baseline; per cent are of the baseline's figure.

    Raises
    ------
    ScenarioError
        If there are not two strategies, a name is not one of them, or one cannot be simulated.

    Examples
    --------
    >>> from simcore.scenario_file import load_scenario
    >>> comparison = compare(load_scenario("quota-pressure"), replications=50, seed=1)
    >>> comparison.baseline, [against.name for against in comparison.against]
    ('process', ['pressure'])
    """
    goal = goal_for(scenario, replications, precision)
    chosen, base = choose(scenario, names, baseline)
    runs = [with_strategy(scenario, name) for name in chosen]
    return comparison_of(
        run_paired(
            runs,
            base=chosen.index(base),
            replications=replications,
            goal=goal,
            seed=seed,
            threads=threads,
            progress=progress,
            stop=stop,
        )
    )


def choose(scenario: Scenario, names: Sequence[str] | None, baseline: str | None) -> tuple[list[str], str]:
    """Return the strategies to run, the baseline among them, and the name of the baseline.

    Raises
    ------
    ScenarioError
        See `compare`.
    """
    known = list(scenario.strategies)
    for name in [*(names or []), *([baseline] if baseline else [])]:
        with_strategy(scenario, name)
    chosen = list(dict.fromkeys(names or known))
    steady = [name for name in known if not scenario.strategies[name].drives]
    base = baseline or next((name for name in steady if name in chosen), None) or (steady[0] if steady else chosen[0])
    if base not in chosen:
        chosen = [base, *chosen]
    if len(chosen) < 2:
        message = "a comparison needs two strategies"
        raise ScenarioError((Problem(message, "strategies", value=", ".join(known), allowed="two or more"),))
    return chosen, base


def comparison_of(paired: Paired) -> Comparison:
    """Build the document of strategies that were run in the same worlds, against their baseline.

    Raises
    ------
    ValueError
        If they were run without a baseline.
    """
    scenarios, base = paired.scenarios, paired.base
    if base is None:
        raise ValueError("the strategies were run without a baseline")
    names = [scenario.run.strategy for scenario in scenarios]
    first = scenarios[0]
    return Comparison(
        version=__version__,
        scenario=first.name,
        digests={name: scenario_digest(scenario) for name, scenario in zip(names, scenarios, strict=True)},
        seed=first.run.seed,
        currency=first.deal.currency,
        replications=paired.replications,
        reps=first.team.reps,
        weeks=first.horizon.weeks,
        interrupted=paired.interrupted,
        precision=paired.precision,
        baseline=names[base],
        strategies=[
            StrategyFigures(name=name, figures=figures(paired, i, None, Figures[Estimate], _as_it_is))
            for i, name in enumerate(names)
        ],
        against=[_against(paired, i, base) for i in range(len(names)) if i != base],
    )


def interval_of(figure: Estimate, low: float = -inf, high: float = inf) -> Interval:
    """Return a figure with its 95 % interval, cut to the range that it can have.

    Examples
    --------
    >>> interval_of(Estimate(estimate=0.99, se=0.01), 0.0, 1.0).high
    1.0
    """
    if figure.estimate is None or figure.se is None:
        return Interval(estimate=figure.estimate, se=figure.se, low=None, high=None)
    reach = Z975 * figure.se
    ends = max(low, figure.estimate - reach), min(high, figure.estimate + reach)
    return Interval(estimate=figure.estimate, se=figure.se, low=ends[0], high=ends[1])


def _as_it_is(figure: Estimate) -> Estimate:
    return figure


def figures(
    paired: Paired, mine: int, base: int | None, document: type[Figures[E]], told: Callable[[Estimate], E]
) -> Figures[E]:
    """Return the figures of a strategy, or with ``base`` the paired differences to it, each as ``told`` makes it."""

    def figure(sums: Callable[[int], Sums]) -> E:
        here = sums(mine)
        if base is None:
            return told(jackknife(here.statistic, here.replications, *here.columns))
        return told(difference_of(here, sums(base)))

    def chance(column: int) -> E | None:
        if not has_quota_period(paired.programs[mine]):
            return None
        if base is None:
            return told(figure_of("p_quota", _quota_sums(paired, mine, column)))
        return figure(lambda i: _quota_sums(paired, i, column))

    weeks = paired.programs[mine].clock.counted_weeks
    return document(
        revenue=figure(lambda i: sums_of("revenue", paired.programs[i], paired.tallies[i])),
        p_quota=chance(0),
        p_quota_team=chance(1),
        worst=told(_worst(paired, mine, base)),
        dry_weeks=figure(lambda i: _dry_sums(paired, i)),
        longest_dry=figure(lambda i: _per_rep_week(paired, i, _conduct(paired, i, LONGEST_DRY) * weeks)),
        discount=figure(lambda i: _per_rep_week(paired, i, _conduct(paired, i, DISCOUNT) * (WEEKS_PER_YEAR / 100.0))),
        calls=figure(lambda i: _per_rep_week(paired, i, paired.tallies[i].arrays.stages[:, ENTERED, 0])),
        calls_above_plan=figure(lambda i: _per_rep_week(paired, i, _conduct(paired, i, ABOVE_PLAN))),
        weeks_of_quarter=None
        if weeks < WEEKS_PER_QUARTER
        else [figure(partial(_week_sums, paired, week)) for week in range(WEEKS_PER_QUARTER)],
    )


def _per_rep_week(paired: Paired, i: int, total: NDArray[np.generic]) -> Sums:
    program, replications = paired.programs[i], paired.tallies[i].arrays.replications
    return Sums(replications, total, replications * (program.team.reps * program.clock.counted_weeks))


def _conduct(paired: Paired, i: int, column: int) -> NDArray[np.int64]:
    return paired.tallies[i].arrays.conduct[:, column]


def _week_sums(paired: Paired, week: int, i: int) -> Sums:
    arrays = paired.tallies[i].arrays
    return Sums(arrays.replications, arrays.weeks_of_quarter[:, week], arrays.weeks_of_quarter.sum(axis=1))


def _dry_sums(paired: Paired, i: int) -> Sums:
    arrays = paired.tallies[i].arrays
    weeks = arrays.replications * (paired.programs[i].team.reps * paired.programs[i].clock.counted_weeks)
    return Sums(arrays.replications, weeks - arrays.moments[:, CLOSE, WEEK, WITH_DEAL], weeks)


def _quota_sums(paired: Paired, i: int, column: int) -> Sums:
    """Return quota periods in which a rep (column 0), or the team (1), reached quota."""
    program, arrays = paired.programs[i], paired.tallies[i].arrays
    periods = int(program.calendar.periods[program.quota.horizon]) * (program.team.reps if column == 0 else 1)
    return Sums(arrays.replications, arrays.quota_hits[:, column], arrays.replications * periods)


def _shortfall(revenue: NDArray[np.int64]) -> Floats:
    """Return what has the mean of the worst 5 % of worlds as its mean, world by world."""
    x = revenue.astype(np.float64)
    q = float(np.sort(x)[_tail(len(x))])
    influence: Floats = q - np.maximum(q - x, 0.0) / WORST
    return influence


def _tail(worlds: int) -> int:
    """Return how many of the worlds are in the tail; the next one is the least that is not."""
    return min(ceil(WORST * worlds), worlds - 1)


def worst_of(revenue: NDArray[np.int64], base: NDArray[np.int64] | None = None) -> Estimate:
    """Return the mean of the worst 5 % of worlds, or its difference to that of a baseline in the same worlds.

    The error counts the worlds in the tail: 1.96 of it are as long as the t law of so many values less one asks for.

    Parameters
    ----------
    revenue, base
        int64[n]: revenue of each world, in cents.

    Returns
    -------
    Estimate
        In cents; without figure and error where the tail holds fewer than `LEAST_TAIL` worlds.

    Examples
    --------
    >>> worst_of(np.arange(1000)).estimate
    24.5
    >>> worst_of(np.arange(40)).estimate is None
    True
    """
    tail = _tail(len(revenue))
    if tail < LEAST_TAIL:
        return Estimate(estimate=None, se=None)
    x = _shortfall(revenue) - (0.0 if base is None else _shortfall(base))
    few = t975(tail - 1) / Z975
    return Estimate(estimate=float(x.mean()), se=few * float(x.std(ddof=1)) / sqrt(len(x)))


def _worst(paired: Paired, mine: int, base: int | None) -> Estimate:
    per_year = WEEKS_PER_YEAR / (100.0 * paired.programs[mine].team.reps * paired.programs[mine].clock.counted_weeks)
    return scaled(worst_of(paired.revenue[mine], None if base is None else paired.revenue[base]), per_year)


def _against(paired: Paired, mine: int, base: int) -> Against:
    differences = figures(paired, mine, base, Figures[Interval], interval_of)
    verdict, needed = _verdict(differences.revenue, paired.replications)
    return Against(
        name=paired.scenarios[mine].run.strategy,
        differences=differences,
        variance_ratios=_variance_ratios(paired, mine, base),
        contests=_contests(paired, mine),
        sources=_sources(paired, mine, base),
        verdict=verdict,
        replications_to_separate=needed,
        pairing_gain=_pairing_gain(paired.revenue[mine], paired.revenue[base]),
        sentence=_sentence(paired, (mine, base), differences.revenue, verdict, needed),
    )


def _verdict(difference: Estimate, replications: int) -> tuple[Verdict, int | None]:
    """Return ahead, behind or tied, and for a tie how many replications would separate it."""
    if difference.estimate is None or difference.se is None:
        return "unknown", None
    if abs(difference.estimate) > Z975 * difference.se:
        return ("ahead" if difference.estimate > 0.0 else "behind"), None
    if difference.estimate == 0.0:
        return "tied", None
    needed = replications * (Z975 * difference.se / difference.estimate) ** 2
    return "tied", ceil(needed) if isfinite(needed) and needed < 2.0**53 else None


def _sentence(paired: Paired, pair: tuple[int, int], d: Interval, verdict: Verdict, needed: int | None) -> str:
    mine, base = (paired.scenarios[i].run.strategy for i in pair)
    currency = paired.scenarios[0].deal.currency
    if d.estimate is None or d.se is None:
        return "One world says nothing about the next: ask for more replications."
    if np.array_equal(paired.revenue[pair[0]], paired.revenue[pair[1]]) and d.se == 0.0:
        return f"{mine} and {base} booked the same to the cent in every world."
    reach = Z975 * d.se
    step = 10.0 ** (floor(log10(reach)) - 1) if reach > 0.0 else 0.01
    size, width = (money(round(each / step) * step, currency) for each in (abs(d.estimate), reach))
    seen = f"{size} ± {width} a rep-year (95 % interval)"
    if verdict == "tied":
        text = f"{mine} and {base} are tied at this precision: the difference is {seen}"
        if needed is not None:
            step_up = 10 ** max(0, floor(log10(needed)) - 1)
            shown = ceil(needed / step_up) * step_up
            return f"{text}; if it is what it seems, about {shown:,} replications would show it."
        return f"{text}."
    return f"{mine} is {verdict} {'of ' if verdict == 'ahead' else ''}{base} by {seen}."


def _variance_ratios(paired: Paired, mine: int, base: int) -> list[VarianceRatio]:
    rows = []
    for horizon, name in enumerate(HORIZONS):
        columns: list[NDArray[np.generic]] = []
        for i in (mine, base):
            program, tally = paired.programs[i], paired.tallies[i]
            unit = program.deals.unit
            columns += [
                tally.arrays.moments[:, CLOSE, horizon, TOTAL] * float(unit),
                tally.squares(CLOSE, horizon) * float(unit) ** 2,
                windows_of(program, tally, horizon),
            ]
        if horizon != CALL and columns[2].sum() > 0:
            size = paired.tallies[mine].arrays.replications
            rows.append(
                VarianceRatio(horizon=name, ratio=interval_of(jackknife(_ratio_of_variances, size, *columns), 0.0))
            )
    return rows


def _ratio_of_variances(
    total: Floats, squares: Floats, count: Floats, base: Floats, base_squares: Floats, base_count: Floats
) -> Floats:
    return (squares / count - (total / count) ** 2) / (base_squares / base_count - (base / base_count) ** 2)


def _contests(paired: Paired, mine: int) -> list[Contest]:
    rows = []
    size = paired.tallies[mine].arrays.replications
    for number, what in _CONTESTS:
        held = paired.contests.held[:, number]
        won, lost = paired.contests.ahead[mine, :, number], paired.contests.behind[mine, :, number]
        if held.sum() > 0:
            ahead, level = (interval_of(share(size, each, held), 0.0, 1.0) for each in (won, held - won - lost))
            rows.append(Contest(what=what, ahead=ahead, level=level))
    return rows


def _pairing_gain(mine: NDArray[np.int64], base: NDArray[np.int64]) -> float | None:
    """Return the variance of a difference between independent worlds over that between the same ones."""
    if len(mine) < 2:
        return None
    paired = float(np.var(mine.astype(np.float64) - base.astype(np.float64)))
    apart = float(np.var(mine.astype(np.float64)) + np.var(base.astype(np.float64)))
    return apart / paired if paired > 0.0 else None


def _sources(paired: Paired, mine: int, base: int) -> list[Source] | None:
    """Split the difference in revenue over calls, conversions and value of a deal."""
    size = paired.tallies[mine].arrays.replications
    revenues = [sums_of("revenue", paired.programs[i], paired.tallies[i]) for i in (mine, base)]
    columns: list[NDArray[np.generic]] = []
    for i, revenue in zip((mine, base), revenues, strict=True):
        columns += [revenue.total, revenue.windows, *paired.tallies[i].arrays.stages[:, ENTERED].T]
    if any(column.sum() <= 0 for column in columns):
        return None
    names = [stage.stage for stage in paired.scenarios[mine].funnel]
    parts = [names[0], *names[1:], "value of a deal"]
    total = difference_of(*revenues).estimate
    rows = []
    for number, what in enumerate(parts):
        amount = interval_of(jackknife(_part(number), size, *columns))
        part = None if not total or amount.estimate is None else amount.estimate / total
        rows.append(Source(what=what, amount=amount, share=part))
    return rows


def _part(number: int) -> Callable[..., Floats]:
    """Return the statistic of one factor's part of the difference."""

    def part(*sums: Floats) -> Floats:
        half = len(sums) // 2
        mine, base = _factors(sums[:half]), _factors(sums[half:])
        a, b = sums[0] / sums[1], sums[half] / sums[half + 1]
        spread = np.log(a / b)
        mean = np.where(np.abs(spread) < 1e-12, a, (a - b) / np.where(spread == 0.0, 1.0, spread))
        return mean * np.log(mine[number] / base[number])

    return part


def _factors(sums: Sequence[Floats]) -> list[Floats]:
    """Return what multiplies up to revenue per rep-year: calls, conversions, value of a deal."""
    revenue, years, *entered = sums
    conversions = [after / before for before, after in pairwise(entered)]
    return [entered[0] / years, *conversions, revenue / entered[-1]]
