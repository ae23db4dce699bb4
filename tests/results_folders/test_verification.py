"""`simcore verify`: every kind of damage is told, with its place and a status; what is whole is told to be whole."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import simcore
from simcore.base.errors import ExitStatus, FileError
from simcore.cli.main import app
from simcore.results_folders import results_folder as results_file
from simcore.results_folders.atomic import write_whole
from simcore.results_folders.manifest import Manifest, write_manifest
from simcore.results_folders.results_folder import read_rep_weeks
from simcore.results_folders.verification import verification, verify
from simcore.schema import document_schema
from tests.support.results_folders import RESULT, open_folder, summary, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = [f"rep-weeks/part-{number:05d}.parquet" for number in range(4)]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a whole folder with four parts."""
    monkeypatch.setattr(results_file, "ROW_GROUP_ROWS", 16)
    monkeypatch.setattr(results_file, "PART_ROWS", 32)
    write(tmp_path / "out")
    assert verify(tmp_path / "out") == []
    return tmp_path / "out"


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def tell(folder: Path, document: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(document))


def resealed(folder: Path, **changes: object) -> None:
    """Change the manifest as somebody would who knows how its SHA-256 is made."""
    document = told(folder) | changes
    write_manifest(folder, Manifest.model_validate_json(json.dumps(document)))


CHANGES: dict[str, object] = {
    "version": "0.0.9",
    "scenario": "Another",
    "digest": "0" * 64,
    "seed": 7,
    "complete": False,
    "replications": 11,
    "rows": 119,
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("sealed", [False, True])
def test_every_changed_field_of_the_manifest_is_seen(out: Path, field: str, *, sealed: bool) -> None:
    if sealed:
        resealed(out, **{field: CHANGES[field]})
    else:
        tell(out, told(out) | {field: CHANGES[field]})
    found = verify(out)
    assert found
    assert ("manifest.json was changed: its SHA-256 is not that of what it says" in found) == (not sealed)
    words = "119" if field == "rows" else str(CHANGES[field])
    assert any(words in problem for problem in found), found
    if not sealed:
        with pytest.raises(FileError, match=r"manifest\.json was changed"):
            read_rep_weeks(out)


def test_a_manifest_of_format_1_is_read_and_held_against_the_summary(out: Path) -> None:
    document = told(out)
    del document["sha256"]
    tell(out, document | {"simcore_manifest": 1})
    assert verify(out) == []
    assert read_rep_weeks(out).num_rows == 120
    tell(out, document | {"simcore_manifest": 1, "seed": 7})
    assert any("says seed" in problem for problem in verify(out))
    tell(out, document)
    assert "is not a manifest" in verify(out)[0]


def again(folder: Path, *paths: str) -> None:
    """Bring size, SHA-256 and rows of changed files into the manifest, so that only what is in them can tell."""
    document = told(folder)
    for entry in document["files"]:
        if entry["path"] in paths:
            file = folder / entry["path"]
            entry["bytes"] = file.stat().st_size
            entry["sha256"] = write_whole(file, file.read_bytes()).sha256
    resealed(folder, files=document["files"])


def rewritten(file: Path, change: Callable[[Any], Any], **metadata: str) -> None:
    """Write a part anew with changed rows or metadata."""
    table = change(pq.read_table(file))
    kept = {**table.schema.metadata, **{f"simcore.{key}".encode(): text.encode() for key, text in metadata.items()}}
    pq.write_table(table.replace_schema_metadata(kept), file, row_group_size=16)


def other_run(out: Path) -> Path:
    """Return a folder of the same shape, of another seed."""
    with results_file.ResultsFolder(
        out.parent / "other", **(open_arguments() | {"seed": 7, "digest": "1" * 64})
    ) as folder:
        from tests.support.results_folders import block  # noqa: PLC0415

        folder.write_rep_weeks(block(0, 10))
        folder.finish(summary(10), complete=True)
    return out.parent / "other"


def open_arguments() -> dict[str, Any]:
    from tests.support.results_folders import DIGEST, SCENARIO, SEED, VERSION  # noqa: PLC0415

    return {"scenario": SCENARIO, "digest": DIGEST, "seed": SEED, "version": VERSION}


def test_a_part_of_another_run_is_seen_though_all_sums_are_right(out: Path) -> None:
    shutil.copy(other_run(out) / PARTS[1], out / PARTS[1])
    again(out, PARTS[1])
    assert f"{PARTS[1]} is of another run: its digest is {'1' * 64}" in verify(out)[0]
    assert any("its seed is 7, the manifest says" in problem for problem in verify(out))
    with pytest.raises(FileError, match="is of another run"):
        read_rep_weeks(out)


def test_a_part_in_the_place_of_another_is_seen_though_all_sums_are_right(out: Path) -> None:
    shutil.copy(out / PARTS[0], out / PARTS[1])
    again(out, PARTS[1])
    assert verify(out) == [f"{PARTS[1]} holds other rows than those that belong there (row group 0)"]


@pytest.mark.parametrize(
    ("change", "metadata", "problem"),
    [
        (lambda table: table, {"seed": "3"}, "is of another run: its seed is 3, the manifest says"),
        (lambda table: table, {"first_replication": "3"}, "says that its first replication is 3, not 2"),
        (lambda table: table.take([1, 0, *range(2, 32)]), {}, "holds other rows than those that belong there"),
        (lambda table: table.slice(1), {}, "has 31 rows, the manifest says 32"),
        (lambda table: raised(table, "wins"), {}, "summary.json says wins per rep-week: "),
        (lambda table: raised(table, "calls"), {}, "summary.json says calls: "),
        (lambda table: raised(table, "cents_close"), {}, "summary.json says revenue of a week by close: "),
        (lambda table: raised(table, "cents_origin"), {}, "summary.json says revenue of a week by origin: "),
    ],
)
def test_what_is_in_a_part_is_held_against_the_summary(
    out: Path, change: Callable[[Any], Any], metadata: dict[str, str], problem: str
) -> None:
    rewritten(out / PARTS[1], change, **metadata)
    again(out, PARTS[1])
    assert any(problem in line for line in verify(out)), verify(out)


def raised(table: Any, column: str) -> Any:  # noqa: ANN401
    """Return a table with 1,000 more in the first row of a column."""
    import pyarrow as pa  # noqa: PLC0415

    values = table[column].to_numpy().copy()
    values[0] += 1000
    place = table.column_names.index(column)
    return table.set_column(place, table.schema.field(column), pa.array(values))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"calls": ', '"calls": 1', "summary.json says calls: 1"),
        ('"interrupted": false', '"interrupted": true', "summary.json says complete False, the manifest True"),
        ('"seed": 1', '"seed": ', "summary.json says seed 8446744073709551615"),
        ('"process"', '"push"', "scenario.yaml says strategy process, summary.json push"),
        ('"reps": 3', '"reps": 4', "scenario.yaml says reps 3, summary.json 4"),
        ('{\n  "document', '[{\n  "document', "summary.json is not a document of simcore"),
        ('"document": "result"', '"document": "variance"', "summary.json is not a document of simcore"),
        ('"document": "result"', '"document": []', "summary.json is not a document of simcore"),
        ('"format": 2', '"format": 3', "summary.json does not fit its schema: format: "),
    ],
)
def test_a_changed_summary_is_seen_though_its_sum_is_right(out: Path, old: str, new: str, problem: str) -> None:
    file = out / "summary.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    again(out, "summary.json")
    assert any(problem in line for line in verify(out)), verify(out)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("0.02", "0.03", "the digest of scenario.yaml is "),
        ("reps: 3", "reps: 5", "scenario.yaml says reps 5, summary.json 3"),
        ("seed: 18446744073709551615", "seed: 1", "scenario.yaml says seed 1, the manifest 18446744073709551615"),
        ("EUR", "USD", "scenario.yaml says currency USD, summary.json EUR"),
        ("simcore: 1", "simcore: [", "scenario.yaml is not a scenario"),
    ],
)
def test_a_changed_scenario_is_seen_though_its_sum_is_right(out: Path, old: str, new: str, problem: str) -> None:
    file = out / "scenario.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    again(out, "scenario.yaml")
    assert any(problem in line for line in verify(out)), verify(out)


# What lies in the folder


def listed_twice(out: Path) -> None:
    document = told(out)
    resealed(out, files=[*document["files"], document["files"][0]], rows=document["rows"] + 32)


def swapped(out: Path) -> None:
    document = told(out)
    first, second, *rest = document["files"]
    resealed(out, files=[second, first, *rest])


def left_out(out: Path) -> None:
    document = told(out)
    resealed(out, files=[entry for entry in document["files"] if entry["path"] != PARTS[3]], rows=96)
    (out / PARTS[3]).unlink()


def link_for(name: str) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        (out / name).rename(out.parent / "elsewhere")
        (out / name).symlink_to(out.parent / "elsewhere")

    return change


def moved_to_sub_folder(out: Path) -> None:
    (out / "rep-weeks" / "more").mkdir()
    (out / PARTS[0]).rename(out / "rep-weeks" / "more" / "part-00000.parquet")


def in_sub_folder(out: Path) -> None:
    (out / "mine" / "deep").mkdir(parents=True)
    shutil.copy(out / PARTS[0], out / "mine" / "deep" / "a.parquet")


def at_top(name: str) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        shutil.copy(out / PARTS[0], out / name)

    return change


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a part listed twice": (listed_twice, f"{PARTS[0]} is listed 2 times"),
    "parts out of order": (swapped, "not numbered from 0 on, in order"),
    "a part left out": (left_out, "tells of 120 rep-weeks, the manifest 96"),
    "rep-weeks is a link": (link_for("rep-weeks"), "rep-weeks is a link"),
    "a part is a link": (link_for(PARTS[1]), f"{PARTS[1]} is a link"),
    "the summary is a link": (link_for("summary.json"), "summary.json is a link"),
    "the manifest is a link": (link_for("manifest.json"), "manifest.json is a link"),
    "a part in a sub-folder": (moved_to_sub_folder, "rep-weeks/more is a folder, and not in the manifest"),
    "a part in a folder beside": (in_sub_folder, "mine/deep/a.parquet is not in the manifest"),
    "a part beside": (at_top("part-00000.parquet"), "part-00000.parquet is not in the manifest"),
    "a table beside": (at_top("worlds.parquet"), "worlds.parquet is not in the manifest"),
    "one more part": (at_top("rep-weeks/part-00004.parquet"), "part-00004.parquet is not in the manifest"),
    "no part at all": (at_top("rep-weeks/notes.txt"), "rep-weeks/notes.txt is not in the manifest"),
    "a missing part": (lambda out: (out / PARTS[2]).unlink(), f"{PARTS[2]} is missing or not a plain file"),
    "no manifest": (lambda out: (out / "manifest.json").unlink(), "no manifest.json: the folder holds no result"),
    "half a manifest": (lambda out: os.truncate(out / "manifest.json", 300), "is not a manifest of simcore results"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_with_status_3(out: Path, name: str) -> None:
    damage, problem = DAMAGE[name]
    damage(out)
    found = verification(out)
    assert not found.whole
    assert any(problem in line for line in found.problems), found.problems
    done = CliRunner().invoke(app, ["verify", str(out)])
    assert done.exit_code == ExitStatus.INVALID
    assert problem in done.stdout
    if name in {"a part listed twice", "rep-weeks is a link", "a part is a link", "a missing part"}:
        with pytest.raises(FileError):
            read_rep_weeks(out)


def test_a_changed_byte_is_seen_when_reading_unless_told_not_to_look(out: Path) -> None:
    part = out / PARTS[0]
    good = part.read_bytes()
    # In the footer, where no page checksum looks: the name of the scenario.
    part.write_bytes(good.replace(b"Two steps", b"Two stops"))
    assert part.read_bytes() != good
    assert read_rep_weeks(out, check=False).num_rows == 120
    with pytest.raises(FileError, match="it was changed"):
        read_rep_weeks(out)


# What is told


def test_a_whole_folder_is_told(out: Path) -> None:
    (out / "notes.txt").write_text("mine")
    done = CliRunner().invoke(app, ["verify", str(out)])
    assert done.exit_code == ExitStatus.DONE
    assert done.stdout.splitlines()[0] == f"{out} is whole."
    assert "a run of Two steps: 10 replications, seed 18446744073709551615" in done.stdout
    assert "note: beside the results, and not of simcore: notes.txt" in done.stdout
    assert simcore.verify(out) == []
    document = json.loads(CliRunner().invoke(app, ["verify", str(out), "--json"]).stdout)
    Draft202012Validator(document_schema("verification")).validate(document)
    assert simcore.Verification.model_validate(document) == verification(out)
    assert (document["whole"], document["holds"], document["rows"], document["files"]) == (True, "run", 120, 6)


def test_what_is_no_folder_of_results_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for name, words, status in (
        ("file", "it is a file, not a folder of results", ExitStatus.IO),
        ("missing", "no such file or directory", ExitStatus.IO),
        ("empty", "the folder holds no result of simcore; it is empty", ExitStatus.INVALID),
    ):
        done = CliRunner().invoke(app, ["verify", str(tmp_path / name)])
        assert (done.exit_code, words in done.stdout) == (status, True), done.stdout
        assert not json.loads(CliRunner().invoke(app, ["verify", str(tmp_path / name), "--json"]).stdout)["whole"]


def test_what_cannot_be_read_is_told_with_status_4(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(file: object, name: str) -> None:
        del file, name
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hashlib.file_digest", refused)
    done = CliRunner().invoke(app, ["verify", str(out)])
    assert done.exit_code == ExitStatus.IO
    assert f"cannot read {out}/{PARTS[0]}: permission denied" in done.stdout


def test_runs_that_were_not_put_in_place_are_told(out: Path) -> None:
    write(out, (2,), overwrite=True, complete=False)
    assert "unfinished/ holds the results of another run, which was interrupted" in verification(out).notes
    assert verify(out / "unfinished") == []
    (out / "manifest.json").unlink()
    assert "a run that was not put in place is in unfinished/, with a manifest of its own" in verify(out)[0]


def test_the_tables_of_a_comparison_and_a_sweep_are_held_against_the_document(tmp_path: Path) -> None:
    sized = ["-n", "20", "--quiet", "--threads", "1"]
    for name, command in (
        ("worlds", ["compare", "quota-pressure"]),
        ("sweep", ["sweep", "trust-the-process", "--vary", "team.reps=2:3:2"]),
    ):
        folder = tmp_path / name
        assert CliRunner().invoke(app, [*command, *sized, "--out", str(folder)]).exit_code == ExitStatus.DONE
        assert verify(folder) == []
        column = "cents_close" if name == "worlds" else "estimate"
        rewritten(folder / f"{name}.parquet", partial(raised, column=column))
        again(folder, f"{name}.parquet")
        (problem,) = verify(folder)
        assert f"{name}.parquet" in problem
        tell(folder, told(folder) | {"digest": "2" * 64})
        assert any("says digest" in problem for problem in verify(folder))


def test_what_the_command_writes_is_whole_also_where_a_method_reaches_the_precision(tmp_path: Path) -> None:
    out = tmp_path / "out"
    small = ["run", "trust-the-process", "-q", "--threads", "1", "--set", "team.reps=1", "--set", "horizon.weeks=13"]
    run = [*small, "-p", "revenue=5%", "--method", "controls", "--detail", "rep-week", "--out", str(out)]
    assert CliRunner().invoke(app, run).exit_code == ExitStatus.DONE
    assert verify(out) == []
    again = CliRunner().invoke(app, ["run", str(out / "scenario.yaml"), "-q", "--threads", "1"])
    assert again.exit_code == ExitStatus.DONE


def test_finish_ends_what_was_cut_off(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device", *map(str, paths))

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", full)
        with pytest.raises(FileError, match="holds the new results whole all the same"):
            write(out, (3,), overwrite=True, world=1)
        # A disk that is full still does no harm.
        failed = CliRunner().invoke(app, ["verify", str(out), "--finish"])
        assert failed.exit_code == ExitStatus.IO
        assert "the disk is full" in failed.stderr
    assert "the results still lie in unfinished/" in CliRunner().invoke(app, ["verify", str(out)]).stdout
    done = CliRunner().invoke(app, ["verify", str(out), "--finish"])
    assert (done.exit_code, "note" in done.stdout) == (ExitStatus.DONE, False)
    assert sorted(entry.name for entry in out.iterdir()) == RESULT


def test_without_rep_weeks_there_is_less_to_check(tmp_path: Path) -> None:
    with open_folder(tmp_path / "out") as folder:
        folder.finish(summary(10), complete=True)
    assert verify(tmp_path / "out") == []
    resealed(tmp_path / "out", replications=9)
    assert verify(tmp_path / "out") == ["summary.json says replications 10, the manifest 9"]
