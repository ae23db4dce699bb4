"""`simcore check`: validate a scenario and tell all about it without running it."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import (
    CsvOption,
    JsonOption,
    MarkdownOption,
    ReplicationsOption,
    ScenarioArgument,
    SetOption,
    StrategyOption,
    ThreadsOption,
    form_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.analytic.assumptions import Assumption
    from simcore.analytic.expectations import Expected
    from simcore.analytic.run_cost import Cost
    from simcore.cli.options import Form
    from simcore.quantities.season import SeasonOff
    from simcore.scenario.model import Scenario


def check(
    file: ScenarioArgument,
    *,
    replications: ReplicationsOption = None,
    threads: ThreadsOption = 1,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="Another file that this one is compared with: warns of people who sit in other seats there.",
        ),
    ] = None,
    json: JsonOption = False,
    csv: CsvOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Validate a scenario; show its cost and assumptions.

    Shows the scenario in full, what a run will cost, the figures without a source, and the expected values
    where there is a closed form. The output is itself a valid scenario file: the rest stands in comments.
    """
    from simcore.analytic.assumptions import assumptions  # noqa: PLC0415
    from simcore.analytic.expectations import expected  # noqa: PLC0415
    from simcore.analytic.run_cost import LIMIT, cost  # noqa: PLC0415
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import encoding, print_text  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.engine.playable import refuse_unplayable  # noqa: PLC0415
    from simcore.quantities.season import seasons_off  # noqa: PLC0415

    form = form_of(json=json, csv=csv, markdown=markdown)
    load_engine(quiet=False)
    scenario = load(file, changes, replications=replications, strategy=strategy)
    refuse_unplayable(scenario)
    other = None if against is None else load(against, [])
    price = cost(scenario, threads or 1)
    figures = assumptions(scenario)
    values = expected(scenario)
    off = seasons_off(scenario.season, scenario.calendar)
    if form is not None:
        known = (price, threads or 1, LIMIT, figures, values)
        _print_as(form, scenario, known, off, _notes_on_people(scenario, other, against))
        return
    from simcore.cli.screens.check import commented  # noqa: PLC0415
    from simcore.scenario_files.scenario_file import dump_yaml  # noqa: PLC0415

    notes = commented(
        price=price,
        threads=threads or 1,
        figures=figures,
        values=values,
        currency=scenario.deal.currency,
        off=off,
        encoding=encoding(),
        people=_notes_on_people(scenario, other, against),
        until=", ".join(f"{metric}={width}" for metric, width in (scenario.run.precision or {}).items()),
    )
    print_text(f"{dump_yaml(scenario, encoding())}\n{notes}")


def _print_as(
    form: "Form",
    scenario: "Scenario",
    known: "tuple[Cost, int, int, Sequence[Assumption], Sequence[Expected]]",
    off: "Sequence[SeasonOff]",
    notes: list[str],
) -> None:
    """Print what is known of a scenario as JSON or as tables: price, threads, limit, figures, expected values."""
    from simcore.cli.output import print_json, print_tables  # noqa: PLC0415
    from simcore.scenario.digest import scenario_digest  # noqa: PLC0415
    from simcore.tables.check import check_tables  # noqa: PLC0415

    if form != "json":
        tables = check_tables(*known, off=off, digest=scenario_digest(scenario), currency=scenario.deal.currency)
        print_tables(scenario.name, tables, form)
        return
    price, threads, limit, figures, values = known
    print_json(
        {
            "scenario": scenario.resolved(),
            "digest": scenario_digest(scenario),
            "cost": {**price._asdict(), "threads": threads, "limit_rep_weeks": limit},
            "assumptions": [figure._asdict() for figure in figures],
            "expected": [value._asdict() for value in values],
            **({"seasons_off": [each._asdict() for each in off]} if off else {}),
            **({} if scenario.team.people is None else {"people": notes}),
        }
    )


def _notes_on_people(scenario: "Scenario", other: "Scenario | None", file: str | None) -> list[str]:
    """Return what of people by name is read otherwise than one might think, and who sits elsewhere in another file."""
    from simcore.base.text import printable  # noqa: PLC0415
    from simcore.scenario.people import notes, seated_elsewhere  # noqa: PLC0415

    people = scenario.team.people
    spread = [stage.stage for stage in scenario.funnel if stage.rate is not None and stage.rate.rep_cv > 0.0]
    found = notes(people, spread)
    return found if other is None else [*found, *seated_elsewhere(people, other.team.people, printable(file or ""))]
