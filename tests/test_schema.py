"""The published schemas are those of the code, and agree with the loader."""

from __future__ import annotations

import copy
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from ruamel.yaml import YAML

from simcore import schema as schema_module
from simcore.base.errors import ExitStatus, FileError, ScenarioError
from simcore.scenario.model import validate
from simcore.schema import SCHEMAS, document_schema, scenario_schema, schema_text
from tests.support.summaries import summary

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED = Path(__file__).parent.parent / "docs" / "schema"

EXAMPLE = """
simcore: 1
name: Trust the process
about: 500 calls a week earn $10,000; watch the bad weeks average out.
calendar: {hours_per_day: 8, days_per_week: 5}
horizon: {weeks: 52, warmup_weeks: 0}
team:
  reps: 10
  ramp: {weeks: 12, start: 0.3}
  turnover: {yearly: 0.25, vacancy_weeks: 6}
plan: {calls_per_week: 500}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: 0.02}
  - {stage: opportunities, rate: {mean: 0.20, rep_cv: 0.25, week_cv: 0.10, source: log}, lag: {fixed: 2d}}
  - {stage: wins, rate: 0.50, lag: {median: 30d, p90: 75d}}
market: {sd: 0.10, persistence: 0.90, acts_on: [meetings, wins]}
deal: {mean: 10000, cv: 0.5, shape: lognormal, currency: USD}
quota: {per: quarter, amount: 130000}
referrals: {per_win: 0.2, lag: {median: 40d, p90: 120d}}
strategies:
  process: {}
  pressure:
    decides: day
    drives:
      urgency:
        memory: 0.7
        signals: {deadline: 1.0, peers: 0.3}
        level: [0, 3]
        changes:
          activity: {slope: 0.25, max: 1.4}
          opportunities: {slope: 0.15}
          wins: {slope: -0.15}
          deal_value: {slope: -0.10}
          pull_forward: {slope: 0.3, window: 2w, reach: 4w, discount: 0.15, win_rate: 0.9}
      fatigue:
        memory: 0.95
        signals: {overwork: 0.1}
        changes: {meetings: {slope: -0.2}}
run: {replications: 10000, seed: 2026, strategy: process}
"""

SHIPPED = sorted(
    (entry.name, entry.read_text(encoding="utf-8"))
    for entry in resources.files("simcore.scenarios").iterdir()
    if entry.name.endswith(".yaml")
)
VALIDATORS = (Draft202012Validator(scenario_schema()), Draft7Validator(scenario_schema()))
ACCEPTED = [("example", EXAMPLE), *SHIPPED]


def data(text: str) -> Any:  # noqa: ANN401
    """Return a file as JSON has it: a date is text there."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def is_valid(scenario: object) -> bool:
    """Return the verdict of the schema, for a reader of 2020-12 and for editors that read it as draft 7."""
    verdict, as_draft_7 = (validator.is_valid(scenario) for validator in VALIDATORS)
    assert verdict == as_draft_7
    return verdict


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_copy_is_up_to_date(name: str) -> None:
    published = (PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(SCHEMAS[name]()), "run: python -m simcore.schema docs/schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    schema = SCHEMAS[name]()
    Draft202012Validator.check_schema(schema)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:simcore:schema:{name}:{schema['version']}"
    assert schema["additionalProperties"] is False
    assert ">>>" not in schema_text(schema)


@pytest.mark.parametrize(("name", "text"), ACCEPTED, ids=[name for name, _ in ACCEPTED])
def test_scenarios_are_accepted_as_the_loader_accepts_them(name: str, text: str) -> None:
    scenario = validate(data(text))
    assert is_valid(data(text)), name
    assert is_valid(scenario.resolved()), name


def test_numbers_may_have_sources() -> None:
    scenario = data(EXAMPLE)
    scenario["team"]["reps"] = {"value": 20, "source": "payroll"}
    scenario["funnel"][1]["rate"] = {"mean": {"value": 0.03, "source": "log"}, "rep_cv": 0.2}
    scenario["deal"] = 5000
    validate(scenario)
    assert is_valid(scenario)


def put(*path: str | int, value: object) -> Callable[[Any], None]:
    """Return a change of a scenario: the value at a path."""

    def change(scenario: Any) -> None:  # noqa: ANN401
        for step in path[:-1]:
            scenario = scenario[step]
        scenario[path[-1]] = value

    return change


REFUSED = {
    "no name": lambda scenario: scenario.pop("name"),
    "no deal": lambda scenario: scenario.pop("deal"),
    "another version": put("simcore", value=2),
    "unknown key": put("plann", value={}),
    "unknown key below": put("team", "rep", value=10),
    "rate above one": put("funnel", 1, "rate", value=1.5),
    "rate as text": put("funnel", 1, "rate", value="two per cent"),
    "sourced rate above one": put("funnel", 2, "rate", "mean", value={"value": 1.5, "source": "a slip"}),
    "sourced count out of range": put("team", "reps", value={"value": 0, "source": "a slip"}),
    "half a rep": put("team", "reps", value=1.5),
    "duration without unit": put("funnel", 2, "lag", value={"fixed": "two days"}),
    "no such lag": put("funnel", 2, "lag", value={"middle": "2d"}),
    "one stage": put("funnel", value=[{"stage": "calls"}]),
    "nine stages": put(
        "funnel", value=[{"stage": "calls"}, *({"stage": f"s{number}", "rate": 0.5} for number in range(8))]
    ),
    "no such period": put("quota", "per", value="fortnight"),
    "no such signal": put("strategies", "pressure", "drives", "urgency", "signals", value={"mood": 1}),
    "text for a list": put("market", "acts_on", value="meetings"),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_by_itself_is_refused_as_the_loader_refuses_it(change: Callable[[Any], None]) -> None:
    scenario = data(EXAMPLE)
    change(scenario)
    assert not is_valid(scenario)
    with pytest.raises(ScenarioError):
        validate(copy.deepcopy(scenario))


def test_a_result_fits_its_schema() -> None:
    quota = {"period": "quarter", "amount": 1, "p_hit": None, "p_hit_team": {"estimate": 1.0, "se": None}}
    document = json.loads(summary(quota=quota).model_dump_json())
    validator = Draft202012Validator(document_schema("result"))
    assert validator.is_valid(document)
    assert document
    for key in document:
        assert not validator.is_valid({other: document[other] for other in document if other != key}), key
    assert not validator.is_valid({**document, "more": 1})


def test_the_command_writes_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert schema_module.main([str(tmp_path / "deep" / "folder")]) == ExitStatus.DONE
    written = sorted(entry.name for entry in (tmp_path / "deep" / "folder").iterdir())
    assert written == sorted(f"{name}.schema.json" for name in SCHEMAS)
    assert schema_module.main([]) == ExitStatus.USAGE
    assert "usage" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot create"):
        schema_module.main([str(tmp_path / "file")])
