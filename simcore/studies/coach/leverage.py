"""Which step to improve: what a point, and ten per cent, of each figure of a process does, all in the same worlds.

Every lever (`simcore.studies.coach.levers`) is run in the worlds of the unchanged process. Its effect is the mean
difference, and its error that of pairs of equal worlds. Beside it stands the closed form where there is one
(`simcore.analytic.item_values`): a rate multiplied by 1.1 multiplies the mean by 1.1, whichever step it is of; the
steps then differ by the point only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.expectations import expected
from simcore.analytic.item_values import Prospects, holds
from simcore.base.currencies import currency_sign
from simcore.base.money import cents
from simcore.engine.many_scenarios import Cell, ScenarioBatch
from simcore.numerics.quantiles import t_quantile
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import fixed
from simcore.statistics.jackknife import Floats, jackknife
from simcore.statistics.paired_difference import GroupedSums, difference_of, figure_of
from simcore.studies.coach.leverage_document import Change, Effect, Leverage, LeverRow, Measure, Ranking
from simcore.studies.coach.levers import Lever, levers

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

LEVEL = 0.95
ALIKE = 1e-9
MEASURES: tuple[Measure, ...] = ("revenue", "revenue_origin", "p_quota")


class Found(NamedTuple):
    """What the levers of a scenario do, and the runs that other questions need, too."""

    part: Leverage
    base: Cell
    """The unchanged process."""
    more_calls: Cell | None
    """A tenth more calls; ``None`` if it was stopped before."""


def leverage(scenario: Scenario, runs: ScenarioBatch, ready: Sequence[Lever] | None = None) -> Found:
    """Return the effect of every lever of a scenario.

    Parameters
    ----------
    scenario
        With the strategy that it runs.
    runs
        Its replications and seed hold for all.
    ready
        The levers, if they are there already.

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine, or a drive explodes.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> found = leverage(load_scenario("trust-the-process"), ScenarioBatch(100, 1, total=0))
    >>> [(row.lever, round(row.revenue.exact, 4)) for row in found.part.levers if row.change == "tenth"][:2]
    [('rate of meetings', 0.1), ('rate of opportunities', 0.1)]
    """
    ready = levers(scenario) if ready is None else ready
    possible = [lever for lever in ready if lever.scenario is not None]
    base, *cells = runs.run([scenario, *(lever.scenario for lever in possible if lever.scenario is not None)])
    found = {id(lever): cell for lever, cell in zip(possible, cells, strict=False)}
    rows = [
        lever_row(scenario, lever, base, found.get(id(lever)))
        for lever in ready
        if id(lever) in found or lever.scenario is None
    ]
    both = not has_one_account(base)
    # Steps are compared with each other only if all were run.
    whole = len(cells) == len(possible)
    ranked = _rankings(rows, {_key(lever): found[id(lever)] for lever in possible}, both=both) if whole else []
    part = Leverage(
        reps=scenario.team.reps,
        replications=int(base.revenue.replications.sum()),
        revenue=figure_of(base.revenue),
        revenue_origin=figure_of(base.revenue_origin) if both else None,
        p_quota=None if base.p_quota is None else figure_of(base.p_quota),
        levers=rows,
        rankings=ranked,
        hours=None,
        interrupted=runs.stopped,
        sentences=[],
    )
    calls = next((found[id(lever)] for lever in possible if lever.kind == "calls" and id(lever) in found), None)
    return Found(part, base, calls)


def has_one_account(cell: Cell) -> bool:
    """Return whether revenue by close is revenue by origin in every group of worlds."""
    return bool((cell.revenue.total == cell.revenue_origin.total).all())


def sums_for(measure: Measure, cell: Cell) -> GroupedSums | None:
    """Return the sums of a measure; ``None`` where the run has none."""
    return {"revenue": cell.revenue, "revenue_origin": cell.revenue_origin, "p_quota": cell.p_quota}[measure]


def effect_of(measure: Measure, cell: Cell, base: Cell, exact: float | None = None) -> Effect | None:
    """Return the difference between two runs of the same worlds, with its interval."""
    mine, other = sums_for(measure, cell), sums_for(measure, base)
    if mine is None or other is None:
        return None
    difference = difference_of(mine, other)
    return Effect(
        difference=difference,
        low=difference.low,
        high=difference.high,
        relative=None if measure == "p_quota" else _relative(mine, other),
        exact=exact,
    )


def reach_of(sums: GroupedSums, miss: float) -> float:
    """Return the standard errors to each side of an interval that misses with this probability."""
    groups = int((sums.replications > 0).sum())
    return t_quantile(1.0 - miss / 2.0, max(groups - 1, 1))


def _relative(mine: GroupedSums, other: GroupedSums) -> Estimate | None:
    """Return mine / other - 1 with the error of pairs; ``None`` where the other is nothing."""

    def share(x: Floats, n: Floats, y: Floats, m: Floats) -> Floats:
        return (x / n) / (y / m) - 1.0

    found = jackknife(share, mine.replications, mine.total, mine.windows, other.total, other.windows)
    return None if found.estimate is None else found


def lever_row(scenario: Scenario, lever: Lever, base: Cell, cell: Cell | None) -> LeverRow:
    """Return the row of a lever; without effects where there is no run of it."""
    effects: dict[Measure, Effect | None] = dict.fromkeys(MEASURES)
    why = None
    if cell is not None and lever.scenario is not None:
        exact = exact_effects(scenario, lever.scenario)
        effects = {measure: effect_of(measure, cell, base, exact.get(measure)) for measure in MEASURES}
        if has_one_account(base) and has_one_account(cell):
            effects["revenue_origin"] = None
        quota = effects["p_quota"]
        if lever.kind == "deal" and quota is not None and quota.difference.estimate == 0.0:
            why = whole_deals(scenario, lever.scenario)
        if why is not None:
            # It is known, not only never seen.
            effects["p_quota"] = Effect(difference=fixed(0.0), low=0.0, high=0.0, relative=None, exact=0.0)
    return LeverRow(
        lever=lever.name,
        kind=lever.kind,
        change=lever.change,
        path=lever.path,
        before=lever.before,
        after=lever.after,
        problem=lever.problem,
        cut=lever.cut,
        clipped=0 if cell is None else _clipped(scenario, lever, cell, base),
        why=why,
        revenue=effects["revenue"],
        revenue_origin=effects["revenue_origin"],
        p_quota=effects["p_quota"],
    )


def _clipped(scenario: Scenario, lever: Lever, cell: Cell, base: Cell) -> int:
    """Return how many more decisions of the step of a lever were at a rate cut at 1."""
    if lever.kind != "rate":
        return 0
    step = next(place for place, stage in enumerate(scenario.funnel) if lever.name == f"rate of {stage.stage}")
    return int(cell.clipped[step] - base.clipped[step])


def whole_deals(scenario: Scenario, changed: Scenario) -> str | None:
    """Return why another price leaves the chance of quota as it is: it takes as many whole deals; ``None``: it may not.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> before, after = (load_scenario("backward-from-100k", [f"deal={price}"]) for price in (10_000, 11_000))
    >>> whole_deals(before, after)
    'deals are whole: the quota of $100,000 takes 10 of them at $10,000, and 10 at $11,000'
    """
    quota, drives = scenario.quota, scenario.strategy.drives.values()
    prices = [each.deal.only_price() for each in (scenario, changed)]
    if quota is None or quota.differs:
        return None
    if not scenario.only_calls or None in prices or any(drive.changes for drive in drives):
        return None
    amount = cents(quota.amount)
    needed = [-(-amount // price) for price in prices if price is not None]
    if needed[0] != needed[1]:
        return None
    sign = currency_sign(scenario.deal.currency)
    shown = [f"{sign}{each / 100:,.{2 if each % 100 else 0}f}" for each in (amount, *(price or 0 for price in prices))]
    return (
        f"deals are whole: the quota of {shown[0]} takes {needed[0]:,} of them at {shown[1]}, and {needed[1]:,} at "
        f"{shown[2]}"
    )


def exact_effects(scenario: Scenario, changed: Scenario) -> dict[Measure, float]:
    """Return the effects that have a closed form: relative ones on revenue, the difference on P(quota).

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> before, after = (load_scenario("trust-the-process", [f"funnel.wins.rate={rate}"]) for rate in (0.5, 0.6))
    >>> {measure: round(value, 3) for measure, value in exact_effects(before, after).items()}
    {'revenue_origin': 0.2, 'revenue': 0.2, 'p_quota': 0.242}
    """
    if not (holds(scenario) and holds(changed)) or scenario.inflow or changed.inflow:
        return {}
    base, other = Prospects(scenario), Prospects(changed)
    calls = changed.plan.calls_per_week / scenario.plan.calls_per_week
    found: dict[Measure, float] = {"revenue_origin": calls * other.value(0) / base.value(0) - 1.0}
    steady = scenario.team.turnover is None and scenario.team.new == 0 and scenario.start is None
    lagged = any(stage.lag is not None for stage in scenario.funnel) or scenario.referrals is not None
    if steady:
        before = base.revenue_by_close()
        if before > 0.0:
            found["revenue"] = other.revenue_by_close() / before - 1.0
    elif not lagged and scenario.start is None:
        found["revenue"] = found["revenue_origin"]
    chances = [_quota_chance(each) for each in (scenario, changed)]
    if chances[0] is not None and chances[1] is not None:
        found["p_quota"] = chances[1] - chances[0]
    return found


def _quota_chance(scenario: Scenario) -> float | None:
    found = [each.value for each in expected(scenario) if each.label.startswith("P(quota") and "a rep" in each.label]
    return found[0] if found else None


def _key(lever: Lever) -> tuple[str, Change]:
    return lever.name, lever.change


def _rankings(rows: Sequence[LeverRow], cells: dict[tuple[str, Change], Cell], *, both: bool) -> list[Ranking]:
    """Return which step's rate does most, for each change and measure."""
    found = []
    changes: tuple[Change, ...] = ("tenth", "point")
    for change in changes:
        mine = [row for row in rows if row.kind == "rate" and row.change == change and (row.lever, change) in cells]
        for measure in MEASURES:
            if (measure == "revenue_origin" and not both) or len(mine) < 2:
                continue
            effects = [getattr(row, measure) for row in mine]
            if any(effect is None or effect.difference.estimate is None for effect in effects):
                continue
            found.append(_ranking(change, measure, mine, cells))
    return found


def _ranking(
    change: Change, measure: Measure, rows: Sequence[LeverRow], cells: dict[tuple[str, Change], Cell]
) -> Ranking:
    """Return the best of some steps, and which cannot be told from it."""
    effects = {row.lever: getattr(row, measure) for row in rows}
    best = max(effects, key=lambda name: effects[name].difference.estimate)
    tied = []
    for name in effects:
        mine, top = sums_for(measure, cells[name, change]), sums_for(measure, cells[best, change])
        if name != best and mine is not None and top is not None:
            gap = difference_of(mine, top)
            reach = reach_of(mine, (1.0 - LEVEL) / (len(effects) - 1))
            if gap.se is None or abs(gap.estimate or 0.0) <= reach * gap.se:
                tied.append(name)
    exact = [effect.exact for effect in effects.values()]
    alike = all(value is not None for value in exact) and max(exact) - min(exact) <= ALIKE * max(1.0, abs(exact[0]))
    return Ranking(
        change=change,
        measure=measure,
        best=_step(best),
        tied=[_step(name) for name in tied],
        steps=len(effects),
        all_alike=bool(alike),
    )


def _step(name: str) -> str:
    return name.removeprefix("rate of ")
