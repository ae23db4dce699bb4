"""Intervals of a fit hold the truth as often as they promise, over worlds of a known scenario."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from simcore.fitting.figures import figures_of
from simcore.fitting.learned import learn_scenario
from tests.support.fit_worlds import Truth, known_world


class _NoCalls:
    calls = None


def _ranks(truth: Truth, worlds: int, draws: int = 300) -> dict[str, list[float]]:
    """Return where among its draws the truth of every figure lies, world by world."""
    found: dict[str, list[float]] = defaultdict(list)
    figures = truth.figures()
    for seed in range(worlds):
        learned = learn_scenario(_NoCalls, known_world(truth, 1000 + seed), draws, seed)  # type: ignore[arg-type]
        for figure in figures_of(learned):
            if figure.path in figures:
                found[figure.path].append(float((figure.draws < figures[figure.path]).mean()))
    return found


def test_intervals_hold_the_truth_in_some_worlds() -> None:
    """Of the 16 figures or more of 2 worlds, 90 % lie in their intervals; fewer than 3 in 4 seldom do."""
    ranks = _ranks(Truth(weeks=40, per_week=15.0), 2, draws=200)
    held = [0.05 <= rank <= 0.95 for each in ranks.values() for rank in each]
    assert len(held) >= 32
    assert sum(held) / len(held) > 0.75


@pytest.mark.long
@pytest.mark.parametrize("lost_lags", [True, False])
def test_intervals_hold_the_truth_at_their_rate(*, lost_lags: bool) -> None:
    """Of 200 worlds 90 % are held, give or take 2.1 points; less where the law is chosen by the data."""
    truth = Truth() if lost_lags else Truth(lost_lags=None)
    for path, ranks in _ranks(truth, 200).items():
        held = np.mean([0.05 <= rank <= 0.95 for rank in ranks])
        least = 0.70 if path == "deal.cv" else 0.76 if "lag" in path else 0.83
        assert held > least, path
        print(f"{path}: {100 * held:.0f} % of {len(ranks)}")
