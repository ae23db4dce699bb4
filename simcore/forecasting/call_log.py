"""Backtests of a log of calls: how many of the next calls lead on, forecast from those before them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np

from simcore.base.errors import Problem, UsageError
from simcore.base.spelling import chance_of, count_of
from simcore.base.version import __version__
from simcore.engine.runner import Progress, Report, Stop
from simcore.forecasting.backtest_document import Backtest, Window
from simcore.forecasting.scored import Scored, tenths
from simcore.forecasting.scores import pit
from simcore.forecasting.sources import seed_of, worlds_of
from simcore.forecasting.verdict import verdict
from simcore.pipeline.drifting_level import drifting_level
from simcore.pipeline.history import Floats
from simcore.pipeline.naive import DISCOUNT
from simcore.pipeline.posterior import CALLS, generator
from simcore.results.header import ScenarioIdentity

if TYPE_CHECKING:
    from simcore.crm.columns import Calls

FIRST_BLOCKS: Final = 8
"""Blocks of calls before the first origin."""
METHODS: Final = ("simcore", "last_period", "gamma_poisson", "past_windows")
_PRIOR: Final = 0.5
_RETURNS: Final = 0.02
"""Prior chance that the share of successes comes back: chosen on the first half of a log, see docs/forecast.md."""
REPLICATIONS: Final = 1000


@dataclass(frozen=True)
class CallsRequest:
    """The question of a backtest of calls, with its arguments.

    Attributes
    ----------
    successes
        Successes of every block of ``every`` calls, in order of time.
    calls
        Calls of the log, those after the last whole block included.
    every, blocks
        Calls of a block; blocks of a window.
    """

    name: str
    successes: Floats
    calls: int
    every: int
    blocks: int
    reps: int = 0
    level: float = 0.9
    replications: int = REPLICATIONS
    seed: int = 1

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Backtest:
        """Return how good forecasts would have been; see `simcore.forecasting.backtest.BacktestRequest.run`.

        Raises
        ------
        UsageError
            If the log is too short.
        """
        started = time.perf_counter()
        origins = range(FIRST_BLOCKS, len(self.successes) - self.blocks + 1)
        if not origins:
            needed = self.every * (FIRST_BLOCKS + self.blocks)
            message = f"the log has {self.calls:,} calls: {FIRST_BLOCKS} blocks and a window take {needed:,}"
            raise UsageError((Problem(message, "horizon", value=f"{self.every * self.blocks}c"),))
        methods = {name: Scored(name, self.level) for name in METHODS}
        windows: list[Window] = []
        for number, origin in enumerate(origins):
            if stop is not None and number > 0 and stop():
                break
            random = generator(self.seed, CALLS, origin)
            actual = float(self.successes[origin : origin + self.blocks].sum())
            for name, sample in self._samples(self.successes[:origin], random).items():
                methods[name].add(sample, actual)
                if name == "simcore":
                    own = methods[name]
                    place = pit(sample, actual, float(random.random()))
            windows.append(
                Window(
                    origin=f"{origin * self.every + 1}",
                    segment=None,
                    actual=actual,
                    low=own.low[-1],
                    median=own.median[-1],
                    high=own.high[-1],
                    pit=place,
                )
            )
            if progress is not None:
                progress(Progress(number + 1, len(origins), time.perf_counter() - started, 0.0))
        seconds = time.perf_counter() - started
        return self._document(methods, windows, seconds, interrupted=len(windows) < len(origins))

    def _samples(self, past: Floats, random: np.random.Generator) -> dict[str, Floats]:
        """Return draws of the successes of a window by method."""
        draws, blocks = self.replications, self.blocks
        rate = (past.sum() + _PRIOR) / (len(past) * self.every)
        level = drifting_level(past, np.full(len(past), rate * self.every), _RETURNS)
        chances = np.minimum(rate * level.paths(blocks, draws, random), 1.0)
        weights = DISCOUNT ** np.arange(len(past))[::-1]
        mean = random.gamma(weights @ past + _PRIOR, size=draws) / weights.sum()
        last = past[-blocks:].sum() * blocks / min(blocks, len(past)) + _PRIOR
        sums = np.cumsum(np.append(0.0, past))
        behind = sums[blocks:] - sums[:-blocks] if len(past) >= blocks else sums[-1:] * blocks / len(past)
        return {
            "simcore": random.binomial(self.every, chances).sum(axis=1).astype(np.float64),
            "last_period": random.poisson(random.gamma(last, size=draws)).astype(np.float64),
            "gamma_poisson": random.poisson(mean * blocks).astype(np.float64),
            "past_windows": behind[random.integers(len(behind), size=draws)],
        }

    def _document(
        self, methods: dict[str, Scored], windows: list[Window], seconds: float, *, interrupted: bool
    ) -> Backtest:
        own = methods["simcore"]
        independent = -(-len(windows) // self.blocks)
        digest = sha256(f"simcore {__version__} {self.every} {self.calls}".encode() + self.successes.tobytes())
        return Backtest(
            version=__version__,
            scenario=ScenarioIdentity(
                name=self.name, digest=digest.hexdigest(), seed=self.seed, strategies=["as it was"], currency=""
            ),
            replications=self.replications,
            reps=self.reps,
            weeks=0,
            first_day=None,
            interrupted=interrupted,
            seconds=seconds,
            as_of=None,
            deals=self.calls,
            won=int(self.successes.sum()),
            history_weeks=None,
            every_weeks=None,
            horizon_weeks=None,
            every_calls=self.every,
            horizon_calls=self.every * self.blocks,
            level=self.level,
            measure="successes",
            methods=[scored.score(independent) for scored in methods.values()],
            windows=windows,
            pit=tenths([each.pit for each in windows]),
            from_new_deals=None,
            verdict=verdict(
                [[held] for held in own.covered()],
                [mean - actual for mean, actual in zip(own.mean, own.actual, strict=True)],
                self.level,
                self.blocks,
            ),
        )


def backtest_calls(
    calls: Calls,
    *,
    name: str = "calls",
    horizon: int | str = 500,
    every: int | str = 500,
    level: float | str = 0.9,
    replications: int | str = REPLICATIONS,
    seed: int = 1,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Backtest:
    r"""Return how good forecasts of a log of calls would have been, each made from the calls before it.

    Parameters
    ----------
    calls
        What `simcore.read_calls` returned, in order of time.
    name
        Of the log, for the document.
    horizon, every
        Calls of a window, and of a block, from one origin to the next: ``500`` or ``"500c"``. A window is a number of
        whole blocks.
    level, replications, seed, progress, stop
        See `simcore.backtest`.

    Raises
    ------
    UsageError
        If an argument leaves its range, or the log is too short.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "calls.csv"
    ...     written = path.write_text("calls,successes\n" + "10,1\n" * 200)
    ...     calls = simcore.read_calls(path)
    >>> found = simcore.backtest_calls(calls, horizon=100, every=100, replications=200)
    >>> found.score("simcore").windows, found.score("simcore").coverage
    (12, 1.0)
    """
    block, window = calls_of(every, "every"), calls_of(horizon, "horizon")
    if window % block:
        message = f"a window is a number of whole blocks of {block} calls"
        raise UsageError((Problem(message, "horizon", value=f"{window}c"),))
    successes, total = _blocks(calls, block)
    return CallsRequest(
        name,
        successes,
        total,
        block,
        window // block,
        reps=len(calls.rep.names),
        level=chance_of(level, "level"),
        replications=worlds_of(replications),
        seed=seed_of(seed),
    ).run(progress=progress, stop=stop)


def _blocks(calls: Calls, block: int) -> tuple[Floats, int]:
    """Return the successes of every block of calls; a row of many calls is cut where a block ends, in proportion."""
    ends = np.cumsum(calls.calls)
    won = np.append(0.0, np.cumsum(calls.successes))
    total = int(ends[-1]) if len(ends) else 0
    marks = np.arange(0, total // block * block + 1, block)
    # Successes up to a mark: rows before it, and a share of the row that it lies in, rounded to whole ones.
    reached = np.interp(marks, np.append(0, ends), won)
    return np.diff(np.floor(reached + 0.5)), total


def calls_of(given: int | str, name: str) -> int:
    """Return a number of calls from a number, or a text as ``500c``.

    Raises
    ------
    UsageError
        If it is none from 10 to 10 million.

    Examples
    --------
    >>> calls_of("500c", "every"), calls_of(2000, "horizon")
    (500, 2000)
    """
    text = given.strip().removesuffix("c") if isinstance(given, str) else given
    try:
        return count_of(text, name, low=10, high=10_000_000)
    except UsageError:
        problem = Problem("is no number of calls", name, value=repr(given), allowed="10c to 10000000c")
        raise UsageError((problem,)) from None
