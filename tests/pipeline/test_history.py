"""What was known on a day: nothing that came later, whatever it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simcore.pipeline.history import LOST, NEVER, OPEN_STAGE, STILL, THE_REST, History, known_before
from tests.support.made_histories import DAY_OF_START, Process, made_history

WORLD = Process(weeks=20, arrivals=10.0)


def _tiny() -> History:
    """Return three deals: won after two stages, lost in the first, and open in the second for the second time."""
    return History(
        stages=("a", "b"),
        segments=("x", "y"),
        created=np.array([0, 1, 2]),
        closed=np.array([9, 4, NEVER]),
        outcome=np.array([1, 2, 0]),
        segment=np.array([0, 1, 0]),
        value=np.array([1.0, 2.0, np.nan]),
        visit_deal=np.array([0, 0, 0, 1, 2, 2, 2, 2]),
        visit_stage=np.array([0, 0, 1, 0, 0, 1, 0, 1]),
        visit_day=np.array([0, 2, 5, 1, 2, 3, 6, 8]),
        told=np.array([True, False, True]),
    )


def test_stays_end_where_the_next_begins() -> None:
    visits = known_before(_tiny(), 100)
    assert visits.deal.tolist() == [0, 0, 1, 2, 2, 2, 2]  # deal 0 is said twice to be in a
    assert visits.stage.tolist() == [0, 1, 0, 0, 1, 0, 1]
    assert visits.left.tolist() == [5, 9, 4, 3, 6, 8, NEVER]
    assert visits.end.tolist() == [1, visits.won, visits.lost, 1, 0, 1, STILL]
    assert visits.first.tolist() == [True, False, True, True, False, False, False]


def test_what_came_later_is_not_there() -> None:
    visits = known_before(_tiny(), 5)
    assert visits.deal.tolist() == [0, 1, 2, 2]
    assert visits.end.tolist() == [STILL, visits.lost, 1, STILL]
    assert known_before(_tiny(), 4).end.tolist() == [STILL, STILL, 1, STILL]


@pytest.mark.parametrize("day", [DAY_OF_START + 30, DAY_OF_START + 77])
def test_the_future_cannot_be_seen(day: int) -> None:
    history = made_history(WORLD, 1)
    changed = replace(
        history,
        closed=np.where(history.closed >= day, NEVER, history.closed),
        outcome=np.where(history.closed >= day, LOST, history.outcome),
        visit_stage=np.where(history.visit_day >= day, 0, history.visit_stage),
        created=np.where(history.created >= day, day + 1000, history.created),
    )
    before, after = known_before(history, day), known_before(changed, day)
    for name in ("deal", "stage", "entered", "left", "end"):
        assert getattr(before, name).tolist() == getattr(after, name).tolist(), name


def test_small_segments_are_one() -> None:
    history = replace(_tiny(), segments=("x", "y", "z"), segment=np.array([0, 1, 2]))
    assert history.largest_segments(100, most=3) is history
    fewer = history.largest_segments(2, most=2)  # the third was not there yet; of two alike the first is kept
    assert fewer.segments == ("x", THE_REST)
    assert fewer.segment.tolist() == [0, 1, 1]


def test_stages_are_told_apart_where_most_wins_tell_them() -> None:
    history = _tiny()
    assert history.for_forecasts(100).stages == ("a", "b")
    unknown = replace(history, told=np.array([False, True, True]))
    alike = unknown.for_forecasts(100)
    assert alike.stages == (OPEN_STAGE,)
    assert alike.visit_day.tolist() == [0, 1, 2]
