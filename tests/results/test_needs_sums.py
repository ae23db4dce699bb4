"""Shares of how deals end that need something, and the calls of checks."""

from __future__ import annotations

import numpy as np
import pytest

from simcore import simulate
from simcore.program.tally import CHECK_CALLS, Tally, new_arrays
from simcore.results.needs_sums import ENDS, check_sums, end_sums
from simcore.scenario.model import validate
from simcore.statistics.paired_difference import figure_of
from tests.support.both_engines import compiled, play
from tests.support.needs_cases import NEEDS
from tests.support.scenario_cases import scenario


def test_every_end_has_columns_of_its_own() -> None:
    columns = [column for each in ENDS.values() for column in each]
    assert sorted(columns) == [column for column in range(7) if column != CHECK_CALLS]


def test_shares_are_of_all_that_end() -> None:
    arrays = new_arrays(2)
    arrays.replications[:] = 1
    arrays.needs[:] = np.arange(1, 8)
    tally = Tally(arrays)
    shares = {end: figure_of(end_sums(tally, end)).estimate for end in ENDS}
    assert shares == pytest.approx(
        {"won": 10 / 21, "surprises": 1 / 21, "disqualified": 2 / 21, "late_losses": 3 / 21, "other_losses": 5 / 21}
    )


def test_where_nothing_ended_no_share_is_known() -> None:
    assert figure_of(end_sums(Tally(new_arrays(2)), "won")).estimate is None


def test_calls_of_checks_are_those_that_the_plan_lacks() -> None:
    program = compiled(NEEDS["checks that take all calls"])
    tally = play(program, 3, count=4).tally
    found = figure_of(check_sums(program, tally)).estimate
    made = tally.arrays.stages[:, 0, 0].sum()
    free = dict(NEEDS["checks that take all calls"])
    free["funnel"] = scenario()["funnel"]
    planned = play(compiled(free), 3, count=4).tally.arrays.stages[:, 0, 0].sum()
    assert found == pytest.approx((planned - made) / (4 * 2 * 6))


def test_a_run_tells_how_its_deals_end() -> None:
    needs = simulate(validate(NEEDS["one need"]), replications=40).summary.needs
    assert needs is not None
    assert (needs.stage, needs.promised) == ("wins", 0.6)
    shares = [needs.won, needs.surprises, needs.disqualified, needs.late_losses, needs.other_losses]
    assert sum(share.estimate or 0.0 for share in shares) == pytest.approx(1.0)
    assert min(share.estimate or 0.0 for share in shares) > 0.0
    assert simulate(validate(scenario()), replications=8).summary.needs is None
