"""Folders whose files are run as code: nobody but their owner and the administrator may write there.

Whoever can write to a folder, or to one above it, decides what lies in it. So every folder on the way is looked at,
those that links lead through included. Where the system knows no owners (Windows), a folder of the user's profile is
taken as private.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple

HAS_OWNERS = hasattr(os, "getuid")
"""Whether this system has owners and permissions as Unix has them."""

_PRIVATE = 0o700
_MOST_LINKS = 40


class _Step(NamedTuple):
    """A folder or a link on the way to a folder."""

    path: Path
    info: os.stat_result


def make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, for their owner alone (0700).

    Raises
    ------
    OSError
        If it cannot be made.
    """
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(_PRIVATE, exist_ok=True)  # another process may have been quicker


def tighten(folder: Path) -> None:
    """Take all rights of others on a folder of ours away, if it is there and they have some."""
    if not HAS_OWNERS:
        return
    try:
        info = folder.lstat()
    except OSError:
        return
    if stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and info.st_mode & 0o077:
        folder.chmod(_PRIVATE)


def flaw(folder: Path, own: int = 1) -> str | None:
    """Return why what lies in a folder could be somebody else's, or ``None``; what does not exist yet is no flaw.

    Parameters
    ----------
    folder
        An absolute path.
    own
        So many folders at its end must not be written by others at all. Those above may be, if the system keeps others
        from replacing what is not theirs (the sticky bit, as in ``/tmp``).

    Raises
    ------
    OSError
        If a folder on the way cannot be looked at, or links go round in circles.
    """
    if not HAS_OWNERS:
        return None
    trusted = {0, os.getuid(), Path(folder.anchor).stat().st_uid}
    strict = {Path(os.path.realpath(path)) for path in [folder, *folder.parents][:own]}
    for path, info in _way(folder):
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
    """Tell whether an open file is a plain one of ours, or the administrator's, that nobody else may write to."""
    if not stat.S_ISREG(info.st_mode):
        return False
    return not HAS_OWNERS or (info.st_uid in {0, os.getuid()} and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _way(folder: Path) -> list[_Step]:
    """Return every folder and link that decides what a path means, as far as they exist."""
    here = Path(folder.anchor)
    way = [_Step(here, here.stat())]
    waiting = list(reversed(folder.parts[1:]))
    links = 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            here = here.parent  # `here` has no links, so this is what the system does
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
    """Tell whether a group is that of the administrators, or has this user as its only member."""
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
