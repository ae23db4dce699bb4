"""Pipelines with made-up laws, for the kernels and for their twin."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcore.kernels import pipeline
from simcore.random.philox import split_seed
from tests.twin import pipeline as twin

SEED, FIRST, DAYS, WEEKS, SEGMENTS, STAGES, CLASSES = 2**40 + 7, 3, 24, 4, 2, 3, 5


def law_of(random: np.random.Generator, replications: int) -> dict[str, Any]:
    """Return parameters of some replications."""
    shape = (replications, 3, STAGES, CLASSES)
    hazard = random.gamma(0.6, 0.1, shape) * (random.random(shape) < 0.8)
    next_stage = random.dirichlet(np.ones(STAGES), STAGES + 1)
    return {
        "hazard": hazard,
        "factor": random.gamma(4.0, 0.25, (replications, 3, SEGMENTS, STAGES)),
        "market": random.gamma(4.0, 0.25, (replications, WEEKS)),
        "new": random.gamma(2.0, 4.0, (replications, WEEKS)),
        "share": random.dirichlet(np.ones(SEGMENTS), replications),
        "rhythm": random.gamma(2.0, 0.5, (3, DAYS)),
        "next_stage": next_stage,
        "arrival_rhythm": random.dirichlet(np.ones(7), WEEKS).reshape(-1)[:DAYS],
        "class_of_age": np.array([0, 1, 2, 2, 3, 3, 3, 4]),
    }


def deals_of(random: np.random.Generator, count: int) -> dict[str, Any]:
    """Return open deals."""
    return {
        "number": 10 + random.permutation(count).astype(np.int64),
        "stage": random.integers(0, STAGES, count),
        "segment": random.integers(0, SEGMENTS, count),
        "age": random.integers(0, 12, count),
        "value": random.random(count),
    }


def played(law: dict[str, Any], deals: dict[str, Any], kernels: Any = pipeline) -> tuple[Any, Any, Any]:  # noqa: ANN401
    """Return the wins and values of open deals, and which are won."""
    replications = len(law["hazard"])
    wins = np.zeros((replications, SEGMENTS, WEEKS), dtype=np.int64)
    values = np.zeros((replications, SEGMENTS, WEEKS))
    won = np.zeros((replications, len(deals["number"])), dtype=np.bool_)
    laws = law["hazard"], law["factor"], law["market"], law["rhythm"], law["next_stage"], law["class_of_age"]
    table = np.array([deals[name] for name in ("number", "stage", "segment", "age")])
    pace = np.empty_like(law["rhythm"])
    kernels.play_open(split_seed(SEED), FIRST, table, deals["value"], *laws, pace, wins, values, won)
    return wins, values, won


def expected_of(law: dict[str, Any], kernels: Any = pipeline) -> Any:  # noqa: ANN401
    """Return the wins that are to be expected of new deals."""
    wins = np.zeros((len(law["hazard"]), SEGMENTS, WEEKS))
    laws = law["hazard"], law["factor"], law["market"], law["rhythm"], law["next_stage"]
    memory = np.empty((3, DAYS)), np.empty((STAGES, DAYS)), np.empty((3, STAGES, CLASSES)), np.empty((2, STAGES))
    kernels.expect_new(law["new"], law["share"], *laws, law["arrival_rhythm"], law["class_of_age"], *memory, wins)
    return wins


def twin_of(law: dict[str, Any], row: int) -> twin.Law:
    """Return the parameters of a replication as the twin has them."""
    hazard, factor, market = (law[name][row].tolist() for name in ("hazard", "factor", "market"))
    shared = (law[name].tolist() for name in ("rhythm", "next_stage", "class_of_age"))
    return twin.Law(hazard, factor, market, *shared)
