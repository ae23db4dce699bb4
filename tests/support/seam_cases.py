"""Plain scenarios of every kind of program, for the seam through which all draws come (`simcore.random.streams`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcore.program.compiler import compile_scenario
from simcore.program.layout import Program
from simcore.random.streams import plain
from simcore.scenario.model import validate
from tests.support.scenario_cases import funnel, scenario

VARIED = scenario(
    team={"reps": 3},
    market={"sd": 0.3, "persistence": 0.9, "acts_on": ["meetings", "wins"], "start": {"level": 0.9, "sd": 0.3}},
    funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.4, "week_cv": 0.3}}, {"rate": {"mean": 0.5, "rep_cv": 0.3}}, {}),
)
LAGGED = {**VARIED, "funnel": funnel({"lag": "3h"}, {"lag": "2w"}, {"lag": {"median": "5d", "p90": "20d"}})}
URGE: dict[str, Any] = {
    "urge": {"signals": {"dry_spell": 0.3}, "level": [0, 2], "changes": {"activity": {"slope": 0.2}}}
}
REACTING = {**LAGGED, "strategies": {"a": {"decides": "day", "drives": URGE}}}
CAPPED = {**REACTING, "funnel": funnel({"cap": {"open": 30}, "lag": "3h"}, {"lag": "2w"}, {})}
KINDS = {"steady": VARIED, "lagged": LAGGED, "reacting": REACTING, "capped": CAPPED}


def program_of(given: dict[str, Any], **changes: Any) -> Program:  # noqa: ANN401
    """Return the program of a plain scenario, with changes to where its draws come from."""
    program = compile_scenario(validate(given))
    return program._replace(source=plain(program.clock.steps)._replace(**changes))


def all_at_once(given: dict[str, Any], replications: int) -> Program:
    """Return a program whose source moves, mirrors, gives and tilts whatever can be."""
    clock = program_of(given).clock
    reps, weeks = given["team"]["reps"], clock.simulated_weeks
    words = np.arange(replications * max(weeks, reps * (clock.steps + 1)), dtype=np.uint64) * np.uint64(0x9E3779B9)
    market = words[: replications * weeks].astype(np.uint32).reshape(replications, weeks)
    start = words[:replications].astype(np.uint32)
    people = words[: replications * reps * (clock.steps + 1)].astype(np.uint32)
    return program_of(
        given,
        shift=np.array([3, 5, 7, 1 << 38], np.int64),
        flip=np.array([0, 0xFFFFFFFF, 0, 0xFFFFFFFF], np.uint32),
        market=market,
        start=start,
        people=people.reshape(replications, reps, clock.steps + 1),
        tilted=True,
        tilt=np.array([1.0, *([0.7] * clock.steps)]),
        tilt_weeks=np.array([1, 3], np.int64),
    )
