"""Measures what a week of one rep takes: simcore with every kind of scenario and strategy, and its peers, in one run.

A `Ratio` is a goal that compares two of these programs. All programs that the wanted goals compare take turns in every
round, and a ratio is taken within a round.
"""

from __future__ import annotations

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contenders import (
    CANONICAL,
    PRESSED,
    REAL_TEAM,
    Contender,
    Effort,
    Measured,
    Seconds,
    measure,
    python_contender,
    say,
    scenario_path,
    simcore_contender,
)
from benchmarks.peers import c_peer, numpy_peer, numpy_pipeline, numpy_reactive, numpy_team, python_peer, simpy_peer
from benchmarks.peers.canonical import REP_WEEKS_PER_REPLICATION, REPS
from benchmarks.report import Goal
from simcore.scenario.model import validate, with_strategy
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from simcore.scenario.model import Scenario

CANONICAL_REACTING: Final = f"{CANONICAL}, urgency"

SIMCORE: Final = "simcore, one thread"
TWO_THREADS: Final = "simcore, two threads (wall clock)"
C: Final = "C, SIMD, one draw per hour"
NUMPY: Final = "NumPy, vectorised, one draw per hour"
PYTHON: Final = "plain Python, call by call"
SIMPY: Final = "SimPy, call by call"

PLAN: Final = f"simcore, `{PRESSED}`, the plan"
NUMPY_PLAN: Final = f"NumPy, `{PRESSED}`, the plan"
TEAM: Final = f"simcore, `{REAL_TEAM}`"
NUMPY_TEAM: Final = f"NumPy, `{REAL_TEAM}`"
PRESSURE: Final = f"simcore, `{PRESSED}`, `pressure`"
PEERS: Final = f"simcore, `{PRESSED}`, `pressure` with the signal `peers`"
HOCKEY_STICK: Final = "simcore, `hockey-stick`"
HARD_SELL: Final = "simcore, `hard-sell`"

STEADY: Final = "simcore, the plan"
WEEKLY: Final = "simcore, deciding weekly"
DAILY: Final = "simcore, deciding daily"
HOURLY: Final = "simcore, deciding hourly"
NUMPY_HOURLY: Final = "NumPy, deciding hourly, one draw per meeting"
NUMPY_PLAIN: Final = "NumPy, deciding hourly, one draw per hour"

TABLES: Final = {
    "Speed": (SIMCORE, TWO_THREADS, C, NUMPY, PYTHON, SIMPY),
    "Whole scenarios": (C, PLAN, NUMPY_PLAN, TEAM, NUMPY_TEAM, PRESSURE, PEERS, HOCKEY_STICK, HARD_SELL),
    "Strategies that react": (STEADY, WEEKLY, DAILY, HOURLY, NUMPY_HOURLY, NUMPY_PLAIN),
}
"""The programs of each table of the page; the first is the one that the others are compared with."""


@cache
def reacting() -> Scenario:
    """Return the canonical scenario with the drive `urgency` of quota-pressure, decided each week, day and hour."""
    pressed = load_scenario(scenario_path(PRESSED)).resolved(sources=False)
    urgency = pressed["strategies"]["pressure"]["drives"]["urgency"]
    scenario = load_scenario(scenario_path(CANONICAL)).resolved(sources=False)
    scenario["name"] = CANONICAL_REACTING
    scenario["strategies"] = {
        "process": {},
        **{decides: {"decides": decides, "drives": {"urgency": urgency}} for decides in ("week", "day", "hour")},
    }
    return validate(scenario)


def shipped(name: str, strategy: str | None = None) -> Scenario:
    """Return a shipped scenario, with one of its strategies."""
    scenario = load_scenario(scenario_path(name))
    return scenario if strategy is None else with_strategy(scenario, strategy)


def with_peers() -> Scenario:
    """Return `pressure` of quota-pressure, whose urgency also listens to what the rest of the team has sold."""
    scenario = load_scenario(scenario_path(PRESSED)).resolved(sources=False)
    scenario["name"] = f"{PRESSED}, peers"
    scenario["strategies"]["pressure"]["drives"]["urgency"]["signals"]["peers"] = 2
    return with_strategy(validate(scenario), "pressure")


OURS: Final[dict[str, tuple[Callable[[], Scenario], int, int]]] = {
    SIMCORE: (partial(shipped, CANONICAL), 20_000, 1),
    TWO_THREADS: (partial(shipped, CANONICAL), 40_000, 2),
    PLAN: (partial(shipped, PRESSED, "process"), 4_000, 1),
    TEAM: (partial(shipped, REAL_TEAM), 5_000, 1),
    PRESSURE: (partial(shipped, PRESSED, "pressure"), 2_000, 1),
    PEERS: (with_peers, 1_500, 1),
    HOCKEY_STICK: (partial(shipped, "hockey-stick", "hockey-stick"), 2_000, 1),
    HARD_SELL: (partial(shipped, "hard-sell", "hard-sell"), 1_500, 1),
    STEADY: (lambda: with_strategy(reacting(), "process"), 12_000, 1),
    WEEKLY: (lambda: with_strategy(reacting(), "week"), 6_000, 1),
    DAILY: (lambda: with_strategy(reacting(), "day"), 4_000, 1),
    HOURLY: (lambda: with_strategy(reacting(), "hour"), 4_000, 1),
}
"""simcore: what it simulates, the replications of a round and the threads."""

WHOLE_BATCH: Final = numpy_reactive.BATCH // REPS
THEIRS: Final[dict[str, tuple[Callable[[int, int], object], int, int]]] = {
    NUMPY: (numpy_peer.simulate, 1_000, REP_WEEKS_PER_REPLICATION),
    PYTHON: (python_peer.simulate, 20, REP_WEEKS_PER_REPLICATION),
    SIMPY: (simpy_peer.simulate, 2, REP_WEEKS_PER_REPLICATION),
    NUMPY_PLAN: (numpy_pipeline.simulate, 480, 2 * REP_WEEKS_PER_REPLICATION),
    NUMPY_TEAM: (numpy_team.simulate, 960, REP_WEEKS_PER_REPLICATION),
    NUMPY_HOURLY: (numpy_reactive.simulate, WHOLE_BATCH, REP_WEEKS_PER_REPLICATION),
    NUMPY_PLAIN: (partial(numpy_reactive.simulate, draws="hour"), WHOLE_BATCH, REP_WEEKS_PER_REPLICATION),
}
"""Peers written in Python: what runs, the replications of a round, and the rep-weeks of each."""
IN_WHOLE_BATCHES: Final = frozenset({NUMPY_HOURLY, NUMPY_PLAIN})
"""Peers that are fast with a whole batch alone: a smaller measurement does not make theirs smaller."""


class Ratio(NamedTuple):
    """A goal that compares two programs: how many times as long ``over`` takes as ``under``.

    Attributes
    ----------
    name
        For ``--only``.
    what
        As the page says it.
    least, most
        The goal: one of them.
    """

    name: str
    what: str
    over: str
    under: str
    least: float | None = None
    most: float | None = None

    def goal(self, found: Mapping[str, Measured]) -> Goal:
        """Return what was reached, by the median over the rounds; by the wall clock where threads share the work."""
        over, under = found[self.over], found[self.under]
        by_wall = over.by_wall or under.by_wall
        reached = over.wall.over(under.wall) if by_wall else over.processor.over(under.processor)
        if self.least is not None:
            return Goal.at_least(self.what, self.least, reached)
        assert self.most is not None
        return Goal.at_most(self.what, self.most, reached)


def in_canonical_weeks(name: str, program: str, most: float) -> Ratio:
    """Return a goal for a scenario, in weeks of the C program."""
    words = f"{program.removeprefix('simcore, ')}, time in that of C's canonical week"
    return Ratio(name, words, program, C, most=most)


RATIOS: Final = (
    Ratio("against-c", "one thread against C, times faster", C, SIMCORE, least=2.2),
    Ratio("against-numpy", "one thread against NumPy, times faster", NUMPY, SIMCORE, least=20.0),
    Ratio("against-simpy", "one thread against SimPy, times faster", SIMPY, SIMCORE, least=2000.0),
    Ratio("two-threads", "two threads against one, times faster, wall clock", SIMCORE, TWO_THREADS, least=1.9),
    Ratio("weekly", "deciding weekly against NumPy hourly, times faster", NUMPY_HOURLY, WEEKLY, least=8.0),
    Ratio("daily", "deciding daily against NumPy hourly, times faster", NUMPY_HOURLY, DAILY, least=5.0),
    Ratio("hourly", "deciding hourly against NumPy hourly, times faster", NUMPY_HOURLY, HOURLY, least=4.5),
    in_canonical_weeks("plan-with-lags", PLAN, 1.7),
    in_canonical_weeks("real-team", TEAM, 2.2),
    in_canonical_weeks("pressure", PRESSURE, 3.5),
    in_canonical_weeks("peers", PEERS, 4.5),
    in_canonical_weeks("hockey-stick", HOCKEY_STICK, 2.2),
    in_canonical_weeks("hard-sell", HARD_SELL, 4.0),
    Ratio("plan-against-numpy", f"`{PRESSED}`, the plan, against NumPy, times faster", NUMPY_PLAN, PLAN, least=5.0),
    Ratio("team-against-numpy", f"`{REAL_TEAM}` against NumPy, times faster", NUMPY_TEAM, TEAM, least=5.0),
)


def contenders(names: Iterable[str], effort: Effort, folder: Path) -> list[Contender]:
    """Return the programs of these names; the C program is compiled into ``folder`` and left out without a gcc."""
    made = []
    for name in names:
        if name in OURS:
            scenario, replications, threads = OURS[name]
            if threads <= (os.cpu_count() or 1):
                made.append(simcore_contender(name, scenario(), effort.of(replications), threads))
        elif name in THEIRS:
            peer, replications, rep_weeks = THEIRS[name]
            count = replications if name in IN_WHOLE_BATCHES else effort.of(replications)
            made.append(python_contender(name, peer, count, rep_weeks))
        elif c_peer.compiler() is None:
            say("no gcc: the C program is left out")
        else:
            made.append(c_contender(folder, effort.of(15_000)))
    return made


def c_contender(folder: Path, replications: int) -> Contender:
    """Compile the C program; its times are those of its processor."""
    program = c_peer.build(folder)

    def run(seed: int) -> Seconds:
        seconds = c_peer.run(program, replications, seed).seconds
        return Seconds(seconds, seconds)

    return Contender(C, replications * REP_WEEKS_PER_REPLICATION, run)


def measured(names: Iterable[str], effort: Effort, folder: Path) -> dict[str, Measured]:
    """Measure the programs of these names, each once, in one run."""
    return measure(contenders(dict.fromkeys(names), effort, folder), effort.rounds)


def goals(found: Mapping[str, Measured], ratios: Iterable[Ratio] = RATIOS) -> list[Goal]:
    """Return the goals whose programs were measured."""
    return [ratio.goal(found) for ratio in ratios if ratio.over in found and ratio.under in found]
