"""Deals as items of a funnel: skipped, moved back, left out before a day, merged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simcore.fitting.paths import DROPPED, MOST_STAGES, PASSED, STILL, Paths, paths_of
from simcore.forecasting.sources import CREATED
from simcore.pipeline.history import LOST, NEVER, OPEN, WON, History
from tests.support.fit_worlds import Truth, known_world

DAY = 100


def _history(*deals: tuple[int, int, int, list[tuple[int, int]]], stages: tuple[str, ...] = ("a", "b", "c")) -> History:
    """Return the history of deals: day of creation and of closing, outcome, and the stages entered on which days."""
    visits = [(number, stage, day) for number, deal in enumerate(deals) for stage, day in deal[3]]
    deal, stage, day = (np.array(column, dtype=np.int64) for column in zip(*visits, strict=True))
    return History(
        stages=stages,
        segments=("all",),
        created=np.array([each[0] for each in deals]),
        closed=np.array([each[1] for each in deals]),
        outcome=np.array([each[2] for each in deals]),
        segment=np.zeros(len(deals), dtype=np.int64),
        value=np.ones(len(deals)),
        visit_deal=deal,
        visit_stage=stage,
        visit_day=day,
        told=np.ones(len(deals), dtype=np.bool_),
    )


def _seen(paths: Paths, place: int) -> list[tuple[int, int, int]]:
    step = paths.steps[place]
    return list(zip(step.entered.tolist(), step.wait.tolist(), step.ended.tolist(), strict=True))


def test_a_deal_waits_in_each_stage_until_the_next() -> None:
    paths = paths_of(_history((0, 30, WON, [(0, 0), (1, 10), (2, 25)])), DAY)
    assert [_seen(paths, place) for place in range(3)] == [[(0, 10, PASSED)], [(10, 15, PASSED)], [(25, 5, PASSED)]]


def test_an_open_deal_is_still_there_and_not_lost() -> None:
    paths = paths_of(_history((90, NEVER, OPEN, [(0, 90), (1, 95)]), (0, 9, LOST, [(0, 0)])), DAY)
    assert _seen(paths, 0) == [(90, 5, PASSED), (0, 9, DROPPED)]
    assert _seen(paths, 1) == [(95, 4, STILL)]
    assert (paths.open_stage.tolist(), paths.open_age.tolist()) == ([1], [4])


def test_a_stage_passed_over_was_passed_with_a_wait_of_0() -> None:
    paths = paths_of(_history((0, 20, WON, [(0, 0), (2, 8)]), (0, 20, LOST, [(1, 0)]), (0, 5, WON, [(0, 0)])), DAY)
    assert _seen(paths, 0) == [(0, 8, PASSED), (0, 0, PASSED), (0, 5, PASSED)]
    assert _seen(paths, 1) == [(8, 0, PASSED), (0, 20, DROPPED), (5, 0, PASSED)]
    assert [step.skipped for step in paths.steps] == [1, 2, 1]


def test_what_goes_back_waits_in_the_furthest_stage() -> None:
    paths = paths_of(_history((0, 40, WON, [(0, 0), (1, 10), (0, 20), (1, 30)])), DAY)
    assert _seen(paths, 0) == [(0, 10, PASSED)]
    assert _seen(paths, 1) == [(10, 30, PASSED)]
    assert paths.back == 1


def test_nothing_of_a_later_day_is_there() -> None:
    paths = paths_of(_history((0, 40, WON, [(0, 0), (1, 10)])), 5)
    assert _seen(paths, 0) == [(0, 4, STILL)]
    assert len(paths.steps) == 1, "a stage that nobody has entered yet is none"


def test_who_is_in_no_stage_yet_is_before_all() -> None:
    history = _history((0, 40, WON, [(1, 0), (0, 10)]), stages=("talk", CREATED))
    assert paths_of(history, DAY).stages == (CREATED, "talk")


def test_stages_that_are_too_many_are_counted_in_the_one_before() -> None:
    stages = tuple("abcdefgh")
    deals = [(0, 90, WON, [(place, 10 * place) for place in range(8)])] * 3
    deals.append((0, 90, LOST, [(place, place) for place in range(8) if place not in (3, 6)]))
    paths = paths_of(_history(*deals, stages=stages), DAY)
    assert paths.stages == ("a", "b", "c", "e", "f", "h")
    assert len(paths.stages) == MOST_STAGES
    assert paths.merged == (("d", "c"), ("g", "f"))


def test_a_file_from_which_older_closings_were_left_out_is_told() -> None:
    known = known_world(Truth(weeks=40), 3)
    history, day = known.history, known.as_of + 1
    assert paths_of(history, day).truncated is None
    first = day - 20 * 7
    kept = history.closed >= first
    cut = _without(history, kept)
    paths = paths_of(cut, day)
    assert paths.truncated is not None
    assert 0 <= paths.truncated - first < 7
    for step in paths.steps:
        assert (step.entered + step.wait >= paths.truncated)[step.ended != STILL].all()
        assert (step.entered + step.seen_from)[step.seen_from > 0].tolist() == [paths.truncated] * int(
            (step.seen_from > 0).sum()
        )


def _without(history: History, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> History:
    """Return some of the deals of a history."""
    place = np.cumsum(kept) - 1
    visits = kept[history.visit_deal]
    return replace(
        history,
        created=history.created[kept],
        closed=history.closed[kept],
        outcome=history.outcome[kept],
        segment=history.segment[kept],
        value=history.value[kept],
        told=history.told[kept],
        visit_deal=place[history.visit_deal[visits]],
        visit_stage=history.visit_stage[visits],
        visit_day=history.visit_day[visits],
    )
