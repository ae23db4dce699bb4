"""`simcore check`: validate a scenario and tell all about it without running it."""

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


def check(
    file: ScenarioArgument,
    *,
    replications: ReplicationsOption = None,
    threads: ThreadsOption = 1,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    json: JsonOption = False,
    csv: CsvOption = False,
    markdown: MarkdownOption = False,
) -> None:
    """Validate a scenario; show its cost and assumptions.

    Shows the scenario in full, what a run will cost, the figures without a source, and the expected values
    where there is a closed form. The output is itself a valid scenario file: the rest stands in comments.
    """
    from simcore.analytic.expectations import expected  # noqa: PLC0415
    from simcore.analytic.run_cost import LIMIT, cost  # noqa: PLC0415
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import encoding, print_json, print_text  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.engine.playable import refuse_unplayable  # noqa: PLC0415
    from simcore.scenario.digest import scenario_digest  # noqa: PLC0415
    from simcore.scenario.model import assumptions  # noqa: PLC0415

    form = form_of(json=json, csv=csv, markdown=markdown)
    load_engine(quiet=False)
    scenario = load(file, changes, replications=replications, strategy=strategy)
    refuse_unplayable(scenario)
    price = cost(scenario, threads or 1)
    figures = assumptions(scenario)
    values = expected(scenario)
    if form == "json":
        print_json(
            {
                "scenario": scenario.resolved(),
                "digest": scenario_digest(scenario),
                "cost": {**price._asdict(), "threads": threads or 1, "limit_rep_weeks": LIMIT},
                "assumptions": [figure._asdict() for figure in figures],
                "expected": [value._asdict() for value in values],
            }
        )
        return
    if form is not None:
        from simcore.cli.output import print_tables  # noqa: PLC0415
        from simcore.tables.check import check_tables  # noqa: PLC0415

        known = (price, threads or 1, LIMIT, figures, values)
        tables = check_tables(*known, digest=scenario_digest(scenario), currency=scenario.deal.currency)
        print_tables(scenario.name, tables, form)
        return
    from simcore.cli.screens.check import commented  # noqa: PLC0415
    from simcore.scenario_files.scenario_file import dump_yaml  # noqa: PLC0415

    notes = commented(
        price=price,
        threads=threads or 1,
        figures=figures,
        values=values,
        currency=scenario.deal.currency,
        encoding=encoding(),
        until=", ".join(f"{metric}={width}" for metric, width in (scenario.run.precision or {}).items()),
    )
    print_text(f"{dump_yaml(scenario, encoding())}\n{notes}")
