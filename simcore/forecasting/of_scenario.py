"""A forecast by the engine: what may come of a scenario's open deals, and of those that are not there yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.spelling import amount_of, one_of
from simcore.base.text import did_you_mean
from simcore.dates.days import parse_day
from simcore.engine.ignorance import FAR
from simcore.engine.playable import playable
from simcore.engine.runner import Block, Progress, Report, Stop, Watch, cut
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.forecasting.forecast_document import DealChance, Forecast, WidthPart
from simcore.forecasting.ranges import fan_of, range_of
from simcore.forecasting.sources import LONGEST_DAYS, day_text, number_of_day, seed_of, worlds_of
from simcore.kernels.detail import Detail
from simcore.pipeline.history import Flags, Floats
from simcore.pipeline.posterior import generator
from simcore.pipeline.rhythm import WEEK
from simcore.program.tally import CLOSE
from simcore.quantities.open_items import Start
from simcore.quantities.open_list import OpenList
from simcore.random.streams import FACTORS, KNOWLEDGE, LUCK, MARKET, NOISE, PEOPLE, Source
from simcore.results.header import header_of
from simcore.scenario.model import Scenario
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import of_hits
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.statistics.pick_freeze import explained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MOST_DEALS: Final = 10
REPLICATIONS: Final = 10_000
LEAST: Final = 1_000
"""Worlds that are played where nobody says it: so many at most, and at least."""
MOST_ITEMS: Final = 5e6
"""Items of a quarter in all of these worlds."""
USUAL_WEEKS: Final = 13
THINNING: Final = 9
"""The purpose of the generator that says what of a week in which the forecast ends lies before its end."""
_CANDIDATES: Final = 16
_PLACE: Final = 17
"""Bits of a sum of cents below those that tell single deals apart: there is room for 2^17 other open deals."""
_PARTS: Final = 3
_SHARE: Final = 4
"""One in so many worlds is played again for each factor."""
_LEAST_GROUP: Final = 8
_SOURCES: Final = ((LUCK, "luck"), (MARKET, "market"), (NOISE, "weeks"), (PEOPLE, "people"), (KNOWLEDGE, "knowledge"))


def usual_worlds(scenario: Scenario) -> int:
    """Return how many worlds are played where nobody says it: fewer where many items come in a week."""
    first = scenario.funnel[1].rate
    called = scenario.team.reps * scenario.plan.calls_per_week * (float(first.mean) if first is not None else 1.0)
    seats = {"team": 1, "seat": scenario.team.reps}
    weekly = called + sum(each.largest * seats[each.to] for each in scenario.inflow)
    items = weekly * USUAL_WEEKS + _open_deals(scenario)
    return int(min(REPLICATIONS, max(LEAST, MOST_ITEMS / max(items, 1.0))))


@dataclass(frozen=True)
class ScenarioForecastRequest:
    """The question of a forecast of a scenario, with its arguments.

    Attributes
    ----------
    scenario
        With the strategy that is played, and a first day.
    by
        The last day, in days since 1970-01-01.
    as_of
        The evening on which the open deals stand; by default that before the scenario's first day.
    quota
        What is to be reached, in the unit of the measure.
    without
        Ids of open deals that are taken as lost today.
    """

    scenario: Scenario
    by: int
    as_of: int | None = None
    quota: float | None = None
    measure: Literal["wins", "value"] = "value"
    without: tuple[str, ...] = ()
    replications: int = REPLICATIONS
    seed: int = 1

    @property
    def evening(self) -> int:
        """Return the evening on which the forecast stands, in days since 1970-01-01."""
        if self.as_of is not None:
            return self.as_of
        start = self.scenario.calendar.start
        if start is None:
            raise ScenarioError((Problem("a forecast needs the first day", "calendar.start"),))
        return int(np.datetime64(parse_day(start), "D").astype(np.int64)) - 1

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Forecast:
        """Return the forecast.

        The engine plays the open deals and all that comes; then what comes without them: the difference is theirs.
        Where no strategy reacts and no cap turns items away, a third run tells which of the largest deals are won in
        which world.

        Parameters
        ----------
        progress
            Called after each part.
        stop
            Asked before the third run: without it, the forecast is reported as interrupted.

        Raises
        ------
        ScenarioError
            If the scenario has no first day, or has a warm-up.
        UsageError
            If the day lies before the first one or too far off, or a deal to leave out is not among those that are
            open.
        """
        started = time.perf_counter()
        days = self._days()
        scenario = self._played(days)
        opened = _open_list(scenario)

        def report(done: int) -> None:
            if progress is not None:
                progress(Progress(done, _PARTS, time.perf_counter() - started, 0.0))

        comes = scenario.plan.calls_per_week > 0 or bool(scenario.inflow)
        whole = _Weekly.of(scenario)
        report(1)
        new = _Weekly.of(scenario.model_copy(update={"start": None})) if comes and scenario.start else None
        new = whole if new is None and scenario.start is None else new or whole.nothing
        report(2)
        interrupted = stop is not None and stop()
        random = generator(self.seed, THINNING)
        part = (days - WEEK * (scenario.horizon.weeks - 1)) / WEEK
        won: Flags | None = None
        chosen: list[int] = []
        if not interrupted and opened is not None and _apart(scenario):
            chosen = _largest(opened)
            won = _won(scenario, opened, chosen, part, random)
        width = [] if interrupted else self._width(scenario)
        from_new = new.measured(self.measure, part, random)
        from_open = whole.less(new).measured(self.measure, part, random)
        total = from_new + from_open
        largest = [] if opened is None or won is None else self._deals(opened, chosen, won, total.sum(axis=1))
        header = header_of(
            scenario, replications=whole.replications, interrupted=interrupted, seconds=time.perf_counter() - started
        )
        return Forecast(
            **header,
            **self._asked(),
            as_of=day_text(self.evening),
            since=day_text(self.evening + 1),
            open_deals=_open_deals(scenario),
            from_open=range_of(from_open.sum(axis=1)),
            from_new=range_of(from_new.sum(axis=1)),
            total=range_of(total.sum(axis=1)),
            p_quota=self._reached(total.sum(axis=1)),
            fan=fan_of(total, 0.0, self.evening + 1, self.by),
            width=width,
            largest=largest,
            weather=[],
            stage_weighted=None if opened is None else self._weighted(scenario, opened),
        )

    def _asked(self) -> dict[str, Any]:
        """Return what was asked for, and what only the history of an export could tell."""
        asked = {"by": day_text(self.by), "measure": self.measure, "without": list(self.without), "quota": self.quota}
        unknown = dict.fromkeys(("deals", "history_weeks", "market", "outside"))
        return {**asked, **unknown, "closed": 0.0, "closing_days": []}

    def _days(self) -> int:
        days = self.by - self.evening
        if not 0 < days <= LONGEST_DAYS:
            problem = Problem(
                f"the scenario stands on the evening of {day_text(self.evening)}",
                "by",
                value=day_text(self.by),
                allowed=f"{day_text(self.evening + 1)} to {day_text(self.evening + LONGEST_DAYS)}",
            )
            raise UsageError((problem,))
        return days

    def _played(self, days: int) -> Scenario:
        """Return the scenario of so many days, without the deals that are left out."""
        scenario = self.scenario
        if scenario.horizon.warmup_weeks:
            message = "is a warm-up: a forecast begins with what is open today"
            raise ScenarioError((Problem(message, "horizon.warmup_weeks", hint="leave it out, and give start.open"),))
        horizon = scenario.horizon.model_copy(update={"weeks": -(-days // WEEK), "until": None})
        run = scenario.run.model_copy(update={"replications": self.replications, "seed": self.seed, "precision": None})
        changed: dict[str, Any] = {"horizon": horizon, "run": run}
        if self.without:
            changed["start"] = Start.of(self._kept(scenario))
        return scenario.model_copy(update=changed)

    def _kept(self, scenario: Scenario) -> OpenList:
        """Return the list without the deals that are left out: they stay in it, and are never won."""
        opened = _open_list(scenario)
        ids = [] if opened is None else opened.cells("id")
        known = {name: place for place, name in enumerate(ids) if name}
        problems = [
            Problem("is no open deal", "without", value=name, hint=did_you_mean(name, known))
            for name in self.without
            if name not in known
        ]
        if problems or opened is None:
            raise UsageError(tuple(problems) or (Problem("no deal is open", "without"),))
        chances = opened.cells("probability")
        for name in self.without:
            chances[known[name]] = "0"
        return opened.replaced({"probability": chances})

    def _width(self, scenario: Scenario) -> list[WidthPart]:
        """Return what each factor explains of the variance of the total: two plays that share it and nothing else.

        The last week counts as a whole. Empty where nothing varies.
        """
        worlds = EQUAL_GROUPS * max(self.replications // _SHARE // EQUAL_GROUPS, _LEAST_GROUP)

        def totals(only: int | None) -> Floats:
            played = _Weekly.of(scenario, worlds, only)
            sums: Floats = (played.wins if self.measure == "wins" else played.cents).sum(axis=1)
            return sums

        base = totals(None)
        if np.all(base == base[0]):
            return []
        parts: list[WidthPart] = []
        together, variance = 1.0, 0.0
        for factor, source in _SOURCES:
            share = explained(base, totals(factor)).share
            parts.append(WidthPart.model_validate({"source": source, "share": share}))
            together -= share.estimate or 0.0
            variance += (share.se or 0.0) ** 2
        rest = Estimate(estimate=max(together, 0.0), se=float(np.sqrt(variance)))
        return [*parts, WidthPart(source="together", share=rest)]

    def _reached(self, totals: Floats) -> Estimate | None:
        return None if self.quota is None else of_hits(int((totals >= self.quota).sum()), len(totals))

    def _deals(self, opened: OpenList, chosen: list[int], won: Flags, totals: Floats) -> list[DealChance]:
        """Return the deals without which the quota would suffer most; without a quota, those of the largest mean."""
        wins = self.measure == "wins"
        values = np.array([1.0 if wins else opened.value[place] / 100.0 for place in chosen])
        order = np.argsort(-values * won.mean(axis=0), kind="stable")[:MOST_DEALS].tolist()
        names, seats = opened.cells("id"), opened.cells("stage")
        found = [
            DealChance(
                id=names[chosen[place]],
                stage=seats[chosen[place]],
                segment=None,
                value=float(values[place]),
                chance=of_hits(int(won[:, place].sum()), len(won)),
                chance_low=None,
                chance_high=None,
                p_quota_without=self._reached(totals - values[place] * won[:, place]),
            )
            for place in order
        ]
        return sorted(found, key=lambda deal: deal.p_quota_without.estimate or 0.0) if self.quota is not None else found  # type: ignore[union-attr]

    def _weighted(self, scenario: Scenario, opened: OpenList) -> float:
        """Return every open deal times the rates of the steps to come, as a CRM would have it."""
        names = [stage.stage for stage in scenario.funnel]
        rates = [1.0 if stage.rate is None else float(stage.rate.mean) for stage in scenario.funnel]
        later = {name: float(np.prod(rates[place + 1 :])) for place, name in enumerate(names)}
        worth = 1.0 if self.measure == "wins" else scenario.deal.mean_value()
        total = 0.0
        for stage, value, stated in zip(
            opened.cells("stage"), opened.value.tolist(), opened.probability.tolist(), strict=True
        ):
            amount = worth if value < 0 or self.measure == "wins" else value / 100.0
            total += amount * (stated if stated >= 0.0 else later[stage])
        return total


@dataclass(frozen=True, slots=True, eq=False)
class _Weekly:
    """Wins and their cents by week, of shape (replications, weeks)."""

    wins: Floats
    cents: Floats

    @classmethod
    def of(cls, scenario: Scenario, replications: int | None = None, only: int | None = None) -> _Weekly:
        """Play a scenario.

        Parameters
        ----------
        replications
            Worlds; by default as many as the scenario says.
        only
            The factor whose words are those of these worlds; all others are taken from worlds far away.
        """
        count = scenario.run.replications if replications is None else replications
        program = playable(scenario, detailed=True)
        taken = program.source if only is None else _sharing(program.source, only)
        worlds = Worlds([scenario], [program], threads=None, expected=count)

        def simulate(player: Player, block: Block) -> Detail:
            return player.simulate(0, block, detailed=True, source=taken)

        wins: list[Floats] = []
        cents: list[Floats] = []
        for _, detail in worlds.play(
            simulate, cut(program, count, worlds.threads, None, detailed=True), Meter(Watch())
        ):
            wins.append(detail.entered[..., -1].sum(axis=1, dtype=np.float64))
            cents.append(detail.cents[:, CLOSE].sum(axis=1, dtype=np.float64))
        return cls(np.concatenate(wins), np.concatenate(cents))

    @property
    def replications(self) -> int:
        """Return how many worlds there are."""
        return len(self.wins)

    @property
    def nothing(self) -> _Weekly:
        """Return as many worlds in which nothing is won."""
        return _Weekly(np.zeros_like(self.wins), np.zeros_like(self.cents))

    def less(self, other: _Weekly) -> _Weekly:
        """Return what is more than in other worlds."""
        return _Weekly(self.wins - other.wins, self.cents - other.cents)

    def measured(self, measure: str, part: float, random: np.random.Generator) -> Floats:
        """Return what counts, of the last week what lies in a part of it: each win with that chance."""
        found = self.wins.copy() if measure == "wins" else self.cents / 100.0
        if part < 1.0:
            last = self.wins[:, -1]
            kept = random.binomial(np.maximum(last, 0.0).astype(np.int64), part)
            found[:, -1] *= np.where(last > 0.0, kept / np.maximum(last, 1.0), part)
        return found


def _sharing(source: Source, factor: int) -> Source:
    """Return a source that takes all factors but one from worlds far away."""
    shift = np.full(FACTORS, FAR, np.int64)
    shift[factor] = 0
    return source._replace(shift=shift)


def _open_list(scenario: Scenario) -> OpenList | None:
    opened = None if scenario.start is None else scenario.start.open
    return opened if isinstance(opened, OpenList) else None


def _open_deals(scenario: Scenario) -> int:
    """Return how many deals are open at the start."""
    opened = _open_list(scenario)
    if opened is not None:
        return opened.rows
    entries = () if scenario.start is None else scenario.start.entries
    return sum(each.count * (scenario.team.reps if each.rep is None else 1) for each in entries)


def _apart(scenario: Scenario) -> bool:
    """Return whether a deal's fate depends on no other: nobody reacts, nothing is turned away."""
    drives = scenario.strategies[scenario.run.strategy].drives
    return not drives and all(stage.cap is None for stage in scenario.funnel) and scenario.referrals is None


def _largest(opened: OpenList) -> list[int]:
    """Return the open deals of the largest values, of those that have one and an id."""
    names = opened.cells("id")
    known = [place for place, value in enumerate(opened.value.tolist()) if value > 0 and names[place]]
    return sorted(known, key=lambda place: -opened.value[place])[:_CANDIDATES]


def _won(scenario: Scenario, opened: OpenList, chosen: list[int], part: float, random: np.random.Generator) -> Flags:
    """Return whether each of some open deals is won, of shape (replications, deals).

    The open deals are played alone, in the same worlds, each worth a power of two of cents: the sum tells which.
    Of the last week a win counts with the chance ``part``.
    """
    values = ["0.01"] * opened.rows
    for bit, place in enumerate(chosen):
        values[place] = f"{2 ** (_PLACE + bit) / 100:.2f}"
    alone = scenario.model_copy(
        update={
            "start": Start.of(opened.replaced({"value": values})),
            "inflow": (),
            "plan": scenario.plan.model_copy(update={"calls_per_week": 0}),
        }
    )
    played = _Weekly.of(alone)
    shifts = _PLACE + np.arange(len(chosen))
    before, last = (
        ((cents.astype(np.int64)[:, None] >> shifts) & 1).astype(np.bool_)
        for cents in (played.cents[:, :-1].sum(axis=1), played.cents[:, -1])
    )
    counts: Flags = before | (last & (random.random(last.shape) < part))
    return counts


def scenario_request(
    scenario: Scenario,
    *,
    by: str | date,
    as_of: str | date | None = None,
    quota: float | str | None = None,
    measure: Literal["wins", "value"] | None = None,
    without: Sequence[str] = (),
    replications: int | str | None = None,
    seed: int = 1,
) -> ScenarioForecastRequest:
    """Return the question of a forecast of a scenario from arguments as people write them; see `simcore.forecast`.

    Parameters
    ----------
    as_of
        The evening on which its open deals stand; by default that before its first day.

    Raises
    ------
    UsageError
        If an argument cannot be read.
    """
    return ScenarioForecastRequest(
        scenario,
        number_of_day(by, "by"),
        None if as_of is None else number_of_day(as_of, "as_of"),
        None if quota is None else amount_of(quota, "quota"),
        "value" if measure is None else one_of(measure, ("value", "wins"), "measure"),
        tuple(without),
        usual_worlds(scenario) if replications is None else worlds_of(replications),
        seed_of(seed),
    )
