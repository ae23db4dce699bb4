"""Folders of results that somebody else wrote: `verify` ends with a word on each, soon, whatever is in them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simcore.base.errors import FileError
from simcore.results_folders import results_folder as results_file
from simcore.results_folders.manifest import Manifest, own_manifest, write_manifest
from simcore.results_folders.results_folder import read_rep_weeks
from simcore.results_folders.verification import verification, verify
from tests.support.results_folders import open_folder, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PART = "rep-weeks/part-00001.parquet"
SECONDS = 20.0
"""Nothing here takes so long, but what would never end."""
Json = dict[str, Any]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results_file, "ROW_GROUP_ROWS", 16)
    monkeypatch.setattr(results_file, "PART_ROWS", 48)
    write(tmp_path / "out")
    assert verify(tmp_path / "out") == []
    return tmp_path / "out"


def ends(call: Callable[[], object]) -> object:
    """Return what a call returns, or the `FileError` that it raises; fail if it does not end, or with anything else."""
    answers: list[object] = []

    def answer() -> None:
        try:
            answers.append(call())
        except FileError as error:
            answers.append(error)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told by the test
            answers.append(AssertionError(f"{type(error).__name__}: {error}"))

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert answers, "it does not end"
    if isinstance(answers[0], AssertionError):
        raise answers[0]
    return answers[0]


def sealed(folder: Path, *paths: str, **changes: object) -> None:
    """Bring what was changed into the manifest, as somebody would who knows how its sums are made."""
    told: Json = json.loads((folder / "manifest.json").read_text()) | changes
    for entry in told["files"]:
        if entry["path"] in paths:
            data = (folder / entry["path"]).read_bytes()
            entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    write_manifest(folder, Manifest.model_validate_json(json.dumps(told)))


# What is no plain file, or without an end


def pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def device(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to("/dev/zero")


def endless(file: Path) -> None:
    with file.open("ab") as stream:
        stream.truncate(1 << 40)


@pytest.mark.parametrize("become", [pipe, device, endless])
@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "scenario.yaml", PART, "unfinished/manifest.json"])
def test_what_is_no_plain_file_or_without_end_is_not_waited_for(
    out: Path, name: str, become: Callable[[Path], None]
) -> None:
    (out / "unfinished").mkdir()
    become(out / name)
    told = ends(lambda: verify(out))
    assert isinstance(told, list)
    if not name.startswith("unfinished"):
        assert any(name.rpartition("/")[2] in problem for problem in told), told
    for call in (read_rep_weeks, partial(read_rep_weeks, check=False), partial(open_folder, overwrite=True)):
        ends(partial(_closed, call, out))
    assert isinstance(ends(lambda: read_rep_weeks(out)), FileError) == (name in {"manifest.json", PART})


def _closed(call: Callable[[Path], Any], out: Path) -> None:
    opened = call(out)
    if isinstance(opened, results_file.ResultsFolder):
        opened.close()


def test_other_things_beside_the_results_are_told_and_no_problem(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.close(os.open(os.fsencode(out) + b"/\xff\xfe\n\x1b[31m.txt", os.O_CREAT | os.O_WRONLY))
    (out / ("n" * 255)).touch()
    (out / "summary\u200b.json").touch()
    (out / "mine" / "/".join("d" * 200)).mkdir(parents=True)
    os.mkfifo(out / "a\nb")
    monkeypatch.chdir(out)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    found = verification(out)
    assert found.whole, found
    assert found.notes[0].isprintable()


# What no schema allows, with sums that are right


def of_the_summary(change: Callable[[Json], object]) -> Callable[[Path], None]:
    def become(out: Path) -> None:
        document = json.loads((out / "summary.json").read_text())
        change(document)
        (out / "summary.json").write_text(json.dumps(document))
        sealed(out, "summary.json")

    return become


def text_of_the_summary(text: str) -> Callable[[Path], None]:
    def become(out: Path) -> None:
        (out / "summary.json").write_text(text)
        sealed(out, "summary.json")

    return become


def of_the_manifest(**changes: object) -> Callable[[Path], None]:
    return lambda out: sealed(out, **changes)


def of_an_entry(**changes: object) -> Callable[[Path], None]:
    def become(out: Path) -> None:
        told = json.loads((out / "manifest.json").read_text())
        told["files"][0] |= changes
        sealed(out, files=told["files"])

    return become


def of_a_part(change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def become(out: Path) -> None:
        pq.write_table(change(pq.read_table(out / PART)), out / PART)
        sealed(out, PART)

    return become


def as_text(table: pa.Table) -> pa.Table:
    return table.set_column(3, "calls", table["calls"].cast(pa.string()))


def with_gaps(table: pa.Table) -> pa.Table:
    return table.set_column(3, pa.field("calls", pa.int64()), pa.array([None] * table.num_rows, pa.int64()))


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a deep summary": (text_of_the_summary("[" * 200_000), "summary.json is not a document of simcore"),
    "a deep field": (
        text_of_the_summary('{"document":' + "[" * 100_000),
        "summary.json is not a document of simcore",
    ),
    "a text for a figure": (
        of_the_summary(lambda told: told["value"]["per_call"].update(se="0.1")),
        "does not fit its schema: value.per_call.se: ",
    ),
    "no figure at all": (of_the_summary(lambda told: told.pop("value")), "does not fit its schema: value: "),
    "one more field": (of_the_summary(lambda told: told.update(more=1)), "does not fit its schema: more: "),
    "a figure beyond floats": (
        of_the_summary(lambda told: told["funnel"][0]["per_rep_week"].update(estimate=10**400)),
        "summary.json ",
    ),
    "reps beyond integers": (of_the_summary(lambda told: told.update(reps=10**30)), "reps 3, summary.json 10"),
    "calls beyond floats": (of_the_summary(lambda told: told.update(calls=10**400)), "says calls: 1000"),
    "another name of a stage": (
        of_the_summary(lambda told: told["funnel"][1].update(stage="visits")),
        "says stages Calls, meetings, wins, summary.json Calls, visits, wins",
    ),
    "a stage fewer": (of_the_summary(lambda told: told["funnel"].pop()), "summary.json Calls, meetings"),
    "replications beyond integers": (of_the_manifest(replications=10**400), "summary.json says replications 10, "),
    "rows beyond integers": (of_an_entry(rows=10**400), "has 48 rows, the manifest says 1000"),
    "columns of text": (of_a_part(as_text), "has columns that are not whole numbers"),
    "columns with gaps": (of_a_part(with_gaps), "has columns that are not whole numbers"),
    "a column less": (of_a_part(lambda table: table.drop(["week"])), "has the columns replication, rep, calls"),
    "other names": (
        of_a_part(lambda table: table.rename_columns([*table.column_names[:-2], "cents_close", "cents_origin"])),
        "has the columns replication, rep, week, calls, meetings, wins, cents_close, cents_origin, not",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_run_writes_is_told_though_all_sums_are_right(out: Path, name: str) -> None:
    become, problem = HOSTILE[name]
    become(out)
    told = ends(lambda: verify(out))
    assert isinstance(told, list)
    assert any(problem in line for line in told), told
    ends(lambda: read_rep_weeks(out))


# Random damage


def leaves(document: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value of a JSON document."""
    listed = document if isinstance(document, list) else ()
    for key, value in document.items() if isinstance(document, dict) else enumerate(listed):
        yield (*path, key)
        yield from leaves(value, (*path, key))


VALUES: tuple[object, ...] = (
    *(None, 0, -1, 2**63, 2**64, 10**400, float("inf"), float("nan"), 0.5, True, "", "x", [], {}, "9" * 5000, [[[]]]),
    *("unfinished/summary.json", "rep-weeks/../../etc/passwd", PART, PART + "\n", "\ud800", "\x1b[31m"),
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return a text with some bytes flipped, taken out or put in, or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        at = at if chance.random() < 0.5 else max(0, len(changed) - 1 - chance.randrange(3000))
        match chance.randrange(4):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + chance.randint(1, 50)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randint(1, 9))
            case _:
                del changed[at : None if chance.random() < 0.1 else at + 1]
    return bytes(changed)


def other_values(data: bytes, chance: random.Random) -> bytes:
    """Return a JSON document with some of its values others, or none."""
    document = json.loads(data)
    for _ in range(chance.randint(1, 3)):
        places = list(leaves(document))
        if not places:
            break
        *way, last = chance.choice(places)
        inner = document
        for key in way:
            inner = inner[key]
        if chance.random() < 0.1:
            del inner[last]
        else:
            inner[last] = chance.choice(VALUES)
    return json.dumps(document).encode()


def mutated(out: Path, chance: random.Random) -> None:
    """Change something in a folder of results, and mostly bring the sums in line with it."""
    name = chance.choice(["manifest.json", "summary.json", "scenario.yaml", PART])
    change = chance.choice([damaged, other_values]) if name.endswith(".json") else damaged
    (out / name).write_bytes(change((out / name).read_bytes(), chance))
    if chance.random() < 0.8:
        try:
            sealed(out, name)
        except (ValueError, TypeError, KeyError, AttributeError):
            return  # a manifest that is none


def survives(out: Path, seeds: range) -> int:
    """Damage a folder at random, see that all that reads it ends with a word, and return how often all seemed whole."""
    good, whole = out.parent / "good", 0
    shutil.copytree(out, good)
    for seed in seeds:
        shutil.rmtree(out)
        shutil.copytree(good, out)
        mutated(out, random.Random(seed))  # noqa: S311
        found = ends(lambda: verify(out))
        assert isinstance(found, list)
        whole += not found
        ends(lambda: read_rep_weeks(out))
        ends(lambda: read_rep_weeks(out, check=False))
        ends(lambda: _closed(partial(open_folder, overwrite=True), out))
    return whole


def test_random_damage_always_ends_with_a_word(out: Path) -> None:
    # Figures that the rows do not tell (errors, quantiles) can be changed with their sums; all else is noticed.
    assert survives(out, range(60)) <= 12


@pytest.mark.long
def test_much_random_damage_always_ends_with_a_word(out: Path) -> None:
    assert survives(out, range(1000, 6000)) <= 1000


# What cannot be read just now


def test_a_manifest_that_cannot_be_read_is_not_taken_for_none(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.open

    def failing(path: Any, flags: int, *more: int) -> int:  # noqa: ANN401
        if str(path) == str(out / "manifest.json"):
            raise OSError(5, "Input/output error")
        return original(path, flags, *more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        with pytest.raises(FileError, match=r"cannot read .*manifest\.json: input/output error"):
            own_manifest(out)
        with pytest.raises(FileError, match="input/output error"):
            write(out, (3,), overwrite=True, world=1, complete=False)
    assert verify(out) == []
    (out / "manifest.json").unlink()
    assert own_manifest(out) is None
