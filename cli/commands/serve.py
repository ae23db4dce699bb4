"""`simcore serve`: a local page with sliders."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    StrategyOption,
    ThreadsOption,
    usage_error,
)

if TYPE_CHECKING:
    from simcore.scenario_files.vary import Range


def serve(
    file: ScenarioArgument,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH[=LOW:HIGH]",
            help="A slider, instead of those that the scenario suggests: team.reps, or plan.calls_per_week=100:800. "
            "Repeatable, up to six.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="The port; a free one if it is 0.")
    ] = 0,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006
    quiet: QuietOption = False,
) -> None:
    """Move the numbers of a scenario on a local page, and see its answer change.

    The page is at the printed address until Ctrl-C (exit status 130), for this machine alone and for whoever has the
    token in that address. All settings have the same seed, and as many worlds as half a second has room for. The page
    shows the `simcore run` command that gives the same answer. Nothing is stored.
    """
    import gc  # noqa: PLC0415

    from simcore.cli.load import check_changes  # noqa: PLC0415
    from simcore.cli.output import message, print_text  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.serving.server import HOST, check_installed, listening  # noqa: PLC0415
    from simcore.serving.settings import open_desk  # noqa: PLC0415

    check_installed()
    check_changes(changes)
    with usage_error("--vary"):
        named = [_slider(text) for text in vary]
    load_engine(quiet=quiet, threads=threads)
    desk = open_desk(
        file, changes, vary=named, replications=replications, seed=seed, threads=threads, strategy=strategy
    )
    with listening(port) as listener:
        from simcore.serving import server  # noqa: PLC0415
        from simcore.serving.application import Application, new_token  # noqa: PLC0415

        gc.enable()  # off for commands that end soon
        token, (_, chosen) = new_token(), listener.getsockname()
        application = Application(desk, token, chosen, _report)
        print_text(f"http://{HOST}:{chosen}/{token}/\n")
        sys.stdout.flush()
        if not quiet:
            message("open this address in a browser of this machine; Ctrl-C ends it")
        server.serve(application, listener)
        raise typer.Exit(int(ExitStatus.INTERRUPTED))  # where the signal itself is ignored, as behind nohup


def _report(error: Exception) -> None:
    """Tell of an error while a request was answered; with ``SIMCORE_DEBUG``, where it was."""
    import os  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from simcore.cli.output import message  # noqa: PLC0415

    debug = os.environ.get("SIMCORE_DEBUG", "") not in ("", "0")
    if debug:
        traceback.print_exception(error)
    hint = "" if debug else "; SIMCORE_DEBUG=1 shows where"
    message(f"sorry, an error in simcore itself: {type(error).__name__}: {error}{hint}")


def _slider(text: str) -> "tuple[str, Range | None]":
    from simcore.scenario_files.vary import parse_range  # noqa: PLC0415

    return parse_range(text) if "=" in text else (text.strip(), None)
