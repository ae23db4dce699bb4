"""A small question of every study, and one that costs too much, for the tests of what all studies have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.study import Request

FILE = "quota-pressure"
CHANGES = {"team.reps": 2, "horizon.weeks": 13, "run.seed": 7}
TEAM = load_scenario(FILE, CHANGES)
"""What every small question is asked of."""
WEEKS = TEAM.horizon.weeks
BOTH = ("pressure", "process")
ALWAYS = {f"funnel.{stage.stage}.rate": 1 for stage in TEAM.funnel[1:]}
DEAR = load_scenario("trust-the-process", {"plan.calls_per_week": 65_535, **ALWAYS})
"""Every call is a win, and each takes time: a few replications take hours."""
ROWS = "up to 2,000,000,000 rep-weeks"
HOURS = "allowed: up to 12 h"


class Costly(NamedTuple):
    """A question that is refused, and what is said of it."""

    scenario: Scenario
    args: tuple[Any, ...]
    options: dict[str, Any]
    argument: str
    """That is to blame."""
    said: str


class StudyCase(NamedTuple):
    """How a small question is asked, and what the header of its answer must say."""

    args: tuple[Any, ...]
    """Of the Python function, after the scenario."""
    options: dict[str, Any]
    line: tuple[str, ...]
    """The same on the command line, after the file."""
    replications: int
    costly: Costly
    strategies: tuple[str, ...] = ("process",)
    weeks: int = WEEKS


_TIED = tuple(part for name in BOTH for part in ("--strategy", name))
CASES = {
    "result": StudyCase(
        *((), {"replications": 40}, ("-n40",), 40),
        Costly(DEAR, (), {"replications": 10**5}, "replications", HOURS),
    ),
    "comparison": StudyCase(
        *((), {"replications": 40}, ("-n40",), 40),
        Costly(TEAM, (), {"replications": 10**10}, "replications", ROWS),
        ("process", "pressure"),
    ),
    "sweep": StudyCase(
        ({"team.reps": [1, 2]},),
        {"replications": 32, "strategies": BOTH},
        ("--vary", "team.reps=1,2", "-n32", *_TIED),
        32,
        Costly(TEAM, ({"team.reps": [2, 40]},), {"replications": 10**9}, "replications", ROWS),
        BOTH,
    ),
    "breakeven": StudyCase(
        ({"quota.amount": (100_000, 130_000)},),
        {"replications": 32, "strategies": BOTH},
        ("--vary", "quota.amount=100k:130k", "-n32", *_TIED),
        32,
        Costly(TEAM, ({"team.reps": (2, 40)},), {"replications": 10**9}, "replications", ROWS),
        BOTH,
    ),
    "plan": StudyCase(
        (20_000,),
        {"by": "6w", "replications": 64, "frontier": False},
        ("--target", "20k", "--by", "6w", "-n64", "--no-frontier"),
        64,
        Costly(DEAR, (900_000,), {"replications": 100_000}, "replications", HOURS),
        weeks=6,
    ),
    "luck": StudyCase(
        *((), {"replications": 128}, ("-n128",), 128),
        Costly(DEAR, (), {"replications": 10**4}, "replications", HOURS),
    ),
    "coach": StudyCase(
        *((), {"replications": 32}, ("-n32",), 32),
        Costly(DEAR, (), {"replications": 16_000}, "replications", HOURS),
    ),
    "steadiness": StudyCase(
        *((), {"replications": 256}, ("-n256",), 256),
        Costly(DEAR, (), {"replications": 10**4}, "replications", HOURS),
    ),
    "variance": StudyCase(
        *((), {"batch": 256, "batches": 3}, ("--batch", "256", "--batches", "3"), 768),
        Costly(DEAR, (), {"batch": 2**20, "batches": 200}, "batch", ROWS),
    ),
}
"""By the name of the study: each has one here, and all that tests have in common follows from it."""


def command_line(name: str) -> list[str]:
    """Return the words of a small question, after `simcore`."""
    changes = [part for path, value in CHANGES.items() for part in ("--set", f"{path}={value}")]
    return [*STUDIES[name].command.split(), FILE, *changes, *CASES[name].line]


def request(name: str) -> Request[Any]:
    """Return the request of a small question."""
    case = CASES[name]
    return STUDIES[name].load_request()(TEAM, *case.args, **case.options)
