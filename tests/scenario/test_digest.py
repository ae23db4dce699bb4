from __future__ import annotations

import json
import re
from typing import Any

import pytest

from simcore.scenario import digest
from simcore.scenario.digest import canonical_text, scenario_digest
from simcore.scenario.model import validate


def data(**changes: object) -> dict[str, Any]:
    return {
        "simcore": 1,
        "name": "Base",
        "funnel": [
            {"stage": "calls"},
            {"stage": "meetings", "rate": {"mean": 0.02, "source": "log"}},
            {"stage": "wins", "rate": 0.1},
        ],
        "deal": 5000,
        "strategies": {"process": {}, "other": {"decides": "week"}},
        **changes,
    }


BASE = scenario_digest(validate(data()))


def test_form() -> None:
    assert re.fullmatch("[0-9a-f]{64}", BASE)
    text = canonical_text(validate(data()))
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Another"},
        {"about": "words"},
        {"run": {"seed": 3, "replications": 7}},
        {"strategies": {"process": {}}},
        {"strategies": {"renamed": {}}},
        {"horizon": {"weeks": 52}},
        {"plan": {"calls_per_week": {"value": 500.0, "source": "a"}}},
        {"deal": {"fixed": 5000.0, "currency": "USD", "source": "b"}},
    ],
)
def test_words_sources_defaults_and_run_do_not_matter(changes: dict[str, Any]) -> None:
    assert scenario_digest(validate(data(**changes))) == BASE


def drive(slope: float, **changes: object) -> dict[str, Any]:
    return {"signals": {"dry_spell": 1, "surprise": -1}, "changes": {"activity": {"slope": slope}}, **changes}


HASTY: dict[str, Any] = {"decides": "day", "drives": {"urge": drive(0.2), "tire": drive(-0.1)}}
REACTING = scenario_digest(validate(data(strategies={"hasty": HASTY})))


@pytest.mark.parametrize(
    ("strategies", "run"),
    [
        ({"renamed": HASTY}, "renamed"),
        ({"process": {}, "hasty": HASTY}, "hasty"),
        ({"hasty": HASTY, "process": {}}, "hasty"),
        ({"other": {"decides": "week", "drives": {"urge": drive(9)}}, "hasty": HASTY}, "hasty"),
        ({"hasty": {"drives": {"first": drive(0.2), "second": drive(-0.1)}}}, "hasty"),
        ({"hasty": {"drives": {"urge": drive(0.2, memory=0), "tire": drive(-0.1, source="x")}}}, "hasty"),
        (
            {"hasty": {"drives": {"urge": drive(0.2, signals={"surprise": -1, "dry_spell": 1}), "tire": drive(-0.1)}}},
            "hasty",
        ),
    ],
)
def test_names_and_order_of_strategies_do_not_matter(strategies: dict[str, Any], run: str) -> None:
    assert scenario_digest(validate(data(strategies=strategies, run={"strategy": run}))) == REACTING


@pytest.mark.parametrize(
    "strategy",
    [
        {},
        {**HASTY, "decides": "hour"},
        {"drives": {"urge": drive(0.2)}},
        {"drives": {"urge": drive(0.21), "tire": drive(-0.1)}},
        {"drives": {"urge": drive(0.2, memory=0.5), "tire": drive(-0.1)}},
        {"drives": {"urge": drive(0.2, level=[-1, 1]), "tire": drive(-0.1)}},
        # Drives act in the order of the file: of two that pull an opportunity the first has it.
        {"drives": {"tire": drive(-0.1), "urge": drive(0.2)}},
    ],
)
def test_what_the_strategy_does_matters(strategy: dict[str, Any]) -> None:
    assert scenario_digest(validate(data(strategies={"hasty": strategy}))) != REACTING


@pytest.mark.parametrize(
    "changes",
    [
        {"run": {"strategy": "other"}},
        {"horizon": {"weeks": 53}},
        {"plan": {"calls_per_week": 501}},
        {"deal": 5000.01},
        {"deal": {"fixed": 5000, "currency": "EUR"}},
        {"team": {"new": 1}},
        {"funnel": [{"stage": "calls"}, {"stage": "meetings", "rate": 0.02}]},
    ],
)
def test_what_is_simulated_matters(changes: dict[str, Any]) -> None:
    assert scenario_digest(validate(data(**changes))) != BASE


def test_the_engine_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "__version__", "0.0.0")
    assert scenario_digest(validate(data())) != BASE
