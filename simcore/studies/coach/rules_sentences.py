"""What rules of coaching came to, in sentences: only what the figures and their errors show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.results.sentences import amounts, chance, money
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import significant_sign

if TYPE_CHECKING:
    from simcore.studies.coach.rules_document import RuleRow, Rules

COACHED = {
    "random": "anybody at random",
    "result": "those with the lowest results",
    "process": "the step furthest below its rate",
    "oracle": "whoever needs it most in truth",
}
"""What each rule does, to be put behind "coaching"."""
NOTABLE = 0.02
"""Of the coached reps' revenue: an illusion below this share is not worth a sentence."""


def words_about(found: Rules, currency: str) -> list[str]:
    """Return the sentences that the figures allow."""
    rows = {row.rule: row for row in found.rows}
    sentences = []
    if "result" in rows and "process" in rows:
        sentences.append(_contest(rows["process"], rows["result"], currency))
        sentences.append(_hits(rows["process"], rows["result"]))
    if "oracle" in rows and "process" in rows:
        sentences.append(_bound(rows["process"], rows["oracle"]))
    sentences += [line for name in ("result", "random") if name in rows for line in _looks(rows[name], currency)]
    return [line for line in sentences if line]


def _contest(process: RuleRow, result: RuleRow, currency: str) -> str:
    if process.gain is None or result.gain is None:
        return ""
    ahead = process.over_result
    if ahead is None or ahead.estimate is None:
        return ""
    gains = (
        f"{_money(process.gain, currency)} against {_money(result.gain, currency)} a rep-year over no coaching "
        "(95 % intervals)"
    )
    sign = significant_sign(ahead)
    if ahead.se is None:
        same = "Coaching the process and coaching the result are tied, the same in every world that was played"
        return f"{same}: {gains}." if ahead.estimate == 0.0 else ""
    if sign == 0:
        return f"Coaching the process and coaching the result are tied at this precision: {gains}."
    first, second = ("process", "result") if sign > 0 else ("result", "process")
    return f"Coaching the {first} brings more than coaching the {second}: {gains}."


def _hits(process: RuleRow, result: RuleRow) -> str:
    if process.hits.estimate is None or result.hits.estimate is None:
        return ""
    return (
        f"Of its sessions {chance(process.hits)} are on a bad habit that is there; of those on the result "
        f"{chance(result.hits)}."
    )


def _bound(process: RuleRow, oracle: RuleRow) -> str:
    if process.gain is None or oracle.gain is None or not process.gain.estimate or not oracle.gain.estimate:
        return ""
    if significant_sign(oracle.gain) < 0:
        return "Even who knows the truth loses by coaching here."
    if significant_sign(oracle.gain) == 0:
        return "Even what is gained by knowing the truth cannot be told from nothing here."
    if significant_sign(process.gain) <= 0:
        return "What the process shows cannot be told from nothing here; who knows the truth gains by coaching."
    part = process.gain.estimate / oracle.gain.estimate
    return f"The process shows {100 * part:.0f} % of what would be gained by knowing the truth."


def _looks(row: RuleRow, currency: str) -> list[str]:
    looks = row.looks
    if looks is None or looks.before.estimate is None or looks.seen.estimate is None or looks.did.estimate is None:
        return []
    if looks.illusion.estimate is None or abs(looks.illusion.estimate) < NOTABLE * max(looks.before.estimate, 1.0):
        return []
    if significant_sign(looks.illusion) == 0:
        return []
    seen = _money(looks.seen, currency)
    nothing = looks.did.estimate == 0.0 and looks.did.se is None
    did = "nothing in any world that was played" if nothing else _money(looks.did, currency)
    line = (
        f"Coaching {COACHED[row.rule]} looks as if it changed a week's revenue of the coached by {seen} (95 % "
        f"interval); it did {did}. The rest would have come without it."
    )
    return [line]


def _money(figure: Estimate, currency: str) -> str:
    """Return an amount as its interval; without one the figure alone, as no more than that."""
    if figure.low is None or figure.high is None:
        return f"about {money(figure.estimate or 0.0, currency)}"
    return amounts(figure.low, figure.high, currency, signed=True)
