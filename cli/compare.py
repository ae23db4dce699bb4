"""`simcore compare`: strategies in the same worlds."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import (
    JsonOption,
    NoLimitOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    ThreadsOption,
)
from simcore.errors import ExitStatus

if TYPE_CHECKING:
    from simcore.comparison_document import Comparison
    from simcore.scenario import Scenario


def compare(
    file: ScenarioArgument,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME ...]", help="Strategies of the scenario; all if none is named."),
    ] = None,
    *,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="NAME", help="What the others are held against; the first without drives."),
    ] = None,
    attribute: Annotated[
        bool, typer.Option("--attribute", help="Split each difference over drives and channels (many runs).")
    ] = False,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write the document and the worlds' revenue into this folder."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --out replace earlier results.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Compare strategies in the same worlds: every difference with its error, and a verdict.

    Results go to stdout, progress and messages to stderr. The first Ctrl-C stops the run: what was done is
    reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import message, print_json, print_result  # noqa: PLC0415
    from simcore.cli.startup import engine_is_compiled, load_engine  # noqa: PLC0415
    from simcore.cost import LIMIT, check_limit  # noqa: PLC0415

    scenario = load(file, changes, replications=replications, seed=seed)
    load_engine()
    from simcore.comparison import choose  # noqa: PLC0415

    chosen, base = choose(scenario, names, baseline)
    if not no_limit:
        check_limit(scenario, LIMIT // len(chosen))
    if not quiet and not engine_is_compiled():
        message("compiling the engine for this machine: up to a minute, and only once")
    document, folder = _compared(
        scenario, chosen, base, attribute=attribute, threads=threads, out=out, overwrite=overwrite, quiet=quiet
    )
    if json:
        print_json(document.model_dump(mode="json"))
    else:
        from simcore.cli.render_compare import comparison_report  # noqa: PLC0415

        print_result(comparison_report(document))
    if folder is not None and not quiet:
        message(f"results are in {folder}")
    if document.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _compared(
    scenario: "Scenario",
    chosen: list[str],
    base: str,
    *,
    attribute: bool,
    threads: int | None,
    out: Path | None,
    overwrite: bool,
    quiet: bool,
) -> "tuple[Comparison, Path | None]":
    """Run the strategies and write the results folder, if one is wanted; return the document and the folder."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.comparison import comparison_of, with_strategy  # noqa: PLC0415
    from simcore.digest import joint_digest  # noqa: PLC0415
    from simcore.paired import run_paired  # noqa: PLC0415

    runs = [with_strategy(scenario, name) for name in chosen]
    with ExitStack() as stack:
        folder = None
        if out is not None:
            from simcore.results_file import ResultsFolder  # noqa: PLC0415
            from simcore.version import __version__  # noqa: PLC0415

            folder = stack.enter_context(
                ResultsFolder(
                    out,
                    scenario=scenario,
                    digest=joint_digest(runs),
                    seed=scenario.run.seed,
                    version=__version__,
                    overwrite=overwrite,
                )
            )
        asked = stack.enter_context(stop_on_interrupt())
        with progress_bar(quiet=quiet) as progress:
            paired = run_paired(runs, threads=threads, progress=progress, stop=asked.is_set)
        document = comparison_of(paired, chosen.index(base))
        if attribute and not paired.interrupted:
            document = _attributed(scenario, document, threads=threads, quiet=quiet)
        if folder is None:
            return document, None
        from simcore.comparison_table import worlds_table  # noqa: PLC0415
        from simcore.manifest import WORLDS  # noqa: PLC0415

        return document, folder.finish_table(WORLDS, document, worlds_table(paired), document.replications)


def _attributed(scenario: "Scenario", document: "Comparison", *, threads: int | None, quiet: bool) -> "Comparison":
    """Return the document with the differences split over drives and channels."""
    from simcore.attribution import attribute  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415

    rows = []
    for row in document.against:
        with progress_bar(quiet=quiet) as progress:
            table = attribute(scenario, row.name, document.baseline, threads=threads, progress=progress)
        rows.append(row.model_copy(update={"attribution": table}))
    return document.model_copy(update={"against": rows})
