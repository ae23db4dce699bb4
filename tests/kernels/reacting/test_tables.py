"""A signal or a channel more: all arrays grow with the tables, and nothing else changes."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import pytest

from simcore.scenario import channels, signals
from tests.support.both_engines import Scenario, assert_agree, counts_of_twin
from tests.support.reactive_cases import drive, playing
from tests.support.uncompiled import Engine, change, load
from tests.twin import simulate

SEED = 5
GRATEFUL = drive(
    {"dry_spell": 0.5, "hunger": 1.0},
    {"referrals": {"slope": 0.6}, "activity": {"slope": 0.2}, "volume": {"slope": 1000}},
)
CASE: Scenario = playing(
    "day",
    {"grateful": GRATEFUL},
    team={"reps": 1},
    horizon={"weeks": 4},
    referrals={"per_win": 0.9, "lag": "1d"},
)
"""A drive that listens to a signal that no kernel computes, and changes a channel that no kernel reads."""


@cache
def with_longer_tables() -> Engine:
    """Return a copy of the engine whose tables have the signal ``hunger`` and the channel ``volume`` at their ends."""

    def lengthen() -> None:
        table: Any = importlib.import_module("simcore.scenario.signals")
        table.SIGNALS = (*table.SIGNALS, table.Signal("hunger", "how long ago lunch was", "at lunch", "a day ago"))
        table = importlib.import_module("simcore.scenario.channels")
        table.AFTER_STEPS = (*table.AFTER_STEPS, "volume")
        table.CHANNELS = (*table.CHANNELS, "volume")

    return load(lengthen)


def test_all_arrays_grow_with_the_tables() -> None:
    engine = with_longer_tables()
    program = engine.both.compiled(CASE)
    lanes = engine.modules["simcore.kernels.reacting.state"].new_memory(program, most=1).lanes
    assert program.reaction.hears.shape == (len(signals.SIGNALS) + 1,)
    assert lanes.signal.shape == (len(signals.SIGNALS) + 1, 1)
    assert lanes.response.shape == (channels.channel_count(program.clock.steps) + 1, 1)
    assert program.reaction.gain_signal.max() == len(signals.SIGNALS)
    assert program.reaction.change_channel.max() == channels.channel_count(program.clock.steps)


def test_a_signal_and_a_channel_that_nothing_uses_change_nothing() -> None:
    engine = with_longer_tables()
    expected = counts_of_twin(simulate(CASE, 0, SEED), engine.both.compiled(CASE).deals.unit)
    assert_agree(engine.counts(CASE, SEED), expected)


def test_a_limit_on_the_last_channel_instead_of_the_referrals_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = with_longer_tables()
    last = "response[response.shape[0] - 1, s]"
    change(monkeypatch, "reacting.deciding.count_breaches", "response[referral_channel, s]", last, copy=engine)
    limit = "referral_rate * {} > MAX_REFERRALS"
    mine, other = limit.format("response[referral_channel, s]"), limit.format(last)
    change(monkeypatch, "reacting.deciding.find_breach", mine, other, copy=engine)
    with pytest.raises(engine.modules["simcore.engine.runner"].ExplosionError):
        engine.counts(CASE, SEED)
