"""The identity of what is simulated: same digest, seed and replications: bit-identical results."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from simcore.base.drawn import Drawn
from simcore.base.version import __version__
from simcore.quantities.open_list import OpenList
from simcore.quantities.time import Duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcore.scenario.model import Scenario

_LEFT_OUT = ("name", "about", "run", "strategies")


def canonical_text(scenario: Scenario) -> str:
    """Return what determines the results of a scenario as JSON with sorted keys and without spaces.

    Left out are name, description, sources, strategies that are not run, the names of strategies, drives and people,
    and the section `run`. Included are all defaults and the engine's version. Drives are in the order of the file, in
    which they act.
    """
    resolved = scenario.resolved(sources=False)
    world = {key: value for key, value in resolved.items() if key not in _LEFT_OUT}
    if scenario.start is not None and isinstance(scenario.start.open, OpenList):
        world["start"] = {"open": {"sha256": scenario.start.open.sha256}}
    world.pop("knowledge", None)
    world = {key: _identified(value) for key, value in world.items()}
    for person in world["team"].get("people", ()):
        del person["name"]
    strategy = resolved["strategies"][scenario.run.strategy]
    strategy["drives"] = list(strategy["drives"].values())
    identity = {"engine": __version__, "scenario": world, "strategy": strategy}
    return json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _identified(value: Any) -> Any:  # noqa: ANN401
    """Return plain data with the SHA-256 of its rows in place of each number of which every replication has its own."""
    if isinstance(value, dict):
        return {key: _identified(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_identified(entry) for entry in value]
    number = value.amount if isinstance(value, Duration) else value
    return {"rows": number.sha256} if isinstance(number, Drawn) else value


def scenario_digest(scenario: Scenario) -> str:
    """Return the SHA-256 of the canonical text of a scenario, 64 hexadecimal digits.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> scenario = load_scenario("trust-the-process")
    >>> scenario_digest(scenario) == scenario_digest(load_scenario("trust-the-process", ["run.seed=7"]))
    True
    """
    return hashlib.sha256(canonical_text(scenario).encode("ascii")).hexdigest()


def joint_digest(scenarios: Iterable[Scenario]) -> str:
    """Return the SHA-256 of the digests of several scenarios in their order, 64 hexadecimal digits.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> few, many = (load_scenario("trust-the-process", [f"team.reps={reps}"]) for reps in (5, 20))
    >>> joint_digest([few, many]) == joint_digest([many, few])
    False
    """
    return digest_of_digests(map(scenario_digest, scenarios))


def digest_of_digests(digests: Iterable[str]) -> str:
    """Return the SHA-256 of digests in order: `joint_digest` for scenarios whose digests are known."""
    return hashlib.sha256("\n".join(digests).encode("utf-8")).hexdigest()
