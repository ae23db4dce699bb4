"""The table of currencies, and that whatever reads, shows or spells out a sign reads this table."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from simcore.base.currencies import AMOUNT_SIGNS, SIGNS, currencies_of, currency_sign
from simcore.base.spelling import Kind, read_number
from simcore.cli.plain import spelt
from simcore.quantities.currency import foreign_amounts
from simcore.quantities.fields import Unreadable
from simcore.results.sentences import money
from simcore.scenario_files.vary import parse_range
from simcore.scenario_files.yaml_tree import read


def test_codes_are_those_of_iso_4217_and_each_has_one_sign() -> None:
    codes = [code for sign in SIGNS for code in currencies_of(sign)]
    assert all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("sign", AMOUNT_SIGNS)
def test_signs_beside_amounts_are_read_and_shown(sign: str) -> None:
    code, *others = currencies_of(sign)
    assert currency_sign(code) == sign
    assert money(1234.0, code) == f"{sign}1,230"
    assert read_number(f"{sign}10,000", Kind.AMOUNT) == (Decimal(10_000), sign)
    assert all(currency_sign(other) == f"{other} " for other in others)
    for currency in (code, *others):
        assert not list(foreign_amounts({"deal": {"fixed": f"{sign}10k", "currency": currency}}))
    (complaint,) = foreign_amounts({"deal": {"fixed": f"{sign}10k", "currency": "CHF"}})
    assert code in complaint.message


@pytest.mark.parametrize("sign", AMOUNT_SIGNS)
def test_files_and_ranges_read_every_sign_beside_amounts(sign: str) -> None:
    """Where a comma splits the number for YAML, both parts are taken for one number."""
    data = read(f"{{fixed: {sign}10,000}}", "file").data
    assert isinstance(data, dict)
    assert [(key, type(value)) for key, value in data.items()] == [("fixed", Unreadable)]
    assert parse_range(f"deal={sign}10k:{sign}20k")[1].low == 10_000


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_is_spelled_out_where_a_terminal_lacks_it(sign: str) -> None:
    assert spelt(f"5 {sign}", "ascii") == f"5 {sign if sign.isascii() else currencies_of(sign)[0]}"
