"""`simcore bench`: the commands that measure: what reduces variance, and what it is made of."""

import typer

from simcore.cli.commands.steadiness import steadiness
from simcore.cli.commands.variance import variance
from simcore.studies.study import STUDIES

bench = typer.Typer(
    name="bench",
    help="Measure on your own scenario: what reduces variance, and what it is made of.",
    short_help="Measure what reduces variance, and what it is made of.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
"""The group of commands."""

for _command in (variance, steadiness):
    bench.command(short_help=STUDIES[_command.__name__].title)(_command)
