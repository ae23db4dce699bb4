"""What documents say at 100 replications holds: all figures of runs, of paired differences, of sweeps and of channels.

Intervals of 95 % cover, their misses fall on both sides, the mean over seeds is the truth, and the estimates spread as
the stated errors say, each seed being a document of its own, as a user gets it. A right program fails with a chance of
at most 1e-3, all figures and checks together. The suite takes a part of the documents and seeds. With a power of 0.99,
200 seeds find intervals that cover 79 % and errors that are 0.6 or 1.6 times the right ones, 30 seeds 45 % and 0.35 or
2.8 times; the 2,000 of `make long` find 91 % and 0.8 or 1.25 times.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.support.document_coverage import (
    DOCUMENTS,
    GIVEN,
    FigureOverSeeds,
    faults_by_figure,
    figures_over_seeds,
    truths,
)

FAMILY = 1e-3
CHECKS = 4
"""Of a figure: coverage, sides, mean, spread."""
LONG = 2000
SMALL = {"comparison": 200, "sweep": 30, "attribution": 30, "run": 30}
"""Seeds in the suite, by document."""
LEVEL = "against.0.contests.0.level"
"""The chance that two strategies have equal revenue in a world: 0.3 %, which most seeds never see."""
DIFFERENCES = {
    *(f"against.0.differences.{what}" for what in ("revenue", "p_quota", "dry_weeks", "calls")),
    *(f"against.0.sources.{part}.amount" for part in range(5)),
}


def rate() -> float:
    return FAMILY / (CHECKS * sum(map(len, truths().values())))


@cache
def small(document: str) -> dict[str, FigureOverSeeds]:
    return figures_over_seeds(document, "close", range(SMALL[document]))


@pytest.mark.parametrize("document", SMALL)
def test_figures_of_a_hundred_replications_cover_over_a_few_seeds(document: str) -> None:
    assert faults_by_figure(document, "close", small(document), rate()) == {}


@cache
def large(document: str, name: str) -> dict[str, FigureOverSeeds]:
    return figures_over_seeds(document, name, range(LONG))


@pytest.mark.long
@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_figures_of_a_hundred_replications_cover_over_many_seeds(document: str, name: str) -> None:
    assert faults_by_figure(document, name, large(document, name), rate()) == {}


def test_all_that_the_documents_estimate_is_held_against_a_truth() -> None:
    held = {key: set(figures) for key, figures in truths().items()}
    assert set(held) == {f"{document}, {name}" for document in DOCUMENTS for name in GIVEN}
    against = held["comparison, close"]
    assert {*DIFFERENCES, "against.0.differences.worst"} <= against
    assert set(small("sweep")) == held["sweep, close"]
    assert set(small("attribution")) == held["attribution, close"]


def changed(found: dict[str, FigureOverSeeds], low: float, high: float) -> dict[str, FigureOverSeeds]:
    """Return intervals of so many standard errors; where there is none, and so no bound, the figure is known."""
    se = {path: np.nan_to_num(each.se) for path, each in found.items()}
    return {
        path: each._replace(low=each.value - low * se[path], high=each.value + high * se[path])
        for path, each in found.items()
    }


def test_figures_of_what_was_never_seen_without_a_bound_are_caught() -> None:
    """Plant what stood here before: 1.96 standard errors, which are none where nothing was seen."""
    assert set(faults_by_figure("comparison", "close", changed(small("comparison"), 1.96, 1.96), rate())) == {LEVEL}


@pytest.mark.long
def test_intervals_that_stood_here_before_are_caught_over_many_seeds() -> None:
    """Plant 1.96 standard errors, for few worlds of a tail and lopsided figures too, and intervals to one side."""
    said = faults_by_figure("comparison", "close", changed(large("comparison", "close"), 1.96, 1.96), rate())
    assert {"strategies.0.figures.worst", LEVEL} <= set(said)
    said = faults_by_figure("comparison", "wide", changed(large("comparison", "wide"), 1.96, 1.96), rate())
    assert "against.0.differences.discount" in said
    said = faults_by_figure("comparison", "close", changed(large("comparison", "close"), 1.6, 6.0), rate())
    assert set(said) >= DIFFERENCES


def test_planted_faults_are_caught_in_every_difference() -> None:
    found = small("comparison")
    planted = {
        "short": changed(found, 1.2, 1.2),
        "off": {path: each._replace(value=each.value + 0.6 * each.se) for path, each in found.items()},
        "errors too small": {path: each._replace(se=0.6 * each.se) for path, each in found.items()},
        "errors too large": {path: each._replace(se=1.7 * each.se) for path, each in found.items()},
    }
    for fault, each in planted.items():
        assert set(faults_by_figure("comparison", "close", each, rate())) >= DIFFERENCES, fault
