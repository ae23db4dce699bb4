"""Rules of coaching in the same worlds: what each brings, how often it hits, and how good it only looks.

Every rule has the same sessions with the same effect; they differ in whom they choose. All rules meet the same worlds,
so that a difference is that of the choice (common random numbers). How good coaching *looks* is measured by what a
manager would do: the revenue of those who were coached, after less before. How good it *is*: the revenue of the same
people in the same weeks of a world in which nobody was coached. The rest is an illusion, mostly regression to the mean
(Galton 1886; Kahneman and Tversky 1973 on flight instructors).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_YEAR
from simcore.engine.playable import playable
from simcore.engine.runner import Block, Progress, StoppedError, Watch
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.kernels.detail import HIT, REPAIRED
from simcore.program.tally import CLOSE, GROUPS
from simcore.scenario.model import Manager
from simcore.statistics.estimate import Estimate
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import ratio
from simcore.studies.coach.rules_document import LooksRow, RuleName, RuleRow, Rules
from simcore.studies.coach.rules_sentences import words_about

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

ORDER: tuple[RuleName, ...] = ("nobody", "random", "result", "process", "oracle")
ASSUMED_REPAIR = 0.5
"""Where the scenario names no manager."""
LEAST_WEEKS = 2
"""A before-after comparison needs as many weeks on both sides."""


class Seen(NamedTuple):
    """What is kept of the worlds of one rule."""

    revenue: Counts
    """int64[worlds, reps, counted weeks]: by close, in cents."""
    session: Counts
    """int64[worlds, reps, counted weeks], see `Detail.session`."""
    habits: Counts
    """int64[worlds, reps, counted weeks], see `Detail.habits`."""


def has_habits(scenario: Scenario) -> bool:
    """Return whether there is anything that coaching could repair."""
    return any(stage.habit is not None for stage in scenario.funnel)


def manager_of(scenario: Scenario) -> Manager:
    """Return the manager of a scenario; one with a session a week for every ten reps if it names none."""
    if scenario.manager is not None:
        return scenario.manager
    return Manager.model_validate({"slots": max(1, scenario.team.reps // 10), "repair": ASSUMED_REPAIR})


def with_rule(scenario: Scenario, rule: RuleName, first_week: int | None = None) -> Scenario:
    """Return the scenario under another rule of coaching, and from another week on.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> with_rule(load_scenario("trust-the-process"), "oracle").manager.rule
    'oracle'
    """
    update: dict[str, object] = {"rule": rule}
    if first_week is not None:
        update["first_week"] = first_week
    return scenario.model_copy(update={"manager": manager_of(scenario).model_copy(update=update)})


def experiment_of(scenario: Scenario) -> tuple[Scenario, int]:
    """Return the scenario of the before-after comparison, and its weeks before and after.

    The manager holds the first sessions when so many weeks have been counted as the rules look back. So everybody has
    the same weeks before, nobody has been coached in them, and all that differs between the rules comes after.
    """
    weeks = max(LEAST_WEEKS, manager_of(scenario).window_weeks)
    horizon = scenario.horizon.model_copy(update={"weeks": 2 * weeks})
    return scenario.model_copy(update={"horizon": horizon}), weeks


def rep_weeks_of(scenario: Scenario, replications: int) -> int:
    """Return the rep-weeks that `compare_rules` simulates."""
    experiment, _ = experiment_of(scenario)
    weeks = sum(run.horizon.warmup_weeks + run.horizon.weeks for run in (scenario, experiment))
    return replications * scenario.team.reps * weeks * len(ORDER)


def compare_rules(
    scenario: Scenario,
    replications: int,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Rules:
    """Run every rule of coaching in the same worlds, and the before-after comparison of each.

    Parameters
    ----------
    scenario
        With its habits, and its manager, whose rule does not matter here.
    replications
        Worlds of each rule.
    threads, progress, stop
        As for `simcore.simulate`; progress counts the worlds of all rules. Rules that were not reached are left out.

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> found = compare_rules(load_scenario("coach-the-process"), 64)
    >>> [row.rule for row in found.rows]
    ['nobody', 'random', 'result', 'process', 'oracle']
    """
    experiment, weeks = experiment_of(scenario)
    meter = Meter(Watch(progress, stop), 2 * len(ORDER) * replications)
    rows: list[RuleRow] = []
    by_rule: dict[RuleName, Seen] = {}
    baseline: Seen | None = None
    begun = experiment.horizon.warmup_weeks + weeks
    try:
        for rule in ORDER:
            seen = simulate_rule(with_rule(scenario, rule), replications, threads, meter)
            tried = simulate_rule(with_rule(experiment, rule, begun), replications, threads, meter)
            by_rule[rule], baseline = seen, baseline or tried
            looks = None if rule == "nobody" else looks_of(tried, baseline, weeks)
            rows.append(_row(rule, by_rule, looks))
    except StoppedError:
        pass  # the rules that are done are reported
    manager = manager_of(scenario)
    found = Rules(
        slots=manager.slots,
        repair=manager.repair,
        window_weeks=manager.window_weeks,
        assumed=scenario.manager is None,
        replications=replications,
        looks_weeks=weeks,
        rows=rows,
        words=[],
        interrupted=len(rows) < len(ORDER),
    )
    return found.model_copy(update={"words": words_about(found, scenario.deal.currency)})


def simulate_rule(scenario: Scenario, replications: int, threads: int | None, meter: Meter) -> Seen:
    """Return all rep-weeks of a scenario's replications.

    Raises
    ------
    StoppedError
        If it was stopped before all were done.
    """
    program = playable(scenario, detailed=True, replications=False)
    worlds = Worlds([scenario], [program], threads=threads, expected=replications)

    def keep(player: Player, block: Block) -> Seen:
        detail = player.simulate(0, block, detailed=True)
        return Seen(detail.cents[:, CLOSE].copy(), detail.session, detail.habits)

    found = worlds.collect(keep, replications, meter)
    return Seen(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _by_group(values: NDArray[np.generic]) -> Floats:
    """Return the sums of a number of each world by group of worlds, float64[G]."""
    groups = np.arange(len(values)) & (GROUPS - 1)
    sums: Floats = np.bincount(groups, weights=values.astype(np.float64), minlength=GROUPS).astype(np.float64)
    return sums


def _sizes(worlds: int) -> Counts:
    return np.bincount(np.arange(worlds) & (GROUPS - 1), minlength=GROUPS)


def _share(over: NDArray[np.generic], of: NDArray[np.generic]) -> Estimate:
    """Return the ratio of two totals over worlds, with its jackknife error."""
    return jackknife(ratio, _sizes(len(over)), _by_group(over), _by_group(of))


def _per_world(seen: Seen) -> Floats:
    """Return the mean revenue of a rep-year in each world, in units of the currency."""
    reps, weeks = seen.revenue.shape[1:]
    yearly: Floats = seen.revenue.sum(axis=(1, 2)) * (WEEKS_PER_YEAR / (100.0 * reps * weeks))
    return yearly


def _row(rule: RuleName, by_rule: dict[RuleName, Seen], looks: LooksRow | None) -> RuleRow:
    """Return what a rule came to, the last of those that were run."""
    seen = by_rule[rule]
    revenue, ones = _per_world(seen), np.ones(len(seen.revenue))

    def over(other: RuleName) -> Estimate | None:
        known = other != rule and other in by_rule
        return _share(revenue - _per_world(by_rule[other]), ones) if known else None

    gain = over("nobody")
    low, high = (None, None) if gain is None else _interval(gain)
    held = (seen.session > 0).sum(axis=(1, 2))
    repaired = (seen.session >= REPAIRED).sum(axis=(1, 2))
    afflicted = (seen.habits > 0).sum(axis=(1, 2))
    weeks = seen.session.shape[2]
    return RuleRow(
        rule=rule,
        revenue=_share(revenue, ones),
        gain=gain,
        gain_low=low,
        gain_high=high,
        over_result=over("result"),
        sessions=_share(held * (WEEKS_PER_YEAR / weeks), ones),
        hits=_share(((seen.session & HIT) > 0).sum(axis=(1, 2)), held),
        repaired=_share(repaired, held),
        afflicted=_share(afflicted, ones * (seen.session.shape[1] * weeks)),
        weeks_to_repair=_share(np.bitwise_count(seen.habits).sum(axis=(1, 2)), repaired),
        looks=looks,
    )


def _interval(figure: Estimate) -> tuple[float | None, float | None]:
    return figure.low, figure.high


def looks_of(tried: Seen, baseline: Seen, weeks: int) -> LooksRow | None:
    """Return how good the first sessions look, and what they did; ``None`` if there were none.

    Parameters
    ----------
    tried, baseline
        The worlds of `experiment_of` under a rule, and with nobody coached: 2 ``weeks`` counted weeks each, the first
        sessions in week ``weeks``. Before that the two are equal.
    weeks
        Before and after.

    Raises
    ------
    ValueError
        If the two differ before anybody was coached: they are then not the same worlds, and no control.
    """
    if not np.array_equal(tried.revenue[..., :weeks], baseline.revenue[..., :weeks]):
        raise ValueError("the worlds without coaching are others: they are no control")
    coached = tried.session[..., weeks] > 0
    if not coached.any():
        return None

    def of_coached(revenue: Counts, first: int) -> Floats:
        mean = revenue[..., first : first + weeks].sum(axis=2) / (100.0 * weeks)
        total: Floats = np.where(coached, mean, 0.0).sum(axis=1)
        return total

    before, after = of_coached(tried.revenue, 0), of_coached(tried.revenue, weeks)
    without = of_coached(baseline.revenue, weeks)
    number = coached.sum(axis=1)
    return LooksRow(
        before=_share(before, number),
        seen=_share(after - before, number),
        did=_share(after - without, number),
        illusion=_share(without - before, number),
    )
