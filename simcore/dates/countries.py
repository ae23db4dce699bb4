"""Public holidays of countries and their parts, from the library ``holidays``, which is loaded when one is named."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnknownPlaceError(ValueError):
    """No holidays are known for a country or a part of one."""

    def __init__(self, key: str, value: str, allowed: str, hint: str | None = None) -> None:
        super().__init__(f"no holidays are known for {value!r}")
        self.key, self.value, self.allowed, self.hint = key, value, allowed, hint


class NoLibraryError(ImportError):
    """The library is not installed: the message names the command that does it."""


class PublicHoliday(NamedTuple):
    """A public holiday, with the name that the library has for it."""

    day: date
    name: str


class Known(NamedTuple):
    """What the library says."""

    days: tuple[PublicHoliday, ...]
    """In order."""
    source: str
    """Country, part and version of the library: its data change between versions."""


def public_holidays(country: str, subdivision: str | None, years: Iterable[int], *, observed: bool = True) -> Known:
    """Return the public holidays of a country, or of a part of it, in some years.

    Parameters
    ----------
    country, subdivision
        Codes of ISO 3166: ``DE``, ``BY``. Without a subdivision those that all parts of the country share.
    observed
        Whether a holiday that falls on a weekend is kept on a working day beside it, where the country does so.

    Raises
    ------
    UnknownPlaceError
        If the library does not know the country or the part.
    NoLibraryError
        If it is not installed.

    Examples
    --------
    >>> [str(each.day) for each in public_holidays("US", None, [2026]).days][:3]
    ['2026-01-01', '2026-01-19', '2026-02-16']
    """
    if find_spec("holidays") is None:
        raise NoLibraryError('holidays of countries need one more package: pip install "simcore[dates]"')
    # Imported when a country is named, and not with simcore: it takes a tenth of a second.
    from importlib.metadata import version  # noqa: PLC0415

    import holidays  # noqa: PLC0415

    edition = version("holidays")

    known = holidays.list_supported_countries()
    if country not in known:
        raise UnknownPlaceError("country", country, "a code of ISO 3166 such as DE, US or FR", _nearest(country, known))
    parts = known[country]
    if subdivision is not None and subdivision not in parts:
        allowed = ", ".join(parts) if parts else f"none: {country} has no parts with holidays of their own"
        raise UnknownPlaceError("subdivision", subdivision, allowed, did_you_mean(subdivision, parts))
    found = holidays.country_holidays(country, subdiv=subdivision, years=list(years), observed=observed)
    where = country if subdivision is None else f"{country}-{subdivision}"
    days = tuple(PublicHoliday(day, name) for day, name in sorted(found.items()))
    return Known(days, f"{where}, holidays {edition}")


_NAMES = {"UK": "GB", "EN": "GB", "ENGLAND": "GB", "GERMANY": "DE", "USA": "US", "FRANCE": "FR", "NETHERLANDS": "NL"}
"""What is often written in place of a code."""


def _nearest(country: str, known: Iterable[str]) -> str | None:
    meant = _NAMES.get(country.upper(), country.upper())
    return f"did you mean {meant}?" if meant in set(known) else did_you_mean(country, list(known))
