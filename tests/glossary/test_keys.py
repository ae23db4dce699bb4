"""Every key of the scenario format is explained, with what the loader itself accepts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simcore.base.errors import ScenarioError
from simcore.glossary.keys import PLACES, Key, keys
from simcore.glossary.lookup import look_up
from simcore.scenario.model import Scenario
from simcore.scenario.signals import SIGNALS
from simcore.scenario_files.paths import known_paths
from simcore.scenario_files.scenario_file import load_scenario
from simcore.scenario_files.shipped import shipped_files
from simcore.scenario_files.yaml_tree import read
from simcore.schema import scenario_schema
from tools.packages import ROOT

BY_PATH = {key.path: key for key in keys()}


def parts() -> dict[str, dict[str, Any]]:
    """Return every part of the published schema."""
    schema = scenario_schema()
    return {"scenario": schema, **schema["$defs"]}


@pytest.mark.parametrize("name", parts())
def test_every_field_has_a_meaning_and_numbers_a_unit(name: str) -> None:
    for field, schema in parts()[name]["properties"].items():
        assert schema.get("description"), f"{name}.{field}"
        is_number = re.search(r'"(number|integer)"', str(schema).replace("'", '"')) is not None
        assert not is_number or "unit" in str(schema) or field in ("simcore", "precision"), f"{name}.{field}"


@pytest.mark.parametrize("name", sorted(shipped_files()))
def test_every_path_that_the_program_knows_is_explained(name: str) -> None:
    data = read(shipped_files()[name].read_text(encoding="utf-8"), name).data
    for path in known_paths(data):
        found = look_up(path).keys
        assert len(found) == 1, path
        assert found[0].parts[-1] == path.rpartition(".")[2]


@pytest.mark.parametrize("key", keys(), ids=lambda key: key.path)
def test_a_key_says_what_it_is(key: Key) -> None:
    assert key.meaning.endswith(".")
    assert key.default
    assert key.page.startswith("scenario-format.md#")
    assert look_up(key.path).keys == (key,)


def test_all_fields_of_all_parts_are_keys() -> None:
    fields = {name for part in parts().values() for name in part["properties"]}
    assert fields == {key.parts[-1] for key in keys()} - PLACES
    assert {path for path in BY_PATH if "." not in path} == {*Scenario.model_fields}


def test_every_signal_says_what_it_tells() -> None:
    for signal in SIGNALS:
        (key,) = (key for key in keys() if key.parts[-2:] == ["signals", signal.name])
        assert signal.tells in key.meaning


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("team.reps", ("seats", "1 to 65,536", "10")),
        ("funnel.STAGE.rate.mean", ("chance (0.1 or 10%)", "above 0 to 1", "none")),
        ("funnel.STAGE.rate.rep_cv", ("number", "0 or more", "0")),
        ("team.turnover.yearly", ("chance (0.1 or 10%)", "above 0 to below 1", "required")),
        ("deal.fixed", ("money, in units of the currency", "0.01 to 1,000,000,000", "required")),
        ("deal.weights", ("number", "1 to 10,000 entries, each 0 or more", "none")),
        ("quota.per", ("", "week, month, quarter, year", "required")),
        ("run.seed", ("number", "0 to 2^64 - 1", "2026")),
        ("run.replications", ("worlds", "1 to 2^40", "10000")),
        ("calendar", ("", "", "those of its keys")),
    ],
)
def test_what_is_told(path: str, told: tuple[str, str, str]) -> None:
    key = BY_PATH[path]
    assert (key.unit, key.range, key.default) == told


SET = ("team.reps", "calendar.hours_per_day", "horizon.weeks", "horizon.warmup_weeks", "plan.calls_per_week")


@pytest.mark.parametrize("path", SET)
def test_ranges_are_those_of_the_loader(path: str) -> None:
    low, high = (int(number.replace(",", "")) for number in BY_PATH[path].range.split(" to "))
    for beyond in (low - 1, high + 1):
        with pytest.raises(ScenarioError, match="out of range"):
            load_scenario("trust-the-process", [f"{path}={beyond}"])
    # Something must come where nobody calls.
    assert load_scenario("trust-the-process", ["inflow={stage: meetings, per_week: 1}", f"{path}={low}"])


def test_the_page_of_the_format_names_every_key() -> None:
    """The tables there are made by hand, since rows that belong together read better; nothing may be missing."""
    page = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", page))))
    assert {key.parts[-1] for key in keys()} - named == set()


@pytest.mark.parametrize("path", ["team.reps", "plan.calls_per_week", "manager.slots", "manager.window_weeks"])
def test_the_page_of_the_format_has_the_same_range_and_default(path: str) -> None:
    page = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
    assert f"| `{path}` | {BY_PATH[path].default} | {BY_PATH[path].range} |" in page
