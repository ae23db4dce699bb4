"""The longest run of failures: enumeration, Schilling's counts, the approximation for long sequences."""

from __future__ import annotations

from itertools import product
from math import log, pi, sqrt

import numpy as np
import pytest

from simcore.studies.luck.longest_runs import at_least, longest_run

EULER = 0.5772156649015329
SCHILLING = {3: (1, 2, 4, 8, 15, 29, 56, 108, 208)}
"""Sequences of n tosses, n = 0 .. 8, with no run of heads longer than x (Schilling 1990, The longest run of heads)."""


def test_every_sequence_of_trials_that_differ() -> None:
    success = np.array([0.3, 0.6, 0.1, 0.5, 0.25, 0.8, 0.4, 0.05])
    expected = np.zeros(len(success) + 2)
    for outcome in product((False, True), repeat=len(success)):
        chance = float(np.prod(np.where(outcome, success, 1.0 - success)))
        longest = max(len(run) for run in "".join("x" if won else "-" for won in outcome).split("x"))
        expected[: longest + 1] += chance
    found = longest_run(success)
    assert found.at_least == pytest.approx(expected[:-1])
    assert found.mean == pytest.approx(expected[1:].sum())


@pytest.mark.parametrize(("x", "counts"), SCHILLING.items())
def test_schillings_counts_of_fair_coins(x: int, counts: tuple[int, ...]) -> None:
    for n, count in enumerate(counts):
        assert 2**n * (1.0 - at_least(np.full(n, 0.5), x + 1)) == pytest.approx(count)


@pytest.mark.parametrize(("n", "p"), [(3000, 0.1), (5000, 0.04), (20000, 0.2)])
def test_long_sequences_are_as_gordon_schilling_and_waterman_say(n: int, p: float) -> None:
    """Mean log_(1/f)(n p) + gamma / lambda - 1/2, variance pi^2 / (6 lambda^2) + 1/12 (Gordon and others 1986)."""
    rate = -log(1.0 - p)
    found = longest_run(np.full(n, p))
    spread = np.diff(np.append(-found.at_least, 0.0))
    lengths = np.arange(len(spread))
    sd = sqrt(float(spread @ lengths**2) - float(spread @ lengths) ** 2)
    # The approximation leaves out that a run near the ends is cut: 1 in n p f^x.
    assert found.mean == pytest.approx(log(n * p) / rate + EULER / rate - 0.5, rel=0.015)
    assert sd == pytest.approx(sqrt(pi**2 / (6.0 * rate**2) + 1.0 / 12.0), rel=0.08)


def test_quantiles_and_extremes() -> None:
    found = longest_run(np.full(52, 0.6325))
    below = np.flatnonzero(1.0 - np.append(found.at_least[1:], 0.0) >= 0.95)[0]
    assert found.quantile(0.95) == below
    assert longest_run(np.zeros(4)).at_least.tolist() == [1.0] * 5
    assert longest_run(np.ones(4)).mean == 0.0
    assert longest_run(np.empty(0)).mean == 0.0
