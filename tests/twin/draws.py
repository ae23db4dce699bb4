"""Rows of draws: the scenario of one replication, and what of it the team knows."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.twin.spreads import Section, constant

if TYPE_CHECKING:
    from tests.twin.reader import Plan

SHORT = {"rate": "mean", "lag": "fixed", "lost_lag": "fixed", "deal": "fixed", "start": "level"}


def rows_of(scenario: Section) -> list[dict[str, float]]:
    """Return the rows of a scenario, by path; none where it has no draws."""
    return list((scenario.get("knowledge") or {}).get("draws", ()))


def at_row(scenario: Section, row: Mapping[str, float]) -> dict[str, Any]:
    """Return a scenario with the numbers of a row."""
    changed: dict[str, Any] = copy.deepcopy({key: value for key, value in scenario.items() if key != "knowledge"})
    for path, value in row.items():
        _put(changed, path.split("."), value)
    return changed


def mean_row(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the means of all columns."""
    return {path: sum(row[path] for row in rows) / len(rows) for path in rows[0]}


def with_row_rates(plan: Plan, scenario: Section, rows: list[dict[str, float]], row: Mapping[str, float]) -> Plan:
    """Return a plan whose rates are known as the means of their columns, and are what the row says."""
    names = [stage["stage"] for stage in scenario["funnel"]]
    steps = dict(plan.steps)
    for path, value in row.items():
        words = path.split(".")
        if words[0] == "funnel" and words[2] == "rate" and any(other[path] != value for other in rows):
            number = names.index(words[1])
            steps[number] = replace(steps[number], rate=mean_row(rows)[path], law=constant(value))
    return replace(plan, steps=steps)


def _put(here: dict[str, Any], words: list[str], value: float) -> None:
    word, rest = words[0], words[1:]
    below = here[word]
    if isinstance(below, list):
        at = next((n for n, entry in enumerate(below) if entry.get("stage") == rest[0]), None)
        _put(below[int(rest[0]) - 1 if at is None else at], rest[1:], value)
        return
    if word == "inflow" and isinstance(below, dict) and rest[0] == "1":
        rest = rest[1:]
    if not isinstance(below, dict):
        here[word] = value
    elif not rest:
        below[SHORT[word]] = value
    else:
        _put(below, rest, value)
