"""What deals need, compiled: columns in whole hours, and a step that waits."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest

from simcore.program.compile_needs import compile_needs
from simcore.program.layout import (
    AT_START,
    COST,
    DROP,
    EVERY,
    QUIET,
    RESCUE,
    RESCUE_LAG,
    SHARE,
    SLOWS,
    TAKES,
    WITHOUT,
    WORKS,
)
from simcore.scenario.model import validate
from tests.support.both_engines import compiled
from tests.support.needs_cases import ALL, MAKER, NEEDS, needing
from tests.support.scenario_cases import Scenario, funnel, scenario

HIDDEN: Scenario = {"at_start": 0.5, "without": 0.3}


def test_every_key_has_its_column() -> None:
    needs = compile_needs(validate(needing(ALL)))
    assert (needs.step, needs.law.shape, needs.owing) == (3, (3, 12), True)
    maker, budget, _ = needs.law
    assert maker[[AT_START, WITHOUT, SLOWS, EVERY, RESCUE, RESCUE_LAG]].tolist() == [0.5, 0.3, 1.7, 6, 0.4, 16]
    assert maker[[SHARE, COST, TAKES, WORKS, DROP]].tolist() == [0.5, 4, 3, 0.4, 0.3]
    assert maker[QUIET] == pytest.approx(log(0.75))
    assert budget[QUIET] == -inf


def test_what_is_left_out_is_off() -> None:
    law = compile_needs(validate(needing({"maker": HIDDEN}))).law
    assert law[0, :3].tolist() == [0.5, 0.3, 1.0]
    assert not law[0, 3:].any()


def test_times_are_whole_hours_and_calls_are_an_hour_apart() -> None:
    need = MAKER | {"calls": {"every": "0.5h", "surfaces": 0.5}, "rescue": {"rate": 1, "lag": "2.5h"}}
    need |= {"qualify": {"share": 1, "works": 1, "takes": "1.4h"}}
    law = compile_needs(validate(needing({"maker": need}))).law
    assert law[0, [EVERY, RESCUE_LAG, TAKES]].tolist() == [1, 3, 1]


def test_without_needs_nothing_is_there() -> None:
    program = compiled(scenario())
    assert (program.needs.step, program.needs.law.size, program.needs.owing) == (0, 0, False)
    assert not program.reaction.needed


def test_a_step_with_needs_waits_be_it_for_no_time() -> None:
    program = compiled(scenario(funnel=funnel({}, {"needs": {"maker": HIDDEN}}, {})))
    assert program.lags.lagged[:4].tolist() == [False, False, True, False]
    assert program.reaction.needed
    assert not program.clock.one_account


def test_calls_are_worked_off_day_by_day() -> None:
    """Where none are owed, a strategy without drives is played week by week."""
    assert compiled(NEEDS["one need"]).reaction.interval == 8
    assert compiled(NEEDS["checked"]).reaction.interval == 40
    assert np.isfinite(compiled(NEEDS["checked"]).needs.law).all()
