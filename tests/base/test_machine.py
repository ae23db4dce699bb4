"""Processors and memory that a process may use, from files as Linux shows them in control groups of both versions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simcore.base import machine
from simcore.base.machine import memory, processors

MIB = 1 << 20


@pytest.fixture(autouse=True)
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)


def shown(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "max 100000"}, 8),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "200000 100000"}, 2),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "150000 100000"}, 2),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "20000 100000"}, 1),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "3200000 100000"}, 8),
        # The limit of a group above holds, too.
        (
            {
                "proc/self/cgroup": "0::/a/b",
                "sys/fs/cgroup/a/cpu.max": "300000 100000",
                "sys/fs/cgroup/a/b/cpu.max": "max",
            },
            3,
        ),
        # Version 1, with the name of the mount that a distribution chose, and in a container that shows its own top.
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/docker/x\n0::/",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            3,
        ),
        (
            {
                "proc/self/cgroup": "1:cpu:/job",
                "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "-1",
                "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "50000",
            },
            2,
        ),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "nonsense"}, 8),
    ],
)
def test_quotas_of_control_groups_count(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    assert processors(shown(tmp_path, files)) == expected


def test_the_processors_that_a_process_is_bound_to_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3}, raising=False)
    root = shown(tmp_path, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "400000 100000"})
    assert processors(root) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": str(64 * MIB)},
        {"proc/self/cgroup": "0::/a", "sys/fs/cgroup/a/memory.max": "max", "sys/fs/cgroup/memory.max": str(64 * MIB)},
        {"proc/self/cgroup": "4:memory:/x", "sys/fs/cgroup/memory/memory.limit_in_bytes": str(64 * MIB)},
    ],
)
def test_the_memory_of_control_groups_counts(tmp_path: Path, files: dict[str, str]) -> None:
    found = memory(shown(tmp_path, files))
    assert found == (64 * MIB, "the limit of the control group")


def test_without_a_limit_it_is_the_memory_of_the_machine(tmp_path: Path) -> None:
    unlimited = {"proc/self/cgroup": "4:memory:/", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}
    found = memory(shown(tmp_path, unlimited))
    assert found is not None
    assert found.bytes <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_the_default_number_of_threads_heeds_the_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = shown(tmp_path, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "500000 100000"})
    monkeypatch.setattr(machine.processors, "__defaults__", (root,))
    assert processors() == 5
