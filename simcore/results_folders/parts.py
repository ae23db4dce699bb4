"""Reads the rep-weeks of a folder of results, part by part, each checked against the manifest.

pyarrow is imported only by the functions that need it.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simcore.base.errors import FileError
from simcore.base.text import printable
from simcore.results.rep_weeks import FIRST_REPLICATION
from simcore.results_folders.atomic import file_errors, read_plain, shown
from simcore.results_folders.manifest import (
    MANIFEST,
    REP_WEEKS,
    FileEntry,
    Manifest,
    folder_of,
    manifest_text,
    parse_manifest,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_KEYS = ("replication", "rep", "week")
_CENTS = ("cents_origin", "cents_close")


class Shape(NamedTuple):
    """The rows of a replication, one per rep and week, and their columns."""

    reps: int
    weeks: int
    stages: tuple[str, ...]
    """Their columns."""


class Sums(NamedTuple):
    """Number of rows, and sums of their columns."""

    rows: int
    columns: dict[str, int]
    """Sums of the columns after replication, rep and week."""

    def __add__(self, other: object) -> Sums:
        """Return the sums of two sets of rows."""
        if not isinstance(other, Sums):
            return NotImplemented
        names = self.columns or other.columns
        both = {name: self.columns.get(name, 0) + other.columns.get(name, 0) for name in names}
        return Sums(self.rows + other.rows, both)


def parts_of(manifest: Manifest) -> list[FileEntry]:
    """Return the parts of rep-weeks that a manifest lists, in its order."""
    return [entry for entry in manifest.files if entry.name.startswith(f"{REP_WEEKS}/")]


def repeated(manifest: Manifest) -> list[str]:
    """Return what a manifest lists twice or out of order, one sentence each."""
    names = [entry.name for entry in manifest.files]
    found = [f"{name} is listed {names.count(name)} times" for name in sorted(set(names)) if names.count(name) > 1]
    parts = [entry.name for entry in parts_of(manifest)]
    if not found and parts != [f"{REP_WEEKS}/part-{number:05d}.parquet" for number in range(len(parts))]:
        found.append("the parts that the manifest lists are not numbered from 0 on, in order")
    return found


def link_in(folder: Path, path: str) -> str | None:
    """Return the first link among ``path`` and the folders above it up to ``folder``; ``None`` if there is none.

    Raises
    ------
    OSError
        If that cannot be determined.
    """
    parts = Path(path).parts
    for end in range(1, len(parts) + 1):
        if folder.joinpath(*parts[:end]).is_symlink():
            return "/".join(parts[:end])
    return None


def check_identity(metadata: dict[bytes, bytes] | None, manifest: Manifest) -> list[str]:
    """Return how the metadata of a Parquet file differ from the manifest's run, each as the end of a sentence."""
    stated = metadata or {}
    found = []
    for key, wanted in (("digest", manifest.digest), ("seed", str(manifest.seed)), ("version", manifest.version)):
        value = stated.get(f"simcore.{key}".encode())
        if value is None and manifest.simcore_manifest == 1:
            continue
        has = "none" if value is None else value.decode("utf-8", "replace")
        if has != wanted:
            found.append(f"is of another run: its {key} is {has}, the manifest says {wanted}")
    return found


def check_part(file: pq.ParquetFile, manifest: Manifest, shape: Shape | None, before: int) -> tuple[list[str], Sums]:
    """Check the rows of a part, a row group at a time.

    Parameters
    ----------
    file
        The part, open.
    manifest, shape
        The result it must belong to; without a shape the order of the rows is not checked.
    before
        Rows of the parts before it.

    Returns
    -------
    problems, sums
        Ends of sentences, and the sums of the rows.
    """
    metadata = file.schema_arrow.metadata
    found = check_identity(metadata, manifest)
    sums = Sums(0, {})
    wrong = _wrong_columns(file.schema_arrow, shape)
    if wrong is not None:
        return [*found, wrong], sums
    for number in range(file.num_row_groups):
        table = file.read_row_group(number)
        if shape is not None and not found and not _in_place(table, shape, before + sums.rows):
            found.append(f"holds other rows than those that belong there (row group {number})")
        names = [name for name in table.column_names if name not in _KEYS]
        sums += Sums(table.num_rows, {name: int(table[name].to_numpy().sum()) for name in names})
    first = (metadata or {}).get(FIRST_REPLICATION.encode())
    if shape is not None and not found and (first is not None or manifest.simcore_manifest > 1):
        wanted = before // (shape.reps * shape.weeks)
        if first != str(wanted).encode():
            has = "none" if first is None else first.decode("utf-8", "replace")
            found.append(f"says that its first replication is {has}, not {wanted}")
    return found, sums


def _wrong_columns(schema: pa.Schema, shape: Shape | None) -> str | None:
    """Return how the columns differ from those of rep-weeks, as the end of a sentence; ``None`` if they do not."""
    import pyarrow as pa  # noqa: PLC0415

    if not all(pa.types.is_integer(field.type) and not field.nullable for field in schema):
        return "has columns that are not whole numbers"
    wanted = None if shape is None else [*_KEYS, *shape.stages, *_CENTS]
    if wanted is not None and schema.names != wanted:
        return f"has the columns {printable(', '.join(schema.names))}, not {', '.join(wanted)}"
    return None


def _in_place(table: pa.Table, shape: Shape, start: int) -> bool:
    """Return whether the rows continue a run from row ``start`` on: by replication, rep and week."""
    row = np.arange(start, start + table.num_rows)
    wanted = (
        row // (shape.reps * shape.weeks),
        row // shape.weeks % shape.reps + 1,
        row % shape.weeks + 1,
    )
    return all(np.array_equal(table[name].to_numpy(), values) for name, values in zip(_KEYS, wanted, strict=True))


def read_rep_weeks(path: Path | str, *, check: bool = True) -> pa.Table:
    """Read the rep-weeks of a folder of results, each part checked against the manifest.

    Parameters
    ----------
    path
        The folder.
    check
        Whether the SHA-256 of each part and of the manifest is checked, beside size, page checksums, rows and the run
        that the part is of. It costs about a second for 2 GB.

    Returns
    -------
    pyarrow.Table
        A row per rep-week, in the order replication, rep, week.

    Raises
    ------
    FileError
        If the folder has no valid manifest or no rep-weeks, or a part is damaged, of another run, listed twice or a
        link.
    UsageError
        If the path is none.
    """
    folder = folder_of(path)
    while True:
        data = manifest_text(folder)
        try:
            return _read(folder, parse_manifest(data, folder / MANIFEST), check=check)
        except FileError:
            # Another run may have replaced the results meanwhile: then those are read.
            if manifest_text(folder) == data:
                raise


def _read(folder: Path, manifest: Manifest, *, check: bool) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    if check and not manifest.unchanged():
        raise FileError(f"{shown(folder / MANIFEST)} was changed: its SHA-256 is not that of what it says")
    entries = parts_of(manifest)
    if not entries:
        raise FileError(f"{shown(folder)} holds no rep-weeks (they are written with --detail rep-week)")
    for problem in repeated(manifest):
        raise FileError(f"{shown(folder / MANIFEST)}: {problem}")
    tables = [_part(folder, entry, manifest, check=check) for entry in entries]
    for entry, table in zip(entries, tables, strict=True):
        if not table.schema.equals(tables[0].schema):
            raise FileError(f"{shown(folder / entry.path)} has other columns than the part before it")
    metadata = {key: value for key, value in tables[0].schema.metadata.items() if key != FIRST_REPLICATION.encode()}
    return pa.concat_tables(tables).replace_schema_metadata(metadata)


def _part(folder: Path, entry: FileEntry, manifest: Manifest, *, check: bool) -> pa.Table:
    """Return the table of a part, checked against the manifest."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    part = folder / entry.path
    with file_errors("read", part):
        link = link_in(folder, entry.path)
    if link:
        raise FileError(f"cannot read {shown(part)}: {link} is a link, which simcore does not follow")
    data = read_plain(part, entry.bytes + 1)
    if len(data) != entry.bytes or (check and hashlib.sha256(data).hexdigest() != entry.sha256):
        raise FileError(f"cannot read {shown(part)}: it was changed, its size or SHA-256 is not that of the manifest")
    try:
        table = pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True).read()
    except (OSError, pa.ArrowException) as error:
        raise FileError(f"cannot read {shown(part)}: {error}") from error
    if table.num_rows != entry.rows:
        raise FileError(f"{shown(part)} has {table.num_rows} rows, the manifest says {entry.rows}")
    for problem in [*check_identity(table.schema.metadata, manifest), _wrong_columns(table.schema, None)]:
        if problem is not None:
            raise FileError(f"{shown(part)} {problem}")
    return table
