"""Stays of deals in stages: in which order, passed over, entered again, reopened; and the flows that they make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from simcore.base.document import Document
from simcore.crm.cells.words import Outcome
from simcore.crm.columns import (
    LOST,
    NEVER,
    NO_HANDOVERS,
    NOWHERE,
    WON,
    Deals,
    Events,
    Handovers,
    Labels,
    StageEntries,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_USUAL = 0.5
"""Share of the deals that got further by which a stage belongs to the way of a deal."""


class Flow(Document):
    """What came into a stage and what has left it: in = on + back + won + lost + open."""

    stage: str
    entered: int = Field(description="Stays in it, those that were passed over left out.")
    skipped: int = Field(description="Deals that passed it over, on a way on which most go through it.")
    entered_again: int = Field(description="Stays that are not the deal's first in it.")
    on: int = Field(description="Left for a later stage.")
    back: int = Field(description="Left for an earlier stage.")
    won: int
    lost: int
    open: int = Field(description="Still there on the as-of day.")
    median_days: float | None = Field(description="Median stay of those that have left, in calendar days.")


def order_of_stages(events: Events, stages: Sequence[str], said: Sequence[str] = ()) -> list[int]:
    """Return the stages in the order in which deals go through them.

    Parameters
    ----------
    events
        With stages that are places in ``stages``.
    stages
        Their names.
    said
        Names in the order of the mapping file, which decides where it names all of them.

    Returns
    -------
    list of int
        Places in ``stages``: first the one that most of the others follow.
    """
    if {*stages} <= {*said}:
        return sorted(range(len(stages)), key=lambda place: [*said].index(stages[place]))
    count = len(stages)
    open_events = events.where(events.stage >= 0)
    first: NDArray[np.datetime64] = np.full((int(open_events.deal.max(initial=-1)) + 1, count), NEVER)
    # Sorted by time: the first of several entries of a deal is the one that counts.
    _, at = np.unique(open_events.deal * count + open_events.stage, return_index=True)
    first[open_events.deal[at], open_events.stage[at]] = open_events.entered[at]
    wins = np.zeros((count, count))
    for one in range(count):
        for other in range(count):
            both = ~np.isnat(first[:, one]) & ~np.isnat(first[:, other])
            wins[one, other] = np.count_nonzero(first[both, one] < first[both, other])
    met = np.maximum(wins + wins.T, 1.0)
    score = (wins / met).sum(axis=1) / np.maximum(((wins + wins.T) > 0).sum(axis=1), 1)
    return sorted(range(count), key=lambda place: (-score[place], stages[place]))


def owners_at(handovers: Handovers, deals: Deals, deal: NDArray[np.int64], at: NDArray[np.datetime64]) -> Labels:
    """Return who had some deals at some times: the owner of today where nothing tells of another.

    Parameters
    ----------
    deal, at
        Places of deals, and a time for each, shape (n,).
    """
    today = deals.owner.take(deal)
    if not len(handovers):
        return today
    names = tuple(sorted({*today.names, *handovers.names}))
    places = {name: place for place, name in enumerate(names)}
    own = np.array([*(places[name] for name in today.names), NOWHERE], np.int32)[today.codes]
    theirs = np.array([*(places[name] for name in handovers.names), NOWHERE], np.int32)
    # One number for a deal and a time, which sorts as both do.
    last = np.searchsorted(_key(handovers.deal, handovers.at), _key(deal, at), side="right") - 1
    had, following = np.maximum(last, 0), np.minimum(last + 1, len(handovers) - 1)
    since = (last >= 0) & (handovers.deal[had] == deal)
    before = ~since & (handovers.deal[following] == deal)
    said = np.where(since, theirs[handovers.after[had]], theirs[handovers.before[following]])
    codes = np.where((since | before) & (said >= 0), said, own).astype(np.int32)
    return Labels(codes, names).take(np.arange(len(codes)))


def _key(deal: NDArray[np.int64], at: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return deal * 2**34 + at.astype(np.int64) + 2**33


def stage_entries(events: Events, deals: Deals, stages: int, handovers: Handovers = NO_HANDOVERS) -> StageEntries:
    """Return the stays of deals in stages.

    Parameters
    ----------
    events
        Sorted, with stages that are places in the order in which deals go through them.
    deals
        The deals; what has become of them ends their last stay.
    stages
        The number of stages.
    handovers
        Who had deals before their owners of today.
    """
    is_open = events.stage >= 0
    deal, stage, entered = events.deal[is_open], events.stage[is_open], events.entered[is_open]
    after_end = np.zeros(len(events), bool)
    after_end[1:] = (events.deal[1:] == events.deal[:-1]) & (events.stage[:-1] < 0)
    last = np.ones(len(deal), bool)
    last[:-1] = deal[1:] != deal[:-1]
    left = np.full(len(deal), NEVER)
    left[:-1] = np.where(last[:-1], NEVER, entered[1:])
    to = np.full(len(deal), NOWHERE, np.int32)
    to[:-1] = np.where(last[:-1], NOWHERE, stage[1:])
    outcome = deals.outcome[deal]
    ends = last & (outcome != Outcome.OPEN)
    left = np.where(ends, _ends_of(events, deals)[deal], left)
    # A day says less than a time: what was entered in its course was not left before.
    left = np.where(ends & ("closed" in deals.whole_days) & (left < entered), entered, left)
    to = np.where(last, np.where(outcome == Outcome.WON, WON, np.where(outcome == Outcome.LOST, LOST, NOWHERE)), to)
    visits = _visits(deal, stage)
    none, reopened = np.zeros(len(deal), bool), after_end[is_open]
    owner = deals.owner.take(deal)
    stays = StageEntries(deal, stage, entered, left, to.astype(np.int32), visits, none, reopened, owner)
    stays = _with_skipped(stays, stages)
    return replace(stays, owner=owners_at(handovers, deals, stays.deal, stays.entered))


def _ends_of(events: Events, deals: Deals) -> NDArray[np.datetime64]:
    """Return when deals were closed: where the file of deals says the day only, the time of it that a history says."""
    closed = deals.closed.copy()
    if "closed" not in deals.whole_days:
        return closed
    ends = events.where(events.stage < 0)
    same_day = ends.entered.astype("M8[D]") == closed[ends.deal].astype("M8[D]")
    closed[ends.deal[same_day]] = ends.entered[same_day]
    return closed


def _visits(deal: NDArray[np.int64], stage: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return of each stay the how-manieth of its deal in its stage it is."""
    order = np.lexsort((np.arange(len(deal)), stage, deal))
    same = np.zeros(len(deal), bool)
    same[1:] = (deal[order][1:] == deal[order][:-1]) & (stage[order][1:] == stage[order][:-1])
    places = np.arange(len(deal))
    starts = np.maximum.accumulate(np.where(same, 0, places)) if len(deal) else places
    visits = np.empty(len(deal), np.int32)
    visits[order] = places - starts + 1
    return visits


def usual_stages(stays: StageEntries, stages: int) -> NDArray[np.bool_]:
    """Return which stages belong to the way of a deal: most of the deals that got further went through them."""
    deals = int(stays.deal.max(initial=-1)) + 1
    been = np.zeros((deals, stages), bool)
    been[stays.deal, stays.stage] = True
    won = np.zeros(deals, bool)
    won[stays.deal[stays.to == WON]] = True
    further = np.zeros((deals, stages), bool)
    for stage in range(stages):
        further[:, stage] = been[:, stage + 1 :].any(axis=1) | won
    through = (been & further).sum(axis=0)
    return np.asarray(through >= _USUAL * np.maximum(further.sum(axis=0), 1))


def _with_skipped(stays: StageEntries, stages: int) -> StageEntries:
    """Add stays of length 0 for the stages that deals on their way forward have passed over."""
    usual = usual_stages(stays, stages)
    deals = int(stays.deal.max(initial=-1)) + 1
    been = np.zeros((deals, stages), bool)
    been[stays.deal, stays.stage] = True
    target = np.where(stays.to == WON, stages, stays.to)
    places, passed = [], []
    for each in range(stages):
        over = (stays.stage < each) & (target > each) & ~been[stays.deal, each] & usual[each]
        at = np.flatnonzero(over)
        first = at[np.unique(stays.deal[at], return_index=True)[1]]
        places.append(first)
        passed.append(np.full(len(first), each))
    after, stage = np.concatenate([*places, np.zeros(0, np.int64)]), np.concatenate([*passed, np.zeros(0, np.int64)])
    if not len(after):
        return stays
    deal = stays.deal[after]
    at, to = stays.left[after], stays.to[after]
    ones, none = np.ones(len(after), bool), np.zeros(len(after), bool)
    parts: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "deal": (stays.deal, deal),
        "stage": (stays.stage, stage.astype(np.int32)),
        "entered": (stays.entered, at),
        "left": (stays.left, at),
        "to": (stays.to, to),
        "visit": (stays.visit, ones.astype(np.int32)),
        "skipped": (stays.skipped, ones),
        "reopened": (stays.reopened, none),
    }
    keys = np.concatenate([np.arange(len(stays)), after]), np.concatenate([np.full(len(stays), -1), stage])
    merged = np.lexsort((keys[1], keys[0]))
    columns: dict[str, Any] = {name: np.concatenate(pair)[merged] for name, pair in parts.items()}
    return StageEntries(**columns, owner=stays.owner)  # which is told anew for all stays


def flows_of(stays: StageEntries, stages: Sequence[str]) -> list[Flow]:
    """Return the flows of all stages; each balances."""
    flows = []
    for place, name in enumerate(stages):
        here = stays.stage == place
        real = here & ~stays.skipped
        to, waits = stays.to[real], (stays.left[real] - stays.entered[real]).astype(np.int64) / 86_400.0
        known = waits[~np.isnat(stays.left[real])]
        flows.append(
            Flow(
                stage=name,
                entered=int(real.sum()),
                skipped=int((here & stays.skipped).sum()),
                entered_again=int((stays.visit[real] > 1).sum()),
                on=int((to > place).sum()),
                back=int(((to >= 0) & (to <= place)).sum()),
                won=int((to == WON).sum()),
                lost=int((to == LOST).sum()),
                open=int((to == NOWHERE).sum()),
                median_days=round(float(np.median(known)), 3) if len(known) else None,
            )
        )
    return flows
