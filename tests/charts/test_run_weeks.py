"""Pictures of weeks hold what the rows of the run hold: counted again from the Parquet file, one by one."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from simcore.charts.documents import pictures_of
from simcore.charts.picture import Number, Picture
from simcore.cli.main import app
from simcore.results.summary import Summary
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

REPS, WEEKS, WORLDS = 3, 52, 40
CHANGES = {"team.reps": REPS, "horizon.weeks": WEEKS, "run.replications": WORLDS, "run.seed": 5}


def numbers(picture: Picture, column: int) -> list[float]:
    """Return the first number of each cell of a column."""
    return [next(part.value for part in row[column] if isinstance(part, Number)) for row in picture.table.rows]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Picture], dict[tuple[int, int, int], float]]:
    """Return the pictures of a run, and its revenue by world, rep and week as its folder has it."""
    out: Path = tmp_path_factory.mktemp("run") / "out"
    options = [part for path, value in CHANGES.items() for part in ("--set", f"{path}={value}")]
    done = CliRunner().invoke(app, ["run", "real-team", *options, "--out", str(out), "--detail", "rep-week", "-q"])
    assert done.exit_code == 0, done.stderr
    rows = pq.read_table(out / "rep-weeks").to_pylist()
    revenue = {(row["replication"], row["rep"], row["week"]): row["cents_close"] / 100.0 for row in rows}
    summary = Summary.model_validate_json((out / "summary.json").read_text(encoding="utf-8"))
    pictures = pictures_of(summary, load_scenario("real-team", CHANGES))
    return {picture.name: picture for picture in pictures}, revenue


def test_weeks_are_those_of_the_first_rep(
    run: tuple[dict[str, Picture], dict[tuple[int, int, int], float]],
) -> None:
    pictures, revenue = run
    reps, weeks = sorted({key[1] for key in revenue}), sorted({key[2] for key in revenue})
    shown = numbers(pictures["weeks"], 2)
    assert shown == [revenue[world, reps[0], week] for world in (0, 1) for week in weeks]
    empty = [value == 0.0 for value in shown]
    longest = max((len(list(group)) for value, group in itertools.groupby(empty) if value), default=0)
    assert f"{sum(empty)} of them without a win, {longest} in a row" in pictures["weeks"].says


def test_the_way_to_quota_is_what_came_by_each_week(
    run: tuple[dict[str, Picture], dict[tuple[int, int, int], float]],
) -> None:
    pictures, revenue = run
    first = min(key[2] for key in revenue)
    so_far: dict[int, list[float]] = defaultdict(list)
    for world, rep in {key[:2] for key in revenue}:
        for quarter in range(WEEKS // 13):
            total = 0.0
            for week in range(13):
                total += revenue[world, rep, first + 13 * quarter + week]
                so_far[week].append(total)
    middle = [statistics.median(so_far[week]) for week in range(13)]
    assert numbers(pictures["way"], 3) == pytest.approx(middle)
    twentieths = [statistics.quantiles(so_far[week], n=20, method="inclusive") for week in range(13)]
    assert numbers(pictures["way"], 1) == pytest.approx([each[0] for each in twentieths])
    assert numbers(pictures["way"], 5) == pytest.approx([each[-1] for each in twentieths])


def test_ends_of_quarters_are_counted(run: tuple[dict[str, Picture], dict[tuple[int, int, int], float]]) -> None:
    pictures, revenue = run
    first = min(key[2] for key in revenue)
    quarters: dict[tuple[int, int, int], float] = defaultdict(float)
    for (world, rep, week), value in revenue.items():
        quarters[world, rep, (week - first) // 13] += value
    lows, highs, counts = (numbers(pictures["ends"], column) for column in (0, 1, 3))
    for low, high, count in zip(lows, highs, counts, strict=True):
        assert sum(low <= round(value, 2) < high for value in quarters.values()) == count
    assert sum(counts) == len(quarters) == WORLDS * REPS * WEEKS // 13
    assert 130_000.0 in lows, "the quota is an edge"
