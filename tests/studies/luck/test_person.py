"""One person against the others."""

from __future__ import annotations

import pytest
from scipy import stats

from simcore.base.errors import ScenarioError
from simcore.results.names import with_names
from simcore.scenario.model import Scenario, validate
from simcore.studies.luck.person import seat_of
from simcore.studies.luck.study import luck
from tests.support.scenario_cases import scenario
from tests.support.statistical import check_estimate

PEOPLE = [{"name": "Ann", "rates": {"wins": 0.0025}}, {"name": "Bo"}, {"name": "Chi", "starts": "60w"}]


def team() -> Scenario:
    """Return three people over two years: known answer 1a, and one who comes late."""
    funnel = [{"stage": "calls"}, {"stage": "wins", "rate": 0.002}]
    plain = scenario(team={"people": PEOPLE}, horizon={"weeks": 104}, plan={"calls_per_week": 500}, funnel=funnel)
    return validate(plain)


def test_who_is_worse_is_often_ahead() -> None:
    found = luck(team(), who="Bo", replications=512, seed=4)
    rows = {(row.horizon, row.rep): row for row in found.people}
    assert set(rows) == {(horizon, rep) for horizon in ("quarter", "year", "2 years") for rep in (1, 3)}
    for horizon, weeks, known in (("quarter", 13, 0.2433), ("year", 52, 0.1054)):
        ann, bo = (stats.binom(500 * weeks, rate) for rate in (0.0025, 0.002))
        exact = sum(bo.pmf(wins) * ann.cdf(wins - 1) for wins in range(400))
        assert exact == pytest.approx(known, abs=6e-5)
        ahead = rows[horizon, 1].ahead
        check_estimate(f"ahead after a {horizon}", (ahead.estimate, ahead.se), exact, degrees=31, detect=0.12)
    # Chi is there for one whole quarter after the other from week 60 on, and for no year.
    assert rows["quarter", 3].ahead.estimate is not None
    assert rows["year", 3].ahead.estimate is None
    assert {each.part for each in found.skipped} == {"reliability", "streaks", "regression", "dismissal"}
    assert found.unlike


def test_names_stand_only_where_they_are_asked_for() -> None:
    found = luck(team(), who="2", replications=128)
    assert (found.who, found.who_name, {row.name for row in found.people}) == (2, None, {None})
    assert "Ann" not in found.model_dump_json()
    named = with_names(found, team())
    assert (named.who_name, [row.name for row in named.people][:2]) == ("Bo", ["Ann", "Chi"])


@pytest.mark.parametrize(
    ("who", "told"), [("Bob", "did you mean Bo?"), ("0", "a number from 1 to 3"), ("", "is nobody")]
)
def test_somebody_else_is_refused(who: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=r"who") as caught:
        seat_of(team(), who)
    assert told in str(caught.value)


def test_a_person_alone_is_compared_with_nobody() -> None:
    with pytest.raises(ScenarioError, match="nobody can be told apart in this team"):
        seat_of(validate(scenario(team={"people": [{"name": "Ann"}]})), "Ann")
