"""The forecast: what may come until a day, with what its width is made of."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from simcore.base.errors import Problem, UsageError
from simcore.base.spelling import amount_of, one_of
from simcore.base.text import did_you_mean
from simcore.crm.data import DealData
from simcore.engine.runner import Progress, Report, Stop
from simcore.forecasting.forecast_document import DealChance, Forecast, Tested, Weather, WidthPart
from simcore.forecasting.of_scenario import REPLICATIONS, scenario_request
from simcore.forecasting.ranges import ENDS, fan_of, range_of
from simcore.forecasting.sources import (
    LEAST_WINS,
    LONGEST_DAYS,
    Known,
    day_text,
    header_of_history,
    known_of,
    number_of_day,
    seed_of,
    worlds_of,
)
from simcore.forecasting.width import width_of
from simcore.pipeline.ahead import Ahead, OpenDeals, chances, open_deals, play_ahead
from simcore.pipeline.history import WON, Flags, Floats, History
from simcore.pipeline.naive import win_rates
from simcore.pipeline.posterior import Posterior, Seeds, learn
from simcore.pipeline.rhythm import WEEK
from simcore.scenario_files.scenario_file import Source, load_scenario
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import of_hits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from simcore.forecasting.backtest_document import Backtest
    from simcore.scenario_files.scenario_file import Source

MOST_DEALS: Final = 10
_DRAWS: Final = 200
_BAND: Final = 0.05
"""Half of the worlds of a weather: those whose market lies so near to a quantile."""
_QUARTER: Final = 13
_OUTSIDE: Final = 0.005
_QUARTER_REPLICATIONS: Final = 2_000
_PARTS: Final = 3
"""Of which progress is told."""


@dataclass(frozen=True)
class ForecastRequest:
    """The question of a forecast, with its arguments.

    Attributes
    ----------
    known
        The history.
    by
        The last day, in days since 1970-01-01.
    since
        The first day of the period; by default the day after that of the history, so that nothing is closed already.
    quota
        What is to be reached, in the unit of the measure.
    without
        Ids of open deals that are taken as lost today.
    tested
        A backtest of deals, which is told beside it.
    """

    known: Known
    by: int
    since: int | None = None
    quota: float | None = None
    measure: Literal["wins", "value"] = "value"
    without: tuple[str, ...] = ()
    replications: int = REPLICATIONS
    seed: int = 1
    tested: Backtest | None = None

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Forecast:
        """Return the forecast.

        Parameters
        ----------
        progress
            Called after each part.
        stop
            Asked before what the width is made of is worked out: without it, the forecast is reported as interrupted.

        Raises
        ------
        UsageError
            If the day is not after that of the history or too far off, no deal has a value and these are asked for, or
            a deal to leave out is not among those that are open.
        """
        started = time.perf_counter()
        day = self.known.as_of + 1
        history = self.known.history.for_forecasts(day)
        self._check(history, day)
        if self.measure == "wins":
            history = replace(history, value=np.ones(history.deals))
        posterior = learn(history, day)
        everything = open_deals(posterior)
        deals = everything.take(~self._left_out(everything))
        days = self.by - day + 1

        def report(done: int) -> None:
            if progress is not None:
                progress(Progress(done, _PARTS, time.perf_counter() - started, 0.0))

        report(1)
        ahead = play_ahead(posterior, deals, days, self.replications, Seeds.of(self.seed))
        report(2)
        interrupted = stop is not None and stop()
        found = _Answer(self, posterior, deals, ahead)
        width = [] if interrupted else width_of(posterior, deals, days, found.open + found.new, self.seed)
        return found.document(width, time.perf_counter() - started, interrupted=interrupted)

    def _check(self, history: History, day: int) -> None:
        if not day <= self.by < day + LONGEST_DAYS:
            last = day_text(day + LONGEST_DAYS - 1)
            problem = Problem(
                f"the history stands on the evening of {day_text(self.known.as_of)}",
                "by",
                value=day_text(self.by),
                allowed=f"{day_text(day)} to {last}",
            )
            raise UsageError((problem,))
        if self.since is not None and self.since > self.by:
            problem = Problem("the period begins after its end", "since", value=day_text(self.since))
            raise UsageError((problem,))
        if self.tested is not None and self.tested.horizon_weeks is None:
            raise UsageError((Problem("is a backtest of a log of calls", "tested", allowed="one of deals"),))
        if self.measure == "value" and not np.isfinite(history.value[history.outcome == WON]).any():
            message = "no deal that was won has a value: only wins can be forecast"
            raise UsageError((Problem(message, "measure", value="value", allowed="wins"),))

    def _left_out(self, deals: OpenDeals) -> Flags:
        """Return which open deals are taken as lost."""
        names = {self.known.ids[deal]: place for place, deal in enumerate(deals.deal.tolist())}
        left_out = np.zeros(len(deals.deal), dtype=np.bool_)
        problems = []
        for name in self.without:
            if name in names:
                left_out[names[name]] = True
            else:
                hint = did_you_mean(name, names)
                problems.append(Problem("is no open deal", "without", value=name, hint=hint))
        if problems:
            raise UsageError(tuple(problems))
        return left_out


def forecast(
    data: DealData | Source,
    *,
    by: str | date,
    since: str | date | None = None,
    quota: float | str | None = None,
    measure: Literal["wins", "value"] | None = None,
    without: Sequence[str] = (),
    replications: int | str | None = None,
    seed: int = 1,
    tested: Backtest | None = None,
    country: str | None = None,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Forecast:
    """Return what may come from an export's deals, and from those that are not there yet, until a day.

    Parameters
    ----------
    data
        What `simcore.read_deals` returned; or a scenario, its path or what `simcore.load_scenario` returned: then the
        engine plays its open deals and what comes.
    by
        The last day of the period, ``YYYY-MM-DD``.
    since
        Its first day: what was won since then is closed already. By default the day after that of the export. Not of
        a scenario, which does not know what was won.
    quota
        What is to be reached, in the unit of the measure: ``1_200_000`` or ``"1.2m"``.
    measure
        ``"value"`` or ``"wins"``; by default values, where a deal that was won has one.
    without
        Ids of open deals that are taken as lost today.
    replications
        Worlds, 100 to 100,000; by default 10,000, of a scenario of many deals so many as take some seconds, 1,000 at
        least.
    seed
        Of all draws.
    tested
        What `simcore.backtest` returned: how such forecasts held is told beside this one.
    country
        Whose public holidays count: ``DE``, or ``DE-BY`` with those of a part. They need ``simcore[dates]``.
    progress, stop
        See `ForecastRequest.run`.

    Raises
    ------
    ScenarioError
        If something has to be mended in the export first, or fewer than ten deals were won.
    UsageError
        If an argument leaves its range, or a deal is not among those that are open.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> from simcore.forecasting.example import example_export
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "deals.csv"
    ...     written = path.write_text(example_export().deals)
    ...     data = simcore.read_deals(path)
    >>> found = simcore.forecast(data, by="2026-12-31", quota="400k", replications=200)
    >>> found.open_deals, found.total.low < found.total.median < found.total.high, found.p_quota.estimate < 0.6
    (49, True, True)
    """
    if not isinstance(data, DealData):
        for name, given in (("since", since), ("country", country), ("tested", tested)):
            if given is not None:
                raise UsageError((Problem("is of an export, and this is a scenario", name),))
        asked: dict[str, Any] = {"by": by, "quota": quota, "measure": measure, "without": without}
        asked |= {"replications": replications, "seed": seed}
        return scenario_request(load_scenario(data), **asked).run(progress=progress, stop=stop)
    known = known_of(data, country)
    valued = bool(np.isfinite(known.history.value[known.history.outcome == WON]).any())
    return ForecastRequest(
        known,
        number_of_day(by, "by"),
        None if since is None else number_of_day(since, "since"),
        None if quota is None else amount_of(quota, "quota"),
        ("value" if valued else "wins") if measure is None else one_of(measure, ("value", "wins"), "measure"),
        tuple(without),
        REPLICATIONS if replications is None else worlds_of(replications),
        seed_of(seed),
        tested,
    ).run(progress=progress, stop=stop)


class _Answer:
    """Makes the document of what was played."""

    def __init__(self, request: ForecastRequest, posterior: Posterior, deals: OpenDeals, ahead: Ahead) -> None:
        self.request, self.posterior, self.deals, self.ahead = request, posterior, deals, ahead
        self.closed = _closed(posterior, request.since)
        self.open, self.new = (ahead.values[:, source].sum(axis=(1, 2)) for source in (0, 1))
        self.total = self.closed + self.open + self.new

    def document(self, width: list[WidthPart], seconds: float, *, interrupted: bool) -> Forecast:
        """Return it."""
        request, known, posterior = self.request, self.request.known, self.posterior
        day = known.as_of + 1
        history = posterior.visits.history
        rates = win_rates(posterior.visits)[self.deals.stage]
        return Forecast(
            **header_of_history(known, request.seed),
            holidays=known.holidays,
            replications=request.replications,
            weeks=-(-(request.by - day + 1) // WEEK),
            first_day=day_text(day),
            interrupted=interrupted,
            seconds=seconds,
            since=day_text(day if request.since is None else request.since),
            by=day_text(request.by),
            measure=request.measure,
            deals=history.deals,
            open_deals=len(self.deals.deal),
            without=list(request.without),
            quota=request.quota,
            closed=self.closed,
            from_open=range_of(self.open),
            from_new=range_of(self.new),
            total=range_of(self.total),
            p_quota=self._reached(self.total),
            fan=fan_of(self.ahead.values.sum(axis=(1, 2)), self.closed, day, request.by),
            width=width,
            largest=self._largest(),
            weather=self._weather(),
            stage_weighted=self.closed + float((self.deals.value * rates).sum()),
            market=posterior.market.mean(),
            outside=_outside(history, day, request.seed),
            tested=_tested(request.tested, known.digest),
            closing_days=[of_month for of_month, _ in posterior.rhythms[0].closing],
        )

    def _reached(self, totals: Floats) -> Estimate | None:
        """Return the chance of the quota, None without one."""
        quota = self.request.quota
        return None if quota is None else of_hits(int((totals >= quota).sum()), len(totals))

    def _largest(self) -> list[DealChance]:
        """Return the deals without which the quota would suffer most; without a quota, those of the largest mean."""
        deals, ahead = self.deals, self.ahead
        count = len(deals.deal)
        if count == 0:
            return []
        worth = deals.value * ahead.won.mean(axis=0)
        order = np.argsort(-worth, kind="stable")
        if self.request.quota is not None:
            # Only a deal of some worth can matter; a hundred of the worthiest are looked at.
            candidates = order[:_CANDIDATES]
            hits = [
                int((self.total - deals.value[place] * ahead.won[:, place] >= self.request.quota).sum())
                for place in candidates
            ]
            order = candidates[np.argsort(hits, kind="stable")]
        chosen = order[:MOST_DEALS]
        taken = deals.take(chosen)
        days = self.request.by - self.posterior.visits.day + 1
        spread = np.quantile(chances(self.posterior, taken, days, _DRAWS, Seeds.of(self.request.seed)), ENDS, axis=0)
        history = self.posterior.visits.history
        return [
            DealChance(
                id=self.request.known.ids[deals.deal[place]],
                stage=history.stages[deals.stage[place]],
                segment=history.segments[deals.segment[place]],
                value=float(deals.value[place]),
                chance=of_hits(int(ahead.won[:, place].sum()), len(ahead.won)),
                chance_low=float(spread[0, row]),
                chance_high=float(spread[2, row]),
                p_quota_without=self._reached(self.total - deals.value[place] * ahead.won[:, place]),
            )
            for row, place in enumerate(chosen.tolist())
        ]

    def _weather(self) -> list[Weather]:
        """Return the chance of the quota by the market; empty without a quota."""
        if self.request.quota is None:
            return []
        order = np.argsort(self.ahead.market, kind="stable")
        found = []
        for quantile in _WEATHERS:
            middle, half = quantile * len(order), _BAND * len(order)
            band = order[max(int(middle - half), 0) : max(int(middle + half), 1)]
            reached = self._reached(self.total[band])
            assert reached is not None  # noqa: S101  (there is a quota)
            found.append(Weather(market=quantile, factor=float(self.ahead.market[band].mean()), p_quota=reached))
        return found


_WEATHERS: Final = (0.1, 0.5, 0.9)
_CANDIDATES: Final = 100


def _closed(posterior: Posterior, since: int | None) -> float:
    """Return what was won in the period already."""
    visits = posterior.visits
    won = visits.end == visits.won
    if since is None:
        return 0.0
    return float(np.nansum(visits.history.value[visits.deal[won & (visits.left >= since)]]))


def _tested(found: Backtest | None, digest: str) -> Tested | None:
    """Return what is told of a backtest of deals."""
    if found is None or found.measure == "successes":
        return None
    own = found.score("simcore")
    return Tested(
        coverage=own.coverage,
        level=found.level,
        windows=own.windows,
        independent_windows=own.independent_windows,
        horizon_weeks=found.horizon_weeks or 0,
        measure=found.measure,
        as_of=found.as_of or "",
        same_history=found.digest == digest,
        verdict=found.verdict,
    )


def _outside(history: History, day: int, seed: int) -> str | None:
    """Return where the wins of the last quarter lie, if a forecast of it would have been sure of another number."""
    begin = day - _QUARTER * WEEK
    before = int(((history.outcome == WON) & (history.closed < begin)).sum())
    if begin - int(history.created.min()) < _QUARTER * WEEK or before < LEAST_WINS:
        return None
    posterior = learn(history, begin)
    ahead = play_ahead(posterior, open_deals(posterior), day - begin, _QUARTER_REPLICATIONS, Seeds.of(seed))
    wins = ahead.wins.sum(axis=(1, 2, 3))
    low, high = np.quantile(wins, (_OUTSIDE, 1.0 - _OUTSIDE))
    came = int(((history.outcome == WON) & (history.closed >= begin) & (history.closed < day)).sum())
    if low <= came <= high:
        return None
    return (
        f"{came:,} wins in the last {_QUARTER} weeks, where a forecast from before them was 99 % sure of "
        f"{low:,.0f} to {high:,.0f}"
    )
