"""Every sentence of a run, a comparison and a sweep is true of the document that it stands in.

Random scenarios, most of them hardly worth simulating: few replications, deals that never come, strategies that do the
same. What a sentence claims (who is ahead, by how much, what averages out, that nothing differs) is read from its words
and held against the figures.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simcore import simulate
from simcore.results.sentences import amounts, cv_in_percent, in_percent, money
from simcore.results.summary import RevenueRow, Summary
from simcore.scenario.model import Scenario, validate
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import LEAST_REPLICATIONS, by_t, never_differed, without_error
from simcore.studies.compare.document import Against, Comparison
from simcore.studies.compare.sentences import Alike, Compared, verdict_of, verdict_sentence
from simcore.studies.compare.study import compare
from simcore.studies.sweep.study import sweep

QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def small(draw: st.DrawFn) -> Scenario:
    """Return a scenario of one or two reps and two strategies, which may be the same."""
    reacts = draw(st.sampled_from([{}, {"activity": {"slope": 0.5}}, {"wins": {"slope": -0.3}}]))
    drives = {"u": {"signals": {"behind": 1}, "changes": reacts}} if reacts else {}
    sections: dict[str, Any] = {
        "simcore": 1,
        "name": "small",
        "calendar": {"hours_per_day": 2, "days_per_week": 2},
        "horizon": {"weeks": draw(st.sampled_from([1, 4, 13, 14]))},
        "team": {"reps": draw(st.integers(1, 2))},
        "plan": {"calls_per_week": draw(st.sampled_from([1, 6, 30]))},
        "funnel": [
            {"stage": "calls"},
            {"stage": "wins", "rate": draw(st.sampled_from([1e-6, 0.02, 0.3, 0.9999, 1.0]))},
        ],
        "deal": draw(st.sampled_from([0.01, 1000, {"mean": 1000, "cv": 1.0}])),
        "quota": {"per": "week", "amount": draw(st.sampled_from([1, 2000, 10**7]))},
        "strategies": {"process": {}, "push": {"drives": drives}},
        "run": {"replications": draw(st.sampled_from([1, 2, 5, 8, 30])), "seed": draw(st.integers(0, 99))},
    }
    return validate(sections)


def check_run(summary: Summary) -> None:
    """Hold the closing sentence against the pyramid by close."""
    sentence = summary.sentence
    rows: dict[str, RevenueRow] = {row.horizon: row.revenue for row in summary.averaging.close}
    if sentence.startswith("No deal"):
        assert all(not row.mean.estimate for row in rows.values())
        return
    if sentence.startswith("Too few") or summary.size.replications < LEAST_REPLICATIONS:
        assert sentence.startswith(("Too few", "No deal", "The run holds no whole period"))
        return
    earns = re.search(r"[Oo]ne call earns (\S+) on average", sentence)
    if earns is not None:
        assert earns[1] == money(rows["call"].mean.estimate or 0.0, summary.scenario.currency)
        assert is_known(rows["call"].mean)
    for article, horizon, percent in re.findall(
        r"(an?) (hour|day|week|month|quarter|year)(?: varies)? by ([\d.,]+ %)", sentence
    ):
        assert (article == "an") == (horizon == "hour")
        assert percent == cv_in_percent(rows[horizon].cv.estimate or 0.0)
        assert is_known(rows[horizon].cv)
    for percent, horizon in re.findall(r"\(([\d.]+ %) of (\w+)s have no win\)", sentence):
        assert percent == in_percent(rows[horizon].p_zero.estimate or 0.0)
        assert rows[horizon].p_zero.se is not None
    worst = re.search(r"one (\w+) in 20 brings (\S+) or less", sentence)
    if worst is not None:
        assert worst[2] == money(rows[worst[1]].q05.estimate or 0.0, summary.scenario.currency)
        assert is_known(rows[worst[1]].q05)


def is_known(figure: Estimate) -> bool:
    """Return whether a figure has an error, of at most a quarter of itself."""
    return figure.estimate is not None and figure.se is not None and figure.se <= 0.25 * abs(figure.estimate)


def check_against(document: Comparison, against: Against) -> None:
    """Hold the verdict and its sentence against the difference in revenue."""
    d, sentence = against.differences.revenue, against.sentence
    if d.low is None or d.high is None:
        assert against.verdict == "unknown"
    else:
        assert against.verdict == ("ahead" if d.low > 0.0 else "behind" if d.high < 0.0 else "tied")
    if "Too few" in sentence:
        assert against.verdict == "unknown"
    elif "the same" in sentence and "played" not in sentence:
        assert (d.estimate, d.low, d.high) == (0.0, 0.0, 0.0)
    elif "to the cent" in sentence:
        assert f"{document.replications:,} worlds played" in sentence
        assert d.estimate == 0.0
        assert all(row.level.estimate == 1.0 for row in against.contests if row.what == "world")
    else:
        assert d.low is not None
        assert d.high is not None
        tied = against.verdict == "tied"
        assert ("tied" in sentence) == tied
        assert (f" is {against.verdict} " in sentence) == (not tied)
        assert amounts(d.low, d.high, document.currency, signed=tied) in sentence
        assert "±" not in sentence
        assert document.replications >= LEAST_REPLICATIONS


@QUICK
@given(small())
def test_sentences_of_a_run_are_true_of_it(scenario: Scenario) -> None:
    check_run(simulate(scenario).summary)


@QUICK
@given(small())
def test_sentences_of_a_comparison_are_true_of_it(scenario: Scenario) -> None:
    document = compare(scenario)
    for against in document.against:
        check_against(document, against)
    if document.replications < LEAST_REPLICATIONS:
        assert all(against.verdict in ("unknown", "tied") for against in document.against)


@settings(QUICK, max_examples=8)
@given(small())
def test_verdicts_of_a_sweep_are_those_of_its_intervals(scenario: Scenario) -> None:
    found = sweep(scenario, {"plan.calls_per_week": [2, 9]}, strategies=["process", "push"])
    for figure in (each for point in found.points for each in point.figures if each.difference is not None):
        difference = figure.difference
        assert difference is not None
        if difference.low is None or difference.high is None:
            assert figure.verdict is None
        else:
            expected = "ahead" if difference.low > 0 else "behind" if difference.high < 0 else "tied"
            assert figure.verdict == expected


@pytest.mark.parametrize(
    ("difference", "who", "words"),
    [
        (by_t(2300.0, 554.0, 99), "ahead", "push is ahead of process by $1,200 to $3,400 a rep-year (95 % interval)."),
        (by_t(100.0, 554.0, 99), "tied", "the difference is -$1,000 to $1,200 a rep-year (95 % interval); if"),
        (without_error(5.0), "unknown", "Too few replications to tell push from process: that takes 8 at least."),
        (never_differed(0.0, 300, 1000.0), "tied", "the difference is -$9.90 to $9.90 a rep-year (95 % interval)."),
    ],
)
def test_a_verdict_writes_its_interval_out(difference: Estimate, who: str, words: str) -> None:
    told, verdict = Compared("push", "process", "USD", 100), verdict_of(difference, 100)
    assert verdict[0] == who
    assert words in verdict_sentence(told, difference, verdict, Alike(always=False, played=False))


def test_a_sentence_that_claims_too_much_is_caught() -> None:
    """The sentence of one world is put under a run of one world: what stood there before."""
    summary = simulate(validate(small_one_month())).summary
    wrong = summary.model_copy(update={"sentence": "One call earns $45 on average; a week varies by 19 % of its mean."})
    check_run(summary)
    with pytest.raises(AssertionError):
        check_run(wrong)


def small_one_month() -> dict[str, Any]:
    """Return one rep over four weeks in one world: there is one month, and its sd is not known."""
    return {
        "simcore": 1,
        "name": "one month",
        "horizon": {"weeks": 4},
        "team": {"reps": 1},
        "plan": {"calls_per_week": 50},
        "funnel": [{"stage": "calls"}, {"stage": "meetings", "rate": 0.1}, {"stage": "wins", "rate": 0.5}],
        "deal": 1000,
        "run": {"replications": 1, "seed": 1},
    }


def test_the_spread_of_one_month_is_not_known() -> None:
    month = simulate(validate(small_one_month())).summary.averaging.close[-1]
    assert month.horizon == "month"
    for figure in (month.revenue.sd, month.revenue.cv, month.first_step.sd):
        assert figure.model_dump() == {"estimate": None, "se": None, "low": None, "high": None}
