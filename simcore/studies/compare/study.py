"""Compares strategies in the same worlds: figures, paired differences, contests, and a verdict in words.

* Paired differences: the delete-a-group jackknife of a function of both strategies' sums (see
`simcore.statistics.jackknife`).
* Where a difference in revenue comes from: revenue is calls times conversions times value of a deal; the logarithmic
  mean splits the difference over the factors without a rest (logarithmic mean Divisia index, Ang 2005).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import CALL, HORIZONS
from simcore.base.text import brief
from simcore.engine.paired import REP_QUARTER, REP_YEAR, WORLD, Paired, run_paired
from simcore.engine.sequential_stopping import goal_for
from simcore.program.tally import CLOSE, ENTERED, TOTAL
from simcore.results.header import header_of
from simcore.scenario.digest import digest_of_digests, scenario_digest
from simcore.scenario.metric import YEARLY_REVENUE
from simcore.scenario.model import with_strategy
from simcore.statistics.certain import same_program
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import (
    LEAST_REPLICATIONS,
    UNKNOWN,
    fixed,
    without_error,
)
from simcore.statistics.jackknife import Floats, replicates
from simcore.statistics.moments_and_quantiles import proportion_of
from simcore.statistics.paired_difference import difference_of
from simcore.statistics.tallied_metrics import sums_of
from simcore.statistics.windows import windows_of
from simcore.studies.compare.document import (
    Against,
    Comparison,
    Contest,
    Differences,
    Figures,
    Source,
    StrategyFigures,
    VarianceRatio,
)
from simcore.studies.compare.figures import as_it_is, figures, interval_of, over_optimism
from simcore.studies.compare.sentences import Alike, Compared, verdict_of, verdict_sentence

if TYPE_CHECKING:
    from simcore.engine.runner import Progress
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal

_ROUNDING = 1e-12
"""A part of a difference that is less than this share of revenue is rounding."""
_CONTESTS: tuple[tuple[int, Literal["world", "rep-quarter", "rep-year"]], ...] = (
    (WORLD, "world"),
    (REP_QUARTER, "rep-quarter"),
    (REP_YEAR, "rep-year"),
)


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
        The strategy with which the others are compared; default: the first without drives, else the first.
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
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> comparison = compare(load_scenario("quota-pressure"), replications=50, seed=1)
    >>> comparison.baseline, [against.name for against in comparison.against]
    ('process', ['pressure'])
    """
    goal = goal_for(scenario, replications, precision)
    chosen, base = select_strategies(scenario, names, baseline)
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


def select_strategies(scenario: Scenario, names: Sequence[str] | None, baseline: str | None) -> tuple[list[str], str]:
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
        others = [name for name in known if name not in chosen]
        if others:
            message = f"nothing is left to compare {brief(base)} with"
            hint = "name another one too, or none: then all are compared"
            raise ScenarioError((Problem(message, "strategies", allowed=", ".join(others), hint=hint),))
        message = f"a comparison needs two strategies, and this scenario has one, {brief(base)}"
        hint = "write another one under strategies: in the file, as quota-pressure does"
        raise ScenarioError((Problem(message, "strategies", hint=hint),))
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
    digests = {name: scenario_digest(scenario) for name, scenario in zip(names, scenarios, strict=True)}
    return Comparison(
        **header_of(
            scenarios[0],
            strategies=names,
            digest=digest_of_digests(digests.values()),
            replications=paired.replications,
            interrupted=paired.interrupted,
            seconds=paired.seconds,
        ),
        digests=digests,
        precision=paired.precision,
        baseline=names[base],
        strategies=[
            StrategyFigures(name=name, figures=figures(paired, i, None, Figures, as_it_is))
            for i, name in enumerate(names)
        ],
        against=[_against(paired, i, base) for i in range(len(names)) if i != base],
    )


def _against(paired: Paired, mine: int, base: int) -> Against:
    differences = figures(paired, mine, base, Differences, interval_of)
    verdict, needed = verdict_of(differences.revenue, paired.replications)
    names = paired.scenarios[mine].run.strategy, paired.scenarios[base].run.strategy
    alike = Alike(
        always=same_program(paired.programs[mine], paired.programs[base]),
        played=bool(np.array_equal(paired.revenue[mine], paired.revenue[base])),
    )
    told = Compared(*names, paired.scenarios[0].deal.currency, paired.replications)
    return Against(
        name=names[0],
        differences=differences,
        variance_ratios=_variance_ratios(paired, mine, base),
        contests=_contests(paired, mine, base),
        sources=_sources(paired, mine, base),
        verdict=verdict,
        replications_to_separate=needed,
        pairing_gain=_pairing_gain(paired.revenue[mine], paired.revenue[base]),
        over_optimism=over_optimism(paired, mine, base),
        sentence=verdict_sentence(told, differences.revenue, (verdict, needed), alike),
    )


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
                VarianceRatio(horizon=name, ratio=interval_of(_variance_ratio(paired, (mine, base), size, columns)))
            )
    return rows


def _variance_ratio(
    paired: Paired, pair: tuple[int, int], size: NDArray[np.int64], columns: Sequence[NDArray[np.generic]]
) -> Estimate:
    """Return a ratio of variances with its error, and the interval of its logarithm."""
    found = replicates(_ratio_of_variances, size, *columns)
    if not np.isfinite(found.value):
        return UNKNOWN
    if same_program(*(paired.programs[i] for i in pair)):
        return fixed(found.value)
    if found.error == 0.0 or found.value <= 0.0:
        return without_error(found.value)
    return found.positive_interval(found.logs)


def _ratio_of_variances(
    total: Floats, squares: Floats, count: Floats, base: Floats, base_squares: Floats, base_count: Floats
) -> Floats:
    return (squares / count - (total / count) ** 2) / (base_squares / base_count - (base / base_count) ** 2)


def _contests(paired: Paired, mine: int, base: int) -> list[Contest]:
    rows, alike = [], same_program(paired.programs[mine], paired.programs[base])
    size = paired.tallies[mine].arrays.replications
    for number, what in _CONTESTS:
        held = paired.contests.held[:, number]
        won, lost = paired.contests.ahead[mine, :, number], paired.contests.behind[mine, :, number]
        if held.sum() > 0:
            ahead, level = (
                interval_of(proportion_of(size, each, held, certain=alike)) for each in (won, held - won - lost)
            )
            rows.append(Contest(what=what, ahead=ahead, level=level))
    return rows


def _pairing_gain(mine: NDArray[np.int64], base: NDArray[np.int64]) -> float | None:
    """Return the variance of a difference between independent worlds over that between the same ones."""
    if len(mine) < LEAST_REPLICATIONS:
        return None
    paired = float(np.var(mine.astype(np.float64) - base.astype(np.float64)))
    apart = float(np.var(mine.astype(np.float64)) + np.var(base.astype(np.float64)))
    return apart / paired if paired > 0.0 else None


def _sources(paired: Paired, mine: int, base: int) -> list[Source] | None:
    """Split the difference in revenue over calls, conversions and value of a deal."""
    size = paired.tallies[mine].arrays.replications
    revenues = [sums_of(YEARLY_REVENUE, paired.programs[i], paired.tallies[i]) for i in (mine, base)]
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
        amount = interval_of(_part_of(number, size, columns))
        part = None if not total or amount.estimate is None else amount.estimate / total
        rows.append(Source(what=what, amount=amount, share=part))
    return rows


def _part_of(number: int, size: NDArray[np.int64], columns: Sequence[NDArray[np.generic]]) -> Estimate:
    """Return one factor's part of the difference; without error where the factor was the same in all worlds."""
    found = replicates(_part(number), size, *columns)
    revenue = float(columns[0].sum()) / float(columns[1].sum())
    if not np.isfinite(found.value):
        return UNKNOWN
    if found.error <= _ROUNDING * revenue:
        return without_error(found.value if abs(found.value) > _ROUNDING * revenue else 0.0)
    return found.interval()


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
