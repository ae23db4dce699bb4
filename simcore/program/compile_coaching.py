"""Compiles bad habits and the coaching manager to flat arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.base.periods import WEEKS_PER_YEAR
from simcore.numerics.elementary import exp, log
from simcore.program.coaching import NOBODY, Coaching
from simcore.random.draws import TWO_32
from simcore.scenario.habits import RULES

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario


def compile_coaching(scenario: Scenario) -> Coaching:
    """Compile the habits of all steps and the manager; inactive if there are neither.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> compile_coaching(load_scenario("trust-the-process")).active
    False
    """
    habits = [stage.habit for stage in scenario.funnel]
    manager = scenario.manager
    rule = RULES.index(manager.rule) if manager is not None else NOBODY
    prone = np.array([habit is not None for habit in habits])
    return Coaching(
        active=bool(prone.any()) or rule != NOBODY,
        prone=prone,
        factor=np.array([1.0 if habit is None else habit.factor for habit in habits]),
        begins=np.array([0 if habit is None else _threshold(habit.at_start) for habit in habits], np.int64),
        onset=np.array([0 if habit is None else _threshold(weekly(habit.yearly)) for habit in habits], np.int64),
        fade=np.array(
            [
                int(TWO_32) - (0 if habit is None or habit.fade_weeks is None else _threshold(1.0 / habit.fade_weeks))
                for habit in habits
            ],
            np.int64,
        ),
        rule=rule,
        slots=manager.slots if manager is not None else 0,
        first_week=manager.first_week if manager is not None else 1,
        window=manager.window_weeks if manager is not None else 0,
        repair=_threshold(manager.repair) if manager is not None else 0,
        pressure=manager.pressure if manager is not None else 0.0,
    )


def weekly(yearly: float) -> float:
    """Return the weekly chance of an event with chance ``yearly`` within 52 weeks.

    Examples
    --------
    >>> round(1 - (1 - weekly(0.25)) ** 52, 12)
    0.25
    """
    return float(1.0 - exp(log(1.0 - yearly) / WEEKS_PER_YEAR)) if yearly > 0.0 else 0.0


def _threshold(chance: float) -> int:
    """Return the 32-bit threshold of a probability."""
    return int(chance * TWO_32 + 0.5)
