"""What a deal needs: what becomes of one, worked out in the hour in which it enters the stage before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.twin.decisions import uniform, yes

DECIDED, SURPRISED, DISQUALIFIED = "decided", "surprised", "disqualified"
COUNTS = (SURPRISED, DISQUALIFIED, "lost unmet", "won unmet", "lost met", "won met", "check calls")
"""What is counted, in order."""


@dataclass(frozen=True)
class Need:
    """A condition of a deal; times in whole hours. Without a check its share is 0, without calls no gap ever shows."""

    at_start: float
    without: float
    slows: float
    every: int
    surfaces: float
    rescue: float
    rescue_lag: int
    share: float
    calls: int
    takes: int
    works: float
    drop: float


@dataclass(frozen=True)
class Fate:
    """How a deal ends: when, and whether by a decision; by what factor, and whether with an unmet need; calls owed."""

    wait: int
    end: str
    factor: float = 1.0
    unmet: bool = False
    calls: int = 0


def read_need(section: dict[str, Any], whole: Any) -> Need:  # noqa: ANN401
    """Read a need; ``whole`` rounds a duration to hours."""
    calls, rescue, check = (section.get(part) or {} for part in ("calls", "rescue", "qualify"))
    return Need(
        at_start=section["at_start"],
        without=section["without"],
        slows=section.get("slows", 1.0),
        every=max(1, whole(calls.get("every", 0))),
        surfaces=calls.get("surfaces", 0.0),
        rescue=rescue.get("rate", 0.0),
        rescue_lag=whole(rescue.get("lag", 0)),
        share=check.get("share", 0.0),
        calls=check.get("calls", 0),
        takes=whole(check.get("takes", 0)),
        works=check.get("works", 0.0),
        drop=check.get("drop", 0.0),
    )


def fate(needs: Sequence[Need], words: Sequence[Sequence[int]], lag: float, q: float) -> Fate:
    """Return what becomes of a deal with these needs.

    ``words``: of each need, the four of NEED, then those of NEED_END; ``lag``: of the deal, with the response in it;
    ``q``: the response of `qualify`.
    """
    unmet, calls, takes, disqualified = [], 0, 0, False
    for number, (need, (begins, checked, helped, _, dropped, _)) in enumerate(zip(needs, words, strict=True)):
        met = yes(begins, need.at_start)
        if yes(checked, min(1.0, need.share * q)):
            calls, takes = calls + need.calls, takes + need.takes
            if not met:
                met = yes(helped, need.works)
                disqualified |= not met and yes(dropped, need.drop)
        if not met:
            unmet.append(number)
    slowed = lag + takes
    slows = 1.0
    for number in unmet:
        slows = slows * needs[number].slows
    if disqualified:
        return Fate(takes, DISQUALIFIED, calls=calls)
    return _followed(needs, words, unmet, math.floor(slowed * slows + 0.5), calls)


def opened(needs: Sequence[Need], words: Sequence[Sequence[int]], lag: float, due: int | None) -> Fate:
    """Return the same for a deal that is open at the start: its checks were made before, a given due hour stands."""
    unmet = []
    for number, (need, own) in enumerate(zip(needs, words, strict=True)):
        met = yes(own[0], need.at_start) or (yes(own[1], min(1.0, need.share)) and yes(own[2], need.works))
        if not met:
            unmet.append(number)
    slows = 1.0
    for number in unmet:
        slows = slows * needs[number].slows
    return _followed(needs, words, unmet, math.floor(lag * slows + 0.5) if due is None else due, 0)


def _followed(needs: Sequence[Need], words: Sequence[Sequence[int]], unmet: list[int], wait: int, calls: int) -> Fate:
    """Let the gaps show, one after the other."""
    shows = sorted((_gap(needs[number], words[number][3]), number) for number in unmet)
    for hours, number in shows:
        if hours < wait:
            if not yes(words[number][5], needs[number].rescue):
                return Fate(int(hours), SURPRISED, calls=calls)
            unmet = [other for other in unmet if other != number]
            wait = int(hours) + needs[number].rescue_lag
    factor = 1.0
    for number in unmet:
        factor = factor * needs[number].without
    return Fate(wait, DECIDED, factor, bool(unmet), calls)


def _gap(need: Need, word: int) -> float:
    """Return after how many hours the gap shows, if the deal is still open then."""
    if need.surfaces == 0.0:
        return math.inf
    call = (
        1.0 if need.surfaces == 1.0 else 1.0 + math.floor(math.log(1.0 - uniform(word)) / math.log(1.0 - need.surfaces))
    )
    return call * need.every
