"""Where the leading factors of many worlds come from: at random, in strata, or from quasi-random points.

The leading factors are the market's path, the own rates of the first persons, and, where the first step has one rate
for all and the calls are known, the successes of step 1 (see `simcore.variance_reduction.stratified_counts`). They are
drawn here and handed to the engine through `simcore.random.streams`; all else keeps its addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.program.layout import KNOWN
from simcore.variance_reduction.principal_factors import market_words
from simcore.variance_reduction.sobol import sobol_uniforms, to_words
from simcore.variance_reduction.stratified_counts import binomial_at, in_seats, in_weeks, spans

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.random.philox import Key
    from simcore.random.streams import Source

Floats = NDArray[np.float64]
PointKind = Literal["random", "strata", "sobol"]

MARKET_DIMENSIONS = 8
"""Quasi-random directions of the market's path."""
MOST_DIMENSIONS = 64
"""Quasi-random dimensions in all."""
RANDOMISATIONS = 8
"""Independent scramblings of quasi-random points."""
PER_STRATUM = 2
"""Worlds per stratum: the fewest from which its variance can be estimated."""
_WORD = (1 << 32) - 1


class Factors(NamedTuple):
    """The leading factors of a program."""

    weeks: int
    """Of the market; 0 is no market."""
    people: tuple[int, ...]
    """Steps whose rates differ between reps."""
    calls: NDArray[np.int64]
    """int64[weeks]: calls of each week where the successes of step 1 can be given; else empty."""
    start: bool = False
    """Whether the level of the market before the run is not known."""


class Address(NamedTuple):
    """The address of the random numbers of some leading factors; different addresses give independent numbers."""

    key: Key
    """Of the seed, see `simcore.random.philox.split_seed`."""
    first: int
    """The first of the worlds."""
    window: int
    """The window without a win that importance sampling tilts towards; 0 where there is none."""


def generator_of(address: Address) -> np.random.Generator:
    """Return the generator of some leading factors.

    Its seed sequence has six words of 32 bits, each at its own place, so that no two addresses have the same.

    Examples
    --------
    >>> from simcore.random.philox import split_seed
    >>> len({int(generator_of(Address(split_seed(seed), 0, 0)).integers(2**62)) for seed in (0, 1, 2**32, 2**63)})
    4
    """
    low, high = address.key
    words = (
        int(low),
        int(high),
        address.first & _WORD,
        address.first >> 32,
        address.window & _WORD,
        address.window >> 32,
    )
    return np.random.default_rng(words)


class LeadingFactors(NamedTuple):
    """Values of the leading factors in n worlds."""

    market: NDArray[np.uint32]
    start: NDArray[np.uint32]
    people: NDArray[np.uint32]
    successes: NDArray[np.int64]
    """The arrays of the same names in `simcore.random.streams.Source`."""
    names: tuple[str, ...]
    controls: Floats
    """float64[n, c]: functions of the factors whose expectation is zero, and what they are."""

    def given(self, source: Source, first: int, count: int) -> Source:
        """Return a source that gives the factors of worlds ``first .. first + count - 1`` to a block."""
        part = slice(first, first + count)
        given = {name: getattr(self, name)[part] for name in ("market", "start", "people", "successes")}
        return source._replace(**given)


def factors_of(program: Program) -> Factors:
    """Return the leading factors; where they depend on others, the successes of step 1 are not among them."""
    rates, team = program.rates, program.team
    own = tuple(step for step in range(1, program.clock.steps + 1) if rates.beta[step] >= 0)
    first = rates.beta[1] >= 0 or rates.noise_sigma[1] > 0.0 or rates.in_market[1] or rates.base[1] > 1.0
    first = (
        first
        or rates.laws.kind[1] != KNOWN
        or rates.season[1] >= 0
        or program.people.active
        or len(program.plan.of_seat) > 0
    )
    known = bool(program.plan.calls.any()) and not (
        first or team.leave_threshold > 0 or (team.new > 0 and team.ramp_weeks > 0)
    )
    calls = program.plan.calls[program.plan.row_of_week] if known else np.empty(0, np.int64)
    weeks = program.clock.simulated_weeks if program.market.moves and rates.in_market.any() else 0
    return Factors(weeks, own, calls, weeks > 0 and program.market.start_sd > 0.0)


def draw_factors(program: Program, factors: Factors, kind: PointKind, n: int, address: Address) -> LeadingFactors:
    """Draw the leading factors of n worlds.

    Parameters
    ----------
    kind
        ``strata``: the first coordinate of the first factor in n / 2 strata of equal probability, worlds of a stratum
        side by side. ``sobol``: `RANDOMISATIONS` scramblings of n / 8 points, one after the other.
    n
        A power of two, 16 or more.
    address
        Of all that is drawn here.
    """
    random = generator_of(address)
    reps, steps = program.team.reps, program.clock.steps
    market_z = random.standard_normal((n, factors.weeks + factors.start))
    people_z = random.standard_normal((n, reps, len(factors.people)))
    seat_u = random.random((n, reps, 1 + sum(1 for _ in spans(len(factors.calls))) if len(factors.calls) else 0))
    team_u: Floats | None = None
    if kind == "strata":
        lead = (np.arange(n) // PER_STRATUM + random.random(n)) * (PER_STRATUM / n)
        team_u = _stratify(lead, market_z, people_z, program, factors)
    elif kind == "sobol":
        size = dimensions_of(factors, reps)
        _spread(market_z, people_z, seat_u, size, int(random.integers(2**62)))
    words = np.zeros((n, reps, steps + 1), np.uint32)
    if factors.people:
        from scipy.special import ndtr  # noqa: PLC0415

        words[:, :, list(factors.people)] = to_words(ndtr(people_z))
    start, market = _market(program, factors, market_z)
    successes = _successes(program, factors, seat_u, team_u, random)
    names, controls = _controls(program, factors, market_z, people_z, successes)
    return LeadingFactors(market, start, words if factors.people else words[:0], successes, names, controls)


def _market(program: Program, factors: Factors, z: Floats) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the words of the market's start, uint32[n], and of its weeks, uint32[n, weeks]; empty without them."""
    if not factors.weeks:
        return np.empty(0, np.uint32), np.empty((0, 0), np.uint32)
    market = program.market
    known = market.first == market.later  # else week 0 is any week of a market that comes back
    start = market.start_sd / market.later if known else None
    words = market_words(z[:, :1], z[:, 1:], market.persistence, _counted(program), start)
    if not factors.start:
        return np.empty(0, np.uint32), words
    return np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1:])


def _counted(program: Program) -> Floats:
    """Return the weights of the weeks in the direction of the market that leads: the counted ones."""
    return (np.arange(program.clock.simulated_weeks) >= program.clock.warmup_weeks).astype(np.float64)


def _stratify(lead: Floats, market_z: Floats, people_z: Floats, program: Program, factors: Factors) -> Floats | None:
    """Replace the first coordinate by stratified uniforms; return them if that is the team's successes."""
    from scipy.special import ndtri  # noqa: PLC0415

    if factors.weeks:
        market_z[:, 0] = ndtri(lead)
        return None
    if factors.people:
        spread = np.array([_spread_of(program, step) for step in factors.people])
        along = np.broadcast_to(spread, people_z.shape[1:]) / np.sqrt(people_z.shape[1] * (spread @ spread))
        people_z += (ndtri(lead) - np.einsum("nrs,rs->n", people_z, along))[:, None, None] * along
        return None
    return lead


def _spread_of(program: Program, step: int) -> float:
    """Approximate the cv of the reps' rates of a step: half the relative change from z = -1 to z = 1."""
    from simcore.numerics.quantile_table import beta_quantile  # noqa: PLC0415

    table = program.rates.beta_tables[program.rates.beta[step]]
    return float(beta_quantile(table, 1.0) - beta_quantile(table, -1.0)) / (2.0 * float(program.rates.base[step]))


class Dimensions(NamedTuple):
    """How many quasi-random dimensions each factor has."""

    market: int
    people: int
    splits: int
    """Of each rep: the total of its successes, and its first splits."""
    total: int


def dimensions_of(factors: Factors, reps: int) -> Dimensions:
    """Return the quasi-random dimensions: of the market first, then people, then successes, while there is room.

    Examples
    --------
    >>> dimensions_of(Factors(52, (), np.full(52, 500)), 10)
    Dimensions(market=8, people=0, splits=4, total=48)
    """
    market = min(MARKET_DIMENSIONS, factors.weeks)
    room = MOST_DIMENSIONS - market
    people = len(factors.people) * reps if len(factors.people) * reps <= room else 0
    most = 1 + sum(1 for _ in spans(len(factors.calls))) if len(factors.calls) else 0
    splits = min(most, (room - people) // reps)
    return Dimensions(market, people, splits, market + people + splits * reps)


def _spread(market_z: Floats, people_z: Floats, seat_u: Floats, size: Dimensions, seed: int) -> None:
    """Replace the first coordinates by quasi-random ones."""
    from scipy.special import ndtri  # noqa: PLC0415

    n, reps = seat_u.shape[:2]
    u = sobol_uniforms(n // RANDOMISATIONS, size.total, RANDOMISATIONS, seed).reshape(n, -1)
    market_z[:, : size.market] = ndtri(u[:, : size.market])
    begin = size.market + size.people
    if size.people:
        people_z[:] = ndtri(u[:, size.market : begin]).reshape(people_z.shape)
    for split in range(size.splits):
        seat_u[:, :, split] = u[:, begin + split * reps : begin + (split + 1) * reps]


def _successes(
    program: Program, factors: Factors, seat_u: Floats, team_u: Floats | None, random: np.random.Generator
) -> NDArray[np.int64]:
    """Return the successes of step 1: int64[n, reps, weeks], or empty where they are left to the engine."""
    if not len(factors.calls):
        return np.empty((0, 0, 0), np.int64)
    n, reps = seat_u.shape[:2]
    calls, rate = int(factors.calls.sum()), float(program.rates.base[1])
    if team_u is None:
        totals = binomial_at(seat_u[:, :, 0].ravel(), calls, rate)
        u = seat_u[:, :, 1:].reshape(n * reps, -1)
    else:
        totals = in_seats(binomial_at(team_u, calls * reps, rate), reps, calls, random).ravel()
        u = np.empty((n * reps, 0))
    return in_weeks(u, totals, factors.calls, random).reshape(n, reps, -1)


def _controls(
    program: Program, factors: Factors, market_z: Floats, people_z: Floats, successes: NDArray[np.int64]
) -> tuple[tuple[str, ...], Floats]:
    names: list[str] = []
    columns: list[Floats] = []
    if factors.weeks:
        first = market_z[:, 0]
        names += ["market", "market, squared"]
        columns += [first, first * first - 1.0]
    for index, step in enumerate(factors.people):
        z = people_z[:, :, index]
        names += [f"own rates of step {step}", f"own rates of step {step}, squared"]
        columns += [z.mean(axis=1), (z * z - 1.0).mean(axis=1)]
    if len(factors.calls):
        names.append("successes of step 1")
        expected = float(factors.calls.sum()) * float(program.rates.base[1]) * program.team.reps
        columns.append(successes.sum(axis=(1, 2)) - expected)
    return tuple(names), np.column_stack(columns) if columns else np.empty((len(market_z), 0))
