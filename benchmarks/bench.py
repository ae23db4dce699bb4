"""The benchmark: simcore and its peers, measured in one run and written to docs/benchmarks.md.

Usage: ``python -m benchmarks.bench [--full] [--rounds N] [--output FILE]`` from the root of the repository. Every round
runs every program once, one after the other, so that a slow minute of the machine hits all of them; ratios are taken
within a round. `benchmarks/README.md` says what is measured and what is not.

``--only NAME`` measures some of the goals and prints them, ``--list`` shows their names, and ``--size 0.1`` simulates a
tenth as much: ``python -m benchmarks.bench --only real-team --rounds 3 --size 0.1``.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import commands, first_use, memory, speed, strategies, variance
from benchmarks.contenders import ROOT, Effort, Measured, say
from benchmarks.report import Report, Series, goal_table, render, speed_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.report import Goal

RATIOS: Final = {ratio.name: ratio for ratio in speed.RATIOS}
ROWS: Final[dict[str, Callable[[Effort], Goal]]] = {**first_use.ROWS, **commands.ROWS, **memory.ROWS}
"""Goals that are measured alone."""
GROUPS: Final[dict[str, Callable[[Effort], list[Goal]]]] = {
    "comparisons": lambda effort: strategies.goals(strategies.measured(effort)),
    "variance": lambda _effort: variance.goals(variance.measured()),
}
"""Goals that are measured together."""
NAMES: Final = (*RATIOS, *GROUPS, *ROWS)


def machine() -> str:
    """CPU, cores and versions; nothing that tells which machine it is."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    cpu = found[1] if found else platform.processor() or platform.machine()
    return (
        f"{cpu}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {version('numpy')}, Numba {version('numba')}"
    )


def chosen(wanted: Sequence[str]) -> list[str]:
    """Return the names that are meant, in the order of the page: a name alone, or all that begin with it and a colon.

    Raises
    ------
    ValueError
        There is no such name.

    Examples
    --------
    >>> chosen(["memory", "first-run"])[:2]
    ['first-run:trust-the-process', 'first-run:real-team']
    """
    for name in wanted:
        if not any(each == name or each.startswith(f"{name}:") for each in NAMES):
            message = f"no goal is called {name}; --list shows them"
            raise ValueError(message)
    return [each for each in NAMES if each in wanted or each.partition(":")[0] in wanted]


def tables(found: Mapping[str, Measured]) -> dict[str, dict[str, Series]]:
    """Return the programs of every table."""
    return {
        title: {name: found[name].shown for name in names if name in found} for title, names in speed.TABLES.items()
    }


def show(names: Sequence[str], effort: Effort) -> None:
    """Measure some goals and print them."""
    ratios = [RATIOS[name] for name in names if name in RATIOS]
    goals: list[Goal] = []
    if ratios:
        programs = [program for ratio in ratios for program in (ratio.under, ratio.over)]
        with tempfile.TemporaryDirectory() as folder:
            found = speed.measured(programs, effort, Path(folder))
        print(f"{speed_table({name: each.shown for name, each in found.items()})}\n")
        goals += speed.goals(found, ratios)
    for name in names:
        if name in GROUPS:
            goals += GROUPS[name](effort)
        elif name in ROWS:
            goals.append(ROWS[name](effort))
    print(goal_table(goals))


def write(output: Path, effort: Effort) -> None:
    """Measure everything and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        programs = [program for names in speed.TABLES.values() for program in names]
        found = speed.measured(programs, effort, Path(folder))
    comparisons = strategies.measured(effort)
    reduced = variance.measured()
    goals = [
        *speed.goals(found),
        *(row(effort) for row in ROWS.values()),
        *strategies.goals(comparisons),
        *variance.goals(reduced),
    ]
    notes = (ROOT / "benchmarks" / "notes.md").read_text(encoding="utf-8")
    report = Report(machine(), effort.rounds, tables(found), comparisons, variance.section(reduced), goals, notes)
    output.write_text(render(report), encoding="utf-8")
    missed = [goal.what for goal in goals if not goal.met]
    say(f"wrote {output.name}; goals missed: {', '.join(missed) or 'none'}")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="Measure simcore and its peers.")
    parser.add_argument("--only", action="append", metavar="NAME", help="measure this goal and print it; repeatable")
    parser.add_argument("--list", action="store_true", help="show the names of the goals")
    parser.add_argument("--full", action="store_true", help="measure memory at 1e9 rep-weeks instead of estimating it")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="repetitions of everything (default 7)")
    parser.add_argument("--size", type=float, default=1.0, metavar="F", help="share of the replications (default 1)")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="FILE")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not 0 < options.size <= 100:
        parser.error("--size must be above 0 and at most 100")
    try:
        options.names = chosen(options.only or [])
    except ValueError as error:
        parser.error(str(error))
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Show the names, print some goals, or write the page."""
    options = parse(arguments)
    effort = Effort(options.rounds, options.size, options.full)
    if options.list:
        print(*NAMES, sep="\n")
    elif options.names:
        show(options.names, effort)
    else:
        write(options.output, effort)


if __name__ == "__main__":
    main()
