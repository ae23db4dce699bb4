"""From the rows of a file of deals to columns: ids, owners, days, outcomes, stages, values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simcore.base.errors import Problem
from simcore.crm.cells.amounts import currency_code, read_amounts, read_shares
from simcore.crm.cells.refused import DataError
from simcore.crm.cells.sheets import open_sheet, read_sheet
from simcore.crm.cells.words import Outcome, outcome_of, outcome_of_stage, truth_of
from simcore.crm.columns import NEVER, NOWHERE, Deals, Labels, labels_of
from simcore.crm.dialects import columns_of, is_known, names_people_or_firms
from simcore.crm.findings import StageWord, escaped, plural
from simcore.crm.mapping import refuse_unknown_headers
from simcore.crm.source import (
    Source,
    check_text,
    ids_of,
    read_dates,
    tell_amounts,
    tell_unreadable,
    without_ignored,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from simcore.crm.cells.file_text import FileText
    from simcore.crm.cells.moments import Moments, Order
    from simcore.crm.findings import Findings
    from simcore.crm.mapping import ExportMap

_DATES = ("created", "closed", "won_at", "lost_at", "planned")
_COSTS = {
    "created": "no age and no arrival of a deal is known: nothing about time can be fitted",
    "owner": "reps cannot be told apart: one team of the same people",
    "value": "wins are counted, not money",
    "closed": "when deals were won or lost is not known: no lag, no week of a win",
}
"""What it costs where a column is missing."""


class ReadDeals(NamedTuple):
    """Deals as the file says them, before a history."""

    source: Source
    deals: Deals
    """Stages are places in `stages`."""
    stages: tuple[str, ...]
    """As the mapping file calls them; those that end a deal included."""
    words: tuple[StageWord, ...]
    """What the file calls stages."""
    entered: dict[str, NDArray[np.datetime64]]
    """When each deal entered a stage, by stage, where the file of deals says it."""


class Request(NamedTuple):
    """How files are to be read."""

    export_map: ExportMap
    map_name: str
    order: Order | None
    """Which of day and month comes first."""
    zone: ZoneInfo | None
    with_names: bool


def read_deal_rows(text: FileText, request: Request, findings: Findings) -> ReadDeals:
    """Read a file of deals.

    Raises
    ------
    DataError
        If its headers are not known, or the mapping file names one that is not there, or an id that is a name.
    """
    source, spans = _source_of(text, request, findings)
    _take_ids(source)
    check_text(source)
    _tell_missing(source)
    columns = {meaning: source.headers[meaning] for meaning in _DATES if meaning in source.headers}
    columns |= {f"stage {header}": header for several in spans.values() for header in several}
    days = read_dates(source, columns, request.order, request.zone)
    deals, stages = _deals_of(source, days, request.export_map)
    entered: dict[str, NDArray[np.datetime64]] = {}
    for stage, several in spans.items():
        name = request.export_map.stages.get(stage, stage)
        for header in several:
            at = days[f"stage {header}"].at
            entered[name] = np.fmin(entered.get(name, at), at)
    return ReadDeals(source, deals, stages, _stage_words(source, request.export_map), entered)


def _source_of(text: FileText, request: Request, findings: Findings) -> tuple[Source, dict[str, list[str]]]:
    """Return the rows of a file of deals, and the headers of days on which a stage was entered, by stage."""
    export_map = request.export_map
    mapped, ignored = export_map.headers("deal"), {name: name for name in export_map.ignore}
    opened = open_sheet(text, lambda header: is_known(header, mapped.values()))
    refuse_unknown_headers(mapped, opened.headers, "deal", request.map_name, text.name)
    refuse_unknown_headers(ignored, opened.headers, "ignore", request.map_name, text.name)
    columns = columns_of(opened.headers, export_map.dialect, mapped)
    if not request.with_names:
        _refuse_names(columns.headers, request.map_name)
    personal = _name_header(opened.headers) if request.with_names else None
    spans = [header for several in columns.entered.values() for header in several]
    sheet = read_sheet(opened, {*columns.headers.values(), *ignored, *spans, *([personal] if personal else [])})
    source = Source(sheet, columns.headers, findings, "deals", columns.dialect, pipelines=columns.pipelines)
    without_ignored(source, export_map.ignore)
    if not len(source):
        raise DataError((Problem("has no deals: nothing stands below its header", file=text.name),))
    if personal is not None:
        findings.name_of = _names_by_row(source, personal)
    return source, columns.entered


def _refuse_names(headers: dict[str, str], file: str) -> None:
    """Raise if what will be shown is a column of names of accounts or people."""
    problems = tuple(
        Problem(
            "is a column of names, which are shown with --names only", f"deal.{meaning}", file, value=escaped(header)
        )
        for meaning, header in headers.items()
        if meaning in ("id", "segment", "stage", "currency", "pipeline") and names_people_or_firms(header)
    )
    if problems:
        raise DataError(problems)


def _name_header(headers: tuple[str, ...]) -> str | None:
    """Return the header of a column of names: of accounts, if there is one."""
    named = [header for header in headers if names_people_or_firms(header)]
    accounts = [
        header for header in named if any(word in header.casefold() for word in ("account", "compan", "organi"))
    ]
    return next(iter([*accounts, *named]), None)


def _names_by_row(source: Source, header: str) -> Callable[[int], str | None]:
    rows, cells = source.sheet.rows, source.sheet.columns[header]

    def name_of(row: int) -> str | None:
        place = int(np.searchsorted(rows, row))
        return str(cells[place].as_py()) if place < len(rows) and rows[place] == row else None

    return name_of


def _tell_missing(source: Source) -> None:
    given = {*source.headers}
    known = given | ({"closed"} if given & {"won_at", "lost_at"} else set())
    for meaning, cost in _COSTS.items():
        if meaning not in known:
            source.findings.add("missing-columns", "W", source.name, f"no column says {meaning}", cost)


def _take_ids(source: Source) -> None:
    """Give each record its id, and leave out rows that say a deal again."""
    cells = source.cells("id")
    ids, empty = ids_of(cells, source.sheet.rows)
    source.ids = ids
    if cells is None:
        source.findings.add(
            "missing-ids", "W", source.name, "no column tells deals apart", "a deal is its row's number"
        )
    elif empty.any():
        what = f"{plural(int(empty.sum()), 'deal')} without an id"
        where = source.where(empty, source.headers["id"])
        source.findings.add(
            "missing-ids", "W", source.name, what, "a deal is its row's number", where=where, of=len(ids)
        )
    codes = np.asarray(pc.dictionary_encode(ids).indices)
    order = np.argsort(codes, kind="stable")
    again = np.zeros(len(codes), bool)
    again[order[1:]] = codes[order[1:]] == codes[order[:-1]]
    if not again.any():
        return
    first = np.zeros(codes.max() + 1, np.int64)
    first[codes[order[::-1]]] = order[::-1]
    places = np.flatnonzero(again)
    differs = np.zeros(len(codes), bool)
    for column in source.sheet.columns.values():
        same = pc.equal(column.take(pa.array(places)), column.take(pa.array(first[codes[places]])))
        differs[places] |= ~np.asarray(same)
    _tell_repeated(source, differs, again & ~differs)
    kept = ~again
    sheet = source.sheet
    mask = pa.array(kept)
    columns = {header: column.filter(mask) for header, column in sheet.columns.items()}
    source.sheet = type(sheet)(
        sheet.opened, sheet.rows[kept], columns, sheet.ragged, sheet.controls, sheet.closing_rows
    )
    source.ids = ids.filter(mask)


def _tell_repeated(source: Source, differs: NDArray[np.bool_], same: NDArray[np.bool_]) -> None:
    header = source.headers["id"]
    if differs.any():
        what = f"{plural(int(differs.sum()), 'row')} whose id stands in an earlier row with other facts"
        done = "the first is kept; an export must have one row for each deal"
        where = source.where(differs, header)
        source.findings.add("duplicate-ids", "E", source.name, what, done, where=where, of=len(differs))
    if same.any():
        what = f"{plural(int(same.sum()), 'row')} that {'says' if same.sum() == 1 else 'say'} an earlier one again"
        where = source.where(same, header)
        source.findings.add("identical-rows", "W", source.name, what, "one of them is kept", where=where, of=len(same))


def _deals_of(source: Source, days: dict[str, Moments], export_map: ExportMap) -> tuple[Deals, tuple[str, ...]]:
    """Return the columns of deals, and the stages that they name."""
    count = len(source)
    raw_stage = _stage_labels(source)
    outcome = _outcomes(source, raw_stage, days, export_map)
    stage = raw_stage.renamed(export_map.stages)
    value, currency = _values(source, export_map)
    closed, planned = _closing(days, outcome, count)
    never = np.full(count, NEVER)
    deals = Deals(
        row=source.sheet.rows,
        id=source.ids,
        owner=labels_of(source.cells("owner"), count),
        created=days["created"].at if "created" in days else never,
        closed=closed,
        planned=planned,
        outcome=outcome,
        stage=stage.codes,
        pipeline=labels_of(source.cells("pipeline"), count),
        value=value,
        currency=currency,
        segment=labels_of(source.cells("segment"), count),
        probability=_probabilities(source),
        pushed=np.full(count, -1, np.int32),
        timely=np.ones(count, bool),
        whole_days=frozenset(_whole_days(days)),
    )
    return deals, stage.names


def _stage_labels(source: Source) -> Labels:
    """Return the column of stages, without the pipeline that HubSpot writes behind each: ``Proposal (Sales)``."""
    stage, pipeline = (labels_of(source.cells(name), len(source)) for name in ("stage", "pipeline"))
    ends = tuple(f" ({name})" for name in {*pipeline.names, *source.pipelines})
    return stage.renamed({name: name[: name.rindex(" (")] for name in stage.names if name.endswith(ends)})


def _stage_words(source: Source, export_map: ExportMap) -> tuple[StageWord, ...]:
    """Return what the file calls stages, and what that is taken for."""
    stage = _stage_labels(source)
    counts = np.bincount(stage.codes + 1, minlength=len(stage.names) + 1)[1:]
    words = []
    for name, count in zip(stage.names, counts.tolist(), strict=True):
        outcome = outcome_of_stage(name, export_map.stages)
        taken = export_map.stages.get(name, name) if outcome is Outcome.OPEN else outcome.name.lower()
        words.append(StageWord(name=escaped(name), taken_for=escaped(taken), deals=count))
    return tuple(words)


def _whole_days(days: dict[str, Moments]) -> list[str]:
    """Return which of creation and closing is known to the day only."""
    closing = [days[key].whole_days for key in ("closed", "won_at", "lost_at") if key in days]
    found = ["created"] if "created" in days and days["created"].whole_days else []
    return [*found, "closed"] if any(closing) else found


def _outcomes(source: Source, stage: Labels, days: dict[str, Moments], export_map: ExportMap) -> NDArray[np.int8]:
    """Return what has become of the deals: by their outcome, else by flags, else by their stage."""
    count = len(source)
    by_stage = np.array([outcome_of_stage(name, export_map.stages) for name in stage.names] + [Outcome.OPEN], np.int8)
    found = by_stage[stage.codes]
    if "won_at" in days:
        found = np.where(np.isnat(days["won_at"].at), found, np.int8(Outcome.WON))
    if "lost_at" in days:
        found = np.where(np.isnat(days["lost_at"].at), found, np.int8(Outcome.LOST))
    won, closed = _flags(source, "is_won"), _flags(source, "is_closed")
    if closed is not None and won is not None:
        found = np.where(closed == 0, np.int8(Outcome.OPEN), found)
        found = np.where(closed == 1, np.where(won == 1, np.int8(Outcome.WON), np.int8(Outcome.LOST)), found)
    if won is not None:
        found = np.where(won == 1, np.int8(Outcome.WON), found)
    words = labels_of(source.cells("outcome"), count)
    said = [outcome_of(word, export_map.outcomes) for word in words.names]
    codes = np.array([-1 if each is None else each for each in said] + [-1], np.int8)[words.codes]
    unknown = (words.codes >= 0) & (codes < 0)
    if unknown.any():
        header = source.headers["outcome"]
        what = f"{plural(int(unknown.sum()), 'cell')} of {escaped(header)} that say neither open nor won nor lost"
        done = "outcomes in the mapping file says what such words mean"
        where = source.where(unknown, header)
        source.findings.add("unknown-outcomes", "E", source.name, what, done, where=where, of=count)
    if not {"outcome", "stage", "is_won", "won_at"} & {*source.headers}:
        what, done = "nothing says what has become of a deal", "a column of outcomes, or of stages, is needed"
        source.findings.add("no-outcome", "E", source.name, what, done)
    return np.where(codes >= 0, codes, found).astype(np.int8)


def _flags(source: Source, meaning: str) -> NDArray[np.int8] | None:
    """Return a column of yes and no: 1, 0, or -1 where it says neither."""
    cells = source.cells(meaning)
    if cells is None:
        return None
    words = labels_of(cells, len(cells))
    codes = [{True: 1, False: 0, None: -1}[truth_of(name)] for name in words.names]
    return np.array([*codes, -1], np.int8)[words.codes]


def _values(source: Source, export_map: ExportMap) -> tuple[NDArray[np.float64], Labels]:
    """Return the values of deals and their currencies, those beside amounts included."""
    cells, count = source.cells("value"), len(source)
    currency = _currency_codes(source)
    if cells is None:
        return np.full(count, np.nan), currency
    likely = "," if source.sheet.opened.delimiter == ";" else None
    amounts = read_amounts(cells, export_map.decimal, likely)
    tell_amounts(source, "value", amounts)
    if amounts.currencies:
        texts = [currency.names[code] if code >= 0 else "" for code in currency.codes.tolist()]
        for place, code in amounts.currencies.items():
            texts[place] = texts[place] or code
        currency = labels_of(pa.array(texts, pa.string()), count)
    return amounts.values, currency


def _currency_codes(source: Source) -> Labels:
    """Return the currencies of deals as codes; a cell that is none is told, and never shown: it may be a name."""
    raw = labels_of(source.cells("currency"), len(source))
    codes = {name: currency_code(name) for name in raw.names}
    wrong = np.array([*(codes[name] is None for name in raw.names), False])[raw.codes]
    if wrong.any():
        tell_unreadable(source, source.headers["currency"], wrong, "currencies", "currency")
    known = np.where(wrong, np.int32(NOWHERE), raw.codes)
    return Labels(known, raw.names).renamed({name: code or "" for name, code in codes.items()})


def _probabilities(source: Source) -> NDArray[np.float64]:
    cells = source.cells("probability")
    if cells is None:
        return np.full(len(source), np.nan)
    shares = read_shares(cells)
    tell_amounts(source, "probability", shares)
    return shares.values


def _closing(
    days: dict[str, Moments], outcome: NDArray[np.int8], count: int
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return when deals were closed, and when open ones are planned to close: a wish is never taken for a fact."""
    said = {key: days[key].at if key in days else np.full(count, NEVER) for key in _DATES}
    closed = np.full(count, NEVER)
    for ending, key in ((Outcome.WON, "won_at"), (Outcome.LOST, "lost_at")):
        own = np.where(np.isnat(said[key]), said["closed"], said[key])
        closed = np.where(outcome == ending, own, closed)
    wish = np.where(np.isnat(said["planned"]), said["closed"], said["planned"])
    return closed, np.where(outcome == Outcome.OPEN, wish, NEVER)


def without_ends(read: ReadDeals, said: dict[str, str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the stages in which a deal can be open, and for each stage of the file its code among them.

    Parameters
    ----------
    said
        What stages of the CRM are in a scenario, by the mapping file.
    """
    stages: list[str] = []
    codes = []
    for name in read.stages:
        ending = outcome_of_stage(name, {**said, "won": "won", "lost": "lost"})
        if ending is Outcome.OPEN:
            stages.append(name)
            codes.append(len(stages) - 1)
        else:
            codes.append(-1 - int(ending))
    return tuple(stages), np.array([*codes, NOWHERE], np.int32)
