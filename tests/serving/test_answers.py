"""Answers: the run of an older request is stopped, the setting before is kept for its grey picture."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from simcore.engine.simulation import SimulationRequest
from simcore.serving.answers import KEPT, Answers
from simcore.serving.newest import SupersededError
from simcore.serving.settings import open_desk
from tests.serving.test_newest import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.results.result import Result

CANON = "trust-the-process"
LARGE = 4000
"""Worlds of ten blocks and more, so that there is something to stop."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """Return the results of all runs, which are played as usual."""
    found: list[Result] = []
    play = SimulationRequest.run

    def run(self: SimulationRequest, **how: Any) -> Result:  # noqa: ANN401
        found.append(play(self, **how))
        return found[-1]

    monkeypatch.setattr(SimulationRequest, "run", run)
    return found


def test_a_newer_request_stops_the_run_of_an_older_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order whatever the machine: the older run begins only once the newer request is there."""
    desk = open_desk(CANON, ["run.replications=4000"], threads=1)
    monkeypatch.setattr("simcore.serving.settings.SECONDS", 1e6)
    answers, found = Answers(desk), dict[str, Any]()
    play, results = SimulationRequest.run, list[Any]()
    older, newer = desk.numbers({}, "s"), desk.numbers({"s1": "100", "s6": "1"}, "s")
    asking = Thread(target=lambda: found.update(newer=answers.told(newer)), daemon=True)

    def run(self: SimulationRequest, *, stop: Callable[[], bool], threads: int | None) -> Any:  # noqa: ANN401
        if not results:
            assert not stop()
            asking.start()
            until(stop)
        results.append(play(self, stop=stop, threads=threads))
        return results[-1]

    monkeypatch.setattr(SimulationRequest, "run", run)
    with pytest.raises(SupersededError):
        answers.told(older)
    asking.join(PATIENCE)
    stopped, whole = (result.summary for result in results)
    assert stopped.interrupted
    assert 0 < stopped.replications < LARGE
    assert (whole.interrupted, whole.replications, whole.reps) == (False, LARGE, 1)
    assert found["newer"].played.summary is whole


def test_what_was_stopped_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(open_desk(CANON, replications=16))
    numbers = answers.desk.numbers({}, "s")
    play = SimulationRequest.run

    def run(self: SimulationRequest, **how: Any) -> Result:  # noqa: ANN401
        answers.newest.close()
        return play(self, **how)

    monkeypatch.setattr(SimulationRequest, "run", run)
    with pytest.raises(SupersededError):
        answers.told(numbers)
    assert not answers._kept


def test_the_setting_before_is_told_beside_the_new_one(runs: list[Result]) -> None:
    answers = Answers(open_desk(CANON, replications=32))
    first, second = (answers.desk.numbers(given, "s") for given in ({}, {"s2": "3"}))
    alone = answers.told(first)
    assert alone.before is None
    after = answers.told(second, first)
    assert after.before == alone.answer
    assert after.answer != alone.answer
    assert [picture.name for picture in after.pictures] == ["ends", "pyramid"]
    again = answers.told(first, second)
    assert (again.before, again.answer) == (after.answer, alone.answer)
    assert answers.told(first, first).before is None
    assert len(runs) == 2


def test_few_answers_are_kept_and_one_that_is_not_has_no_grey_picture(runs: list[Result]) -> None:
    answers = Answers(open_desk(CANON, ["horizon.weeks=1"], replications=8))
    settings = [answers.desk.numbers({"s1": str(100 + place)}, "s") for place in range(KEPT + 1)]
    for numbers in settings:
        answers.told(numbers)
    assert len(answers._kept) == KEPT
    assert answers.told(settings[-1], settings[0]).before is None
    assert answers.told(settings[-1], settings[1]).before is not None
    assert len(runs) == KEPT + 1


def test_the_page_says_how_many_worlds_were_run_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(open_desk(CANON, ["horizon.weeks=1", "run.replications=50000"], seed=3))
    monkeypatch.setattr("simcore.serving.settings.worlds_within", lambda *_: 20)
    told = answers.told(answers.desk.numbers({}, "s"))
    assert told.worlds.startswith("20 worlds, seed 3; the scenario asks for 50,000, more than there is time for")
    monkeypatch.setattr("simcore.serving.settings.worlds_within", lambda scenario, _: scenario.run.replications)
    answers = Answers(open_desk(CANON, ["horizon.weeks=1"], replications=5))
    told = answers.told(answers.desk.numbers({}, "s"))
    assert told.worlds.startswith("5 worlds, seed 2026. Every setting")
    assert told.cautions[0] == "Only 5 worlds: too few to know errors and intervals."
