"""Whom to coach, as text: the rules side by side, and how good each only looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.cli.layout import Paragraph, fits
from simcore.cli.numbers import NONE
from simcore.cli.reports.run import grid, inline
from simcore.statistics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.studies.coach.rules_document import LooksRow, RuleRow, Rules

_HEAD, _FAINT = "bold", "dim"


def rules_part(found: Rules, currency: str) -> list[RenderableType]:
    """Return the rules of coaching, what they look like, and what follows."""
    sessions = f"{found.slots} session{'s' if found.slots > 1 else ''} a week"
    who = "assumed, since the scenario names no manager: " if found.assumed else ""
    about = (
        f"{who}{sessions}, each with a chance of {found.repair:g} to end a bad habit at its step, whoever chose it; "
        f"{found.window_weeks} weeks looked back; {found.replications:,} worlds of each rule."
    )
    parts: list[RenderableType] = [Group(Text("Whom to coach", style=_HEAD), Paragraph(about)), _gains(found, currency)]
    looking = [(row, row.looks) for row in found.rows if row.looks is not None]
    if looking:
        parts.append(_looks(looking, found, currency))
    if found.words:
        parts.append(Group(*(Paragraph(line) for line in found.words)))
    return parts


def _cell(figures: Estimate | None, scale: float = 1.0) -> Text:
    if figures is None or figures.estimate is None:
        return Text(NONE)
    return inline(figures, scale=scale)


@fits
def _gains(found: Rules, currency: str) -> RenderableType:
    headings = ["rule", f"gain, {currency}", "hits, %", "with a habit, %", "weeks to repair"]
    table = grid(headings)
    for row in found.rows:
        table.add_row(
            Text(row.rule),
            _cell(row.gain),
            _cell(row.hits, 100.0),
            _cell(row.afflicted, 100.0),
            _cell(row.weeks_to_repair),
        )
    note = (
        "Gain of a rep-year over nobody, in the same worlds. Hits: sessions with a rep who has a bad habit at their "
        "step. With a habit: of the weeks of all reps. Weeks to repair: weeks of habits for each one that coaching "
        "ended."
    )
    return Group(table, Paragraph(note, style=_FAINT))


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
        table.add_row(Text(rule.rule), *(_cell(column(looks)) for column in columns))
    note = (
        f"Those coached in the first week in which anybody is: {found.looks_weeks} weeks after less "
        f"{found.looks_weeks} weeks before, and what it did: after less the same reps in the same weeks with nobody "
        "coached. Revenue of a rep and week."
    )
    return Group(table, Paragraph(note, style=_FAINT))
