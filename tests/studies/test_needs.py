"""Every question is right about deals that need something, or refuses with the reason."""

from __future__ import annotations

import pytest

from simcore.analytic.needs import passing
from simcore.answers.compare import compare_answer
from simcore.answers.run import run_answer
from simcore.base.errors import ScenarioError
from simcore.engine.paired import run_paired
from simcore.engine.simulation import simulate
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import validate, with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.coach.item_values import plan_values
from simcore.studies.coach.levers import levers
from simcore.studies.compare.study import comparison_of
from simcore.studies.luck.credibility import is_exact, known_steps, moments
from simcore.studies.luck.study import luck
from simcore.studies.plan.left_out import left_out_of
from simcore.studies.plan.request import plan_request
from simcore.studies.plan.unknowns import without
from simcore.studies.plan.variants import setting_of
from simcore.variance_reduction.conditional import conditional_refusal
from tests.support.both_engines import compiled
from tests.support.needs_cases import MAKER, NEEDS, needing
from tests.support.scenario_cases import scenario

HIDDEN = {"at_start": 0.6, "without": 0.5}


def test_luck_takes_what_needs_leave_for_the_true_rate() -> None:
    given = validate(needing({"maker": HIDDEN}))
    share = passing(given)
    assert share == pytest.approx(0.8)
    assert moments(list(known_steps(given)[1:])).mean == pytest.approx(0.8 * moments(list(given.funnel[1:])).mean)
    assert not is_exact(given)
    with pytest.raises(ScenarioError, match="no closed form"):
        luck(validate(NEEDS["three needs"]), replications=128)


def test_luck_finds_the_chance_of_a_dry_spell_that_needs_make() -> None:
    """The true value of a call is that of a run."""
    plain = needing({"maker": HIDDEN}, horizon={"weeks": 52}, funnel=scenario()["funnel"])
    plain["funnel"] = [*plain["funnel"][:3], {"stage": "wins", "rate": 0.4, "needs": {"maker": HIDDEN}}]
    found = luck(validate(plain), replications=128)
    assert found.streaks is not None
    calls = next(row for row in found.streaks.runs if row.unit == "week")
    assert calls.simulated is not None
    assert calls.simulated.estimate == pytest.approx(calls.mean, rel=0.05)


def test_luck_has_no_streaks_where_checks_cost_calls() -> None:
    found = luck(load_scenario("check-too-dear", ["horizon.weeks=26"]), replications=128)
    assert found.streaks is None
    assert [part.part for part in found.skipped if "cost calls" in part.reason] == ["streaks"]


def test_a_plan_tells_what_needs_take_from_its_arithmetic() -> None:
    dear = {"maker": HIDDEN | {"qualify": {"share": 1, "works": 0.5, "calls": 3}}}
    told = {each.what: each for each in left_out_of(setting_of(plan_request(validate(needing(dear)), 1000.0, by="6w")))}
    assert told["needs"].share == pytest.approx(0.1)
    assert told["needs"].words == "what deals need takes 10 % of the wins that the rates promise"
    assert told["late"].share is None
    assert told["checks"].share is None
    unknown = left_out_of(setting_of(plan_request(validate(NEEDS["three needs"]), 1000.0, by="6w")))
    assert next(each for each in unknown if each.what == "needs").share is None


def test_a_plan_in_which_nothing_takes_time_has_no_surprises() -> None:
    timeless = without(validate(needing({"maker": MAKER})), lags=True)
    (need,) = (timeless.funnel[3].needs or {}).values()
    assert (need.calls, need.slows) == (None, 1.0)


def test_checks_are_levers_of_coaching() -> None:
    given = validate(needing({"maker": MAKER}))
    found = {lever.name: lever for lever in levers(given) if lever.kind == "checks"}
    assert found.keys() == {"checks of maker", "checks of maker that work"}
    share = found["checks of maker"]
    assert (share.path, share.before, share.after) == ("funnel.wins.needs.maker.qualify.share", "0.5", "0.55")
    assert share.scenario is not None
    needs = share.scenario.funnel[3].needs
    assert needs is not None
    assert needs["maker"].qualify is not None
    assert needs["maker"].qualify.share == 0.55


def test_items_that_wait_for_needs_have_no_age() -> None:
    assert {look.stage for look in plan_values(validate(needing({"maker": HIDDEN}))).looks} == set()
    assert {look.stage for look in plan_values(load_scenario("late-surprise")).looks} == {1}


def test_steps_with_needs_are_not_integrated_out() -> None:
    program = compiled(needing({"maker": HIDDEN}))
    assert conditional_refusal(parse_metric("revenue"), program) is not None


def test_answers_say_how_deals_end() -> None:
    given = load_scenario("late-surprise")
    (told,) = [line for line in run_answer(simulate(given, replications=16).summary).sentences if "promises" in line]
    assert "become wins, where the rate promises 70 %" in told
    both = [with_strategy(given, name) for name in ("process", "pressure")]
    document = comparison_of(run_paired(both, base=0, replications=16, seed=4))
    figures = [row.figures for row in document.strategies]
    differences = document.against[0].differences
    for name in ("won", "surprises", "disqualified", "late_losses", "check_calls"):
        values = [getattr(each, name).estimate for each in figures]
        assert getattr(differences, name).estimate == pytest.approx(values[1] - values[0])
    assert any("for want of something that they need" in line for line in compare_answer(document).sentences)
    plain = comparison_of(run_paired([load_scenario("trust-the-process")] * 2, base=0, replications=16, seed=4))
    assert plain.strategies[0].figures.won is None
