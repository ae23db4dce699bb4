"""Public holidays against lists published by the states: working days of 2026 by quarter, and single days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from simcore.dates import countries
from simcore.dates.countries import NoLibraryError, UnknownPlaceError, public_holidays

QUARTERS = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)]


def days_of(country: str, part: str | None, year: int, *, observed: bool = True) -> set[date]:
    return {each.day for each in public_holidays(country, part, [year], observed=observed).days}


@pytest.mark.parametrize(
    ("country", "part", "working"),
    [("US", None, [61, 63, 64, 62]), ("DE", "BY", [62, 59, 66, 65]), ("GB", "ENG", [63, 61, 65, 64])],
)
def test_working_days_of_2026_by_quarter(country: str, part: str | None, working: list[int]) -> None:
    off = days_of(country, part, 2026)
    counts = []
    for first, end in pairwise(QUARTERS):
        days = (first + timedelta(days=i) for i in range((end - first).days))
        counts.append(sum(day.weekday() < 5 and day not in off for day in days))
    assert counts == working


def test_days_of_published_lists() -> None:
    # US Office of Personnel Management, 2026: eleven days; 4 July is a Saturday, kept on the 3rd.
    federal = {(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25)}
    american = {(day.month, day.day) for day in days_of("US", None, 2026)}
    assert american - federal == {(7, 4)}
    assert federal <= american
    # gov.uk, England and Wales, 2026: eight days; Boxing Day is a Saturday, kept on Monday 28 December.
    bank = {(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)}
    assert {(day.month, day.day) for day in days_of("GB", "ENG", 2026)} - bank == {(12, 26)}
    # Bavaria, 2026 (Art. 1 FTG); 15 August is one in some of its towns only. Easter is 5 April.
    bavarian = {(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (6, 4), (10, 3), (11, 1), (12, 25), (12, 26)}
    assert {(day.month, day.day) for day in days_of("DE", "BY", 2026)} == bavarian


def test_observed_moves_what_falls_on_a_weekend() -> None:
    assert date(2026, 7, 3) in days_of("US", None, 2026)
    assert date(2026, 7, 3) not in days_of("US", None, 2026, observed=False)


def test_a_part_has_more_than_its_country() -> None:
    assert len(days_of("DE", None, 2026)) == 9
    assert days_of("DE", None, 2026) < days_of("DE", "BY", 2026)


def test_the_source_names_place_and_version() -> None:
    known = public_holidays("DE", "BY", [2026])
    assert known.source.startswith("DE-BY, holidays 0.")
    assert known.days[0].name
    assert public_holidays("FR", None, [2026]).source.startswith("FR, holidays ")


@pytest.mark.parametrize(
    ("country", "part", "key", "hint"),
    [
        ("EN", None, "country", "did you mean GB?"),
        ("Germany", None, "country", "did you mean DE?"),
        ("us", None, "country", "did you mean US?"),
        ("QQ", None, "country", None),
        ("DE", "BYE", "subdivision", "did you mean BY?"),
    ],
)
def test_unknown_places_are_refused(country: str, part: str | None, key: str, hint: str | None) -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        public_holidays(country, part, [2026])
    assert (caught.value.key, caught.value.hint) == (key, hint)


def test_without_the_library_a_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "find_spec", lambda _: None)
    with pytest.raises(NoLibraryError, match=r"pip install \"simcore\[dates\]\""):
        public_holidays("DE", None, [2026])
