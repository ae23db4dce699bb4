"""The manifest of a folder of results: what the folder holds, and where.

Only the manifest says what a folder holds, and every reader goes by it. So a new result takes the place of an old one
in the instant in which the manifest is replaced. See `simcore.results_folders.exchange`.
"""

from __future__ import annotations

import hashlib
import json
import stat
from os import PathLike, fspath
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simcore.base.errors import FileError, Problem, UsageError
from simcore.base.text import shorten
from simcore.results_folders.atomic import file_errors, read_plain, shown, write_whole

MANIFEST, SUMMARY, SCENARIO, REP_WEEKS = "manifest.json", "summary.json", "scenario.yaml", "rep-weeks"
"""Names in a folder of results; rep-weeks is the folder of the parts."""
SWEEP = "sweep.parquet"
"""The table of a sweep, in a folder of its results."""
WORLDS = "worlds.parquet"
"""The worlds of a comparison."""
OPEN_ITEMS = "open-items.csv"
"""What was open at the start, where a scenario has a list of it."""
DRAWS = "draws.csv"
"""The rows of parameters of a scenario, where it has some."""

LONGEST = 1 << 26
"""Maximum bytes of a manifest that are read: enough for the parts of 10^11 rep-weeks; a truncated text is not valid."""

_PATH = (
    r"^(unfinished(-[0-9]+)?/)?"
    r"(summary\.json|scenario\.yaml|sweep\.parquet|open-items\.csv|draws\.csv|worlds\.parquet|rep-weeks/part-[0-9]{5,}\.parquet)$"
)
_FORMAT: Literal[2] = 2


class FileEntry(BaseModel):
    """One file that the manifest vouches for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: Annotated[str, Field(pattern=_PATH)]
    """Relative to the folder of the manifest."""
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rows: Annotated[int, Field(ge=0)] | None = None

    @property
    def place(self) -> str:
        """The folder (``unfinished`` or a numbered one) in which the file still lies; else an empty text."""
        first = self.path.split("/")[0]
        return first if first.startswith("unfinished") else ""

    @property
    def name(self) -> str:
        """The file's final path in a folder of results."""
        return self.path.removeprefix(f"{self.place}/")


class Manifest(BaseModel):
    """What a folder of results holds; it is written last."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    simcore_manifest: Literal[1, 2] = _FORMAT
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
    sha256: str | None = None
    """SHA-256 of the rest of the manifest, see `own_sum`; manifests of format 1 have none."""

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        if len({entry.place for entry in self.files}) > 1:
            raise ValueError("the files lie in more than one place")
        return self

    @property
    def place(self) -> str:
        """The folder in which the files still lie, as `FileEntry.place`."""
        return self.files[0].place if self.files else ""

    def own_sum(self) -> str:
        """Return the SHA-256 of the manifest without its field ``sha256``: as JSON, sorted, without spaces."""
        content = self.model_dump(mode="json", exclude={"sha256"})
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def unchanged(self) -> bool:
        """Return whether the manifest matches its own SHA-256 (format 1 has none, so it always does)."""
        return self.simcore_manifest == 1 or self.sha256 == self.own_sum()

    def lying_in(self, place: str) -> Manifest:
        """Return the manifest with its files in a folder below, or (for an empty text) in the folder itself."""
        prefix = f"{place}/" if place else ""
        files = [entry.model_copy(update={"path": prefix + entry.name}) for entry in self.files]
        return self.model_copy(update={"files": files})


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest with its own SHA-256, in one step.

    Raises
    ------
    FileError
        If it could not be written; the previous one is then unchanged.
    """
    now = manifest.model_copy(update={"simcore_manifest": _FORMAT})
    sealed = now.model_copy(update={"sha256": now.own_sum()})
    write_whole(folder / MANIFEST, (sealed.model_dump_json(indent=2) + "\n").encode())


def parse_manifest(data: bytes, file: Path) -> Manifest:
    """Parse a manifest.

    Raises
    ------
    FileError
        If it is not one of simcore.
    """
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise FileError(f"{shown(file)} is not a manifest of simcore results, or it is damaged") from error
    if (manifest.sha256 is None) != (manifest.simcore_manifest == 1):
        raise FileError(f"{shown(file)} is not a manifest of simcore results, or it is damaged")
    return manifest


def manifest_text(folder: Path) -> bytes:
    """Return the content of a folder's manifest file, up to `LONGEST` bytes.

    Raises
    ------
    FileError
        If there is none, it is not a regular file, or it cannot be read.
    """
    return read_plain(folder / MANIFEST, LONGEST)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder of results.

    Raises
    ------
    FileError
        If there is none, or it is not one of simcore.
    """
    return parse_manifest(manifest_text(folder), folder / MANIFEST)


def own_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, or ``None`` if it has no valid one.

    Raises
    ------
    FileError
        If that cannot be determined: a manifest that cannot be read just now must not count as missing, since its
        files would be removed.
    """
    file = folder / MANIFEST
    with file_errors("read", file):
        try:
            plain = stat.S_ISREG(file.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None
    if not plain:
        return None
    data = manifest_text(folder)
    try:
        return parse_manifest(data, file)
    except FileError:
        return None


def folder_of(given: object) -> Path:
    """Return the path of a folder of results.

    Raises
    ------
    UsageError
        If it is not a path.

    Examples
    --------
    >>> folder_of(5)
    Traceback (most recent call last):
    simcore.UsageError: path: is no path of a folder, got 5; allowed: a text or a pathlib.Path
    """
    path = fspath(given) if isinstance(given, PathLike) else given
    if isinstance(path, str) and path and "\0" not in path:
        return Path(path)
    shown = shorten(given) if isinstance(given, str | int | float) else type(given).__name__
    problem = Problem("is no path of a folder", "path", value=shown, allowed="a text or a pathlib.Path")
    raise UsageError((problem,))
