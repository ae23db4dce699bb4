"""Every document begins with the header of `StudyHeader`, says what was asked, and fits its published schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import simcore
from simcore.base.document import Document, PublishedDocument
from simcore.base.errors import ExitStatus
from simcore.base.version import __version__
from simcore.cli.main import app
from simcore.results.header import Header, StudyHeader, header_of
from simcore.scenario.digest import joint_digest, scenario_digest
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from simcore.schema import SCHEMAS
from simcore.studies.study import STUDIES
from tests.support.study_cases import BOTH, CASES, CHANGES, FILE, TEAM, command_line

ANY: Any = simcore
HEADER = [*PublishedDocument.model_fields, *Header.__annotations__]
"""The keys that every document begins with, in their order."""


@cache
def answered(name: str) -> StudyHeader:
    """Return the document that the public function answers with."""
    case = CASES[name]
    found = getattr(ANY, STUDIES[name].function)(TEAM, *case.args, **case.options)
    document: StudyHeader = found.summary if name == "result" else found
    return document


def printed(name: str) -> dict[str, Any]:
    """Return what the command prints as JSON."""
    done = CliRunner().invoke(app, [*command_line(name), "-q", "--json"])
    assert done.exit_code == ExitStatus.DONE, done.stderr
    document = json.loads(done.stdout)
    found = document[0] if name == "variance" else document
    assert isinstance(found, dict)
    return found


def digest_of(name: str, document: StudyHeader) -> str:
    """Return the digest that the header must have."""
    runs = [with_strategy(TEAM, each) for each in CASES[name].strategies]
    if name in ("comparison", "variance"):
        return joint_digest(runs)
    if name in ("sweep", "breakeven"):
        path, values = ("team.reps", (1, 2)) if name == "sweep" else ("quota.amount", (100_000, 130_000))
        varied = [load_scenario(FILE, CHANGES | {path: value}) for value in values]
        return joint_digest(with_strategy(each, strategy) for each in varied for strategy in CASES[name].strategies)
    if name == "plan":  # whose horizon is the period
        return scenario_digest(load_scenario(FILE, CHANGES | {"horizon.weeks": document.weeks}))
    return scenario_digest(TEAM)


def test_every_question_is_asked_here() -> None:
    assert list(CASES) == list(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_a_document_has_its_header_and_fits_its_schema(name: str) -> None:
    case, found = CASES[name], answered(name)
    assert type(found) is STUDIES[name].load_document()
    told = json.loads(found.model_dump_json())
    schema = SCHEMAS[name]()
    validator = Draft202012Validator(schema)
    validator.validate(told)
    assert list(told)[: len(HEADER)] == HEADER
    for key in HEADER:
        assert not validator.is_valid({other: told[other] for other in told if other != key}), key
    assert told["seconds"] > 0.0
    assert {key: told[key] for key in HEADER if key != "seconds"} == {
        "document": name,
        "format": schema["version"],
        "version": __version__,
        "scenario": {
            "name": TEAM.name,
            "digest": digest_of(name, found),
            "seed": TEAM.run.seed,
            "strategies": list(case.strategies),
            "currency": TEAM.deal.currency,
        },
        "replications": case.replications,
        "reps": TEAM.team.reps,
        "weeks": case.weeks,
        "first_day": TEAM.calendar.start,
        "part_of_season": False,
        "interrupted": False,
    }
    assert (found.seed, found.currency, found.digest) == (TEAM.run.seed, TEAM.deal.currency, told["scenario"]["digest"])


@pytest.mark.parametrize("name", STUDIES)
def test_the_command_prints_the_same_header(name: str) -> None:
    told, found = printed(name), answered(name)
    mine = json.loads(found.model_dump_json())
    Draft202012Validator(SCHEMAS[name]()).validate(told)
    assert list(told) == list(mine)
    assert {key: told[key] for key in HEADER if key != "seconds"} == {
        key: mine[key] for key in HEADER if key != "seconds"
    }


@pytest.mark.parametrize("name", STUDIES)
def test_all_schemas_have_one_shape_of_scenario_and_say_their_format(name: str) -> None:
    schema = SCHEMAS[name]()
    assert schema["properties"]["document"]["const"] == name
    assert schema["properties"]["format"]["const"] == schema["version"] > 1
    assert schema["$defs"]["ScenarioIdentity"] == SCHEMAS["result"]()["$defs"]["ScenarioIdentity"]
    assert schema["properties"]["scenario"]["$ref"] == "#/$defs/ScenarioIdentity"


def test_whole_documents_are_those_of_the_registry_and_those_of_checks() -> None:
    public = {name for name in simcore.__all__ if isinstance(getattr(ANY, name), type)}
    whole = {name for name in public if issubclass(getattr(ANY, name), PublishedDocument)}
    assert whole == {study.document_name for study in STUDIES.values()} | {
        "Backtest",
        "DataCheck",
        "Fit",
        "Forecast",
        "Verification",
    }
    assert {name for name in public if issubclass(getattr(ANY, name), Document)} == whole | {"Estimate"}
    assert all(issubclass(study.load_document(), StudyHeader) for study in STUDIES.values())


def test_the_public_functions_are_those_of_the_registry() -> None:
    functions = {study.function for study in STUDIES.values()}
    assert functions <= set(simcore.__all__)
    for study in STUDIES.values():
        function = getattr(ANY, study.function).__wrapped__
        assert (function.__module__, function.__name__) == (f"simcore.{study.home}", study.function)
        assert getattr(ANY, study.document_name) is study.load_document()


def test_a_header_without_strategies_names_the_one_that_is_run() -> None:
    scenario = load_scenario("quota-pressure")
    about: dict[str, Any] = {"replications": 5, "interrupted": True, "seconds": 1.0}
    one, two = header_of(scenario, **about), header_of(scenario, strategies=BOTH, digest="a", weeks=4, **about)
    assert one["scenario"].strategies == [scenario.run.strategy]
    assert (one["weeks"], one["scenario"].digest) == (scenario.horizon.weeks, scenario_digest(scenario))
    assert (two["weeks"], two["scenario"].digest, two["scenario"].strategy) == (4, "a", "pressure")
