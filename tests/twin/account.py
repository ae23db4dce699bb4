"""What is counted of a world: plain sums, window by window."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from tests.twin.drives import period
from tests.twin.months import SIZES, period_of
from tests.twin.needs import COUNTS
from tests.twin.people import amount_of, team_amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.twin.funnel import Item
    from tests.twin.reader import Plan
    from tests.twin.world import SeatHistory, World

HORIZONS = ("hour", "day", "week", "month", "quarter", "year")
MONTHS = (4, 4, 5)


class Revenue(TypedDict):
    """Revenue in the windows of one horizon; `counts` says how many windows had which revenue, zero too."""

    windows: int
    cents: int
    cents_squared: int
    no_deal: int
    counts: Counter[int]


class FirstStep(TypedDict):
    """Successes of the first step in the windows of one horizon."""

    windows: int
    sum: int
    sum_squares: int


class Quota(TypedDict):
    """Quota periods of seats and of the team, and in how many the amount was reached."""

    windows: int
    hits: int
    team_windows: int
    team_hits: int


class ClippedCounts(TypedDict):
    """How often a limit was hit, in everything simulated; rates by step, [0] being step 1."""

    rates: list[int]
    lags: int
    values: int
    spreads: int
    """Steps and replications whose spread between reps was too large for the rate."""


class RepWeek(NamedTuple):
    """One seat (from 0) in one counted week (from 0)."""

    replication: int
    rep: int
    week: int
    entries: tuple[int, ...]
    origin_cents: int
    close_cents: int


class Tallies(TypedDict):
    """All counts of one replication; lists by stage begin with stage 0, the activity.

    `open_at_end[0]` are bookings that wait for stage 1; `revenue` goes by account ("close", "origin") and
    horizon ("call", then `HORIZONS`).
    """

    calls: int
    entries: list[int]
    revenue: dict[str, dict[str, Revenue]]
    first_step: dict[str, FirstStep]
    quota: Quota | None
    open_at_end: list[int]
    turned_away: list[int]
    clipped: ClippedCounts
    rep_weeks: list[RepWeek]
    above_plan: int
    discount: int
    longest_dry: int
    weeks_of_quarter: list[int]
    needs: list[int]


class Windows:
    """The whole windows of one horizon inside the counted weeks of one seat."""

    def __init__(self, plan: Plan, horizon: str) -> None:
        week, weeks = plan.calendar.week, plan.weeks
        if plan.calendar.months == "real" and horizon in SIZES:
            self._find_real(plan, horizon)
            return
        if horizon == "month":
            pattern = MONTHS if plan.calendar.months == "4-4-5" else tuple(map(int, plan.calendar.months.split("-")))
            lengths = [pattern[m % 3] * week for m in range(weeks)]
        else:
            length = {
                "hour": 1,
                "day": plan.calendar.hours_per_day,
                "week": week,
                "quarter": 13 * week,
                "year": 52 * week,
            }[horizon]
            lengths = [length] * (weeks * week // length)
        self.starts = [plan.first]
        for length in lengths:
            if self.starts[-1] + length > plan.end:
                break
            self.starts.append(self.starts[-1] + length)
        self.number = len(self.starts) - 1

    def _find_real(self, plan: Plan, horizon: str) -> None:
        """Find those that begin on the first counted day or later and end within the counted weeks."""
        calendar = plan.calendar
        least = plan.first + min(calendar.start - calendar.monday, calendar.days_per_week) * calendar.hours_per_day
        here, found = plan.first, []
        while here < plan.end:
            period = period_of(plan, horizon, here)
            here = period.first + period.length
            if period.first >= least and here <= plan.end:
                found.append(period)
        self.starts = [found[0].first, *(each.first + each.length for each in found)] if found else [plan.first]
        self.number = len(found)

    def sums(self, events: Iterable[tuple[int, int]]) -> Counter[int]:
        """Return the sum of (hour, amount) in each window that has any; other hours fall out."""
        sums: Counter[int] = Counter()
        for hour, amount in events:
            if self.starts[0] <= hour < self.starts[-1]:
                sums[bisect_right(self.starts, hour) - 1] += amount
        return sums


def _revenue(windows: int, amounts: Iterable[int]) -> Revenue:
    """Return the tally of the windows that had a deal, and of the rest as zeros."""
    counts = Counter(amounts)
    no_deal = windows - counts.total()
    result = Revenue(
        windows=windows,
        cents=sum(cents * n for cents, n in counts.items()),
        cents_squared=sum(cents * cents * n for cents, n in counts.items()),
        no_deal=no_deal,
        counts=counts,
    )
    if no_deal:
        counts[0] = no_deal
    return result


def _deals(items: Iterable[Item], account: str) -> list[tuple[int, int]]:
    """Return (hour, cents) of the deals, dated by an account."""
    deals = []
    for item in items:
        hour = item.close_hour if account == "close" else item.origin_hour
        if item.close_hour is not None and hour is not None and item.cents is not None:
            deals.append((hour, item.cents))
    return deals


def _counted(plan: Plan, hour: int) -> bool:
    return plan.first <= hour < plan.end


def _revenues(world: World, account: str, calls: int) -> dict[str, Revenue]:
    plan = world.plan
    deals = [_deals(seat.items, account) for seat in world.seats]
    # One window a counted call; by close, the deals of the counted weeks stand for the calls.
    table = {"call": _revenue(calls, [c for of_seat in deals for hour, c in of_seat if _counted(plan, hour)])}
    for horizon in HORIZONS:
        windows = Windows(plan, horizon)
        sums = [cents for of_seat in deals for cents in windows.sums(of_seat).values()]
        table[horizon] = _revenue(windows.number * plan.reps, sums)
    return table


def _first_steps(world: World, calls: int) -> dict[str, FirstStep]:
    plan = world.plan
    booked = [[(i.call_hour, 1) for i in seat.items if i.call_hour is not None] for seat in world.seats]
    total = sum(_counted(plan, hour) for of_seat in booked for hour, _ in of_seat)
    table = {"call": FirstStep(windows=calls, sum=total, sum_squares=total)}
    for horizon in HORIZONS:
        windows = Windows(plan, horizon)
        sums = [n for of_seat in booked for n in windows.sums(of_seat).values()]
        table[horizon] = FirstStep(
            windows=windows.number * plan.reps, sum=sum(sums), sum_squares=sum(n * n for n in sums)
        )
    return table


def _quota(world: World) -> Quota | None:
    plan = world.plan
    if plan.quota is None:
        return None
    windows = Windows(plan, plan.quota[0])
    sums = [windows.sums(_deals(seat.items, "close")) for seat in world.seats]
    spans = [period(plan, start) for start in windows.starts[:-1]]
    wanted = [[amount_of(plan, seat, span) for span in spans] for seat in range(plan.reps)]
    of_team = [team_amount(plan, span) for span in spans]
    periods = range(windows.number)
    return Quota(
        windows=sum(amount > 0 for of_seat in wanted for amount in of_seat),
        hits=sum(0 < of[p] <= of_seat[p] for of_seat, of in zip(sums, wanted, strict=True) for p in periods),
        team_windows=sum(amount > 0 for amount in of_team),
        team_hits=sum(0 < of_team[p] <= sum(of_seat[p] for of_seat in sums) for p in periods),
    )


def _open_at_end(plan: Plan, items: Iterable[Item]) -> list[int]:
    """Return by stage how many items had entered it before the end and were due at the end or later."""
    counts = [0] * plan.last_stage
    for item in items:
        for stage, due in item.due.items():
            # An item that is open at the start has no hour of entry: it was there before hour 0.
            if item.entered.get(stage, -1) < plan.end <= due:
                counts[stage] += 1
    return counts


def _turned_away(plan: Plan, items: Iterable[Item]) -> list[int]:
    """Return by stage how many items were turned away in counted weeks."""
    counts = [0] * len(plan.stages)
    for item in items:
        if item.turned_away is not None and _counted(plan, item.due[item.turned_away - 1]):
            counts[item.turned_away] += 1
    return counts


def _rep_weeks(world: World, rep: int, seat: SeatHistory) -> list[RepWeek]:
    plan, hours = world.plan, world.plan.calendar.week
    weekly = Windows(plan, "week")
    origin, close = (weekly.sums(_deals(seat.items, account)) for account in ("origin", "close"))
    entered = [
        weekly.sums((i.entered[stage], 1) for i in seat.items if stage in i.entered)
        for stage in range(1, len(plan.stages))
    ]
    rows = []
    for week in range(plan.weeks):
        first = plan.first + week * hours
        entries = (sum(seat.calls[first : first + hours]), *(of_stage[week] for of_stage in entered))
        rows.append(RepWeek(world.replication, rep, week, entries, origin[week], close[week]))
    return rows


def _longest_dry(weeks: Iterable[int]) -> int:
    """Return the longest run of weeks without revenue."""
    longest = dry = 0
    for cents in weeks:
        dry = 0 if cents else dry + 1
        longest = max(longest, dry)
    return longest


def tallies(world: World) -> Tallies:
    """Count a world."""
    plan = world.plan
    calls = sum(sum(seat.calls[plan.first : plan.end]) for seat in world.seats)
    items = [item for seat in world.seats for item in seat.items]
    rep_weeks = [row for rep, seat in enumerate(world.seats) for row in _rep_weeks(world, rep, seat)]
    return Tallies(
        calls=calls,
        entries=[sum(row.entries[stage] for row in rep_weeks) for stage in range(len(plan.stages))],
        revenue={account: _revenues(world, account, calls) for account in ("close", "origin")},
        first_step=_first_steps(world, calls),
        quota=_quota(world),
        open_at_end=_open_at_end(plan, items),
        turned_away=_turned_away(plan, items),
        clipped=ClippedCounts(
            rates=[sum(seat.clipped.rates[step] for seat in world.seats) for step in plan.steps],
            lags=sum(seat.clipped.lags for seat in world.seats),
            values=sum(seat.clipped.values for seat in world.seats),
            spreads=world.cut_spreads,
        ),
        rep_weeks=rep_weeks,
        above_plan=sum(seat.above_plan for seat in world.seats),
        discount=sum(seat.discount for seat in world.seats),
        longest_dry=sum(
            _longest_dry(row.close_cents for row in rep_weeks if row.rep == rep) for rep in range(plan.reps)
        ),
        weeks_of_quarter=[sum(row.close_cents for row in rep_weeks if row.week % 13 == w) for w in range(13)],
        needs=[sum(seat.needs.get(what, 0) for seat in world.seats) for what in COUNTS],
    )
