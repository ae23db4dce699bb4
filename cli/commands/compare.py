"""`simcore compare`: strategies in the same worlds."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    JsonOption,
    MaxReplicationsOption,
    MaxSecondsOption,
    MethodOption,
    NoLimitOption,
    OverwriteOption,
    PrecisionOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.engine.affordable import Affordable
    from simcore.engine.runner import Progress
    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal
    from simcore.studies.compare.document import Comparison


def compare(
    file: ScenarioArgument,
    *,
    names: Annotated[
        list[str],
        typer.Option(
            "--strategy",
            metavar="NAME",
            help="A strategy of the scenario. Repeatable; all if none is named.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="NAME",
            help="What the others are held against. Default: the first that does not react to results.",
        ),
    ] = None,
    attribute: Annotated[
        bool,
        typer.Option(
            "--attribute", help="Split each difference over what reacts (drives) and what changes by it: many runs."
        ),
    ] = False,
    replications: ReplicationsOption = None,
    precision: PrecisionOption = [],  # noqa: B006  (typer reads the default and copies it)
    max_replications: MaxReplicationsOption = None,
    max_seconds: MaxSecondsOption = None,
    method: MethodOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write the document and the worlds' revenue into this folder."),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Compare strategies in the same worlds: every difference with its error, and a verdict.

    Results go to stdout, progress and messages to stderr. The first Ctrl-C stops the run: what was done is
    reported, with exit status 130. A precision is that of every difference to the baseline; one that is not
    reached is exit status 5.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.cli.precision import checked, not_reached  # noqa: PLC0415

    checked(precision, replications=replications, max_replications=max_replications, max_seconds=max_seconds)
    scenario = load(file, changes, replications=replications, seed=seed)
    wanted = _Wanted(precision, max_replications, max_seconds, method, no_limit, threads)
    plan = _planned(scenario, names, baseline, wanted, attribute=attribute, quiet=quiet)
    document, folder, stopped = _compared(plan, threads=threads, out=out, overwrite=overwrite, quiet=quiet)
    _show(document, json=json)
    if folder is not None and not quiet:
        message(f"results are in {folder}")
    if stopped:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))
    if not_reached(document.precision):
        raise typer.Exit(int(ExitStatus.NOT_REACHED))


def _show(document: "Comparison", *, json: bool) -> None:
    """Print the document on stdout."""
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    if json:
        print_json(document.model_dump(mode="json"))
    else:
        from simcore.cli.reports.compare import comparison_report  # noqa: PLC0415

        print_result(comparison_report(document))


class _Wanted(NamedTuple):
    """The options that say when a run ends."""

    precision: list[str]
    max_replications: int | None
    max_seconds: float | None
    method: str | None
    no_limit: bool
    threads: int | None


class _Plan(NamedTuple):
    """What is run: each strategy, the number of the baseline, whether differences are split, and until when."""

    scenario: "Scenario"
    runs: "list[Scenario]"
    base: int
    attribute: bool
    goal: "Goal | None"
    method: str | None
    affordable: "Affordable"


def _planned(
    scenario: "Scenario",
    names: list[str] | None,
    baseline: str | None,
    wanted: _Wanted,
    *,
    attribute: bool,
    quiet: bool,
) -> _Plan:
    """Return what will be run, checked; all of it may cost no more than one run may."""
    from simcore.cli.precision import goal_of_run, stating, surveyed  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.engine.affordable import Affordable  # noqa: PLC0415
    from simcore.scenario.model import with_strategy  # noqa: PLC0415

    load_engine(quiet=quiet, threads=wanted.threads)
    from simcore.api.limits import check_compare, split_runs  # noqa: PLC0415
    from simcore.studies.compare.study import choose  # noqa: PLC0415

    chosen, base = choose(scenario, names, baseline)
    runs = [with_strategy(scenario, name) for name in chosen]
    all_runs = [*runs, *(split_runs(scenario, chosen, base) if attribute else [])]
    goal = goal_of_run(
        all_runs,
        wanted.precision,
        max_replications=wanted.max_replications,
        max_seconds=wanted.max_seconds,
        no_limit=wanted.no_limit,
        threads=wanted.threads,
    )
    if goal is None and not wanted.no_limit:
        check_compare(scenario, chosen, base, attribute=attribute, threads=wanted.threads)
    bounded = wanted.no_limit or wanted.max_replications is not None or wanted.max_seconds is not None
    affordable = Affordable(runs, goal, bounded=bounded, threads=wanted.threads)
    if wanted.method is None:
        return _Plan(stating(scenario, goal), runs, chosen.index(base), attribute, goal, None, affordable)
    runs = [surveyed(run, goal) for run in runs]
    return _Plan(surveyed(scenario, goal), runs, chosen.index(base), attribute, goal, wanted.method, affordable)


class _ByMethod:
    """Brings the differences to the baseline to a precision by a technique."""

    def __init__(self, plan: _Plan, threads: int | None, stop: "Callable[[], bool]") -> None:
        self._plan = plan
        self._threads = threads
        self._stop = stop

    def reached(self, goal: "Goal", progress: "Callable[[Progress], None] | None" = None) -> "Precision":
        """Return what was reached of a goal."""
        from simcore.engine.runner import Watch  # noqa: PLC0415
        from simcore.variance_reduction.run_to_precision import estimate_to_precision  # noqa: PLC0415

        base, watch = self._plan.runs[self._plan.base], Watch(progress, self._stop)
        others = [run.run.strategy for run in self._plan.runs if run is not base]
        return estimate_to_precision(
            base, goal, self._plan.method or "", against=others, threads=self._threads, watch=watch
        )


def _compared(
    plan: _Plan, *, threads: int | None, out: Path | None, overwrite: bool, quiet: bool
) -> "tuple[Comparison, Path | None, bool]":
    """Run what was planned and write the results folder, if one is wanted.

    Returns the document, the folder, and whether it was stopped before all was done.
    """
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.results_folder import results_folder  # noqa: PLC0415
    from simcore.engine.paired import run_paired  # noqa: PLC0415
    from simcore.scenario.digest import joint_digest  # noqa: PLC0415
    from simcore.studies.compare.study import comparison_of  # noqa: PLC0415

    if plan.method is not None:
        from simcore.variance_reduction.run_to_precision import check_method  # noqa: PLC0415

        check_method(plan.method)
    with ExitStack() as stack:
        folder = stack.enter_context(results_folder(out, plan.scenario, joint_digest(plan.runs), overwrite=overwrite))
        asked = stack.enter_context(stop_on_interrupt())
        with progress_bar(quiet=quiet) as bar:
            pursued = None if plan.method is None or plan.goal is None else _ByMethod(plan, threads, asked.is_set)
            if pursued is not None:
                plan.affordable.check_method(pursued.reached)
            goal = plan.goal if pursued is None else None
            progress, stop = plan.affordable.watched(bar, asked.is_set, None if quiet or goal is None else message)
            paired = run_paired(plan.runs, base=plan.base, goal=goal, threads=threads, progress=progress, stop=stop)
            plan.affordable.check(paired.precision)
            document, stopped = comparison_of(paired), paired.interrupted
            if pursued is not None and plan.goal is not None and not stopped:
                reached = pursued.reached(plan.goal, bar)
                stopped = reached.ended == "interrupted"
                document = document.model_copy(update={"precision": reached, "interrupted": stopped})
        if plan.attribute and not stopped:
            document, stopped = _attributed(plan.scenario, document, threads=threads, quiet=quiet, stop=asked.is_set)
        if folder is None:
            return document, None, stopped
        from simcore.results_folders.manifest import WORLDS  # noqa: PLC0415
        from simcore.studies.compare.table import worlds_table  # noqa: PLC0415

        path = folder.finish_table(WORLDS, document, worlds_table(paired), document.replications)
        return document, path, stopped


def _attributed(
    scenario: "Scenario", document: "Comparison", *, threads: int | None, quiet: bool, stop: "Callable[[], bool]"
) -> "tuple[Comparison, bool]":
    """Return the document with the differences split over drives and channels, and whether that was stopped."""
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.studies.compare.attribution import attribute  # noqa: PLC0415

    rows = list(document.against)
    for number, row in enumerate(rows):
        with progress_bar(quiet=quiet) as progress:
            table = attribute(
                scenario,
                row.name,
                document.baseline,
                replications=document.replications,
                threads=threads,
                progress=progress,
                stop=stop,
            )
        if table is None:
            break
        rows[number] = row.model_copy(update={"attribution": table})
    done = document.model_copy(update={"against": rows})
    return done, any(row.attribution is None for row in rows)
