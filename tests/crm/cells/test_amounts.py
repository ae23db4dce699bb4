"""Amounts are read as they were written, in every form; what has two readings is not guessed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.crm.cells.amounts import read_amounts, read_counts, read_shares


def grouped(whole: int, separator: str, sizes: tuple[int, ...] = (3,)) -> str:
    """Return digits in groups from the right; the last size goes on."""
    digits, at = str(whole), 0
    groups: list[str] = []
    while len(digits) > sizes[min(at, len(sizes) - 1)]:
        size = sizes[min(at, len(sizes) - 1)]
        groups.insert(0, digits[-size:])
        digits, at = digits[:-size], at + 1
    return separator.join([digits, *groups])


FORMS = {
    "plain": lambda whole, cents: f"{whole}.{cents:02d}",
    "dollars": lambda whole, cents: f"${grouped(whole, ',')}.{cents:02d}",
    "code before": lambda whole, cents: f"USD {grouped(whole, ',')}.{cents:02d}",
    "India": lambda whole, cents: f"₹{grouped(whole, ',', (3, 2))}.{cents:02d}",
    "Germany": lambda whole, cents: f"{grouped(whole, '.')},{cents:02d} €",
    "France": lambda whole, cents: f"{grouped(whole, chr(0x202F))},{cents:02d} EUR",
    "Switzerland": lambda whole, cents: f"CHF {grouped(whole, chr(39))}.{cents:02d}",
    "no groups, decimal comma": lambda whole, cents: f"{whole},{cents:02d}",
}
MINUS = {
    "sign": lambda text: f"-{text}",
    "parentheses": lambda text: f"({text})",
    "minus of typesetters": lambda text: f"\u2212{text}",
}


@given(
    st.integers(0, 10**11), st.integers(0, 99), st.sampled_from(sorted(FORMS)), st.sampled_from(["", *sorted(MINUS)])
)
def test_an_amount_is_read_as_it_was_written(whole: int, cents: int, form: str, minus: str) -> None:
    text = FORMS[form](whole, cents)
    found = read_amounts(pa.array([MINUS[minus](text) if minus else text]))
    wanted = float(f"{'-' if minus else ''}{whole}.{cents:02d}")
    assert found.values[0] == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    assert not found.unreadable[0]
    assert not found.ambiguous[0]


@given(st.lists(st.integers(0, 999_999), min_size=1, max_size=20), st.sampled_from([".", ","]))
def test_a_column_decides_what_a_cell_leaves_open(wholes: list[int], decimal: str) -> None:
    group = "," if decimal == "." else "."
    cells = [grouped(whole, group) for whole in wholes]
    with_evidence = read_amounts(pa.array([*cells, f"1{group}234{decimal}50"]))
    assert with_evidence.values.tolist() == [*map(float, wholes), 1234.5]
    told = read_amounts(pa.array(cells), decimal)
    assert told.values.tolist() == [*map(float, wholes)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45k", 45_000), ("1.2M", 1_200_000), ("€ 1,5 Mio.", 1_500_000), ("3 bn", 3e9), ("2 crore", 2e7),
        ("5 lakh", 5e5),
        ("1.250k", 1250), ("R$ 10,50", 10.5), ("300-", -300), ("'1200", 1200), ("1.234,-", 1234), (".5", 0.5),
        ("0.125", 0.125),
        ("+7", 7), ("$-7", -7), ("-$7", -7), ("12,34,567", 1_234_567), ("1234.567", 1234.567),
    ],
)  # fmt: skip
def test_forms_of_amounts(text: str, value: float) -> None:
    found = read_amounts(pa.array([text, "9.876,5" if text == "1.234,-" else ""]))
    assert found.values[0] == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["tbd", "=1+1", "1..2", "1,23,4", "$5 EUR", "12 apples", "1e5", "--5", "(5", "1 2 3", "5%%", "x" * 50, "1,2,3.4.5"],
)
def test_what_is_no_amount_is_told(text: str) -> None:
    found = read_amounts(pa.array([text]))
    assert found.unreadable.tolist() == [True]
    assert np.isnan(found.values[0])


def test_two_readings_are_told_and_not_guessed() -> None:
    assert read_amounts(pa.array(["1.234"])).ambiguous.tolist() == [True]
    assert read_amounts(pa.array(["1,234"])).values.tolist() == [1234.0]
    assert read_amounts(pa.array(["1.234"]), likely=",").values.tolist() == [1234.0]
    both = read_amounts(pa.array(["1.234,5", "1,234.5", "1.234"]))
    assert both.ambiguous.tolist() == [False, False, True]
    assert both.values.tolist()[:2] == [1234.5, 1234.5]


def test_currencies_beside_amounts_are_kept() -> None:
    found = read_amounts(pa.array(["$5", "6", "7 CHF", "US$8", "€9"]))
    assert found.currencies == {0: "USD", 2: "CHF", 3: "USD", 4: "EUR"}


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20), st.sampled_from(["percent", "hundred", "share"]))
def test_chances_are_read_in_every_form(chances: list[int], form: str) -> None:
    def write(each: int) -> str:
        return {"percent": f"{each}%", "hundred": str(each), "share": str(each / 100)}[form]

    # Where no cell is above 1, a column of 0-100 cannot be told from shares: one that can is added.
    found = read_shares(pa.array([write(each) for each in [*chances, 50]]))
    np.testing.assert_allclose(found.values, [each / 100 for each in [*chances, 50]])


def test_counts_are_whole() -> None:
    assert read_counts(pa.array(["12", "1,200", "2.5", "-3", ""])).unreadable.tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]
