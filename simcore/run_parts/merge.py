"""Puts the shares of a run together that were played apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.engine.parts import result_of_part
from simcore.engine.playable import playable, with_run_overrides
from simcore.results_folders.atomic import shown
from simcore.run_parts.identity import check_counters, check_same_run, check_together
from simcore.run_parts.part_file import read_header, read_part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from simcore.engine.runner import Stop
    from simcore.results.result import Result
    from simcore.run_parts.part_file import Header


def merge(parts: Iterable[str | PathLike[str]], *, threads: int | None = None, stop: Stop | None = None) -> Result:
    """Return the result of a run whose shares lie in files; the same, to the last bit, as that of one run of all.

    Parameters
    ----------
    parts
        Files that ``simcore run --shard I/N --out FILE`` or ``--checkpoint FILE`` have written, in any order.
    threads, stop
        For what is played of a scenario with unknown parameters to tell how much they matter.

    Raises
    ------
    FileError
        If a file cannot be read.
    ScenarioError
        If one is damaged or belongs to another run, or replications are missing or there twice.
    UsageError
        If there is no file.

    Examples
    --------
    >>> import tempfile
    >>> from simcore import load_scenario, simulate
    >>> from simcore.run_parts.playing import Share, play_into
    >>> scenario = load_scenario("trust-the-process", ["run.replications=40"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = [Path(folder) / f"part-{number}" for number in (1, 2)]
    ...     for number, file in enumerate(files, 1):
    ...         played = play_into(file, scenario, Share(number, 2), None)
    ...     merged = merge(files)
    >>> merged.tally.same_as(simulate(scenario).tally)
    True
    """
    paths = [Path(part) for part in parts]
    if not paths:
        raise UsageError((Problem("no part of a run is named", "parts", allowed="one or more files"),))
    found = sorted(((read_header(path), path) for path in paths), key=lambda each: (each[0].first, str(each[1])))
    _check_ranges(found)
    kept = read_part(found[0][1])
    scenario = with_run_overrides(kept.read_scenario(), kept.header.of, kept.header.seed)
    check_same_run(kept.path, kept.header, scenario)
    program = playable(scenario)
    check_counters(kept, program)
    summed = kept.part
    for _, path in found[1:]:
        # One at a time: each takes tens of megabytes.
        kept = read_part(path)
        check_counters(kept, program)
        summed += kept.part
    return result_of_part(scenario, summed, threads=threads, stop=stop)


def _check_ranges(found: list[tuple[Header, Path]]) -> None:
    """Refuse parts that do not belong together, or do not make up the whole run."""
    first, first_path = found[0]
    at = 0
    for header, path in found:
        if path is not first_path:
            check_together(path, header, first_path, first)
        if header.first > at:
            raise _refusal(path, f"replications {at + 1:,} to {header.first:,} are missing before it")
        if header.first < at:
            raise _refusal(path, f"replications {header.first + 1:,} to {at:,} are in another part, too")
        at += header.replications
        if at < header.end:
            raise _refusal(path, f"ends at replication {at:,} of {header.end:,}: --resume plays the rest")
    if at < first.of:
        raise _refusal(found[-1][1], f"replications {at + 1:,} to {first.of:,} of {first.of:,} are missing behind it")


def _refusal(path: Path, message: str) -> ScenarioError:
    return ScenarioError((Problem(message, file=shown(path)),))
