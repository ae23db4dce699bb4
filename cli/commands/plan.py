"""`simcore plan`: what it takes to reach a target with a stated confidence."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    JsonOption,
    MaxReplicationsOption,
    NoLimitOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    StrategyOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario
    from simcore.studies.plan.document import BackwardPlan
    from simcore.studies.plan.study import How


TargetOption = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="AMOUNT",
        help="Revenue by close of the whole team in the period: 100000, 100k, 1.3M.",
        show_default=False,
    ),
]
ByOption = Annotated[
    str,
    typer.Option(
        "--by", metavar="month|quarter|year|Nw", help="The period, from the first counted week on; a month is 4 weeks."
    ),
]
ConfidenceOption = Annotated[
    str, typer.Option("--confidence", metavar="C", help="The chance to reach the target: .8 or 80%.")
]
SolveForOption = Annotated[
    str,
    typer.Option("--solve-for", metavar="calls|reps|weeks|STAGE", help="What is sought; a stage: its step's rate."),
]
DoneOption = Annotated[
    list[str],
    typer.Option(
        "--done",
        metavar="KEY=N,..",
        help="Where the team stands in mid-period: week= (weeks over), calls=, won=, open= (items), or a stage.",
        show_default=False,
    ),
]
WidthOption = Annotated[
    str | None,
    typer.Option(
        "--precision", "-p", metavar="W%", help="Half-width of the interval, of the answer (1 % is aimed at)."
    ),
]
NoFrontierOption = Annotated[bool, typer.Option("--no-frontier", help="Leave out reps x calls x weeks: sooner done.")]


def plan(
    file: ScenarioArgument,
    *,
    target: TargetOption,
    by: ByOption = "quarter",
    confidence: ConfidenceOption = "0.8",
    solve_for: SolveForOption = "calls",
    done: DoneOption = [],  # noqa: B006  (typer reads the default and copies it)
    precision: WidthOption = None,
    max_replications: MaxReplicationsOption = None,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    no_frontier: NoFrontierOption = False,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Plan backward: the least calls (or reps, weeks, a rate) for a target with a stated confidence.

    The target is that of the whole team of the scenario; for one rep, --set team.reps=1. Exit status 5: a --precision
    was not reached. The first Ctrl-C stops the search: what was found is reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    if replications is not None and precision is not None:
        raise typer.BadParameter("give either --precision or --replications", param_hint="--precision")
    amount, chance, width = _amount(target), _share("--confidence", confidence), None
    if precision is not None:
        width = _share("--precision", precision)
    here = _done(done)
    scenario = load(file, changes, seed=seed, strategy=strategy)
    how: How = {
        "replications": replications,
        "precision": width,
        "max_replications": max_replications,
        "threads": threads,
        "frontier": not no_frontier,
        "limit": not no_limit,
    }
    found = _planned(scenario, (amount, by, chance, solve_for), here, how, quiet=quiet)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.reports.plan import plan_report  # noqa: PLC0415

        print_result(plan_report(found))
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))
    if found.precision.stated and not found.precision.met:
        raise typer.Exit(int(ExitStatus.NOT_REACHED))


def _amount(text: str) -> float:
    from simcore.base.spelling import amount_of  # noqa: PLC0415

    try:
        return amount_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--target") from None


def _share(option: str, text: str) -> float:
    """Read .8, 80% or 80 %."""
    from simcore.base.spelling import chance_of  # noqa: PLC0415

    try:
        return chance_of(text, "")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _done(texts: "Sequence[str]") -> dict[str, float] | None:
    from simcore.studies.plan.request import parse_done  # noqa: PLC0415

    if not texts:
        return None
    try:
        return parse_done(texts)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--done") from None


def _planned(
    scenario: "Scenario",
    question: tuple[float, str, float, str],
    done: dict[str, float] | None,
    how: "How",
    *,
    quiet: bool,
) -> "BackwardPlan":
    """Search, with progress."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=how.get("threads"))
    from simcore.studies.plan.study import plan  # noqa: PLC0415

    target, by, confidence, solve_for = question
    with stop_on_interrupt() as asked, progress_bar(quiet=quiet) as progress:
        how["progress"], how["stop"] = progress, asked.is_set
        return plan(scenario, target, by=by, confidence=confidence, solve_for=solve_for, done=done, **how)
