"""`simcore scenarios`: the scenarios that are shipped."""

from simcore.cli.options import CsvOption, JsonOption, MarkdownOption, form_of


def scenarios(*, json: JsonOption = False, csv: CsvOption = False, markdown: MarkdownOption = False) -> None:
    """List the shipped scenarios."""
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415
    from simcore.scenario_files.shipped import shipped  # noqa: PLC0415

    form = form_of(json=json, csv=csv, markdown=markdown)
    rows = shipped()
    if form == "json":
        print_json([{"name": name, "about": about} for name, about in rows])
        return
    if form is not None:
        from simcore.cli.output import print_tables  # noqa: PLC0415
        from simcore.tables.check import scenarios_table  # noqa: PLC0415

        print_tables("Scenarios", [scenarios_table(rows)], form)
        return
    from simcore.cli.screens.layout import listing  # noqa: PLC0415

    print_result(listing(rows))
