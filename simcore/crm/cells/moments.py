"""Dates and times as exports write them: ISO, D/M/Y and M/D/Y, names of months, epochs, day numbers of spreadsheets.

All date columns of a file are read together: one 25/12 says of all of them that the day comes first. Where no cell
says it, they are reported and not guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

Order = Literal["dmy", "mdy", "iso"]
"""Which comes first where a day and a month can be confused; ``iso`` where no such dates are expected."""
_TIME = (
    r"(?:[T ,]+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<zone>Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$"
)
_MONTH = r"(?P<month>[A-Za-zäéûÄ]{3,9})\.?"
_FORMS = {
    "iso": rf"^(?P<year>[0-9]{{4}})[-/.](?P<month>[0-9]{{1,2}})[-/.](?P<day>[0-9]{{1,2}}){_TIME}",
    "two": rf"^(?P<day>[0-9]{{1,2}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})[-/.](?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
    "named": rf"^(?P<day>[0-9]{{1,2}})[. -]+{_MONTH}[ ,-]+(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
    "month first": rf"^{_MONTH} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}}){_TIME}",
    "compact": r"^(?P<year>(?:19|20|21)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$",
}
_USUAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2})?$"
"""What nearly all files have, which Arrow reads ten times as fast as by its parts."""
_EPOCH = r"^(?P<whole>[0-9]{10}|[0-9]{13})$"
_DAY_NUMBER = r"^(?P<whole>[2-7][0-9]{4})(?:[.,](?P<part>[0-9]{1,17}))?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_FIRST, _END = np.datetime64("1900-01-01", "s"), np.datetime64("2200-01-01", "s")
_DAY_ZERO = np.datetime64("1899-12-30", "s")
"""Day number 0 of spreadsheets."""
DAY = 86_400


class Moments(NamedTuple):
    """A column of dates or times.

    Attributes
    ----------
    at
        Shape (records,), datetime64[s], in local time; NaT where the cell is empty or was not read.
    whole_days
        Whether no cell has a time of day.
    zoned
        Whether a cell says its zone: then it was turned to local time.
    unreadable, ambiguous
        Cells that are no date, and those where day and month can be confused; shape (records,), bool.
    """

    at: NDArray[np.datetime64]
    whole_days: bool
    zoned: bool
    unreadable: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]


class _Parts(NamedTuple):
    """The cells of one form: where they stand and what they say."""

    form: str
    places: NDArray[np.int64]
    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    seconds: NDArray[np.int64]
    """Of the day; below 0 where there is no such time."""
    offset: NDArray[np.int64]
    """Seconds east of UTC."""
    zoned: NDArray[np.bool_]
    dotted: NDArray[np.bool_]
    """Parted by dots: the day comes first wherever that is written."""


class _Scan(NamedTuple):
    """A column before day and month are told apart."""

    cells: pa.Array
    parts: list[_Parts]
    exact: dict[str, tuple[NDArray[np.int64], NDArray[np.datetime64]]]
    """Usual times; epochs, which are in UTC; day numbers."""


def read_moments(
    columns: Mapping[str, pa.Array], order: Order | None = None, zone: ZoneInfo | None = None
) -> dict[str, Moments]:
    """Read the date columns of a file.

    Parameters
    ----------
    columns
        Texts without spaces at their ends, by name.
    order
        What the user says of day and month; without it what the cells say.
    zone
        The local time to which times with a zone are turned; UTC without it.

    Examples
    --------
    >>> cells = pa.array(["2026-01-31", "31.1.2026 13:05", "1769817600000", "46053", "Jan 31, 2026", "soon"])
    >>> read_moments({"created": cells})["created"].at.astype("M8[D]").astype(str).tolist()
    ['2026-01-31', '2026-01-31', '2026-01-31', '2026-01-31', '2026-01-31', 'NaT']
    >>> read_moments({"created": pa.array(["1/2/2026"])})["created"].ambiguous.tolist()
    [True]
    >>> str(read_moments({"created": pa.array(["1/2/2026", "12/31/2026"])})["created"].at[0])
    '2026-01-02T00:00:00'
    """
    scans = {name: _scan(cells) for name, cells in columns.items()}
    known = order or _order_of(scans)
    return {name: _finished(scan, known, zone) for name, scan in scans.items()}


def _scan(cells: pa.Array) -> _Scan:
    """Take apart the cells of a column, form by form."""
    left = np.flatnonzero(np.asarray(pc.greater(pc.binary_length(cells), 0)))
    exact: dict[str, tuple[NDArray[np.int64], NDArray[np.datetime64]]] = {}
    left = _without_usual(cells, left, exact)
    parts: list[_Parts] = []
    for form, pattern in _FORMS.items():
        if not len(left):
            break
        found = pc.extract_regex(cells.take(pa.array(left)), pattern)
        matched = np.asarray(found.is_valid())
        if matched.any():
            parts.append(_parts_of(form, found.filter(pa.array(matched)), left[matched]))
            left = left[~matched]
    for name, pattern in (("epoch", _EPOCH), ("number", _DAY_NUMBER)):
        found = pc.extract_regex(cells.take(pa.array(left)), pattern)
        matched = np.asarray(found.is_valid())
        if matched.any():
            kept = found.filter(pa.array(matched))
            exact[name] = left[matched], _exactly(name, kept)
            left = left[~matched]
    return _Scan(cells, parts, exact)


def _without_usual(
    cells: pa.Array, left: NDArray[np.int64], exact: dict[str, tuple[NDArray[np.int64], NDArray[np.datetime64]]]
) -> NDArray[np.int64]:
    """Read the cells that Arrow knows how to read; return the places of the others."""
    some = cells.take(pa.array(left))
    matched = np.asarray(pc.match_substring_regex(some, _USUAL))
    try:
        times = some.filter(pa.array(matched)).cast(pa.timestamp("s"))
    except pa.ArrowInvalid:  # a day that is none is among them: they are read by their parts
        return left
    exact["usual"] = left[matched], np.asarray(times, "M8[s]")
    return np.asarray(left[~matched])


def _exactly(name: str, found: pa.StructArray) -> NDArray[np.datetime64]:
    whole = np.asarray(found.field("whole").cast(pa.int64()))
    if name == "epoch":
        return np.where(whole >= 10**12, whole // 1000, whole).astype("M8[s]")
    part = pc.if_else(pc.equal(found.field("part"), ""), "0", found.field("part"))
    shares = pc.binary_join_element_wise("0", part, ".").cast(pa.float64())
    seconds = np.rint(np.asarray(shares) * DAY).astype(np.int64)
    return np.asarray(_DAY_ZERO + (whole * DAY + seconds).astype("m8[s]"))


def _numbers(found: pa.StructArray, name: str) -> NDArray[np.int64]:
    """Return a part of dates as numbers; 0 where it is not there."""
    if name not in {each.name for each in found.type}:
        return np.zeros(len(found), np.int64)
    text = found.field(name)
    return np.asarray(pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int64()))


def _texts(found: pa.StructArray, name: str) -> NDArray[np.str_]:
    if name not in {each.name for each in found.type}:
        return np.full(len(found), "", "U1")
    return np.asarray(found.field(name).to_pylist(), dtype=np.str_)


def _parts_of(form: str, found: pa.StructArray, places: NDArray[np.int64]) -> _Parts:
    year = _numbers(found, "year")
    is_short = np.char.str_len(_texts(found, "year")) == 2
    year = np.where(is_short, np.where(year < 70, year + 2000, year + 1900), year)
    if form in ("named", "month first"):
        words = _texts(found, "month")
        by_word = {word: _month_of(str(word)) for word in np.unique(words)}
        month = np.array([by_word[word] for word in words.tolist()], np.int64)
    else:
        month = _numbers(found, "month")
    zone = _texts(found, "zone")
    offsets = {word: _offset_of(str(word)) for word in np.unique(zone)}
    offset = np.array([offsets[word] for word in zone.tolist()], np.int64)
    dotted = _texts(found, "mark") == "."
    return _Parts(form, places, year, month, _numbers(found, "day"), _seconds(found), offset, zone != "", dotted)


def _seconds(found: pa.StructArray) -> NDArray[np.int64]:
    """Return the seconds of the day; below 0 where there is no such time."""
    hour, minute, second = (_numbers(found, name) for name in ("hour", "minute", "second"))
    half = np.char.lower(_texts(found, "half"))
    is_wrong = (hour > 23) | (minute > 59) | (second > 60) | ((half != "") & ((hour > 12) | (hour < 1)))
    hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    return np.where(is_wrong, -1, hour * 3600 + minute * 60 + np.minimum(second, 59))


def _month_of(word: str) -> int:
    """Return the month of a name, English or German; 0 for any other word."""
    start = word.lower()[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _GERMAN.get(start, 0)


def _offset_of(zone: str) -> int:
    """Return the seconds east of UTC."""
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone)
    if match is None:
        return 0
    seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
    return -seconds if match[1] == "-" else seconds


def _order_of(scans: Mapping[str, _Scan]) -> Order | None:
    """Return what the cells of a file say of day and month; None where they say nothing, or both."""
    first, second = False, False
    for scan in scans.values():
        for parts in scan.parts:
            if parts.form == "two":
                first |= bool(np.any((parts.day > 12) & (parts.month <= 12) & ~parts.dotted))
                second |= bool(np.any((parts.month > 12) & (parts.day <= 12) & ~parts.dotted))
    return None if first == second else "dmy" if first else "mdy"


def _finished(scan: _Scan, order: Order | None, zone: ZoneInfo | None) -> Moments:
    """Return the times of a column."""
    at = np.full(len(scan.cells), np.datetime64("NaT"), "M8[s]")
    ambiguous = np.zeros(len(at), bool)
    clock, zoned = False, False
    for parts in scan.parts:
        day, month = parts.day, parts.month
        if parts.form == "two":
            swapped = (~parts.dotted & (order == "mdy")) | (~parts.dotted & (order in (None, "iso")) & (month > 12))
            day, month = np.where(swapped, month, day), np.where(swapped, day, month)
            unclear = ~parts.dotted & (order in (None, "iso")) & (day <= 12) & (month <= 12) & (day != month)
            ambiguous[parts.places] = unclear
        else:
            unclear = np.zeros(len(day), bool)
        times = _times(parts.year, month, day, parts.seconds - parts.offset * (parts.seconds >= 0), parts.seconds < 0)
        times[parts.zoned] = _local(times[parts.zoned], zone)
        clock |= bool(np.any(parts.seconds > 0))
        zoned |= bool(np.any(parts.zoned))
        at[parts.places] = np.where(unclear, np.datetime64("NaT"), times)
    for name, (places, times) in scan.exact.items():
        is_epoch = name == "epoch"
        clock |= bool(np.any(times.astype(np.int64) % DAY))
        zoned |= is_epoch
        at[places] = _local(times, zone) if is_epoch else times
    at[(at < _FIRST) | (at >= _END)] = np.datetime64("NaT")
    filled = np.asarray(pc.greater(pc.binary_length(scan.cells), 0))
    return Moments(at, not clock, zoned, filled & np.isnat(at) & ~ambiguous, ambiguous)


def _times(
    year: NDArray[np.int64],
    month: NDArray[np.int64],
    day: NDArray[np.int64],
    seconds: NDArray[np.int64],
    wrong: NDArray[np.bool_],
) -> NDArray[np.datetime64]:
    """Return times of their parts; NaT where there is no such day or time."""
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (day - 1).astype("m8[D]")
    is_day = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("M8[M]") == months) & ~wrong
    return np.where(is_day, days.astype("M8[s]") + seconds.astype("m8[s]"), np.datetime64("NaT"))


def _local(times: NDArray[np.datetime64], zone: ZoneInfo | None) -> NDArray[np.datetime64]:
    """Return times in UTC as local ones.

    The offset of a zone changes on the quarter of an hour only, so it is looked up once for each.
    """
    if zone is None or not len(times):
        return times
    from datetime import UTC, datetime  # noqa: PLC0415

    seconds = np.where(np.isnat(times), 0, times.astype(np.int64))
    quarters, where = np.unique(seconds // 900, return_inverse=True)
    found = [datetime.fromtimestamp(int(each) * 900, UTC).astimezone(zone).utcoffset() for each in quarters]
    offsets = np.array([0 if each is None else int(each.total_seconds()) for each in found], np.int64)
    return np.where(np.isnat(times), times, (seconds + offsets[where]).astype("M8[s]"))
