from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simcore.base.errors import ExitStatus, FileError, Problem, ScenarioError
from simcore.scenario.model import MAX_PROBLEMS, Scenario, validate
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario
from simcore.scenario_files.shipped import shipped
from simcore.scenario_files.yaml_problems import MAX_BYTES
from simcore.scenario_files.yaml_tree import MAX_DEPTH, MAX_NODES, read, resolve
from simcore.scenario_files.yaml_writer import write
from tools.packages import ROOT

GOOD = """\
simcore: 1
name: Base
about: words
team: {reps: 10}
plan: {calls_per_week: {value: 500, source: dialler}}
funnel:
  - {stage: calls}
  - stage: meetings
    rate: 0.02
  - {stage: wins, rate: {mean: 0.5, rep_cv: 0.1, source: log}, lag: {median: 30d, p90: 75d}}
deal: 5000
run: {replications: 1e5, seed: 7}
"""


def problems(text: str, overrides: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "f.yaml", overrides)
    assert caught.value.exit_status == ExitStatus.INVALID
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_good_file() -> None:
    scenario = parse_scenario(GOOD)
    assert scenario.run.replications == 100_000
    assert type(scenario.run.replications) is int
    assert scenario.plan.sources == {"calls_per_week": "dialler"}


@pytest.mark.parametrize(
    "text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), "---\n" + GOOD, "%YAML 1.2\n---\n" + GOOD]
)
def test_the_same_in_other_dress(text: str) -> None:
    assert parse_scenario(text) == parse_scenario(GOOD)


# what is replaced by what, line, column, path, a part of what is said
BAD = [
    ("rate: 0.02", "rate: 1.5", 9, 11, "funnel.meetings.rate", "range, got 1.5; allowed: above 0 to 1"),
    ("rate: 0.02", "rte: 0.02", 9, 5, "funnel.meetings.rte", "lost_lag, closing, cap, habit, needs;"),
    ("rate: 0.02", "rate: .nan", 9, 11, "funnel.meetings.rate", "must be finite, got .nan"),
    ("rate: 0.02", "rate: 1e999", 9, 11, "funnel.meetings.rate", "must be finite, got 1e999"),
    ("rate: 0.02", "rate: -.inf", 9, 11, "funnel.meetings.rate", "must be finite"),
    ("rate: 0.02", "rate: 0.02\n    rate: 1", 10, 5, "funnel.meetings.rate", "there already on line 9"),
    ("rate: 0.02", "rate: 0,02", 9, 11, "funnel.meetings.rate", "has a comma for a point, got 0,02; write 0.02"),
    ("rate: 0.02", "rate: 2", 9, 11, "funnel.meetings.rate", "got 2; allowed: above 0 to 1; for 2 % write 0.02 or 2%"),
    ("rate: 0.02", "rate:", 9, 5, "funnel.meetings.rate", "is missing"),
    ("    rate: 0.02\n", "", 8, 5, "funnel.meetings.rate", "is missing: each stage after the first"),
    ("p90: 75d", "p90: 3w", 10, 88, "funnel.wins.lag.p90", "got 3w; allowed: more than"),
    ("rep_cv: 0.1", "rep_cv: 1.0", 10, 45, "funnel.wins.rate.rep_cv", "no Beta distribution has it), got 1"),
    ("{reps: 10}", "{reps: 010}", 4, 14, "team.reps", 'it, got 010; write 10, or "010" in quotes'),
    ("{reps: 10}", "{reps: 1_0}", 4, 14, "team.reps", 'write 10, or "1_0" in quotes'),
    ("{reps: 10}", "{reps: 0x10}", 4, 14, "team.reps", "write 16"),
    ("{reps: 10}", "{reps: 0o7}", 4, 14, "team.reps", "write 7"),
    ("{reps: 10}", "{reps: yes}", 4, 14, "team.reps", "ambiguous"),
    ("{reps: 10}", "{reps: true}", 4, 14, "team.reps", "must be a whole number, got true"),
    ("{reps: 10}", "{reps: 12:30}", 4, 14, "team.reps", "ambiguous"),
    ("{reps: 10}", "{reps: 2.5}", 4, 14, "team.reps", "must be a whole number, got 2.5"),
    ("{reps: 10}", "{reps: 1.5e15}", 4, 14, "team.reps", "got 1.5e15; allowed: from 1 to 65536"),
    ("{reps: 10}", "{reps: ~}", 4, 14, "team.reps", "must be a whole number"),
    ("{reps: 10}", f"{{reps: {'9' * 5000}}}", 4, 14, "team.reps", "more than 40 characters"),
    ("{reps: 10}", "10", 4, 7, "team", "must be a mapping (key: value), got 10"),
    ("{reps: 10}", "[10]", 4, 7, "team", "must be a mapping (key: value), got a list"),
    ("{reps: 10}", "{reps: {}}", 4, 14, "team.reps", "of value and source, got a mapping"),
    ("{value: 500, ", "{value: 0, ", 5, 32, "plan.calls_per_week", "nothing is open at the start, got 0; allowed: 1"),
    ("name: Base", "name: 2026", 2, 7, "name", "must be text, got 2026; put it in quotes"),
    ("name: Base", "name: no", 2, 7, "name", '"no" in quotes'),
    ("name: Base", "naem: Base", 2, 1, "naem", "did you mean name?"),
    ("name: Base\n", "", 1, 1, "name", "is missing"),
    ("name: Base", "name: Base\non: 1", 3, 1, "", "a key must be text, not on"),
    ("name: Base", "name: Base\n2026: 1", 3, 1, "", "a key must be text, not 2026"),
    ("name: Base", "name: Base\n? [a]\n: 1", 3, 3, "", "a key must be text"),
    ("simcore: 1\n", "", 1, 1, "simcore", "is missing: the version of the format"),
    ("simcore: 1", "simcore: 2", 1, 10, "simcore", "got 2; allowed: 1"),
    ("deal: 5000", "deal: [1]", 11, 7, "deal", "must be"),
    ("deal: 5000", "deal: {}", 11, 7, "deal", "none of the keys"),
    ("deal: 5000\n", "", 1, 1, "deal", "is missing"),
    ("run: {", "run: {strategy: presure, ", 12, 17, "run.strategy", "got presure; allowed: process"),
]  # fmt: skip


@pytest.mark.parametrize("row", BAD, ids=[row[1][:20] for row in BAD])
def test_a_mistake_is_one_problem_with_its_place(row: tuple[str, str, int, int, str, str]) -> None:
    old, new, line, column, path, said = row
    (found,) = problems(changed(old, new))
    assert (found.file, found.line, found.column, found.path) == ("f.yaml", line, column, path)
    assert said in str(found)
    assert len(str(found)) < 500


# What is no data at all, or too much of it: the whole text, line, a part of what is said
NOT_DATA = [
    ("", None, "is empty"),
    ("# nothing\n", None, "is empty"),
    ("- a\n", 1, "must be a mapping"),
    ("just text", 1, "must be a mapping"),
    ("~", 1, "must be a mapping"),
    (GOOD + "---\n" + GOOD, 13, "second document"),
    (GOOD + "...\n---\n", 14, "second document"),
    (changed("about: words", "about: &a words"), 3, "an anchor (&a)"),
    (changed("about: words", "about: *a"), 3, "an alias (*a)"),
    (changed("{reps: 10}", "{<<: {reps: 10}}"), 4, "a merge key"),
    (changed("{reps: 10}", "{reps: !!int 10}"), 4, "a tag"),
    (changed("{reps: 10}", "!!python/object:os.system {reps: 10}"), 4, "a tag"),
    (changed("{reps: 10}", "! {reps: 10}"), 4, "a tag"),
    ("%YAML 1.1\n---\n" + GOOD, 2, "a directive"),
    ("%TAG ! tag:x,2000:\n---\n" + GOOD, 2, "a directive"),
    (GOOD + "\x00", 13, "U+0000"),
    (GOOD + "a: \x1b[31m", 13, "U+001B"),
    (GOOD + "a: \ufeff", 13, "U+FEFF"),
    ("a: [1", 1, "cannot be read"),
    ("a: b: c", 1, "in quotes"),
    ("a:\n\t- b", 2, "with spaces, not with tabs"),
    ("a: 'b", 1, "cannot be read"),
    ("[" * 100_000, 1, "nested too deeply"),
    ("{a: " * 100_000, 1, "nested too deeply"),
    ("- " * 100_000, 1, "nested too deeply"),
    ("[" + "1," * 30_000 + "]", 1, "too many values"),
    ("a" * (MAX_BYTES + 1), None, "is too long"),
    ("a: " + "é" * (MAX_BYTES // 2), None, "is too long"),
    ("a: [!" + "x" * 900_000, 1, "a tag is not allowed"),
]


@pytest.mark.parametrize(("text", "line", "said"), NOT_DATA, ids=[f"{i}-{row[2]}" for i, row in enumerate(NOT_DATA)])
def test_what_is_not_data_is_refused_quickly(text: str, line: int | None, said: str) -> None:
    began = time.perf_counter()
    found = problems(text)
    assert time.perf_counter() - began < 20
    assert said in str(found[0])
    assert found[0].file == "f.yaml"
    assert found[0].line == line


def test_a_merge_bomb_is_refused_quickly() -> None:
    levels = ["a0: &a0 {x: 1}"]
    levels += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 10)]
    began = time.perf_counter()
    found = problems("\n".join(levels))
    assert time.perf_counter() - began < 20
    assert {"an anchor", "a merge key", "an alias"} <= {problem.message.split(" (")[0] for problem in found}


_HEAD = "simcore: 1\nname: x\ndeal: 1\n"
MANY = [
    _HEAD + "funnel:\n" + "".join(f" - {{stage: x{i}, rate: 2}}\n" for i in range(3900)),
    GOOD + "market: {sd: 1, persistence: 2, acts_on: [" + "winz," * 19_000 + "]}",
    GOOD + "".join(f"calendir{i}: 1\n" for i in range(9000)),
]


@pytest.mark.slow
@pytest.mark.parametrize("text", MANY, ids=["stages", "names", "keys"])
def test_a_thousand_mistakes_are_told_quickly_and_briefly(text: str) -> None:
    began = time.perf_counter()
    found = problems(text)
    assert time.perf_counter() - began < 40
    assert len(found) == MAX_PROBLEMS + 1
    assert "more problems" in str(found[-1])


def test_the_limits_themselves_are_allowed() -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x").data is not None
    assert isinstance(read("[" + "1," * (MAX_NODES - 1) + "]", "x").data, list)


@pytest.mark.parametrize(
    ("raw", "line", "column"), [(b"simcore: 1\nname: \xff\n", 2, 7), (b"simcore: 1\nname: \xe9t\xe9\n", 2, 7)]
)
def test_what_is_not_utf8(tmp_path: Path, raw: bytes, line: int, column: int) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError, match="UTF-8") as caught:
        load_scenario(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column)


def test_all_mistakes_are_told_in_the_order_of_the_file() -> None:
    text = changed("{reps: 10}", "{reps: 010, nw: 1}").replace("rate: 0.02", "rate: 2").replace("5000", "no")
    text += "run: {}\nmarket: {sd: 0.1, persistence: 2, acts_on: [win]}\n"
    assert [(problem.path, problem.line) for problem in problems(text)] == [
        ("team.reps", 4),
        ("team.nw", 4),
        ("funnel.meetings.rate", 9),
        ("deal", 11),
        ("run", 13),
        ("market.persistence", 14),
        ("market.acts_on.1", 14),
    ]


def test_values_are_shown_without_control_characters() -> None:
    (problem,) = problems(changed("{reps: 10}", '{reps: "\\e[31m\\u202e' + "x" * 500 + '"}'))
    assert problem.value is not None
    assert problem.value.isprintable()
    assert len(problem.value) < 70


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e5", 1e5), ("+5", 5), ("-0", 0), (".5", 0.5), ("1.", 1.0), ("1E-3", 1e-3), ("true", True),
        ("Null", None),
        ("", None), ("2d", "2d"), ("2026-01-01", "2026-01-01"), ("1.2.3", "1.2.3"), ("e5", "e5"), ("=", "="),
        ("yesterday", "yesterday"), ("0x", "0x"),
    ],
)  # fmt: skip
def test_plain_scalars(text: str, value: object) -> None:
    found, message, hint = resolve(text)
    assert (found, type(found), message, hint) == (value, type(value), None, None)


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "No",
        "ON",
        "off",
        "YES",
        "012",
        "-07",
        "00",
        "1_0",
        "1_0.5",
        "12:30",
        "1:2:3",
        "0x1F",
        "0o17",
        "0b1",
    ],
)
def test_ambiguous_scalars(text: str) -> None:
    _, message, hint = resolve(text)
    assert message is not None
    assert hint is not None
    assert f'"{text}" in quotes' in hint


def test_set_changes_values() -> None:
    scenario = parse_scenario(
        GOOD,
        overrides=[
            "team.reps=20",
            "funnel.meetings.rate=0.03",
            "funnel.wins.rate=0.4",
            "plan.calls_per_week=600",
            "market.sd=0.1",
            "market={sd: 0.2, persistence: 0.5, acts_on: [wins]}",
            "market.persistence=0.6",
            "quota={per: month, amount: 40000}",
            "funnel.meetings.lag=3d",
            "funnel.wins.lag.p90=80d",
            "deal.currency=EUR",
            'name="2026"',
            "about=a: b = c",
            "strategies.pressure.drives.urgency={signals: {peers: 1}, changes: {wins: {slope: -0.1}}}",
            "strategies.pressure.drives.urgency.memory=0.5",
            "strategies.process={}",
            "run.strategy=process",
        ],
    )
    expected = validate(
        {
            "simcore": 1,
            "name": "2026",
            "about": "a: b = c",
            "team": {"reps": 20},
            "plan": {"calls_per_week": 600},
            "funnel": [
                {"stage": "calls"},
                {"stage": "meetings", "rate": 0.03, "lag": "3d"},
                {
                    "stage": "wins",
                    "rate": {"mean": 0.4, "rep_cv": 0.1},
                    "lag": {"median": "30d", "p90": "80d"},
                },
            ],
            "market": {"sd": 0.2, "persistence": 0.6, "acts_on": ["wins"]},
            "deal": {"fixed": 5000, "currency": "EUR"},
            "quota": {"per": "month", "amount": 40000},
            "strategies": {
                "pressure": {
                    "drives": {
                        "urgency": {
                            "memory": 0.5,
                            "signals": {"peers": 1},
                            "changes": {"wins": {"slope": -0.1}},
                        }
                    }
                },
                "process": {},
            },
            "run": {"replications": 100000, "seed": 7, "strategy": "process"},
        }
    )
    assert scenario == expected


def test_set_adds_a_spread_to_a_plain_rate() -> None:
    scenario = parse_scenario(GOOD, overrides=["funnel.meetings.rate.rep_cv=0.2"])
    rate = scenario.funnel[1].rate
    assert rate is not None
    assert (rate.mean, rate.rep_cv) == (0.02, 0.2)


@pytest.mark.parametrize("value", ["0.4", "40%", "'40 %'"])
def test_a_number_set_on_a_rate_is_its_new_mean_however_it_is_written(value: str) -> None:
    rate = parse_scenario(GOOD, overrides=[f"funnel.wins.rate={value}"]).funnel[2].rate
    assert rate is not None
    assert (rate.mean, rate.rep_cv) == (0.4, 0.1)


def test_set_drops_the_source_of_what_it_changes() -> None:
    scenario = parse_scenario(GOOD, overrides=["funnel.wins.rate=0.4", "plan.calls_per_week=1"])
    rate = scenario.funnel[2].rate
    assert rate is not None
    assert (rate.source, rate.rep_cv, scenario.plan.sources) == (None, 0.1, {})
    scenario = parse_scenario(GOOD, overrides=["funnel.wins.rate.source=guess"])
    rate = scenario.funnel[2].rate
    assert rate is not None
    assert (rate.source, rate.mean) == ("guess", 0.5)


BAD_SET = [
    ("team.reps", "", "must be path=value"),
    ("=3", "", "must be path=value"),
    ("team..reps=3", "", "must be path=value"),
    ("team.reps=0", "team.reps", "got 0; allowed: from 1 to 65536"),
    ("team.reps=010", "team.reps", "write 10"),
    ("team.rps=3", "team.rps", "did you mean team.reps?"),
    ("teem.reps=3", "teem", "did you mean team.reps?"),
    ("funnel.meetngs.rate=0.1", "funnel.meetngs", "allowed: calls, meetings, wins; did you"),
    ("funnel.meetings.rate=7", "funnel.meetings.rate", "is out of range, got 7"),
    ("funnel.wins.rate=7", "funnel.wins.rate.mean", "is out of range, got 7"),
    ("funnel.calls.rate=0.1", "funnel.calls.rate", "not for the first stage"),
    ("name.first=x", "name.first", "is not a mapping"),
    ("name.first.second=x", "name", "is not a mapping"),
    ("name=2026", "name", "put it in quotes"),
    ("team={reps: 3", "team", "cannot be read"),
    ("team={reps: &a 3}", "team", "an anchor"),
    ("team={reps: 3, reps: 4}", "team", "duplicate key"),
    ("team.reps=", "team.reps", "must be a whole number"),
    ("start.open.3.count=3", "start.open", "must be a list"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "path", "said"), BAD_SET, ids=[row[0] for row in BAD_SET])
def test_a_bad_set_is_told_as_one(override: str, path: str, said: str) -> None:
    (found,) = problems(GOOD, (override,))
    assert (found.file, found.line, found.path) == ("--set", None, path)
    assert said in str(found)


def test_set_reaches_the_entries_of_lists_from_one() -> None:
    text = GOOD + "start: {open: [{stage: meetings, count: 2}, {stage: meetings, count: 3}]}\n"
    start = parse_scenario(text, overrides=["start.open.2.count=9"]).start
    assert start is not None
    assert [entry.count for entry in start.open] == [2, 9]
    (found,) = problems(text, ("start.open.3.count=9",))
    assert str(found) == "--set: start.open.3: no such entry; allowed: 1 to 2"


def test_what_a_created_section_lacks_is_told() -> None:
    found = problems(GOOD, ("market.sd=0.1",))
    assert [(problem.file, problem.path) for problem in found] == [
        ("--set", "market.persistence"),
        ("--set", "market.acts_on"),
    ]


def test_problems_of_file_and_set_are_told_together() -> None:
    found = problems(changed("rate: 0.02", "rate: 2"), ("team.reps=0", "funnel.x.rate=1"))
    assert [(problem.file, problem.path) for problem in found] == [
        ("--set", "funnel.x"),
        ("--set", "team.reps"),
        ("f.yaml", "funnel.meetings.rate"),
    ]


def test_paths_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trust-the-process").write_text(GOOD)
    assert load_scenario(tmp_path / "trust-the-process").name == "Base"
    canonical = load_scenario("trust-the-process")
    assert canonical.plan.calls_per_week == 500
    monkeypatch.chdir(tmp_path)
    assert load_scenario("trust-the-process").name == "Base", "a path that exists wins"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("trust-the-proces", "did you mean trust-the-process?"),
        ("nowhere/trust_the_process.yaml", "did you mean trust-the-process?"),
        ("zzz", "shipped are backward-from-100k, "),
        (".", "cannot read .: Is a directory"),
        ("a\x00b", "neither a file nor"),
        ("x" * 5000, "cannot read"),
    ],
)
def test_what_cannot_be_read(source: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        load_scenario(source)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    assert caught.value.exit_status == ExitStatus.IO


def test_shipped_scenarios_load_and_are_listed() -> None:
    listed = dict(shipped())
    assert {
        "trust-the-process",
        "backward-from-100k",
        "long-cycle",
        "real-team",
        "connected-calls",
    } <= listed.keys()
    assert all(listed.values())
    for name, about in listed.items():
        scenario = load_scenario(name)
        assert about == scenario.about
        assert parse_scenario(dump_yaml(scenario)) == scenario


_texts = st.text(max_size=30).map(lambda text: f"n{text}")


def _number(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[object]:
    sourced = st.fixed_dictionaries({"value": numbers}, optional={"source": _texts})
    return numbers | sourced


def _durations(low: int, high: int) -> st.SearchStrategy[str]:
    return st.floats(low, high).map(lambda days: f"{round(days, 3)}d")


_lags = st.one_of(
    _durations(0, 1300),
    st.integers(0, 1300),
    st.fixed_dictionaries({"median": _durations(1, 100), "p90": _durations(101, 1300)}, optional={"source": _texts}),
    st.fixed_dictionaries({"mean": _durations(1, 1300), "cv": _number(st.floats(0.01, 5))}),
    st.lists(_durations(0, 260), min_size=1, max_size=40).map(lambda values: {"values": values}),
)
_rates = st.floats(1e-9, 1) | st.fixed_dictionaries(
    {"mean": _number(st.floats(1e-9, 0.5))},
    optional={"rep_cv": _number(st.floats(0, 0.9)), "week_cv": st.floats(0, 5), "source": _texts},
)
_deals = st.one_of(
    st.floats(0.01, 1e9),
    st.fixed_dictionaries({"mean": st.floats(0.01, 1e9), "cv": st.floats(0.01, 5)}, optional={"source": _texts}),
    st.lists(st.floats(0.01, 1e9), min_size=1, max_size=30).map(lambda values: {"values": values}),
)
_steps = st.lists(st.tuples(_rates, _lags | st.none()), min_size=1, max_size=7)
_data = st.fixed_dictionaries(
    {"name": _texts, "steps": _steps, "deal": _deals},
    optional={
        "about": _texts,
        "plan": st.fixed_dictionaries({"calls_per_week": _number(st.integers(1, 65535))}),
        "run": st.fixed_dictionaries({}, optional={"seed": st.integers(0, 2**64 - 1)}),
        "calendar": st.fixed_dictionaries(
            {"days_per_week": st.integers(5, 7)}, optional={"hours_per_day": st.integers(1, 24)}
        ),
        "strategies": st.dictionaries(
            st.from_regex("[a-z ]{1,9}[a-z]", fullmatch=True), st.just({}), min_size=1, max_size=3
        ),
    },
)


def _valid(drawn: dict[str, object]) -> Scenario:
    steps = drawn.pop("steps")
    assert isinstance(steps, list)
    funnel: list[dict[str, object]] = [{"stage": "calls"}]
    funnel += [{"stage": f"step {i}", "rate": rate, "lag": lag} for i, (rate, lag) in enumerate(steps)]
    return validate({"simcore": 1, "funnel": funnel, **drawn})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example({"name": "three digits after a dot", "steps": [(1.0, None)], "deal": 1.125})
@given(_data)
def test_what_is_written_reads_back(drawn: dict[str, object]) -> None:
    scenario = _valid(drawn)
    assert validate(scenario.resolved()) == scenario
    assert parse_scenario(dump_yaml(scenario)) == scenario


_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]))
)
_trees = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc: #-,[]{}\"'é👩", min_size=1), inner, max_size=4)
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("xyz0no", min_size=1), _trees, min_size=1, max_size=4))
def test_any_data_reads_back(data: dict[str, object]) -> None:
    text = write(data)
    tree = read(text, "x")
    assert tree.data == data
    assert not tree.found


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("{}[]:,-#&*!|>'\"%@` \n\t0ax.?~<é\u2028\x85\r"), max_size=60))
def test_any_text_is_read_or_refused_cleanly(text: str) -> None:
    with pytest.raises(ScenarioError):
        parse_scenario(text)


def test_the_examples_of_the_documentation_are_valid() -> None:
    page = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```yaml\n")[1:]]
    assert blocks.pop(9).startswith("knowledge: {draws: ")
    example, dates, country, months, people, markets, season, precision, known, *more = blocks
    start, flow, coached, needing, pressure = more
    assert parse_scenario(example, "docs").team.reps == 2
    assert [person.calls(500) for person in parse_scenario(people, "docs").team.people or ()] == [
        500,
        500,
        350,
        300,
        500,
    ]
    cold = re.sub("^market:.*\n", "", example.replace(", warmup_weeks: 26", ""), flags=re.MULTILINE)
    moves = [parse_scenario(cold + line, "docs").market for line in markets.splitlines()]
    assert [market and (market.persistence, market.start is not None) for market in moves] == [
        (0.9, False),
        (1, False),
        (0.9, True),
        (1, True),
    ]
    undated = re.sub("^(calendar|horizon):.*\n", "", example, flags=re.MULTILINE)
    assert parse_scenario(undated + dates, "docs").horizon.weeks == 52
    assert len(parse_scenario(undated + country, "docs").calendar.holidays) > 8
    fiscal = parse_scenario(re.sub("^quota:.*\n", "", undated, flags=re.MULTILINE) + months, "docs").calendar
    assert (fiscal.months, fiscal.fiscal_year) == ("real", "february")
    seasonal = parse_scenario(re.sub("^quota:.*\n", "", undated, flags=re.MULTILINE) + season, "docs")
    assert list(seasonal.season or ()) == ["meetings"]
    assert seasonal.quota is not None
    assert seasonal.quota.pace == "season"
    unsure = re.sub("^funnel:.*?\n\n", "", example, flags=re.DOTALL | re.MULTILINE) + known
    rates = [stage.rate for stage in parse_scenario(unsure, "docs").funnel]
    assert [rate is not None and rate.law is not None for rate in rates] == [False, True, False, True]
    opened = parse_scenario(example.replace(", warmup_weeks: 26", "") + start, "docs").start
    assert opened is not None
    assert len(opened.open) == 3
    flowing = parse_scenario(example + "calendar: {start: 2026-10-05}\n" + flow.replace("leads", "meetings"), "docs")
    assert [inflow.to for inflow in flowing.inflow] == ["team", "seat"]
    precise = parse_scenario(re.sub("^run:.*\n", "", example, flags=re.MULTILINE) + precision, "docs").run
    assert list(precise.precision or ()) == ["revenue", "p_quota", "p_zero:quarter", "q05:year", "sd:week"]
    manager = parse_scenario(coached, "docs").manager
    assert manager is not None
    assert (manager.slots, manager.rule) == (2, "process")
    assert list(parse_scenario(needing, "docs").funnel[2].needs or ()) == ["decision_maker"]
    assert list(parse_scenario(pressure, "docs").strategy.drives) == ["urgency", "fatigue"]


def test_the_documentation_names_every_key() -> None:
    page = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
    definitions = Scenario.model_json_schema()["$defs"].values()
    keys = {key for definition in definitions for key in definition.get("properties", {})} | set(Scenario.model_fields)
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()
