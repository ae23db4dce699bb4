"""The engine and the twin agree on random scenarios in which teams react, are coached and pull, all at once."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.scenario.model import validate
from tests.support.both_engines import check
from tests.support.people_cases import with_people
from tests.support.random_scenarios import scenarios
from tests.support.scenario_cases import Scenario

RULES = ["process", "result", "oracle", "random"]


def is_valid(plain: Scenario) -> bool:
    try:
        validate(plain)
    except ScenarioError:
        return False
    return True


@st.composite
def reacting(draw: st.DrawFn) -> Scenario:
    """Return a random scenario with a drive, and perhaps with pulls, habits, a manager and referrals."""
    plain = draw(scenarios(weeks=6))
    names = [stage["stage"] for stage in plain["funnel"]]
    for stage in plain["funnel"][1:]:
        if draw(st.booleans()):
            stage["habit"] = {
                "factor": draw(st.sampled_from([0, 0.5])), "at_start": 0.6, "yearly": 0.9, "fade_weeks": 3
            }  # fmt: skip
    rule = draw(st.sampled_from(RULES))
    plain["manager"] = {"rule": rule, "repair": 0.5, "window_weeks": 3, "pressure": 1}
    plain["quota"] = {"per": "week", "amount": draw(st.sampled_from([500, 5000, 50000]))}
    if "season" in plain and draw(st.booleans()):
        plain["quota"] = {"per": "month", "amounts": [5000, 500], "pace": "season"}
    changes: Scenario = {"activity": {"slope": 0.2, "max": 2}, names[-1]: {"slope": -0.2}}
    if any("lag" in stage or "lost_lag" in stage for stage in plain["funnel"]):
        changes["lag"] = {"slope": 0.2, "max": 3}
    if draw(st.booleans()):
        window, win_rate = draw(st.sampled_from(["1h", "1d"])), draw(st.sampled_from([0.5, 3]))
        pulled = {"slope": 0.6, "min": 0.2, "window": window, "reach": "2w", "win_rate": win_rate, "discount": 0.1}
        changes["pull_forward"] = pulled
    signals = {"behind": 1, "dry_spell": 0.1, "coach": 0.2}
    if not plain["plan"]["calls_per_week"]:
        del changes["activity"], signals["dry_spell"]
    drives = {"one": {"memory": 0.5, "signals": signals, "level": [-1, 2], "changes": changes}}
    plain["strategies"] = {"a": {"decides": draw(st.sampled_from(["hour", "day", "week"])), "drives": drives}}
    if draw(st.booleans()):
        plain["referrals"] = {"per_win": 0.3, "lag": "3h"}
    return draw(with_people(plain)) if draw(st.integers(0, 2)) == 0 else plain


@settings(max_examples=60, derandomize=True, deadline=None)
@given(reacting(), st.integers(0, 2**40 - 1))
def test_engine_and_twin_agree_where_all_happens_at_once(scenario: Scenario, replication: int) -> None:
    assume(is_valid(scenario))
    check(scenario, 9, replication)
