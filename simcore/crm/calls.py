"""Logs of calls: a row for some calls of a rep and what came of them, or a row for each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simcore.base.errors import Problem
from simcore.crm.cells.amounts import read_counts
from simcore.crm.cells.refused import DataError
from simcore.crm.cells.sheets import open_sheet, read_sheet
from simcore.crm.cells.words import truth_of
from simcore.crm.columns import NEVER, NOWHERE, Calls, labels_of
from simcore.crm.dialects import CALL_NAMES, is_known_in, meanings
from simcore.crm.findings import escaped, plural
from simcore.crm.mapping import refuse_unknown_headers
from simcore.crm.source import Source, check_text, read_dates, tell_amounts, without_ignored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.crm.cells.file_text import FileText
    from simcore.crm.columns import Deals
    from simcore.crm.deals import Request
    from simcore.crm.findings import Findings


def read_call_rows(text: FileText, request: Request, findings: Findings, deals: Deals | None) -> tuple[Source, Calls]:
    """Read a log of calls.

    Raises
    ------
    DataError
        If its headers are not known, or the mapping file names one that is not there.
    """
    mapped = request.export_map.headers("calls")
    opened = open_sheet(text, lambda header: is_known_in(CALL_NAMES, header, mapped.values()))
    refuse_unknown_headers(mapped, opened.headers, "calls", request.map_name, text.name)
    headers = meanings(opened.headers, CALL_NAMES, mapped)
    wanted = {*headers.values(), *request.export_map.ignore}
    kind = "counts of calls" if "calls" in headers else "a row per call"
    source = Source(read_sheet(opened, wanted), headers, findings, "calls", kind)
    without_ignored(source, request.export_map.ignore)
    if not len(source):
        raise DataError((Problem("has no calls: nothing stands below its header", file=text.name),))
    check_text(source)
    days = read_dates(source, {"at": headers["at"]} if "at" in headers else {}, request.order, request.zone)
    count = len(source)
    calls = _counted(source, "calls")
    calls = np.ones(count, np.int64) if calls is None else calls
    return source, Calls(
        row=source.sheet.rows,
        at=days["at"].at if "at" in days else np.full(count, NEVER),
        rep=labels_of(source.cells("rep"), count),
        calls=calls,
        successes=_successes(source),
        deal=_deal_of(source, deals),
    )


def _counted(source: Source, meaning: str) -> NDArray[np.int64] | None:
    """Return a column of numbers of calls; None where there is none."""
    cells = source.cells(meaning)
    if cells is None:
        return None
    counts = read_counts(cells)
    tell_amounts(source, meaning, counts)
    return np.nan_to_num(counts.values).astype(np.int64)


def _successes(source: Source) -> NDArray[np.int64]:
    """Return how many calls of each row led on: as counted, else by what the outcome says of the last of them."""
    counted = _counted(source, "successes")
    if counted is not None:
        return counted
    cells = source.cells("outcome")
    if cells is None:
        what, done = "no column says what came of a call", "taken as none; successes or outcome in the mapping file"
        source.findings.add("missing-columns", "E", source.name, what, done)
        return np.zeros(len(source), np.int64)
    words = labels_of(cells, len(source))
    said = [truth_of(name) for name in words.names]
    codes = np.array([-1 if each is None else int(each) for each in said] + [0], np.int64)[words.codes]
    unknown = codes < 0
    if unknown.any():
        header = source.headers["outcome"]
        what = f"{plural(int(unknown.sum()), 'cell')} of {escaped(header)} that say neither yes nor no"
        done = "taken as no; a column of 0 and 1, or of yes and no, is needed"
        where = source.where(unknown, header)
        source.findings.add("unknown-outcomes", "E", source.name, what, done, where=where, of=len(source))
    return np.maximum(codes, 0)


def _deal_of(source: Source, deals: Deals | None) -> NDArray[np.int64]:
    cells = source.cells("deal")
    if cells is None or deals is None:
        return np.full(len(source), NOWHERE, np.int64)
    return np.asarray(pc.fill_null(pc.index_in(cells, pa.array(deals.id)), NOWHERE)).astype(np.int64)
