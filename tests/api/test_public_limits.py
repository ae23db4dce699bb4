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
from tools.packages import modules

ANY: Any = simcore
CANON = "trust-the-process"
TWO = load_scenario("quota-pressure", {"horizon.weeks": 13})
ALWAYS = {f"funnel.{stage.stage}.rate": 1 for stage in TWO.funnel[1:]}
DEAR = load_scenario(CANON, {"plan.calls_per_week": 65_535, **ALWAYS})
ROWS = "up to 2,000,000,000 rep-weeks"
HOURS = "allowed: up to 12 h"

COSTLY: list[tuple[str, tuple[Any, ...], dict[str, Any], str, str]] = [
    ("simulate", (CANON,), {"replications": 10**12}, "replications", ROWS),
    ("simulate", (DEAR,), {"replications": 10**5}, "replications", HOURS),
    ("simulate", (CANON,), {"threads": 1024}, "threads", "GB of memory"),
    (
        "simulate",
        (CANON,),
        {"threads": 1, "replications": 1_000_000, "keep_rep_weeks": True},
        "threads",
        "GB of memory",
    ),
    ("simulate", (CANON,), {"precision": "revenue=0.5"}, "precision", "did you mean revenue=0.5%?"),
    ("compare", (TWO,), {"replications": 10**10}, "replications", ROWS),
    ("attribute", (TWO, "pressure", "process"), {"replications": 10**10}, "replications", ROWS),
    ("sweep", (CANON, "team.reps=2:40:2"), {"replications": 10**9}, "replications", ROWS),
    ("breakeven", (TWO, "team.reps=2:40"), {"replications": 10**9}, "replications", ROWS),
    ("luck", (DEAR,), {"replications": 10**4}, "replications", HOURS),
    ("steadiness", (DEAR,), {"replications": 10**4}, "replications", HOURS),
    ("coach", (DEAR,), {"replications": 16_000}, "replications", HOURS),
    ("bench_variance", (DEAR,), {"batch": 2**20, "batches": 200}, "batch", ROWS),
    ("plan", (DEAR, "900k"), {"replications": 100_000}, "replications", HOURS),
]


@pytest.mark.parametrize(("name", "args", "options", "argument", "said"), COSTLY)
def test_what_costs_too_much_is_refused_with_what_lifts_the_limit(
    name: str,
    args: tuple[Any, ...],
    options: dict[str, Any],
    argument: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "simcore.analytic.run_cost.memory", lambda: Memory(8_000_000_000, "the limit of the control group")
    )
    with pytest.raises(UsageError) as error:
        getattr(ANY, name)(*args, **options)
    (problem,) = error.value.problems
    assert problem.path == argument
    assert said in str(problem)
    assert "limit=False" in str(problem)
    assert "--" not in str(problem), "no option of the command line"


def test_every_question_has_a_limit_that_can_be_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {name for name, *_ in COSTLY}
    assert asked == {name for name in simcore.__all__ if "limit" in parameters(name)}
    monkeypatch.setattr("simcore.analytic.run_cost.memory", lambda: Memory(1_000_000, "the limit of the control group"))
    with pytest.raises(UsageError, match="limit=False"):
        simcore.simulate(CANON, replications=8, threads=1)
    assert ANY.simulate(CANON, replications=8, threads=1, limit=False).summary.size.replications == 8


def test_help_tells_what_the_limit_is() -> None:
    for name in {name for name, *_ in COSTLY}:
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
QUESTIONS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("simulate", (), {"replications": 32}),
    ("compare", (), {"replications": 32}),
    ("attribute", ("pressure", "process"), {"replications": 32}),
    ("sweep", ("team.reps=2:4:2",), {"replications": 32}),
    ("breakeven", ("team.reps=2:4",), {"replications": 32}),
    ("plan", ("900k",), {"replications": 64}),
    ("luck", (), {"replications": 128}),
    ("coach", (), {"replications": 32}),
    ("steadiness", (), {"replications": 256}),
    ("bench_variance", (), {"batch": 256, "batches": 3}),
]


@pytest.mark.parametrize("kind", UNPLAYABLE)
@pytest.mark.parametrize(("name", "args", "options"), QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_every_question_refuses_what_check_refuses(
    kind: str, name: str, args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    scenario = load_scenario(TWO, UNPLAYABLE[kind])
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
