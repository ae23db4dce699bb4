"""Words of cells: won, lost and open, in English and German; yes and no."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(IntEnum):
    """What has become of a deal."""

    OPEN = 0
    WON = 1
    LOST = 2


_WON = re.compile(r"\b(won|gewonnen|gagn\w+|ganad\w+|vunnet|gewonnen|closedwon)\b")
_LOST = re.compile(
    r"\b(lost|verloren|perdu\w*|perdid\w+|closedlost|abandoned|disqualified|cancell?ed|declined|storniert)\b"
)
_OPEN = {"open", "offen", "in progress", "active", "pending", "new", "abierto", "ouvert", "engaging", "prospecting"}
_YES = {"1", "true", "yes", "y", "x", "ja", "wahr", "success", "successful", "booked", "meeting", "won", "connected"}
_NO = {
    "0",
    "false",
    "no",
    "n",
    "nein",
    "falsch",
    "",
    "failure",
    "failed",
    "none",
    "lost",
    "no answer",
    "busy",
    "voicemail",
}


def plainly(header: str) -> str:
    """Return a header in lower case, its signs and spaces as single spaces.

    Examples
    --------
    >>> plainly("Deal - Won_time"), plainly("Probability (%)")
    ('deal won time', 'probability')
    """
    return " ".join(re.split(r"[\W_]+", header.casefold())).strip()


def outcome_of(word: str, said: Mapping[str, str] | None = None) -> Outcome | None:
    """Return what a word of a column of outcomes says; None where it says nothing that is known.

    Parameters
    ----------
    word
        A cell.
    said
        Words of the mapping file, each with ``open``, ``won`` or ``lost``; they come first.

    Examples
    --------
    >>> outcome_of("Gewonnen").name, outcome_of("#09 WON").name, outcome_of("open").name, outcome_of("maybe")
    ('WON', 'WON', 'OPEN', None)
    """
    if said and word in said:
        return Outcome[said[word].upper()]
    short = plainly(word)
    if _LOST.search(short):
        return Outcome.LOST
    if _WON.search(short):
        return Outcome.WON
    return Outcome.OPEN if short in _OPEN else None


def outcome_of_stage(stage: str, said: Mapping[str, str] | None = None) -> Outcome:
    """Return what the name of a stage says of a deal that is in it: most stages say that it is open.

    Examples
    --------
    >>> outcome_of_stage("Closed Lost").name, outcome_of_stage("Proposal").name
    ('LOST', 'OPEN')
    """
    target = (said or {}).get(stage)
    if target is not None:
        return {"won": Outcome.WON, "lost": Outcome.LOST}.get(target, Outcome.OPEN)
    return outcome_of(stage) or Outcome.OPEN


def truth_of(word: str) -> bool | None:
    """Return whether a word says yes; None where it says neither yes nor no.

    Examples
    --------
    >>> truth_of("TRUE"), truth_of("nein"), truth_of("perhaps")
    (True, False, None)
    """
    short = plainly(word)
    return True if short in _YES else False if short in _NO else None
