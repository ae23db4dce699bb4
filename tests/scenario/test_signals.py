"""The tables of signals and channels: every number is that of its name, and the pages describe every one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simcore.scenario import channels, signals
from simcore.scenario.strategy import Signals
from tests.twin.reaction import SIGNALS as SIGNALS_OF_TWIN

DOCS = Path(__file__).parents[2] / "docs"
NAMES = tuple(signal.name for signal in signals.SIGNALS)


def described(page: str) -> set[str]:
    """Return the names with which a row of a table or an entry of a list of a page begins."""
    begins = re.findall(r"^(?:\||\*) ((?:`\w+`(?:, )?)+)", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {name for names in begins for name in re.findall(r"\w+", names)}


def test_each_number_is_that_of_its_name() -> None:
    for number, name in enumerate(NAMES):
        assert getattr(signals, name.upper()) == number
    numbers = channels.channel_numbers(["calls", "meetings", "wins"])
    assert list(numbers.values()) == list(range(channels.channel_count(2)))
    for name in channels.AFTER_STEPS:
        assert getattr(channels, name.upper()) + 2 == numbers[name]


def test_a_drive_can_listen_to_every_signal() -> None:
    heard = Signals.model_validate(dict.fromkeys(reversed(NAMES), 0.5))
    assert heard.gains == [(number, 0.5) for number in range(len(NAMES))]
    for signal in signals.SIGNALS:
        assert Signals.model_validate({signal.name: 0.5}).of_team == signal.of_team
    assert not Signals.model_validate({"peers": None, "overwork": 0.5}).of_team


def test_the_twin_has_the_same_signals() -> None:
    assert SIGNALS_OF_TWIN == NAMES


@pytest.mark.parametrize("page", ["model.md", "scenario-format.md"])
def test_the_pages_describe_every_signal_and_channel(page: str) -> None:
    assert described(page) >= {*NAMES, *channels.CHANNELS} - {channels.PULL_FORWARD}
