"""`--checkpoint`, `--resume` and `--shard`: what they exclude, and a run or a share of one that is kept in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simcore.base.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.cli.options import StudyOptions
    from simcore.cli.session import Session
    from simcore.results.result import Result
    from simcore.run_parts.playing import Share
    from simcore.scenario.model import Scenario

MOST_SHARES = 100_000

CheckpointOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="Keep what is done in this file, every half minute and when the run is stopped.",
        show_default=False,
    ),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with what --checkpoint (or --shard) has kept, if it is there.")
]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Play the I-th of N shares of the worlds into the file of --out; `simcore merge` adds them up.",
        show_default=False,
    ),
]


class Cut(NamedTuple):
    """The three options."""

    checkpoint: Path | None
    resume: bool
    shard: str | None

    def check(self, options: StudyOptions, *, detail: bool) -> None:
        """Refuse options that exclude each other, before anything is read.

        Raises
        ------
        typer.BadParameter
            With what to leave out, or what is missing.
        """
        if self.shard is None and self.checkpoint is None:
            if self.resume:
                raise typer.BadParameter("needs --checkpoint FILE, with which it goes on", param_hint="--resume")
            return
        this = "--checkpoint" if self.shard is None else "--shard"
        if detail:
            raise typer.BadParameter("keeps no rep-weeks: leave out --detail", param_hint=this)
        for name, given in (("--precision", options.precision), ("--method", options.method)):
            if given:
                message = f"is for a stated number of worlds (-n): leave out {name}"
                raise typer.BadParameter(message, param_hint=this)
        if self.shard is not None:
            self._check_shard(self.shard, options)

    def _check_shard(self, shard: str, options: StudyOptions) -> None:
        share_of_text(shard)
        if options.out is None:
            raise typer.BadParameter("needs --out FILE, into which the share goes", param_hint="--shard")
        if self.checkpoint is not None:
            message = "the file of --out is what is kept of a share: leave out --checkpoint"
            raise typer.BadParameter(message, param_hint="--shard")
        given = {
            "--report": options.report is not None,
            "--details": options.details,
            f"--{options.form}": options.form,
        }
        for name, wanted in given.items():
            if wanted:
                message = f"a share has no answer of its own; `simcore merge` gives it: leave out {name}"
                raise typer.BadParameter(message, param_hint="--shard")

    def check_replications(self, scenario: Scenario) -> None:
        """Refuse a scenario that states a precision in place of replications.

        Raises
        ------
        typer.BadParameter
            With what to state.
        """
        if self.checkpoint is None and self.shard is None:
            return
        if scenario.run.precision:
            this = "--checkpoint" if self.shard is None else "--shard"
            message = "is for a stated number of worlds, and the scenario states a precision: give -n"
            raise typer.BadParameter(message, param_hint=this)


def share_of_text(text: str) -> Share:
    """Return the share that ``I/N`` names.

    Raises
    ------
    typer.BadParameter
        If it names none.

    Examples
    --------
    >>> share_of_text("3/100")
    Share(number=3, shares=100)
    """
    from simcore.run_parts.playing import Share  # noqa: PLC0415

    number, slash, shares = text.partition("/")
    plain = all(part.isascii() and part.isdecimal() and len(part) <= len(str(MOST_SHARES)) for part in (number, shares))
    if not slash or not plain or not 1 <= int(number) <= int(shares) <= MOST_SHARES:
        allowed = f"I/N, as in 3/100, with I from 1 to N, and N at most {MOST_SHARES:,}"
        raise typer.BadParameter(f"{text!r} is no share; allowed: {allowed}", param_hint="--shard")
    return Share(int(number), int(shares))


def kept_run(path: Path, scenario: Scenario, *, resume: bool, overwrite: bool) -> Callable[[Session], Result]:
    """Return what runs a scenario and keeps what is done in a file, from which it goes on if that is asked for.

    Raises
    ------
    FileError, ScenarioError
        If the file cannot be used; see `simcore.run_parts.playing.begun_in`.
    """
    from simcore.engine.parts import result_of_part  # noqa: PLC0415
    from simcore.run_parts.playing import Share, begun_in, play_into  # noqa: PLC0415

    begun = begun_in(path, scenario, Share(), resume=resume, overwrite=overwrite)

    def run(session: Session) -> Result:
        part = play_into(path, scenario, Share(), begun, **session.how())
        if part is None:
            raise KeyboardInterrupt
        return result_of_part(scenario, part, threads=session.threads, stop=session.stop)

    return run


def play_shard(scenario: Scenario, options: StudyOptions, shard: str, *, resume: bool) -> None:
    """Play a share of a run into a file, with progress and Ctrl-C, and say what is in it.

    Raises
    ------
    typer.Exit
        With the status of an interrupted run, if the share is not whole.
    FileError, ScenarioError
        If the file cannot be used, or the scenario not be played.
    """
    from simcore.base.machine import processors  # noqa: PLC0415
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.output import message, print_text  # noqa: PLC0415
    from simcore.cli.session import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.engine.simulation import SimulationRequest  # noqa: PLC0415
    from simcore.results_folders.atomic import shown  # noqa: PLC0415
    from simcore.run_parts.playing import begun_in, play_into  # noqa: PLC0415

    share, path = share_of_text(shard), options.out
    if path is None:
        raise ValueError("a share needs a file")
    first, end = share.range_of(scenario)
    load_engine(quiet=options.quiet, threads=options.threads)
    scenario = scenario if options.by_name else scenario.without_names()
    if not options.no_limit:
        SimulationRequest(scenario, end - first).cost(options.threads or processors()).check()
    begun = begun_in(path, scenario, share, resume=resume, overwrite=options.overwrite)
    with stop_on_interrupt() as interrupt, progress_bar(quiet=options.quiet) as progress:
        part = play_into(
            path, scenario, share, begun, threads=options.threads, progress=progress, stop=interrupt.is_set
        )
    if part is None or part.end < end:
        done = 0 if part is None else part.replications
        message(f"{done:,} of {end - first:,} worlds are kept in {shown(path)}; --resume plays the rest")
        raise typer.Exit(int(ExitStatus.INTERRUPTED))
    print_text(f"share {share.number} of {share.shares}: worlds {first + 1:,} to {end:,} are in {shown(path)}\n")
