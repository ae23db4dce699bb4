"""Waits from a table of hours: the same as those that are worked out, at every word."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.kernels.reacting.items import lag_tabulated
from simcore.kernels.rows import waits
from simcore.program.layout import GAMMA, LOGNORMAL, Lags
from tests.support.both_engines import compiled
from tests.support.scenario_cases import chain, scenario

STEP = 2
LAWS = {
    "gamma": {"mean": "2w", "cv": 0.5},
    "a narrow gamma": {"mean": "9h", "cv": 0.05},
    "a wide gamma": {"mean": "13w", "cv": 3},
    "log-normal": {"median": "6w", "p90": "15w"},
    "a wide log-normal": {"median": "1h", "p90": "90w"},
    "a narrow log-normal": {"median": "52w", "p90": "53w"},
}
RANDOM = np.random.default_rng(5)


def lags_of(law: str) -> Lags:
    case = scenario(funnel=chain([1] * 3, **{f"s{STEP}": {"lag": LAWS[law]}}))
    lags: Lags = compiled(case).lags
    assert lags.kind[STEP] in {GAMMA, LOGNORMAL}
    return lags


def words_of(lags: Lags) -> np.ndarray:
    """Return words at random, on both sides of the edges of cells, and about those with which a wait grows."""
    edges = np.arange(waits.CELLS, dtype=np.int64) << waits.CELL_BITS
    low, high = edges[:-1], edges[1:]
    grows = waits.waits_of(lags, STEP, low.astype(np.uint32)) < waits.waits_of(lags, STEP, high.astype(np.uint32))
    low, high = low[grows], high[grows]
    longest = waits.waits_of(lags, STEP, high.astype(np.uint32))
    for _ in range(waits.CELL_BITS):
        middle = (low + high) >> 1
        reached = waits.waits_of(lags, STEP, middle.astype(np.uint32)) >= longest
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    about = (high[:, None] + np.arange(-20, 20)).ravel()
    ends = np.array([0, 1, 2**32 - 2, 2**32 - 1])
    anywhere = RANDOM.integers(0, 2**32, 30_000)
    return np.concatenate([anywhere, edges, edges[1:] - 1, about, ends]).clip(0, 2**32 - 1).astype(np.uint32)


@pytest.mark.parametrize("law", LAWS)
def test_a_table_has_the_waits_that_are_worked_out(law: str) -> None:
    lags = lags_of(law)
    words = words_of(lags)
    n = len(words)
    now = RANDOM.integers(0, 1000, n).astype(np.int32)
    expected, found, tables = np.empty(n, np.int64), np.empty(n, np.int64), waits.HourTables(lags)
    waits.wait(lags, STEP, n, words, now, expected)
    tables.table(STEP, waits.WORTH)
    tables.wait(STEP, n, words, now, found)
    assert (found == expected).all()
    table = tables.table(STEP, n)
    assert table is not None
    lag = np.empty(n)
    others = tables.others(lag_tabulated(n, table, words, lag, tables.room))
    known = np.setdiff1d(np.arange(n), others)
    assert (lag[known] == (expected - now)[known]).all()
    anywhere = others[others < 30_000]
    assert len(anywhere) < 0.25 * 30_000


def test_a_table_that_trusts_the_first_word_of_a_cell_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lags = lags_of("gamma")
    words = words_of(lags)
    n, now = len(words), np.zeros(len(words), np.int32)
    expected, found = np.empty(n, np.int64), np.empty(n, np.int64)
    waits.wait(lags, STEP, n, words, now, expected)
    first = waits.waits_of(lags, STEP, (np.arange(waits.CELLS) << waits.CELL_BITS).astype(np.uint32))
    monkeypatch.setattr(waits, "hour_table", lambda *_: first.astype(np.int16))
    tables = waits.HourTables(lags)
    tables.table(STEP, waits.WORTH)
    tables.wait(STEP, n, words, now, found)
    assert (found != expected).any()


def test_few_waits_have_no_table() -> None:
    tables = waits.HourTables(lags_of("gamma"))
    assert tables.table(STEP, waits.WORTH - 1) is None
    assert tables.table(STEP, 1) is not None
    assert tables.table(1, 2 * waits.WORTH) is None
