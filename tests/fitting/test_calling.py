"""What a log of calls tells of the first step, and when it is left out."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.crm.columns import Calls, Labels
from simcore.fitting.calling import calling_of
from simcore.fitting.counts import Weekly

WEEKS = 30


def _log(successes: int, *, reps: int = 6, timed: bool = True) -> Calls:
    """Return a row for each rep and day: 40 calls, and one success each so many rows."""
    days = np.repeat(np.datetime64("2026-01-01", "s") + np.arange(7 * WEEKS) * np.timedelta64(86400, "s"), reps)
    rows = len(days)
    rep = Labels(np.tile(np.arange(reps, dtype=np.int32), 7 * WEEKS), tuple("abcdef"[:reps]))
    won = np.where(np.arange(rows) % 5 == 0, successes, 0)
    at = days if timed else np.full(rows, np.datetime64("NaT", "s"))
    return Calls(np.arange(rows), at, rep, np.full(rows, 40), won, np.full(rows, -1))


def _inflow(per_week: int) -> Weekly:
    return Weekly(np.full(WEEKS, per_week), 0, np.full(10, float(per_week)), np.full(10, 0.1))


def test_calls_of_a_seat_and_the_share_that_succeeds() -> None:
    found, why = calling_of(_log(1), _inflow(8), 6, 400, np.random.default_rng(1))
    assert why is None
    assert found is not None
    assert found.per_week == 280.0
    low, high = np.quantile(found.rate, (0.05, 0.95))
    assert low < 0.005 < high < 0.008
    assert found.rep_cv is not None


@pytest.mark.parametrize(
    ("log", "per_week", "words"),
    [
        (_log(1), 30, "the first step is left out"),
        (_log(3), 8, "the first step is left out"),
        (_log(1, timed=False), 8, "no times"),
        (_log(0), 8, "too few"),
    ],
)
def test_a_log_that_does_not_fit_is_left_out(log: Calls, per_week: int, words: str) -> None:
    found, why = calling_of(log, _inflow(per_week), 6, 100, np.random.default_rng(1))
    assert found is None
    assert words in (why or "")


def test_two_reps_do_not_tell_how_reps_differ() -> None:
    found, _ = calling_of(_log(1, reps=2), _inflow(3), 2, 100, np.random.default_rng(1))
    assert found is not None
    assert found.rep_cv is None
