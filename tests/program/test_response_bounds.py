"""Bounds of what a strategy can do: known ones, and no response of any case beyond them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcore.kernels.teams.team import Team
from simcore.program.response_bounds import largest_response, level_range
from tests.support.both_engines import compiled, play
from tests.support.coaching_cases import COACHING
from tests.support.reactive_cases import MONTHLY, REACTIVE, drive, playing

CASES = REACTIVE | COACHING
MEETINGS = 1


@pytest.mark.parametrize(
    ("signals", "memory", "level", "wanted"),
    [
        ({"deadline": 4}, 0.0, (0, 2), (0.0, 2.0)),
        ({"deadline": 4}, 0.0, (-9, 9), (0.0, 4.0)),
        ({"deadline": 4}, 0.5, (-9, 99), (0.0, 8.0)),
        ({"overwork": 1}, 0.5, None, (0.0, math.inf)),
        ({"overwork": -1}, 0.5, None, (-math.inf, 0.0)),
        ({"surprise": 2}, 0.0, None, (-2.0, math.inf)),
        ({"behind": 1, "surprise": -0.5}, 0.0, (-1, 3), (-1.0, 1.5)),
        ({"overwork": 1}, 0.9, (0, 3), (0.0, 3.0)),
        ({"overwork": -1}, 0.9, (-3, 0), (-3.0, 0.0)),
    ],
)
def test_the_range_of_a_level(
    signals: dict[str, float], memory: float, level: object, wanted: tuple[float, ...]
) -> None:
    one = drive(signals, {"meetings": {"slope": 1}}, memory=memory, level=level)
    reaction = compiled(playing("day", {"one": one}, quota=MONTHLY)).reaction
    assert level_range(reaction, 0) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("change", "level", "wanted"),
    [
        ({"slope": 0.15}, (0, 2), 1.3),
        ({"slope": 0.15, "max": 1.2}, (0, 2), 1.2),
        ({"slope": -0.15}, (0, 2), 1.0),
        ({"slope": -0.15}, (-2, 2), 1.3),
        ({"slope": 0.4, "curve": -0.2}, (0, 4), 1.2),
        ({"slope": 0.1, "curve": 0.1}, (-3, 1), 1.6),
        ({"slope": 0.1}, None, math.inf),
        ({"slope": 0.1, "curve": -0.1}, None, 1.025),
        ({"curve": 0.1}, None, math.inf),
        ({"slope": 0.1, "max": 3}, None, 3.0),
    ],
)
def test_the_largest_response(change: dict[str, float], level: object, wanted: float) -> None:
    one = drive({"surprise": 1}, {"meetings": change}, memory=0.9, level=level)
    reaction = compiled(playing("day", {"one": one})).reaction
    assert largest_response(reaction, MEETINGS) == pytest.approx(wanted)
    assert largest_response(reaction, MEETINGS + 1) == pytest.approx(1.0)


def test_the_responses_of_drives_multiply() -> None:
    one, other = (drive({"behind": 1}, {"meetings": {"slope": slope}}, memory=0.0) for slope in (0.5, 1.0))
    reaction = compiled(playing("day", {"one": one, "other": other}, quota=MONTHLY)).reaction
    assert largest_response(reaction, MEETINGS) == pytest.approx(1.5 * 2.0)


@pytest.mark.parametrize("name", CASES)
def test_nobody_goes_beyond_the_bounds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, seen, look = compiled(CASES[name]), [], Team._look_for_breach

    def record(team: Team, hour: int) -> None:
        seen.append((team._lanes.response.max(axis=1), team._lanes.level.min(axis=1), team._lanes.level.max(axis=1)))
        look(team, hour)

    monkeypatch.setattr(Team, "_look_for_breach", record)
    play(program, 3, count=16)
    responses, least, most = (np.array([each[i] for each in seen] or [[]]) for i in range(3))
    for channel in range(responses.shape[1]):
        assert responses[:, channel].max() <= largest_response(program.reaction, channel)
    for one in range(least.shape[1]):
        low, high = level_range(program.reaction, one)
        assert low <= least[:, one].min()
        assert most[:, one].max() <= high
