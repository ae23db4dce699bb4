"""Compares the files in a folder of results with its manifest: regular files with the right sums, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simcore.base.errors import FileError
from simcore.base.text import printable
from simcore.results_folders.atomic import file_errors
from simcore.results_folders.exchange import REPLACED, UNFINISHED, is_ours, may_stand_in
from simcore.results_folders.manifest import MANIFEST, REP_WEEKS, FileEntry, Manifest, own_manifest
from simcore.results_folders.parts import link_in

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Findings:
    """The findings of a check, one sentence each without a full stop."""

    problems: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    """Final names of the files whose size and sum are right."""


def check_sums(folder: Path, manifest: Manifest, found: Findings) -> None:
    """Check that every file of the manifest is a regular file of the right size and SHA-256."""
    for entry in manifest.files:
        try:
            problem = _check_file(folder, entry)
        except FileError as error:
            found.unreadable.append(str(error))
            continue
        if problem:
            found.problems.append(f"{entry.path} {problem}")
        else:
            found.good.add(entry.name)


def _check_file(folder: Path, entry: FileEntry) -> str | None:
    """Return what is wrong with one file of the manifest, as the end of a sentence; ``None`` if nothing is."""
    file = folder / entry.path
    with file_errors("read", file):
        link = link_in(folder, entry.path)
        if link is not None:
            return "is a link, not a plain file" if link == entry.path else f"lies behind a link, {link}"
        if not file.is_file():
            return "is missing or not a plain file"
        size = file.stat().st_size
        if size != entry.bytes:
            return f"has {size} bytes, the manifest says {entry.bytes}"
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if digest == entry.sha256 else "was changed: its SHA-256 is not that of the manifest"


def check_names(folder: Path, manifest: Manifest, found: Findings) -> None:
    """Report links in the folder, and names that the manifest does not list but could be mistaken for its files."""
    beside: list[str] = []
    left: list[str] = []
    with file_errors("read", folder):
        entries = sorted(folder.iterdir())
    for entry in entries:
        name = printable(entry.name)
        with file_errors("read", entry):
            is_link, is_folder = entry.is_symlink(), entry.is_dir()
        if is_link:
            found.problems.append(f"{name} is a link: results are plain files and folders")
        elif is_folder and name == REP_WEEKS and not manifest.place:
            _check_parts(entry, manifest, found)
        elif is_folder and may_stand_in(name):
            left.append(name)
            _report_leftovers(entry, manifest, found)
        elif is_folder:
            beside.append(name + "/")
            with file_errors("read", entry):
                tables = sorted(path.relative_to(folder).as_posix() for path in entry.rglob("*.parquet"))
            found.problems += [f"{printable(path)} is not in the manifest" for path in tables]
        elif manifest.place and may_stand_in(name) and name != MANIFEST:
            left.append(name)
        elif name != MANIFEST and name not in {listed.path for listed in manifest.files}:
            if may_stand_in(name) or name.endswith(".parquet"):
                found.problems.append(f"{name} is not in the manifest")
            elif not is_ours(entry.name, folder=False):
                beside.append(name)
    if beside:
        found.notes.append(f"beside the results, and not of simcore: {', '.join(beside)}")
    if manifest.place:
        found.notes.append(
            f"the results still lie in {manifest.place}/: a run was ended while it put them in their place. What else "
            f"is there ({', '.join(name for name in left if name != manifest.place) or 'nothing'}) may be of an older "
            "result. The next run that writes into the folder, or `simcore verify --finish`, finishes it"
        )


def _check_parts(folder: Path, manifest: Manifest, found: Findings) -> None:
    """Check that the folder of parts has the names in the manifest, and no others."""
    listed = {entry.path for entry in manifest.files}
    prefix = f"{manifest.place}/{REP_WEEKS}" if manifest.place else REP_WEEKS
    with file_errors("read", folder):
        for entry in sorted(folder.iterdir()):
            path = f"{prefix}/{entry.name}"
            if path in listed:
                continue  # `check_sums` reports whether it is a regular file
            what = "is a link, and" if entry.is_symlink() else "is a folder, and" if entry.is_dir() else "is"
            found.problems.append(f"{printable(path)} {what} not in the manifest")


def _report_leftovers(folder: Path, manifest: Manifest, found: Findings) -> None:
    """Report one of simcore's folders that is not part of the result."""
    if folder.name in {manifest.place, REP_WEEKS}:
        parts = folder / REP_WEEKS
        with file_errors("read", parts):
            to_check = parts.is_dir() and not parts.is_symlink()
        if to_check:
            _check_parts(parts, manifest, found)
        return
    if folder.name.startswith(REPLACED):
        found.notes.append(f"{folder.name}/ is what an exchange has replaced; the next run into the folder removes it")
    elif folder.name.startswith(UNFINISHED):
        try:
            other = own_manifest(folder)
        except FileError as error:
            found.unreadable.append(str(error))
            return
        what = "parts of a run that did not end" if other is None else "the results of another run"
        state = "" if other is None or other.complete else ", which was interrupted"
        found.notes.append(f"{folder.name}/ holds {what}{state}")


def without_manifest(folder: Path) -> str:
    """Return the problem of a readable folder that has no manifest."""
    with file_errors("read", folder):
        names = sorted(entry.name for entry in folder.iterdir())
    text = f"no {MANIFEST}: the folder holds no result of simcore"
    if not names:
        return f"{text}; it is empty"
    left = [name for name in names if name.startswith(UNFINISHED) and may_stand_in(name)]
    if left:
        whole = [name for name in left if own_manifest(folder / name) is not None]
        text += f"; a run that was not put in place is in {', '.join(whole or left)}/"
        text += ", with a manifest of its own" if whole else ", without a manifest: it did not end"
    return text
