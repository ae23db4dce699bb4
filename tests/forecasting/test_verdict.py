"""Verdicts: right at their rates on windows that cover as often as promised, and caught where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.forecasting.verdict import verdict


def _said(covers: float, seed: int, origins: int = 30, segments: int = 3) -> str:
    random = np.random.default_rng(seed)
    covered = (random.random((origins, segments)) < covers).tolist()
    return verdict(covered, random.normal(size=origins).tolist(), 0.9, 1)


def test_what_covers_as_promised_is_called_calibrated() -> None:
    told = [_said(0.9, seed) for seed in range(200)]
    assert sum(each.startswith("calibrated") for each in told) >= 180


@pytest.mark.parametrize(("covers", "words"), [(0.6, "surprised too often"), (1.0, "wider than they need be")])
def test_what_covers_otherwise_is_told(covers: float, words: str) -> None:
    told = [_said(covers, seed) for seed in range(50)]
    assert sum(each.startswith(words) for each in told) >= 48


def test_few_windows_tell_nothing() -> None:
    assert verdict([[False]] * 7, [1.0] * 7, 0.9, 1) == "too few windows to tell (7)"
    assert verdict([[False]] * 28, [1.0] * 28, 0.9, 4) == "too few windows to tell (7)"


def test_errors_to_one_side_are_told() -> None:
    covered = [[True]] * 5 + [[False]] * 9
    errors = [1.0, -1.0] * 4 + [-1.0] * 6
    assert verdict(covered, errors, 0.9, 1) == "surprised too often: 9 of 14; the last 7 were all too low"
    assert verdict(covered, [1.0, -1.0] * 7, 0.9, 1) == "surprised too often: 9 of 14"
