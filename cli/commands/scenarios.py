"""`simcore scenarios`: the scenarios that are shipped."""

from simcore.cli.options import JsonOption


def scenarios(*, json: JsonOption = False) -> None:
    """List the shipped scenarios."""
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415
    from simcore.scenario_files.shipped import shipped  # noqa: PLC0415

    rows = shipped()
    if json:
        print_json([{"name": name, "about": about} for name, about in rows])
        return
    from simcore.cli.screens.layout import listing  # noqa: PLC0415

    print_result(listing(rows))
