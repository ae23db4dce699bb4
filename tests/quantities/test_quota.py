from __future__ import annotations

from typing import Any

import pytest

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Quota, Scenario, validate
from tests.support.scenario_cases import scenario


def given(**quota: Any) -> Scenario:  # noqa: ANN401 - keys of a quota
    return validate(scenario(quota={"per": "quarter", **quota}))


def refusal(**quota: Any) -> str:  # noqa: ANN401 - keys of a quota
    with pytest.raises(ScenarioError) as raised:
        given(**quota)
    return str(raised.value)


def quota_of(**keys: Any) -> Quota:  # noqa: ANN401 - keys of a quota
    quota = given(**keys).quota
    assert quota is not None
    return quota


def test_amounts_in_turn_have_a_mean() -> None:
    quota = quota_of(amounts=["120k", 130000, 1, "$110,000.5"])
    assert list(quota.each) == [120000, 130000, 1, 110000.5]
    assert quota.amount == pytest.approx(360001.5 / 4)
    assert [quota_of(**keys).differs for keys in ({"amounts": [5, 6]}, {"amounts": [5, 5]}, {"amount": 5})] == [
        True,
        False,
        False,
    ]


def test_only_what_was_given_is_written() -> None:
    assert given(amounts=[1, 2]).resolved()["quota"] == {"per": "quarter", "amounts": [1, 2]}
    assert given(amount=3).resolved()["quota"] == {"per": "quarter", "amount": 3}
    assert validate(given(amounts=[1, 2]).resolved()) == given(amounts=[1, 2])


def test_each_key_is_part_of_the_digest() -> None:
    digests = [scenario_digest(given(**keys)) for keys in ({"amount": 2}, {"amounts": [1, 3]}, {"amounts": [3, 1]})]
    assert len(set(digests)) == 3
    assert scenario_digest(given(amount=2, pace="days")) != digests[0]


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        ({"amount": 1, "amounts": [2]}, "quota: is given twice, by amount and by amounts; leave one of them out"),
        ({}, "quota.amount: is missing"),
        ({"amounts": []}, "quota.amounts: has 0 amounts; allowed: 1 to 520"),
        ({"amounts": [1] * 521}, "quota.amounts: has 521 amounts"),
        ({"amounts": 5}, "quota.amounts: must be a list"),
        ({"amounts": [5, 0]}, "quota.amounts.2: is out of range"),
        ({"amounts": ["\u20ac5", 7]}, "quota.amounts.1: is in EUR, and the deals are in USD"),
        ({"amount": 5, "pace": "season"}, "quota.pace: goes by the season, and this scenario has none"),
        ({"amount": 5, "pace": "weeks"}, "quota.pace: is not one of the choices"),
    ],
)
def test_what_is_no_quota_is_refused(quota: dict[str, Any], said: str) -> None:
    assert said in refusal(**quota)


def test_amounts_are_figures_of_the_scenario() -> None:
    told = {each.path: each.value for each in assumptions(given(amounts=[1, 2])) if each.path.startswith("quota")}
    assert told == {"quota.amounts": "1, 2"}
