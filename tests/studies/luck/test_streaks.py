"""Streaks of a sound process, and when they are evidence: the worlds against exact chances, planted mistakes."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simcore.program.compiler import compile_scenario
from simcore.studies.luck.streaks import Drop, dropped, dry_spells, streaks
from tests.support.luck_worlds import agrees, given, sampled
from tests.support.scenario_cases import funnel
from tests.support.statistical import DeviationError

if TYPE_CHECKING:
    from simcore.studies.luck.document import Streaks

RARE = {"funnel": funnel({"rate": 0.1}, {"rate": 0.4}, {"rate": 0.3}), "horizon": {"weeks": 39}}
Q = 0.1 * 0.4 * 0.3


def told(drop: Drop, planted: Drop | None = None, worlds: int = 256, **changes: Any) -> Streaks:  # noqa: ANN401
    """Return the streaks of a scenario; the worlds that are wrong have the planted drop, if there is one."""
    of = given(**(RARE | changes))
    wrong = sampled(dropped(of, planted or drop), worlds)
    return streaks(of, compile_scenario(of), sampled(of, worlds), wrong, drop)


def holds(found: Streaks) -> None:
    """Check the worlds against what is exact where reps are the same and nothing takes time."""
    for row in found.dry[:4]:
        agrees(f"{row.weeks} dry weeks", row.simulated, row.exact, detect=0.15)
        if row.once_simulated.se is None:  # all or none had one: there is a bound
            ends = row.once_simulated.low, row.once_simulated.high
            assert None not in ends
            assert (ends[0] or 0.0) <= row.once_exact <= (ends[1] or 0.0)
        else:
            agrees(f"{row.weeks} dry weeks ever", row.once_simulated, row.once_exact, detect=0.25)
        agrees(f"ratio of {row.weeks} dry weeks", row.ratio, row.ratio_exact, detect=0.5 * row.ratio_exact)
    weeks = next(row for row in found.runs if row.unit == "week")
    assert weeks.simulated is not None
    agrees("longest dry spell", weeks.simulated, weeks.mean, detect=0.2 * weeks.mean)
    for each in found.evidence:
        agrees(f"information, {each.kind}", each.per_week, each.per_week_exact, detect=0.3 * each.per_week_exact)
        assert (each.false_alarms.estimate or 0.0) < 0.1 + 4.0 * (each.false_alarms.se or 0.0)


@pytest.mark.parametrize("drop", [Drop(3, 0.5), Drop(1, 0.5), Drop(2, 0.3)])
def test_worlds_without_differences_are_exact(drop: Drop) -> None:
    found = told(drop)
    holds(found)
    assert found.dry[0].exact == pytest.approx((1.0 - Q) ** 60)
    assert found.dry[0].ratio_exact == pytest.approx(((1.0 - drop.factor * Q) / (1.0 - Q)) ** 60)


def test_information_is_kullback_and_leiblers() -> None:
    found = told(Drop(1, 0.5), worlds=128)
    result, process = found.evidence

    def information(n: float, p: float) -> float:
        low = 0.5 * p
        return n * (low * log(0.5) + (1.0 - low) * log((1.0 - low) / (1.0 - p)))

    assert result.per_week_exact == pytest.approx(information(60, Q))
    assert process.per_week_exact == pytest.approx(information(60, 0.1))
    assert process.weeks_to_10 == pytest.approx(log(10.0) / information(60, 0.1))
    first = next(row for row in found.reach if row.ratio == 10.0)
    a_week = found.dry[0].ratio_exact
    assert a_week ** (first.weeks_exact - 1) < 10.0 <= a_week**first.weeks_exact


def test_a_drop_in_the_wrong_step_is_caught() -> None:
    """A planted mistake: the worlds have the drop elsewhere than where the counts look."""
    with pytest.raises(DeviationError):
        holds(told(Drop(1, 0.5), planted=Drop(3, 0.5)))


def test_worlds_that_were_mixed_up_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcore.studies.luck.streaks.dry_spells", lambda sample: dry_spells(_shuffled(sample)))
    with pytest.raises(DeviationError):
        holds(told(Drop(3, 0.5)))


def _shuffled(sample: Any) -> Any:  # noqa: ANN401
    """Return a sample whose weeks without a win come together."""
    order = np.argsort(sample.entered[..., -1], axis=2)
    return sample._replace(entered=np.take_along_axis(sample.entered, order[..., None], axis=2))


def test_reps_who_differ_are_dry_more_often() -> None:
    found = told(Drop(3, 0.5), funnel=funnel({"rate": {"mean": 0.1, "rep_cv": 0.6}}, {"rate": 0.4}, {"rate": 0.3}))
    for row in found.dry[:4]:
        assert row.differing > row.exact
        agrees(f"{row.weeks} dry weeks", row.simulated, row.differing, detect=0.15)
    assert all(row.differing is not None and row.differing > row.mean for row in found.runs[1:])
    assert all((row.ratio.estimate or 0.0) < row.ratio_exact for row in found.dry[1:5])


def test_weeks_without_calls_belong_to_the_week_before() -> None:
    calendar = {"holidays": [{"week": 2}, {"week": 5}, {"week": 6}]}
    found = told(Drop(3, 0.5), calendar=calendar, horizon={"weeks": 13})
    holds(found)
    assert found.weeks == 13
    assert [row.tries for row in found.runs] == [600, 400, 50, 10]


def test_lags_tell_how_much_later_a_drop_shows() -> None:
    lags = funnel({"rate": 0.1, "lag": "1w"}, {"rate": 0.4, "lag": "2w"}, {"rate": 0.3, "lag": "4w"})
    result, process = told(Drop(2, 0.5), worlds=64, funnel=lags).evidence
    assert (result.later_by, process.later_by) == (4.0, 0.0)
    assert process.false_alarms.estimate is None
    assert result.false_alarms.estimate is not None
    result, process = told(Drop(1, 0.5), worlds=64, funnel=lags).evidence
    assert (result.later_by, process.later_by) == (7.0, 1.0)


def test_a_funnel_of_one_step_has_one_count() -> None:
    steps = [{"stage": "calls"}, {"stage": "wins", "rate": 0.02}]
    found = told(Drop(1, 0.5), worlds=64, funnel=steps)
    assert [each.kind for each in found.evidence] == ["result"]


def test_a_certain_win_is_never_dry() -> None:
    steps = [{"stage": "calls"}, {"stage": "wins", "rate": 1}]
    found = told(Drop(1, 0.5), worlds=32, funnel=steps, horizon={"weeks": 4})
    assert found.dry[0].exact == 0.0
    assert found.dry[0].ratio_exact == pytest.approx(exp(700.0))
    assert found.dry[0].ratio.estimate is None
    assert [row.mean for row in found.runs] == [0.0] * 4
