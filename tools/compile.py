"""Compiles every kernel before it is needed: ``python -m tools.compile``.

Numba compiles one function at a time in a process, and two processes that need the same kernel both compile it. So each
kernel is compiled once, in a process of its own beside the others, before the tests start theirs.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from simcore.base.machine import processors

STRATEGIES = {"hockey-stick": "hockey-stick", "quota-pressure": "pressure", "trust-the-process": "process"}
"""Scenarios, and a strategy of each: with a cap or pulls, without, and by the plan."""


def play(name: str) -> None:
    """Simulate a strategy of a scenario in a process of its own."""
    script = (
        "import sys; from simcore import load_scenario, simulate; from simcore.scenario.model import with_strategy\n"
        "scenario = load_scenario(sys.argv[1], ['team.reps=1', 'horizon.weeks=13', 'horizon.warmup_weeks=0'])\n"
        "simulate(with_strategy(scenario, sys.argv[2]), replications=2)"
    )
    subprocess.run([sys.executable, "-c", script, name, STRATEGIES[name]], check=True)  # noqa: S603


def main() -> None:
    """Compile all kernels, as many at a time as there are processors."""
    with ThreadPoolExecutor(processors()) as pool:
        list(pool.map(play, STRATEGIES))


if __name__ == "__main__":
    main()
