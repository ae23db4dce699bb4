"""Prints the peak memory, in bytes, of a process that simulates a scenario.

Usage: ``python -m benchmarks.memory SCENARIO REPLICATIONS``. A process of its own: nothing else counts.
"""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from typing import Final

from simcore.engine.simulation import simulate
from simcore.scenario_files.scenario_file import load_scenario

STATUS: Final = Path("/proc/self/status")


def peak_bytes() -> int:
    """Most memory that this process has held so far.

    On Linux from ``VmHWM``: ``ru_maxrss`` of a new process begins with the memory of the one that started it.
    """
    if STATUS.exists():
        found = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    path, replications = sys.argv[1:]
    simulate(load_scenario(Path(path)), replications=int(replications), seed=1)
    print(peak_bytes())


if __name__ == "__main__":
    main()
