"""Varied values: what `--vary` says, and the scenarios of a grid."""

from __future__ import annotations

import pytest

from simcore.analytic.run_cost import bill_of_runs
from simcore.base.errors import ScenarioError
from simcore.scenario.model import Duration, FixedLag, with_strategy
from simcore.scenario_files.vary import (
    MAX_CELLS,
    Range,
    check_strategies,
    grid,
    is_whole,
    parse_range,
    parse_vary,
    points,
    set_values,
)
from tests.support.paired_worlds import two


def refusal(error: pytest.ExceptionInfo[ScenarioError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("team.reps=5:20:4", "team.reps", [5, 10, 15, 20]),
        (" team.reps = 5 : 20 : 2 ", "team.reps", [5, 20]),
        ("a=0.1:0.7:7", "a", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ("a=-1:1:3", "a", [-1, 0, 1]),
        ("a=0:1:4", "a", [0, 1 / 3, 2 / 3, 1]),
        ("a=1e-3:2e-3:3", "a", [0.001, 0.0015, 0.002]),
        ("a=10d:40d:4", "a", ["10d", "20d", "30d", "40d"]),
        ("a=0h:1h:3", "a", ["0h", "0.5h", "1h"]),
        ("a=3,1,2.5", "a", [3, 1, 2.5]),
        ("a=10d, 4w", "a", ["10d", "4w"]),
        ("decides=day,week", "decides", ["day", "week"]),
        ("a=7", "a", [7]),
    ],
)
def test_values_are_read(text: str, path: str, values: list[float | str]) -> None:
    assert parse_vary(text) == (path, values)


@pytest.mark.parametrize(
    "text",
    [
        *("team.reps", "team.reps=", "=1:2:3", "a=1:2", "a=1:2:3:4", "a=1:2:1", "a=1:2:x", "a=1:2:2.5", "a=2:1:3"),
        *("a=1:1:3", "a=1d:2:3", "a=1d:2w:3", "a=x:y:3", "a=1:nan:3", "a=inf:2:3", "a=1,,2", "a=1:2:100000000"),
        *("a=1:1e999:3", "a=1:\u0662:3", f"a=1:{'9' * 60}:3"),
    ],
)
def test_what_is_no_list_of_values_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|number of points|ends of a range|unit|first|empty"):
        parse_vary(text)


def test_a_range_has_two_ends() -> None:
    assert parse_range("funnel.wins.lag=10d:40d") == ("funnel.wins.lag", Range(10, 40, "d"))
    for text in ("a=1:2:3", "a=1", "a=2:1", "a=1,2"):
        with pytest.raises(ValueError, match=r"is not path=lo:hi|first"):
            parse_range(text)


def test_values_are_set_as_the_option_set_does() -> None:
    changed = set_values(two(), {"team.reps": 7, "funnel.meetings.rate": 0.3, "funnel.wins.lag": "10d"})
    assert changed.team.reps == 7
    assert changed.funnel[1].rate is not None
    assert changed.funnel[1].rate.mean == 0.3
    assert changed.funnel[3].lag == FixedLag(fixed=Duration(10, "d"))


def test_a_changed_scenario_is_otherwise_the_same() -> None:
    given = two(funnel=[{"stage": "calls"}, {"stage": "wins", "rate": {"mean": 0.1, "week_cv": 0.2}, "lag": "1w"}])
    assert set_values(given, {"team.reps": 2}) == given
    assert set_values(given, {"funnel.wins.rate": 0.1}) == given


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("team.rep", 5, ["team.rep", "did you mean team.reps?"]),
        ("funnel.meetngs.rate", 0.1, ["funnel.meetngs", "did you mean funnel.meetings.rate?"]),
        ("funnel.meetings.rate", 1.5, ["funnel.meetings.rate", "got 1.5", "to 1"]),
        ("team.reps", 2.5, ["team.reps", "whole number", "got 2.5"]),
        ("funnel.meetings.rate.rep_cv", 9, ["at funnel.meetings.rate.rep_cv=9"]),
    ],
)
def test_a_point_that_is_not_allowed_is_told_with_path_and_value(path: str, value: float, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        grid(two(), {path: [value]}, ["process"])
    (line,) = refusal(error)
    assert line.startswith("--vary: ")
    assert f"at {path}={value}" in line
    for word in words:
        assert word in line


def test_a_wrong_path_is_told_once_and_wrong_values_each() -> None:
    with pytest.raises(ScenarioError) as error:
        grid(two(), {"team.rep": [1, 2, 3]}, ["process"])
    assert len(refusal(error)) == 1
    with pytest.raises(ScenarioError) as error:
        grid(two(), {"funnel.wins.rate": [1.5, 0.5, 2]}, ["process"])
    assert [line.partition("got ")[2][:3] for line in refusal(error)] == ["1.5", "2; "]
    with pytest.raises(ScenarioError) as error:
        grid(two(), {"team.reps": list(range(-50, 0))}, ["process"])
    assert len(refusal(error)) == 10


def test_the_grid_has_every_point_and_strategy() -> None:
    vary: dict[str, list[float | str]] = {"team.reps": [1, 2], "funnel.wins.rate": [0.1, 0.2, 0.3]}
    rows = grid(two(), vary, ["pressure", "process"])
    assert [[each.run.strategy for each in row] for row in rows] == [["pressure", "process"]] * 6
    rates = [row[0].funnel[3].rate for row in rows]
    seen = [(row[0].team.reps, rate.mean) for row, rate in zip(rows, rates, strict=True) if rate is not None]
    assert seen == [(1, 0.1), (1, 0.2), (1, 0.3), (2, 0.1), (2, 0.2), (2, 0.3)]
    assert [tuple(point.values()) for point in points(vary)] == seen


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({}, "no path is varied"),
        ({"run.seed": [1, 2]}, "cannot be varied"),
        ({"run.strategy": ["process", "pressure"]}, "cannot be varied"),
        ({"name": ["a", "b"]}, "changes nothing"),
        ({"strategies.patience.decides": ["day", "week"]}, "changes nothing"),
        ({"team.reps": [1, 2], "name": ["a", "b"]}, "changes nothing"),
        ({"team.reps": []}, "must have values"),
        ({"team.reps": [1, 1]}, "each once"),
        ({"team.reps": list(range(1, MAX_CELLS + 2))}, "too many"),
    ],
)
def test_a_grid_that_answers_nothing_is_refused(vary: dict[str, list[float | str]], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        grid(two(), vary, ["process"])


def test_whole_numbers_are_known() -> None:
    given = two(deal={"fixed": 1000})
    assert is_whole(given, "team.reps", 3)
    assert is_whole(given, "plan.calls_per_week", 3)
    assert not is_whole(given, "funnel.meetings.rate", 1)
    assert not is_whole(given, "funnel.wins.lag", "3d")
    assert not is_whole(given, "deal.fixed", 3)
    assert not is_whole(given, "deal", 3)


def test_strategies_are_known_by_name() -> None:
    assert with_strategy(two(), "pressure").run.strategy == "pressure"
    with pytest.raises(ScenarioError, match=r"got presure; .*did you mean pressure\?"):
        with_strategy(two(), "presure")
    with pytest.raises(ScenarioError, match="named twice"):
        check_strategies(two(), ["process", "process"])


def test_the_cost_of_all_runs_is_limited() -> None:
    each = 256 * 2 * 52
    bill_of_runs([two(), two()], 1).check(2 * each)
    with pytest.raises(ScenarioError, match=f"{4 * each:,} rep-weeks.*--no-limit"):
        bill_of_runs([two(), two()], 1, times=2).check(4 * each - 1)
