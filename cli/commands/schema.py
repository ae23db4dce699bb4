"""`simcore schema`: the published formats as JSON Schema."""

from typing import Annotated

import typer


def schema(
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="FORMAT",
            help="scenario: the scenario file, for editors. A command, as run or luck: what its `--json` prints. "
            "Without one: the names of all.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a format, or list the formats."""
    from simcore.base.text import brief, did_you_mean  # noqa: PLC0415
    from simcore.cli.output import print_json, print_text  # noqa: PLC0415
    from simcore.schema import SCHEMAS  # noqa: PLC0415
    from simcore.studies.study import STUDIES  # noqa: PLC0415

    if which is None:
        print_text("".join(f"{name}\n" for name in SCHEMAS))
        return
    commands = {"verify": "verification"} | {study.command.split()[-1]: study.name for study in STUDIES.values()}
    name = commands.get(which, which)
    if name not in SCHEMAS:
        hint = did_you_mean(which, SCHEMAS)
        message = f"{brief(which)!r} has no schema; there are {', '.join(SCHEMAS)}" + (f"; {hint}" if hint else "")
        raise typer.BadParameter(message, param_hint="FORMAT")
    print_json(SCHEMAS[name]())
