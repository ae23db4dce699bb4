"""Folders whose files are run as code: only their owner and the administrator may write to them.

Whoever can write to a folder, or to one above it, decides what lies in it. So every folder on the path is
checked, including those that links lead through. On systems without Unix owners (Windows), a folder in the user's
profile is assumed to be private.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple

HAS_OWNERS = hasattr(os, "getuid")
"""Whether this system has Unix owners and permissions."""

_PRIVATE = 0o700
_MOST_LINKS = 40


class _Step(NamedTuple):
    """A folder or link on the path to a folder."""

    path: Path
    info: os.stat_result


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, accessible to their owner only (0700).

    Raises
    ------
    OSError
        If it cannot be created.
    """
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(_PRIVATE, exist_ok=True)  # another process may have created it meanwhile


def tighten(folder: Path) -> None:
    """Remove all permissions of group and others from a folder of ours, if it exists."""
    if not HAS_OWNERS:
        return
    try:
        info = folder.lstat()
    except OSError:
        return
    if stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and info.st_mode & 0o077:
        folder.chmod(_PRIVATE)


def flaw(folder: Path, own: int = 1) -> str | None:
    """Return why somebody else could have written to a folder, or ``None``; a folder that does not exist has no flaw.

    Parameters
    ----------
    folder
        An absolute path.
    own
        The number of folders at the end of the path that others must not be able to write to at all. Those above may
        be writable if the sticky bit keeps others from replacing what is not theirs (as in ``/tmp``).

    Raises
    ------
    OSError
        If a folder on the path cannot be inspected, or links form a loop.
    """
    if not HAS_OWNERS:
        return None
    trusted = {0, os.getuid(), Path(folder.anchor).stat().st_uid}
    strict = {Path(os.path.realpath(path)) for path in [folder, *folder.parents][:own]}
    for path, info in _steps_to(folder):
        if info.st_uid not in trusted:
            return f"{path} belongs to {_name_of(info.st_uid)}, who could put any code there"
        if stat.S_ISLNK(info.st_mode):
            continue
        others = info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if path not in strict:
            if info.st_mode & stat.S_ISVTX:
                continue
            if not info.st_mode & stat.S_IWOTH and _group_is_ours(info.st_gid):
                continue
        if others:
            return f"{path} can be written by others ({stat.filemode(info.st_mode)}), who could put any code there"
    return None


def may_be_run(info: os.stat_result) -> bool:
    """Return whether an open file is a regular file of ours or the administrator's that nobody else may write to."""
    if not stat.S_ISREG(info.st_mode):
        return False
    return not HAS_OWNERS or (info.st_uid in {0, os.getuid()} and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _steps_to(folder: Path) -> list[_Step]:
    """Return every existing folder and link that takes part in resolving a path."""
    here = Path(folder.anchor)
    way = [_Step(here, here.stat())]
    waiting = list(reversed(folder.parts[1:]))
    links = 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            here = here.parent  # `here` has no links, so its parent is what the system resolves
            continue
        path = here / part
        try:
            info = path.lstat()
        except FileNotFoundError:
            return way
        way.append(_Step(path, info))
        if not stat.S_ISLNK(info.st_mode):
            here = path
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
        target = path.readlink()
        here = Path(target.anchor) if target.is_absolute() else here
        waiting.extend(reversed(target.parts[1:] if target.is_absolute() else target.parts))
    return way


def _group_is_ours(group: int) -> bool:
    """Return whether a group is the administrators', or has this user as its only member."""
    if group == 0:
        return True
    import grp  # noqa: PLC0415
    import pwd  # noqa: PLC0415

    try:
        name, members = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return members.gr_name == name and set(members.gr_mem) <= {name}


def _name_of(user: int) -> str:
    import pwd  # noqa: PLC0415

    try:
        return f"user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user {user}"
