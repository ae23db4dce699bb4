"""`read_deals`: exports become columns, and everything is told that is wrong with them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from simcore.base.errors import Problem, UsageError
from simcore.base.spelling import one_of
from simcore.crm.calls import read_call_rows
from simcore.crm.cells.file_text import read_text
from simcore.crm.checks import Seen, check_calls, check_deals, check_times
from simcore.crm.columns import NOWHERE
from simcore.crm.data import DealData, day_of, end_of, last_day, untimely
from simcore.crm.deals import Request, read_deal_rows, without_ends
from simcore.crm.findings import Findings, refuse_unusable
from simcore.crm.history import ReadHistory, from_deals, read_history_rows
from simcore.crm.history_checks import check_history
from simcore.crm.mapping import load_map
from simcore.crm.stays import order_of_stages, stage_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from os import PathLike

    from numpy.typing import NDArray

    from simcore.crm.cells.moments import Order
    from simcore.crm.columns import Calls, Deals, Events
    from simcore.crm.deals import ReadDeals


_ORDERS: tuple[Order, ...] = ("dmy", "mdy")


def read_deals(
    deals: str | PathLike[str],
    *,
    history: str | PathLike[str] | None = None,
    calls: str | PathLike[str] | None = None,
    map: str | PathLike[str] | Mapping[str, object] | None = None,  # noqa: A002  (the option of the command line)
    as_of: str | date | np.datetime64 | None = None,
    dates: Literal["dmy", "mdy"] | None = None,
    names: bool = False,
) -> DealData:
    r"""Read deals, and with them a history of their stages and a log of calls; nothing is written.

    What is wrong with the files is told in `DealData.findings`, each with its grade; only what cannot be read as a
    table at all is an error.

    Parameters
    ----------
    deals, history, calls
        Paths of CSV files, packed with gzip or not, or of workbooks (.xlsx); see docs/exports.md.
    map
        A mapping file: its path, or its keys as a mapping.
    as_of
        The day on whose evening the files stand; by default that of their last event.
    dates
        Whether the day or the month comes first, where the dates do not say it.
    names
        Whether examples may show names of accounts, and cells as they are.

    Raises
    ------
    UsageError
        If an argument is wrong.
    FileError
        If a file cannot be read.
    DataError
        If a file is no table, is too large, or has no header that is known; if the mapping file is wrong.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> rows = "id,created,closed,outcome,value\n7,2026-01-05,2026-02-02,won,1200\n8,2026-01-07,,open,900\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "deals.csv"
    ...     written = path.write_text(rows)
    ...     data = simcore.read_deals(path)
    >>> data.dialect, data.deals.outcome.tolist(), str(data.as_of), data.usable
    ('plain', [1, 0], '2026-02-02', False)
    >>> [finding.check for finding in data.findings if finding.grade == "E"]
    ['few-wins']
    """
    started = time.perf_counter()
    request = _request(map, dates, names=names)
    findings = Findings()
    findings.with_names = names
    sheets = request.export_map.sheets
    read = read_deal_rows(read_text(deals, "deals", sheets.get("deals")), request, findings)
    past = from_deals(read) if history is None else read_history_rows(
        read_text(history, "history", sheets.get("history")), request, findings, read
    )  # fmt: skip
    stages, deals_with_stages, events = _with_one_order(read, past, request)
    called = None if calls is None else read_call_rows(
        read_text(calls, "calls", sheets.get("calls")), request, findings, deals_with_stages
    )  # fmt: skip
    log = None if called is None else called[1]
    day = last_day(deals_with_stages, events, log) if as_of is None else day_of(as_of, "as_of")
    evening = end_of(day)
    known = replace(deals_with_stages, timely=~untimely(deals_with_stages, events, evening))
    stays = stage_entries(events, known, len(stages), past.handovers)
    seen = Seen(known, read.source, events, findings, evening)
    check_times(seen)
    check_deals(seen)
    check_history(seen, stays, stages, past)
    if called is not None:
        check_calls(seen, called[1], called[0], known.owner)
    sources = [read.source, past.source if history is not None else None, None if called is None else called[0]]
    return DealData(
        deals=known,
        events=events,
        entries=stays,
        stages=stages,
        calls=log,
        as_of=day,
        dialect=read.source.dialect,
        files=tuple(source.told() for source in sources if source is not None),
        findings=tuple(findings.found),
        handovers=past.handovers,
        stage_words=read.words,
        ordered={*stages} <= {*request.export_map.stages.values()},
        seconds=time.perf_counter() - started,
    )


def read_calls(
    calls: str | PathLike[str],
    *,
    map: str | PathLike[str] | Mapping[str, object] | None = None,  # noqa: A002  (the option of the command line)
    dates: Literal["dmy", "mdy"] | None = None,
) -> Calls:
    """Read a log of calls alone, in the order of time: that of its rows where it has no times.

    Rows with more successes than calls are left out. See `read_deals` for the arguments.

    Raises
    ------
    UsageError, FileError, DataError
        As `read_deals` does.
    ScenarioError
        If something has to be mended first.
    """
    findings = Findings()
    request = _request(map, dates, names=False)
    text = read_text(calls, "calls", request.export_map.sheets.get("calls"))
    source, log = read_call_rows(text, request, findings, None)
    check_calls(None, log, source, None)
    refuse_unusable(findings.found)
    kept = np.flatnonzero(log.successes <= log.calls)
    if not np.isnat(log.at[kept]).any():
        kept = kept[np.argsort(log.at[kept], kind="stable")]
    return replace(
        log, row=log.row[kept], at=log.at[kept], rep=log.rep.take(kept), calls=log.calls[kept],
        successes=log.successes[kept], deal=log.deal[kept],
    )  # fmt: skip


def _request(given: object, dates: object, *, names: object) -> Request:
    """Return how files are to be read; raise if an argument is wrong."""
    if not isinstance(names, bool):
        allowed = "True, False"
        raise UsageError((Problem("must be true or false", "names", value=str(names), allowed=allowed),))
    asked: Order | None = None if dates is None else one_of(dates, _ORDERS, "dates")
    export_map, name = load_map(given)
    zone = None
    if export_map.timezone is not None:
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        zone = ZoneInfo(export_map.timezone)
    return Request(export_map, name, asked or export_map.dates, zone, names)


def _with_one_order(read: ReadDeals, past: ReadHistory, request: Request) -> tuple[tuple[str, ...], Deals, Events]:
    """Give deals and events the same stages, in the order in which deals go through them."""
    of_deals, codes = without_ends(read, request.export_map.stages)
    names = tuple(dict.fromkeys([*past.stages, *of_deals]))
    order = order_of_stages(past.events, names, tuple(request.export_map.stages.values()))
    places = np.empty(len(names) + 3, np.int32)
    places[order] = np.arange(len(names))
    places[-3:] = (-3, -2, -1)  # the codes of ends and of nowhere stay
    events = replace(past.events, stage=places[past.events.stage])
    in_names = np.array([names.index(name) for name in of_deals], np.int32)
    own = np.where(codes >= 0, in_names[np.maximum(codes, 0)] if len(in_names) else NOWHERE, codes)
    stage: NDArray[np.int32] = places[own[read.deals.stage]]
    deals = replace(read.deals, stage=stage)
    if past.pushed is not None:
        deals = replace(deals, pushed=past.pushed)
    return tuple(names[place] for place in order), deals, events
