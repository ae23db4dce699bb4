"""Measures the techniques of variance reduction on shipped scenarios, efficiency including cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contenders import CANONICAL, PRESSED, say, scenario_path
from benchmarks.report import Goal, Series, figure, table
from simcore.scenario_files.scenario_file import load_scenario
from simcore.variance_reduction.benchmark import bench_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.variance_reduction.document import Gain, TechniqueRow, VarianceBench


class Question(NamedTuple):
    """A metric of a scenario, and how many times as efficient as crude Monte Carlo the best technique is to be."""

    what: str
    scenario: str
    metric: str
    goal: float
    strategies: tuple[str, ...] = ()


QUESTIONS: Final = (
    Question("year revenue of a rep", CANONICAL, "revenue:year", 30.0),
    Question("P(quota)", CANONICAL, "p_quota", 5.0),
    Question("P(no win in 13 weeks)", CANONICAL, "p_zero:13w", 1000.0),
    Question("difference of two strategies", PRESSED, "revenue", 10.0, ("pressure", "process")),
    Question("P(quota)", "real-team", "p_quota", 1.0),
)
"""The last one has a market, differences between reps and deals of many values; nobody set a goal for it."""


def measured() -> list[VarianceBench]:
    """Measure every question."""
    found = []
    for question in QUESTIONS:
        say(f"variance reduction: {question.what}, {question.scenario}")
        scenario = load_scenario(scenario_path(question.scenario))
        found.append(bench_variance(scenario, question.metric, strategies=question.strategies))
    return found


def best(found: VarianceBench) -> tuple[TechniqueRow, Gain]:
    """Return the technique whose gain is surely the largest, of those that leave any variance."""
    gains = [(row, row.efficiency) for row in found.rows if row.efficiency is not None and row.trusted]
    return max(gains, key=lambda each: each[1].low)


def goals(found: Sequence[VarianceBench]) -> list[Goal]:
    """Goals for the best technique; the range is the 95 % interval of the ratio."""
    made = []
    for question, each in zip(QUESTIONS, found, strict=True):
        row, gain = best(each)
        what = f"{question.what}, `{question.scenario}`, {row.technique}: efficiency in that of crude"
        made.append(Goal.at_least(what, question.goal, Series((gain.low, gain.ratio, gain.high))))
    return made


def section(found: Sequence[VarianceBench]) -> str:
    """Return a table for each question, Markdown."""
    parts = []
    for question, each in zip(QUESTIONS, found, strict=True):
        rows = [_row(row) for row in each.rows if row.refused is None]
        header = [
            "technique",
            "estimate",
            "standard error",
            "z",
            "variance of a world",
            "us a world",
            "times crude",
            "95 %",
            "error falls as n^",
        ]
        about = f"{each.batches} batches of {each.batch:,} worlds"
        against = {
            "exact": f"z is the distance from the exact answer {each.reference:,.7g}",
            "crude": "z is the distance from crude Monte Carlo",
            "none": "there is nothing to hold z against",
        }[each.reference_is]
        parts.append(f"### {question.what}, `{question.scenario}`\n\n{about}; {against}.\n\n{table(header, rows)}\n")
    return "\n".join(parts)


def _two_digits(number: float) -> str:
    """Return a number to two significant digits, without an exponent from 1 to a million."""
    return f"{float(f'{number:.2g}'):,.7g}"


def _row(row: TechniqueRow) -> list[str]:
    gain, rate = row.efficiency, row.rate
    return [
        row.technique,
        f"{row.estimate:,.7g}",
        _two_digits(row.se or 0.0),
        "" if row.z is None else f"{row.z:.1f}",
        _two_digits(row.variance or 0.0) if row.variance or row.exact else "",
        figure(row.microseconds or 0.0),
        "exact" if row.exact else "" if gain is None else figure(gain.ratio),
        "" if gain is None else f"{figure(gain.low)} to {figure(gain.high)}",
        "" if rate is None else f"{rate.slope:.2f}",
    ]
