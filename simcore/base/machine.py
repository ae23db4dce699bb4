"""Processors and memory that this process may use, with the limits of its control groups."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path("/")
"""The folder that contains ``proc`` and ``sys``."""


class Memory(NamedTuple):
    """An amount of memory in bytes, and what limits it."""

    bytes: int
    limited_by: str


def processors(root: Path = ROOT) -> int:
    """Return the number of processors this process may use, by its CPU affinity and its control groups' quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    quotas = [*_new_quotas(root), *_old_quotas(root)]
    return max(1, min([bound, *(math.ceil(quota) for quota in quotas)]))


def memory(root: Path = ROOT) -> Memory | None:
    """Return the smallest of: the machine's memory, the control groups' limits, and ``ulimit -v``.

    ``None`` if the system reports none of them.
    """
    found = [*_group_limits(root), *_process_limits(), *_installed()]
    return min(found, default=None)


def _numbers(path: Path) -> list[int] | None:
    """Return the numbers in a one-line file; ``None`` if there are none (no such file, or "max")."""
    try:
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return None


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's control groups, innermost first; controller ``""`` is version 2.

    Inside a container the path may be the host's, of which only the upper end exists: that is tried, too.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    mounts = [root / "sys/fs/cgroup"] if not controller else [root / "sys/fs/cgroup" / controller]
    for line in lines:
        _, names, path = line.split(":", 2)
        if controller not in names.split(","):
            continue
        if controller and names != controller:
            mounts.append(root / "sys/fs/cgroup" / names)
        for mount in mounts:
            here = Path(path.lstrip("/"))
            while True:
                yield mount / here
                if here == here.parent:
                    break
                here = here.parent


def _new_quotas(root: Path) -> Iterator[float]:
    for folder in _folders(root, ""):
        numbers = _numbers(folder / "cpu.max")
        if numbers is not None and len(numbers) == 2 and numbers[1] > 0:
            yield numbers[0] / numbers[1]


def _old_quotas(root: Path) -> Iterator[float]:
    for folder in _folders(root, "cpu"):
        quota, period = _numbers(folder / "cpu.cfs_quota_us"), _numbers(folder / "cpu.cfs_period_us")
        if quota and period and quota[0] > 0 and period[0] > 0:
            yield quota[0] / period[0]


def _group_limits(root: Path) -> Iterator[Memory]:
    for controller, name in (("", "memory.max"), ("memory", "memory.limit_in_bytes")):
        for folder in _folders(root, controller):
            numbers = _numbers(folder / name)
            if numbers:
                yield Memory(numbers[0], "the limit of the control group")


def _process_limits() -> Iterator[Memory]:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield Memory(soft, "ulimit -v")


def _installed() -> Iterator[Memory]:
    if hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= set(os.sysconf_names):
        yield Memory(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "the memory of this machine")
