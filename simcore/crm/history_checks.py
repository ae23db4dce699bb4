"""Checks of a history: whether there is one, stages passed over and entered again, what is lost between steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.crm.cells.words import Outcome
from simcore.crm.columns import NOWHERE, WON
from simcore.crm.findings import Where, percent, plural
from simcore.crm.stays import usual_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.crm.checks import Seen
    from simcore.crm.columns import StageEntries
    from simcore.crm.history import ReadHistory

_LEAK = 0.02
"""Share of deals up to which what is lost between steps is not worth a word."""


def check_history(seen: Seen, stays: StageEntries, stages: Sequence[str], history: ReadHistory) -> None:
    """Do all checks of a history; without one, say what that costs."""
    if not len(seen.events):
        done = "from creation to closing only; where deals were on an earlier evening is not known"
        seen.say("W", "no-history", "no history of stages: only the stage of today is known", done)
        return
    _whole_days(seen)
    deals = len(seen.deals)
    for check, mask, what, done in (
        ("stages-skipped", stays.skipped, "passed over a stage", "passed with a wait of 0, and counted"),
        ("moved-back", stays.visit > 1, "came back to a stage", "entered again, with a wait of its own"),
        ("reopened", stays.reopened, "came back after an end", "its last end counts; the one before was none"),
    ):
        of = np.zeros(deals, bool)
        of[stays.deal[mask]] = True
        seen.warn(check, of, what, done)
    _leaks(seen, stays, stages)
    _owner_changes(seen, history)


def _whole_days(seen: Seen) -> None:
    """Tell where a history says days only, so that the order within a day is that of the file."""
    events = seen.events
    if (events.entered.astype(np.int64) % 86_400).any():
        return
    same = np.zeros(len(events), bool)
    same[1:] = (events.deal[1:] == events.deal[:-1]) & (events.entered[1:] == events.entered[:-1])
    if same.any():
        of = np.zeros(len(seen.deals), bool)
        of[events.deal[same]] = True
        seen.warn("stages-on-one-day", of, "with several stages on one day, and no time", "in the order of the file")


def _leaks(seen: Seen, stays: StageEntries, stages: Sequence[str]) -> None:
    """Tell of wins that never were in the stage before a win, and of deals that are elsewhere than they were last."""
    deals = seen.deals
    won = deals.outcome == Outcome.WON
    usual = np.flatnonzero(usual_stages(stays, len(stages)))
    if len(usual):
        last = int(usual[-1])
        been = np.zeros(len(deals), bool)
        been[stays.deal[(stays.stage == last) & ~stays.skipped]] = True
        mask = won & ~been
        if mask.sum() > _LEAK * won.sum():
            what = f"won without ever being in {stages[last]}, {percent(int(mask.sum()), int(won.sum()))} of the wins"
            seen.warn("won-past-the-funnel", mask, what, "kept as they are: a way beside the funnel")
    there = np.zeros(len(deals), bool)
    there[stays.deal] = True
    if (~there).sum() > _LEAK * len(deals):
        seen.warn("without-history", ~there, "of which the history says nothing", "from creation to closing only")
    now = np.full(len(deals), NOWHERE, np.int32)
    now[seen.events.deal] = seen.events.stage  # sorted by time: the last one stays
    is_open = deals.outcome == Outcome.OPEN
    lost = is_open & (deals.stage >= 0) & there & (now != deals.stage)
    if lost.sum() > _LEAK * max(int(is_open.sum()), 1):
        what = "open in another stage than their history ends in"
        seen.warn("lost-between-steps", lost, what, "where the history ends is where they are taken to be", "stage")
    ended = is_open & (now <= WON)
    seen.warn(
        "ended-and-open", ended, "open, though their history ends with a win or a loss", "taken as open", "outcome"
    )


def _owner_changes(seen: Seen, history: ReadHistory) -> None:
    source = history.source
    if source is None or not len(history.handovers):
        return
    rows = np.unique(history.handovers.row)
    what = f"{plural(len(rows), 'change')} of owners"
    done = "each stay in a stage belongs to whoever had the deal when it began"
    seen.findings.add("owner-changes", "W", source.name, what, done, where=Where(rows, None, source.id_of))
