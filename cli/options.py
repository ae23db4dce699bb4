"""Arguments and options that several commands share, and how their texts are read.

What a command that answers a question takes is listed once, in `STUDY_OPTIONS`.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simcore.scenario.model import Scenario

Form = Literal["json", "csv", "markdown"]
"""What an answer can be printed as, instead of a report."""
MOST_REPLICATIONS = 2**40
"""What a scenario may ask for, too."""


def _count(text: str) -> int:
    """Read a number of replications for typer: a wrong one becomes a usage error."""
    from simcore.base.spelling import count_of  # noqa: PLC0415

    try:
        return count_of(text, high=MOST_REPLICATIONS)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


@contextmanager
def usage_error(option: str) -> Iterator[None]:
    """Turn a `ValueError` in the block into a usage error of the named option."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def metric_of(metric: str, command: str) -> str:
    """Return the metric as it is written, or refuse it before anything is read.

    Raises
    ------
    typer.BadParameter
        If it is not one that the command serves.
    """
    from simcore.scenario.metric import SERVICES  # noqa: PLC0415

    with usage_error("--metric"):
        return str(SERVICES[command].parse(metric))


def strategies_option(text: str) -> Any:  # noqa: ANN401  (typer's own type is not that of an annotation)
    """Return the option ``--strategy`` of a command that takes several, with its help."""
    return typer.Option("--strategy", metavar="NAME", help=text, show_default=False)


ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped scenario.", show_default=False),
]
SetOption = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Replace a value of the scenario, as in team.reps=20 or funnel.meetings.rate=0.03. Repeatable.",
        show_default=False,
    ),
]
StrategyOption = Annotated[
    str | None,
    typer.Option("--strategy", metavar="NAME", help="The strategy that is run; that of the file if none is named."),
]
ReplicationsOption = Annotated[
    int | None,
    typer.Option(
        "--replications",
        "-n",
        metavar="N",
        parser=_count,
        help="Possible worlds (replications) to simulate: 1000, 1e5, 10k, 2M.",
    ),
]
PrecisionOption = Annotated[
    list[str],
    typer.Option(
        "--precision",
        "-p",
        metavar="METRIC=WIDTH",
        help="Run until a figure is known to +- WIDTH (95 % interval): revenue=0.5% of itself, p_quota=0.01, "
        "p_zero:13w=0.005, q05:quarter=2%, sd:week=1%; p_quota=0.01@0.99 for a 99 % interval. Repeatable; instead of "
        "-n.",
        show_default=False,
    ),
]
MaxReplicationsOption = Annotated[
    int | None,
    typer.Option(
        "--max-replications",
        metavar="N",
        parser=_count,
        help="Most replications that a precision may take; it ends there.",
    ),
]
MethodOption = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="NAME|auto",
        help="Reach the precision with fewer worlds, by a technique of variance reduction (`simcore bench variance` "
        "lists them); auto: the best one.",
    ),
]
MaxSecondsOption = Annotated[
    float | None,
    typer.Option("--max-seconds", metavar="S", min=0.001, help="Most seconds that a precision may take."),
]
MetricOption = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="METRIC",
        help="revenue (of a rep in a year), p_quota (chance of a rep to reach quota), or a spread: sd:week, cv:year.",
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", "-s", min=0, max=2**64 - 1, metavar="S", help="Seed of all random numbers."),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", "-t", min=1, max=1024, metavar="N", help="Threads (all cores). Results do not change."),
]
DetailsOption = Annotated[
    bool, typer.Option("--details", help="Print all figures below the answer, each with its error.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print all tables as CSV, a line for each figure.")]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="Print all tables as Markdown.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Write the results into this folder."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.html", help="Write a page of the answer: pictures, numbers, assumptions."),
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Let --out and --report replace what is there.")]
NamesOption = Annotated[
    bool,
    typer.Option("--names", help="Call people by their names; else reports and kept files have the number of each."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages but errors.")]
NoLimitOption = Annotated[
    bool,
    typer.Option("--no-limit", help="Run it whatever it costs (`simcore check` tells the cost and the limit)."),
]


def form_of(**chosen: bool) -> Form | None:
    """Return the one form that was chosen, ``None`` if none was.

    Raises
    ------
    typer.BadParameter
        If there are several: stdout holds one answer, once.

    Examples
    --------
    >>> form_of(json=False, csv=True), form_of(json=False)
    ('csv', None)
    """
    found = [name for name, wanted in chosen.items() if wanted]
    if len(found) > 1:
        first, *others = (f"--{name}" for name in found)
        raise typer.BadParameter(
            f"an answer is printed in one form: leave out {' and '.join(others)}", param_hint=first
        )
    return cast("Form", found[0]) if found else None


class StudyOptions(NamedTuple):
    """Values of the options that all commands share which answer a question; a default where a command lacks one."""

    file: str
    replications: int | None = None
    precision: Sequence[str] = ()
    max_replications: int | None = None
    max_seconds: float | None = None
    method: str | None = None
    seed: int | None = None
    threads: int | None = None
    strategy: str | None = None
    changes: Sequence[str] = ()
    out: Path | None = None
    report: Path | None = None
    overwrite: bool = False
    details: bool = False
    json: bool = False
    csv: bool = False
    markdown: bool = False
    by_name: bool = False
    quiet: bool = False
    no_limit: bool = False
    arguments: Sequence[str] = ()
    """The command line, without the program."""

    def check(self) -> None:
        """Refuse options that exclude each other, before anything is read.

        Raises
        ------
        typer.BadParameter
            With what to leave out.
        """
        form = self.form
        if form is not None and self.details:
            raise typer.BadParameter("every figure is printed anyway: leave out --details", param_hint=f"--{form}")

    @property
    def form(self) -> Form | None:
        """The form other than a screen in which the answer is printed; ``None`` for the screen."""
        return form_of(json=self.json, csv=self.csv, markdown=self.markdown)

    def load(self, *, keep_replications: bool = False) -> Scenario:
        """Return the scenario of the file with the changes of the command line.

        Parameters
        ----------
        keep_replications
            Leave the replications of the file: the study has a number of its own, and takes that of the option.
        """
        from simcore.cli.load import load  # noqa: PLC0415

        replications = None if keep_replications else self.replications
        return load(self.file, self.changes, replications=replications, seed=self.seed, strategy=self.strategy)


STUDY_OPTIONS: dict[str, Any] = {
    "replications": ReplicationsOption,
    "precision": PrecisionOption,
    "max_replications": MaxReplicationsOption,
    "max_seconds": MaxSecondsOption,
    "method": MethodOption,
    "seed": SeedOption,
    "threads": ThreadsOption,
    "strategy": StrategyOption,
    "changes": SetOption,
    "out": OutOption,
    "report": ReportOption,
    "overwrite": OverwriteOption,
    "details": DetailsOption,
    "json": JsonOption,
    "csv": CsvOption,
    "markdown": MarkdownOption,
    "by_name": NamesOption,
    "quiet": QuietOption,
    "no_limit": NoLimitOption,
}
"""The options of a command that answers a question, in the order of its ``--help``, after those of its own."""
PRECISION = ("precision", "max_replications", "max_seconds", "method")
"""Those of a command that can run until its figures are precise enough."""
RESULTS_FOLDER = ("out",)
"""That of a command that can keep its answer in a folder."""
ARGUMENTS = "simcore.arguments"
"""Where the context of a command keeps the command line."""
