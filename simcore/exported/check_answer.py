"""The answer of a check of exports: whether something has to be mended, and what the deals are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure
from simcore.answers.numbers import count, counted, significant
from simcore.crm.findings import LOUD

if TYPE_CHECKING:
    from simcore.crm.document import DataCheck


def check_answer(found: DataCheck) -> Answer:
    """Return the answer of a check."""
    deals = found.deals
    numbers = (("deals", deals.deals), ("won", deals.won), ("lost", deals.lost), ("open", deals.open))
    loud = [each for each in found.findings if each.grade == "E" or each.check in LOUD]
    return Answer(
        sentences=(check_verdict(found), *check_told(found)),
        figures=tuple(KeyFigure(name, count(number)) for name, number in numbers),
        picture=None,
        cautions=tuple(f"{each.check}: {each.what}. {each.done}" for each in loud),
    )


def check_verdict(found: DataCheck) -> str:
    """Return whether something has to be mended, in a sentence."""
    errors = sum(finding.grade == "E" for finding in found.findings)
    warnings = len(found.findings) - errors
    told = f"{count(warnings) if warnings else 'no'} {'warning' if warnings == 1 else 'warnings'}"
    if errors:
        return f"{count(errors)} {'thing has' if errors == 1 else 'things have'} to be mended first; {told}."
    return f"Nothing has to be mended; {told}."


def check_told(found: DataCheck) -> list[str]:
    """Return what the files hold, in sentences."""
    deals = found.deals
    first = (
        f"{counted(deals.deals, 'deal')}: {count(deals.won)} won, {count(deals.lost)} lost, {count(deals.open)} open"
    )
    span = "" if found.weeks is None else f", {found.first_day} to {found.as_of} ({significant(found.weeks, 3)} weeks)"
    lines = [f"{first}{span}."]
    money = "" if deals.won_value is None else f"{', '.join(deals.currencies)} {count(round(deals.won_value))}".strip()
    waits = [
        f"{word} after {significant(days, 3)} days" for word, days in (("won", deals.median_days_won),
        ("lost", deals.median_days_lost)) if days is not None
    ]  # fmt: skip
    said = [
        f"{count(deals.owners)} owners" if deals.owners else "",
        f"{count(len(deals.segments))} segments" if deals.segments else "",
        f"won value {money}" if money else "",
        f"half of them {', '.join(waits)} or sooner" if waits else "",
        f"{count(deals.overdue)} open ones planned for a day that is past" if deals.overdue else "",
        f"{count(deals.pushed)} pushed to a later day, {count(deals.pushes or 0)} times in all" if deals.pushed else "",
    ]
    told = [each for each in said if each]
    lines += [f"{'; '.join(told)}."] if told else []
    if found.calls is not None:
        calls = found.calls
        lines.append(
            f"{count(calls.calls)} calls in {count(calls.rows)} rows, {count(calls.successes)} of them led on; "
            f"{count(calls.reps)} reps."
        )
    return lines
