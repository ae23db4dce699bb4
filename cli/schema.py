"""`simcore schema`: the published formats as JSON Schema."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """The formats that have a schema."""

    RESULT = "result"
    SCENARIO = "scenario"
    COMPARISON = "comparison"
    SWEEP = "sweep"
    BREAKEVEN = "breakeven"


def schema(
    which: Annotated[
        Format,
        typer.Argument(metavar="FORMAT", help="result, scenario, comparison, sweep or breakeven", show_default=False),
    ],
) -> None:
    """Print the JSON Schema of a format.

    `scenario` is the scenario file, for editors; `result` is what `run --json` prints, and the others what
    `--json` of the command of that name does.
    """
    from simcore.cli.output import print_json  # noqa: PLC0415
    from simcore.schema import SCHEMAS  # noqa: PLC0415

    print_json(SCHEMAS[which.value]())
