"""From the bytes of a file to text: compression, byte order marks, UTF-16, cp1252; what no text should hold."""

from __future__ import annotations

import codecs
import os
import re
import stat
import zlib
from pathlib import Path
from typing import NamedTuple

from simcore.base.errors import FileError, Problem, UsageError
from simcore.base.text import printable
from simcore.crm.cells.refused import DataError
from simcore.crm.cells.workbook import text_of_workbook

MOST_BYTES = 256 * 2**20
"""Maximum size of a file, unpacked: what is read is held in memory."""
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN_BYTES = bytes(byte for byte in range(256) if byte in b"\t\n\r" or (byte >= 0x20 and byte != 0x7F))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REPLACEMENT = "\ufffd".encode()


class FileText(NamedTuple):
    """The text of a file."""

    name: str
    """The path as it was given, without anything that could steer a terminal."""
    data: bytes
    """UTF-8, without a byte order mark."""
    encoding: str
    """What the file was written in: ``utf-8``, ``utf-16``, ``utf-32`` or ``cp1252``; ``xlsx`` of a workbook."""
    controls: tuple[int, ...]
    """Where the first control characters and broken bytes are, in `data`."""
    controls_in_all: int


def read_text(given: object, argument: str = "file", sheet: str | None = None) -> FileText:
    """Read a file as text, in whatever encoding spreadsheets and CRMs write it.

    Parameters
    ----------
    given
        The path; a file that is packed with gzip is unpacked.
    argument
        The name of the argument, for errors.
    sheet
        Of a workbook with several.

    Raises
    ------
    UsageError
        If it is no path.
    FileError
        If it cannot be read.
    DataError
        If it is too large, empty, or no text.
    """
    path = _path_of(given, argument)
    name = printable(str(path))
    data = _bytes_of(path, name)
    if data.startswith(_ZIP):
        text, encoding = text_of_workbook(data, name, sheet), "xlsx"
    else:
        text, encoding = _decoded(data)
    if not text.strip():
        raise DataError((Problem("is empty", file=name),))
    odd = len(text.translate(None, _PLAIN_BYTES)) + text.count(_REPLACEMENT)
    return FileText(name, text, encoding, _places(text) if odd else (), odd)


def _path_of(given: object, argument: str) -> Path:
    if isinstance(given, str | os.PathLike) and str(given).strip() and "\0" not in str(given):
        return Path(given)
    allowed = "a text or a pathlib.Path"
    raise UsageError((Problem("is no path of a file", argument, value=type(given).__name__, allowed=allowed),))


def _bytes_of(path: Path, name: str) -> bytes:
    """Return the content of a file, unpacked; raise if it is too large before all of it is read."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > MOST_BYTES:
                raise _too_large(name, status.st_size)
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from error
    if data.startswith(_GZIP):
        data = _unpacked(data, name)
    if len(data) > MOST_BYTES:
        raise _too_large(name, None)
    return data


def _unpacked(data: bytes, name: str) -> bytes:
    """Return what gzip has packed, but no more than a byte too much."""
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.startswith(_GZIP) and size <= MOST_BYTES:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpacker.decompress(rest, MOST_BYTES + 1 - size))
        except zlib.error:
            raise DataError((Problem("is packed, and damaged: it cannot be unpacked", file=name),)) from None
        size += len(parts[-1])
        if size <= MOST_BYTES and not unpacker.eof:
            raise DataError((Problem("is packed, and cut off: its end is missing", file=name),))
        rest = unpacker.unused_data
    return b"".join(parts)


def _too_large(name: str, size: int | None) -> DataError:
    allowed = f"{MOST_BYTES >> 20} MB"
    value = None if size is None else f"{size / 2**20:,.0f} MB"
    hint = "export the columns that are mapped only, or fewer years"
    return DataError((Problem("is too large to be read", file=name, value=value, allowed=allowed, hint=hint),))


def _decoded(data: bytes) -> tuple[bytes, str]:
    """Return a text as UTF-8, and the encoding that it was in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding != "utf-8":
                return data.decode(encoding, "replace").encode("utf-8", "replace"), encoding
            data = data[len(mark) :]
            break
    else:
        wide = _unmarked_utf_16(data)
        if wide is not None:
            return data.decode(wide, "replace").encode("utf-8", "replace"), "utf-16"
    return _narrow(data)


def _narrow(data: bytes) -> tuple[bytes, str]:
    """Return a text of single bytes as UTF-8: where it is none, as cp1252, unless most of it is UTF-8 after all."""
    try:
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError:
        pass
    else:
        return data, "utf-8"
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    whole = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", mended[: 1 << 22]))
    if whole > broken:
        return mended.encode(), "utf-8"
    return data.decode("cp1252", "replace").encode(), "cp1252"


def _unmarked_utf_16(data: bytes) -> str | None:
    """Return the byte order of UTF-16 that has no mark: nearly every second byte of a table is then 0."""
    start = data[:4096]
    if len(start) < 8 or b"\0" not in start:
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.1 * half else None


def _places(data: bytes, most: int = 3) -> tuple[int, ...]:
    """Return where the first characters are that no text should hold."""
    found = [match.start() for match, _ in zip(_CONTROL.finditer(data), range(most), strict=False)]
    found += [match.start() for match, _ in zip(re.finditer(_REPLACEMENT, data), range(most), strict=False)]
    return tuple(sorted(found)[:most])
