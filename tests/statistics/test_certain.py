"""What is said to be fixed by a scenario is the same whatever the seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from simcore import compare, load_scenario, simulate
from simcore.statistics.moments_and_quantiles import mean_of, proportion_of, spread_of

COMPARED = ("quota-pressure", "hockey-stick", "pacing-bonus", "tampering", "hard-sell", "coach-the-process")
SMALL = ["team.reps=2", "horizon.weeks=26", "horizon.warmup_weeks=0"]


def estimates(document: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401
    """Yield every figure of a document in JSON with its place."""
    if isinstance(document, dict):
        if "estimate" in document and "se" in document:
            yield path, document
        for key, value in document.items():
            yield from estimates(value, f"{path}.{key}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from estimates(value, f"{path}[{number}]")


def differ_though_fixed(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Return the places of figures without error, in a document of one seed, that another seed does not find."""
    other = dict(estimates(second))
    return [
        place
        for place, figure in estimates(first)
        if figure["se"] == 0.0 and figure["estimate"] != pytest.approx(other[place]["estimate"], rel=1e-9, abs=1e-9)
    ]


@pytest.mark.parametrize("name", COMPARED)
def test_what_a_comparison_calls_fixed_is_that_of_every_seed(name: str) -> None:
    scenario = load_scenario(name, SMALL)
    if len(scenario.strategies) < 2:
        documents = [simulate(scenario, replications=8, seed=seed).summary for seed in (1, 2)]
        first, second = (document.model_dump() for document in documents)
    else:
        first, second = (compare(scenario, replications=8, seed=seed).model_dump() for seed in (1, 2))
    assert not differ_though_fixed(first, second)


def test_discounts_of_a_drive_on_deal_values_have_an_error() -> None:
    found = compare(load_scenario("quota-pressure", SMALL), replications=8, seed=1)
    (pressure,) = (each.figures for each in found.strategies if each.name == "pressure")
    assert pressure.discount.estimate
    assert pressure.discount.se
    assert found.against[0].differences.discount.se


def test_discounts_called_fixed_would_be_found() -> None:
    """The check above can fail: the error is taken away from what differs between seeds."""

    def without_error(document: dict[str, Any]) -> dict[str, Any]:
        document["strategies"][1]["figures"]["discount"]["se"] = 0.0
        return document

    scenario = load_scenario("quota-pressure", SMALL)
    first, second = (without_error(compare(scenario, replications=8, seed=seed).model_dump()) for seed in (1, 2))
    assert differ_though_fixed(first, second) == [".strategies[1].figures.discount"]


def test_what_differs_is_never_taken_for_certain() -> None:
    one, x = np.ones(16, np.int64), np.arange(16.0)
    assert mean_of(one, x, one, certain=True).se
    assert proportion_of(one, np.arange(16) % 2, one, certain=True).se
    assert spread_of(one, x, x * x, one, certain=True).se
    assert mean_of(one, 3.0 * one, one, certain=True).se == 0.0
