"""The tables of a comparison: what strategies came to, and every difference to the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.studies.compare.document import (
    Against,
    Attribution,
    AttributionTable,
    Comparison,
    Contest,
    Differences,
    Figures,
    Source,
    VarianceRatio,
)
from simcore.tables.about import about
from simcore.tables.layout import Layout
from simcore.tables.run import precision_tables
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, WEEKS, Cell, Row, Table, cell_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS = {
    **dict.fromkeys(("revenue", "worst", "discount"), MONEY),
    **dict.fromkeys(("p_quota", "p_quota_team", "dry_weeks"), SHARE),
    **dict.fromkeys(("won", "surprises", "disqualified", "late_losses"), SHARE),
    **dict.fromkeys(("calls", "calls_above_plan", "check_calls"), COUNT),
    "longest_dry": WEEKS,
}
_BY_WEEK = "weeks_of_quarter"
FIGURES = Layout(Figures, ("strategy",), _UNITS, {_BY_WEEK})
DIFFERENCES = Layout(Differences, ("strategy",), _UNITS, {_BY_WEEK})
VERDICTS = Layout(
    Against,
    ("strategy",),
    {"replications_to_separate": COUNT, "pairing_gain": RATIO, "over_optimism": RATIO},
    {"name", "differences", "variance_ratios", "contests", "sources", "attribution"},
)
RATIOS = Layout(VarianceRatio, ("strategy", "horizon"), {"ratio": RATIO})
CONTESTS = Layout(Contest, ("strategy", "what"), {"ahead": SHARE, "level": SHARE})
SOURCES = Layout(Source, ("strategy", "what"), {"amount": MONEY, "share": SHARE})
CHANNELS = Layout(Attribution, ("strategy", "drive", "channel"), {"amount": MONEY, "shown": MONEY})
SPLITS = Layout(AttributionTable, ("strategy",), {"total": MONEY, "runs": COUNT, "permutations": COUNT}, {"rows"})


def comparison_tables(found: Comparison) -> list[Table]:
    """Return all figures of a comparison."""
    money, over, by_name = found.currency, found.baseline, {one.name: one for one in found.against}
    split = {name: one.attribution for name, one in by_name.items() if one.attribution is not None}
    strategies = [((one.name,), one.figures) for one in found.strategies]
    less = [((name,), one.differences) for name, one in by_name.items()]
    ratios = [((name,), ratio) for name, one in by_name.items() for ratio in one.variance_ratios]
    contests = [((name,), contest) for name, one in by_name.items() for contest in one.contests]
    sources = [((name,), source) for name, one in by_name.items() for source in one.sources or ()]
    channels = [row for table in split.values() for row in table.rows]
    digests = tuple(Row((name,), (Cell(text=digest),)) for name, digest in found.digests.items())
    weeks = tuple(_by_week(found))
    return [
        about(found, without=("digests", "precision", "strategies", "against")),
        *precision_tables(found.precision, money),
        FIGURES.below("strategies", "What each strategy comes to", strategies, money),
        DIFFERENCES.below("differences", f"Less {over}, in the same worlds", less, money),
        VERDICTS.below("verdicts", "Who is ahead", [((name,), one) for name, one in by_name.items()], money),
        RATIOS.below("variance_ratios", f"Variance of revenue over that of {over}", ratios, money),
        CONTESTS.below("contests", f"Chance of more revenue than {over} in the same world", contests, money),
        SOURCES.below("sources", "Where the difference in revenue comes from", sources, money),
        CHANNELS.table("channels", "The difference in revenue by drive and channel", channels, money),
        SPLITS.below("splits", "How it was split", [((name,), table) for name, table in split.items()], money),
        Table(_BY_WEEK, "Bookings by week of the quarter", ("strategy", "week"), ("share", "difference"), weeks),
        Table("digests", "Identity of what was played", ("strategy",), ("digest",), digests),
    ]


def _by_week(found: Comparison) -> Iterator[Row]:
    """Yield the share of bookings in each week of the quarter, and its difference to the baseline."""
    differences = {one.name: one.differences.weeks_of_quarter for one in found.against}
    for strategy in found.strategies:
        less = differences.get(strategy.name)
        for place, share in enumerate(strategy.figures.weeks_of_quarter or ()):
            difference = less[place] if less else None
            yield Row((strategy.name, place + 1), (cell_of(share, SHARE), cell_of(difference, SHARE)))
