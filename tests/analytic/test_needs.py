"""What needs leave of a rate, in closed form: against the formula, by hand, and against runs."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.analytic.expectations import chances, expected
from simcore.analytic.item_values import holds
from simcore.analytic.needs import effective, longer_than, owes_calls, passing
from simcore.program.tally import WON_MET, WON_UNMET
from simcore.scenario.model import Calendar, FixedLag, GammaLag, TableLag, validate
from tests.support.both_engines import compiled, play
from tests.support.needs_cases import ALL, AUTHORITY, BUDGET, MAKER, NEEDS, needing
from tests.support.scenario_cases import Scenario, scenario
from tests.support.statistical import check_share

HIDDEN: Scenario = {"at_start": 0.6, "without": 0.2857142857142857}
QUALIFY: Scenario = {"share": 0.8, "works": 0.5, "drop": 0.25, "takes": "1d"}


def test_by_hand() -> None:
    assert passing(validate(scenario())) == 1.0
    assert passing(validate(needing({"maker": HIDDEN}))) == pytest.approx(0.6 + 0.4 * 2 / 7)
    checked = passing(validate(needing({"maker": HIDDEN | {"qualify": QUALIFY}})))
    assert checked == pytest.approx(0.6 + 0.4 * (0.8 * 0.5 + 0.8 * 0.5 * 0.75 * 2 / 7 + 0.2 * 2 / 7))
    both = passing(validate(needing({"maker": HIDDEN | {"qualify": QUALIFY}, "budget": HIDDEN})))
    assert both == pytest.approx((checked or 0.0) * (0.6 + 0.4 * 2 / 7))


def test_two_gaps_that_may_show_have_no_closed_form() -> None:
    plain = validate(needing(ALL))
    assert passing(plain) is None
    assert effective(plain) is None
    assert chances(plain) is None
    assert expected(plain) == []


@pytest.mark.parametrize("lag", ["9h", {"values": ["0h", "30h", "90h"]}, {"mean": "40h", "cv": 0.8}, None])
def test_a_gap_that_shows_agrees_with_runs(lag: object) -> None:
    """With what slows, what checks take and a rescue; beside a need that never shows."""
    maker = MAKER | {"qualify": QUALIFY}
    quiet = {key: value for key, value in BUDGET.items() if key not in ("calls", "rescue")} | {
        "without": 0.4,
        "qualify": QUALIFY,
    }
    wins = {"rate": 0.8, "needs": {"maker": maker, "budget": quiet}} | ({"lag": lag} if lag else {})
    steps = [{"stage": "deals", "rate": 0.5}, {"stage": "wins", **wins}]
    plain = scenario(
        funnel=[{"stage": "calls"}, *steps],
        plan={"calls_per_week": 2000},
        horizon={"weeks": 40},
        team={"reps": 1},
        calendar={"holidays": [{"week": week} for week in range(21, 53)]},
    )
    ended = play(compiled(plain), 8, count=6, detailed=False).tally.arrays.needs.sum(axis=0)
    share = passing(validate(plain))
    assert share is not None
    won = int(ended[WON_MET] + ended[WON_UNMET])
    check_share(f"won after {lag}", won, int(ended[:6].sum()), 0.8 * share, detect=0.015)


def test_waits_longer_than_some_hours() -> None:
    calendar, hours = Calendar(), np.arange(6.0)
    assert longer_than(hours, None, 2.0, 1.5, calendar).tolist() == [1, 1, 1, 0, 0, 0]
    table = TableLag.model_validate({"values": ["0h", "2h"]})
    assert longer_than(hours, table, 1.0, 1.0, calendar).tolist() == [1, 0.5, 0.5, 0, 0, 0]
    assert (
        longer_than(hours, FixedLag.model_validate({"fixed": "1.5h"}), 0.0, 2.0, calendar).tolist() == [1] * 4 + [0] * 2
    )
    exponential = GammaLag.model_validate({"mean": "10h", "cv": 1})
    assert longer_than(hours, exponential, 0.0, 2.0, calendar) == pytest.approx(np.exp(-(hours + 0.5) / 20))


def test_the_same_chances_without_needs() -> None:
    plain = validate(NEEDS["checked"])
    known = effective(plain)
    assert known is not None
    assert known.funnel[3].needs is None
    assert known.funnel[3].rate is not None
    assert chances(known) == pytest.approx(chances(plain) or [])
    assert effective(known) is known


def test_where_checks_cost_calls_the_plan_is_not_kept() -> None:
    free, dear = (validate(needing({"maker": HIDDEN | {"qualify": QUALIFY | {"calls": n}}})) for n in (0, 5))
    assert (owes_calls(free), owes_calls(dear)) == (False, True)
    labels = [{row.label for row in expected(each)} for each in (free, dear)]
    assert "calls per rep and week" in labels[0] - labels[1]
    assert labels[1] == {"value of a call", 'value of a "no"'}
    assert not owes_calls(validate(needing({"maker": AUTHORITY | {"qualify": {"share": 0, "works": 1, "calls": 3}}})))


def test_items_have_no_closed_form_in_time() -> None:
    assert holds(validate(scenario()))
    assert not holds(validate(needing({"maker": HIDDEN})))


def test_open_items_are_told_of_other_steps_only() -> None:
    labels = {row.label for row in expected(validate(needing({"maker": HIDDEN})))}
    assert not any("wins, steady state" in label and label.startswith("open items") for label in labels)
    assert "wins per rep and week, steady state" in labels
