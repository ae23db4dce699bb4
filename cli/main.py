"""The command `simcore`, and the boundary at which every error becomes a message and an exit status.

Only the command that runs is imported, with what it needs: `simcore --help` loads no numba, scipy, pyarrow or pydantic.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import traceback
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from simcore.base.errors import ExitStatus, ScenarioError, SimcoreError
from simcore.cli.blame import blamed, hinted
from simcore.cli.commands import CommandGroup
from simcore.cli.interrupt import ending_as_interrupt
from simcore.cli.options import ARGUMENTS
from simcore.cli.streams import left_over, prepare, silence
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    # What a context is called there is not public; only its parameters are used.
    Context = Any

STATUS_WORDS = {
    ExitStatus.DONE: "done",
    ExitStatus.INTERNAL: "an error in simcore itself",
    ExitStatus.USAGE: "the command line is wrong",
    ExitStatus.INVALID: "the scenario or data is invalid",
    ExitStatus.IO: "a file could not be read or written",
    ExitStatus.NOT_REACHED: "a stated precision or check was not reached",
    ExitStatus.INTERRUPTED: "interrupted (Ctrl-C, SIGTERM, SIGHUP); what was done is kept and reported",
}
"""What each exit status means, for ``--help``."""

_EPILOG = "\b\nExit status:\n" + "\n".join(f"  {int(status):3}  {words}" for status, words in STATUS_WORDS.items())


_QUESTIONS = {study.command: study.title for study in STUDIES.values() if " " not in study.command}


class _Boundary(CommandGroup):
    """The group of commands; an error of simcore leaves it as a message on stderr and an exit status."""

    titles: ClassVar[Mapping[str, str]] = {
        "run": _QUESTIONS["run"],
        "check": "Validate a scenario; show its cost and assumptions.",
        **_QUESTIONS,
        "merge": "Add up the shares of a run that were played apart.",
        "serve": "Move a scenario's numbers on a local page, and see its answer.",
        "report": "Write a page of the answer in a folder of results.",
        "verify": "Check that a folder of results is whole.",
        "scenarios": "List the shipped scenarios.",
        "init": "Write a scenario, or the mapping of an export, to start from.",
        "data": "Read the exports of a CRM, and tell what is wrong with them.",
        "fit": "Make a scenario of deals: every figure with its interval.",
        "forecast": "Tell what may come from deals by a day, and how sure that is.",
        "backtest": "Tell how good such forecasts would have been.",
        "explain": "Say what a word, or a key of a scenario, means.",
        "schema": "Print the JSON Schema of a format, or list them.",
        "completion": "Complete command lines in bash, zsh or fish.",
        "bench": "Measure what reduces variance, and what it is made of.",
    }

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Context:  # noqa: ANN401
        """Read the command line; ``--help`` and ``--version`` are printed here, and may fail at that."""
        arguments = list(args)
        try:
            context = super().make_context(info_name, args, *more, **extra)
        except OSError as error:
            raise typer.Exit(int(_report_error(error, debug=_debug()) or ExitStatus.DONE)) from None
        context.meta[ARGUMENTS] = arguments
        return context

    def invoke(self, ctx: Context) -> Any:  # noqa: ANN401  (typer's own signature)
        """Run the command."""
        debug = bool(ctx.params.get("debug")) or _debug()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort):
            raise
        except typer.TyperException as error:
            raise hinted(error, ctx.meta.get(ARGUMENTS, [])) from None
        except BaseException as error:
            status = _report_error(error, debug=debug, arguments=ctx.meta.get(ARGUMENTS, []))
            if status is None:
                raise
            raise typer.Exit(int(status)) from None
        return result


def _debug() -> bool:
    return os.environ.get("SIMCORE_DEBUG", "") not in ("", "0")


def _report_error(error: BaseException, *, debug: bool, arguments: Sequence[str] = ()) -> ExitStatus | None:
    """Tell the user what went wrong; return the exit status, or ``None`` for what is not ours to handle."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        # Whoever reads us has enough, as `head` has: nothing went wrong.
        silence(sys.stdout)
        return ExitStatus.DONE
    if isinstance(error, KeyboardInterrupt):
        _say("interrupted")
        return ExitStatus.INTERRUPTED
    if not isinstance(error, Exception):
        return None
    if debug:
        traceback.print_exception(error)
    status, lines = _words(error, debug=debug, arguments=arguments)
    _say(*lines)
    if isinstance(error, OSError):
        # What could not be written is not tried again at the interpreter's end.
        silence(sys.stdout)
    return status


def _words(error: Exception, *, debug: bool, arguments: Sequence[str] = ()) -> tuple[ExitStatus, list[str]]:
    """Return the exit status of an error and its message, line by line."""
    if isinstance(error, ScenarioError):
        return blamed(error, arguments)
    if isinstance(error, SimcoreError):
        return error.exit_status, str(error).splitlines()
    if isinstance(error, OSError):
        where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
        return ExitStatus.IO, [f"{error.strerror or error}{where}"]
    if isinstance(error, MemoryError):
        from simcore.analytic.run_cost import out_of_memory  # noqa: PLC0415

        return ExitStatus.INVALID, [out_of_memory(str(error))]
    hint = "" if debug else "; SIMCORE_DEBUG=1 shows where"
    return ExitStatus.INTERNAL, [f"sorry, an error in simcore itself: {type(error).__name__}: {error}{hint}"]


def _say(*lines: str) -> None:
    """Write lines to stderr, without anything that a terminal would obey."""
    from simcore.base.text import printable  # noqa: PLC0415

    for line in lines or ("unknown error",):
        sys.stderr.write(f"simcore: {printable(line)}\n")
    sys.stderr.flush()


def _version(wanted: bool) -> None:
    if wanted:
        from simcore.base.version import __version__  # noqa: PLC0415

        typer.echo(f"simcore {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback with every error (or set SIMCORE_DEBUG=1).")
    ] = False,
) -> None:
    """Simulate sales work, and see bad hours and weeks average out, or not.

    Start with `simcore run trust-the-process`.
    """
    del version, debug  # read by their callback and by the boundary


app = typer.Typer(
    name="simcore",
    cls=_Boundary,
    callback=_root,
    epilog=_EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""The application; `main` is what the command `simcore` calls."""


def main() -> None:
    """Run the command line of this process; always ends in `SystemExit` with an `ExitStatus`."""
    # A command builds much and throws away little: collecting cycles would only cost a tenth of the start.
    gc.disable()
    messages = prepare()
    try:
        with ending_as_interrupt():
            app(prog_name="simcore")
        status: int | str | None = int(ExitStatus.DONE)
    except SystemExit as end:
        status = end.code
    except KeyboardInterrupt:
        status = int(ExitStatus.INTERRUPTED)
    lost = left_over(messages)
    if lost is not None and not status:
        status = int(_report_error(lost, debug=False) or ExitStatus.IO)
    raise SystemExit(status)
