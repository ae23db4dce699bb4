"""Type checkers know the public functions as they are: this file is checked by mypy with the rest (`make types`)."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

import simcore
from tools.packages import ROOT

ANY: Any = simcore
STUB = ast.parse((ROOT / "simcore" / "__init__.pyi").read_text(encoding="utf-8")).body
FUNCTIONS = {node.name: node for node in STUB if isinstance(node, ast.FunctionDef)}


def test_what_people_pass_is_of_the_stated_types() -> None:
    small = {"team.reps": 1, "horizon.weeks": 13}
    scenario = simcore.load_scenario("quota-pressure", small)
    found = simcore.simulate("trust-the-process", replications="0.1k", seed=1e3, stop=lambda: False)
    assert found.summary.size.replications == 100
    assert simcore.simulate(scenario, precision="revenue=50%").summary.precision is not None
    assert simcore.simulate(scenario, precision={"revenue": "50%"}).summary.precision is not None
    assert simcore.compare(scenario, ["process", "pressure"], replications=32, limit=False).baseline == "process"
    swept = simcore.sweep(scenario, "team.reps=1,2", strategies="process", metrics=["sd:week"], replications="32")
    assert swept == simcore.sweep(scenario, {"team.reps": [1, 2]}, strategies=("process",), metrics="sd:week",
                                  replications=32)  # fmt: skip
    planned = simcore.plan("backward-from-100k", "$100k", confidence="80%", replications=64, frontier=False)
    assert planned.interrupted is False


def test_what_is_stated_is_what_there_is() -> None:
    for name, node in FUNCTIONS.items():
        function = getattr(simcore, name)
        there = inspect.signature(function).parameters.values()
        stated = [*node.args.args, *node.args.kwonlyargs]
        assert [each.name for each in there] == [each.arg for each in stated], name
        keyword = [each.name for each in there if each.kind is each.KEYWORD_ONLY]
        assert keyword == [each.arg for each in node.args.kwonlyargs], name
        positional = node.args.defaults
        required = [each.name for each in there if each.default is each.empty]
        assert required == [each.arg for each in node.args.args[: len(node.args.args) - len(positional)]], name
        defaults = [each.default for each in there if each.default is not each.empty]
        given = [*positional, *(each for each in node.args.kw_defaults if each is not None)]
        assert defaults == [ast.literal_eval(each) for each in given], name


def test_every_public_name_is_stated_with_its_home() -> None:
    stated = {each.asname: node.module for node in STUB if isinstance(node, ast.ImportFrom) for each in node.names}
    there = {name: f"simcore.{home}" for name, home in ANY._HOME.items() if name not in FUNCTIONS}
    assert {name: home for name, home in stated.items() if name} == there | {"__version__": "simcore.base.version"}


def test_every_question_is_stated() -> None:
    wrapped = {name for name in simcore.__all__ if hasattr(getattr(simcore, name), "__wrapped__")}
    assert set(FUNCTIONS) == wrapped
    with pytest.raises(simcore.UsageError):
        simcore.plan("trust-the-process", None)  # type: ignore[arg-type]
    with pytest.raises(simcore.UsageError):
        simcore.simulate("trust-the-process", replication=5)  # type: ignore[call-arg]
