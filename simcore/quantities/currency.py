"""Checks that a currency beside an amount is that of the deals, since nothing is converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simcore.base.currencies import currencies_of
from simcore.base.errors import UsageError
from simcore.base.spelling import Kind, read_number, written
from simcore.quantities.deals import DEALS
from simcore.quantities.fields import Complaint, Location


def _amounts(data: Mapping[str, object]) -> Iterator[tuple[Location, str]]:
    """Yield the location and text of each amount given as text."""
    places: list[tuple[Location, object]] = [(("deal",), data.get("deal"))]
    of_deal = [name for deal in DEALS for name in deal.amounts]
    for part, keys in (("deal", of_deal), ("quota", ["amount", "amounts", "team"])):
        given = data.get(part)
        if isinstance(given, Mapping):
            places += [((part, key), given.get(key)) for key in keys]
    start = data.get("start")
    entries = start.get("open") if isinstance(start, Mapping) else None
    if isinstance(entries, Sequence) and not isinstance(entries, str):
        places += [
            (("start", "open", place, "value"), entry.get("value"))
            for place, entry in enumerate(entries)
            if isinstance(entry, Mapping)
        ]
    team = data.get("team")
    people = team.get("people") if isinstance(team, Mapping) else None
    if isinstance(people, Sequence) and not isinstance(people, str):
        places += [
            (("team", "people", place, "quota"), person.get("quota"))
            for place, person in enumerate(people)
            if isinstance(person, Mapping)
        ]
    for location, given in places:
        plain = given.get("value") if isinstance(given, Mapping) else given
        if isinstance(plain, str):
            yield location, plain
        elif isinstance(plain, list | tuple):
            yield from (((*location, place), each) for place, each in enumerate(plain) if isinstance(each, str))


def foreign_amounts(data: Mapping[str, object]) -> Iterator[Complaint]:
    """Yield a complaint for each amount whose sign or code is not the scenario's currency.

    Examples
    --------
    >>> [line.hint for line in foreign_amounts({"deal": "\u20ac10,000"})]
    ['write deal: {fixed: 10000, currency: EUR}, or leave the sign out']
    """
    deal = data.get("deal")
    currency = deal.get("currency", "USD") if isinstance(deal, Mapping) else "USD"
    for location, text in _amounts(data):
        try:
            number, sign = read_number(text, Kind.AMOUNT)
        except UsageError:
            continue  # reported by the field itself
        if not sign or not isinstance(currency, str) or currency in (sign, *currencies_of(sign)):
            continue
        code = currencies_of(sign)[0]
        whole = f"deal: {{fixed: {written(number)}, currency: {code}}}"
        hint = f"write {whole if location == ('deal',) else f'currency: {code} in deal'}, or leave the sign out"
        yield Complaint(location, f"is in {code}, and the deals are in {currency}", text, hint=hint)
