"""Plays a run, or a share of one, and keeps what is done in a file from which it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.base.errors import FileError, Problem, ScenarioError
from simcore.engine.parts import KEEP_SECONDS, Part, play_part, share_of
from simcore.engine.playable import playable
from simcore.results_folders.atomic import file_errors, shown
from simcore.run_parts.identity import check_counters, check_same_run
from simcore.run_parts.part_file import read_part, write_part

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.engine.runner import Report, Stop
    from simcore.scenario.model import Scenario


class Share(NamedTuple):
    """A share of the replications of a run: ``number`` 1 to ``shares``."""

    number: int = 1
    shares: int = 1

    def range_of(self, scenario: Scenario) -> tuple[int, int]:
        """Return its first replication, and the one behind its last.

        Raises
        ------
        ScenarioError
            If it has none.
        """
        first, end = share_of(scenario.run.replications, self.number, self.shares)
        if first == end:
            message = f"has too few replications for {self.shares:,} shares"
            raise ScenarioError((Problem(message, "run.replications", value=f"{scenario.run.replications:,}"),))
        return first, end


def begun_in(path: Path, scenario: Scenario, share: Share, *, resume: bool, overwrite: bool) -> Part | None:
    """Return what a file holds of a run or a share of it, from which it goes on; ``None`` where it begins.

    Parameters
    ----------
    path
        The file.
    resume
        Go on with what it holds, if it is there.
    overwrite
        Begin anew, whatever it holds.

    Raises
    ------
    FileError
        If there is a file, and neither is asked for; or it cannot be read.
    ScenarioError
        If it belongs to another run, seed, version or share, or holds more than is asked for.
    """
    with file_errors("read", path):
        there = path.is_symlink() or path.exists()
    if not there or (overwrite and not resume):
        return None
    if not resume:
        raise FileError(f"{shown(path)} is there already: --resume goes on with it, --overwrite begins anew")
    kept = read_part(path)
    check_same_run(path, kept.header, scenario)
    check_counters(kept, playable(scenario))
    first, end = share.range_of(scenario)
    if kept.part.first != first:
        message = f"holds replications from {kept.part.first + 1:,} on, this share begins with {first + 1:,}"
        raise ScenarioError((Problem(message, file=shown(path)),))
    if kept.part.end > end:
        message = f"holds {kept.part.replications:,} replications already, more than the {end - first:,} asked for"
        raise ScenarioError((Problem(message, file=shown(path)),))
    return kept.part


def play_into(
    path: Path,
    scenario: Scenario,
    share: Share,
    begun: Part | None,
    *,
    every: float = KEEP_SECONDS,
    threads: int | None = None,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Part | None:
    """Play what is missing of a share, and keep it in a file every so many seconds and at the end.

    Parameters
    ----------
    path
        The file; it holds an earlier state or a later one, whole, at any moment.
    scenario
        With the replications of the whole run.
    begun
        From `begun_in`.

    Returns
    -------
    Part or None
        All that is there of the share, less than the whole if it was stopped; ``None`` if that is nothing.

    Raises
    ------
    FileError
        If the file cannot be written.
    ScenarioError
        If the scenario cannot be played.
    """
    first, end = share.range_of(scenario)
    return play_part(
        scenario,
        first,
        end,
        begun=begun,
        keep=lambda part: write_part(path, scenario, part, end),
        every=every,
        threads=threads,
        progress=progress,
        stop=stop,
    )
