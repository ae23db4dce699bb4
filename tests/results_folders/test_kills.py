"""The real command, killed at every system call by which it changes the disk, and followed by a run that fails, too.

strace (Debian's package of that name) delivers SIGKILL when a system call is entered, the n-th of its kind, so that the
call is not made; and it lets system calls fail as on a full disk.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from simcore.results_folders.manifest import read_manifest
from simcore.results_folders.verification import verification
from tests.support.results_folders import RESULT, content, names
from tools.packages import ROOT

CALLS = ("openat", "mkdir", "link", "rename", "unlink", "rmdir", "fsync")
COMMAND = (
    "from simcore.results_folders import results_folder as parts; parts.ROW_GROUP_ROWS, parts.PART_ROWS = 512, 2048; "
    "from simcore.cli.main import main; main()"
)
"""The command, with parts of 2,048 rows: a run has three of them."""
RUN = ["run", "trust-the-process", "-n", "8", "-q", "--threads", "1", "--detail", "rep-week", "--overwrite"]
FAILURES = (
    *((call, "error=ENOSPC:when=1+") for call in ("fsync", "link", "mkdir", "rename")),
    ("write", "error=ENOSPC:when=1+"),
    ("fsync", "error=ENOSPC:when=4+"),
    ("rename", "error=ENOSPC:when=3+"),
    ("rename", "signal=KILL:when=2+"),
    ("link", "signal=KILL:when=2+"),
    ("unlink", "signal=KILL:when=3+"),
)
"""How the second run fails: a system call, and what happens to it from which time on."""


class Point(NamedTuple):
    """A system call of the run, and its number among all of its kind."""

    call: str
    number: int


def run(out: Path, seed: int, log: Path, *inject: str) -> subprocess.CompletedProcess[str]:
    """Run the command under strace, with its system calls in a log.

    With --seccomp-bpf it would be sooner done, and no signal would be delivered.
    """
    command = [
        *("strace", "--follow-forks", "--quiet=all", "--decode-fds=path", "--string-limit=4096"),
        *("--output", str(log), "--trace", ",".join((*CALLS, "write"))),
        *(f"--inject={each}" for each in inject),
        *(sys.executable, "-c", COMMAND, *RUN, "--seed", str(seed), "--out", str(out)),
    ]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603


def points(log: Path, out: Path) -> list[Point]:
    """Return the system calls of a log that change something in a folder, but for writes into open files."""
    lines = [line.split(maxsplit=1) for line in log.read_text().splitlines()]
    main = lines[0][0]
    counts = dict.fromkeys(CALLS, 0)
    found = []
    for process, text in lines:
        name = text.partition("(")[0]
        touches = str(out) in text and (name != "openat" or re.search("O_WRONLY|O_RDWR|O_CREAT", text) is not None)
        assert process == main or not touches or name == "write", text
        if process == main and name in counts:
            counts[name] += 1
            if touches:
                found.append(Point(name, counts[name]))
    return found


def held(out: Path) -> int:
    """Return the seed of the run whose result the folder holds, whole."""
    found = verification(out)
    assert found.whole, found
    manifest = read_manifest(out)
    assert all((out / entry.path).stat().st_size == entry.bytes for entry in manifest.files)
    return manifest.seed


@pytest.mark.long
def test_killed_at_every_call_and_then_failing_again(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.fail("strace is missing; on Debian: apt-get install strace")
    start, out, log = tmp_path / "start", tmp_path / "out", tmp_path / "log"
    assert run(start, 1, log).returncode == 0
    assert run(tmp_path / "other", 4, log).returncode == 0
    # A run that was not put in place, which nobody may remove before a new one is.
    shutil.copytree(tmp_path / "other", start / "unfinished")
    kept = content(start / "unfinished")
    shutil.copytree(start, out)
    assert run(out, 2, log).returncode == 0
    assert (names(out), held(out)) == (RESULT, 2)
    found = points(log, out)
    assert {point.call for point in found} == set(CALLS)
    seeds = []
    for number, point in enumerate(found):
        shutil.rmtree(out)
        shutil.copytree(start, out)
        done = run(out, 2, log, f"{point.call}:signal=KILL:when={point.number}")
        assert done.returncode == -signal.SIGKILL, (point, done)
        seeds.append(held(out))
        assert seeds[-1] == 2 or content(out / "unfinished") == kept
        call, how = FAILURES[number % len(FAILURES)]
        assert run(out, 3, log, f"{call}:{how}").returncode != 0, (point, call, how)
        after = held(out)
        assert after in {seeds[-1], 3}, point
        assert after != 1 or content(out / "unfinished") == kept
        if number % 10 == 0:
            assert run(out, 5, log).returncode == 0
            assert (names(out), held(out)) == (RESULT, 5)
    print(f"{len(found)} points, {seeds.count(1)} with the old result, {seeds.count(2)} with the new one")
    assert seeds == sorted(seeds)
    assert set(seeds) == {1, 2}
