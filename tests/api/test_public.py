"""What Python offers: public names that nothing shadows, and what the command line reads and says."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import simcore
from simcore.base.document import Document
from simcore.base.errors import ExitStatus, FileError, ScenarioError, SimcoreError, UsageError
from simcore.base.frames import to_pandas, to_polars
from simcore.scenario.precision_goal import Goal
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.coach.hours import HourEffect, HoursAsked
from simcore.studies.study import STUDIES
from tests.support.study_cases import CASES, TEAM
from tools.packages import modules

ANY: Any = simcore
"""The package, for calls that a type checker would refuse before they can be."""
CANON = "trust-the-process"
SMALL = load_scenario(CANON, {"team.reps": 2, "horizon.weeks": 13})
PRESSED = load_scenario("quota-pressure", {"team.reps": 1, "horizon.weeks": 13})


def test_no_public_name_is_that_of_a_module() -> None:
    names = {name.removeprefix("simcore.").partition(".")[0] for name in modules()}
    assert not names & set(simcore.__all__)


def test_functions_stay_callable_whatever_is_imported() -> None:
    script = """
import json, pkgutil, sys
from importlib import import_module
import simcore
functions = [name for name in simcore.__all__ if name[0].islower()]
before = {name: getattr(simcore, name) for name in functions}
assert all(map(callable, before.values())), before
for name in json.loads(sys.argv[1]):
    import_module(name)
    after = {each: getattr(simcore, each) for each in functions}
    assert after == before, name
"""
    names = json.dumps([name for name in modules() if not name.endswith("__main__")])
    subprocess.run([sys.executable, "-c", script, names], check=True)  # noqa: S603


@pytest.mark.parametrize("name", ["coach", "luck", "steadiness"])
def test_functions_stay_callable_where_their_module_comes_first(name: str) -> None:
    public = "[getattr(simcore, name) for name in simcore.__all__ if name[0].islower()]"
    script = f"import simcore.studies.{name}.study, simcore; assert all(map(callable, {public}))"
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603


QUICK: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("simulate", (CANON,), {"replications": "50"}),
    ("simulate", (CANON,), {"replications": 8, "keep_rep_weeks": True}),
    ("attribute", (PRESSED, "pressure", "process"), {"replications": 8}),
    ("load_scenario", (CANON, "team.reps=4"), {}),
    ("verify", ("no such folder",), {}),
    *((STUDIES[name].function, (TEAM, *case.args), case.options) for name, case in CASES.items()),
]


def test_every_function_is_among_those_called_twice() -> None:
    functions = {name for name in simcore.__all__ if name[0].islower()}
    others = {
        "backtest",
        "backtest_calls",
        "fit",
        "forecast",
        "merge",
        "read_calls",
        "read_deals",
        "read_rep_weeks",
        "tables_of",
    }
    assert {row[0] for row in QUICK} == functions - others, "their tests are beside them"


@pytest.mark.parametrize(("name", "args", "options"), QUICK, ids=[row[0] for row in QUICK])
def test_each_function_is_called_twice_and_says_the_same(
    name: str, args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    first, second = (getattr(ANY, name)(*args, **options) for _ in range(2))
    if name == "bench_variance":  # which technique is worth it is a matter of measured time
        first, second = ([(row.technique, row.estimate) for row in found.rows] for found in (first, second))
        assert first == second
        return
    assert first == second
    assert first == copy.deepcopy(first) == pickle.loads(pickle.dumps(first))  # noqa: S301  (our own)
    if name == "verify":
        return
    assert hash(first) == hash(second) == hash(copy.deepcopy(first))
    for text in (repr(first), str(first)):
        assert len(text) < 300
        assert "\n" not in text
    assert well_formed(first._repr_html_())
    if isinstance(first, Document):
        assert first == type(first).model_validate_json(first.model_dump_json())


def test_dir_tells_the_public_names_and_imports_nothing() -> None:
    script = "import sys, simcore; print(*dir(simcore)); assert not {'numpy', 'pydantic', 'numba'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603
    assert set(simcore.__all__) <= set(done.stdout.split())


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def well_formed(html: str) -> bool:
    tags = _Tags()
    tags.feed(html)
    table, strangers = {"table", "caption", "tbody", "tr", "th", "td"}, {"script", "img", "b", "a"}
    return not tags.open and table <= tags.seen and not strangers & tags.seen


def test_what_a_notebook_shows_is_escaped() -> None:
    name = "<script>alert(1)</script><b>"
    result = simcore.simulate(load_scenario(CANON, {"name": name}), replications=32)
    for shown in (result, result.scenario, result.summary, result.summary.scenario):
        assert well_formed(shown._repr_html_())
        assert "<script" not in shown._repr_html_()


def test_equality_sees_all_but_timings() -> None:
    result = simcore.simulate(CANON, replications=32, keep_rep_weeks=True)
    summary = result.summary
    slower = summary.model_copy(update={"speed": summary.speed.model_copy(update={"seconds": 99.0}), "seconds": 99.0})
    assert slower == summary
    assert hash(slower) == hash(summary)
    for change in ({"interrupted": True}, {"version": "0"}, {"reps": 3}):
        assert summary.model_copy(update=change) != summary
    assert result == simcore.simulate(CANON, replications=32, keep_rep_weeks=True, threads=2)
    assert result != simcore.simulate(CANON, replications=32, seed=1, keep_rep_weeks=True)
    assert result != simcore.simulate(CANON, replications=32)
    assert result != "a text"
    assert summary != "a text"
    assert len({result, simcore.simulate(CANON, replications=32, keep_rep_weeks=True)}) == 1


ANYTHING: Any = object()
WRONG_RUN = SMALL.run.model_copy(update={"replications": -5})
WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    *(("simulate", (CANON,), options, said) for options, said in (
        ({"threads": 0}, "threads: is out of range, got 0; allowed: 1 to 1,024"),
        ({"threads": "many"}, "threads: is not a whole number"),
        ({"replications": 0}, "replications: is out of range, got 0; allowed: 1 to 2^40"),
        ({"replications": 10.5}, "replications: is not a whole number, got 10.5"),
        ({"replications": "1.000"}, "write 1 or 1000"),
        ({"replications": True}, "replications: is not a whole number"),
        ({"seed": -1}, "seed: is out of range, got -1; allowed: 0 to 2^64 - 1"),
        ({"seed": "x"}, 'got "x"'),
        ({"precision": 0.5}, "precision: names no metric, got 0.5"),
        ({"precision": "revenue"}, "precision: 'revenue' is not METRIC=HALFWIDTH"),
        ({"precision": []}, "precision: no precision is stated"),
        ({"precision": {"revenue": None}}, "precision: 'None' is not a half-width"),
        ({"precision": Goal(ANYTHING)}, "precision: is made of something else than targets"),
        ({"precision": ANY.Goal(["revenue=1%"])}, "precision: is made of something else than targets"),
        ({"threads": -1}, "threads: is out of range, got -1"),
        ({"threads": 1.5}, "threads: is not a whole number, got 1.5"),
        ({"threads": True}, "threads: is not a whole number"),
        ({"replications": float("nan")}, "replications: is not a whole number"),
        ({"replications": b"10"}, "replications: is not a whole number"),
        ({"seed": 2**64}, "seed: is out of range, got 18446744073709551616"),
        ({"seed": 1.5}, "seed: is not a whole number, got 1.5"),
        ({"stop": True}, "stop: must be a function"),
        ({"sink": 5}, "sink: must be a function"),
        ({"limit": 0}, "limit: must be true or false, got 0"),
        ({"limits": False}, "limits: simulate has no such argument; did you mean limit?"),
        ({"precision": ["p_qota=0.01"]}, "did you mean p_quota"),
        ({"progress": 3}, "progress: must be a function"),
        ({"keep_rep_weeks": "yes"}, "keep_rep_weeks: must be true or false"),
        ({"replication": 5}, "replication: simulate has no such argument; did you mean replications?"))),
    ("simulate", (), {}, "missing a required argument: 'scenario'"),
    ("simulate", (None,), {}, "scenario: is no scenario, got none"),
    ("simulate", (5,), {}, "scenario: is no scenario, got int; allowed: the name of a shipped scenario"),
    ("simulate", ({"simcore": 1, "deal": "1,5"},), {}, "deal: has a comma for a point"),
    ("simulate", ("trust-the-proces",), {}, "did you mean trust-the-process?"),
    ("compare", ("quota-pressure", "pressur"), {}, "did you mean pressure?"),
    ("compare", ("quota-pressure", ["process", 3]), {}, "names: must be a text, got 3"),
    ("attribute", ("quota-pressure", "pressur", "process"), {}, "did you mean pressure?"),
    ("plan", (CANON, "x"), {}, "target: is not an amount"),
    ("plan", (CANON, "1.234,56"), {}, "write 1234.56"),
    ("plan", (CANON, -5), {}, "target"),
    ("plan", (CANON, "100k"), {"confidence": 80}, "confidence: is out of range, got 80"),
    ("plan", (CANON, "100k"), {"confidence": "80"}, "for 80 % write 0.8 or 80%"),
    ("plan", (CANON, "100k"), {"by": 6}, 'for 6 weeks write "6w"'),
    ("plan", (CANON, "100k"), {"by": "quater"}, "quarter"),
    ("plan", (CANON, "100k"), {"solve_for": "rep"}, "did you mean reps?"),
    ("plan", (CANON, "100k"), {"done": "week=4,won=x"}, "is not key=number"),
    ("plan", (CANON, "100k"), {"frontier": 1}, "frontier: must be true or false"),
    ("sweep", (CANON, 5), {}, "vary: must be a name"),
    ("sweep", (CANON, "team.reps"), {}, "vary: must be path=values"),
    ("sweep", (CANON, {"team.rep": [5, 6]}), {}, "did you mean team.reps?"),
    ("sweep", (CANON, {"team.reps": [None]}), {}, "team.reps"),
    ("sweep", (CANON, {"team.reps": [5]}), {"metrics": "sd:weeks"}, "did you mean week?"),
    ("breakeven", ("quota-pressure", {"team.reps": (5, 1)}), {}, "the low end of a range comes first"),
    ("breakeven", ("quota-pressure", {"team.reps": 5}), {}, "must be a low and a high end"),
    ("breakeven", ("quota-pressure", {}), {}, "must be one path"),
    ("luck", (CANON,), {"drop": 5}, "drop: must be a stage and a factor"),
    ("luck", (CANON,), {"rule": 5}, "rule: must be a text"),
    ("luck", (CANON,), {"rule": "x"}, "rule"),
    ("luck", (CANON,), {"replications": 5}, "replications: out of range, got 5"),
    ("coach", (CANON,), {"hours": 5}, "hours: must say how many hours"),
    ("coach", (CANON,), {"hours": ANY.HoursAsked(2.5, {"wins": HourEffect(1)})}, "hours.hours: is not a whole number"),
    ("coach", (CANON,), {"hours": HoursAsked(5, ANYTHING)}, "hours.effects: must be effects of an hour by stage"),
    ("coach", (CANON,), {"hours": HoursAsked(5, {"wins": ANYTHING})}, "is not an effect of an hour: write 0.1"),
    ("coach", (CANON,), {"hours": HoursAsked(5, {"win": HourEffect(1)})}, "effect: is not a step of the funnel"),
    ("coach", (CANON,), {"hours": HoursAsked(5, {"wins": HourEffect(1)}, 0.0, ANYTHING)}, "hours.measure: is not one"),
    ("simulate", (b"trust-the-process",), {}, "scenario: is no scenario, got bytes"),
    ("simulate", (Path("no such file"),), {}, "is neither a file nor a shipped scenario"),
    ("simulate", ({"simcore": 1, "nme": "x"},), {}, "did you mean name?"),
    ("simulate", (SMALL.run,), {}, "scenario: is no scenario, got Run"),
    ("simulate", (SMALL.model_copy(update={"team": None}),), {}, "scenario: is no whole scenario"),
    ("simulate", (type(SMALL).model_construct(name="x"),), {}, "scenario: is no whole scenario"),
    ("simulate", (SMALL.model_copy(update={"run": WRONG_RUN}),), {}, "run.replications: is out of range, got -5"),
    ("verify", (5,), {}, "path: is no path of a folder, got 5; allowed: a text or a pathlib.Path"),
    ("verify", ("a\0b",), {}, "path: is no path of a folder"),
    ("verify", ("",), {}, "path: is no path of a folder"),
    ("read_rep_weeks", (5,), {}, "path: is no path of a folder, got 5"),
    ("read_rep_weeks", (b"x",), {}, "path: is no path of a folder, got bytes"),
    ("read_rep_weeks", ("no such folder",), {}, "cannot read"),
    ("compare", (PRESSED,), {"baseline": ""}, "baseline: must be a text"),
    ("sweep", (CANON, {"team.reps": [5]}), {"strategies": "proces"}, "did you mean process?"),
    ("bench_variance", (CANON, "p_zero"), {}, "p_zero needs a period"),
    ("load_scenario", (CANON, 3), {}, "overrides: must be changes of values"),
    ("load_scenario", (CANON, "team.reps"), {}, "must be path=value"),
    ("load_scenario", (CANON, {"team.reps": "four"}), {}, "team.reps: must be a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "options", "said"), WRONG)
def test_what_is_wrong_is_told_as_the_command_line_does(
    name: str, args: tuple[Any, ...], options: dict[str, Any], said: str
) -> None:
    with pytest.raises((ScenarioError, FileError)) as error:
        getattr(ANY, name)(*args, **options)
    assert said in str(error.value)


def test_scenarios_and_their_parts_have_a_hash() -> None:
    again = copy.deepcopy(SMALL)
    assert len({SMALL, again, PRESSED}) == 2
    assert hash(SMALL.strategies["process"]) == hash(again.strategies["process"])
    assert len({hash(load_scenario(SMALL, {"run.seed": seed})) for seed in range(8)}) == 8


def test_a_wrong_question_has_the_status_of_a_wrong_command_line() -> None:
    with pytest.raises(UsageError) as error:
        simcore.simulate(CANON, threads=0)
    assert error.value.exit_status is ExitStatus.USAGE
    assert error.value.problems[0].path == "threads"


def test_an_error_comes_out_of_another_process_as_it_was() -> None:
    with pytest.raises(UsageError) as error:
        simcore.simulate(CANON, threads=0)
    again = pickle.loads(pickle.dumps(error.value))  # noqa: S301  (our own)
    assert (type(again), str(again), again.problems) == (UsageError, str(error.value), error.value.problems)


def test_one_scenario_however_it_is_given(tmp_path: Path) -> None:
    right = load_scenario(CANON)
    path = tmp_path / "team.yaml"
    from simcore.scenario_files.scenario_file import dump_yaml  # noqa: PLC0415

    path.write_text(dump_yaml(right), encoding="utf-8")
    for source in (path, str(path), right, right.resolved()):
        assert load_scenario(source) == right
        assert simcore.simulate(source, replications=32).scenario.name == right.name


@pytest.mark.parametrize(
    "changes",
    [
        "team.reps=4",
        ["team.reps=4"],
        {"team.reps": 4},
        {"team.reps": "4"},
        {"team.reps": np.int64(4)},
    ],
)
def test_changes_in_every_form(changes: str | list[str] | dict[str, object]) -> None:
    for source in (CANON, load_scenario(CANON), load_scenario(CANON).resolved()):
        assert load_scenario(source, changes).team.reps == 4


def test_texts_are_read_as_on_the_command_line() -> None:
    plain = simcore.plan("backward-from-100k", 100_000, replications=64, frontier=False)
    assert plain == ANY.plan("backward-from-100k", "$100,000", confidence="80%", replications="64", frontier=False)
    assert ANY.simulate(CANON, replications="0.1k", seed="7") == simcore.simulate(CANON, replications=100, seed=7)
    swept = simcore.sweep(CANON, {"team.reps": [2, 4]}, replications=32)
    assert swept == ANY.sweep(CANON, "team.reps=2:4:2", replications=32)
    for vary in (["team.reps=2,4"], {"team.reps": "2,4"}):
        assert swept == ANY.sweep(CANON, vary, replications=32)


def test_a_distribution_is_asked_for_by_a_known_name() -> None:
    result: Any = simcore.simulate(CANON, replications=32)
    with pytest.raises(UsageError, match=r'horizon: .* got "weeks"; allowed: call, hour, .*; did you mean week\?'):
        result.distribution("weeks")
    with pytest.raises(UsageError, match=r"account: .* allowed: close, origin"):
        result.distribution("week", "closed")


class _Table:
    def to_pandas(self) -> str:
        return "a frame of pandas"


def test_data_frames_of_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("polars")
    monkeypatch.setattr(package, "from_arrow", lambda table: ("a frame of Polars", table), raising=False)
    monkeypatch.setattr("simcore.base.frames._package", lambda _: package)  # neither needs to be installed
    table: Any = _Table()
    assert to_pandas(table) == "a frame of pandas"
    assert to_polars(table) == ("a frame of Polars", table)
    result = simcore.simulate(CANON, replications=32, keep_rep_weeks=True)
    assert result.to_polars()[1] == result.averaging_table()
    year = result.summary.averaging.close[-1].revenue.mean
    rows = result.averaging_table().to_pylist()
    assert {"low": year.low, "high": year.high, "se": year.se}.items() <= next(
        row for row in rows if row["estimate"] == year.estimate and row["statistic"] == "mean"
    ).items()
    assert result.to_polars("rep_weeks")[1] == result.rep_week_table()
    swept = simcore.sweep(CANON, {"team.reps": [2]}, replications=32)
    assert swept.to_polars()[1] == swept.to_arrow()


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_missing_package_is_named_with_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    result = simcore.simulate(CANON, replications=32)
    with pytest.raises(SimcoreError, match=f"pip install {name}") as error:
        getattr(result, f"to_{name}")()
    assert isinstance(error.value, ImportError)


@pytest.mark.parametrize("name", [name for name in simcore.__all__ if name.endswith("Error")])
def test_a_traceback_names_errors_as_users_do_and_other_processes_find_them(name: str) -> None:
    kind = getattr(ANY, name)
    assert f"{kind.__module__}.{kind.__qualname__}" == f"simcore.{name}"
    assert pickle.loads(pickle.dumps(kind)) is kind  # noqa: S301  (our own)
