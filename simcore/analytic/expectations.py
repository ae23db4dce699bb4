"""Expected values in closed form, each with the rule for when it holds.

Notation: n calls; step s has rate p_s, with spreads of cv a_s between reps and b_s from week to week; the
market's logarithm has standard deviation d and persistence f, and acts on k steps; the value of a deal has
mean m and variance v. The chance that a call in week w, by some rep in some replication, becomes a win is

    Q_w = A B_w M_w:  A the product of the rep's own rates, B_w of the week noises, M_w = (market factor)^k.

A, B and M are independent, B_w and B_w' are independent, and by the moments of Beta and log-normal variables

    E[A] = prod p_s,   E[A^2] = E[A]^2 prod (1 + a_s^2),   E[B] = 1,   E[B^2] = prod (1 + b_s^2),
    E[M] = exp((k^2 - k) d^2 / 2),   E[M_w M_w'] = exp(-k d^2 + k^2 d^2 (1 + f^|w - w'|)),

A rate that is not known exactly has the mean p_s and the cv c_s of its law, and E[A^2] one more factor 1 + c_s^2 for
it; laws are independent, so that means multiply. The moments of M are those of `simcore.analytic.market_moments` for a
market that starts from a level or does not come back: then weeks differ.

Given the rates, calls are independent. So the revenue R of n_w calls in each week w of a period has, by the
law of total variance, with N = sum of n_w and q = E[Q],

    E[R] = N q m,   Var[R] = N (q (v + m^2) - E[Q^2] m^2) + m^2 sum over w, w' of n_w n_w' Cov(Q_w, Q_w').

Without spreads this is the binomial result N (q (v + m^2) - q^2 m^2).

Rules
-----
rates
    No person of a team by name has anything of their own. No cap turns items away, no referral adds any, no habit
    lowers a rate, no strategy reacts, and cutting rates at 1 costs less than 1e-4 of the mean, so that the values are
    good to four digits. A market that acts on several steps needs them without lags between. Where the mean of M
    differs between weeks, or a season acts, nothing takes time, and all means are those of the counted weeks (rule
    *plan* must hold). Where deals need something, the rate is what needs leave (`simcore.analytic.needs`), if that is
    known; they then take time, too.
plan
    As *rates*, and all seats have the planned calls (none on holidays): no turnover, no new reps, no call owed.
spread
    As *plan*; where a lag lies between steps, their rates must not vary from week to week; and the spread between reps
    fits all but 1e-4 of what the law of its rate says; the value of deals is known; all comes of calls. By origin.
binomial
    As *spread*, with known rates without any spread: P(no win) = (1 - q)^n, in a season the product over weeks.
quota
    As *binomial*, with a fixed deal value, no lag, no season, no items open at the start and none without a
    call (by close is by origin then).
steady state
    As *plan*: in a steady pipeline, neither cold nor filled by hand nor upset by holidays, each stage is
    entered at its rate and holds arrival rate x mean lag items (Little 1961), the lag being that of both who pass
    and who are lost. Labels say so where it matters.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from simcore.analytic.capped_rates import cut_share, cut_spread, law_cv
from simcore.analytic.flowing_in import come_to, flow_holds, flows
from simcore.analytic.market_moments import is_stationary, log_covariance, moment
from simcore.analytic.needs import owes_calls, passing
from simcore.analytic.rate_factors import are_alike, factor, market_steps, pair_factors, peak, weeks_differ
from simcore.base.money import cents
from simcore.base.periods import HORIZONS
from simcore.dates.period_table import whole_periods
from simcore.numerics.gamma_beta import beta_i

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simcore.scenario.model import Rate, Scenario, Stage

Unit = Literal["count", "money", "share"]


class Window(NamedTuple):
    """What tells one window of a horizon from another."""

    calls: tuple[int, ...]
    """Of each week in it."""
    first: int
    """Its first simulated week where weeks differ by the market or a season; else 0."""


Windows = Counter[Window]
"""How many windows of a horizon there are."""

_CUT_LIMIT = 1e-4
_WEEKS_OF_MONTH = 5


class Expected(NamedTuple):
    """An expected value.

    Attributes
    ----------
    label
        The quantity, in words; ``PERIOD: QUANTITY`` for rows of the averaging pyramid.
    value, unit
        In the currency for ``money``, from 0 to 1 for a ``share`` (a probability or a cv); or a ``count``.
    """

    label: str
    value: float
    unit: Unit


def expected(scenario: Scenario) -> list[Expected]:
    """Return all expected values that have a closed form for this scenario; empty if none do.

    The values are those of the model itself: rounding to cents, hours and 2^-33 of a rate is left out.
    Rows of the pyramid are revenue by origin (which is by close where nothing takes time).

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "Canon", "deal": 10_000,
    ...     "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.02}, {"stage": "wins", "rate": 0.1}],
    ... })
    >>> for entry in expected(scenario)[:6]:
    ...     print(f"{entry.label}: {entry.value:.6g}")
    calls per rep and week: 500
    talks per rep and week: 10
    wins per rep and week: 1
    value of a call: 20
    value of a "no": 20.4082
    call: mean: 20
    """
    if not _rates_hold(scenario):
        return []
    values: list[Expected] = []
    windows = _windows(scenario) if _plan_holds(scenario) else {}
    if not are_alike(scenario, scenario.funnel[1:]) and (not windows or _lagged(scenario)):
        return []
    if windows and flow_holds(scenario):
        values += [*_funnel(scenario, windows), *(Expected(*flow, "count") for flow in flows(scenario))]
    if called := scenario.plan.calls_per_week > 0:
        values += _value(scenario, windows)
    if windows and called and not scenario.inflow and _spread_holds(scenario):
        values += _pyramid(scenario, windows)
    if windows and _quota_holds(scenario):
        values += _quota(scenario, windows)
    if windows and not scenario.calendar.rests and flow_holds(scenario):
        values += _open(scenario)
    return values


def win_chance(scenario: Scenario) -> float:
    """Return q = E[Q]: the chance that a call becomes a win (rule *rates*)."""
    return _chance(scenario, scenario.funnel[1:])


def chances(scenario: Scenario, *, within: float = _CUT_LIMIT) -> list[float] | None:
    """Return the expected chance that a call reaches each stage, 0 to S, in any week.

    ``None`` where rule *rates* fails, or a market or a season makes the mean of one week another.

    ``within`` is the largest share of the mean rates that may be lost by cutting rates at 1, and so the largest error.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "Canon", "deal": 10_000,
    ...     "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.02}, {"stage": "wins", "rate": 0.5}],
    ... })
    >>> chances(scenario)
    [1.0, 0.02, 0.01]
    """
    if not (_rates_hold(scenario, within) and are_alike(scenario, scenario.funnel[1:])):
        return None
    return [_chance(scenario, scenario.funnel[1 : stage + 1]) for stage in range(len(scenario.funnel))]


def binomial_chance(scenario: Scenario) -> tuple[float, int] | None:
    """Return q and a deal's value in cents where wins by close are Binomial(calls, q), by rule *quota*; else ``None``.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "Canon", "deal": 10_000,
    ...     "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.02}, {"stage": "wins", "rate": 0.5}],
    ... })
    >>> binomial_chance(scenario)
    (0.01, 1000000)
    """
    price = scenario.deal.only_price()
    if price is None or not (_rates_hold(scenario) and _plan_holds(scenario) and _wins_hold(scenario)):
        return None
    return win_chance(scenario), price


def _rate(stage: Stage) -> Rate:
    if stage.rate is None:
        raise ValueError(f"stage {stage.stage} has no rate")
    return stage.rate


def _chance(scenario: Scenario, steps: Sequence[Stage], week: int = 0) -> float:
    """Return the expected chance that a call of a simulated week passes these steps."""
    return math.prod(_rate(step).mean for step in steps) * factor(scenario, steps, week) * _kept(scenario, steps)


def _mean_chance(scenario: Scenario, steps: Sequence[Stage], windows: Mapping[str, Windows]) -> float:
    """Return the expected chance that a call of the counted weeks passes these steps."""
    if are_alike(scenario, steps):
        return _chance(scenario, steps)
    weeks = windows["week"]
    passed = _average(weeks, lambda window: window.calls[0] * _chance(scenario, steps, window.first))
    return passed / _average(weeks, _calls_in)


def _kept(scenario: Scenario, steps: Sequence[Stage]) -> float:
    """Return the share of the rates of these steps that needs leave."""
    share = passing(scenario) if any(step.needs for step in steps) else 1.0
    if share is None:
        raise ValueError("what deals need has no closed form: see `passing`")
    return share


def _rates_hold(scenario: Scenario, within: float = _CUT_LIMIT) -> bool:
    steps = scenario.funnel[1:]
    free = scenario.referrals is None and not scenario.strategy.drives and not (scenario.unlike or scenario.knowledge)
    free = free and not any(step.cap or step.habit for step in steps) and passing(scenario) is not None
    # No time may pass between two steps on which the market acts: it would have changed.
    acted = [index for index, step in enumerate(steps) if market_steps(scenario, [step])]
    between = steps[acted[0] : acted[-1] + 1] if len(acted) > 1 else ()
    together = not any(step.lag or step.lost_lag or step.needs for step in between)
    return free and together and sum(_cut_share(scenario, step) for step in steps) < within


def _cut_share(scenario: Scenario, step: Stage) -> float:
    """Return the largest share of the mean rate that is cut off in any week in which the step may be decided."""
    market = scenario.market
    if market is None or step.stage not in market.acts_on:
        return cut_share(_rate(step), 0.0, peak(scenario, step))
    weeks = [0] if is_stationary(market) else _looked_at(scenario)
    most = max(1.0, peak(scenario, step))
    return max(cut_share(_rate(step), log_covariance(market, at, at), most * moment(market, 1, at)) for at in weeks)


def _looked_at(scenario: Scenario) -> list[int]:
    """Return some weeks, the first and the last in which calls of the run are decided among them: 0, 1, 3, 7, ..."""
    last = scenario.horizon.warmup_weeks + scenario.horizon.weeks - 1
    if _lagged(scenario):
        from simcore.analytic.waiting_times import lag_hours, quantile  # noqa: PLC0415

        waits = [quantile(lag_hours(step.lag, scenario.calendar), 0.999) for step in scenario.funnel[1:]]
        last += -(-sum(waits) // scenario.calendar.hours_per_week)
        last += _WEEKS_OF_MONTH * sum(step.closing is not None for step in scenario.funnel)
    return [*(2**power - 1 for power in range(last.bit_length() + 1) if 2**power - 1 < last), last]


def _plan_holds(scenario: Scenario) -> bool:
    return scenario.team.turnover is None and scenario.team.new == 0 and not owes_calls(scenario)


def _weekly_spread(scenario: Scenario) -> bool:
    return scenario.market is not None or any(_rate(step).week_cv for step in scenario.funnel[1:])


def _lagged(scenario: Scenario) -> bool:
    return any(step.lag or step.needs for step in scenario.funnel[1:])


def _spread_holds(scenario: Scenario) -> bool:
    # The lag of the first step comes after its rate, and the last step's before: one lag parts two rates.
    whole = scenario.deal.unsure is None and all(cut_spread(_rate(step)) < _CUT_LIMIT for step in scenario.funnel[1:])
    return whole and not (_weekly_spread(scenario) and _lagged(scenario))


def _quota_holds(scenario: Scenario) -> bool:
    return scenario.quota is not None and _wins_hold(scenario)


def _wins_hold(scenario: Scenario) -> bool:
    fixed = not scenario.deal.drawn and scenario.only_calls and scenario.season is None
    return fixed and not _lagged(scenario) and _binomial(scenario)


def _binomial(scenario: Scenario) -> bool:
    return not (_weekly_spread(scenario) or any(_rate(step).rep_cv or _rate(step).law for step in scenario.funnel[1:]))


def _funnel(scenario: Scenario, windows: Mapping[str, Windows]) -> list[Expected]:
    """Return the entries into each stage; after a lag, those of a steady pipeline."""
    values = []
    calls = _average(windows["week"], _calls_in)
    lagged = False
    for index, stage in enumerate(scenario.funnel):
        lagged = lagged or stage.lag is not None or stage.needs is not None
        called = calls * _mean_chance(scenario, scenario.funnel[1 : index + 1], windows) if calls > 0 else 0.0
        number = called + come_to(scenario, _chance, index)
        label = f"{stage.stage} per rep and week" + (", steady state" if lagged else "")
        values.append(Expected(label, number, "count"))
    return values


def _value(scenario: Scenario, windows: Mapping[str, Windows]) -> list[Expected]:
    """Return the value of a call, q m, and of a "no": q m / (1 - p_1)."""
    per_call = _mean_chance(scenario, scenario.funnel[1:], windows) * scenario.deal.mean_value()
    values = [Expected("value of a call", per_call, "money")]
    first = _mean_chance(scenario, scenario.funnel[1:2], windows)
    if first < 1:
        values.append(Expected('value of a "no"', per_call / (1 - first), "money"))
    return values


def _pyramid(scenario: Scenario, windows: Mapping[str, Windows]) -> list[Expected]:
    values: list[Expected] = []
    mean_value = scenario.deal.mean_value()
    for horizon, found in windows.items():
        mean = _average(found, lambda window: _wins_in(scenario, window) * mean_value)
        within = _average(found, lambda window: _variance(scenario, window))
        between = _average(found, lambda window, mean=mean: (_wins_in(scenario, window) * mean_value - mean) ** 2)  # type: ignore[misc]
        sd = math.sqrt(within + between)
        values.append(Expected(f"{horizon}: mean", mean, "money"))
        values.append(Expected(f"{horizon}: sd", sd, "money"))
        if mean > 0:
            values.append(Expected(f"{horizon}: cv", sd / mean, "share"))
        if _binomial(scenario):
            dry = _average(found, lambda window: _dry_chance(scenario, window))
            values.append(Expected(f"{horizon}: P(no win)", dry, "share"))
    return values


def _average(windows: Windows, of: Callable[[Window], float]) -> float:
    """Return the mean of a function over windows."""
    return math.fsum(number * of(window) for window, number in windows.items()) / windows.total()


def _calls_in(window: Window) -> int:
    return sum(window.calls)


def _dry_chance(scenario: Scenario, window: Window) -> float:
    """Return the chance that no call of a window becomes a win, where wins are binomial in every week."""
    steps = scenario.funnel[1:]
    if are_alike(scenario, steps):
        return (1 - _chance(scenario, steps)) ** _calls_in(window)
    return math.prod((1 - _chance(scenario, steps, at)) ** calls for at, calls in enumerate(window.calls, window.first))


def _wins_in(scenario: Scenario, window: Window) -> float:
    """Return the expected wins of the calls in a window."""
    steps = scenario.funnel[1:]
    if are_alike(scenario, steps):
        return _calls_in(window) * _chance(scenario, steps)
    return math.fsum(calls * _chance(scenario, steps, at) for at, calls in enumerate(window.calls, window.first))


def _windows(scenario: Scenario) -> dict[str, Windows]:
    """Return the windows of each horizon that fits in the run: their number by the calls of each week in them."""
    calls, counted = scenario.plan.calls_per_week, scenario.horizon.weeks
    hours, length = scenario.calendar.hours_per_week, scenario.calendar.hours_per_day
    by_hour = [(h + 1) * calls // hours - h * calls // hours for h in range(hours)]
    by_day = [by_hour[first : first + length] for first in range(0, hours, length)]
    begin, apart = scenario.horizon.warmup_weeks, 1 if weeks_differ(scenario) else 0
    windows: dict[str, Windows] = {"call": Counter(), "hour": Counter(), "day": Counter(), "week": Counter()}
    daily: list[int] = []
    for week, free in enumerate(scenario.calendar.days_off(0, counted)):
        at = apart * (begin + week)
        days_worked = [[0] * length if day in free else plan for day, plan in enumerate(by_day)]
        windows["hour"].update(Window((n,), at) for plan in days_worked for n in plan)
        windows["day"].update(Window((sum(plan),), at) for plan in days_worked)
        daily += map(sum, days_worked)
        of_week = sum(daily[-len(by_day) :])
        windows["week"][Window((of_week,), at)] += 1
        windows["call"][Window((1,), at)] += of_week
    for horizon in ("month", "quarter", "year"):
        pieces: dict[int, dict[int, int]] = {}
        whole = whole_periods(scenario.calendar.periods, HORIZONS.index(horizon), len(daily))
        for day, number in enumerate(whole.tolist()):
            piece, week = pieces.setdefault(number, {}), day // len(by_day)
            piece[week] = piece.get(week, 0) + daily[day]
        pieces.pop(-1, None)
        windows[horizon] = Counter(Window(tuple(of.values()), apart * (begin + min(of))) for of in pieces.values())
    windows["call"] += Counter()  # without weeks in which nobody calls
    return {name: found for name, found in windows.items() if found}


def _variance(scenario: Scenario, window: Window) -> float:
    """Return Var[R] of a window (the formula of the module's docstring)."""
    steps = [_rate(step) for step in scenario.funnel[1:]]
    mean, variance = scenario.deal.mean_value(), scenario.deal.variance()
    own = math.prod(rate.mean**2 * (1 + rate.rep_cv**2) * (1 + law_cv(rate) ** 2) for rate in steps)
    own *= _kept(scenario, scenario.funnel[1:]) ** 2
    noise = math.prod(1 + rate.week_cv**2 for rate in steps)
    weeks = [(calls, at, _chance(scenario, scenario.funnel[1:], at)) for at, calls in enumerate(*window)]

    pair = pair_factors(scenario, scenario.funnel[1:], [at for _, at, _ in weeks])

    def product(week: int, other: int) -> float:  # E[Q_w Q_w']
        return own * (noise if week == other else 1.0) * pair(week, other)

    alone = math.fsum(calls * (q * (variance + mean**2) - product(at, at) * mean**2) for calls, at, q in weeks)
    spread = math.fsum(
        (2 if other > at else 1) * a * b * (product(at, other) - q * p)
        for place, (a, at, q) in enumerate(weeks)
        for b, other, p in weeks[place:]
    )
    return alone + mean**2 * spread


def _quota(scenario: Scenario, windows: Mapping[str, Windows]) -> list[Expected]:
    """Return P(quota) from the binomial tail: at least ceil(amount / value) wins of the period's calls."""
    quota, price = scenario.quota, scenario.deal.only_price()
    if quota is None or price is None or quota.per not in windows or quota.differs:
        return []
    q, amount = win_chance(scenario), cents(quota.amount)
    values = []
    for who, reps in (("a rep", 1), ("the team", scenario.team.reps)):
        total = cents(quota.team) if reps > 1 and quota.team is not None else reps * amount
        wins = -(-total // price)
        chance = _average(windows[quota.per], lambda window, n=reps, k=wins: _at_least(k, n * _calls_in(window), q))  # type: ignore[misc]
        values.append(Expected(f"P(quota of a {quota.per}), {who}", chance, "share"))
    return values


def _at_least(wins: int, calls: int, q: float) -> float:
    """Return P(Binomial(calls, q) >= wins) = I_q(wins, calls - wins + 1), the incomplete beta function."""
    if wins <= 0 or wins > calls:
        return float(wins <= 0)
    return beta_i(float(wins), float(calls - wins + 1), q)


def _open(scenario: Scenario) -> list[Expected]:
    """Return the open items of a steady pipeline, arrival rate x mean lag, for each step with a lag."""
    values, week = [], scenario.calendar.hours_per_week
    calls = scenario.plan.calls_per_week / week
    for step, stage in enumerate(scenario.funnel):
        if (stage.lag is None and stage.lost_lag is None) or stage.needs or stage.closing:
            continue
        # Bookings wait for the first stage after their step; later items wait in the stage before theirs.
        flowing = come_to(scenario, _chance, step - 1) / week if step > 1 else 0.0
        arrivals = calls * _chance(scenario, scenario.funnel[1 : max(step, 2)]) + flowing
        waits = [lag.mean_hours(scenario.calendar) if lag is not None else 0.0 for lag in (stage.lag, stage.lost_lag)]
        number = arrivals * waits[0]
        if stage.lost_lag is not None:
            passing = calls * _chance(scenario, scenario.funnel[1 : step + 1])
            passing += come_to(scenario, _chance, step, through=True) / week
            number = passing * waits[0] + (arrivals - passing) * waits[1]
        values.append(Expected(f"open items per rep on the way to {stage.stage}, steady state", number, "count"))
    return values
