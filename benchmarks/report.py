"""What the benchmark measured, and the page that shows it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Series(NamedTuple):
    """One figure in every round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Middle value."""
        return median(self.values)

    def over(self, other: Series) -> Series:
        """Return the ratio to another series, round by round.

        Examples
        --------
        >>> Series((6.0, 8.0)).over(Series((2.0, 4.0)))
        Series(values=(3.0, 2.0))
        """
        return Series(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))


class Goal(NamedTuple):
    """A goal and what was reached; the median counts."""

    what: str
    goal: str
    reached: Series
    met: bool

    @classmethod
    def at_least(cls, what: str, goal: float, reached: Series) -> Goal:
        """Make a goal that is met by ``goal`` or more."""
        return cls(what, f"at least {goal:,g}", reached, reached.median >= goal)

    @classmethod
    def at_most(cls, what: str, goal: float, reached: Series) -> Goal:
        """Make a goal that is met by ``goal`` or less."""
        return cls(what, f"at most {goal:,g}", reached, reached.median <= goal)


class Report(NamedTuple):
    """All that the page shows.

    Attributes
    ----------
    machine
        CPU and versions, one line.
    rounds
        Number of repetitions.
    tables
        Of each section, the nanoseconds per rep-week of its programs; the first is the one that the others are
        compared with.
    comparisons
        Figures of comparisons, each with the words that stand before it.
    variance
        The tables of variance reduction, Markdown.
    goals
        In the order of the page.
    notes
        Hand-written Markdown without a title of its own.
    """

    machine: str
    rounds: int
    tables: Mapping[str, Mapping[str, Series]]
    comparisons: Mapping[str, Series]
    variance: str
    goals: Sequence[Goal]
    notes: str


def figure(value: float) -> str:
    """Three digits, with commas.

    Examples
    --------
    >>> [figure(x) for x in (0.1234, 1.2, 12.345, 1234.5, 987654.0)]
    ['0.123', '1.20', '12.3', '1,230', '988,000']
    """
    digits = f"{value:.3g}"
    number = float(digits)
    decimals = max(0, 2 - int(f"{number:e}".split("e")[1]))
    return f"{number:,.{decimals}f}"


def spread(series: Series) -> str:
    """Least and greatest value; empty for a single one."""
    if len(series.values) < 2:
        return ""
    return f"{figure(min(series.values))} to {figure(max(series.values))}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown table with its first column to the left and the others to the right."""
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))


def speed_table(programs: Mapping[str, Series]) -> str:
    """A row for every program, compared with the first."""
    reference, first = next(iter(programs.items()))
    rows = []
    for name, series in programs.items():
        ratio = series.over(first)
        rows.append([name, figure(series.median), spread(series), figure(ratio.median), spread(ratio)])
    header = ["program", "ns per rep-week", "min to max", f"time relative to {reference}", "min to max"]
    return table(header, rows)


def comparison_table(comparisons: Mapping[str, Series]) -> str:
    """A row for every figure of a comparison."""
    rows = [[what, figure(series.median), spread(series)] for what, series in comparisons.items()]
    return table(["comparison", "median", "min to max"], rows)


def goal_table(goals: Sequence[Goal]) -> str:
    """A row for every goal."""
    rows = [
        [
            goal.what,
            goal.goal,
            figure(goal.reached.median),
            spread(goal.reached),
            "yes" if goal.met else "**no**",
        ]
        for goal in goals
    ]
    return table(["goal", "wanted", "reached", "min to max", "met"], rows)


INTRODUCTIONS: Final = {
    "Speed": "The canonical scenario.",
    "Whole scenarios": """\
Lags, a market, reps that differ, people who come and go, and strategies with memory, fatigue, discounts, referrals or
an eye on the team; one thread. Weeks of a warm-up count. The C program plays the canonical scenario alone.""",
    "Strategies that react": """\
The canonical scenario under the drive `urgency` of `quota-pressure`, one thread. All strategies of a file are counted
alike: since this drive changes prices, revenue is counted in cents, that of the plan too.""",
}
"""What stands before the table of a section."""


def speed_sections(tables: Mapping[str, Mapping[str, Series]]) -> str:
    """Return a section for every table that has programs."""
    return "\n\n".join(
        f"## {title}\n\n{INTRODUCTIONS[title]}\n\n{speed_table(programs)}"
        for title, programs in tables.items()
        if programs
    )


def render(report: Report) -> str:
    """Return the page, Markdown."""
    return f"""# Benchmarks

Written by `make bench`; do not edit. The notes come from `benchmarks/notes.md`, and `benchmarks/README.md`
says how this is measured.

Machine: {report.machine}.

Medians over {report.rounds} rounds, with the least and the greatest value; each round runs every program once, and a
ratio is taken within a round. Times are those of the processor, except where threads share the work. A rep-week is a
week of one rep, 500 calls.

## Goals

{goal_table(report.goals)}

{speed_sections(report.tables)}

## Comparisons

A comparison runs its strategies in the same worlds. Its time is compared with that of separate runs: one of the plan
for each strategy, and what those that react take beyond it. Sharing worlds is worth as many times the replications as
the variance of a difference between independent worlds is times that of the difference between equal ones.

{comparison_table(report.comparisons)}

## Variance reduction

What `simcore bench variance` says on shipped scenarios ([variance.md](variance.md) tells what each technique does): how
many times as long crude Monte Carlo would run for the same error, processor time included. Crude Monte Carlo is charged
what a plain run costs, the techniques what they cost with all their points and weights.

{report.variance}
## Notes

{report.notes.strip()}
"""
