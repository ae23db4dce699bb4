"""`simcore bench`: the commands that measure: what variance is made of, and what reduces it."""

import typer

from simcore.cli.variance import variance

bench = typer.Typer(
    name="bench",
    help="Measure on your own scenario: techniques of variance reduction.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
"""The group of commands."""

for _command in (variance,):
    bench.command()(_command)
