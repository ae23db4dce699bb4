"""The market's path, who sits where, and everybody's rates, each kernel alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.kernels.detail import new_detail
from simcore.kernels.rows import conditions
from simcore.kernels.rows.memory import new_memory
from simcore.kernels.rows.row import Row, new_row
from simcore.kernels.rows.seats import know_market, settle
from simcore.program.layout import FULL_ACTIVITY, Program
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled
from tests.support.scenario_cases import NOISY, Scenario, funnel, scenario
from tests.twin.decisions import normal
from tests.twin.philox import Purpose, Source
from tests.twin.reader import read
from tests.twin.team import Market as TwinMarket
from tests.twin.team import Rates, activity, timeline

SEED, FIRST, SIZE = 77, 2**32 + 3, 3
KEY = split_seed(SEED)
NONE = np.empty((0, 0), np.uint32)
SOURCES = [Source(SEED, FIRST + r) for r in range(SIZE)]


def path_of(sd: float, persistence: float, *edges: int) -> NDArray[np.float64]:
    """Return the market's factors up to the last edge, float64[weeks, SIZE], extended from edge to edge."""
    factor, state, known = np.full((edges[-1], SIZE + 1), np.nan), np.zeros(SIZE + 1), 0
    moves = persistence, sd, sd * math.sqrt(1.0 - persistence**2), 0.0, sd**2 / 2
    for edge in edges:
        conditions.extend_market(*moves, known, edge, SIZE, FIRST, np.uint32(0), *KEY, NONE, state, factor)
        known = edge
    assert np.isnan(factor[:, SIZE]).all()
    return factor[:, :SIZE]


@pytest.mark.parametrize(("sd", "persistence"), [(0.3, 0.8), (1.0, 0.0), (0.05, 0.999)])
def test_the_market_is_a_stationary_autoregression(sd: float, persistence: float) -> None:
    """Undone, the path gives the normal scores of its addresses; week 0 has the same sd as any other."""
    x = np.log(path_of(sd, persistence, 60)) + sd**2 / 2
    innovations = (x[1:] - persistence * x[:-1]) / (sd * math.sqrt(1 - persistence**2))
    for r, source in enumerate(SOURCES):
        z = [normal(source.words(Purpose.MARKET, seat=0, week=week)[0]) for week in range(60)]
        assert [x[0, r] / sd, *innovations[:, r]] == pytest.approx(z, rel=1e-9, abs=1e-9)


def test_a_path_can_be_extended_in_pieces() -> None:
    assert np.array_equal(path_of(0.4, 0.9, 60), path_of(0.4, 0.9, 1, 2, 9, 12, 60))


@pytest.mark.parametrize(
    "market",
    [
        {"step": 0.1, "persistence": 1},
        {"step": 0.2, "persistence": 1, "start": {"level": 0.8, "sd": 0.3}},
        {"sd": 0.3, "persistence": 0.9, "start": {"level": 1.4, "sd": 0.1}},
        {"sd": 0.3, "persistence": 0.9, "start": 0.5},
    ],
)
def test_a_market_begins_and_drifts_as_documented(market: Scenario) -> None:
    plain = scenario(horizon={"weeks": 30}, market=market | {"acts_on": ["wins"]})
    plan, row = read(plain), row_of(compiled(plain))
    know_market(row, 3)
    know_market(row, 40)
    for r, source in enumerate(SOURCES):
        twin = TwinMarket(plan, source)
        expected = [twin.factor(week) for week in range(40)]
        assert row.memory.seats.factor[:40, r] == pytest.approx(expected, rel=1e-12)


def row_of(program: Program) -> Row:
    """Return a row of some replications."""
    memory = new_memory(program, most=4)
    nothing = np.zeros(1, np.int64)
    return new_row(program, memory, nothing, nothing, new_detail(program, 0), KEY, FIRST, 0, SIZE)


def test_a_ramp_is_linear_to_one() -> None:
    """Levels are rounded to the next 2**-20."""
    person, level = np.zeros((6, 1), np.int32), np.zeros((6, 1), np.int32)
    stays = np.zeros((6, 1), np.uint32)
    conditions.fill_seats(6, 1, True, 0, 0, 4, 0.2, stays, person, level)
    expected = [0.2, 0.4, 0.6, 0.8, 1.0, 1.0]
    assert (level[:, 0] / FULL_ACTIVITY).tolist() == pytest.approx(expected, abs=2.0**-20)
    conditions.fill_seats(6, 1, True, 0, 0, 0, 0.2, stays, person, level)
    assert (level == FULL_ACTIVITY).all()


@pytest.mark.parametrize("vacancy", [0, 1, 5])
@pytest.mark.parametrize("rep", [0, 1])
def test_a_seat_is_filled_as_documented(vacancy: int, rep: int) -> None:
    turnover = {"yearly": 0.9999, "vacancy_weeks": vacancy}
    plain = scenario(
        horizon={"weeks": 40}, team={"reps": 2, "new": 1, "ramp": {"weeks": 5, "start": 0.1}, "turnover": turnover}
    )
    plan, row = read(plain), row_of(compiled(plain))
    settle(row, rep)
    seats = row.memory.seats
    for r, source in enumerate(SOURCES):
        holders = timeline(plan, source, rep)
        assert seats.person[:, r].tolist() == [-1 if holder is None else holder.person for holder in holders]
        assert seats.activity[:, r].tolist() == [
            FULL_ACTIVITY if holder is None else activity(plan, holder, week) for week, holder in enumerate(holders)
        ]
    assert seats.person.max() > 1


def test_rates_are_person_times_market_times_noise() -> None:
    plain = scenario(
        horizon={"weeks": 30},
        team={"reps": 4, "turnover": {"yearly": 0.9999, "vacancy_weeks": 1}},
        funnel=funnel({"rate": NOISY}, {"rate": {"mean": 0.4, "rep_cv": 0.3}}, {"rate": {"mean": 0.6, "week_cv": 2}}),
        market={"sd": 0.5, "persistence": 0.5, "acts_on": ["meetings", "wins"]},
    )
    plan, rep, row = read(plain), 3, row_of(compiled(plain))
    know_market(row, 30)
    settle(row, rep)
    rate = row.memory.seats.rate
    for r, source in enumerate(SOURCES):
        twin = Rates(plan, source, TwinMarket(plan, source), rep, timeline(plan, source, rep))
        for step in (1, 2, 3):
            assert rate[step, :, r] == pytest.approx([twin.uncut(step, week) for week in range(30)], rel=1e-10)
    assert (rate[3] > 1.0).any()
