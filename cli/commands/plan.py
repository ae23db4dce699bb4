"""`simcore plan`: what it takes to reach a target with a stated confidence."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import PRECISION, MaxReplicationsOption, StudyOptions, usage_error
from simcore.cli.study_command import Prepared, answer, status_of, study_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from simcore.studies.plan.document import BackwardPlan


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


@study_command(without=PRECISION)
def plan(
    options: StudyOptions,
    *,
    target: TargetOption,
    by: ByOption = "quarter",
    confidence: ConfidenceOption = "0.8",
    solve_for: SolveForOption = "calls",
    done: DoneOption = [],  # noqa: B006  (typer reads the default and copies it)
    precision: WidthOption = None,
    max_replications: MaxReplicationsOption = None,
    no_frontier: NoFrontierOption = False,
) -> None:
    """Plan backward: the least calls (or reps, weeks, a rate) for a target with a stated confidence.

    The target is that of the whole team of the scenario; for one rep, --set team.reps=1. Exit status 5: a --precision
    was not reached. The first Ctrl-C stops the search: what was found is reported, with exit status 130.
    """
    if options.replications is not None and precision is not None:
        raise typer.BadParameter("give either --precision or --replications", param_hint="--precision")
    amount, chance = _amount(target), _share("--confidence", confidence)
    width = None if precision is None else _share("--precision", precision)
    here = _done(done)
    scenario = options.load(keep_replications=True)

    def prepare() -> "Prepared[BackwardPlan]":
        from simcore.studies.plan.study import plan_search  # noqa: PLC0415

        search = plan_search(
            scenario,
            amount,
            by=by,
            confidence=chance,
            solve_for=solve_for,
            done=here,
            replications=options.replications,
            precision=width,
            max_replications=max_replications,
            frontier=not no_frontier,
        )
        return Prepared(search, scenario)

    answer(options, prepare, _details, status=_status)


def _details(found: "BackwardPlan") -> "RenderableType":
    from simcore.cli.screens.plan import plan_details  # noqa: PLC0415

    return plan_details(found)


def _status(found: "BackwardPlan") -> ExitStatus:
    return status_of(interrupted=found.interrupted, reached=found.precision.met or not found.precision.stated)


def _amount(text: str) -> float:
    from simcore.base.spelling import amount_of  # noqa: PLC0415

    with usage_error("--target"):
        return amount_of(text)


def _share(option: str, text: str) -> float:
    """Read .8, 80% or 80 %."""
    from simcore.base.spelling import chance_of  # noqa: PLC0415

    with usage_error(option):
        return chance_of(text, "")


def _done(texts: "Sequence[str]") -> dict[str, float] | None:
    from simcore.studies.plan.request import parse_done  # noqa: PLC0415

    if not texts:
        return None
    with usage_error("--done"):
        return parse_done(texts)
