"""Plays strategies of scenarios in a process of its own and prints, as JSON, which functions were compiled for it.

Usage: ``python -m benchmarks.play [NAME ...]`` from the root of a copy of the repository. Without names, everything:
every strategy of every shipped scenario, a comparison, every study, and the techniques of variance reduction.
"""

from __future__ import annotations

import json
import sys
from typing import Final, TypedDict

import simcore
from benchmarks.contenders import CANONICAL, PRESSED, REAL_TEAM, ROOT, scenario_path
from simcore.compiled import jit
from simcore.engine.simulation import simulate
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario

SMALL: Final = ("team.reps=2", "horizon.weeks=13")


class Played(TypedDict):
    """What the process prints."""

    compiled: list[str]
    """Functions that were compiled, in order."""
    simcore: str
    """Where simcore was imported from."""


def play(name: str) -> None:
    """Simulate every strategy of a scenario, small."""
    scenario = load_scenario(scenario_path(name), ["team.reps=2"])
    runs = [with_strategy(scenario, strategy) for strategy in scenario.strategies] or [scenario]
    for run in runs:
        simulate(run, replications=2, seed=1, threads=1)


def ask() -> None:
    """Ask every question, small."""
    canonical = load_scenario(scenario_path(CANONICAL), SMALL)
    pressed = load_scenario(scenario_path(PRESSED), [*SMALL, "horizon.warmup_weeks=0"])
    team = load_scenario(scenario_path(REAL_TEAM), ["team.reps=4"])
    coached = load_scenario(scenario_path("coach-the-process"), ["team.reps=4"])
    simcore.compare(pressed, replications=16, seed=1, threads=1)
    simcore.sweep(pressed, "funnel.wins.rate=0.4,0.5", replications=16, seed=1, threads=1)
    simcore.plan(canonical, target=100_000, replications=1024, seed=1, threads=1)
    simcore.luck(team, replications=128, seed=1, threads=1)
    simcore.steadiness(team, replications=256, seed=1, threads=1)
    simcore.coach(coached, replications=64, seed=1, threads=1)
    simcore.bench_variance(canonical, "p_quota", batch=256, batches=8, seed=1)


def main() -> None:
    compiled: list[str] = []
    jit.listen(warn=print, compiling=lambda name, _kept: compiled.append(name))
    names = sys.argv[1:]
    for name in names or sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml")):
        play(name)
    if not names:
        ask()
    found: Played = {"compiled": compiled, "simcore": simcore.__file__}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
