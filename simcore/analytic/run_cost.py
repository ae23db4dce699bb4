"""Estimates the cost of a run before it starts: rep-weeks, memory, time and disk.

The estimates use the coefficients below, measured on one core of a 2020s server, and are good to a factor of about
two. The cost depends on the number of successes, not of calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.flowing_in import flowing_in
from simcore.base.errors import Problem, ScenarioError
from simcore.base.machine import memory
from simcore.scenario.channels import PULL_FORWARD
from simcore.scenario.needs import needs_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simcore.scenario.model import Scenario

LIMIT = 2_000_000_000
"""Rep-weeks above which a run requires ``--no-limit``."""
SECONDS_LIMIT = 12 * 3600.0
"""Estimated seconds above which a run requires it, too; memory is limited by what the process may use."""

REP_WEEK_NS = 180.0
"""Time of a rep-week without a success: the clock, the windows, the draw of the week's number."""
SUCCESS_NS = 15.0
"""Time of a success of the first step: its call slot and its hour."""
ITEM_NS = 8.0
"""Time of an item at each later step."""
LAG_NS = 80.0
"""Time of an item's wait: drawing its lag, filing it in the pipeline and finding it there."""
NOISE_NS = 150.0
"""Time of a rate that varies from week to week, and of the number of successes, which is then not tabulated."""
DEAL_NS = 100.0
"""Time of a deal: drawing its value, booking it in both accounts."""
DECISION_NS = 42.0
"""Time of a decision of a strategy with drives: its signals, levels and responses."""
FOLLOWED_NS = 30.0
"""Additional time of a success of the first step under a strategy with drives or referrals."""
HOUR_NS = 16.0
"""Time of an hour where a strategy must be simulated hour by hour: with caps, pulls or signals of peers."""

BASE_BYTES = 280_000_000
"""The interpreter, NumPy, Numba and the compiled kernels."""
TALLY_BYTES = 75_000_000
"""Tallies of a thread, mostly the bins of the quantiles."""
ITEM_BYTES = 40
"""An item in the pipeline of the team that is being simulated."""
ROW_BYTES = 4.0
"""A rep-week in the Parquet dataset without its stages: number and revenue, compressed."""
STAGE_BYTES = 1.0
"""Each stage of a rep-week in the dataset."""


class Cost(NamedTuple):
    """The estimated cost of a run.

    Attributes
    ----------
    rep_weeks
        Simulated rep-weeks, warm-up included; exact.
    memory_bytes
        Peak memory of the process.
    seconds
        Time of simulation on the given number of threads, compilation excluded.
    disk_bytes
        Size of the dataset that ``--detail rep-week`` writes.
    """

    rep_weeks: int
    memory_bytes: int
    seconds: float
    disk_bytes: int


class Bill(NamedTuple):
    """What the runs of a question cost together, and the words for it where that is too much."""

    cost: Cost
    threads: int
    """On which they are run."""
    cheaper: str = "fewer replications"
    """What costs less."""
    what: str = "all runs together take"

    def check(self, limit: int = LIMIT) -> None:
        """Refuse what costs more than rep-weeks, time and memory allow.

        Raises
        ------
        ScenarioError
            As `check_cost`.
        """
        check_cost(self.cost, limit, threads=self.threads, what=self.what, cheaper=self.cheaper)


def cost(scenario: Scenario, threads: int = 1) -> Cost:
    """Return the estimated cost of a run of the scenario.

    Parameters
    ----------
    scenario
        Its ``run.replications`` are taken.
    threads
        Threads that share the work, at least 1.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "Canon", "deal": 10_000, "run": {"replications": 1000},
    ...     "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.02}, {"stage": "wins", "rate": 0.1}],
    ... })
    >>> cost(scenario).rep_weeks
    520000
    """
    weeks = scenario.horizon.warmup_weeks + scenario.horizon.weeks
    rep_weeks = scenario.run.replications * scenario.team.reps * weeks
    counted = scenario.run.replications * scenario.team.reps * scenario.horizon.weeks
    row = ROW_BYTES + STAGE_BYTES * len(scenario.funnel)
    return Cost(
        rep_weeks=rep_weeks,
        memory_bytes=BASE_BYTES + threads * (TALLY_BYTES + round(_items_held(scenario) * ITEM_BYTES)),
        seconds=rep_weeks * rep_week_ns(scenario) * 1e-9 / threads,
        disk_bytes=round(counted * row),
    )


def rep_week_ns(scenario: Scenario) -> float:
    """Return the time of one rep-week on one thread, in nanoseconds."""
    time = REP_WEEK_NS
    items = scenario.mean_calls
    for step, stage in enumerate(scenario.funnel):
        if stage.rate is None:
            continue
        arriving, items = items, items * stage.rate.mean + flowing_in(scenario, stage.stage)
        time += SUCCESS_NS * items if step == 1 else ITEM_NS * arriving
        # Successes of the first step wait for its lag; before a later step all items that may pass it wait.
        laws = sum(lag is not None for lag in (stage.lag, stage.lost_lag))
        time += LAG_NS * laws * (items if step == 1 else arriving)
        time += NOISE_NS if stage.rate.week_cv else 0.0
    return time + DEAL_NS * items + _reaction_ns(scenario)


def _reaction_ns(scenario: Scenario) -> float:
    """Return the time that a strategy with drives, referrals, habits, a manager or needs adds to a rep-week."""
    drives, hours = list(scenario.strategy.drives.values()), scenario.calendar.hours_per_week
    if not (drives or scenario.coached or needs_step(scenario.funnel)) and scenario.referrals is None:
        return 0.0
    decisions = {"hour": hours, "day": scenario.calendar.days_per_week, "week": 1}[scenario.strategy.decides]
    rate = scenario.funnel[1].rate
    followed = FOLLOWED_NS * scenario.mean_calls * (rate.mean if rate is not None else 0.0)
    in_turn = (
        scenario.coached
        or any(stage.cap is not None for stage in scenario.funnel)
        or any(PULL_FORWARD in drive.changes or drive.signals.of_team for drive in drives)
    )
    return (
        followed + (DECISION_NS * decisions if drives else 0.0) + (2.0 * followed + HOUR_NS * hours if in_turn else 0.0)
    )


def check_cost(price: Cost, limit: int, *, threads: int, what: str, cheaper: str) -> None:
    """Raise if a cost exceeds the limits on rep-weeks, time or memory.

    Parameters
    ----------
    price
        Cost of everything that is run, on ``threads`` threads.
    limit
        Rep-weeks, as `LIMIT`.
    what, cheaper
        As in "a run takes" and "fewer replications".

    Raises
    ------
    ScenarioError
        With the figures, the limits, what would be cheaper, and the option that lifts them.
    """
    problems = []
    on = f"{duration(price.seconds)} on {'a thread' if threads == 1 else f'{threads} threads'}"
    lifted = f"{cheaper}, or --no-limit to run it all the same"
    if price.rep_weeks > limit:
        takes, allowed = f"{price.rep_weeks:,} rep-weeks, {on}", f"up to {limit:,} rep-weeks"
        problems.append(Problem(f"{what} {takes}", "run.replications", allowed=allowed, hint=lifted))
    elif price.seconds > SECONDS_LIMIT:
        takes, allowed = f"about {on}", f"up to {duration(SECONDS_LIMIT)}"
        problems.append(Problem(f"{what} {takes}", "run.replications", allowed=allowed, hint=lifted))
    there = memory()
    if there is not None and price.memory_bytes > there.bytes:
        takes, allowed = f"about {size(price.memory_bytes)} of memory", f"up to {size(there.bytes)}, {there.limited_by}"
        fewer = f"fewer threads (each takes about {size((price.memory_bytes - BASE_BYTES) // threads)}), or --no-limit"
        problems.append(Problem(f"{what} {takes}", "threads", allowed=allowed, hint=f"{fewer} to run it all the same"))
    if problems:
        raise ScenarioError(tuple(problems))


def together(prices: Sequence[Cost], *, times: float = 1, at_once: int | None = None) -> Cost:
    """Return the cost of several runs one after the other, ``at_once`` of them in memory together (``None``: all)."""
    held = sorted((price.memory_bytes - BASE_BYTES for price in prices), reverse=True)
    return Cost(
        rep_weeks=round(times * sum(price.rep_weeks for price in prices)),
        memory_bytes=BASE_BYTES + sum(held[:at_once]),
        seconds=times * sum(price.seconds for price in prices),
        disk_bytes=sum(price.disk_bytes for price in prices),
    )


def bill_of_replications(scenario: Scenario, replications: float, threads: int) -> Bill:
    """Return what so many replications of a scenario cost, those of all its variants together.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> bill_of_replications(load_scenario("trust-the-process"), 1000, threads=1).cost.rep_weeks
    520000
    """
    return Bill(together([cost(one_world(scenario), threads)], times=replications), threads)


def bill_of_runs(scenarios: Iterable[Scenario], threads: int, *, times: int = 1, at_once: int | None = None) -> Bill:
    """Return what scenarios cost together.

    Parameters
    ----------
    scenarios
        All that is run, with its replications.
    threads
        Threads that share the work.
    times
        How often they are run.
    at_once
        So many of them are in memory at a time; default: all.
    """
    price = together([cost(scenario, threads) for scenario in scenarios], times=times, at_once=at_once)
    return Bill(price, threads, cheaper="fewer points or replications")


def out_of_memory(refusal: str) -> str:
    """Return the message for a refused allocation: how much was requested, how much there is, and what takes less.

    Examples
    --------
    >>> out_of_memory("Unable to allocate 75.0 MiB").partition(";")[0]
    'there is not enough memory: Unable to allocate 75.0 MiB'
    """
    there = memory()
    most = "" if there is None else f"; this process may use {size(there.bytes)}, {there.limited_by}"
    why = f": {refusal}" if refusal else ""
    return (
        f"there is not enough memory{why}{most}; fewer threads (--threads), fewer replications or a smaller team take "
        f"less, and `simcore check` tells how much a run takes"
    )


def one_world(scenario: Scenario) -> Scenario:
    """Return the scenario with one replication, for costs per replication."""
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"replications": 1})})


def size(amount: int) -> str:
    """Return bytes in words, two significant digits or more.

    Examples
    --------
    >>> size(77_000_000_000), size(280_000_000), size(4_000)
    ('77 GB', '280 MB', '0.0040 MB')
    """
    giga = amount >= 1_000_000_000
    number = amount / (1e9 if giga else 1e6)
    return f"{number:,.0f} {'GB' if giga else 'MB'}" if number >= 9.95 else f"{number:#.2g} {'GB' if giga else 'MB'}"


def duration(seconds: float) -> str:
    """Return a time in words, one or two significant digits.

    Examples
    --------
    >>> duration(0.042), duration(12.3), duration(400), duration(9000), duration(1e6)
    ('0.04 s', '12 s', '6.7 min', '2.5 h', '12 days')
    """
    if seconds < 0.995:
        return f"{seconds:.1g} s"
    for size, word in ((86_400 * 2, "days"), (5400, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[word]:.2g} {word}"
    return f"{seconds:.0f} s"


def _items_held(scenario: Scenario) -> float:
    """Return the number of items that a team has open at one time, with lags limited to the length of the run."""
    weeks = scenario.horizon.warmup_weeks + scenario.horizon.weeks
    items, held = scenario.mean_calls, 0.0
    for step, stage in enumerate(scenario.funnel):
        if stage.rate is None:
            continue
        arriving, items = items, items * stage.rate.mean + flowing_in(scenario, stage.stage)
        waits = items if step == 1 or stage.lost_lag is not None else arriving
        for lag, waiting in ((stage.lag, waits), (stage.lost_lag, arriving - items)):
            if lag is not None:
                held += waiting * min(lag.mean_hours(scenario.calendar) / scenario.calendar.hours_per_week, weeks)
    return held * scenario.team.reps
