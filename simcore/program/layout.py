"""The program: everything the kernels know about a scenario, as flat arrays.

Step s turns an item of stage s - 1 into one of stage s; arrays over steps have S + 1 entries and leave
entry 0 unused, so that a step's number is its index. Times are working hours, money is cents.
`simcore.program.compiler` makes a program of a scenario.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.program.coaching import Coaching
from simcore.program.people import People
from simcore.random.streams import Source

FULL_ACTIVITY = 1 << 20
"""Activity 1 as a fixed-point integer."""

NO_ROWS = np.zeros((0, 0), np.int32)
NO_AMOUNTS = np.zeros((0, 0), np.int64)
NO_DRAWS = np.zeros((0, 0))

FIXED, LOGNORMAL, GAMMA, TABLE = range(4)
"""Kinds of a distribution of lags or values."""


class Clock(NamedTuple):
    """The sizes of a run."""

    steps: int
    """S: the last stage is number S."""
    hours_per_day: int
    hours_per_week: int
    warmup_weeks: int
    counted_weeks: int
    simulated_weeks: int
    """Warm-up and counted weeks."""
    end_hour: int
    """The first hour after the run."""
    one_account: bool
    """Nothing takes time and nothing is open at the start: revenue by close and by origin are the same, and the kernels
    count only the account by close."""


class Calendar(NamedTuple):
    """Which day, week and period everything belongs to."""

    day_of_hour: NDArray[np.int32]
    """int32[counted hours]: the counted day of each counted hour."""
    week_of_day: NDArray[np.int32]
    """int32[counted days]"""
    part_of_day: NDArray[np.int32]
    """int32[counted days]: the part of a week that each counted day is in. Parts are weeks, unless real months cut
    them."""
    period_of_part: NDArray[np.int32]
    """int32[7, parts]: by horizon, the period of each part or -1."""
    period_of_day: NDArray[np.int32]
    """int32[7, counted days]: the same by day, where parts are not weeks; else empty."""
    periods: NDArray[np.int64]
    """int64[7]: by horizon, the whole periods of one seat (0 for the call)."""

    @property
    def cut(self) -> bool:
        """Whether months cut weeks."""
        return len(self.period_of_day[0]) > 0


class Plan(NamedTuple):
    """The planned calls. Weeks with the same holidays share one row."""

    row_of_week: NDArray[np.int32]
    """int32[simulated weeks]"""
    per_hour: NDArray[np.int64]
    """int64[rows, hours of a week]"""
    calls: NDArray[np.int64]
    """int64[rows]: calls per week."""
    slot_hour: NDArray[np.int32]
    """int32[rows, most calls]: the hour of the week of each call, in the order of time."""
    before: NDArray[np.int64]
    """int64[rows, hours of a week + 1]: calls of the week before each hour."""
    of_seat: NDArray[np.int32] = NO_ROWS
    """int32[reps, simulated weeks]: the row of each week of each seat, where people have plans of their own; or of no
    seats."""

    full: NDArray[np.int64] = NO_AMOUNTS[0:0].ravel()
    """int64[rows]: calls per week of the plan without its days off, where people have plans of their own."""

    def rows(self, rep: int) -> NDArray[np.int32]:
        """Return the row of each simulated week of a seat."""
        return self.of_seat[rep] if len(self.of_seat) else self.row_of_week

    def counted(self, reps: int, warmup_weeks: int) -> NDArray[np.int64]:
        """Return the planned calls of each seat in each counted week: int64[reps, counted weeks]."""
        rows = self.of_seat if len(self.of_seat) else np.broadcast_to(self.row_of_week, (reps, len(self.row_of_week)))
        calls: NDArray[np.int64] = self.calls[rows[:, warmup_weeks:]]
        return calls


class Team(NamedTuple):
    """The seats, and turnover of their holders."""

    reps: int
    new: int
    ramp_weeks: int
    ramp_start: float
    leave_threshold: int
    """Of a 32-bit word: below it, the holder leaves before the week. 0: nobody leaves."""
    vacancy_weeks: int


FROM_THE_FIRST, NEVER = -(1 << 30), 1 << 30
"""Weeks: of who has always been there, and of who stays."""


class Market(NamedTuple):
    """The team's weekly factor, ``exp(x - half_variance)`` with x an autoregression; see docs/model.md."""

    moves: bool
    """Whether there is one."""
    persistence: float
    first: float
    """Standard deviation of the innovation of week 0."""
    later: float
    """That of every later week."""
    drift: float
    """What x loses every week, so that the mean of a market without return is that of the week before the run."""
    half_variance: float
    start: float
    """x in the week before the run, but for what is not known of it."""
    start_sd: float
    """Standard deviation of what is not known of it; 0: nothing, or there is no start."""
    drawn: NDArray[np.float64] = NO_DRAWS
    """float64[7, rows]: `persistence` to `start_sd` of each row, where it is drawn; or empty."""


NO_MARKET = Market(False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


KNOWN, COUNTS, BETWEEN, DRAWN = range(4)
"""What is known of a rate: itself, counts (a tabulated Beta), two ends (a logit-normal), or rows of draws."""


class RateLaws(NamedTuple):
    """The rates that are not known exactly: every replication draws its own. Arrays over steps."""

    active: bool
    """Whether there are any."""
    kind: NDArray[np.int64]
    """int64[S + 1]"""
    tables: NDArray[np.float64]
    """float64[tables, rows, columns]: of the Beta distributions."""
    table: NDArray[np.int64]
    """int64[S + 1]: index into them, or into `drawn`, or -1."""
    centre: NDArray[np.float64]
    sigma: NDArray[np.float64]
    """float64[S + 1] each: mean and sd of the log-odds."""
    rep_cv: NDArray[np.float64]
    """float64[S + 1]: spread between reps about the mean of the replication; 0 is none."""
    drawn: NDArray[np.float64] = NO_DRAWS
    """float64[columns, rows]: of rates of which every replication has that of its row."""


class Rates(NamedTuple):
    """Success probabilities of the steps."""

    base: NDArray[np.float64]
    """float64[S + 1]: of a rate that is not known exactly, the mean of its law."""
    beta: NDArray[np.int64]
    """int64[S + 1]: index into ``beta_tables`` of the spread between reps, or -1."""
    beta_tables: NDArray[np.float64]
    """float64[tables, rows, columns]"""
    noise_sigma: NDArray[np.float64]
    """float64[S + 1]: sd of the logarithm of the week noise; 0 is none."""
    in_market: NDArray[np.bool_]
    """bool[S + 1]"""
    season: NDArray[np.int64]
    """int64[S + 1]: index into ``seasons`` of the season of the rate, or -1."""
    seasons: NDArray[np.float64]
    """float64[seasons, weeks that have an address]: the factor of each week, from the first simulated one."""
    varies: NDArray[np.bool_]
    """bool[S + 1]: whether the rate can differ between the weeks of a seat."""
    fixed: bool
    """Whether every step has one rate for all."""
    laws: RateLaws


class Lags(NamedTuple):
    """How long each step takes; entry S + 1 is the lag of a referral, and from S + 2 on are lags of what is lost."""

    lost: NDArray[np.int64]
    """int64[S + 1]: the entry of the lag of what is lost, if that is another (it is then decided at entry), or -1."""
    lagged: NDArray[np.bool_]
    """bool[entries]: whether the step can take time, for what passes or for what is lost."""
    kind: NDArray[np.int64]
    scale: NDArray[np.float64]
    """Hours: the fixed lag, the median of a log-normal, the mean of a gamma."""
    sigma: NDArray[np.float64]
    """Of the logarithm of a log-normal."""
    table: NDArray[np.int64]
    """Index into ``gamma_tables``, or of the first entry in ``thresholds`` and ``hours``."""
    gamma_tables: NDArray[np.float64]
    thresholds: NDArray[np.int64]
    hours: NDArray[np.int64]
    drawn: NDArray[np.int64] = NO_AMOUNTS[0:0].ravel()
    """int64[entries]: index into what follows where every replication has a lag of its own, or -1; or empty."""
    scales: NDArray[np.float64] = NO_DRAWS
    sigmas: NDArray[np.float64] = NO_DRAWS
    """float64[columns, rows] each"""

    def is_drawn(self, law: int) -> bool:
        """Return whether every replication has a lag of its own."""
        return len(self.drawn) > 0 and bool(self.drawn[law] >= 0)


class Caps(NamedTuple):
    """Maximum numbers of items per stage; -1 is no cap. int64[S + 1] each."""

    per_week: NDArray[np.int64]
    open: NDArray[np.int64]


class Deals(NamedTuple):
    """The value of a deal in cents."""

    kind: int
    scale: float
    """The fixed value, or the mean: of one that is not known exactly, the mean of its law."""
    sigma: float
    gamma_table: NDArray[np.float64]
    thresholds: NDArray[np.int64]
    values: NDArray[np.int64]
    unit: int
    """All values are multiples of this many cents; windows are tallied in units."""
    mean_units: float
    """Mean value of a deal in units."""
    unsure: bool
    """Whether the mean is not known exactly: every replication draws its own, log-normal."""
    law_centre: float
    law_sigma: float
    """Mean and sd of the logarithm of the mean in cents; 0 where it is known."""
    drawn: NDArray[np.float64] = NO_DRAWS[0:0].ravel()
    """float64[rows]: the mean in cents of each row, where it is drawn; or empty."""


class FirstStep(NamedTuple):
    """The number of successes of a full week, tabulated where step 1 has one rate for all."""

    tabulated: bool
    calls: int
    """The number of calls that the table is for."""
    thresholds: NDArray[np.int64]
    guide: NDArray[np.int32]


class OpenItems(NamedTuple):
    """Items open at the start, seat by seat."""

    first: NDArray[np.int64]
    """int64[reps + 1]: a seat's items are ``first[rep] .. first[rep + 1] - 1``."""
    stage: NDArray[np.int64]
    due: NDArray[np.int64]
    """Hour, or -1: after a fresh lag."""
    age: NDArray[np.int64]
    """Hours for which it has waited; a fresh lag is then one that is at least so long."""
    value: NDArray[np.int64]
    """Cents, or -1: drawn."""
    chance: NDArray[np.float64]
    """Chance to be won, in place of the rates of all steps to come; or -1: by these rates."""


class Inflow(NamedTuple):
    """Items that come without a call: an inflow each."""

    stage: NDArray[np.int64]
    """int64[inflows]: the stage that its items enter."""
    to_team: NDArray[np.bool_]
    """bool[inflows]: whether it is the team's, and its items go to seats by lot; else each seat has its own."""
    mean: NDArray[np.float64]
    """float64[inflows, simulated weeks]: mean number of items, of the team or of a seat."""
    table: NDArray[np.int64]
    """int64[inflows]: index into ``tables`` of the gamma law of mean 1 that multiplies the mean of a week, or -1."""
    tables: NDArray[np.float64]
    """float64[tables, rows, columns]"""
    total: float
    """Mean number of items of a replication, in all seats and simulated weeks; 0: there is no inflow."""
    drawn: NDArray[np.float64] = NO_DRAWS
    """float64[inflows, rows]: the mean of a week by row, NaN where there is none; or empty: none is drawn."""

    def is_drawn(self, number: int) -> bool:
        """Return whether every replication has a mean of its own."""
        return len(self.drawn) > 0 and not np.isnan(self.drawn[number, 0])


class Quota(NamedTuple):
    """The quota of one seat for each period; horizon 0 is no quota."""

    horizon: int
    units: int
    """The least revenue that reaches it, in units of `Deals.unit`."""
    units_team: int
    """The same for the team's total against N times the amount."""
    own: NDArray[np.int64] = NO_AMOUNTS
    """int64[reps, quota periods]: cents, where seats or periods differ; 0: none. Else of no seats."""
    team: NDArray[np.int64] = NO_AMOUNTS[0:0].ravel()
    """int64[quota periods]: the same of the team; or of none."""
    of_day: NDArray[np.int64] = NO_AMOUNTS[0:0].ravel()
    """int64[simulated days]: in which of these each day is; or of none."""


SLOPE, CURVE, LEAST, MOST, DISCOUNT, WIN_RATE = PULL_COLUMNS = range(6)
"""Columns of `Reaction.pull`."""
CHANGE_COLUMNS = PULL_COLUMNS[: MOST + 1]
"""Columns of `Reaction.change`: the first four of these."""
LOW, HIGH = LEVEL_COLUMNS = range(2)
"""Columns of `Reaction.level`."""
WINDOW, REACH = PULL_HOURS_COLUMNS = range(2)
"""Columns of `Reaction.pull_hours`."""


class Reaction(NamedTuple):
    """How reps react: drives, the signals they listen to and the channels they change. Empty arrays without drives."""

    needed: bool
    """Whether hours must be simulated in order: there are drives, referrals, habits, a manager or needs."""
    interval: int
    """Hours between two decisions."""
    hears: NDArray[np.bool_]
    """bool[signals]: which of `simcore.scenario.signals.SIGNALS` any drive listens to; `BEHIND` stands for `AHEAD` and
    `DEADLINE` too."""
    memory: NDArray[np.float64]
    """float64[drives]"""
    level: NDArray[np.float64]
    """float64[drives, 2]: least and largest level."""
    first_gain: NDArray[np.int64]
    """int64[drives + 1]: a drive's gains are ``first_gain[d] .. first_gain[d + 1] - 1``."""
    gain_signal: NDArray[np.int64]
    gain: NDArray[np.float64]
    change_drive: NDArray[np.int64]
    """int64[changes]: the drive of each change, in the order of the file."""
    change_channel: NDArray[np.int64]
    """int64[changes]: the channel of each change, see `simcore.scenario.channels`."""
    change: NDArray[np.float64]
    """float64[changes, 4]: slope, curve, least and largest response."""
    pull_drive: NDArray[np.int64]
    """int64[pulls]: the drives that pull opportunities forward."""
    pull: NDArray[np.float64]
    """float64[pulls, 6]: slope, curve, least and largest share, discount, factor of the win rate."""
    pull_hours: NDArray[np.int64]
    """int64[pulls, 2]: window and reach, in hours."""
    lockstep: bool
    """Whether a seat depends on the others, or a manager on all: seats are then simulated hour by hour together."""
    call_value: float
    """Mean revenue of a planned call, in cents."""
    wins_per_call: float
    """Mean number of wins of a planned call."""
    between_wins: float
    """Mean hours between wins under the plan."""
    quota: float
    """Of one seat, in cents; 0 is none."""
    period_first: NDArray[np.int64]
    """int64[simulated days]: the first hour of the quota period of each day; below 0 if it began before the run."""
    period_hours: NDArray[np.int64]
    """int64[simulated days]: hours of the whole period."""
    period_gone: NDArray[np.float64]
    """float64[simulated hours]: the share of the quota period that is gone at each hour, where holidays or a season
    count; or empty: all hours of a period are alike."""
    referrals: float
    """Mean number of referrals per win; 0 for none. Their lag is that of step S + 1 in `Lags`."""


(
    AT_START, WITHOUT, SLOWS, EVERY, QUIET, RESCUE, RESCUE_LAG, SHARE, COST, TAKES, WORKS, DROP,
) = NEED_COLUMNS = range(12)  # fmt: skip
"""Columns of `Needs.law`: chances and factors as in the file, times in whole hours. `QUIET` is the logarithm of the
chance that a call shows nothing; 0: none ever does."""


class Needs(NamedTuple):
    """What deals of one step need, and nobody sees."""

    step: int
    """0: none."""
    law: NDArray[np.float64]
    """float64[needs, 12]"""
    owing: bool
    """Whether a check costs calls."""


class Closing(NamedTuple):
    """Days on which decisions fall together. Arrays over steps."""

    threshold: NDArray[np.int64]
    """int64[S + 1]: whose word is below it waits for such a day; 0: nobody does."""
    table: NDArray[np.int64]
    """int64[S + 1]: its place in ``following``, or -1."""
    following: NDArray[np.int32]
    """int32[tables, days]: the next such day, itself included, of each simulated day and those after the run."""
    longest: int
    """The most days that one waits."""


class Program(NamedTuple):
    """Everything the kernels know about a scenario."""

    clock: Clock
    calendar: Calendar
    plan: Plan
    team: Team
    market: Market
    rates: Rates
    first: FirstStep
    lags: Lags
    closing: Closing
    caps: Caps
    deals: Deals
    start: OpenItems
    inflow: Inflow
    quota: Quota
    reaction: Reaction
    coaching: Coaching
    needs: Needs
    source: Source
    people: People
    rows: int = 0
    """Of the draws from which parameters are taken; 0: there are none."""

    @property
    def only_calls(self) -> bool:
        """Whether all items come of calls, or of wins: nothing is open at the start, and nothing flows in."""
        return len(self.start.stage) == 0 and self.inflow.total == 0.0

    @property
    def come_and_go(self) -> bool:
        """Whether who sits in a seat, or how active they are, can differ between weeks."""
        team = self.team
        return team.leave_threshold > 0 or team.new > 0 or self.people.come_and_go
