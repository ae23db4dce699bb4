"""Posterior predictive checks: what was seen, held against worlds that the fitted model makes.

Each check draws parameters from the posterior and makes with them what was seen, as often as it takes to tell how
unlike the model what was seen is (Gelman, Meng and Stern 1996, Statistica Sinica 6, 733-760). It is a check of the
model, not of the figures: a p-value near 0 or 1 says that the model hardly ever shows such data, whatever its
parameters.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.fitting.counts import Weekly
from simcore.fitting.document import ModelCheck
from simcore.fitting.learned import Learned, LearnedStep
from simcore.fitting.paths import PASSED, STILL
from simcore.fitting.spread import LEAST_REPS
from simcore.fitting.waits import Law, at_most
from simcore.pipeline.history import Floats, Ints
from simcore.pipeline.posterior import generator
from simcore.pipeline.rhythm import WEEK

CHECKING: Final = 8
"""The purpose of the generator of checks."""
_WORLDS: Final = 200
_BINS: Final = 6
_LEAST: Final = 20
_LEAST_WEEKS: Final = 8
_MIDWEEK: Final = 3
_DECIDED: Final = 0.9
"""Share of the items of a week that must be decided for the week to count."""


def model_checks(learned: Learned, seed: int) -> list[ModelCheck]:
    """Return the checks of waits, of reps and of weekly counts."""
    random = generator(seed, CHECKING)
    owner = learned.known.owner
    found = []
    for step in learned.steps:
        found += _waits(step, learned.day, random, working_days=learned.days_per_week < WEEK)
        if owner is not None and step.rep_cv is not None:
            found += _reps(step, owner, random)
    found += _decided(learned, random)
    found += _arrivals(learned.inflow, random)
    return found


def _chosen(draws: int, random: np.random.Generator) -> Ints:
    """Return the draw whose parameters each world has."""
    return random.integers(draws, size=_WORLDS)


def _check(name: str, observed: float, worlds: Floats) -> ModelCheck:
    low, high = np.quantile(worlds, (0.05, 0.95))
    # Ties count by half: many statistics are of whole numbers.
    above = float((worlds > observed).mean() + 0.5 * (worlds == observed).mean())
    return ModelCheck(name=name, p_value=above, observed=float(observed), low=float(low), high=float(high))


def _paired(name: str, observed: Floats, worlds: Floats) -> ModelCheck:
    """Return a check whose measure depends on the parameters: both are compared draw by draw."""
    low, high = np.quantile(worlds, (0.05, 0.95))
    above = float((worlds > observed).mean())
    return ModelCheck(name=name, p_value=above, observed=float(observed.mean()), low=float(low), high=float(high))


def _waits(learned: LearnedStep, day: int, random: np.random.Generator, *, working_days: bool) -> list[ModelCheck]:
    """Hold how many passed, and were lost, after waits of which length, against what was to be expected."""
    step = learned.step
    decided = step.wait[step.ended != STILL]
    if len(decided) < _LEAST:
        return []
    edges = np.unique(np.quantile(decided, np.arange(1, _BINS) / _BINS).astype(np.int64))
    if working_days and edges[-1] > _MIDWEEK:
        # Where nothing happens on weekends, whole weeks are frequent waits: bins end between them.
        edges = np.unique(_MIDWEEK + WEEK * np.maximum(np.round((edges - _MIDWEEK) / WEEK).astype(np.int64), 0))
    window = day - 1 - step.entered
    groups, size = np.unique(np.stack((window, step.seen_from)), axis=1, return_counts=True)
    bins = np.searchsorted(edges, step.wait, side="left")
    cells = len(edges) + 1
    cell = np.where(step.ended == STILL, 2 * cells, np.where(step.ended == PASSED, bins, cells + bins))
    observed = np.bincount(cell, minlength=2 * cells + 1).astype(np.float64)
    chosen = _chosen(len(learned.rate), random)
    ours, theirs = np.empty(len(chosen)), np.empty(len(chosen))
    for world, draw in enumerate(chosen):
        chance = _chances(learned, int(draw), groups[0], groups[1], edges)
        expected = np.maximum(size @ chance, 1e-6)
        made = random.multinomial(size, chance).sum(axis=0)
        ours[world] = ((observed - expected) ** 2 / expected).sum()
        theirs[world] = ((made - expected) ** 2 / expected).sum()
    return [_paired(f"waits in {step.name}", ours, theirs)]


def _chances(learned: LearnedStep, draw: int, window: Ints, seen_from: Ints, edges: Ints) -> Floats:
    """Return the chance of every cell for items of every window: passed by bin, lost by bin, open."""
    fitted = learned.fitted
    rate = 1.0 / (1.0 + np.exp(-learned.waits[draw, 0]))
    laws: list[tuple[Law, Floats]] = [(fitted.law, learned.waits[draw, 1:3])]
    laws.append(laws[0] if fitted.lost_law is None else (fitted.lost_law, learned.waits[draw, 3:5]))
    ends = np.minimum(np.append(edges, np.iinfo(np.int32).max)[None, :], window[:, None]) + 0.5
    first = np.maximum(seen_from - 0.5, 0.0)[:, None]
    ends = np.concatenate((first, np.maximum(ends, first)), axis=1)
    parts = []
    for chance, (law, parameters) in zip((rate, 1.0 - rate), laws, strict=True):
        reached = at_most(law, ends.ravel(), parameters[:1, None], parameters[1:, None]).reshape(ends.shape)
        parts.append(chance * np.diff(reached, axis=1))
    found = np.concatenate(parts, axis=1)
    there = 1.0 - sum(
        chance * at_most(law, first.ravel(), parameters[:1, None], parameters[1:, None]).ravel()
        for chance, (law, parameters) in zip((rate, 1.0 - rate), laws, strict=True)
    )
    found /= np.maximum(there, 1e-12)[:, None]
    still = np.maximum(1.0 - found.sum(axis=1, keepdims=True), 0.0)
    found = np.concatenate((found, still), axis=1)
    whole: Floats = found / found.sum(axis=1, keepdims=True)
    return whole


def _reps(learned: LearnedStep, owner: Ints, random: np.random.Generator) -> list[ModelCheck]:
    """Hold how much the shares of reps that pass differ against what the spread of the model makes."""
    step, cv = learned.step, learned.rep_cv
    decided = step.take((step.ended != STILL) & (owner[step.deal] >= 0))
    who, place = np.unique(owner[decided.deal], return_inverse=True)
    if len(who) < LEAST_REPS or cv is None:
        return []
    items = np.bincount(place)
    passed = np.bincount(place, decided.ended == PASSED)
    worlds = np.empty(_WORLDS)
    for world, draw in enumerate(_chosen(len(cv), random)):
        rate = float(learned.rate[draw])
        number = max((1.0 - rate) / (rate * max(float(cv[draw]), 0.003) ** 2) - 1.0, 0.125)
        own = random.beta(rate * number, (1.0 - rate) * number, len(who))
        worlds[world] = _unlike(random.binomial(items, own).astype(np.float64), items)
    return [_check(f"spread of reps in {step.name}", _unlike(passed.astype(np.float64), items), worlds)]


def _unlike(passed: Floats, items: Ints) -> float:
    """Return the chi-square of shares that should be alike."""
    share = min(max(float(passed.sum() / items.sum()), 1e-6), 1.0 - 1e-6)
    return float(((passed - items * share) ** 2 / (items * share * (1.0 - share))).sum())


def _decided(learned: Learned, random: np.random.Generator) -> list[ModelCheck]:
    """Hold how much the share of wins differs from week to week against what the market makes."""
    market, last = learned.market, learned.steps[-1]
    if market is None:
        return []
    step = last.step
    decided = step.ended != STILL
    if last.fitted.lost_law is None:
        kept = step.take(decided)
        week = (learned.day - 1 - kept.entered - kept.wait) // WEEK
    else:
        # The market acts when an item comes: of the last weeks only the quick ones are decided.
        came = (learned.day - 1 - step.entered) // WEEK
        whole = np.bincount(came, decided) >= _DECIDED * np.bincount(came)
        first = int(np.argmax(whole[: max(len(whole) - 1, 1)]))
        kept = step.take(decided & (came >= first))
        week = (learned.day - 1 - kept.entered) // WEEK - first
    weeks = int(week.max()) + 1
    items = np.bincount(week, minlength=weeks)
    won = np.bincount(week, kept.ended == PASSED, weeks)
    busy = items > 0
    worlds = np.empty(_WORLDS)
    for world, draw in enumerate(_chosen(len(last.rate), random)):
        sd, persistence = float(market.size[draw]), float(market.persistence[draw])
        level = 0.0 if market.stays else sd * random.normal()
        step_size = sd if market.stays else sd * np.sqrt(1.0 - persistence**2)
        path = np.empty(weeks)
        for place in range(weeks):
            path[place] = level
            level = persistence * level + step_size * random.normal()
        path -= path.mean() if market.stays else 0.5 * sd**2
        rate = np.minimum(float(last.rate[draw]) * np.exp(path), 1.0)
        worlds[world] = _unlike(random.binomial(items, rate)[busy].astype(np.float64), items[busy])
    return [_check("share of wins by week", _unlike(won[busy].astype(np.float64), items[busy]), worlds)]


def _arrivals(inflow: Weekly, random: np.random.Generator) -> list[ModelCheck]:
    """Hold how new deals vary between the weeks, and how weeks follow one another, against what the model makes."""
    counts = inflow.counts[inflow.since :].astype(np.float64)
    if len(counts) < _LEAST_WEEKS or counts.std() == 0.0:
        return []
    varied, followed = np.empty(_WORLDS), np.empty(_WORLDS)
    for world, draw in enumerate(_chosen(len(inflow.mean), random)):
        shape = max(float(inflow.cv[draw]), 1e-3) ** -2.0
        means = inflow.mean[draw] * random.gamma(shape, 1.0 / shape, len(counts))
        made = random.poisson(means).astype(np.float64)
        varied[world], followed[world] = _varied(made), _followed(made)
    return [
        _check("new deals, how they vary by week", _varied(counts), varied),
        _check("new deals, how weeks follow one another", _followed(counts), followed),
    ]


def _varied(counts: Floats) -> float:
    return float(counts.var() / max(counts.mean(), 1e-9))


def _followed(counts: Floats) -> float:
    """Return the correlation of a week with the next."""
    about = counts - counts.mean()
    whole = float((about**2).sum())
    return float((about[1:] * about[:-1]).sum() / whole) if whole > 0.0 else 0.0
