"""Sliders: which a scenario suggests, where they end, and which paths are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from simcore.base.errors import UsageError
from simcore.scenario.model import Scenario
from simcore.scenario_files.scenario_file import load_scenario
from simcore.scenario_files.shipped import shipped
from simcore.scenario_files.vary import parse_range
from simcore.serving.sliders import FEWEST, MOST, named_sliders, slider_at, sliders_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = [name for name, _ in shipped()]
CANON = "trust-the-process"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_scenario_suggests_four_to_six_sliders_around_its_own_numbers(name: str) -> None:
    sliders = sliders_of(load_scenario(name))
    assert FEWEST <= len(sliders) <= MOST
    assert len({slider.path for slider in sliders}) == len({slider.label for slider in sliders}) == len(sliders)
    for slider in sliders:
        assert slider.low <= slider.value <= slider.high
        assert slider.low < slider.high
        assert 5 <= (slider.high - slider.low) / slider.step <= 200


@pytest.mark.parametrize("name", SHIPPED)
def test_every_place_of_a_slider_is_allowed_by_the_format(name: str) -> None:
    scenario = load_scenario(name)
    for slider in sliders_of(scenario):
        for number in (slider.low, slider.low + slider.step, slider.high):
            load_scenario(scenario, [slider.change(number)])


def test_the_number_of_the_scenario_set_again_changes_nothing() -> None:
    for name in SHIPPED:
        scenario = load_scenario(name)
        changes = [slider.change(slider.value) for slider in sliders_of(scenario)]
        assert load_scenario(scenario, changes).resolved(sources=False) == scenario.resolved(sources=False), name


def test_what_is_not_known_exactly_has_no_slider() -> None:
    scenario = load_scenario("ten-of-fifty", ["deal={mean: {between: [8000, 12000]}, cv: 0.5}"])
    assert [slider.path for slider in sliders_of(scenario)] == [
        *("plan.calls_per_week", "team.reps", "quota.amount", "horizon.weeks"),
    ]
    for path in ("funnel.wins.rate", "funnel.wins.rate.mean", "deal", "deal.mean"):
        with pytest.raises(UsageError, match="not known exactly"):
            slider_at(scenario, path)
    assert slider_at(scenario, "deal.cv").value == Decimal("0.5")


def test_a_long_funnel_leaves_room_for_the_deal_and_the_team() -> None:
    stages = [{"stage": "calls"}, *({"stage": f"step {place}", "rate": 0.5} for place in range(1, 8))]
    long = load_scenario({"simcore": 1, "name": "long", "funnel": stages, "deal": 100})
    paths = [slider.path for slider in sliders_of(long)]
    rates = [f"funnel.step {place}.rate" for place in (1, 2, 3)]
    assert paths == ["plan.calls_per_week", *rates, "deal.fixed", "team.reps"]


def test_where_there_are_few_numbers_quota_and_weeks_are_sliders() -> None:
    plain = {
        "simcore": 1,
        "name": "few",
        "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.1}],
        "deal": {"values": [5, 10]},
    }
    assert [slider.path for slider in sliders_of(load_scenario(plain))][2:] == ["team.reps", "horizon.weeks"]
    judged = load_scenario({**plain, "quota": {"per": "week", "amount": 50}})
    assert [slider.path for slider in sliders_of(judged)][2:] == ["team.reps", "quota.amount"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("team.reps=5:20", ("team.reps", "", "10", "5", "20", "1")),
        ("funnel.meetings.rate=0.01:0.03", ("funnel.meetings.rate", "%", "2", "1", "3", "0.02")),
        ("funnel.meetings.rate.week_cv=0:0.5", ("funnel.meetings.rate.week_cv", "", "0", "0", "0.5", "0.005")),
        ("deal=5k:20k", ("deal.fixed", "", "10000", "5000", "20000", "200")),
    ],
)
def test_named_ends_are_kept(text: str, expected: tuple[str, ...]) -> None:
    (slider,) = named_sliders(load_scenario(CANON), [parse_range(text)])
    numbers = (slider.value, slider.low, slider.high, slider.step)
    assert (slider.path, slider.unit, *numbers) == (*expected[:2], *map(Decimal, expected[2:]))


def test_a_duration_is_moved_in_its_own_unit() -> None:
    scenario = load_scenario(CANON, ["funnel.wins.lag={mean: 10d, cv: 0.8}"])
    slider = slider_at(scenario, "funnel.wins.lag")
    assert (slider.path, slider.unit, slider.value) == ("funnel.wins.lag.mean", "d", Decimal(10))
    changed = load_scenario(scenario, [slider.change(Decimal(15))])
    assert str(changed.resolved()["funnel"][-1]["lag"]) == "{'mean': '15d', 'cv': 0.8, 'shape': 'gamma'}"
    with pytest.raises(UsageError, match=r"another unit.*allowed: d"):
        named_sliders(scenario, [parse_range("funnel.wins.lag=1w:2w")])


def test_a_deal_keeps_its_currency() -> None:
    scenario = load_scenario(CANON, ["deal={mean: 500, cv: 1, currency: EUR}"])
    slider = slider_at(scenario, "deal")
    assert slider.label == "mean value of a deal, EUR"
    assert load_scenario(scenario, [slider.change(Decimal(700))]).deal.currency == "EUR"


def test_a_slider_ends_where_the_rest_of_the_scenario_does() -> None:
    scenario = load_scenario(CANON, ["funnel.wins.rate.rep_cv=0.5", "team.new=8"])
    assert slider_at(scenario, "funnel.wins.rate").high == 79  # a Beta law of mean m has a cv below sqrt(1 / m - 1)
    assert slider_at(scenario, "team.reps").low == 8


def test_a_number_that_is_zero_can_be_moved() -> None:
    slider = slider_at(load_scenario(CANON), "team.new")
    assert (slider.low, slider.value, slider.high) == (Decimal(0), Decimal(0), Decimal(10))


def _paths(scenario: Scenario) -> list[tuple[str, None]]:
    return [(slider.path, None) for slider in sliders_of(scenario)]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (lambda _: [("team.rep", None)], "team.rep: has no number.*did you mean team.reps"),
        (lambda _: [("name", None)], "has no number"),
        (lambda _: [("funnel", None)], "has no number"),
        (lambda _: [("funnel.calls.rate", None)], "has no number"),
        (lambda _: [("team.ramp.weeks", None)], "has no number"),
        (lambda _: [("run.seed", None)], "same worlds"),
        (lambda _: [("deal", None), ("deal.fixed", None)], "deal.fixed: is named twice"),
        (lambda scenario: [*_paths(scenario), ("quota.amount", None)], "too many sliders"),
        (lambda _: [parse_range("team.reps=0:5")], "out of range, got 0; allowed: from 1 to 65536"),
        (lambda _: [parse_range("funnel.wins.rate=0.5:1.5")], "out of range, got 1.5"),
        (lambda _: [parse_range("team.reps=1d:5d")], "another unit"),
        (lambda _: [("\u202efunnel.<script>.rate", None)], "--vary: funnel.<script>.rate: has no number"),
    ],
)
def test_what_is_no_slider_is_refused(named: Callable[[Scenario], list[tuple[str, None]]], words: str) -> None:
    scenario = load_scenario(CANON)
    with pytest.raises(UsageError, match=words):
        named_sliders(scenario, named(scenario))
