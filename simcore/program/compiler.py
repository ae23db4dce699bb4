"""Compiles a validated scenario to the program that the kernels run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base import periods as horizons
from simcore.base.drawn import Drawn
from simcore.base.errors import Problem, ScenarioError
from simcore.base.money import cents
from simcore.dates.period_table import parts_of_weeks, whole_periods
from simcore.numerics.elementary import log
from simcore.numerics.quantile_table import build_beta
from simcore.program.compile_coaching import compile_coaching, weekly
from simcore.program.compile_distributions import compile_deals, compile_lags, stacked
from simcore.program.compile_inflow import compile_inflow
from simcore.program.compile_needs import compile_needs, waiting
from simcore.program.compile_people import compile_people, plan_rows, quota_amounts
from simcore.program.compile_reaction import compile_reaction
from simcore.program.compile_season import compile_closing, compile_seasons, waiting_for
from simcore.program.layout import (
    BETWEEN,
    COUNTS,
    DRAWN,
    KNOWN,
    NO_MARKET,
    Calendar,
    Caps,
    Clock,
    FirstStep,
    Lags,
    Market,
    OpenItems,
    Plan,
    Program,
    Quota,
    RateLaws,
    Rates,
    Team,
)
from simcore.program.people import People
from simcore.quantities.distributions import sigma_of_cv
from simcore.quantities.open_list import ANY_SEAT, OpenList
from simcore.quantities.rates import BetaLaw, DrawnLaw, LogitNormal
from simcore.random.draws import TWO_32, binomial_thresholds, guide_of, parts_of
from simcore.random.streams import plain

if TYPE_CHECKING:
    from simcore.quantities.rates import Rate
    from simcore.scenario.model import Market as MarketPart
    from simcore.scenario.model import Scenario

_LAWS = {BetaLaw: COUNTS, LogitNormal: BETWEEN, DrawnLaw: DRAWN}


def compile_scenario(scenario: Scenario) -> Program:
    """Compile a validated scenario to flat arrays.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> program = compile_scenario(load_scenario("trust-the-process"))
    >>> program.clock.steps, int(program.plan.calls[0]), program.deals.unit
    (3, 500, 1000000)
    """
    plan, people = compile_plan(scenario), compile_people(scenario)
    rates = _with_own(_rates(scenario), people)
    deals = compile_deals(scenario)
    needs = compile_needs(scenario)
    closing = compile_closing(scenario)
    lags = waiting_for(waiting(compile_lags(scenario), needs), closing)
    coaching = compile_coaching(scenario)
    reaction = compile_reaction(scenario, deals.mean_units * deals.unit, coaching, needs)
    return Program(
        clock=_clock(scenario, lags),
        calendar=_calendar(scenario),
        plan=plan,
        team=_team(scenario),
        market=_market(scenario),
        rates=rates,
        first=first_step(rates, int(plan.calls[0]), unlike=len(plan.of_seat) > 0 or people.owns(1)),
        lags=lags,
        closing=closing,
        caps=_caps(scenario),
        deals=deals,
        start=_open_items(scenario),
        inflow=compile_inflow(scenario),
        quota=_quota(scenario, deals.unit),
        reaction=reaction,
        coaching=coaching,
        needs=needs,
        source=plain(len(scenario.funnel) - 1),
        people=people,
        rows=0 if scenario.knowledge is None else scenario.knowledge.rows,
    )


def _clock(scenario: Scenario, lags: Lags) -> Clock:
    week, horizon = scenario.calendar.hours_per_week, scenario.horizon
    simulated = horizon.warmup_weeks + horizon.weeks
    return Clock(
        steps=len(scenario.funnel) - 1,
        hours_per_day=scenario.calendar.hours_per_day,
        hours_per_week=week,
        warmup_weeks=horizon.warmup_weeks,
        counted_weeks=horizon.weeks,
        simulated_weeks=simulated,
        end_hour=simulated * week,
        one_account=scenario.only_calls and scenario.referrals is None and not lags.lagged.any(),
    )


def _calendar(scenario: Scenario) -> Calendar:
    calendar, counted = scenario.calendar, scenario.horizon.weeks
    week, days = calendar.hours_per_week, calendar.days_per_week
    period_of_day, first = np.zeros((7, counted * days), np.int32), parts_of_weeks(calendar.periods, counted * days)
    for number in (horizons.WEEK, horizons.MONTH, horizons.QUARTER, horizons.YEAR):
        period_of_day[number] = whole_periods(calendar.periods, number, counted * days)
    periods = period_of_day.max(axis=1).astype(np.int64) + 1
    periods[[horizons.CALL, horizons.HOUR, horizons.DAY]] = 0, counted * week, counted * days
    return Calendar(
        day_of_hour=(np.arange(counted * week) // calendar.hours_per_day).astype(np.int32),
        week_of_day=(np.arange(counted * days) // days).astype(np.int32),
        part_of_day=np.repeat(np.arange(len(first)), np.diff(np.append(first, counted * days))).astype(np.int32),
        period_of_part=np.ascontiguousarray(period_of_day[:, first]),
        period_of_day=period_of_day if len(first) > counted else period_of_day[:, :0],
        periods=periods,
    )


def compile_plan(scenario: Scenario) -> Plan:
    """Return the planned calls of every simulated week, of the team and of people who have their own."""
    calendar, horizon = scenario.calendar, scenario.horizon
    team, of_people = scenario.plan.calls_per_week, plan_rows(scenario)
    rows: list[NDArray[np.int64]] = []
    known: dict[tuple[int, frozenset[int]], int] = {}
    days_off = calendar.days_off(-horizon.warmup_weeks, horizon.warmup_weeks + horizon.weeks)

    def row_of(calls: int, days: frozenset[int]) -> int:
        if (calls, days) not in known:
            by_day = horizons.calls_per_hour(calls, calendar.hours_per_week)
            by_day = by_day.reshape(calendar.days_per_week, calendar.hours_per_day)
            by_day[sorted(days)] = 0
            known[calls, days] = len(rows)
            rows.append(by_day.ravel())
        return known[calls, days]

    row_of(team, frozenset())
    row_of_week = np.array([row_of(team, days) for days in days_off], np.int32)
    of_seat = np.array(
        [[row_of(calls, days) for calls, days in zip(own, days_off, strict=True)] for own in of_people.tolist()],
        np.int32,
    ).reshape(of_people.shape)
    per_hour = np.array(rows)
    slot_hour = np.zeros((len(rows), int(per_hour.sum(axis=1).max())), np.int32)
    for row, planned in enumerate(rows):
        slot_hour[row, : planned.sum()] = np.repeat(np.arange(len(planned)), planned)
    before = np.zeros((len(rows), per_hour.shape[1] + 1), np.int64)
    before[:, 1:] = per_hour.cumsum(axis=1)
    return Plan(
        row_of_week, per_hour, per_hour.sum(axis=1), slot_hour, before, of_seat, np.array([calls for calls, _ in known])
    )


def _team(scenario: Scenario) -> Team:
    team = scenario.team
    leave = 0
    if team.turnover:
        leave = int(weekly(team.turnover.yearly) * TWO_32 + 0.5)
    return Team(
        reps=team.reps,
        new=team.new,
        ramp_weeks=team.ramp.weeks if team.ramp else 0,
        ramp_start=team.ramp.start if team.ramp else 1.0,
        leave_threshold=leave,
        vacancy_weeks=team.turnover.vacancy_weeks if team.turnover else 0,
    )


def _market(scenario: Scenario) -> Market:
    market = scenario.market
    if market is None:
        return NO_MARKET
    start = market.start
    moves = market.sd if market.step is None else market.step
    of_start = (1.0, 0.0) if start is None else (start.level, start.sd)
    given = (market.persistence, moves or 0.0, *of_start)
    rows = next((len(each.column) for each in given if isinstance(each, Drawn)), 0)
    if rows == 0:
        return _market_of(market, *given)
    columns = [each.column.tolist() if isinstance(each, Drawn) else [each] * rows for each in given]
    found = _market_of(market, *(float(each) for each in given))
    drawn = np.array([_market_of(market, *row)[1:8] for row in zip(*columns, strict=True)])
    return found._replace(drawn=np.ascontiguousarray(drawn.T))


def _market_of(market: MarketPart, persistence: float, moves: float, start_level: float, start_sd: float) -> Market:
    """Compile a market with an sd or a step, and a start."""
    level = log(start_level) if market.start is not None else 0.0
    if market.step is not None:
        return Market(True, 1.0, moves, moves, moves * moves * 0.5, 0.0, level, start_sd)
    sd = moves
    innovation = sd * float(np.sqrt(1.0 - persistence * persistence))
    half = sd * sd * 0.5
    if market.start is None:
        return Market(True, persistence, sd, innovation, 0.0, half, 0.0, 0.0)
    return Market(True, persistence, innovation, innovation, 0.0, half, half + level, start_sd)


def _rates(scenario: Scenario) -> Rates:
    stages = scenario.funnel
    acts_on = set(scenario.market.acts_on) if scenario.market else set()
    beta = np.full(len(stages), -1, np.int64)
    tables: list[NDArray[np.float64]] = []
    for step, stage in enumerate(stages):
        if stage.rate is not None and stage.rate.rep_cv > 0.0:
            beta[step] = len(tables)
            tables.append(_beta_table(stage.stage, stage.rate))
    noise_sigma = np.array([sigma_of_cv(stage.rate.week_cv, log) if stage.rate else 0.0 for stage in stages])
    in_market = np.array([stage.stage in acts_on for stage in stages])
    drawn_anew = (beta >= 0) & (scenario.team.turnover is not None)
    season, seasons = compile_seasons(scenario)
    varies = in_market | (noise_sigma > 0.0) | drawn_anew | (season >= 0)
    laws = _laws(scenario)
    return Rates(
        base=np.array([stage.rate.mean if stage.rate else 1.0 for stage in stages]),
        beta=beta,
        beta_tables=stacked(tables),
        noise_sigma=noise_sigma,
        in_market=in_market,
        season=season,
        seasons=seasons,
        varies=varies,
        fixed=not varies.any() and bool((beta < 0).all()) and not laws.active,
        laws=laws,
    )


def _with_own(rates: Rates, people: People) -> Rates:
    """Return the rates where people have rates of their own, or come and go: less is then the same for all."""
    if not people.active:
        return rates
    own = np.array([people.owns(step) for step in range(len(rates.base))])
    varies = rates.varies | ((own | (rates.beta >= 0)) & people.come_and_go)
    return rates._replace(varies=varies, fixed=rates.fixed and not own.any())


def _laws(scenario: Scenario) -> RateLaws:
    """Compile the rates that are not known exactly."""
    rates = [stage.rate for stage in scenario.funnel]
    laws = [None if rate is None else rate.law for rate in rates]
    tables = [build_beta(law.mean, law.cv) for law in laws if isinstance(law, BetaLaw)]
    kinds = [KNOWN if law is None else _LAWS[type(law)] for law in laws]
    ends = [(law.centre, law.sigma) if isinstance(law, LogitNormal) else (0.0, 0.0) for law in laws]
    kind = np.array(kinds, np.int64)
    return RateLaws(
        active=bool(kind.any()),
        kind=kind,
        tables=stacked(tables),
        table=np.where(
            kind == COUNTS, np.cumsum(kind == COUNTS) - 1, np.where(kind == DRAWN, np.cumsum(kind == DRAWN) - 1, -1)
        ),
        centre=np.array([centre for centre, _ in ends]),
        sigma=np.array([sigma for _, sigma in ends]),
        rep_cv=np.array([rate.rep_cv if rate is not None and rate.law is not None else 0.0 for rate in rates]),
        drawn=np.array([law.drawn.column for law in laws if isinstance(law, DrawnLaw)], ndmin=2),
    )


def _beta_table(stage: str, rate: Rate) -> NDArray[np.float64]:
    """Return the table of a rate that differs between reps.

    Raises
    ------
    ScenarioError
        If its Beta distribution is too extreme to tabulate.
    """
    mean, cv = rate.mean, rate.rep_cv
    try:
        if mean * cv * cv > 0.0:
            return build_beta(mean, cv)
        # The parameters would overflow.
        message = f"the Beta distribution with mean {mean:g} and coefficient of variation {cv:g} is too extreme"
    except ValueError as error:
        message = str(error)
    raise ScenarioError((Problem(message, f"funnel.{stage}.rate.rep_cv", value=f"{cv:g}"),))


def _caps(scenario: Scenario) -> Caps:
    caps = [stage.cap for stage in scenario.funnel]
    return Caps(
        per_week=np.array([-1 if cap is None or cap.per_week is None else cap.per_week for cap in caps]),
        open=np.array([-1 if cap is None or cap.open is None else cap.open for cap in caps]),
    )


def first_step(rates: Rates, calls: int, *, unlike: bool = False) -> FirstStep:
    """Tabulate the successes of a full week if all seats have the same rate in every week.

    ``unlike``: people have plans or rates of step 1 of their own.
    """
    rate = float(rates.base[1])
    alike = calls > 0 and rates.beta[1] < 0 and not rates.varies[1] and rates.laws.kind[1] == KNOWN and not unlike
    if not alike or rate > 0.5 or parts_of(calls, rate) > 1:
        return FirstStep(False, 0, np.zeros(0, np.int64), np.zeros(0, np.int32))
    thresholds = binomial_thresholds(calls, rate)
    return FirstStep(True, calls, thresholds, guide_of(thresholds))


def _listed_items(scenario: Scenario, items: OpenList) -> OpenItems:
    """Compile the items of a list, seat by seat in its order."""
    number = {stage.stage: place for place, stage in enumerate(scenario.funnel)}
    stage = np.array([number[name] for name in items.stages])[items.stage]
    due = items.dues(scenario.calendar)
    # What is due on a day waits till then, however old it is.
    age = np.where(due >= 0, 0, items.ages(scenario.calendar))
    every = np.flatnonzero(items.rep == ANY_SEAT)
    if len(every) > 0:
        seats = range(1, scenario.team.reps + 1)
        rows = np.concatenate([np.flatnonzero((items.rep == seat) | (items.rep == ANY_SEAT)) for seat in seats])
        rep = np.concatenate([np.full(int((items.rep == seat).sum()) + len(every), seat) for seat in seats])
    else:
        rows = np.argsort(items.rep, kind="stable")
        rep = items.rep[rows]
    first = np.searchsorted(rep, np.arange(1, scenario.team.reps + 2)).astype(np.int64)
    return OpenItems(first, stage[rows], due[rows], age[rows], items.value[rows], items.probability[rows])


def _open_items(scenario: Scenario) -> OpenItems:
    if scenario.start is not None and isinstance(scenario.start.open, OpenList):
        return _listed_items(scenario, scenario.start.open)
    number = {stage.stage: place for place, stage in enumerate(scenario.funnel)}
    first = np.zeros(scenario.team.reps + 1, np.int64)
    rows: list[tuple[int, int, int, int, float]] = []
    entries = scenario.start.entries if scenario.start else ()
    for rep in range(scenario.team.reps if entries else 0):
        for entry in entries:
            if entry.rep is None or entry.rep == rep + 1:
                due, age = entry.due_hour(scenario.calendar), entry.age_hours(scenario.calendar)
                value = -1 if entry.value is None else cents(entry.value)
                chance = -1.0 if entry.probability is None else entry.probability
                rows += [(number[entry.stage], due, age, value, chance)] * entry.count
        first[rep + 1] = len(rows)
    stages, dues, ages, values = (np.array([row[column] for row in rows], np.int64) for column in range(4))
    return OpenItems(first, stages, dues, ages, values, np.array([row[4] for row in rows], np.float64))


def _quota(scenario: Scenario, unit: int) -> Quota:
    if scenario.quota is None:
        return Quota(0, 0, 0)
    amount = cents(scenario.quota.amount)
    team = amount * scenario.team.reps if scenario.quota.team is None else cents(scenario.quota.team)
    horizon = horizons.HORIZONS.index(scenario.quota.per)
    own = quota_amounts(scenario)
    return Quota(horizon, -(-amount // unit), -(-team // unit), *own)
