"""Forecasts from days that lie behind, each from what was known then, scored by what happened."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from simcore.base.errors import Problem, UsageError
from simcore.base.spelling import chance_of, one_of
from simcore.engine.runner import Progress, Report, Stop
from simcore.forecasting.backtest_document import Backtest, Window
from simcore.forecasting.scored import Scored, tenths
from simcore.forecasting.scores import pit
from simcore.forecasting.sources import (
    Known,
    day_text,
    header_of_history,
    known_of,
    number_of_day,
    seed_of,
    weeks_of,
    worlds_of,
)
from simcore.forecasting.verdict import verdict
from simcore.pipeline.ahead import open_deals, play_ahead
from simcore.pipeline.history import WON, Floats
from simcore.pipeline.naive import NAIVE, naive_values, naive_wins
from simcore.pipeline.posterior import NAIVE_DRAWS, Seeds, generator, learn
from simcore.pipeline.rhythm import WEEK

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from simcore.crm.data import DealData

FIRST_WEEKS: Final = 8
"""Weeks of history before the first origin, if none is given."""
LEAST_WEEKS: Final = 4
"""Fewest weeks of history that a forecast is made from."""
REPLICATIONS: Final = 1000


@dataclass(frozen=True)
class BacktestRequest:
    """The question of a backtest, with its arguments.

    Attributes
    ----------
    known
        The history.
    horizon_weeks, every_weeks
        Length of a window, and from one origin to the next.
    first
        First origin, in days since 1970-01-01; by default `FIRST_WEEKS` weeks after the first deal.
    by_segment
        Whether every segment has a window of its own; else all of them are forecast together.
    measure
        What is forecast: the number of wins, or the sum of their values.
    level
        Share of windows that intervals promise to cover.
    """

    known: Known
    horizon_weeks: int = 4
    every_weeks: int = 1
    first: int | None = None
    by_segment: bool = False
    measure: Literal["wins", "value"] = "wins"
    level: float = 0.9
    replications: int = REPLICATIONS
    seed: int = 1

    def origins(self) -> list[int]:
        """Return the days from which a forecast is made.

        Raises
        ------
        UsageError
            If there is none: the history is too short.
        """
        history = self.known.history
        begin, end = int(history.created.min()), self.known.as_of + 1
        first = begin + WEEK * FIRST_WEEKS if self.first is None else self.first
        if first < begin + WEEK * LEAST_WEEKS:
            message = (
                f"the first origin is {day_text(first)}, but deals begin on {day_text(begin)}: a forecast needs "
                f"{LEAST_WEEKS} weeks of history"
            )
            raise UsageError((Problem(message, "from"),))
        found = list(range(first, end - WEEK * self.horizon_weeks + 1, WEEK * self.every_weeks))
        if not found:
            message = (
                f"no window of {self.horizon_weeks} weeks lies between {day_text(first)} and {day_text(end - 1)}, "
                "the last day of the history"
            )
            raise UsageError((Problem(message, "horizon"),))
        return found

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Backtest:
        """Return how good forecasts would have been.

        Parameters
        ----------
        progress
            Called after each origin.
        stop
            Asked before each origin; what was done is reported as interrupted.

        Raises
        ------
        UsageError
            If the history is too short, or has no values and these are asked for.
        """
        started = time.perf_counter()
        origins = self.origins()
        history = self.known.history
        if self.measure == "value" and not np.isfinite(history.value[history.outcome == WON]).any():
            raise UsageError((Problem("no deal that was won has a value: only wins can be forecast", "measure"),))
        played = _Played(self)
        for number, origin in enumerate(origins):
            if stop is not None and number > 0 and stop():
                break
            played.add(origin)
            if progress is not None:
                seconds = time.perf_counter() - started
                progress(Progress(number + 1, len(origins), seconds, 0.0))
        return played.document(time.perf_counter() - started, interrupted=played.count < len(origins))


def backtest(
    data: DealData,
    *,
    horizon: int | str = "4w",
    every: int | str = "1w",
    first: str | date | None = None,
    by: Literal["segment"] | None = None,
    measure: Literal["wins", "value"] = "wins",
    level: float | str = 0.9,
    replications: int | str = REPLICATIONS,
    seed: int = 1,
    country: str | None = None,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Backtest:
    """Return how good forecasts of an export's deals would have been, each made from what was known at the time.

    Parameters
    ----------
    data
        What `simcore.read_deals` returned.
    horizon, every
        Length of a window, and from one origin to the next, in weeks: ``4`` or ``"4w"``.
    first
        First origin, ``YYYY-MM-DD``; by default `FIRST_WEEKS` weeks after the first deal.
    by
        ``"segment"``: every segment has windows of its own. By default all are forecast together.
    measure
        ``"wins"``, or ``"value"``, the sum of their values.
    level
        Share of windows that intervals promise to cover, above 0 and below 1.
    replications
        Worlds of each forecast, 100 to 100,000.
    seed
        Of all draws.
    country
        Whose public holidays count: ``DE``, or ``DE-BY`` with those of a part. They need ``simcore[dates]``.
    progress, stop
        See `BacktestRequest.run`.

    Raises
    ------
    ScenarioError
        If something has to be mended in the export first, or fewer than ten deals were won.
    UsageError
        If an argument leaves its range, or no window lies in the history.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> from simcore.forecasting.example import example_export
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "deals.csv"
    ...     written = path.write_text(example_export().deals)
    ...     data = simcore.read_deals(path)
    >>> found = simcore.backtest(data, horizon="8w", every="8w", first="2026-01-05", replications=200)
    >>> found.score("simcore").windows, found.verdict
    (4, 'too few windows to tell (4)')
    """
    return BacktestRequest(
        known_of(data, country),
        weeks_of(horizon, "horizon"),
        weeks_of(every, "every"),
        first=None if first is None else number_of_day(first, "first"),
        by_segment=by is not None and one_of(by, ("segment",), "by") == "segment",
        measure=one_of(measure, ("wins", "value"), "measure"),
        level=chance_of(level, "level"),
        replications=worlds_of(replications),
        seed=seed_of(seed),
    ).run(progress=progress, stop=stop)


class _Played:
    """The windows of a backtest as they are played."""

    def __init__(self, request: BacktestRequest) -> None:
        self.request = request
        self.methods = {name: Scored(name, request.level) for name in ("simcore", *NAIVE)}
        self.windows: list[Window] = []
        self.covered: list[list[bool]] = []
        self.errors: list[float] = []
        self.new, self.total = 0.0, 0.0
        self.count = 0
        # What is told apart is decided before the first origin, and not from what came later.
        self.history = request.known.history.for_forecasts(request.origins()[0])

    def add(self, origin: int) -> None:
        """Forecast from one day, and score."""
        request, history = self.request, self.history
        weeks = request.horizon_weeks
        posterior = learn(history, origin)
        seeds = Seeds.of(request.seed)
        ahead = play_ahead(posterior, open_deals(posterior), WEEK * weeks, request.replications, seeds)
        in_value = request.measure == "value"
        self.new += float(ahead.wins[:, 1].sum())
        self.total += float(ahead.wins.sum())
        random = generator(request.seed, NAIVE_DRAWS, origin)
        samples = {"simcore": (ahead.values if in_value else ahead.wins).sum(axis=(1, 3)).astype(np.float64)}
        naive: Callable[..., dict[str, Floats]] = naive_values if in_value else naive_wins
        samples |= naive(posterior.visits, weeks, request.replications, random)
        actual = self._actual(origin)
        if not request.by_segment:
            samples = {name: sample.sum(axis=1, keepdims=True) for name, sample in samples.items()}
            actual = actual.sum(keepdims=True)
        for name, sample in samples.items():
            for column in range(len(actual)):
                self.methods[name].add(sample[:, column], float(actual[column]))
        uniforms = random.random(len(actual))
        own = self.methods["simcore"]
        held = own.covered()[-len(actual) :]
        self.covered.append(held)
        self.errors.append(float(sum(own.mean[-len(actual) :]) - actual.sum()))
        for column in range(len(actual)):
            place = column - len(actual)
            self.windows.append(
                Window(
                    origin=day_text(origin),
                    segment=history.segments[column] if request.by_segment else None,
                    actual=float(actual[column]),
                    low=own.low[place],
                    median=own.median[place],
                    high=own.high[place],
                    pit=pit(samples["simcore"][:, column], float(actual[column]), float(uniforms[column])),
                )
            )
        self.count += 1

    def _actual(self, origin: int) -> Floats:
        """Return what happened after an origin, by segment."""
        history = self.history
        end = origin + WEEK * self.request.horizon_weeks
        won = (history.outcome == WON) & (history.closed >= origin) & (history.closed < end)
        weights = np.nan_to_num(history.value[won]) if self.request.measure == "value" else None
        return np.bincount(history.segment[won], weights, len(history.segments)).astype(np.float64)

    def document(self, seconds: float, *, interrupted: bool) -> Backtest:
        """Return the document of what was played."""
        request, history = self.request, self.history
        overlap = max(-(-request.horizon_weeks // request.every_weeks), 1)
        independent = -(-self.count // overlap)
        known = request.known
        return Backtest(
            **header_of_history(known, request.seed),
            holidays=known.holidays,
            replications=request.replications,
            weeks=request.horizon_weeks,
            first_day=self.windows[0].origin,
            interrupted=interrupted,
            seconds=seconds,
            deals=history.deals,
            won=int((history.outcome == WON).sum()),
            every_weeks=request.every_weeks,
            horizon_weeks=request.horizon_weeks,
            level=request.level,
            measure=request.measure,
            by="segment" if request.by_segment else None,
            methods=[scored.score(independent) for scored in self.methods.values()],
            windows=self.windows,
            pit=tenths([each.pit for each in self.windows]),
            from_new_deals=self.new / self.total if self.total else None,
            verdict=verdict(self.covered, self.errors, request.level, overlap),
        )
