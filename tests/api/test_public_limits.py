"""What Python refuses before it runs: costs as on the command line, and what cannot be played, by one function."""

from __future__ import annotations

import ast
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import simcore
from simcore.base.errors import ScenarioError, SimcoreError, UsageError
from simcore.base.machine import Memory
from simcore.engine.playable import refuse_unplayable
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.study import STUDIES
from tests.support.study_cases import ALWAYS, CASES, ROWS, TEAM, Costly
from tools.packages import modules

ANY: Any = simcore
CANON = "trust-the-process"
MORE = {
    "replications": ("simulate", Costly(TEAM, (), {"replications": 10**12}, "replications", ROWS)),
    "threads": ("simulate", Costly(TEAM, (), {"threads": 1024}, "threads", "GB of memory")),
    "rep-weeks": (
        "simulate",
        Costly(
            load_scenario(CANON),
            *((), {"threads": 1, "replications": 1_000_000, "keep_rep_weeks": True}, "threads", "GB of memory"),
        ),
    ),
    "precision": (
        "simulate", Costly(TEAM, (), {"precision": "revenue=0.5"}, "precision", "did you mean revenue=0.5%?")
    ),
    "attribute": (
        "attribute", Costly(TEAM, ("pressure", "process"), {"replications": 10**10}, "replications", ROWS)
    ),
}  # fmt: skip
COSTLY = {name: (STUDIES[name].function, case.costly) for name, case in CASES.items()} | MORE
FUNCTIONS = {function for function, _ in COSTLY.values()}


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_refused_with_what_lifts_the_limit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, (scenario, args, options, argument, said) = COSTLY[name]
    monkeypatch.setattr(
        "simcore.analytic.run_cost.memory", lambda: Memory(8_000_000_000, "the limit of the control group")
    )
    with pytest.raises(UsageError) as error:
        getattr(ANY, function)(scenario, *args, **options)
    (problem,) = error.value.problems
    assert problem.path == argument
    assert said in str(problem)
    assert "limit=False" in str(problem)
    assert "--" not in str(problem), "no option of the command line"


def test_every_question_has_a_limit_that_can_be_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name for name in simcore.__all__ if "limit" in parameters(name)} == FUNCTIONS
    monkeypatch.setattr("simcore.analytic.run_cost.memory", lambda: Memory(1_000_000, "the limit of the control group"))
    with pytest.raises(UsageError, match="limit=False"):
        simcore.simulate(CANON, replications=8, threads=1)
    assert ANY.simulate(CANON, replications=8, threads=1, limit=False).summary.size.replications == 8


def test_help_tells_what_the_limit_is() -> None:
    for name in FUNCTIONS:
        text = getattr(simcore, name).__doc__
        before, _, after = text.partition("    limit\n        Whether")
        assert "    Parameters\n" in before
        assert "    Raises\n" in after


def parameters(name: str) -> list[str]:
    found = getattr(simcore, name)
    return list(signature(found).parameters) if name[0].islower() else []


def test_memory_that_is_refused_is_told_with_what_there_is() -> None:
    def full(_: object) -> None:
        raise MemoryError("Unable to allocate 75.0 MiB")

    with pytest.raises(MemoryError, match=r"not enough memory: Unable to allocate 75.0 MiB; this process may") as error:
        simcore.simulate(CANON, replications=8, progress=full)
    assert isinstance(error.value, SimcoreError)
    assert "--" not in str(error.value)


UNPLAYABLE: dict[str, dict[str, object]] = {
    "law": {"funnel.wins.rate": {"mean": 1e-9, "rep_cv": 0.01}},
    "range": {"deal": 1e9, "plan.calls_per_week": 60_000, **ALWAYS},
}
QUESTIONS = {
    **{STUDIES[name].function: (case.args, case.options) for name, case in CASES.items()},
    "attribute": (("pressure", "process"), {"replications": 32}),
}


@pytest.mark.parametrize("kind", UNPLAYABLE)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_refuses_what_check_refuses(kind: str, name: str) -> None:
    args, options = QUESTIONS[name]
    scenario = load_scenario(TEAM, UNPLAYABLE[kind])
    with pytest.raises(ScenarioError) as checked:
        refuse_unplayable(scenario)
    with pytest.raises(ScenarioError) as error:
        getattr(ANY, name)(scenario, *args, **options, limit=False)
    # How many replications there are is a matter of the question.
    told = {problem for problem in error.value.problems if "replications" not in problem.path}
    assert told
    assert told <= set(checked.value.problems)


def test_no_question_compiles_a_scenario_unchecked() -> None:
    """`playable` compiles and checks; what compiles by itself changes a program that was checked, and is listed."""
    found = {
        name.removeprefix("simcore.")
        for name, path in modules().items()
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "compile_scenario"
    }
    plan = {"studies.plan.unknowns", "studies.plan.variants"}
    assert found == {"engine.playable", "engine.explosion", "studies.luck.study", "studies.steadiness.study", *plan}


def test_runs_in_several_threads_and_processes_are_the_same() -> None:
    run = partial(simcore.simulate, CANON, replications=64)
    alone = run()
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(lambda _: run(), range(4)))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        assert processes.submit(run).result() == alone
        with pytest.raises(UsageError, match="threads: is out of range, got 0; allowed: 1 to 1,024"):
            processes.submit(partial(run, threads=0)).result()
