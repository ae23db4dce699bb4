"""The world of a replication: the market, who sits where, and everybody's rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, spliced
from simcore.kernels.workspace import Detail, MarketPath, Seat
from simcore.numerics.elementary import exp, log
from simcore.numerics.quantile_table import beta_quantile
from simcore.program.layout import FULL_ACTIVITY, Market, Rates, Team
from simcore.random.addresses import MARKET, REP_RATE, TURNOVER, WEEK_NOISE, Stream, decision, place
from simcore.random.draws import normal, threshold
from simcore.random.philox import Factor, Key
from simcore.random.streams import Source, words_of


@inlined
def word_of_step(key: Key, factor: Factor, purpose: int, rep: int, week: int, step: int) -> np.uint32:
    """Return the word of a step in a purpose that has one word a step, four steps a block."""
    x = words_of(key, factor, decision(purpose, 0, (step - 1) >> 2), place(rep, week))
    return x[(step - 1) & 3]


@kernel
def extend_market(market: Market, stream: Stream, path: MarketPath, weeks: int) -> None:
    """Extend the market's path to at least ``weeks`` weeks: a stationary log-AR(1) with mean one."""
    innovation = market.sd * np.sqrt(1.0 - market.persistence * market.persistence)
    half_variance = market.sd * market.sd * 0.5
    x = path.state[0]
    for week in range(path.known[0], weeks):
        z = normal(words_of(stream.key, stream.market, decision(MARKET, 0, 0), place(0, week))[0])
        x = market.sd * z if week == 0 else market.persistence * x + innovation * z
        path.factor[week] = exp(x - half_variance)
    path.state[0] = x
    path.known[0] = max(path.known[0], weeks)


@kernel
def set_market(market: Market, path: MarketPath, words: NDArray[np.uint32]) -> None:
    """Seed the market path from supplied random words instead of the addressed ones."""
    innovation = market.sd * np.sqrt(1.0 - market.persistence * market.persistence)
    half_variance = market.sd * market.sd * 0.5
    x = 0.0
    for week in range(words.shape[0]):
        z = normal(words[week])
        x = market.sd * z if week == 0 else market.persistence * x + innovation * z
        path.factor[week] = exp(x - half_variance)
    path.state[0] = x
    path.known[0] = words.shape[0]


@inlined
def ramp_activity(team: Team, week_in_seat: int) -> int:
    """Return a new person's activity, fixed point, in a week since the start."""
    if week_in_seat >= team.ramp_weeks:
        return FULL_ACTIVITY
    activity = team.ramp_start + (1.0 - team.ramp_start) * float(week_in_seat) / float(team.ramp_weeks)
    return int64(activity * FULL_ACTIVITY + 0.5)


@kernel
def fill_seat(team: Team, stream: Stream, rep: int, seat: Seat) -> None:
    """Decide who sits in a seat in each simulated week, and how active they are."""
    person = 0
    started = 0
    newcomer = rep < team.new
    for week in range(seat.person.shape[0]):
        if team.leave_threshold > 0 and week > started:
            word = words_of(stream.key, stream.people, decision(TURNOVER, 0, 0), place(rep, week))[0]
            if int64(word) < team.leave_threshold:
                person += 1
                started = week + team.vacancy_weeks
                newcomer = True
        vacant = week < started
        seat.person[week] = -1 if vacant else person
        experienced = vacant or not newcomer
        seat.activity[week] = FULL_ACTIVITY if experienced else ramp_activity(team, week - started)


@kernel
def fill_own_rates(rates: Rates, stream: Stream, rep: int, seat: Seat) -> None:
    """Draw the own rates of everybody who sits in the seat during the run."""
    last = 0
    for week in range(seat.person.shape[0]):
        last = max(last, seat.person[week])
    for person in range(last + 1):
        for step in range(1, rates.base.shape[0]):
            rate = rates.base[step]
            if rates.beta[step] >= 0:
                z = normal(word_of_step(stream.key, stream.people, REP_RATE, rep, person, step))
                rate = beta_quantile(rates.beta_tables[rates.beta[step]], z)
            seat.own_rate[person, step] = rate


@kernel
def set_own_rates(rates: Rates, seat: Seat, words: NDArray[np.uint32]) -> None:
    """Draw the own rates of a seat's first person from supplied words (uint32[S + 1]) instead of the addressed ones."""
    for step in range(1, rates.base.shape[0]):
        if rates.beta[step] >= 0:
            seat.own_rate[0, step] = beta_quantile(rates.beta_tables[rates.beta[step]], normal(words[step]))


@inlined
def with_noise(rates: Rates, stream: Stream, rep: int, step: int, week: int, rate: float) -> float:
    """Return a rate times the noise of a rep, week and step."""
    sigma = rates.noise_sigma[step]
    if sigma == 0.0:
        return rate
    z = normal(word_of_step(stream.key, stream.noise, WEEK_NOISE, rep, week, step))
    return rate * exp(sigma * z - sigma * sigma * 0.5)


@inlined
def person_rate(rates: Rates, seat: Seat, step: int, week: int) -> float:
    """Return the own rate of who sits in the seat in a week; the base rate while it is vacant."""
    person = seat.person[min(week, seat.person.shape[0] - 1)]
    return rates.base[step] if person < 0 else seat.own_rate[person, step]


@kernel
def rate_after_run(
    market: Market, rates: Rates, stream: Stream, rep: int, step: int, week: int, seat: Seat, path: MarketPath
) -> float:
    """Return the rate of a step in a week after the last simulated one, not yet cut at 1."""
    rate = person_rate(rates, seat, step, week)
    if rates.in_market[step]:
        extend_market(market, stream, path, week + 1)
        rate *= path.factor[week]
    return with_noise(rates, stream, rep, step, week, rate)


@kernel
def fill_rates(rates: Rates, stream: Stream, rep: int, seat: Seat, path: MarketPath) -> None:
    """Fill the rates of all steps and simulated weeks of a seat; the market's path is known that far."""
    for step in range(1, rates.base.shape[0]):
        for week in range(seat.rate.shape[1]):
            rate = person_rate(rates, seat, step, week)
            if rates.in_market[step]:
                rate *= path.factor[week]
            seat.rate[step, week] = with_noise(rates, stream, rep, step, week, rate)


@inlined
def cut_threshold(rate: float) -> int:
    """Return the 32-bit threshold of a rate, cut at 1."""
    return threshold(min(rate, 1.0))


@inlined
def passes_step(
    source: Source, step: int, week: int, rate: float, word: np.uint32, log_weight: NDArray[np.float64]
) -> bool:
    """Decide a step >= 2 at a rate, not yet cut at 1; where the source tilts it, add to the seat's log weight.

    ``log_weight``: float64[reps], of which the first is that of the seat; untouched where nothing is tilted.
    """
    if not source.tilted or not source.tilt_weeks[0] <= week < source.tilt_weeks[1]:
        return int64(word) < cut_threshold(rate)
    rate = min(rate, 1.0)
    tilted = rate * source.tilt[step]
    yes = int64(word) < threshold(tilted)
    log_weight[0] += -log(source.tilt[step]) if yes else log((1.0 - rate) / (1.0 - tilted))
    return yes


@spliced
def log_weight_of(source: Source, detail: Detail, replication: int, rep: int) -> NDArray[np.float64]:
    """Return the place of a seat's log weight: float64[1], or empty where nothing is tilted."""
    return detail.log_weight[replication, rep : rep + 1] if source.tilted else detail.log_weight[:0, 0]
