"""The manifest of a folder of results, and what can be checked with it.

pyarrow is imported only by the functions that need it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simcore.atomic import file_errors, shown
from simcore.errors import FileError

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST, SUMMARY, SCENARIO, REP_WEEKS = "manifest.json", "summary.json", "scenario.yaml", "rep-weeks"
"""Names in a folder of results; rep-weeks is the folder of the parts."""
SWEEP = "sweep.parquet"
"""The table of a sweep, in a folder of its results."""
WORLDS = "worlds.parquet"
"""The worlds of a comparison."""

_PATH = r"^(summary\.json|scenario\.yaml|sweep\.parquet|worlds\.parquet|rep-weeks/part-[0-9]{5,}\.parquet)$"


class FileEntry(BaseModel):
    """One file that the manifest vouches for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: Annotated[str, Field(pattern=_PATH)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rows: Annotated[int, Field(ge=0)] | None = None


class Manifest(BaseModel):
    """What a folder of results holds; it is written last."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    simcore_manifest: Literal[1] = 1
    version: str
    scenario: str
    digest: str
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    complete: bool
    """False if the run was interrupted: the results of its first `replications` replications."""
    replications: Annotated[int, Field(ge=0)]
    rows: Annotated[int, Field(ge=0)]
    """Rows of all Parquet files; 0 for a run without ``--detail rep-week``."""
    files: list[FileEntry]


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder of results.

    Raises
    ------
    FileError
        If there is none, or it is not one of simcore.
    """
    file = folder / MANIFEST
    with file_errors("read", file):
        data = file.read_bytes()
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        raise FileError(f"{shown(file)} is not a manifest of simcore results") from error


def own_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, or None if it has none that is valid."""
    try:
        return read_manifest(folder)
    except FileError:
        return None


def verify(path: Path | str) -> list[str]:
    """Check a folder of results against its manifest: every size, SHA-256 and number of rows.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    list of str
        What is wrong, a sentence each without a full stop; empty if all is well.
    """
    folder = Path(path)
    try:
        manifest = read_manifest(folder)
    except FileError as error:
        return [str(error)]
    listed = {entry.path for entry in manifest.files}
    problems = [f"{name} is missing from the manifest" for name in (SUMMARY, SCENARIO) if name not in listed]
    for entry in manifest.files:
        try:
            problems += _check_file(folder, entry)
        except FileError as error:
            problems.append(str(error))
    rows = sum(entry.rows or 0 for entry in manifest.files)
    if rows != manifest.rows:
        problems.append(f"the parts have {rows} rows, the manifest says {manifest.rows}")
    parts = folder / REP_WEEKS
    present = sorted(parts.glob("*.parquet")) if parts.is_dir() else []
    problems += [
        f"{shown(part)} is not in the manifest" for part in present if f"{REP_WEEKS}/{part.name}" not in listed
    ]
    return problems


def read_rep_weeks(path: Path | str) -> pa.Table:
    """Read the rep-weeks of a folder of results, page checksums verified.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    pyarrow.Table
        A row per rep-week, in the order replication, rep, week.

    Raises
    ------
    FileError
        If the folder has no valid manifest or no rep-weeks, or a part is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder = Path(path)
    manifest = read_manifest(folder)
    entries = [entry for entry in manifest.files if entry.path.startswith(f"{REP_WEEKS}/")]
    if not entries:
        raise FileError(f"{shown(folder)} holds no rep-weeks (they are written with --detail rep-week)")
    tables = []
    for entry in entries:
        part = folder / entry.path
        try:
            table = pq.ParquetFile(part, page_checksum_verification=True).read()
        except (OSError, pa.ArrowException) as error:
            raise FileError(f"cannot read {shown(part)}: {error}") from error
        if table.num_rows != entry.rows:
            raise FileError(f"{shown(part)} has {table.num_rows} rows, the manifest says {entry.rows}")
        tables.append(table)
    return pa.concat_tables(tables)


def _check_file(folder: Path, entry: FileEntry) -> list[str]:
    """Return what is wrong with one file of the manifest."""
    file = folder / entry.path
    with file_errors("read", file):
        if file.is_symlink() or not file.is_file():
            return [f"{shown(file)} is missing or not a plain file"]
        size = file.stat().st_size
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if size != entry.bytes:
        return [f"{shown(file)} has {size} bytes, the manifest says {entry.bytes}"]
    if digest != entry.sha256:
        return [f"{shown(file)} was changed: its SHA-256 is not that of the manifest"]
    if entry.rows is None:
        return []
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows = pq.read_metadata(file).num_rows
    return [] if rows == entry.rows else [f"{shown(file)} has {rows} rows, the manifest says {entry.rows}"]
