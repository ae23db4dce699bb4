"""Files appear whole or not at all, whichever system call fails."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simcore.base.errors import ExitStatus, FileError
from simcore.results_folders.atomic import AtomicFile, FolderLock, file_errors, move, second_name, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = ("open", "write", "fsync", "replace")


def fail_at(monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: int = errno.ENOSPC) -> list[int]:
    """Let one call (numbered from 0) of a function of `os` fail; return a list that grows with the calls."""
    original: Callable[..., Any] = getattr(os, call)
    made: list[int] = []

    def failing(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        made.append(len(made))
        if made[-1] == number:
            raise OSError(code, os.strerror(code))
        return original(*arguments, **named)

    monkeypatch.setattr(os, call, failing)
    return made


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_writes_content_and_tells_size_and_digest(tmp_path: Path) -> None:
    written = write_whole(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == b"content"
    assert written == (7, hashlib.sha256(b"content").hexdigest())
    assert names(tmp_path) == ["a"]


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: original(descriptor, data[:3]))
    write_whole(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("earlier", [b"earlier", None])
def test_a_failure_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, earlier: bytes | None
) -> None:
    target = tmp_path / "a"
    failures = 0
    for number in range(10):
        if earlier is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(earlier)
        with monkeypatch.context() as patch:
            made = fail_at(patch, call, number)
            try:
                write_whole(target, b"new")
            except FileError:
                failures += 1
        found = target.read_bytes() if target.exists() else None
        assert found in {earlier, b"new"}
        assert names(tmp_path) == (["a"] if found is not None else [])
        if len(made) <= number:
            break
    assert failures == {"open": 2, "write": 1, "fsync": 2, "replace": 1}[call]
    assert target.read_bytes() == b"new"


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, "write", 0)
    with pytest.raises(FileError, match=r"cannot write .*/a: the disk is full$") as caught:
        write_whole(tmp_path / "a", b"new")
    assert caught.value.exit_status == ExitStatus.IO


def test_an_exception_in_the_body_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"earlier")

    def write() -> None:
        with AtomicFile(tmp_path / "a") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert (tmp_path / "a").read_bytes() == b"earlier"
    assert names(tmp_path) == ["a"]


def test_a_forgotten_file_leaves_nothing(tmp_path: Path) -> None:
    file = AtomicFile(tmp_path / "a")
    file.write(b"half")
    assert len(names(tmp_path)) == 1
    del file
    assert names(tmp_path) == []


def test_a_closed_file_takes_nothing(tmp_path: Path) -> None:
    file = AtomicFile(tmp_path / "a")
    file.discard()
    with pytest.raises(ValueError, match="closed"):
        file.write(b"more")
    with pytest.raises(ValueError, match="closed"):
        file.commit()


def test_a_link_under_the_final_name_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "a").is_symlink()


def test_a_link_under_the_temporary_name_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    monkeypatch.setattr("secrets.token_hex", lambda count: "00" * count)
    (tmp_path / f".a.{'00' * 8}.tmp").symlink_to(tmp_path / "target")
    with pytest.raises(FileError, match="file exists"):
        write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "a").exists()


def test_files_have_the_rights_that_the_user_asks_for(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.parent.rmdir(), "no such file or directory"),
    ],
)
def test_errors_name_file_and_reason(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    path = tmp_path / "folder" / "a"
    path.parent.mkdir()
    make(path)
    with pytest.raises(FileError, match=f"cannot write .*folder/a: {reason}"):
        write_whole(path, b"new")


def test_errors_show_no_control_characters() -> None:
    with (
        pytest.raises(FileError, match=r"cannot read a\[31m: permission denied"),
        file_errors("read", Path("a\x1b[31m")),
    ):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_move_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    with pytest.raises(FileError, match="file exists"):
        move(tmp_path / "a", tmp_path / "b")
    assert [(tmp_path / name).read_text() for name in "ab"] == ["a", "b"]
    move(tmp_path / "a", tmp_path / "c")
    assert names(tmp_path) == ["b", "c"]


@pytest.mark.parametrize("code", [None, errno.EPERM, errno.ENOTSUP])
def test_a_second_name_is_given_with_or_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    if code is not None:
        fail_at(monkeypatch, "link", 0, code)
    second_name(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "new"
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").samefile(tmp_path / "b") == (code is None)
    second_name(tmp_path / "a", tmp_path / "b")
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("call", ["link", "replace"])
def test_a_second_name_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    fail_at(monkeypatch, call, 0)
    with pytest.raises(FileError, match=r"cannot write .*/b: the disk is full"):
        second_name(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "old"
    assert names(tmp_path) == ["a", "b"]


def test_a_locked_folder_is_refused_until_released(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(FileError, match="another run is writing"):
        FolderLock(tmp_path)
    lock.release()
    lock.release()
    FolderLock(tmp_path).release()
