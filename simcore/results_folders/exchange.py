"""Replaces an old result by a new one in a single switch, and finishes an interrupted exchange at the next start.

A folder of results holds what its manifest says. A new result is written into a folder of its own below
(``unfinished``, or ``unfinished-2`` where that is taken). When all of it is on the disk, the manifest is replaced by
one that names the files where they lie, ``unfinished/summary.json`` and so on: one rename, before which the folder
holds the old result whole and after which it holds the new one. What follows only brings the files to the names under
which people look for them, and never takes one away from where the manifest says it is:

1. each gets its final name as a second one (a hard link; the parts in a folder that is renamed as a whole);
2. the manifest is replaced once more, by one that names the final names;
3. files that no manifest lists any more are removed.

So a process may die between any two system calls: the next one redoes what was left, in any number of attempts.
`docs/results-folder.md` describes how that was tested.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from simcore.base.errors import FileError
from simcore.results_folders.atomic import file_errors, move, second_name, shown, sync_folder
from simcore.results_folders.manifest import (
    DRAWS,
    MANIFEST,
    OPEN_ITEMS,
    REP_WEEKS,
    SCENARIO,
    SUMMARY,
    SWEEP,
    WORLDS,
    Manifest,
    own_manifest,
    read_manifest,
    write_manifest,
)

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED, REPLACED = "unfinished", "replaced"
"""Folders below a folder of results: for runs that are not yet in place, and for files still to be removed. A number is
appended where the name is taken: ``unfinished-2``."""
TEXTS = (SUMMARY, SCENARIO)
TABLES = (SWEEP, WORLDS, OPEN_ITEMS, DRAWS)
IN_PLACE = (MANIFEST, *TEXTS, *TABLES, REP_WEEKS)
"""Final names of the files of a result."""

_NUMBERED = re.compile(rf"({UNFINISHED}|{REPLACED})(-[0-9]+)?")
_PART = re.compile(r"part-[0-9]{5,}\.parquet")
_TEMPORARY = re.compile(
    r"\.(manifest\.json|summary\.json|scenario\.yaml|open-items\.csv|draws\.csv|(sweep|worlds|part-[0-9]{5,})\.parquet)"
    r"\.[0-9a-f]{16}\.tmp"
)


def is_ours(name: str, *, folder: bool) -> bool:
    """Return whether this is a name that simcore gives to a folder, or to a file.

    Examples
    --------
    >>> is_ours("unfinished-2", folder=True), is_ours("notes.txt", folder=False)
    (True, False)
    """
    if folder:
        return name == REP_WEEKS or _NUMBERED.fullmatch(name) is not None
    plain = name in IN_PLACE and name != REP_WEEKS
    return plain or _PART.fullmatch(name) is not None or _TEMPORARY.fullmatch(name) is not None


def may_stand_in(name: str) -> bool:
    """Return whether a name belongs to a result, or to one of simcore's folders beside it."""
    return name in IN_PLACE or _NUMBERED.fullmatch(name) is not None


def below(folder: Path, stem: str) -> list[Path]:
    """Return the existing folders ``unfinished`` or ``replaced``, with or without a number."""
    found = [
        entry
        for entry in folder.iterdir()
        if entry.name.split("-")[0] == stem
        and _NUMBERED.fullmatch(entry.name)
        and entry.is_dir()
        and not entry.is_symlink()
    ]
    return sorted(found, key=lambda entry: int(entry.name.partition("-")[2] or 1))


def new_folder(folder: Path, stem: str) -> Path:
    """Create and return a folder ``unfinished`` or ``replaced``, with the first free number.

    Raises
    ------
    FileError
        If it cannot be created.
    """
    number = 1
    while True:
        path = folder / (stem if number == 1 else f"{stem}-{number}")
        with file_errors("create", path):
            try:
                path.mkdir()
            except FileExistsError:
                number += 1
                continue
            sync_folder(folder)
        return path


def exchange(folder: Path, work: Path) -> None:
    """Make the complete result in ``work`` (a folder ``unfinished`` below ``folder``) the result of ``folder``.

    A complete result also takes the place of what other runs left in folders ``unfinished``.

    Raises
    ------
    FileError
        If something failed. The folder then holds the old result whole, or the new one.
    """
    manifest = read_manifest(work)
    try:
        write_manifest(folder, manifest.lying_in(work.name))
    except FileError as error:
        raise FileError(f"{error}; the new results are whole in {shown(work)}") from error
    try:
        finish_exchange(folder)
        if manifest.complete:
            with file_errors("read", folder):
                others = below(folder, UNFINISHED)
            for left in others:
                _remove(folder, left)
    except FileError as error:
        raise FileError(
            f"{error}; {shown(folder)} holds the new results whole all the same, and the next run that writes into it "
            "will tidy up"
        ) from error


def finish_exchange(folder: Path) -> bool:
    """Finish an interrupted exchange, if there is one; return whether there was.

    The caller holds the lock of the folder.

    Raises
    ------
    FileError
        If something failed. The folder holds the new result whole all the same.
    """
    manifest = own_manifest(folder)
    if manifest is None:
        return False
    begun = bool(manifest.place)
    if begun:
        _give_final_names(folder, manifest)
        write_manifest(folder, manifest.lying_in(""))
    with file_errors("clean up", folder):
        for left in below(folder, UNFINISHED):
            other = own_manifest(left)
            if left.name == manifest.place or (other is not None and _same(other, manifest)):
                _remove(folder, left)
        for dead in below(folder, REPLACED):
            _discard(dead)
        for entry in sorted(folder.iterdir()):
            if _TEMPORARY.fullmatch(entry.name) and entry.is_file() and not entry.is_symlink():
                entry.unlink()
    return begun


def _same(one: Manifest, other: Manifest) -> bool:
    """Return whether two manifests list the same files, wherever they lie."""
    return one.lying_in("").files == other.lying_in("").files and bool(one.files)


def _give_final_names(folder: Path, manifest: Manifest) -> None:
    """Give the files of a manifest their final names as second names, replacing those of an older result."""
    names = {entry.name for entry in manifest.files}
    for name in (*TEXTS, *TABLES):
        if name in names:
            second_name(folder / manifest.place / name, folder / name)
        else:
            with file_errors("remove", folder / name):
                (folder / name).unlink(missing_ok=True)
    place, built = folder / REP_WEEKS, None
    for entry in manifest.files:
        if entry.name.startswith(f"{REP_WEEKS}/"):
            built = built or new_folder(folder, REPLACED)
            second_name(folder / entry.path, built / entry.name.removeprefix(f"{REP_WEEKS}/"))
    if os.path.lexists(place):
        move(place, new_folder(folder, REPLACED) / REP_WEEKS)
    if built is not None:
        move(built, place)


def _remove(folder: Path, dead: Path) -> None:
    """Remove one of simcore's folders, in such a way that the next start can see what was to be removed."""
    aside = new_folder(folder, REPLACED)
    move(dead, aside / dead.name)
    _discard(aside)


def _discard(folder: Path) -> None:
    """Remove what simcore wrote in a folder, and the folder; other people's files stay, with their folder."""
    with file_errors("clean up", folder):
        for entry in sorted(folder.iterdir()):
            is_folder = entry.is_dir() and not entry.is_symlink()
            if not is_ours(entry.name, folder=is_folder):
                continue
            if is_folder:
                _discard(entry)
            elif not entry.is_symlink():
                entry.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def foreign(folder: Path) -> list[str]:
    """Return the names in a folder, and in simcore's folders below it, that simcore did not write."""
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink() and is_ours(entry.name, folder=True):
            found += [f"{entry.name}/{name}" for name in foreign(entry)]
        elif entry.is_symlink() or not (entry.is_file() and is_ours(entry.name, folder=False)):
            found.append(entry.name)
    return found
