"""Questions whose documents have the parts that small ones lack: so that tests of tables see every part filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simcore
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.compare.request import with_splits

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.scenario.model import Scenario

_SMALL = {"team.reps": 3, "horizon.weeks": 26, "run.seed": 11}
_YEAR = {"team.reps": 4, "horizon.weeks": 52, "run.seed": 11}


def _load(name: str, **changes: Any) -> Scenario:  # noqa: ANN401
    return load_scenario(name, {**_SMALL, **changes})


def _precise() -> object:
    return simcore.simulate(_load("quota-pressure"), precision=["revenue=20%", "p_quota=0.2"])


def _split() -> object:
    scenario = _load("quota-pressure", **{"team.reps": 1, "horizon.weeks": 13})
    found = simcore.compare(scenario, replications=16)
    return with_splits(scenario, found, threads=1, progress=None, stop=None)


def _capped() -> object:
    return simcore.simulate(_load("quota-pressure", **{"funnel.meetings.cap.per_week": 2}), replications=20)


def _crossing() -> object:
    both = ["process", "full"]
    scenario = load_scenario("tampering", _SMALL | {"team.reps": 1, "horizon.weeks": 13})
    return simcore.breakeven(scenario, {"market.persistence": (0.0, 0.9)}, strategies=both, replications=64)


def _luck() -> object:
    return simcore.luck(load_scenario("real-team", _YEAR), replications=256)


def _coach() -> object:
    scenario = load_scenario("coach-the-process", _SMALL)
    effects = {stage.stage: simcore.HourEffect(0.5) for stage in scenario.funnel[1:]}
    return simcore.coach(scenario, hours=simcore.HoursAsked(3, effects), replications=32)


def _mid_period() -> object:
    return simcore.plan(
        _load("quota-pressure"), 400_000, by="quarter", done={"week": 4, "won": 50_000}, replications=64
    )


def _out_of_reach() -> object:
    return simcore.plan(_load("quota-pressure"), 10**9, by="quarter", replications=64)


WIDER: dict[str, Callable[[], object]] = {
    "a precision": _precise,
    "a difference that is split": _split,
    "a cap": _capped,
    "a crossing": _crossing,
    "reps who differ": _luck,
    "habits and hours": _coach,
    "in the middle of a period": _mid_period,
    "out of reach": _out_of_reach,
}
"""By what their documents hold."""
