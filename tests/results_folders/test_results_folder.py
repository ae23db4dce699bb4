"""The folder of results: whole or absent, described by its manifest, readable by others."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from simcore.base.errors import FileError
from simcore.results.rep_weeks import column_names
from simcore.results.summary import Summary
from simcore.results_folders import results_folder as results_file
from simcore.results_folders.results_folder import (
    read_rep_weeks,
    rep_week_schema,
    rep_week_table,
    verify,
)
from simcore.scenario_files.scenario_file import parse_scenario
from tests.support import results_folders
from tests.support.results_folders import (
    DIGEST,
    REPS,
    RESULT,
    SCENARIO,
    SEED,
    VERSION,
    WEEKS,
    block,
    content,
    manifest,
    names,
    open_folder,
    summary,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make row groups of 16 rows and parts of 32."""
    monkeypatch.setattr(results_file, "ROW_GROUP_ROWS", 16)
    monkeypatch.setattr(results_file, "PART_ROWS", 32)


def write_and_raise(path: Path) -> None:
    def run() -> None:
        with open_folder(path) as folder:
            folder.write_rep_weeks(block(0, 5))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()


# What is written


@pytest.mark.usefixtures("small_parts")
def test_a_run_is_written_and_read_back(tmp_path: Path) -> None:
    assert write(tmp_path / "out") == tmp_path / "out"
    assert names(tmp_path / "out") == RESULT
    table = read_rep_weeks(tmp_path / "out")
    schema = rep_week_schema(SCENARIO, digest=DIGEST, seed=SEED, version=VERSION)
    assert table.equals(rep_week_table(block(0, 10), schema), check_metadata=True)
    assert verify(tmp_path / "out") == []
    told = manifest(tmp_path / "out")
    assert (told.complete, told.replications, told.rows) == (True, 10, 120)
    assert (told.digest, told.seed, told.version) == (DIGEST, SEED, VERSION)
    assert [entry.rows for entry in told.files] == [32, 32, 32, 24, None, None]
    assert names(tmp_path / "out" / "rep-weeks") == [f"part-{number:05d}.parquet" for number in range(4)]
    assert Summary.model_validate_json((tmp_path / "out" / "summary.json").read_bytes()) == summary(10)


def test_rows_are_in_the_right_place() -> None:
    schema = rep_week_schema(SCENARIO, digest=DIGEST, seed=SEED, version=VERSION)
    given = block(7, 2)
    rows = rep_week_table(given, schema).to_pylist()
    assert len(rows) == 2 * REPS * WEEKS
    for row in rows:
        place = (row["replication"] - 7, row["rep"] - 1, row["week"] - 1)
        assert [row["calls"], row["meetings"], row["wins"]] == given.counts[place].tolist()
        assert row["cents_origin"] == given.cents_origin[place]
        assert row["cents_close"] == given.cents_close[place]
    assert len({(row["replication"], row["rep"], row["week"]) for row in rows}) == len(rows)


def test_columns_are_typed_and_have_units() -> None:
    schema = rep_week_schema(SCENARIO, digest=DIGEST, seed=SEED, version=VERSION)
    assert {field.name: str(field.type) for field in schema} == {
        "replication": "int64",
        "rep": "int32",
        "week": "int32",
        "calls": "int64",
        "meetings": "int64",
        "wins": "int64",
        "cents_origin": "int64",
        "cents_close": "int64",
    }
    assert all(not field.nullable and field.metadata[b"unit"] for field in schema)
    assert schema.field("calls").metadata[b"stage"] == b"Calls"
    assert b"EUR" in schema.field("cents_close").metadata[b"unit"]
    assert schema.metadata[b"simcore.digest"] == DIGEST.encode()
    assert schema.metadata[b"simcore.seed"] == str(SEED).encode()
    assert schema.metadata[b"simcore.version"] == VERSION.encode()


@pytest.mark.usefixtures("small_parts")
def test_what_is_written_does_not_depend_on_the_blocks(tmp_path: Path) -> None:
    write(tmp_path / "a", (10,))
    write(tmp_path / "b", (1, 2, 3, 1, 1, 2))
    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.usefixtures("small_parts")
def test_the_parts_are_a_dataset_for_other_readers(tmp_path: Path) -> None:
    write(tmp_path / "out")
    dataset = ds.dataset(tmp_path / "out" / "rep-weeks", format="parquet")
    assert dataset.count_rows() == 120
    assert dataset.to_table(filter=ds.field("week") == WEEKS).num_rows == 30
    part = pq.ParquetFile(tmp_path / "out" / "rep-weeks" / "part-00000.parquet")
    chunk = part.metadata.row_group(0).column(0)
    assert (part.metadata.num_row_groups, chunk.compression) == (2, "ZSTD")


def test_the_scenario_is_kept_whole(tmp_path: Path) -> None:
    write(tmp_path / "out")
    text = (tmp_path / "out" / "scenario.yaml").read_text(encoding="utf-8")
    assert parse_scenario(text) == SCENARIO


def test_without_rep_weeks_there_is_no_parquet(tmp_path: Path) -> None:
    with open_folder(tmp_path / "deep" / "out") as folder:
        folder.finish(summary(10), complete=True)
    assert names(tmp_path / "deep" / "out") == ["manifest.json", "scenario.yaml", "summary.json"]
    assert verify(tmp_path / "deep" / "out") == []
    assert manifest(tmp_path / "deep" / "out").replications == 10
    with pytest.raises(FileError, match="holds no rep-weeks"):
        read_rep_weeks(tmp_path / "deep" / "out")


@pytest.mark.parametrize(
    ("stages", "columns"),
    [
        (("a", "A", "a_2"), ("a", "a_2", "a_2_2")),
        (("week", "Rep", "cents close"), ("week_2", "rep_2", "cents_close_2")),
        (("\u4f1a\u8bae", "1st", "\u00e9t\u00e9!"), ("stage_1", "stage_1st", "ete")),
    ],
)
def test_column_names_are_safe_and_unique(stages: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert column_names(stages) == columns


def test_wrong_blocks_are_refused(tmp_path: Path) -> None:
    with open_folder(tmp_path / "out") as folder:
        with pytest.raises(ValueError, match="expected replication 0, got 1"):
            folder.write_rep_weeks(block(1, 1))
        with pytest.raises(ValueError, match="shapes do not fit"):
            folder.write_rep_weeks(block(0, 2)._replace(cents_close=np.zeros((2, 3), dtype=np.int64)))
        with pytest.raises(ValueError, match="2 stages, the schema 3"):
            folder.write_rep_weeks(block(0, 2)._replace(counts=np.zeros((2, REPS, WEEKS, 2), dtype=np.int64)))
        folder.write_rep_weeks(block(0, 2))
        with pytest.raises(ValueError, match="the summary has 3"):
            folder.finish(summary(3), complete=True)
    assert "manifest.json" not in names(tmp_path / "out")


# Which folders are taken


def test_results_are_not_replaced_unless_asked(tmp_path: Path) -> None:
    write(tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(FileError, match=r"holds results: .* --overwrite"):
        open_folder(tmp_path / "out")
    assert content(tmp_path / "out") == before
    (tmp_path / "out" / "notes.txt").write_text("mine")
    write(tmp_path / "out", overwrite=True, world=1)
    assert names(tmp_path / "out") == sorted([*RESULT, "notes.txt"])
    assert verify(tmp_path / "out") == []
    assert content(tmp_path / "out") != before


def test_replacing_with_fewer_files_leaves_none_of_the_old(tmp_path: Path) -> None:
    write(tmp_path / "out")
    with open_folder(tmp_path / "out", overwrite=True) as folder:
        folder.finish(summary(1), complete=True)
    assert names(tmp_path / "out") == ["manifest.json", "scenario.yaml", "summary.json"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["thesis.doc", "summary.json", "rep-weeks/mine.txt"])
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, name: str, overwrite: bool) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    before = content(tmp_path)
    with pytest.raises(FileError, match="not simcore's"):
        open_folder(tmp_path, overwrite=overwrite)
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", ["rep-weeks/mine.txt", "unfinished/mine.txt", "rep-weeks/link"])
def test_foreign_files_in_our_folders_are_never_removed(tmp_path: Path, name: str) -> None:
    write(tmp_path / "out")
    (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
    if name.endswith("link"):
        (tmp_path / "out" / name).symlink_to(tmp_path)
    else:
        (tmp_path / "out" / name).write_text("mine")
    before = content(tmp_path / "out")
    with pytest.raises(FileError, match=name):
        open_folder(tmp_path / "out", overwrite=True)
    assert content(tmp_path / "out") == before
    assert len(verify(tmp_path / "out")) == (0 if name.startswith("unfinished") else 1)


@pytest.mark.parametrize("name", ["rep-weeks", "unfinished"])
def test_links_in_the_place_of_our_folders_are_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "part-00000.parquet").write_text("mine")
    with open_folder(tmp_path / "out") as folder:
        folder.finish(summary(1), complete=True)
    (tmp_path / "out" / name).symlink_to(tmp_path / "precious")
    with pytest.raises(FileError, match=name):
        open_folder(tmp_path / "out", overwrite=True)
    assert names(tmp_path / "precious") == ["part-00000.parquet"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(FileError, match=r"cannot use as a results folder .*out: file exists"):
        open_folder(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_two_runs_cannot_share_a_folder(tmp_path: Path) -> None:
    with open_folder(tmp_path / "out"), pytest.raises(FileError, match="another run is writing"):
        open_folder(tmp_path / "out", overwrite=True)


# Interrupted, failed and killed runs


def test_an_interrupted_run_is_kept_and_marked(tmp_path: Path) -> None:
    assert write(tmp_path / "out", (4,), complete=False) == tmp_path / "out"
    told = manifest(tmp_path / "out")
    assert (told.complete, told.replications, told.rows) == (False, 4, 48)
    assert verify(tmp_path / "out") == []
    assert write(tmp_path / "out", (5,), complete=False, overwrite=True) == tmp_path / "out"
    assert manifest(tmp_path / "out").replications == 5


def test_an_interrupted_run_does_not_replace_a_complete_one(tmp_path: Path) -> None:
    write(tmp_path / "out")
    before = content(tmp_path / "out")
    kept = write(tmp_path / "out", (4,), complete=False, overwrite=True, world=1)
    assert kept == tmp_path / "out" / "unfinished"
    assert verify(kept) == []
    assert before.items() <= content(tmp_path / "out").items()
    write(tmp_path / "out", (4,), overwrite=True, world=1)
    assert names(tmp_path / "out") == RESULT


@pytest.mark.usefixtures("small_parts")
def test_an_exception_leaves_whole_parts_and_no_manifest(tmp_path: Path) -> None:
    write_and_raise(tmp_path / "out")
    assert list(content(tmp_path / "out")) == ["unfinished/rep-weeks/part-00000.parquet"]
    assert pq.read_metadata(tmp_path / "out" / "unfinished" / "rep-weeks" / "part-00000.parquet").num_rows == 32
    with pytest.raises(FileError, match=r"holds an unfinished run: .* --overwrite"):
        open_folder(tmp_path / "out")
    write(tmp_path / "out", overwrite=True)
    assert names(tmp_path / "out") == RESULT


def test_an_exception_before_the_first_part_leaves_nothing(tmp_path: Path) -> None:
    write_and_raise(tmp_path / "out")
    assert names(tmp_path) == []


CHILD = """
import importlib.util, sys
from pathlib import Path
from simcore.results_folders import results_folder as results_file
specification = importlib.util.spec_from_file_location("helpers", sys.argv[1])
helpers = importlib.util.module_from_spec(specification)
specification.loader.exec_module(helpers)
results_file.ROW_GROUP_ROWS, results_file.PART_ROWS = 64, 1024
folder = helpers.open_folder(Path(sys.argv[2]), overwrite=True)
first = 0
while True:
    folder.write_rep_weeks(helpers.block(first, 5))
    first += 5
"""


def test_a_killed_run_leaves_whole_parts_and_the_earlier_result(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out)
    before = content(out)
    command = [sys.executable, "-c", CHILD, results_folders.__file__, str(out)]
    with subprocess.Popen(command) as child:  # noqa: S603
        deadline = time.monotonic() + 60
        while not list(out.glob("unfinished/rep-weeks/part-00002.parquet")):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    assert before.items() <= content(out).items()
    assert not (out / "unfinished" / "manifest.json").exists()
    parts = sorted((out / "unfinished" / "rep-weeks").glob("*.parquet"))
    assert len(parts) >= 3
    for part in parts:
        assert pq.ParquetFile(part, page_checksum_verification=True).read().num_rows == 1024
    write(out, overwrite=True, world=1)
    assert names(out) == RESULT


# Damage is told


def test_a_flipped_bit_is_told(tmp_path: Path) -> None:
    write(tmp_path / "out")
    part = tmp_path / "out" / "rep-weeks" / "part-00000.parquet"
    good = part.read_bytes()
    chunk = pq.read_metadata(part).row_group(0).column(6)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    damaged = bytearray(good)
    damaged[start + chunk.total_compressed_size - 20] ^= 1
    part.write_bytes(damaged)
    assert [problem for problem in verify(tmp_path / "out") if "SHA-256" in problem]
    with pytest.raises(FileError, match=r"cannot read .*part-00000"):
        read_rep_weeks(tmp_path / "out")
    for position in range(0, len(good), 97):
        damaged = bytearray(good)
        damaged[position] ^= 1 << position % 8
        part.write_bytes(damaged)
        assert len(verify(tmp_path / "out")) == 1


def test_all_other_damage_is_told(tmp_path: Path) -> None:
    write(tmp_path / "out")
    out = tmp_path / "out"
    part = out / "rep-weeks" / "part-00000.parquet"
    good = part.read_bytes()
    (out / "rep-weeks" / "part-00001.parquet").write_bytes(good)
    assert "part-00001.parquet is not in the manifest" in verify(out)[0]
    (out / "rep-weeks" / "part-00001.parquet").unlink()
    part.write_bytes(good[:-1])
    assert "bytes, the manifest says" in verify(out)[0]
    part.unlink()
    assert "is missing or not a plain file" in verify(out)[0]
    with pytest.raises(FileError, match="cannot read"):
        read_rep_weeks(out)
    (out / "manifest.json").unlink()
    assert verify(out) == ["no manifest.json: the folder holds no result of simcore"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda told: told.update(rows=7), "the parts have 120 rows, the manifest says 7"),
        (lambda told: told["files"][0].update(rows=7), "has 120 rows, the manifest says 7"),
        (lambda told: told["files"][0].update(path="../../etc/passwd"), "is not a manifest"),
        (lambda told: told["files"].pop(), "scenario.yaml is missing from the manifest"),
        (lambda told: told.update(simcore_manifest=3), "is not a manifest"),
    ],
)
def test_a_changed_manifest_is_told(tmp_path: Path, change: Callable[[Any], None], problem: str) -> None:
    write(tmp_path / "out")
    file = tmp_path / "out" / "manifest.json"
    told = json.loads(file.read_text())
    change(told)
    file.write_text(json.dumps(told))
    assert any(problem in line for line in verify(tmp_path / "out"))


def test_importing_the_module_does_not_load_pyarrow() -> None:
    code = "import sys, simcore.results_folders.results_folder; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
