"""The table of currencies: their signs, and whether a sign is read and shown beside amounts.

Internally, amounts are whole hundredths of the currency's unit: see `simcore.base.money`.
"""

from __future__ import annotations

from typing import NamedTuple


class Sign(NamedTuple):
    """A currency sign, and the ISO 4217 codes of the currencies that use it."""

    code: str
    """The currency that the sign stands for by default."""
    shared_by: tuple[str, ...] = ()
    """Other currencies written with the same sign."""
    beside_amounts: bool = False
    """Whether it is read and shown beside amounts; if not, terminals that lack it show the code instead."""


SIGNS = {
    "$": Sign("USD", ("CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS"), beside_amounts=True),
    "€": Sign("EUR", beside_amounts=True),
    "£": Sign("GBP", beside_amounts=True),
    "¥": Sign("JPY", ("CNY",), beside_amounts=True),
    "₹": Sign("INR", beside_amounts=True),
    "₽": Sign("RUB"),
    "₩": Sign("KRW"),
    "₺": Sign("TRY"),
    "₴": Sign("UAH"),
    "₪": Sign("ILS"),
    "₫": Sign("VND"),
    "₱": Sign("PHP"),
    "₦": Sign("NGN"),
    "₡": Sign("CRC"),
    "₲": Sign("PYG"),
    "₭": Sign("LAK"),
    "₮": Sign("MNT"),
    "₵": Sign("GHS"),
    "₸": Sign("KZT"),
    "₼": Sign("AZN"),
    "₾": Sign("GEL"),
    "₿": Sign("BTC"),
    "฿": Sign("THB"),
    "៛": Sign("KHR"),
    "৳": Sign("BDT"),
    "zł": Sign("PLN"),
    "Kč": Sign("CZK"),
    "лв": Sign("BGN"),
}
"""Every sign that simcore knows."""
AMOUNT_SIGNS = "".join(sign for sign, row in SIGNS.items() if row.beside_amounts)
"""The signs that are read and shown beside amounts, one character each."""
_SHOWN = {row.code: sign for sign, row in SIGNS.items() if row.beside_amounts}


def currency_sign(currency: str) -> str:
    """Return the prefix of an amount: the currency's sign if one is in common use, else its code and a space.

    Examples
    --------
    >>> currency_sign("USD"), currency_sign("CHF")
    ('$', 'CHF ')
    """
    return _SHOWN.get(currency, f"{currency} ")


def currencies_of(sign: str) -> tuple[str, ...]:
    """Return the codes that `sign` (a sign or a code) may stand for; the first is the default.

    Examples
    --------
    >>> currencies_of("¥"), currencies_of("CHF")
    (('JPY', 'CNY'), ('CHF',))
    """
    row = SIGNS.get(sign)
    return (sign,) if row is None else (row.code, *row.shared_by)
