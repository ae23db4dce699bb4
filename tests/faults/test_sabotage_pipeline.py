"""Bugs planted in the kernels of pipelines: the comparison with the twin tells each. They run without a compiler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.random.philox import split_seed
from tests.support.pipeline_cases import FIRST, SEED, SEGMENTS, WEEKS, deals_of, expected_of, law_of, played, twin_of
from tests.support.planted import Fault
from tests.support.uncompiled import change, engine
from tests.twin import pipeline as twin

FAULTS: dict[str, Fault] = {
    "no market for open deals": Fault(
        "open", "won", "pipeline._set_pace", "rhythm[0, day] * market[day // WEEK]", "rhythm[0, day]"
    ),
    "ages that stand still": Fault("open", "won", "pipeline._fate", "age += 1", "age += 0"),
    "who moves on keeps the age": Fault("open", "won", "pipeline._fate", "age = 0", "age = age"),
    "nobody leaves a stage on the day of the entry": Fault(
        "new", "expected", "pipeline._wins_of_day", "number * exits[2, stage, 0]", "0.0"
    ),
    "losses that stay": Fault(
        "new", "expected", "pipeline._set_exits", "hazard[1, stage, at_age] * losing", "0.0 * losing"
    ),
    "the factors of the first segment for all": Fault(
        "new", "expected", "pipeline.expect_new", "factor[row, :, segment]", "factor[row, :, 0]"
    ),
    "counts with the words of values": Fault(
        "counts", "counted", "pipeline.draw_new", "uint32(_COUNTS | part)", "uint32(part)"
    ),
    "large means cut off": Fault("counts", "counted", "pipeline.draw_new", "left -= PART_MEAN", "left = 0.0"),
    "values in the order of the file": Fault(
        "values", "worth", "pipeline.worth_of_new", "begin + int64(uniform32(words[place]) * count)", "begin"
    ),
}


def _open(kernels: Any) -> None:  # noqa: ANN401  (a copy of the module)
    random = np.random.default_rng(0)
    law, deals = law_of(random, 2), deals_of(random, 30)
    _, _, won = played(law, deals, kernels)
    for row in range(2):
        own = twin_of(law, row)
        for place in range(30):
            number, stage, segment, age = (int(deals[name][place]) for name in ("number", "stage", "segment", "age"))
            day = twin.day_of_win(own, SEED, number, FIRST + row, stage, segment, age)
            assert won[row, place] == (day is not None), "won"


def _new(kernels: Any) -> None:  # noqa: ANN401
    law = law_of(np.random.default_rng(10), 1)
    daily = law["arrival_rhythm"].tolist()
    wanted = twin.wins_of_new(twin_of(law, 0), law["new"][0].tolist(), law["share"][0].tolist(), daily)
    assert np.allclose(expected_of(law, kernels)[0], wanted, rtol=1e-6), "expected"


def _counts(kernels: Any) -> None:  # noqa: ANN401
    expected = np.array([[[0.4, 12.5, 99.9, 130.0], [100.0, 3.0, 7.0, 250.0]]])
    wins = np.zeros(expected.shape, dtype=np.int64)
    kernels.draw_new(split_seed(SEED), FIRST, expected, wins)
    wanted = [twin.won(SEED, FIRST, block, float(mean)) for block, mean in enumerate(expected.reshape(-1))]
    assert wins.reshape(-1).tolist() == wanted, "counted"


def _values(kernels: Any) -> None:  # noqa: ANN401
    wins, values = np.full((1, SEGMENTS, WEEKS), 6), np.zeros((1, SEGMENTS, WEEKS))
    worths = np.arange(1.0, 8.0)
    kernels.worth_of_new(split_seed(SEED), FIRST, wins, worths, np.array([0, 3, 7]), values)
    for segment, week in np.ndindex(SEGMENTS, WEEKS):
        own = worths[:3] if segment == 0 else worths[3:]
        wanted = twin.worth(SEED, FIRST, segment * WEEKS + week, 6, own.tolist())
        assert values[0, segment, week] == wanted, "worth"


CASES = {"open": _open, "new": _new, "counts": _counts, "values": _values}


def _check(case: str) -> None:
    with np.errstate(over="ignore"):  # words wrap around
        CASES[case](engine().modules["simcore.kernels.pipeline"])


@pytest.mark.parametrize("case", CASES)
def test_without_a_bug_the_uncompiled_kernels_agree(case: str) -> None:
    _check(case)


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    change(monkeypatch, fault.function, fault.old, fault.new)
    with pytest.raises(AssertionError, match=fault.shows):
        _check(fault.case)
