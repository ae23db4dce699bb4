"""Draws of parameters from files: what they say, and what nobody should have put into them."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from simcore.base.drawn import Drawn, DrawsTable
from simcore.base.errors import Problem, ScenarioError
from simcore.cli.main import app
from simcore.results_folders.manifest import DRAWS, SCENARIO
from simcore.results_folders.verification import verify
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import validate
from simcore.scenario_files.draws_file import MAX_ROWS
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario
from simcore.scenario_files.vary import set_values

TEXT = """simcore: 1
name: Drawn
team: {reps: 2}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: 2%, lag: 2d}
  - {stage: offers, rate: {mean: 0.2, source: CRM}, lag: {median: 1w, p90: 3w}}
  - {stage: wins, rate: {mean: {value: 0.5, source: CRM}}, lost_lag: {mean: 2w, cv: 1}}
deal: {mean: 10000, cv: 0.5}
inflow: {stage: meetings, per_week: 3}
market: {sd: 0.1, persistence: 0.9, acts_on: [wins], start: 0.9}
knowledge: {draws: d.csv}
run: {replications: 20}
"""
ROWS = """funnel.meetings.rate,funnel.wins.rate.mean,funnel.offers.lag.median,deal.mean,market.start,inflow.1.per_week
0.02,0.4,4,9000,0.8,2
0.03,0.6,6.5,1.1e4,1.1,4
"""


def written(folder: Path, rows: str | bytes = ROWS, text: str = TEXT, name: str = "d.csv") -> Path:
    raw = rows.encode() if isinstance(rows, str) else rows
    (folder / name).write_bytes(raw)
    (folder / "team.yaml").write_text(text.replace("d.csv", name))
    return folder / "team.yaml"


def problems(path: Path, *changes: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path, changes)
    return raised.value.problems


def said(path: Path, *changes: str) -> str:
    return "\n".join(map(str, problems(path, *changes)))


def parquet(folder: Path, columns: dict[str, object], text: str = TEXT) -> Path:
    pq.write_table(pa.table(columns), folder / "d.parquet")
    (folder / "team.yaml").write_text(text.replace("d.csv", "d.parquet"))
    return folder / "team.yaml"


def test_a_table_beside_the_scenario_stands_in_the_places_of_its_numbers(tmp_path: Path) -> None:
    given = load_scenario(written(tmp_path))
    assert list(given.drawn) == [
        "funnel.meetings.rate", "funnel.offers.lag.median", "funnel.wins.rate.mean", "deal.mean", "market.start",
        "inflow.1.per_week",
    ]  # fmt: skip
    rate = given.funnel[1].rate
    assert rate is not None
    assert isinstance(rate.mean, Drawn)
    assert rate.mean.column.tolist() == [0.02, 0.03]
    assert float(rate.mean) == 0.025
    assert given.knowledge is not None
    assert given.knowledge.rows == 2
    wins = given.funnel[3].rate
    assert wins is not None
    assert wins.source_of("mean") == "CRM"


def test_csv_and_parquet_say_the_same_and_what_is_written_reads_back(tmp_path: Path) -> None:
    of_csv = load_scenario(written(tmp_path))
    table = of_csv.knowledge
    assert table is not None
    of_parquet = load_scenario(parquet(tmp_path, {name: pa.array(column) for name, column in table.columns.items()}))
    assert of_parquet == of_csv
    assert scenario_digest(of_parquet) == scenario_digest(of_csv)
    assert DrawsTable("x", {name: table.columns[name] for name in reversed(table.columns)}).sha256 == table.sha256
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / DRAWS).write_text(table.text)
    (folder / SCENARIO).write_text(dump_yaml(of_csv, draws=DRAWS))
    again = load_scenario(folder / SCENARIO)
    assert again == of_csv
    assert "mean: 2%" in (folder / SCENARIO).read_text()
    assert validate(of_csv.resolved()) == of_csv


def test_a_results_folder_keeps_the_rows_and_reads_back(tmp_path: Path) -> None:
    path = written(tmp_path)
    given = load_scenario(path)
    done = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "results")])
    assert done.exit_code == 0, done.output
    again = load_scenario(tmp_path / "results" / SCENARIO)
    assert again == given
    assert (tmp_path / "results" / DRAWS).read_text() == given.knowledge.text  # type: ignore[union-attr]
    (tmp_path / "results" / DRAWS).write_text(given.knowledge.text.replace("0.03", "0.031"))  # type: ignore[union-attr]
    assert any(DRAWS in problem for problem in verify(tmp_path / "results"))


def test_a_number_that_is_set_takes_the_place_of_its_column(tmp_path: Path) -> None:
    path = written(tmp_path)
    given = load_scenario(path)
    for changed in (
        load_scenario(path, "funnel.meetings.rate=0.05"),
        set_values(given, {"funnel.meetings.rate": 0.05}),
    ):
        assert "funnel.meetings.rate" not in changed.drawn
        assert "funnel.meetings.rate" not in changed.knowledge.columns  # type: ignore[union-attr]
        assert changed.funnel[1].rate.mean == 0.05  # type: ignore[union-attr]
        assert load_scenario(changed, "team.reps=3").funnel[1].rate.mean == 0.05  # type: ignore[union-attr]
    without = load_scenario(path, "funnel.offers.lag=3d")
    assert "funnel.offers.lag.median" not in without.drawn
    assert load_scenario(path, "funnel.wins.rate.rep_cv=0.2").drawn.keys() == given.drawn.keys()
    assert load_scenario(path, "knowledge=null").drawn == {}
    digests = {scenario_digest(each) for each in (given, without, load_scenario(path, "funnel.meetings.rate=0.05"))}
    assert len(digests) == 3
    one = written(tmp_path, "market.sd\n0.1\n0.2\n")
    assert load_scenario(one, "market.sd=0.15").knowledge is None


def test_what_a_file_says_without_its_rows_does_not_count(tmp_path: Path) -> None:
    path = written(tmp_path)
    other = TEXT.replace("rate: 2%", "rate: 3%")
    assert scenario_digest(load_scenario(path)) == scenario_digest(load_scenario(written(tmp_path, ROWS, other)))
    changed = written(tmp_path, ROWS.replace("0.03", "0.031"))
    digest = scenario_digest(load_scenario(changed))
    assert digest != scenario_digest(load_scenario(written(tmp_path)))


def test_a_stated_sum_is_held(tmp_path: Path) -> None:
    table = load_scenario(written(tmp_path)).knowledge
    assert table is not None
    stated = TEXT.replace("{draws: d.csv}", f"{{draws: d.csv, sha256: {table.sha256}}}")
    assert load_scenario(written(tmp_path, ROWS, stated)).knowledge == table
    (problem,) = problems(written(tmp_path, ROWS.replace("0.03", "0.031"), stated))
    assert problem.message == "d.csv does not say what it said when its SHA-256 was written down"
    assert (problem.path, problem.line) == ("knowledge.draws", 12)


HEAD = "funnel.meetings.rate,market.sd\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (HEAD + "0.02,0.1\n1.2,0.1\n", "d.csv:3: funnel.meetings.rate: is out of range, got 1.2; allowed: above 0"),
        (HEAD + "0.02,0.1\n0,0.1\n", "d.csv:3: funnel.meetings.rate: is out of range, got 0; allowed: above 0 to 1"),
        (HEAD + "0.02,\n", "d.csv:2:2: market.sd: is missing"),
        (HEAD + "0.02,0.1\nx,0.1\n", "d.csv:3:1: funnel.meetings.rate: must be a number, got \"x\""),
        (HEAD + "nan,0.1\n", "d.csv:2:1: funnel.meetings.rate: must be a number, got \"nan\""),
        (HEAD + "=1,0.1\n", "d.csv:2:1: funnel.meetings.rate: must be a number, got \"=1\""),
        (HEAD + "0.02\n", "d.csv:2: has 1 cells, the first line 2"),
        (HEAD, "d.csv: has no rows"),
        ("", "d.csv: is empty; its first line names the columns"),
        ("team.reps\n3\n", "d.csv:1: team.reps: is a number that all worlds share; allowed: "),
        ("funnel.wins.rate.rep_cv\n0.3\n", "funnel.wins.rate.rep_cv: is a number that all worlds share"),
        ("funnel.meeting.rate\n0.3\n", "is no number of this scenario that draws can have; allowed: "),
        ("funnel.wins.rate,funnel.wins.rate.mean\n.3,.3\n", "wins.rate.mean: is the number of funnel.wins.rate too"),
        ("market.sd,market.sd\n.3,.3\n", "d.csv:1:2: names a column twice, got market.sd"),
        ("funnel.offers.lag.median\n4\n16\n", "team.yaml:12:12: knowledge: has a p90 of funnel.offers.lag in row 2"),
        ("funnel.meetings.lag\n4\n1400\n", "a fixed of funnel.meetings.lag in row 2 that is longer than five years"),
        (b"market.sd\n\xff\n", "d.csv:2: is not UTF-8 text; save it as CSV in UTF-8"),
        (b"market.sd\n\0\n", "d.csv:2:1: holds a NUL character"),
        ('market.sd\n"0.1\n', "has quotes that do not close, or close within a cell"),
    ],
)  # fmt: skip
def test_hostile_tables_are_refused_with_their_place(tmp_path: Path, rows: str | bytes, says: str) -> None:
    assert says in said(written(tmp_path, rows))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"market.sd": pa.array([0.1, None])}, "d.parquet:3: market.sd: is missing"),
        ({"market.sd": pa.array([0.1, np.inf])}, "d.parquet:3: market.sd: must be finite"),
        ({"market.sd": pa.array(["0.1"])}, "d.parquet: market.sd: must be a column of numbers, got string"),
        ({"market.sd": pa.array([True])}, "must be a column of numbers, got bool"),
        ({}, "d.parquet: has no columns"),
    ],
)
def test_parquet_files_that_are_no_tables_of_numbers_are_refused(
    tmp_path: Path, columns: dict[str, object], says: str
) -> None:
    assert says in said(parquet(tmp_path, columns))


def test_a_million_rows_are_refused_at_once(tmp_path: Path) -> None:
    begin = time.perf_counter()
    many = said(parquet(tmp_path, {"market.sd": pa.array(np.full(1_000_000, 0.1))}))
    assert f"d.parquet: has 1,000,000 rows or more; allowed: up to {MAX_ROWS:,}" in many
    assert "rows or more" in said(written(tmp_path, "market.sd\n" + "0.1\n" * 1_000_000))
    assert time.perf_counter() - begin < 3.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("knowledge=d.csv", "knowledge: does not name a file of draws; allowed: {draws: team.draws.parquet}"),
        ("knowledge.draws=../d.csv", "knowledge.draws: names no draws beside the scenario, got ../d.csv"),
        ("knowledge.draws=e.csv", "knowledge.draws: cannot read e.csv: no such file or directory"),
        ("knowledge.sha256=7", "knowledge.sha256: must be a text"),
        ("referrals.per_win=0.1", "has rows for the rate of wins: with referrals a chain of them might not end"),
        ("start={open: [{stage: meetings, age: 1d}]}", "rows for funnel.offers.lag, and items of meetings that are"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, change: str, says: str) -> None:
    assert says in said(written(tmp_path), change)


def test_counts_in_the_file_and_rows_of_the_same_rate_are_refused(tmp_path: Path) -> None:
    text = TEXT.replace("rate: 2%", "rate: {successes: 1, trials: 50}")
    assert "funnel.meetings.rate: is not given by a number in the scenario" in said(written(tmp_path, ROWS, text))


def test_data_without_a_file_are_not_taken_for_draws() -> None:
    plain = parse_scenario(TEXT.replace("knowledge: {draws: d.csv}\n", "")).resolved()
    with pytest.raises(ScenarioError, match="names draws that were not read"):
        validate(plain | {"knowledge": {"draws": "d.csv"}})
