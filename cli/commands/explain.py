"""`simcore explain`: what a word, or a key of a scenario, means."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import JsonOption

if TYPE_CHECKING:
    from simcore.glossary.lookup import Found


def explain(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD",
            help="A word of an answer, a metric, a technique, or a key of a scenario by its path or the end of it, as "
            "funnel.meetings.rate.mean, team.reps or rep_cv. Without one: all words.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    *,
    json: JsonOption = False,
) -> None:
    """Say what a word or a key of a scenario means, with its unit, range and default.

    With --json a list of entries, each a word (name, theme, other names, meaning, page) or a key (path, meaning, unit,
    range, default, page).
    """
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415
    from simcore.glossary.entries import entries_of, every_entry  # noqa: PLC0415

    found = _found(words)
    if json:
        print_json(entries_of(found) if words else every_entry())
        return
    from simcore.cli.glossary.screen import all_words, explained  # noqa: PLC0415

    print_result(explained(found) if words else all_words())


def _found(words: list[str]) -> "list[Found]":
    """Return what the words name: all together one name, as `give or take`, or else each of them."""
    from simcore.base.text import brief  # noqa: PLC0415
    from simcore.glossary.lookup import hint, look_up  # noqa: PLC0415

    if len(words) > 1 and (together := look_up(" ".join(words))):
        return [together]
    found = [look_up(word) for word in words]
    for word, each in zip(words, found, strict=True):
        if not each:
            meant = hint(word)
            message = f"{brief(word)!r} is not explained; {f'{meant} ' if meant else ''}simcore explain lists all words"
            raise typer.BadParameter(message, param_hint="WORD")
    return found
