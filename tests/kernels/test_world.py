"""The market's path, who sits where, and everybody's rates, each kernel alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcore.kernels.workspace import MarketPath, Seat
from simcore.kernels.world import cut_threshold, extend_market, fill_own_rates, fill_rates, fill_seat, ramp_activity
from simcore.program.layout import FULL_ACTIVITY, Market, Program, Team
from simcore.random.addresses import stream_of
from simcore.random.philox import split_seed
from tests.support.both_engines import compiled
from tests.support.scenario_cases import NOISY, funnel, scenario
from tests.twin.decisions import normal
from tests.twin.philox import Purpose, Source
from tests.twin.reader import read
from tests.twin.team import Market as TwinMarket
from tests.twin.team import Rates, activity, timeline

SEED, REPLICATION = 77, 2**32 + 3
STREAM = stream_of(split_seed(SEED), REPLICATION)
SOURCE = Source(SEED, REPLICATION)


def path_of(weeks: int = 60) -> MarketPath:
    return MarketPath(np.full(weeks, np.nan), np.zeros(1), np.zeros(1, np.int64))


def seat_of(program: Program) -> Seat:
    simulated, stages = program.clock.simulated_weeks, program.clock.steps + 1
    return Seat(
        person=np.zeros(simulated, np.int64),
        activity=np.full(simulated, FULL_ACTIVITY, np.int64),
        own_rate=np.full((simulated + 1, stages), np.nan),
        rate=np.full((stages, simulated), np.nan),
        carry=np.zeros(1, np.int64),
    )


@pytest.mark.parametrize(("sd", "persistence"), [(0.3, 0.8), (1.0, 0.0), (0.05, 0.999)])
def test_the_market_is_a_stationary_autoregression(sd: float, persistence: float) -> None:
    """Undone, the path gives the normal scores of its addresses; week 0 has the same sd as any other."""
    path = path_of()
    extend_market(Market(sd, persistence), STREAM, path, 60)
    x = np.log(path.factor) + sd**2 / 2
    innovations = (x[1:] - persistence * x[:-1]) / (sd * math.sqrt(1 - persistence**2))
    z = [normal(SOURCE.words(Purpose.MARKET, seat=0, week=week)[0]) for week in range(60)]
    assert [x[0] / sd, *innovations] == pytest.approx(z, rel=1e-9, abs=1e-9)


def test_a_path_can_be_extended_in_pieces() -> None:
    at_once, in_pieces = path_of(), path_of()
    extend_market(Market(0.4, 0.9), STREAM, at_once, 60)
    for weeks in (1, 1, 7, 3, 60):
        extend_market(Market(0.4, 0.9), STREAM, in_pieces, weeks)
    assert in_pieces.known[0] == 60
    assert np.array_equal(at_once.factor, in_pieces.factor)


def test_a_path_asked_for_less_keeps_what_it_knows() -> None:
    path = path_of()
    extend_market(Market(0.4, 0.9), STREAM, path, 5)
    before = path.factor.copy()
    extend_market(Market(0.4, 0.9), STREAM, path, 2)
    assert path.known[0] == 5
    assert np.array_equal(before, path.factor, equal_nan=True)


def test_a_ramp_is_linear_to_one() -> None:
    team = Team(reps=1, new=1, ramp_weeks=4, ramp_start=0.2, leave_threshold=0, vacancy_weeks=0)
    levels = [ramp_activity(team, week) / FULL_ACTIVITY for week in range(6)]
    assert levels == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0], abs=2.0**-20)
    assert ramp_activity(team._replace(ramp_weeks=0), 0) == FULL_ACTIVITY


@pytest.mark.parametrize("vacancy", [0, 1, 5])
@pytest.mark.parametrize("rep", [0, 1])
def test_a_seat_is_filled_as_documented(vacancy: int, rep: int) -> None:
    turnover = {"yearly": 0.9999, "vacancy_weeks": vacancy}
    plain = scenario(
        horizon={"weeks": 40}, team={"reps": 2, "new": 1, "ramp": {"weeks": 5, "start": 0.1}, "turnover": turnover}
    )
    program, plan = compiled(plain), read(plain)
    seat = seat_of(program)
    fill_seat(program.team, STREAM, rep, seat)
    holders = timeline(plan, SOURCE, rep)
    assert seat.person.tolist() == [-1 if holder is None else holder.person for holder in holders]
    assert max(seat.person) > 1
    expected = [
        FULL_ACTIVITY if holder is None else activity(plan, holder, week) for week, holder in enumerate(holders)
    ]
    assert seat.activity.tolist() == expected


def test_rates_are_person_times_market_times_noise() -> None:
    plain = scenario(
        horizon={"weeks": 30},
        team={"reps": 4, "turnover": {"yearly": 0.9999, "vacancy_weeks": 1}},
        funnel=funnel({"rate": NOISY}, {"rate": {"mean": 0.4, "rep_cv": 0.3}}, {"rate": {"mean": 0.6, "week_cv": 2}}),
        market={"sd": 0.5, "persistence": 0.5, "acts_on": ["meetings", "wins"]},
    )
    program, plan, rep = compiled(plain), read(plain), 3
    seat, path = seat_of(program), path_of(30)
    extend_market(program.market, STREAM, path, 30)
    fill_seat(program.team, STREAM, rep, seat)
    fill_own_rates(program.rates, STREAM, rep, seat)
    fill_rates(program.rates, STREAM, rep, seat, path)
    twin = Rates(plan, SOURCE, TwinMarket(plan, SOURCE), rep, timeline(plan, SOURCE, rep))
    for step in (1, 2, 3):
        expected = [twin.uncut(step, week) for week in range(30)]
        assert seat.rate[step] == pytest.approx(expected, rel=1e-10)
    assert (seat.rate[3] > 1.0).any()


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 0), (0.25, 2**30), (1.0, 2**32), (1.7, 2**32), (1e300, 2**32)])
def test_a_rate_is_cut_at_one(rate: float, expected: int) -> None:
    assert cut_threshold(rate) == expected
