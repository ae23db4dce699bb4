"""The closing sentence is true whatever the figures are."""

from __future__ import annotations

import re
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.results.sentences import closing_sentence, cv_in_percent, in_percent, money
from simcore.results.summary import FirstStepRow
from simcore.statistics.estimate import Estimate
from tests.support.summaries import averaging, estimate, row


def test_canonical_scenario() -> None:
    assert closing_sentence(averaging(), "USD") == (
        "One call earns $20 on average and 99.8 % of calls earn nothing; an hour varies by 632 % of its "
        "mean, a week by 100 % (37 % of weeks have no win), a year by 14 %: weeks average out as independent "
        "ones do, and one year in 20 brings $400,000 or less, 77 % of the mean."
    )


def test_what_lasts_does_not_average_out() -> None:
    sentence = closing_sentence(averaging(year={"cv": estimate(0.30)}), "USD")
    assert "weeks average out only in part (independent ones would leave 14 %)" in sentence
    assert "average out as independent" not in sentence


def test_a_floor_above_all() -> None:
    assert "weeks hardly average out" in closing_sentence(averaging(year={"cv": estimate(0.9)}), "USD")


def test_better_than_independent() -> None:
    sentence = closing_sentence(averaging(year={"cv": estimate(0.05)}), "USD")
    assert "even more than independent ones, which would leave 14 %" in sentence


def test_no_verdict_from_noise() -> None:
    noisy = averaging(year={"cv": estimate(0.3, 0.1)})
    assert "too few replications to tell" in closing_sentence(noisy, "USD")
    single = averaging(year={"cv": Estimate(estimate=0.3, se=None)})
    sentence = closing_sentence(single, "USD")
    assert "too few replications to tell" in sentence
    assert "a year by" not in sentence  # its error is not known
    assert closing_sentence(averaging(), "USD", 7).startswith("Too few replications")


def test_what_is_not_known_to_a_quarter_is_left_out() -> None:
    noisy = averaging(call={"mean": estimate(20.0, 6.0)}, year={"q05": estimate(400_000.0, 150_000.0)})
    sentence = closing_sentence(noisy, "USD")
    assert "one call earns" not in sentence.lower()
    assert "one year in 20" not in sentence
    assert "of calls" not in sentence


def test_no_deal() -> None:
    zero = {"mean": estimate(0.0), "sd": estimate(0.0), "cv": Estimate(estimate=None, se=None)}
    rows = averaging(**dict.fromkeys(("call", "hour", "day", "week", "month", "quarter", "year"), zero))
    assert closing_sentence(rows, "USD") == "No deal was won in this run, so there is nothing to average."


def test_no_period() -> None:
    assert "no whole period" in closing_sentence([], "USD")


def test_a_run_of_one_day_compares_hours() -> None:
    rows = [row("call"), row("hour"), row("day")]
    sentence = closing_sentence(rows, "EUR")
    assert "a day by 223 % (82 % of days have no win): hours average out as independent ones do" in sentence
    assert "€20" in sentence


def test_a_call_alone() -> None:
    assert closing_sentence([row("call")], "USD") == "One call earns $20 on average and 99.8 % of calls earn nothing."


SHARES = st.floats(0, 1)
AMOUNTS = st.floats(0, 1e9)


@st.composite
def rows_of_any_kind(draw: st.DrawFn) -> list[tuple[str, float, float | None, float, float]]:
    horizons = ["call", "hour", "day", "week", "month", "quarter", "year"][: draw(st.integers(0, 7))]
    return [
        (name, draw(AMOUNTS), draw(st.one_of(st.none(), st.floats(0, 100))), draw(SHARES), draw(AMOUNTS))
        for name in horizons
    ]


@given(rows_of_any_kind(), st.one_of(st.none(), st.floats(0, 1)))
def test_the_sentence_says_only_what_holds(
    cells: list[tuple[str, float, float | None, float, float]], error: float | None
) -> None:
    table = {}
    rows = []
    for name, mean, cv, dry, low in cells:
        known = Estimate(estimate=cv, se=None if error is None or cv is None else error * cv)
        changed = row(
            name,  # type: ignore[arg-type]
            mean=estimate(mean),
            cv=known,
            p_zero=estimate(dry),
            q05=estimate(low),
        )
        table[name] = changed
        rows.append(changed)
    sentence = closing_sentence(rows, "USD")
    assert sentence.endswith(".")
    assert re.search(r"None|nan|inf", sentence) is None
    if "as independent ones do" in sentence and "weeks average out" in sentence:
        week, last = table["week"].revenue.cv, rows[-1].revenue.cv
        weeks = {"month": 13 / 3, "quarter": 13, "year": 52}[rows[-1].horizon]
        assert week.estimate is not None
        assert last.estimate is not None
        ratio = last.estimate / (week.estimate / sqrt(weeks))
        slack = 2 * (error or 0.0) * sqrt(2) + 0.11
        assert ratio * (1 - slack) <= 1.1
        assert ratio * (1 + slack) >= 0.9 - 1e-9
    if "in 20 brings" in sentence:
        worst, average = rows[-1].revenue.q05.estimate, rows[-1].revenue.mean.estimate
        assert worst is not None
        assert average is not None
        assert 0 < worst < average


@given(SHARES)
def test_share_is_never_rounded_to_certainty(probability: float) -> None:
    text = in_percent(probability)
    assert (text == "0 %") == (probability == 0)
    assert (text == "100 %") == (probability == 1)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        *[(0.0, "$0"), (0.004, "$0.004"), (99.999, "$100"), (999.9, "$1,000"), (1e9, "$1,000,000,000")],
        *[(1.994, "$1.99"), (1.996, "$2"), (2.004, "$2"), (1.006, "$1.01"), (99.991, "$99.99"), (99.996, "$100")],
        *[
            (0.0949, "$0.095"),
            (0.0951, "$0.10"),
            (0.996, "$1"),
            (999.6, "$1,000"),
            (9_996.0, "$10,000"),
            (3e-7, "$0.0000003"),
        ],
    ],
)
def test_money(amount: float, text: str) -> None:
    assert money(amount, "USD") == text


@pytest.mark.parametrize(("cv", "text"), [(0.0995, "10 %"), (0.0994, "9.9 %"), (0.0, "0 %"), (22.338, "2,234 %")])
def test_spread(cv: float, text: str) -> None:
    assert cv_in_percent(cv) == text


def test_first_step_is_not_in_the_sentence() -> None:
    """The sentence is about revenue: other figures of a row change nothing."""
    nothing = Estimate(estimate=None, se=None)
    rows = [
        entry.model_copy(update={"first_step": FirstStepRow(mean=nothing, sd=nothing, cv=nothing)})
        for entry in averaging()
    ]
    assert closing_sentence(rows, "USD") == closing_sentence(averaging(), "USD")
