"""The one language of metrics: texts that are read and written, and what each command serves of it."""

from __future__ import annotations

import re

import pytest

from simcore.base.errors import ScenarioError
from simcore.program.compiler import compile_scenario
from simcore.scenario.metric import (
    BREAKEVEN,
    COACHING,
    NAMES,
    PATTERN,
    PRECISION,
    SERVICES,
    SWEEP,
    TECHNIQUE,
    VARIANCE,
    Metric,
    Service,
    parse_metric,
)
from simcore.scenario.model import validate
from simcore.statistics.metrics import check_metric, check_scenarios
from tests.support.scenario_cases import scenario

EVERY = (
    *("revenue", "revenue:week", "revenue:6w", "p_quota", "p_quota_team", "p_zero:hour", "p_zero:month", "q05:quarter"),
    *("q99:year", "sd:day", "sd:week", "sd:7w", "cv:quarter", "cv:year"),
)


@pytest.mark.parametrize("text", EVERY)
def test_a_text_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_metric(text)) == text
    assert parse_metric(f"  {text.replace(':', ' : ')} ") == parse_metric(text)


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("p_zero:13w", Metric("p_zero", "quarter")),
        ("sd:1", Metric("sd", "week")),
        ("cv:52 weeks", Metric("cv", "year")),
        ("q01:4w", Metric("q", "4w", 1)),
    ],
)
def test_equal_periods_have_one_name(text: str, metric: Metric) -> None:
    assert parse_metric(text) == metric


def test_what_a_metric_is() -> None:
    of = {text: parse_metric(text) for text in EVERY}
    assert {text for text, metric in of.items() if metric.is_share} == {
        *("p_quota", "p_quota_team", "p_zero:hour", "p_zero:month")
    }
    assert {text for text, metric in of.items() if metric.better < 0} == {
        *("p_zero:hour", "p_zero:month", "sd:day", "sd:week", "sd:7w", "cv:quarter", "cv:year")
    }
    assert not of["cv:year"].is_money
    assert of["sd:7w"].is_money
    assert of["sd:7w"].weeks == 7
    assert of["p_zero:month"].weeks is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sd", "sd needs a period, as in sd:quarter"),
        ("cv:wek", "did you mean week"),
        ("sd:call", "is not a period: hour, day, week, month, quarter, year or 6w"),
        ("p_quota:year", "takes no period: it is that of the quota"),
        ("revenu", "did you mean revenue"),
        ("sd:week:week", "is not a period"),
        ("q:week", "is not a metric"),
        ("q00:week", "is not a metric"),
        ("", "is not a metric; there are revenue, p_quota, p_quota_team, p_zero, sd, cv and the quantiles q01 to q99"),
    ],
)
@pytest.mark.parametrize("service", [PRECISION, SWEEP, BREAKEVEN, VARIANCE, TECHNIQUE, COACHING])
def test_what_is_no_metric_is_refused_with_the_same_words_everywhere(service: Service, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        service.parse(text)


WEEKS = {"revenue", "revenue:week", "revenue:6w", "p_quota", "p_quota_team", "p_zero:month", "q05:quarter", "q99:year"}
SPREADS = {"sd:week", "sd:7w", "cv:quarter", "cv:year"}


@pytest.mark.parametrize(
    ("service", "served"),
    [
        (PRECISION, WEEKS | SPREADS),
        (SWEEP, set(EVERY) - {"revenue:6w", "sd:7w"}),
        (BREAKEVEN, set(EVERY) - {"revenue:6w", "sd:7w", "q05:quarter", "q99:year"}),
        (VARIANCE, WEEKS),
        (TECHNIQUE, WEEKS - {"q05:quarter", "q99:year"}),
        (COACHING, {"revenue", "p_quota"}),
    ],
)
def test_every_command_serves_what_it_says_and_tells_why_not_the_others(service: Service, served: set[str]) -> None:
    refused = {text: service.refusal(parse_metric(text)) for text in EVERY}
    assert {text for text, reason in refused.items() if reason is None} == served
    for text, reason in refused.items():
        assert reason is None or reason.startswith(f"{service.what} has no {text}: ")
    assert set(service.excluded) >= set(NAMES) - set(service.names)


@pytest.mark.parametrize(
    ("service", "text", "words"),
    [
        (
            SWEEP,
            "p_zero:6w",
            "a sweep has no p_zero:6w: its periods are hour, day, week, month, quarter and year, which",
        ),
        (BREAKEVEN, "q50:week", "a quantile has no error by groups of worlds"),
        (TECHNIQUE, "sd:week", "it is no mean over worlds; there are revenue or revenue:PERIOD, p_quota, p_quota_team"),
        (COACHING, "revenue:week", "coaching has no revenue:week: it takes revenue without a period"),
        (COACHING, "sd:week", "hours are given out for revenue or the chance of quota; there are revenue and p_quota"),
    ],
)
def test_the_words_of_a_refusal(service: Service, text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=f"metric: .*{re.escape(words)}"):
        service.metric_of(text)


def test_a_scenario_may_lack_a_metric() -> None:
    short = validate(scenario(horizon={"weeks": 12}))
    check_scenarios(parse_metric("sd:month"), [short])
    quota = validate(scenario(horizon={"weeks": 12}, quota={"per": "quarter", "amount": 1}))
    for text, given, words in (
        ("cv:quarter", short, r"horizon\.weeks: cv:quarter needs a whole quarter, got 12"),
        ("p_zero:13w", short, r"horizon\.weeks: p_zero:quarter needs a whole quarter, got 12"),
        ("sd:14w", short, r"horizon\.weeks: sd:14w needs a whole period of 14 weeks, got 12"),
        ("p_quota_team", short, "quota: p_quota_team needs a quota, and the scenario has none"),
        ("p_quota", quota, r"horizon\.weeks: p_quota needs a whole quarter, got 12"),
    ):
        with pytest.raises(ScenarioError, match=words):
            check_scenarios(parse_metric(text), [given])
        with pytest.raises(ScenarioError, match=words):
            check_metric(parse_metric(text), compile_scenario(given))


def test_every_command_has_its_service() -> None:
    assert {service.what for service in SERVICES.values()} == {
        *("a precision", "a sweep", "a break-even point", "coaching", "a benchmark of techniques")
    }


def test_the_published_pattern_is_what_a_sweep_serves() -> None:
    for text in EVERY:
        served = SWEEP.refusal(parse_metric(text)) is None
        assert bool(re.search(PATTERN, text)) == served, text
    for text in ("sd", "q5:week", "p_quota:year", "sd:call", "revenue:week2", "xp_quota"):
        assert not re.search(PATTERN, text), text
