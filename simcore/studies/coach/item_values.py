"""What a call, a "no", a meeting held and an opportunity are worth: when it comes, and at each age while it is open.

An item is decided in the hour in which its lag ends, at the rate of that hour, whatever the lag was. So how long it has
waited says nothing about whether it will be won where winners and losers wait alike. What age changes is the time that
is left: the lag, given that it is longer than the age (`simcore.analytic.waiting_times`). That a rep has an old item
open says nothing about the rep's own rate at the next step either, since how long items wait is the same for all reps,
and own rates of different steps are drawn apart.

Where what is lost waits by a law of its own, the age tells how an item will end; closed forms are then those of all
items of that age. If the rate of the step differs between reps or weeks, old items are those of reps and weeks that
lose more, or less: items that are given to all seats alike are no such sample, and no run shows them.

What an item adds is also simulated: the same worlds with and without it in the list of what is open at the start. That
includes what closed forms leave out: a cap under which it takes another's place, a strategy that reacts to its deal.
Items that wait for a step whose deals need something are left out: an age tells more of them than the time left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simcore.analytic.item_values import Prospects, holds
from simcore.analytic.market_moments import largest_variance
from simcore.analytic.waiting_times import AtAge, Floats, at_age, lag_hours, mean_hours, quantile
from simcore.base.periods import WEEKS_PER_QUARTER, WEEKS_PER_YEAR
from simcore.quantities.lags import MAX_LAG_WEEKS
from simcore.quantities.open_items import OpenItems, Start
from simcore.scenario.model import Duration, validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import never_differed, scaled
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import mean_of
from simcore.statistics.paired_difference import difference_of
from simcore.studies.coach.item_values_document import AgeRow, ItemValue, StageAges, Values, Wait

if TYPE_CHECKING:
    from simcore.engine.many_scenarios import Cell, ScenarioBatch
    from simcore.scenario.model import Scenario

AGES = ("0d", "1d", "2d", "1w", "2w", "4w", "8w", "13w", "26w", "39w", "52w", "78w", "104w", "156w")
"""Ages that are looked at, as long as enough items reach them."""
REACHED = 0.01
"""Share of items that must reach an age."""
MOST_AGES = 7
GRID = 200
"""Items over all seats, each due at another share of the wait, where items do not get in each other's way."""


class Added(NamedTuple):
    """A scenario with items added to what is open at its start."""

    scenario: Scenario
    items: int
    """For each seat."""


class Look(NamedTuple):
    """An age of the items of a stage, and the run that shows it."""

    stage: int
    age: str
    hours: int
    known: AtAge
    added: Added | None
    """``None``: no run shows it."""


class ValuesPlan(NamedTuple):
    """All runs that values need."""

    base: Scenario
    """The whole run, from a cold start."""
    fresh: list[Added]
    """One for each stage from the second to the last but one."""
    quarter: Scenario
    """A quarter of it."""
    looks: list[Look]

    @property
    def everything(self) -> list[Scenario]:
        """Every scenario that is run."""
        fresh = [self.base, *(each.scenario for each in self.fresh)] if self.fresh else []
        return [*fresh, *self.of_looks]

    @property
    def of_looks(self) -> list[Scenario]:
        """The runs that show ages: the quarter, and one for each."""
        added = [look.added.scenario for look in self.looks if look.added is not None]
        return [self.quarter, *added] if added else []


def plan_values(scenario: Scenario) -> ValuesPlan:
    """Return the runs that the values of a scenario's items take.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> [(look.stage, look.age) for look in plan_values(load_scenario("long-cycle")).looks][:3]
    [(1, '0d'), (1, '1d'), (1, '2d')]
    """
    weeks = scenario.horizon.weeks
    base, quarter = (_cold(scenario, length) for length in (weeks, min(weeks, WEEKS_PER_QUARTER)))
    together = 1 if _in_the_way(scenario) else -(-GRID // scenario.team.reps)
    stages = range(1, len(scenario.funnel) - 1)
    fresh = [Added(_with_open(base, [{"stage": base.funnel[k].stage, "count": together}]), together) for k in stages]
    looks = [look for stage in stages for look in _looks(scenario, quarter, stage, together)]
    return ValuesPlan(base, fresh, quarter, looks)


def _in_the_way(scenario: Scenario) -> bool:
    """Return whether items may change what becomes of others: under a cap, a strategy that reacts, or a manager."""
    managed = scenario.manager is not None and scenario.manager.rule != "nobody"
    return managed or bool(scenario.strategy.drives) or any(stage.cap is not None for stage in scenario.funnel)


def _cold(scenario: Scenario, weeks: int) -> Scenario:
    data = scenario.resolved(sources=False)
    data["horizon"] = {"weeks": weeks, "warmup_weeks": 0}
    return validate(data)


def _with_open(scenario: Scenario, entries: Sequence[dict[str, Any]]) -> Scenario:
    """Return a scenario with more items open at the start, after those that are."""
    start = (scenario.start or Start.of(())).with_more(OpenItems.model_validate(entry) for entry in entries)
    return scenario.model_copy(update={"start": start})


def _looks(scenario: Scenario, quarter: Scenario, stage: int, together: int) -> list[Look]:
    """Return the ages at which items of a stage are looked at; none where they do not wait."""
    known = _known_by_age(scenario, stage)
    if known is None or scenario.funnel[stage + 1].needs or any(step.closing for step in scenario.funnel[stage + 1 :]):
        # Of what deals need, an age tells more than the time that is left; and closing days are dates.
        return []
    ages = [(age, round(Duration.parse(age).hours(scenario.calendar))) for age in AGES]
    reached = [(age, hours) for age, hours in ages if hours <= known.longest and known(hours).still_open >= REACHED]
    while len(reached) > MOST_AGES:
        # Of ages close together the earlier go first, but never the age of 0.
        del reached[1]
    found = []
    for age, hours in reached:
        added = None
        if known.lost is None:
            added = Added(_with_open(quarter, _on_grid(scenario, stage, known(hours).left, together)), together)
        elif not _varies(scenario, stage + 1):
            # When an item is decided tells how: nothing is due on a grid.
            entries = [{"stage": scenario.funnel[stage].stage, "count": together, "age": f"{hours}h"}]
            added = Added(_with_open(quarter, entries), together)
        found.append(Look(stage, age, hours, known(hours), added))
    return found


def _varies(scenario: Scenario, number: int) -> bool:
    """Return whether the rate of a step differs between reps, weeks or worlds."""
    step = scenario.funnel[number]
    acted = scenario.market is not None and step.stage in scenario.market.acts_on
    acted = acted or (scenario.season is not None and step.stage in scenario.season)
    return acted or (step.rate is not None and bool(step.rate.rep_cv or step.rate.week_cv or step.rate.law))


class _KnownByAge(NamedTuple):
    """What is known of the items of a stage, by their age in hours."""

    chance: float
    won: Floats
    lost: Floats | None

    @property
    def longest(self) -> int:
        """The longest wait."""
        return max(len(self.won), 0 if self.lost is None else len(self.lost)) - 1

    def __call__(self, hours: int) -> AtAge:
        return at_age(self.chance, self.won, self.lost, hours)


def _known_by_age(scenario: Scenario, stage: int) -> _KnownByAge | None:
    """Return what is known of a stage's items; ``None`` where nothing waits, or the chance to pass is not known."""
    step = scenario.funnel[stage + 1]
    if any(lag is not None and lag.drawn(scenario.calendar) is not None for lag in (step.lag, step.lost_lag)):
        return None  # every world has a lag of its own
    won = lag_hours(step.lag, scenario.calendar)
    lost = None if step.lost_lag is None else lag_hours(step.lost_lag, scenario.calendar)
    found = _KnownByAge(1.0, won, lost)
    if found.longest == 0:
        return None
    if lost is None:
        return found
    prospects = _prospects(scenario)
    return None if prospects is None else found._replace(chance=prospects.step_chance(stage + 1))


def _on_grid(scenario: Scenario, stage: int, left: Floats, together: int) -> list[dict[str, Any]]:
    """Return items of all seats, each due in the middle of another of as many equal shares of the wait."""
    reps, name = scenario.team.reps, scenario.funnel[stage].stage
    size = reps * together
    cumulated = np.cumsum(left)
    dues = np.searchsorted(cumulated, (np.arange(size) + 0.5) / size)
    # The longest wait that a file may state is far beyond the quarter that is played.
    latest = min(len(left) - 1, MAX_LAG_WEEKS * scenario.calendar.hours_per_week)
    # Neighbouring shares go to different seats: every seat has items of the whole wait.
    return [
        {"stage": name, "rep": number % reps + 1, "due": f"{min(int(due), latest)}h"} for number, due in enumerate(dues)
    ]


def values(scenario: Scenario, runs: ScenarioBatch, base: Cell, more_calls: Cell | None, plan: ValuesPlan) -> Values:
    """Return what a call, a "no" and an item of each stage are worth, now and at each age.

    Parameters
    ----------
    scenario
        With the strategy that it runs.
    runs
        Its replications and seed hold for all.
    base, more_calls
        The scenario's own run, and the one with a tenth more calls (``None``: was not run).
    plan
        From `plan_values`.

    Raises
    ------
    ScenarioError
        If the scenario leaves the ranges of the engine, or a drive explodes.
    """
    prospects = _prospects(scenario)
    items = [_call(scenario, base, more_calls, prospects), _no(base, prospects)]
    cells: list[Cell] = []
    if plan.fresh and not runs.stopped:
        cells = runs.run([plan.base, *(added.scenario for added in plan.fresh)])
    for place, added in enumerate(plan.fresh):
        pair = (cells[place + 1], cells[0]) if place + 1 < len(cells) else None
        items.append(_stage(scenario, base, place + 1, added, pair, prospects))
    seen: list[Cell] = []
    if plan.of_looks and not runs.stopped:
        seen = runs.run(plan.of_looks)
    shown = iter(seen[1:])
    rows = {}
    for look in plan.looks:
        cell = next(shown, None) if look.added is not None else None
        rows[id(look)] = _age_row(scenario, look, plan.quarter, seen[0] if seen else None, cell, prospects)
    names = [stage.stage for stage in scenario.funnel]
    stages = dict.fromkeys(look.stage for look in plan.looks)
    return Values(
        items=items,
        soon_weeks=plan.quarter.horizon.weeks,
        ages=[
            StageAges(
                stage=names[stage],
                waiting_for=names[stage + 1],
                rows=[rows[id(look)] for look in plan.looks if look.stage == stage],
            )
            for stage in stages
        ],
        of_the_plan=bool(scenario.strategy.drives),
        items_per_seat=plan.fresh[0].items if plan.fresh else 1,
        market_lift=_market_lift(scenario),
        interrupted=runs.stopped,
        sentences=[],
    )


def _prospects(scenario: Scenario) -> Prospects | None:
    """Return the closed forms of the plan; ``None`` where there are none."""
    plan = without_drives(scenario)
    return Prospects(plan) if holds(plan) else None


def without_drives(scenario: Scenario) -> Scenario:
    """Return the scenario with the plan as its strategy, under the same name."""
    if not scenario.strategy.drives:
        return scenario
    calm = scenario.strategy.model_copy(update={"drives": {}})
    return scenario.model_copy(update={"strategies": scenario.strategies | {scenario.run.strategy: calm}})


def _call(scenario: Scenario, base: Cell, more: Cell | None, prospects: Prospects | None) -> ItemValue:
    """Return the value of a call: on average, and of one more."""
    one_more = None
    if more is not None:
        sums, other = more.revenue_origin, base.revenue_origin

        def slope(*totals: Floats) -> Floats:
            return (totals[0] - totals[1]) / (totals[2] - totals[3])

        one_more = jackknife(slope, sums.replications, sums.total, other.total, more.entered[:, 0], base.entered[:, 0])
        worlds, added = float(sums.replications.sum()), float((more.entered[:, 0] - base.entered[:, 0]).sum())
        if one_more.se is None and one_more.estimate is not None and other.worth and added > 0.0:
            # The same in all worlds that were seen, but not in all that there are.
            one_more = never_differed(one_more.estimate, worlds, other.worth * worlds / added)
    exact = None if prospects is None or scenario.strategy.drives else prospects.value(0)
    return ItemValue(
        item=scenario.funnel[0].stage, average=_per(base, base.entered[:, 0]), one_more=one_more,
        exact=None if prospects is None else prospects.value(0), exact_in_run=exact,
    )  # fmt: skip


def _no(base: Cell, prospects: Prospects | None) -> ItemValue:
    average = _per(base, base.entered[:, 0] - base.booked)
    exact = None if prospects is None else prospects.value_of_a_no
    return ItemValue(item="no", average=average, one_more=None, exact=exact, exact_in_run=None)


def _per(base: Cell, count: Any) -> Estimate | None:  # noqa: ANN401
    sums = base.revenue_origin
    found = mean_of(sums.replications, sums.total, count, worth=sums.worth, certain=sums.certain)
    return found if found.estimate is not None else None


def _stage(
    scenario: Scenario,
    base: Cell,
    stage: int,
    added: Added,
    pair: tuple[Cell, Cell] | None,
    prospects: Prospects | None,
) -> ItemValue:
    """Return the value of an item that has just entered a stage."""
    steps = scenario.funnel[1 : stage + 1]
    lagged = scenario.referrals is not None or any(each.lag is not None or each.needs is not None for each in steps)
    whole = scenario.horizon.weeks * scenario.calendar.hours_per_week
    return ItemValue(
        item=scenario.funnel[stage].stage,
        average=None if lagged or not scenario.only_calls else _per(base, base.entered[:, stage]),
        # What is open at the start was checked before, at no cost.
        one_more=None if pair is None or scenario.funnel[stage + 1].needs else _per_item(*pair, added),
        exact=None if prospects is None else prospects.value(stage),
        exact_in_run=None if prospects is None else prospects.value_within(stage, whole),
    )


def _per_item(cell: Cell, base: Cell, added: Added) -> Estimate:
    """Return what an added item brings: the difference of a seat's revenue over the items added to it."""
    years = added.scenario.horizon.weeks / WEEKS_PER_YEAR
    return scaled(difference_of(cell.revenue, base.revenue), years / added.items)


def _age_row(
    scenario: Scenario,
    look: Look,
    quarter: Scenario,
    base: Cell | None,
    cell: Cell | None,
    prospects: Prospects | None,
) -> AgeRow:
    """Return what is known of an open item of an age."""
    week = scenario.calendar.hours_per_week
    soon = quarter.horizon.weeks * week
    step, left = scenario.funnel[look.stage + 1], look.known.left
    laws = [law for law in (step.lag, step.lost_lag) if law is not None]
    held = max(1.0 - float(lag_hours(law, scenario.calendar).sum()) for law in laws)
    waits = [quantile(left, p) / week for p in (0.1, 0.5, 0.9)]
    exact: tuple[float | None, ...] = (None,) * 4
    if prospects is not None:
        chance = prospects.win_chance_at(look.stage, look.hours)
        soonest = float(prospects.wins_of(look.stage, soon, look.hours).sum())
        exact = (chance, chance * prospects.price, soonest, prospects.value_within(look.stage, soon, look.hours))
    simulated, grid = None, 0.0
    if look.added is not None and step.lost_lag is None:
        grid = 1.0 / (2.0 * scenario.team.reps * look.added.items)
    if cell is not None and base is not None and look.added is not None:
        simulated = _per_item(cell, base, look.added)
    return AgeRow(
        age=look.age,
        age_weeks=look.hours / week,
        still_open=look.known.still_open,
        decision=Wait(mean=mean_hours(left) / week if held < 1e-6 else None, q10=waits[0], q50=waits[1], q90=waits[2]),
        p_win=exact[0],
        value=exact[1],
        p_win_soon=exact[2],
        value_soon=exact[3],
        simulated_soon=simulated,
        grid_share=grid,
    )


def _market_lift(scenario: Scenario) -> float | None:
    """Return the most that a market that still lasts adds to the chance of an item that it let through."""
    market, steps = scenario.market, scenario.funnel[1:]
    if market is None:
        return None
    acted = [place for place, step in enumerate(steps) if step.stage in market.acts_on]
    between = steps[acted[0] : acted[-1] + 1] if len(acted) > 1 else ()
    if not any(step.lag is not None or step.lost_lag is not None for step in between):
        return None
    pairs = len(acted) * (len(acted) - 1) // 2
    weeks = scenario.horizon.warmup_weeks + scenario.horizon.weeks
    return float(np.exp(pairs * largest_variance(market, weeks)) - 1.0)
