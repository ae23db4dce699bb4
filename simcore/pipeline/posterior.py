"""What a history says of how its deals go on: hazards by stage and age, segments, days, the market, new deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.special import gammaln

from simcore.pipeline.ages import at_risk, exits, smoothed
from simcore.pipeline.arrivals import ArrivalRhythm, arrival_rhythm
from simcore.pipeline.drifting_level import DriftingLevel, drifting_level
from simcore.pipeline.history import STILL, Floats, History, Ints, Visits, known_before
from simcore.pipeline.rhythm import EVEN, WEEK, Rhythm, rhythm

WINS, LOSSES, MOVES = 0, 1, 2
KINDS: Final = 3
"""Ways to leave a stage: each has its hazards, its rhythm and its factors of segments."""
LIKENESS: Final[Floats] = np.array([3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 10000.0])
"""How alike segments are: the shapes of the gamma law of their factors that are tried."""
RECENT_WEEKS: Final = 12
"""Weeks in which the shares of segments among new deals are counted."""
_KNOWLEDGE, _MARKET, _INFLOW = 1, 2, 3
"""Purposes of generators."""
NAIVE_DRAWS: Final = 5
CALLS: Final = 6
_ROUNDS: Final = 3
_LEAST_EXPECTED: Final = 0.5
_LIKELIEST: Final = 0.98
"""A chance of leaving on a day above this is counted as this: its hazard stays finite."""


class Draws(NamedTuple):
    """Parameters drawn from a posterior, one row a draw.

    Attributes
    ----------
    hazard
        Chances per day of a win, a loss or a move, of shape (draws, 3, stages, classes of age).
    factor
        What a segment's hazards are multiplied by, of shape (draws, 3, segments, stages).
    market
        Factor on wins of every week to come, of shape (draws, weeks).
    new
        New deals that are to be expected in every week to come, of the same shape.
    share
        Of the segments among new deals, of shape (draws, segments).
    """

    hazard: Floats
    factor: Floats
    market: Floats
    new: Floats
    share: Floats


class Seeds(NamedTuple):
    """The seed of each factor: what is not known, the market, the inflow of new deals, and luck."""

    knowledge: int
    market: int
    inflow: int
    luck: int

    @classmethod
    def of(cls, seed: int) -> Seeds:
        """Return the seeds of a forecast."""
        return cls(seed, seed, seed, seed)


def generator(seed: int, purpose: int, part: int = 0) -> np.random.Generator:
    """Return the generator of a purpose and a part of it: no two of one seed share a draw."""
    return np.random.Generator(np.random.Philox(key=[seed % 2**64, purpose << 32 | part]))


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What was learned from all that was known before a day.

    Attributes
    ----------
    visits
        What was known.
    first
        First day of the history.
    shape, rate
        Of the hazards, of shape (3, stages, classes of age): each is Gamma(shape, 1 / rate).
    seen
        Events by kind and stage, of shape (3, stages): how well a whole row of hazards is known.
    next_stage
        Chance of every next stage, if a deal moves on, of shape (stages, stages).
    likeness
        Shape of the gamma law of a segment's factor, by kind.
    segment_events, segment_expected
        What its posterior is made of, of shape (3, segments, stages).
    rhythms
        Of wins, losses and moves.
    arrival_rhythm
        Shares of the weekdays among the new deals of a week without holidays.
    market, inflow
        Levels of the wins over what is expected, and of new deals over their mean.
    inflow_mean
        New deals a week in the mean of the history.
    recent
        New deals of the last weeks by segment.
    starts
        Chance of every stage to be a deal's first.
    weekly_wins, weekly_expected
        Of whole weeks before the day, the last one at the end.
    """

    visits: Visits
    first: int
    shape: Floats
    rate: Floats
    seen: Floats
    next_stage: Floats
    likeness: Floats
    segment_events: Floats
    segment_expected: Floats
    rhythms: tuple[Rhythm, Rhythm, Rhythm]
    arrival_rhythm: ArrivalRhythm
    market: DriftingLevel
    inflow: DriftingLevel
    inflow_mean: float
    recent: Floats
    starts: Floats
    weekly_wins: Floats
    weekly_expected: Floats

    def draws(self, count: int, weeks: int, seeds: Seeds, part: int = 0) -> Draws:
        """Draw parameters, and how market and inflow go on for some weeks.

        Parameters
        ----------
        count
            Draws.
        weeks
            Weeks to come.
        seeds
            Each factor has a seed of its own, so that one can be held while the others are drawn anew.
        part
            Which of several parts with the same seeds.
        """
        random = generator(seeds.knowledge, _KNOWLEDGE, part)
        shape = np.broadcast_to(np.maximum(self.shape, 1e-9), (count, *self.shape.shape))
        hazard = np.where(self.shape > 0.0, random.standard_gamma(shape) / self.rate, 0.0)
        # Ages borrow from one another; how well their common level is known follows from all of their events.
        level = random.standard_gamma(np.broadcast_to(self.seen + 0.5, (count, *self.seen.shape))) / (self.seen + 0.5)
        hazard *= level[..., None]
        likeness = self.likeness[:, None, None]
        known = self.segment_events + likeness
        factor = random.standard_gamma(np.broadcast_to(known, (count, *known.shape)))
        factor /= self.segment_expected + likeness
        if len(self.visits.history.segments) == 1:
            factor[:] = 1.0
        inflow = generator(seeds.inflow, _INFLOW, part)
        share = inflow.dirichlet(self.recent + 0.5, count)
        return Draws(
            hazard=hazard,
            factor=factor,
            market=self.market.paths(weeks, count, generator(seeds.market, _MARKET, part)),
            new=self.inflow_mean * self.inflow.paths(weeks, count, inflow),
            share=share,
        )


def learn(history: History, day: int) -> Posterior:
    """Learn from all that was known at the end of the day before ``day``."""
    visits = known_before(history, day)
    first = int(visits.entered.min())
    days = np.arange(first, day, dtype=np.int64)
    risk = at_risk(visits, first).astype(np.float64)
    ways = (visits.won,), (visits.lost,), tuple(range(len(history.stages)))
    events = np.array([exits(visits, first, kinds) for kinds in ways]).astype(np.float64)
    rhythms, factors = _rhythms(days, events, risk, history.holidays)
    exposure = np.array([np.tensordot(factor, risk, axes=1) for factor in factors])
    counts = events.sum(axis=1)
    shape, rate = _posterior_of_hazards(counts, exposure, risk.sum(axis=0))
    mean = shape / rate
    segment_events, segment_expected = _by_segment(visits, first, factors, mean, ways)
    wins, expected = _weekly(events[WINS], risk, factors[WINS])
    inflow = _new_by_week(visits, first)
    weekly = inflow.sum(axis=1)
    arriving = arrival_rhythm(visits.entered[visits.first], days, history.holidays)
    part = arriving.parts_of_weeks(days)
    typical = max(float(weekly.mean()) / float(part.mean()), _LEAST_EXPECTED)
    usable = expected > _LEAST_EXPECTED
    return Posterior(
        visits=visits,
        first=first,
        shape=shape,
        rate=rate,
        seen=counts.sum(axis=-1),
        next_stage=_next_stages(visits),
        likeness=np.array([_likeness(segment_events[k], segment_expected[k]) for k in range(KINDS)]),
        segment_events=segment_events,
        segment_expected=segment_expected,
        rhythms=rhythms,
        arrival_rhythm=arriving,
        market=drifting_level(wins[usable], expected[usable]),
        inflow=drifting_level(weekly, typical * part),
        inflow_mean=typical,
        recent=inflow[-RECENT_WEEKS:].sum(axis=0),
        starts=np.bincount(visits.stage[visits.first], minlength=len(history.stages)) / max(visits.first.sum(), 1),
        weekly_wins=wins,
        weekly_expected=expected,
    )


def _rhythms(days: Ints, events: Floats, risk: Floats, holidays: Ints) -> tuple[tuple[Rhythm, Rhythm, Rhythm], Floats]:
    """Return the rhythm of every kind and its factors, of shape (3, days)."""
    found: list[Rhythm] = []
    factors = np.ones((KINDS, len(days)))
    for kind in range(KINDS):
        by_day, counts = events[kind].sum(axis=(1, 2)), events[kind].sum(axis=0)
        kept = EVEN
        for _ in range(_ROUNDS):
            shape, rate = smoothed(counts, np.tensordot(factors[kind], risk, axes=1))
            expected = np.tensordot(risk, shape / rate, axes=2)
            kept = rhythm(days, by_day, expected, closing=kind == WINS, holidays=holidays)
            factors[kind] = kept.factors(days)
        found.append(kept)
    return (found[0], found[1], found[2]), factors


def _posterior_of_hazards(counts: Floats, exposure: Floats, risk: Floats) -> tuple[Floats, Floats]:
    """Return shapes and rates; who leaves on a day was at risk for a part of it alone."""
    chance = np.minimum(counts.sum(axis=0) / np.maximum(risk, 1.0), _LIKELIEST)
    part = np.where(chance > 0.0, -np.log1p(-chance) / np.where(chance > 0.0, chance, 1.0), 1.0)
    return smoothed(counts, exposure / part)


def _by_segment(
    visits: Visits, first: int, factors: Floats, mean: Floats, ways: tuple[tuple[int, ...], ...]
) -> tuple[Floats, Floats]:
    """Return events and expected events by kind, segment and stage."""
    stages, segments = len(visits.history.stages), len(visits.history.segments)
    events, expected = np.zeros((KINDS, segments, stages)), np.zeros((KINDS, segments, stages))
    for segment in range(segments):
        chosen = visits.segment == segment
        risk = at_risk(visits, first, chosen).astype(np.float64)
        for kind in range(KINDS):
            exposure = np.tensordot(factors[kind], risk, axes=1)
            expected[kind, segment] = (mean[kind] * exposure).sum(axis=-1)
            ended = chosen & np.isin(visits.end, ways[kind])
            events[kind, segment] = np.bincount(visits.stage[ended], minlength=stages)
    return events, expected


def _likeness(events: Floats, expected: Floats) -> float:
    """Return the shape of the gamma law of segments' factors that makes their events likeliest (empirical Bayes)."""
    y, e = events[expected > 0.0], expected[expected > 0.0]
    a = LIKENESS[:, None]
    terms = gammaln(y + a) - gammaln(a) + a * np.log(a / (a + e)) + y * np.log(e / (a + e))
    # Half normal about segments that are alike: one over the square root of the shape is their spread.
    return float(LIKENESS[np.argmax(terms.sum(axis=1) - 0.5 / (0.5**2 * LIKENESS))])


def _weekly(events: Floats, risk: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Return wins and expected wins of whole weeks; those of a week are learned from the others."""
    weeks = len(factor) // WEEK
    skipped = len(factor) - weeks * WEEK
    cells = (weeks, WEEK, *risk.shape[1:])
    won = events[skipped:].reshape(cells).sum(axis=1)
    exposed = (factor[skipped:, None, None] * risk[skipped:]).reshape(cells).sum(axis=1)
    others = events.sum(axis=0) - won
    shape, rate = smoothed(others, np.tensordot(factor, risk, axes=1) - exposed)
    return won.sum(axis=(1, 2)), (exposed * shape / rate).sum(axis=(1, 2))


def _new_by_week(visits: Visits, first: int) -> Floats:
    """Return the new deals of whole weeks by segment, of shape (weeks, segments)."""
    new = visits.first
    weeks = (visits.day - first) // WEEK
    week = weeks - 1 - (visits.day - 1 - visits.entered[new]) // WEEK
    segments = len(visits.history.segments)
    kept = week >= 0
    cell = week[kept] * segments + visits.segment[new][kept]
    return np.bincount(cell, minlength=weeks * segments).reshape(weeks, segments).astype(np.float64)


def _next_stages(visits: Visits) -> Floats:
    """Return the chance of every next stage, by stage."""
    stages = len(visits.history.stages)
    moved = (visits.end != STILL) & (visits.end < stages)
    counts = np.bincount(visits.stage[moved] * stages + visits.end[moved], minlength=stages**2).reshape(stages, stages)
    chances: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return chances
