"""Random command lines with mistakes that people and programs make, drawn from the options with a fixed seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from simcore.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """simcore: 1
name: Tiny
horizon: {weeks: 13}
team: {reps: 2}
plan: {calls_per_week: 20}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: {mean: 0.3, rep_cv: 0.2}}
  - {stage: wins, rate: 0.5, lag: 2d}
deal: {fixed: 1000, currency: EUR}
quota: {per: quarter, amount: 30000}
strategies:
  process: {}
  react:
    decides: week
    drives:
      push:
        memory: 0.5
        signals: {deadline: 2}
        changes: {activity: {slope: 0.5}}
run: {replications: 8, seed: 1}
"""
NONSENSE = (
    *("", " ", "x", "-1", "0", "1", "2", "0.5", "-0.5", "80", "80%", "nan", "inf", "-inf", "1e999", "1e-999", "1e400%"),
    *(
        "\u0663",
        "\uff15",
        "\u00b2",
        "1,5",
        "1.000.000",
        "0x10",
        "1_000",
        "10k",
        "--",
        "-",
        "=",
        "a=",
        "=b",
        "a=b",
        "a=b=c",
    ),
    *("revenue", "revenue=", "revenue=x", "revenue=0", "revenue=nan", "revenue=-1%", "revenue=1%@2", "p_quota=1%@"),
    *("p_zero:0w=1%", "q05:quarter=", "q5:year=1%", "sd:week", "sd:", "cv:decade", "process", "react", "procss"),
    *("team.reps", "team.reps=", "team.reps=0", "team.reps=1:3", "team.reps=1:3:3", "team.reps=3:1", "team.reps=1:1:1"),
    *("team.reps=1:3:0", "team.reps=a:b:c", "team.reps=1:3:3:3", "team.reps=,", "team.reps=1,,2", "reps=1:3:3"),
    *("funnel.wins.rate=2", "funnel.wins.rate=0:1:3", "funnel.win.rate=0.1", "funnel.0.rate=0.1", "funnel=5"),
    *("strategies.reakt.decides=day", "strategies.react.decides=dya", "strategies={}", "run.seed=x", "run=5", ".=1"),
    *("a.b.c.d.e.f.g=1", "name=", "name=[", "name={a: b", "name='x", "deal=", "deal=free", "team={reps: 3}", "[x]=1"),
    *(
        "month",
        "1w",
        "0w",
        "53w",
        "1.5w",
        "9999999w",
        "quarters",
        "calls",
        "reps",
        "weeks",
        "wins",
        "win",
        "\u96fb\u8a71",
    ),
    *("week=1", "week=", "week=99", "won=-5", "open=1", "calls=1,week=2", "week=1,week=2", "wins=1", "week=1;won=2"),
    *(
        "wins=0.5",
        "wins=0",
        "wins=2",
        "wins=nan",
        "below=0.5",
        "below=0.5,quarters=0",
        "below=,quarters=",
        "quarters=2",
    ),
    *("meetings=0.1", "0.1", "2%", "meetings=1e999", "auto", "sobol", "controls+strata", "controls+", "+", "none"),
    *("[bold]", "\x1b[31m", "\U0001f3e0", "a" * 500, "\u202e", "\n", "../..", "/", "~", "9" * 400),
)
"""Values that are wrong for most options and right for a few."""
_PATHS = ("out", "folder", "path")
_TIMELESS = ("no_limit", "help", "version", "debug")
"""Options that would make a command run long, or end it before it starts."""


class Shape(NamedTuple):
    """A command: its words, required arguments and options."""

    words: tuple[str, ...]
    needs: tuple[str, ...]
    options: list[Any]
    size: tuple[str, ...]
    """Arguments that keep its run small."""


def shapes(file: str) -> list[Shape]:
    """Return all commands that take a scenario."""
    root: Any = typer.main.get_command(app)
    small = ("-n", "8", "-q")
    needs = {
        "run": ((file,), small),
        "check": ((file,), ("-n", "8")),
        "compare": ((file,), small),
        "sweep": ((file, "--vary", "team.reps=1:2:2"), small),
        "breakeven": ((file, "--vary", "team.reps=1:2"), small),
        "plan": ((file, "--target", "20k", "--no-frontier"), small),
        "luck": ((file,), ("-n", "128", "-q")),
        "coach": ((file,), ("-n", "32", "-q")),
        "schema": ((), ()),
        "scenarios": ((), ()),
    }
    found = [
        Shape((name,), *required[:1], list(root.commands[name].params), required[1]) for name, required in needs.items()
    ]
    bench = root.commands["bench"].commands
    sizes = {"variance": ("--batch", "256", "--batches", "3", "-q"), "steadiness": ("-n", "256", "-q")}
    found += [Shape(("bench", name), (file,), list(bench[name].params), size) for name, size in sizes.items()]
    return found


def wrong(shape: Shape, dice: Random, folder: Path) -> list[str]:
    """Return a command line with something that is probably wrong."""
    options = [each for each in shape.options if each.name not in _TIMELESS and each.opts[0].startswith("-")]
    line = [*shape.words, *shape.needs, *shape.size]
    for _ in range(dice.choice((1, 1, 2))):
        kind = dice.random()
        if kind < 0.75 and options:
            option = dice.choice(options)
            name = dice.choice(option.opts)
            if getattr(option, "is_flag", False):
                line += [name] if dice.random() < 0.7 else [f"{name}=1"]
            elif option.name in _PATHS:
                line += [name, str(folder / dice.choice(("new", "file.yaml", "full", "no/where", "a\udce9")))]
            else:
                value = dice.choice(NONSENSE)
                line += [name, value] if dice.random() < 0.7 else [f"{name}={value}"]
        elif kind < 0.85 and options:
            # A letter is lost, or doubled.
            name = max(dice.choice(options).opts, key=len)
            place = dice.randrange(2, len(name)) if len(name) > 3 else 2
            line.append(name[:place] + dice.choice(("", name[place - 1] * 2)) + name[place + 1 :])
        else:
            line.insert(dice.randrange(len(shape.words), len(line) + 1), dice.choice(NONSENSE))
    return line


def command_lines(number: int, seed: int, file: Path) -> list[list[str]]:
    """Return ``number`` command lines about a scenario file; the same for the same seed."""
    dice = Random(seed)  # noqa: S311
    known = shapes(str(file))
    return [wrong(dice.choice(known), dice, file.parent) for _ in range(number)]
