"""Whom to coach, as text: the rules side by side, and how good each only looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import counted
from simcore.cli.screens.layout import cell, grid, note, sentences, titled
from simcore.cli.tables import Paragraph, fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.statistics.estimate import Estimate
    from simcore.studies.coach.rules_document import LooksRow, RuleRow, Rules


def rules_part(found: Rules, currency: str) -> list[RenderableType]:
    """Return the rules of coaching, what they look like, and what follows."""
    who = "assumed, since the scenario names no manager: " if found.assumed else ""
    about = (
        f"{who}{counted(found.slots, 'session')} a week, each with a chance of {found.repair:g} to end a bad habit at "
        f"its step, whoever chose it; {found.window_weeks} weeks looked back; {found.replications:,} "
        "worlds of each rule."
    )
    parts: list[RenderableType] = [titled("Whom to coach", Paragraph(about)), _gains(found, currency)]
    looking = [(row, row.looks) for row in found.rows if row.looks is not None]
    if looking:
        parts.append(_looks(looking, found, currency))
    if found.words:
        parts.append(sentences(found.words))
    return parts


@fits
def _gains(found: Rules, currency: str) -> RenderableType:
    headings = ["rule", f"gain, {currency}", "hits, %", "with a habit, %", "weeks to repair"]
    table = grid(headings)
    for row in found.rows:
        table.add_row(
            row.rule,
            cell(row.gain),
            cell(row.hits, scale=100.0),
            cell(row.afflicted, scale=100.0),
            cell(row.weeks_to_repair),
        )
    text = (
        "Gain of a rep-year over nobody, in the same worlds. Hits: sessions with a rep who has a bad habit at their "
        "step. With a habit: of the weeks of all reps. Weeks to repair: weeks of habits for each one that coaching "
        "ended."
    )
    return Group(table, note(text))


@fits
def _looks(looking: list[tuple[RuleRow, LooksRow]], found: Rules, currency: str) -> RenderableType:
    table = grid(["coached", f"before, {currency}", "looks like", "did", "illusion"])
    columns: list[Callable[[LooksRow], Estimate]] = [
        lambda row: row.before,
        lambda row: row.seen,
        lambda row: row.did,
        lambda row: row.illusion,
    ]
    for rule, looks in looking:
        table.add_row(rule.rule, *(cell(column(looks)) for column in columns))
    text = (
        f"Those coached in the first week in which anybody is: {found.looks_weeks} weeks after less "
        f"{found.looks_weeks} weeks before, and what it did: after less the same reps in the same weeks with nobody "
        "coached. Revenue of a rep and week."
    )
    return Group(table, note(text))
