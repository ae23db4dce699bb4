"""Histories: which stages a deal entered and when; stays in stages, passed over, entered again, reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simcore.crm.cells.moments import read_moments
from simcore.crm.cells.sheets import open_sheet, read_sheet
from simcore.crm.cells.words import Outcome, outcome_of_stage, plainly
from simcore.crm.columns import LOST, NO_HANDOVERS, NOWHERE, WON, Deals, Events, Handovers, labels_of
from simcore.crm.dialects import HISTORY_NAMES, is_known_in, meanings
from simcore.crm.findings import plural
from simcore.crm.mapping import refuse_unknown_headers
from simcore.crm.source import Source, check_text, ids_of, read_dates, without_ignored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simcore.crm.cells.file_text import FileText
    from simcore.crm.deals import ReadDeals, Request
    from simcore.crm.findings import Findings

_STAGE_FIELDS = {"stagename", "stage", "phase", "dealstage", "deal stage"}
_DAY_FIELDS = {"closedate", "close date", "schlusstermin"}
_OWNER_FIELDS = {"owner", "ownerid", "opportunity owner", "inhaber"}


class ReadHistory(NamedTuple):
    """A history as its file says it."""

    source: Source | None
    events: Events
    """Stages are places in `stages`; ends are -2 and -3."""
    stages: tuple[str, ...]
    pushed: NDArray[np.int32] | None
    """How often the planned day of each deal was moved to a later one; None where no row says it."""
    handovers: Handovers


def read_history_rows(text: FileText, request: Request, findings: Findings, read: ReadDeals) -> ReadHistory:
    """Read a file of a history: a row for each stage entered, each save, or each change of a field.

    Raises
    ------
    DataError
        If its headers are not known, or the mapping file names one that is not there.
    """
    mapped = request.export_map.headers("history")
    opened = open_sheet(text, lambda header: is_known_in(HISTORY_NAMES, header, mapped.values()))
    refuse_unknown_headers(mapped, opened.headers, "history", request.map_name, text.name)
    headers = meanings(opened.headers, HISTORY_NAMES, mapped)
    by_field = "field" in headers and "new" in headers
    kind = "changes of fields" if by_field else "saves" if "planned" in headers else "stages entered"
    wanted = {*headers.values(), *request.export_map.ignore}
    source = Source(read_sheet(opened, wanted), headers, findings, "history", kind)
    without_ignored(source, request.export_map.ignore)
    source.ids = ids_of(source.cells("id"), source.sheet.rows)[0]
    check_text(source)
    missing = [name for name in ("id", "new" if by_field else "stage", "entered") if name not in headers]
    if missing:
        what = f"no column says {' or '.join(missing)}"
        done = "the history is not used; the mapping file says which columns do (history)"
        findings.add("missing-columns", "E", source.name, what, done)
        return _nothing(source)
    return _history_of(source, request, read, by_field=by_field)


def _nothing(source: Source | None) -> ReadHistory:
    none = np.zeros(0, np.int64)
    events = Events(none, none, np.zeros(0, np.int32), np.zeros(0, "M8[s]"))
    return ReadHistory(source, events, (), None, NO_HANDOVERS)


class _Changes(NamedTuple):
    """The rows of a history, the deal of each, and when it was."""

    source: Source
    deal: NDArray[np.int64]
    at: NDArray[np.datetime64]


class _Moves(NamedTuple):
    """Planned days of closing: as of each row, or before and after each change; None where no row says it."""

    planned: NDArray[np.datetime64] | None
    old: NDArray[np.datetime64] | None = None
    new: NDArray[np.datetime64] | None = None


def _history_of(source: Source, request: Request, read: ReadDeals, *, by_field: bool) -> ReadHistory:
    """Return the events of a history whose columns are known."""
    headers, count = source.headers, len(source)
    days = read_dates(
        source, {key: headers[key] for key in ("entered", "planned") if key in headers}, request.order, request.zone
    )
    deal, at = _joined(source, read), days["entered"].at
    fields = labels_of(source.cells("field"), count)
    said = [plainly(name) for name in fields.names]
    is_stage, is_day, is_owner = (
        np.isin(fields.codes, [place for place, word in enumerate(said) if word in words])
        for words in (_STAGE_FIELDS, _DAY_FIELDS, _OWNER_FIELDS)
    )
    if not by_field:
        is_stage = np.ones(count, bool)
    to_stage = pc.if_else(pa.array(is_stage), source.cells("new" if by_field else "stage"), "")
    names, codes = _stage_codes(to_stage, request.export_map.stages)
    parts = [Events(source.sheet.rows, deal, codes, at)]
    old = source.cells("old")
    if old is not None:
        from_stage = pc.if_else(pa.array(is_stage), old, "")
        today = read.source.cells("stage")
        today = pa.array([""] * len(read.deals), pa.string()) if today is None else today
        names, (codes, first, now) = _joint_codes((to_stage, from_stage, today), request.export_map.stages)
        said_stage = codes != NOWHERE
        changes = Events(source.sheet.rows, deal, codes, at).where(said_stage)
        parts = [changes, _starts(changes, read.deals, first[said_stage]), _unchanged(changes, read.deals, now)]
    moves = _Moves(days["planned"].at if "planned" in days else None)
    if by_field and is_day.any():
        cells = {key: pc.if_else(pa.array(is_day), source.cells(key), "") for key in ("old", "new") if key in headers}
        moved = read_moments(cells, request.order, request.zone)
        moves = _Moves(None, *(moved[key].at if key in moved else None for key in ("old", "new")))
    pushes = _pushes(source, deal, at, moves)
    knows_days = moves.planned is not None or moves.new is not None
    pushed = np.bincount(pushes, minlength=len(read.deals)).astype(np.int32) if knows_days else None
    owners = _handovers(_Changes(source, deal, at), read.deals, is_owner if by_field else None)
    every = Events(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))
    usable = (every.deal >= 0) & ~np.isnat(every.entered) & (every.stage != NOWHERE)
    events = _without_repeats(_sorted(every.where(usable)))
    return ReadHistory(source, events, names, pushed, owners)


def _columns(events: Events) -> tuple[NDArray[Any], ...]:
    return events.row, events.deal, events.stage, events.entered


def _stage_codes(cells: pa.Array, said: Mapping[str, str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the stages that cells name, and for each cell its place among them, -2 won, -3 lost, -1 for none."""
    names, (codes,) = _joint_codes((cells,), said)
    return names, codes


def _joint_codes(
    columns: Sequence[pa.Array], said: Mapping[str, str]
) -> tuple[tuple[str, ...], list[NDArray[np.int32]]]:
    """Return the stages that several columns name, and for each column the codes of its cells."""
    labels = labels_of(pa.concat_arrays([*columns]), sum(map(len, columns)))
    ends = [outcome_of_stage(name, said) for name in labels.names]
    called = [said.get(name, name) for name in labels.names]
    open_names = tuple(dict.fromkeys(name for name, end in zip(called, ends, strict=True) if end is Outcome.OPEN))
    codes = [
        open_names.index(name) if end is Outcome.OPEN else WON if end is Outcome.WON else LOST
        for name, end in zip(called, ends, strict=True)
    ]
    every = np.array([*codes, NOWHERE], np.int32)[labels.codes]
    return open_names, np.split(every, np.cumsum([len(each) for each in columns])[:-1])


def _starts(changes: Events, deals: Deals, before: NDArray[np.int32]) -> Events:
    """Return where deals began, by the stage that their first change has left: no row says it otherwise.

    Parameters
    ----------
    before
        The stage that each change has left, shape (changes,).
    """
    order = np.lexsort((changes.row, changes.entered, changes.deal))
    of = changes.deal[order]
    is_first = np.ones(len(of), bool)
    is_first[1:] = of[1:] != of[:-1]
    places = order[is_first & (of >= 0) & (before[order] != NOWHERE)]
    return Events(changes.row[places], changes.deal[places], before[places], deals.created[changes.deal[places]])


def _unchanged(changes: Events, deals: Deals, now: NDArray[np.int32]) -> Events:
    """Return where open deals began of which a history of changes says nothing: where they are today.

    Parameters
    ----------
    now
        The stage of today, shape (deals,).
    """
    still = (deals.outcome == Outcome.OPEN) & (now >= 0)
    still[changes.deal[changes.deal >= 0]] = False
    places = np.flatnonzero(still)
    return Events(np.zeros(len(places), np.int64), places, now[places], deals.created[places])


def _joined(source: Source, read: ReadDeals) -> NDArray[np.int64]:
    """Return the place of the deal of each row, -1 where there is none; tell of those."""
    known, given = read.deals.id, source.ids
    if read.source.dialect == "salesforce":  # which has ids of 15 characters in reports and of 18 elsewhere
        known, given = (pc.utf8_slice_codeunits(each, 0, 15) for each in (known, given))
    places = np.asarray(pc.fill_null(pc.index_in(given, known), NOWHERE)).astype(np.int64)
    lost = places < 0
    if lost.any():
        what = f"{plural(int(lost.sum()), 'row')} of deals that are not in {read.source.name}"
        where = source.where(lost, source.headers["id"])
        source.findings.add("unknown-deals", "W", source.name, what, "left out", where=where, of=len(lost))
    return places


def _sorted(events: Events) -> Events:
    order = np.lexsort((events.row, events.entered, events.deal))
    return Events(events.row[order], events.deal[order], events.stage[order], events.entered[order])


def _without_repeats(events: Events) -> Events:
    """Leave out what says again where the deal already is, as a row per save does."""
    same = np.zeros(len(events), bool)
    same[1:] = (events.deal[1:] == events.deal[:-1]) & (events.stage[1:] == events.stage[:-1])
    return events.where(~same)


def _pushes(source: Source, deal: NDArray[np.int64], at: NDArray[np.datetime64], moves: _Moves) -> NDArray[np.int64]:
    """Return the deal of each push: its planned day was moved to a later one."""
    if moves.planned is not None:
        order = np.lexsort((source.sheet.rows, at, deal))
        day, of = moves.planned[order], deal[order]
        moved = (of[1:] == of[:-1]) & (of[1:] >= 0) & (day[1:] > day[:-1])
        return np.asarray(of[1:][moved])
    if moves.old is None or moves.new is None:
        return np.zeros(0, np.int64)
    later: NDArray[np.bool_] = (deal >= 0) & (moves.new > moves.old)
    return deal[later]


def _handovers(changes: _Changes, deals: Deals, is_owner: NDArray[np.bool_] | None) -> Handovers:
    """Return where deals got another owner: changes of the field, or saves with another owner than the one before.

    Parameters
    ----------
    is_owner
        Which rows are changes of the owner; None where every row says who had the deal then.
    """
    source, deal, at = changes
    count = len(source)
    if is_owner is None:
        owner = labels_of(source.cells("owner"), count)
        order = np.lexsort((source.sheet.rows, at, deal))
        of, who = deal[order], owner.codes[order]
        changed = (of[1:] == of[:-1]) & (of[1:] >= 0) & (who[1:] != who[:-1]) & (who[1:] >= 0) & (who[:-1] >= 0)
        places = order[1:][changed]
        return Handovers(
            source.sheet.rows[places], deal[places], at[places], who[:-1][changed], who[1:][changed], owner.names
        )
    places = np.flatnonzero(is_owner & (deal >= 0) & ~np.isnat(at))
    cells = [source.cells(name) for name in ("old", "new")]
    texts = [pa.array([""] * count, pa.string()) if cell is None else cell for cell in cells]
    labels = labels_of(pa.concat_arrays(texts), 2 * count)
    before, after = labels.codes[:count][places], labels.codes[count:][places]
    # Salesforce writes such a change twice, with ids and with names: those that deals have are taken.
    known = np.array([*(name in deals.owner.names for name in labels.names), False])[after]
    kept = known if known.any() else np.ones(len(places), bool)
    places, before, after = places[kept], before[kept], after[kept]
    order = np.lexsort((source.sheet.rows[places], at[places], deal[places]))
    places = places[order]
    return Handovers(source.sheet.rows[places], deal[places], at[places], before[order], after[order], labels.names)


def from_deals(read: ReadDeals) -> ReadHistory:
    """Return the history that a file of deals has in columns, one for each stage (HubSpot)."""
    stages = tuple(read.entered)
    found = _nothing(None)
    if not stages:
        return found
    deal, stage, entered = [], [], []
    for place, name in enumerate(stages):
        times = read.entered[name]
        known = np.flatnonzero(~np.isnat(times))
        ending = outcome_of_stage(name)
        code = place if ending is Outcome.OPEN else -1 - int(ending)
        deal.append(known)
        stage.append(np.full(len(known), code, np.int32))
        entered.append(times[known])
    rows = np.zeros(sum(map(len, deal)), np.int64)
    events = Events(rows, np.concatenate(deal), np.concatenate(stage), np.concatenate(entered))
    order = np.lexsort((events.stage, events.entered, events.deal))
    events = Events(rows, events.deal[order], events.stage[order], events.entered[order])
    return found._replace(events=events, stages=stages)
