"""Numbers as people write them: one plain reading is read, two are told, all else is refused with what to write."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.base.errors import ExitStatus, ScenarioError, UsageError
from simcore.base.spelling import Kind, amount_of, chance_of, count_of, read_number, share_of, written

COUNTS = st.integers(1, 10**9)


@given(COUNTS)
def test_counts_read_back(count: int) -> None:
    for text in (str(count), f"{count:,}", f"{count:_}", f" {count} ", f"{count:,}".replace(",", "\u00a0")):
        assert count_of(text, high=10**18) == count, text
    assert count_of(f"{count}k", high=10**18) == 1000 * count
    assert count_of(f"{count} M", high=10**18) == 1_000_000 * count


@given(COUNTS, st.integers(0, 99), st.sampled_from(["", "$", "\u20ac", "USD "]))
def test_amounts_read_back_to_the_cent(units: int, cents: int, sign: str) -> None:
    right = float(Decimal(100 * units + cents) / 100)
    for text in (f"{units}.{cents:02d}", f"{units:,}.{cents:02d}", f"{units:,}.{cents:02d}".replace(",", "\u202f")):
        assert amount_of(sign + text) == right, text


@given(st.integers(1, 99_999))
def test_a_percentage_is_the_share_that_is_typed_plainly(parts: int) -> None:
    percent, plain = Decimal(parts).scaleb(-3), float(f"{Decimal(parts).scaleb(-5):f}")
    assert share_of(f"{percent:f}%") == share_of(f"{percent:f} %") == plain


@given(st.integers(0, 999), st.integers(0, 99))
def test_a_decimal_comma_is_refused_with_what_to_write(whole: int, part: int) -> None:
    for kind in Kind:
        with pytest.raises(UsageError) as error:
            read_number(f"{whole},{part:02d}", kind)
        hint = error.value.problems[0].hint
        assert hint is not None
        assert float(hint.removeprefix("write ")) == float(f"{whole}.{part:02d}")


@given(st.integers(1, 999), st.integers(0, 999))
def test_two_readings_are_both_named(first: int, second: int) -> None:
    # With three digits after the dot, what to write would have two readings itself.
    small = written(Decimal(f"{first}.{second:03d}")) + ("0" if second % 10 else "")
    large = str(1000 * first + second)
    assert read_number(small, Kind.AMOUNT).value == Decimal(small)
    for text, kind in ((f"{first}.{second:03d}", Kind.COUNT), (f"{first}.{second:03d}", Kind.AMOUNT),
                       (f"{first},{second:03d}", Kind.SHARE), (f"{first},{second:03d}", Kind.NUMBER)):  # fmt: skip
        with pytest.raises(UsageError) as error:
            read_number(text, kind)
        assert error.value.problems[0].hint == f"write {small} or {large}"


@given(st.text(max_size=50))
def test_every_text_is_read_or_refused(text: str) -> None:
    for kind in Kind:
        try:
            read_number(text, kind)
        except UsageError as error:
            assert error.problems[0].message  # noqa: PT017  (nothing else is raised)


@pytest.mark.parametrize(
    ("text", "count"),
    [("1e5", 100_000), ("1E5", 100_000), ("1.5e3", 1500), ("2.5k", 2500), (" 10_000 ", 10_000), ("1B", 10**9),
     ("1,000", 1000), ("10 000", 10_000), ("10'000", 10_000), ("1.4 million", 1_400_000)],
)  # fmt: skip
def test_counts_as_people_write_them(text: str, count: int) -> None:
    assert count_of(text) == count


@pytest.mark.parametrize(
    "given",
    ["", "k", "ten", "1e-1", "1.5", "0.1k1", "-5", "1e999", "inf", "nan", "\u0663", "5%", "$5", 10.5, 0, -1, True, None,
     float("nan"), float("inf"), [], "1.000", "1 00"],
)  # fmt: skip
def test_what_is_no_count_is_refused(given: object) -> None:
    with pytest.raises(UsageError) as error:
        count_of(given, "replications")
    assert error.value.problems[0].path == "replications"


@pytest.mark.parametrize(
    ("text", "hint"),
    [("1.234,56", "write 1234.56"), ("1.234.567", "write 1234567"), ("1,23,456", "write 123456"),
     ("10,5k", "write 10500"), ("1,250k", "write 1250 or 1250000"), ("1.125", "write 1.1250 or 1125"),
     ("1.250", "write 1.25 or 1250")],
)  # fmt: skip
def test_amounts_of_other_countries_are_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        amount_of(text)
    assert error.value.problems[0].hint == hint


@pytest.mark.parametrize(
    ("text", "hint"), [("1/50", "write 0.02"), ("1 in 5", "write 0.2"), ("1 out of 4", "write 0.25")]
)
def test_parts_are_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        share_of(text)
    assert error.value.problems[0].hint == hint


@pytest.mark.parametrize("given", [80, "80", 80.0])
def test_a_forgotten_percent_sign_is_told(given: object) -> None:
    with pytest.raises(UsageError, match=r"confidence: is out of range, got 80.*; for 80 % write 0.8 or 80%"):
        chance_of(given, "confidence")


def test_a_wrong_question_is_told_as_a_problem_and_as_a_value_error() -> None:
    with pytest.raises(UsageError) as error:
        count_of("x", "replications")
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, ScenarioError)
    assert error.value.exit_status is ExitStatus.USAGE
