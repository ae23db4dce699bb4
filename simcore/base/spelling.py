"""Parses numbers as people write them: ``10k``, ``$10,000``, ``1.4M``, ``80%``; the only module that does.

Unambiguous texts are accepted. An ambiguous one (``1.250`` is 1.25, or 1250 where dots separate thousands) is refused
with both readings, a decimal comma with the right spelling. The command line, Python and scenario files use it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from numbers import Integral, Real
from typing import NamedTuple, TypeVar

from simcore.base.currencies import AMOUNT_SIGNS
from simcore.base.errors import Problem, UsageError
from simcore.base.text import brief, did_you_mean, shorten

_Choice = TypeVar("_Choice", bound=str)

MAX_LENGTH = 40
"""Maximum length of a number in characters."""


class Kind(Enum):
    """The kind of number expected; the value completes an error message."""

    COUNT = "a whole number, as 1000, 1e5, 10k or 2M are"
    AMOUNT = "an amount, as 100000, 1e5, 100k, $100,000 or 1.3M are"
    SHARE = "a share, as 0.8 or 80% are"
    NUMBER = "a number, as 0.25, 25% or 3 are"

    @property
    def is_grouped(self) -> bool:
        """Whether numbers of this kind may have thousands separators."""
        return self in (Kind.COUNT, Kind.AMOUNT)


class Spelled(NamedTuple):
    """A number parsed from a text."""

    value: Decimal
    currency: str = ""
    """The currency sign or code beside it, as written."""


_SPACES = dict.fromkeys([0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
"""Spaces other than the plain one: no-break, thin, wide ..."""
_SIGNS = {0x2212: "-", 0x2019: "'", 0xFF05: "%", 0x2018: "'"}
_QUOTES = "\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_CURRENCY = f"[{AMOUNT_SIGNS}]|[A-Z]{{3}}(?![A-Za-z])"
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9}
_NUMBER = re.compile(
    rf"(?P<sign>[-+]?) ?(?P<before>{_CURRENCY})? ?(?P<body>[0-9.,' _]*[0-9.])(?P<power>[eE][-+]?[0-9]{{1,3}})?"
    rf"(?: ?(?P<scale>(?i:{'|'.join(sorted(_SCALES, key=len, reverse=True))})))?"
    rf"(?: ?(?P<percent>%|(?i:percent|per cent|pct)))?(?: ?(?P<after>{_CURRENCY}))?",
    re.ASCII,
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+|[0-9]+(?:_[0-9]+)+(?:\.[0-9]*)?", re.ASCII)
_BY_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)
_BY_SPACE = re.compile(r"[1-9][0-9]{0,2}(?:(?: [0-9]{3})+|(?:'[0-9]{3})+)(?:\.[0-9]*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?:[. '][0-9]{3})+),[0-9]+", re.ASCII)
_BY_DOT = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII)
_PARTS = re.compile(r"([0-9]{1,9}) ?(?:/|in|of|out of) ?([1-9][0-9]{0,9})", re.ASCII)


def plain_spaces(text: str) -> str:
    """Return a text of the same length with every no-break, thin or wide space replaced by a plain one."""
    return text.translate(_SPACES)


def written(number: Decimal | float) -> str:
    """Return a number as a scenario file has it, without an exponent if that stays short.

    Examples
    --------
    >>> written(Decimal("1e4")), written(Decimal("0.0250"))
    ('10000', '0.025')
    """
    value = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    short = value.normalize()
    return f"{short:f}" if -12 <= short.adjusted() <= 15 else f"{short:g}"


def _refusal(text: str, message: str, name: str, *, hint: str | None = None) -> UsageError:
    return UsageError((Problem(message, name, value=shorten(text), hint=hint),))


def read_number(text: str, kind: Kind = Kind.NUMBER, name: str = "") -> Spelled:
    """Read a number as people write it.

    Parameters
    ----------
    text
        ``10000``, ``1e4``, ``10k``, ``$10,000``, ``10 000``, ``1.4M``, ``80%``.
    kind
        The kind of number expected: counts and amounts may have thousands separators, shares and numbers a per cent
        sign, amounts a currency.
    name
        Name of the argument or field, for errors.

    Raises
    ------
    UsageError
        If it is not a number of this kind, or is ambiguous; with what to write instead.

    Examples
    --------
    >>> read_number("$10,000", Kind.AMOUNT)
    Spelled(value=Decimal('10000'), currency='$')
    >>> float(read_number("2.5 %", Kind.SHARE).value)
    0.025
    >>> read_number("0,02", Kind.SHARE)
    Traceback (most recent call last):
    simcore.UsageError: has a comma for a point, got "0,02"; write 0.02
    """
    short = plain_spaces(text.translate(_SIGNS)).strip().strip(_QUOTES).strip()
    match = _NUMBER.fullmatch(short) if len(short) <= MAX_LENGTH else None
    if match is None:
        parts = _PARTS.fullmatch(short) if kind in (Kind.SHARE, Kind.NUMBER) else None
        hint = f"write {written(round(Decimal(parts[1]) / Decimal(parts[2]), 6))}" if parts else None
        raise _refusal(text, f"is not {kind.value}", name, hint=hint)
    if match["before"] and match["after"]:
        raise _refusal(text, f"is not {kind.value}", name)
    currency = match["before"] or match["after"] or ""
    if currency and kind is not Kind.AMOUNT:
        raise _refusal(text, f"is an amount of money, not {kind.value}", name)
    if match["percent"] and kind.is_grouped:
        raise _refusal(text, f"is in per cent, not {kind.value}", name)
    bare = not (match["power"] or match["scale"] or match["percent"])
    digits = _digits(text, match["body"], kind, name, _Rest(match, bare))
    return Spelled(_Rest(match, bare).of(digits), currency)


class _Rest(NamedTuple):
    """What surrounds the digits of a number: sign, currency, scale, per cent."""

    match: re.Match[str]
    is_bare: bool
    """Whether there is no exponent, scale or per cent sign."""

    def of(self, digits: str) -> Decimal:
        """Return the number with these digits."""
        number = Decimal(digits + (self.match["power"] or ""))
        power = _SCALES[self.match["scale"].lower()] if self.match["scale"] else 0
        number = number.scaleb(power - (2 if self.match["percent"] else 0))
        return -number if self.match["sign"] == "-" else number


def _digits(text: str, body: str, kind: Kind, name: str, rest: _Rest) -> str:
    """Return the digits with a decimal point and no separators; raise if the text is ambiguous."""
    joined = re.sub("[,' _]", "", body)
    if _BY_DOT.fullmatch(body) and body.count(".") > 1:
        raise _refusal(
            text, "has dots between thousands", name, hint=f"write {written(rest.of(body.replace('.', '')))}"
        )
    if _PLAIN.fullmatch(body):
        if kind.is_grouped and _BY_DOT.fullmatch(body) and rest.is_bare:
            raise _two_readings(text, name, rest.of(body), rest.of(body.replace(".", "")))
        return joined
    if _BY_SPACE.fullmatch(body):
        return joined
    if _BY_COMMA.fullmatch(body):
        if body.count(",") == 1 and "." not in body and not (kind.is_grouped and rest.is_bare):
            raise _two_readings(text, name, rest.of(body.replace(",", ".")), rest.of(joined))
        return joined
    if _DECIMAL_COMMA.fullmatch(body):
        pointed = re.sub("[. ']", "", body).replace(",", ".")
        raise _refusal(text, "has a comma for a point", name, hint=f"write {written(rest.of(pointed))}")
    hint = f"write {written(rest.of(joined))}" if _PLAIN.fullmatch(joined) and "_" not in body else None
    raise _refusal(text, f"is not {kind.value}", name, hint=hint)


def _two_readings(text: str, name: str, small: Decimal, large: Decimal) -> UsageError:
    short = written(small)
    hint = f"write {short}{'0' if _BY_DOT.fullmatch(short) else ''} or {written(large)}"
    return _refusal(text, "can be read in two ways", name, hint=hint)


def _number_of(given: object, kind: Kind, name: str) -> Decimal | float:
    """Return a number or a text as a finite number."""
    if isinstance(given, str):
        return read_number(given, kind, name).value
    if not isinstance(given, bool):
        if isinstance(given, Integral):
            return int(given)
        if isinstance(given, Real) and math.isfinite(given):
            return float(given)
    raise UsageError((Problem(f"is not {kind.value}", name, value=_shown(given)),))


def _shown(given: object) -> str:
    return "none" if given is None else shorten(given)


def count_of(given: object, name: str = "", *, low: int = 1, high: int = 2**40) -> int:
    """Return a whole number from a number or a text.

    Raises
    ------
    UsageError
        If it is not a whole number from ``low`` to ``high``.

    Examples
    --------
    >>> count_of("10k"), count_of(1e5), count_of("2.5M")
    (10000, 100000, 2500000)
    >>> count_of(0, "replications")
    Traceback (most recent call last):
    simcore.UsageError: replications: is out of range, got 0; allowed: 1 to 2^40
    """
    number = _number_of(given, Kind.COUNT, name)
    if number != int(number):
        raise UsageError((Problem("is not a whole number", name, value=_shown(given)),))
    if not low <= number <= high:
        raise UsageError((Problem("is out of range", name, value=_shown(given), allowed=_span(low, high)),))
    return int(number)


def _span(low: int, high: int) -> str:
    ends = (f"2^{n.bit_length() - 1}" if n >= 2**20 and n & (n - 1) == 0 else f"{n:,}" for n in (low, high))
    return "{} to {}".format(*ends) if high != 2**64 - 1 else f"{low} to 2^64 - 1"


def one_of(given: object, choices: Iterable[_Choice], name: str) -> _Choice:
    """Return the one of `choices` that is named.

    Raises
    ------
    UsageError
        If it is not one of them; with the nearest one.

    Examples
    --------
    >>> one_of("weeks", ["day", "week"], "horizon")
    Traceback (most recent call last):
    simcore.UsageError: horizon: is not one of the choices, got "weeks"; allowed: day, week; did you...
    """
    known = list(choices)
    if isinstance(given, str) and given in known:
        return known[known.index(given)]
    hint = did_you_mean(given, map(str, known)) if isinstance(given, str) else None
    allowed = ", ".join(map(str, known))
    raise UsageError((Problem("is not one of the choices", name, value=_shown(given), allowed=allowed, hint=hint),))


def amount_of(given: object, name: str = "") -> float:
    """Return an amount of money, rounded to cents, from a number or a text.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> amount_of("100k"), amount_of("$1.3M"), amount_of(2500.5)
    (100000.0, 1300000.0, 2500.5)
    """
    return round(float(_number_of(given, Kind.AMOUNT, name)), 2)


def share_of(given: object, name: str = "") -> float:
    """Return a share from a number or a text; its range is not checked.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> share_of("80%"), share_of(".8"), share_of(0.8), share_of("0.5 %")
    (0.8, 0.8, 0.8, 0.005)
    """
    return float(_number_of(given, Kind.SHARE, name))


def percent_hint(value: float) -> str | None:
    """Return a hint for a share above 1 that was probably meant in per cent, else ``None``.

    Examples
    --------
    >>> percent_hint(2), percent_hint(0.2)
    ('for 2 % write 0.02 or 2%', None)
    """
    if not 1 < value <= 100:
        return None
    percent = Decimal(repr(float(value)))
    return f"for {written(percent)} % write {written(percent.scaleb(-2))} or {written(percent)}%"


def chance_of(given: object, name: str) -> float:
    """Return a probability above 0 and below 1 from a number or a text.

    Raises
    ------
    UsageError
        If it is not; with a hint where ``80`` was probably meant as 80 %.

    Examples
    --------
    >>> chance_of("80%", "confidence")
    0.8
    """
    value = share_of(given, name)
    if 0.0 < value < 1.0:
        return value
    hint = percent_hint(value) if value < 100 and "%" not in str(given) else None
    allowed = "above 0, below 1, or above 0 %, below 100 %"
    raise UsageError((Problem("is out of range", name, value=brief(str(given)), allowed=allowed, hint=hint),))
