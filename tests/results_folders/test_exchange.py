"""Whatever ends a run, and whenever, a folder of results holds the old result whole or the new one."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from simcore.base.errors import FileError
from simcore.results_folders import results_folder as results_file
from simcore.results_folders.exchange import finish_exchange
from simcore.results_folders.manifest import Manifest
from simcore.results_folders.verification import verification, verify
from tests.support.results_folders import RESULT, content, manifest, names, open_folder, summary, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHANGING = ("open", "write", "fsync", "replace", "link", "unlink", "mkdir", "rmdir")
"""All by which simcore changes a disk; what pathlib does is done by these, too."""


class Case(NamedTuple):
    """What is in the folder before, and what is run."""

    earlier: tuple[int, ...] | None
    """Blocks of an earlier run with rep-weeks; ``None`` for one without."""
    interrupted: bool
    """Whether an interrupted run lies in ``unfinished``, too."""
    new: tuple[int, ...] | None


CASES = {
    "parts over parts": Case((4,), interrupted=False, new=(3,)),
    "parts over none": Case(None, interrupted=False, new=(3,)),
    "none over parts": Case((4,), interrupted=False, new=None),
    "with an interrupted run": Case((4,), interrupted=True, new=(3,)),
}


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_file, "ROW_GROUP_ROWS", 16)
    monkeypatch.setattr(results_file, "PART_ROWS", 32)


def put(out: Path, blocks: tuple[int, ...] | None, *, world: int = 0) -> None:
    """Write a result, over one that may be there."""
    if blocks is None:
        with open_folder(out, overwrite=True) as folder:
            folder.finish(summary(2, world), complete=True)
    else:
        write(out, blocks, overwrite=True, world=world)


def prepared(out: Path, case: Case) -> None:
    put(out, case.earlier)
    if case.interrupted:
        assert write(out, (2,), overwrite=True, complete=False, world=5) == out / "unfinished"


def held(out: Path) -> str:
    """Return which result the folder holds, by its manifest alone; all of it must be whole."""
    assert verify(out) == []
    told = manifest(out)
    for entry in told.files:
        # Also whoever knows nothing of simcore finds every file where the manifest says.
        assert (out / entry.path).stat().st_size == entry.bytes
    return identity(told)


def identity(told: Manifest) -> str:
    return "".join(entry.sha256 for entry in told.files)


def snapshots(
    monkeypatch: pytest.MonkeyPatch, out: Path, kept: Path, run: Callable[[], None], calls: tuple[str, ...]
) -> int:
    """Keep a copy of the folder as it is before each system call that changes the disk; return their number.

    A process that is killed there leaves just that: what it has done, and nothing of what it had in mind.
    """
    count = 0
    inside = False

    def watched(call: str) -> Callable[..., Any]:
        original: Callable[..., Any] = getattr(os, call)

        def watching(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            nonlocal count, inside
            if not inside:
                inside = True
                shutil.copytree(out, kept / str(count))
                count, inside = count + 1, False
            return original(*arguments, **named)

        return watching

    with monkeypatch.context() as patch:
        for call in calls:
            patch.setattr(os, call, watched(call))
        run()
    shutil.copytree(out, kept / str(count))
    return count + 1


@pytest.mark.parametrize("name", CASES)
def test_killed_anywhere_and_then_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    killed_anywhere(tmp_path, monkeypatch, name, step=9)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_killed_anywhere_and_each_time_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    killed_anywhere(tmp_path, monkeypatch, name, step=1)


def killed_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, step: int) -> None:
    """Kill a run before each of its system calls; after every ``step``-th, let a second one fail, and a third end."""
    case, out = CASES[name], tmp_path / "out"
    prepared(out, case)
    old, interrupted = held(out), content(out / "unfinished") if case.interrupted else {}
    put(tmp_path / "new", case.new, world=1)
    put(tmp_path / "third", case.new, world=2)
    new, third = held(tmp_path / "new"), held(tmp_path / "third")
    kept = tmp_path / "kept"
    # What is written into a temporary file makes no difference to who looks: only the long test stops there, too.
    calls = CHANGING if step == 1 else tuple(call for call in CHANGING if call != "write")
    number = snapshots(monkeypatch, out, kept, lambda: put(out, case.new, world=1), calls)
    assert number > 60
    assert content(out) == content(tmp_path / "new")
    found, failures, tries = [], 0, 0
    for place in range(number):
        at = kept / str(place)
        found.append(held(at))
        if found[-1] == old and case.interrupted:
            assert content(at / "unfinished") == interrupted
        if place % step:
            continue
        # The next run meets a full disk, at one kind of call from one moment on.
        tries += 1
        with monkeypatch.context() as patch:
            fill(patch, CHANGING[tries % 7], tries % 5)
            failures += error_of(lambda: put(at, case.new, world=2)) is not None  # noqa: B023  (called at once)
        after = held(at)
        assert after in {found[-1], third}
        if after == old and case.interrupted:
            assert content(at / "unfinished") == interrupted
        # And the one after that has room again.
        put(at, case.new, world=1)
        assert content(at) == content(tmp_path / "new")
    assert failures >= 0.8 * tries
    # Old first, then new, and one moment between them.
    assert found == sorted(found, key=lambda one: one == new)
    assert {old, new} == set(found)


def fill(monkeypatch: pytest.MonkeyPatch, call: str, first: int) -> None:
    """Let a function of `os` find a full disk, from one call on (numbered from 0)."""
    original: Callable[..., Any] = getattr(os, call)
    made = 0

    def failing(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        nonlocal made
        made += 1
        reads = call == "open" and not arguments[1] & os.O_CREAT
        if made > first and not reads:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(*arguments, **named)

    monkeypatch.setattr(os, call, failing)


@pytest.mark.parametrize("call", CHANGING)
def test_whichever_call_fails_the_folder_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    start, out = tmp_path / "start", tmp_path / "out"
    prepared(start, CASES["with an interrupted run"])
    put(tmp_path / "new", (3,), world=1)
    old, new = held(start), held(tmp_path / "new")
    failures = 0
    for number in range(0, 1000, 11 if call == "write" else 1):
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(start, out)
        with monkeypatch.context() as patch:
            made = fail_once(patch, call, number)
            error = error_of(lambda: write(out, (3,), overwrite=True, world=1))
        assert error is None or "the disk is full" in error
        failures += error is not None
        assert held(out) in ({new} if error is None else {old, new})
        assert not [name for name in content(out) if name.endswith(".tmp")]
        if len(made) <= number:
            break
    assert failures >= 2
    assert names(out) == RESULT


def error_of(call: Callable[[], object]) -> str | None:
    """Return the message of the error that a call ends with."""
    try:
        call()
    except FileError as error:
        return str(error)
    return None


def fail_once(monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> list[int]:
    """Let one call (numbered from 0) of a function of `os` find a full disk; return a list of the calls."""
    original: Callable[..., Any] = getattr(os, call)
    made: list[int] = []

    def failing(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        made.append(len(made))
        if made[-1] == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(*arguments, **named)

    monkeypatch.setattr(os, call, failing)
    return made


def cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which an exchange was begun, and not finished."""
    out = tmp_path / "out"
    write(out, (4,))
    with monkeypatch.context() as patch:
        fill(patch, "link", 1)
        with pytest.raises(FileError, match="holds the new results whole all the same"):
            write(out, (3,), overwrite=True, world=1)
    assert manifest(out).place == "unfinished"
    return out


def test_an_exchange_that_was_cut_off_is_told_and_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = cut_off(tmp_path, monkeypatch)
    found = verification(out)
    assert found.whole
    assert "the results still lie in unfinished/" in found.notes[-1]
    shutil.copy(out / "unfinished/rep-weeks/part-00000.parquet", out / "unfinished/rep-weeks/part-00009.parquet")
    assert verify(out) == ["unfinished/rep-weeks/part-00009.parquet is not in the manifest"]
    (out / "unfinished/rep-weeks/part-00009.parquet").unlink()
    # Also a run that is then refused finishes what was begun.
    with pytest.raises(FileError, match="holds results"):
        open_folder(out)
    assert names(out) == RESULT
    assert verification(out).notes == []
    write(tmp_path / "new", (3,), world=1)
    assert content(out) == content(tmp_path / "new")


def test_parts_that_lie_in_their_folder_still_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = cut_off(tmp_path, monkeypatch)
    write(tmp_path / "new", (3,), world=1)
    assert results_file.read_rep_weeks(out).equals(results_file.read_rep_weeks(tmp_path / "new"))


def test_without_hard_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*paths: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted", *map(str, paths))

    monkeypatch.setattr(os, "link", no_links)
    write(tmp_path / "out", (4,))
    write(tmp_path / "out", (3,), overwrite=True, world=1)
    monkeypatch.undo()
    monkeypatch.setattr(results_file, "ROW_GROUP_ROWS", 16)
    monkeypatch.setattr(results_file, "PART_ROWS", 32)
    write(tmp_path / "new", (3,), world=1)
    assert content(tmp_path / "out") == content(tmp_path / "new")


def test_interrupted_runs_lie_side_by_side_until_a_complete_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, (4,))
    for number, name in enumerate(("unfinished", "unfinished-2", "unfinished-3")):
        assert write(out, (2 + number,), overwrite=True, complete=False, world=number) == out / name
    assert names(out) == [*RESULT, "unfinished", "unfinished-2", "unfinished-3"]
    assert [manifest(out / name).replications for name in names(out)[-3:]] == [2, 3, 4]
    assert verify(out) == []
    write(out, (3,), overwrite=True)
    assert names(out) == RESULT


def test_what_somebody_puts_there_during_the_run_is_not_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, (4,))
    with open_folder(out, overwrite=True) as folder:
        (out / "rep-weeks" / "mine.txt").write_text("mine")
        folder.finish(summary(2), complete=True)
    assert [name for name, data in content(out).items() if data == b"mine"] == ["replaced-2/rep-weeks/mine.txt"] or [
        name for name, data in content(out).items() if data == b"mine"
    ] == ["replaced/rep-weeks/mine.txt"]
    assert verify(out) == []


@pytest.mark.parametrize("text", ["", "{}", '{"simcore_manifest": 2}'])
def test_a_folder_whose_manifest_is_damaged_is_not_replaced(tmp_path: Path, text: str) -> None:
    out = tmp_path / "out"
    write(out, (4,))
    write(out, (2,), overwrite=True, complete=False)
    (out / "manifest.json").write_text(text)
    before = content(out)
    with pytest.raises(FileError, match=r"manifest\.json is not a manifest"):
        open_folder(out, overwrite=True)
    with pytest.raises(FileError, match=r"manifest\.json is not a manifest"):
        results_file.finish_cut_off(out)
    assert content(out) == before


def test_a_begun_exchange_without_its_files_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = cut_off(tmp_path, monkeypatch)
    shutil.rmtree(out / "unfinished")
    assert len(verify(out)) == 4
    before = content(out)
    with pytest.raises(FileError, match="no such file or directory"):
        finish_exchange(out)
    assert content(out) == before


KILLED = """
import os, signal, sys
call, number, *sys.argv[1:] = sys.argv[1:]
original, made = getattr(os, call), 0
def killing(*arguments, **named):
    global made
    if str(sys.argv[-1]) in os.fspath(arguments[0]):
        made += 1
        if made == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **named)
setattr(os, call, killing)
from simcore.cli.main import main
main()
"""
RUN = ["run", "trust-the-process", "-n", "8", "-q", "--threads", "1", "--detail", "rep-week", "--overwrite"]


@pytest.mark.parametrize(("call", "number"), [("replace", 5), ("replace", 7), ("link", 3), ("unlink", 8)])
def test_the_command_is_killed(tmp_path: Path, call: str, number: int) -> None:
    out = tmp_path / "out"
    run = [sys.executable, "-c", "from simcore.cli.main import main; main()", *RUN, "--seed", "1", "--out", str(out)]
    subprocess.run(run, check=True, capture_output=True)  # noqa: S603
    old = held(out)
    command = [sys.executable, "-c", KILLED, call, str(number), *RUN, "--seed", "2", "--out", str(out)]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    assert done.returncode == -signal.SIGKILL
    assert held(out) == old or manifest(out).seed == 2
    assert (call, number) != ("link", 3) or manifest(out).place == "unfinished"
