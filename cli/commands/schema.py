"""`simcore schema`: the published formats as JSON Schema."""

from typing import Annotated

import typer

_COMMANDS = {"run": "result", "compare": "comparison"}
"""Commands whose document has another name."""


def schema(
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="FORMAT",
            help="scenario: the scenario file, for editors. result: what `run --json` prints. Else what `--json` of "
            "the command of that name prints, as plan or luck. Without one: the names of all.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a format, or list the formats."""
    from simcore.base.text import brief, did_you_mean  # noqa: PLC0415
    from simcore.cli.output import print_json, print_text  # noqa: PLC0415
    from simcore.schema import SCHEMAS  # noqa: PLC0415

    if which is None:
        print_text("".join(f"{name}\n" for name in SCHEMAS))
        return
    name = _COMMANDS.get(which, which)
    if name not in SCHEMAS:
        hint = did_you_mean(which, SCHEMAS)
        message = f"{brief(which)!r} has no schema; there are {', '.join(SCHEMAS)}" + (f"; {hint}" if hint else "")
        raise typer.BadParameter(message, param_hint="FORMAT")
    print_json(SCHEMAS[name]())
