"""Bytes become text in every encoding; what is no text is refused, in bounded memory."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.base.errors import FileError, UsageError
from simcore.crm.cells import file_text
from simcore.crm.cells.file_text import read_text
from simcore.crm.cells.refused import DataError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "id,Währung\r\n1,Müller \u2013 €\r\n2,plain\r\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"),
     ("utf-32", "utf-32"), ("cp1252", "cp1252")],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_a_text_is_the_same_in_every_encoding(encoding: str, told: str, packed: bool, tmp_path: Path) -> None:
    data = TEXT.encode(encoding)
    (tmp_path / "x.csv").write_bytes(gzip.compress(data) if packed else data)
    found = read_text(tmp_path / "x.csv")
    assert (found.data.decode(), found.encoding, found.controls_in_all) == (TEXT, told, 0)


def test_two_packed_parts_are_one_text(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"))
    assert read_text(tmp_path / "x.gz").data == b"a,b\n1,2\n"


def test_utf_8_with_a_broken_byte_is_not_taken_for_cp1252(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(TEXT.encode() + b"3,\xff\n")
    found = read_text(tmp_path / "x.csv")
    assert (found.encoding, found.controls_in_all) == ("utf-8", 1)
    assert found.data[found.controls[0] :].startswith("\ufffd".encode())


def test_control_characters_are_counted_and_found(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a\0b\x1bc\x7f" + b"\x01" * 9)
    found = read_text(tmp_path / "x.csv")
    assert (found.controls, found.controls_in_all) == ((1, 3, 5), 12)


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(DataError, match="is empty"):
        read_text(tmp_path / "x.csv")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(DataError, match="is packed, and damaged"):
        read_text(tmp_path / "x.xlsx")


@pytest.mark.parametrize("cut", [12, 30, -1])
def test_a_packed_file_that_is_cut_is_refused(cut: int, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(TEXT.encode() * 50)[:cut])
    with pytest.raises(DataError, match="is packed, and"):
        read_text(tmp_path / "x.gz")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_text, "MOST_BYTES", 1000)
    (tmp_path / "x.csv").write_bytes(b"a" * 1001)
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"a" * 1001))
    (tmp_path / "y.csv").write_bytes(b"a" * 1000)
    for name in ("x.csv", "x.gz"):
        with pytest.raises(DataError, match="is too large"):
            read_text(tmp_path / name)
    assert len(read_text(tmp_path / "y.csv").data) == 1000


@pytest.mark.parametrize("given", [5, None, "", " ", b"x", "a\0b"])
def test_what_is_no_path_is_refused(given: object) -> None:
    with pytest.raises(UsageError, match="is no path of a file"):
        read_text(given)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a directory"):
        read_text(tmp_path)


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_become_text_or_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    try:
        found = read_text(path)
    except DataError:
        return
    found.data.decode("utf-8", "strict")
