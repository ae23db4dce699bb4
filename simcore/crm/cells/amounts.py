"""Numbers as exports write them: money with signs and codes, 45k, lakh and crore, decimal commas, per cent.

A column is read as a whole. ``1.234`` alone may be 1.234 or 1234: what the other cells of its column say decides it, or
the mapping file; where nothing does, it is reported and not guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simcore.base.currencies import SIGNS
from simcore.base.spelling import plain_spaces

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCALES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tsd."), 1e3),
    **dict.fromkeys(("m", "mn", "mm", "mio", "mio.", "million"), 1e6),
    **dict.fromkeys(("b", "bn", "billion", "mrd", "mrd."), 1e9),
    **dict.fromkeys(("lakh", "lakhs", "lac", "l"), 1e5),
    **dict.fromkeys(("crore", "crores", "cr"), 1e7),
}
_WORDS = {"US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "R$": "BRL", "Rs.": "INR", "Rs": "INR", "kr.": "DKK"}
_CURRENCY = "|".join(sorted((*map(re.escape, (*SIGNS, *_WORDS)), "[A-Z]{3}"), key=len, reverse=True))
_SCALE = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<open>\()? ?(?P<sign>[-+])? ?(?P<before>{_CURRENCY})? ?(?P<inner>[-+])? ?"
    rf"(?P<body>[0-9][0-9.,' ]*|[.,][0-9]+)(?P<dash>(?<=[.,])-)?(?: ?(?P<scale>(?i:{_SCALE}))(?![A-Za-z]))?"
    rf" ?(?P<percent>%)? ?(?P<after>{_CURRENCY})?(?P<last>-)?(?P<close>\))?",
    re.ASCII,
)
_SURE = r"^-?([0-9]+|[0-9]{4,15}\.[0-9]+|0\.[0-9]+|[0-9]+\.([0-9]{1,2}|[0-9]{4,15}))$"
"""A number that can be read in one way, as nearly all of a file are."""
_ODD = {0x2212: "-", 0x2013: "-", 0x2019: "'", 0x2018: "'", 0xFF05: "%"}
_LONGEST = 40


class Amounts(NamedTuple):
    """A column of numbers.

    Attributes
    ----------
    values
        Shape (records,), float64; NaN where the cell is empty or was not read. Per cent as shares.
    currencies
        Codes that stand beside numbers, by the place of the cell.
    in_percent
        Where a per cent sign stands, shape (records,), bool.
    unreadable, ambiguous
        Cells that are no number, and those that can be read in two ways; shape (records,), bool.
    """

    values: NDArray[np.float64]
    currencies: dict[int, str]
    in_percent: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]


class _Cell(NamedTuple):
    """One number, once for all cells that say the same."""

    value: float
    other: float | None = None
    """What it is where its one separator parts thousands; None where there is one reading."""
    separator: str = ""
    """The separator that `value` takes for that of decimals."""
    currency: str = ""
    percent: bool = False


def read_amounts(cells: pa.Array, decimal: str | None = None, likely: str | None = None) -> Amounts:
    """Read a column of numbers.

    Parameters
    ----------
    cells
        Texts without spaces at their ends, shape (records,).
    decimal
        The separator of decimals, ``.`` or ``,``, as the user says; it settles what can be read in two ways.
    likely
        The one that the file suggests, where no cell says it.

    Examples
    --------
    >>> read_amounts(pa.array(["$1,234,567", "45k", "1.2M", "(300)", "12,34,567.50", ""])).values.tolist()
    [1234567.0, 45000.0, 1200000.0, -300.0, 1234567.5, nan]
    >>> read_amounts(pa.array(["1.234", "9,5"])).values.tolist(), read_amounts(pa.array(["1.234"])).ambiguous.tolist()
    ([1234.0, 9.5], [True])
    """
    values = np.full(len(cells), np.nan)
    sure = np.asarray(pc.match_substring_regex(cells, _SURE))
    if sure.any():
        values[sure] = np.asarray(cells.filter(pa.array(sure)).cast(pa.float64()))
    unreadable, ambiguous, in_percent = (np.zeros(len(cells), bool) for _ in range(3))
    left = np.flatnonzero(~sure & np.asarray(pc.greater(pc.binary_length(cells), 0)))
    read: dict[str, _Cell | None] = {}
    texts = cells.take(pa.array(left)).to_pylist()
    for text in texts:
        if text not in read:
            read[text] = _read(text)
    rule = decimal or _evidence(read, _has_point(cells, sure)) or likely
    currencies: dict[int, str] = {}
    for place, text in zip(left.tolist(), texts, strict=True):
        cell = read[text]
        if cell is None:
            unreadable[place] = True
            continue
        value = _settled(cell, rule)
        ambiguous[place] = value is None
        values[place] = np.nan if value is None else value
        in_percent[place] = cell.percent
        if cell.currency:
            currencies[place] = cell.currency
    return Amounts(values, currencies, in_percent, unreadable, ambiguous)


def read_shares(cells: pa.Array) -> Amounts:
    """Read a column of probabilities: 75 %, 0-100 or 0-1, whichever the whole column says; as shares.

    Examples
    --------
    >>> read_shares(pa.array(["75%", "5 %"])).values.tolist(), read_shares(pa.array(["75", "5"])).values.tolist()
    ([0.75, 0.05], [0.75, 0.05])
    >>> read_shares(pa.array(["0.75", "1"])).values.tolist(), read_shares(pa.array(["0,75", "120"])).unreadable.tolist()
    ([0.75, 1.0], [False, True])
    """
    found = read_amounts(cells, likely=".")
    shares = np.where(found.in_percent, found.values, np.nan)
    bare = np.where(found.in_percent, np.nan, found.values)
    scale = 100.0 if found.in_percent.any() or np.nanmax(bare, initial=0.0) > 1.0 else 1.0
    values = np.where(found.in_percent, shares, bare / scale)
    wrong = (values < 0.0) | (values > 1.0)
    return found._replace(values=np.where(wrong, np.nan, values), unreadable=found.unreadable | wrong)


def read_counts(cells: pa.Array) -> Amounts:
    """Read a column of whole numbers, 0 or more.

    Examples
    --------
    >>> found = read_counts(pa.array(["1,200", "3", "-1", "2.5"]))
    >>> found.values.tolist(), found.unreadable.tolist()
    ([1200.0, 3.0, nan, nan], [False, False, True, True])
    """
    found = read_amounts(cells)
    wrong = (found.values < 0.0) | (found.values != np.floor(found.values)) & ~np.isnan(found.values)
    return found._replace(values=np.where(wrong, np.nan, found.values), unreadable=found.unreadable | wrong)


_NAMES_OF_CODES = {
    "euro": "EUR",
    "euros": "EUR",
    "us dollar": "USD",
    "u.s. dollar": "USD",
    "british pound": "GBP",
    "pound sterling": "GBP",
    "swiss franc": "CHF",
    "indian rupee": "INR",
    "japanese yen": "JPY",
}


def currency_code(text: str) -> str | None:
    """Return the code of a currency: of its code, its sign or its name; None for any other text.

    Examples
    --------
    >>> currency_code("eur"), currency_code("€"), currency_code("US Dollar"), currency_code("Acme Ltd")
    ('EUR', 'EUR', 'USD', None)
    """
    if re.fullmatch(r"[A-Za-z]{3}", text):
        return text.upper()
    row = SIGNS.get(text)
    return row.code if row is not None else _WORDS.get(text, _NAMES_OF_CODES.get(text.lower()))


def _has_point(cells: pa.Array, sure: NDArray[np.bool_]) -> bool:
    """Return whether a number that can be read in one way has a point for its decimals."""
    return bool(sure.any()) and bool(pc.any(pc.match_substring(cells.filter(pa.array(sure)), ".")).as_py())


def _evidence(read: dict[str, _Cell | None], has_point: bool) -> str | None:
    """Return the one separator of decimals that cells show; None where there is none, or both."""
    shown = {cell.separator for cell in read.values() if cell is not None and cell.other is None and cell.separator}
    shown |= {"."} if has_point else set()
    return next(iter(shown)) if len(shown) == 1 else None


def _settled(cell: _Cell, rule: str | None) -> float | None:
    """Return the value of a number by the separator of decimals of its column; None where it is not known."""
    if cell.other is None:
        return cell.value
    if rule is None:
        return cell.other if cell.separator == "," else None
    return cell.value if cell.separator == rule else cell.other


def _read(text: str) -> _Cell | None:
    """Return a number, or None for what is none."""
    short = " ".join(plain_spaces(text.translate(_ODD)).split()).lstrip("'")
    match = _NUMBER.fullmatch(short) if len(short) <= _LONGEST else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    if match["sign"] and match["inner"]:
        return None
    if (match["before"] and match["after"]) or (match["percent"] and (match["before"] or match["after"])):
        return None
    is_scaled = match["scale"] is not None
    digits = _digits(match["body"].strip(), is_scaled=is_scaled)
    if digits is None:
        return None
    factor = _SCALES[match["scale"].lower()] if is_scaled else 1.0
    factor /= 100.0 if match["percent"] else 1.0
    minus = (match["sign"], match["inner"], match["last"]).count("-") + bool(match["open"])
    factor = -factor if minus % 2 else factor
    word = match["before"] or match["after"] or ""
    row = SIGNS.get(word)
    code = _WORDS.get(word, row.code if row is not None else word)
    return _Cell(digits.value * factor, None if digits.other is None else digits.other * factor, digits.separator, code,
                 match["percent"] is not None)  # fmt: skip


def _digits(body: str, *, is_scaled: bool) -> _Cell | None:
    """Return the number that digits and separators make."""
    body = body.removesuffix(",").removesuffix(".") if body[-1:] in ".," else body
    plain = re.sub("[' ]", "", body)
    if plain != body and not re.fullmatch(r"[0-9]{1,3}([' ][0-9]{3})+([.,][0-9]+)?", body):
        return None
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        separator = "." if plain.rfind(".") > plain.rfind(",") else ","
        whole, _, rest = plain.rpartition(separator)
        grouping = "," if separator == "." else "."
        return _Cell(float(f"{whole.replace(grouping, '')}.{rest}"), separator=separator) if (
            separator not in whole and _is_grouped(whole, grouping)
        ) else None  # fmt: skip
    separator = "." if points else ","
    if points + commas > 1:
        other = "," if separator == "." else "."
        return _Cell(float(plain.replace(separator, "")), separator=other) if _is_grouped(plain, separator) else None
    if not points + commas:
        return _Cell(float(plain))
    whole, _, rest = plain.partition(separator)
    value = float(f"{whole or 0}.{rest or 0}")
    two = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0") and plain == body
    if not two or (is_scaled and separator == "."):
        return _Cell(value, separator=separator)
    return _Cell(value, float(whole + rest), separator)


def _is_grouped(whole: str, separator: str) -> bool:
    """Return whether digits are parted in thousands, or as in India: the last three, before them pairs."""
    groups = whole.split(separator)
    if len(groups) == 1:
        return groups[0].isdecimal()
    by_three = all(len(group) == 3 for group in groups[1:])
    by_two = len(groups[-1]) == 3 and all(len(group) == 2 for group in groups[1:-1])
    return all(map(str.isdecimal, groups)) and 1 <= len(groups[0]) <= 3 and (by_three or by_two)
