"""Counts by age against counting by hand, and hazards that are smoothed without being smoothed away."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.ages import CLASSES, STARTS, at_risk, class_of, exits, smoothed
from simcore.pipeline.history import STILL, known_before
from tests.support.made_histories import DAY_OF_START, Process, made_history


def test_classes_of_ages_are_days_then_weeks_then_months() -> None:
    assert class_of(STARTS).tolist() == list(range(CLASSES))
    assert class_of(STARTS[1:] - 1).tolist() == list(range(CLASSES - 1))


def test_counts_are_those_of_counting_by_hand() -> None:
    day = DAY_OF_START + 60
    visits = known_before(made_history(Process(weeks=20, arrivals=6.0), 3), day)
    risk, won = at_risk(visits, DAY_OF_START), exits(visits, DAY_OF_START, (visits.won,))
    expected, ended = np.zeros_like(risk), np.zeros_like(won)
    for stage, entered, left, end in zip(visits.stage, visits.entered, visits.left, visits.end, strict=True):
        last = day - 1 if end == STILL else left
        for today in range(entered, last + 1):
            expected[today - DAY_OF_START, stage, class_of(np.array([today - entered]))[0]] += 1
        if end == visits.won:
            ended[left - DAY_OF_START, stage, class_of(np.array([left - entered]))[0]] += 1
    assert (risk == expected).all()
    assert (won == ended).all()
    assert won.sum() > 0


def test_parts_of_the_visits_add_up() -> None:
    visits = known_before(made_history(Process(weeks=20, arrivals=6.0), 4), DAY_OF_START + 100)
    some = visits.deal % 3 == 0
    both = at_risk(visits, DAY_OF_START, some) + at_risk(visits, DAY_OF_START, ~some)
    assert (both == at_risk(visits, DAY_OF_START)).all()


def test_no_event_is_no_hazard() -> None:
    shape, rate = smoothed(np.zeros(CLASSES), np.full(CLASSES, 100.0))
    assert (shape == 0.0).all()
    assert (rate > 0.0).all()


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_a_rise_and_a_peak_are_kept(scale: float) -> None:
    hazard = np.full(CLASSES, 0.001)
    hazard[10:40] = 0.08
    hazard[30] = 0.9
    exposure = np.full(CLASSES, 200.0 * scale)
    shape, rate = smoothed(hazard * exposure, exposure)
    found = shape / rate
    assert found[30] > 0.8
    assert (np.abs(found[12:29] / 0.08 - 1.0) < 0.1).all()
    assert found[29] < 0.12
    assert found[31] < 0.12
    assert (found[:8] < (0.01 if scale == 1.0 else 0.003)).all()


def test_few_events_lean_on_their_neighbours() -> None:
    random = np.random.default_rng(5)
    exposure = np.full(CLASSES, 20.0)
    errors, raw = [], []
    for _ in range(200):
        events = random.poisson(0.05 * exposure).astype(np.float64)
        shape, rate = smoothed(events, exposure)
        errors.append((shape / rate - 0.05) ** 2)
        raw.append((events / exposure - 0.05) ** 2)
    assert np.mean(errors) < 0.5 * np.mean(raw)
