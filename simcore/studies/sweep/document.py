"""The documents of `simcore sweep` and `simcore breakeven`: what their ``--json`` prints, with published schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.base.frames import to_pandas, to_polars
from simcore.results.header import StudyHeader
from simcore.scenario.metric import PATTERN
from simcore.statistics.estimate import Estimate

if TYPE_CHECKING:
    import pyarrow as pa

Verdict = Literal["ahead", "tied", "behind"]
"""Against the baseline: ahead or behind, the 95 % interval of the difference leaving out zero, or neither. Of spreads
(sd, cv) and of periods without revenue (p_zero) the smaller one is ahead."""
MetricText = Annotated[
    str,
    Field(
        pattern=PATTERN,
        description="revenue: mean of a rep, by close, per year of 52 weeks or in such a period. p_quota and "
        "p_quota_team: chance of a rep, or of the team, in a quota period. p_zero: share of a rep's periods without "
        "revenue. sd, cv: spread of the revenue of a rep in such a period, as a standard deviation in units of the "
        "currency or as a part of the mean; ahead is then who is steadier. q05: quantile of that revenue.",
    ),
]


class VariedPath(Document):
    """A path of the scenario and the values that it takes."""

    path: str
    values: list[float | str] = Field(description="Numbers, or texts such as the duration 10d.")


class SweepFigure(Document):
    """A figure of a strategy at a point."""

    strategy: str
    metric: MetricText
    figure: Estimate
    difference: Estimate | None = Field(
        description="Minus the baseline (the first strategy) in the same worlds; null for the baseline."
    )
    verdict: Verdict | None = Field(
        description="By the 95 % interval of the difference; null for the baseline, and with fewer than 8 replications."
    )


class SweepPoint(Document):
    """One point of the grid."""

    point: int = Field(ge=0, description="Its number in the whole grid, from 0; the last path changes fastest.")
    values: list[float | str] = Field(description="One for each path.")
    figures: list[SweepFigure] = Field(description="Empty where a strategy exploded.")
    exploded: str | None = Field(description="Which drive passed a limit of the engine, where, and with which level.")


class Sweep(StudyHeader):
    """What came out over a grid of values, for some strategies in the same worlds."""

    document: Literal["sweep"] = "sweep"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    paths: list[VariedPath]
    metrics: list[MetricText] = Field(
        description="revenue always, p_quota where every run holds a whole quota period, others where asked for."
    )
    points: list[SweepPoint] = Field(description="Those that were finished, in the order of the grid.")

    @property
    def strategies(self) -> list[str]:
        """Names of the strategies; the first is the baseline of all differences."""
        return self.scenario.strategies

    def to_arrow(self) -> pa.Table:
        """Return the figures as an Arrow table, see `sweep_table`."""
        return sweep_table(self)

    def to_pandas(self) -> Any:  # noqa: ANN401
        """Return the figures as a ``pandas.DataFrame``; the columns are those of `sweep_table`."""
        return to_pandas(self.to_arrow())

    def to_polars(self) -> Any:  # noqa: ANN401
        """Return the figures as a ``polars.DataFrame``; the columns are those of `sweep_table`."""
        return to_polars(self.to_arrow())


NUMBERS = ("estimate", "se", "difference", "difference_se")
"""Columns after the varied paths, strategy and metric; money in units of the currency, null where not defined."""


def sweep_table(found: Sweep) -> pa.Table:
    """Return a sweep as an Arrow table in long form.

    Columns: ``point`` (int32, its number in the grid, from 0), one for each path (float64, or text where its values are
    durations; its name is the path), ``strategy``, ``metric``, those of `NUMBERS` (float64), and ``exploded`` (bool).

    Examples
    --------
    >>> from simcore import load_scenario, sweep
    >>> found = sweep(load_scenario("trust-the-process"), {"team.reps": [5, 10]}, replications=50)
    >>> sweep_table(found).column_names
    ['point', 'team.reps', 'strategy', 'metric', 'estimate', 'se', 'difference', 'difference_se', 'exploded']
    """
    import pyarrow as pa  # noqa: PLC0415

    paths = []
    for varied in found.paths:
        is_text = any(isinstance(value, str) for value in varied.values)
        paths.append((varied.path, pa.string() if is_text else pa.float64(), str if is_text else float))
    rows: list[dict[str, object]] = []
    for point in found.points:
        at = {path: cast(value) for (path, _, cast), value in zip(paths, point.values, strict=True)}
        if point.exploded is not None:
            nothing = dict.fromkeys(NUMBERS)
            rows += [
                {"point": point.point, **at, "strategy": name, "metric": metric, **nothing, "exploded": True}
                for name in found.strategies
                for metric in found.metrics
            ]
        for each in point.figures:
            figures = (each.figure, each.difference)
            told = [part for one in figures for part in ((None, None) if one is None else (one.estimate, one.se))]
            row = {"point": point.point, **at, "strategy": each.strategy, "metric": each.metric}
            rows.append({**row, **dict(zip(NUMBERS, told, strict=True)), "exploded": False})
    fields = [
        pa.field("point", pa.int32(), nullable=False),
        *(pa.field(path, kind, nullable=False) for path, kind, _ in paths),
        *(pa.field(name, pa.string(), nullable=False) for name in ("strategy", "metric")),
        *(pa.field(name, pa.float64()) for name in NUMBERS),
        pa.field("exploded", pa.bool_(), nullable=False),
    ]
    identity = found.scenario
    about = {
        "simcore.version": found.version,
        "simcore.digest": identity.digest,
        "simcore.seed": str(identity.seed),
        "simcore.replications": str(found.replications),
        "simcore.currency": identity.currency,
        "simcore.baseline": found.strategies[0],
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(fields, metadata=about))


class Evaluation(Document):
    """The difference of two strategies at one value."""

    value: float
    difference: Estimate
    scan: bool = Field(description="True for a value of the scan of the whole range, false for one added after it.")
    judged: bool = Field(
        description="False for a value that only narrows down the value of a root: it tells no leader."
    )
    ahead: str | None = Field(
        description="The strategy that is clearly ahead: outside of a band that holds at all judged values at once in "
        "95 % of runs. Null where the two are not told apart, or the value is not judged."
    )


class BreakevenRoot(Document):
    """A crossing of the two strategies: another one is clearly ahead on each side."""

    value: float = Field(
        description="Where the estimated difference changes its sign; for whole numbers the first one from which the "
        "strategy below is not ahead."
    )
    low: float = Field(description="Low end of the interval: a value at which ahead_below is clearly ahead.")
    high: float = Field(
        description="High end: a value at which ahead_above is clearly ahead. All intervals of a document hold "
        "together in 95 % of runs, those included that show no root."
    )
    ahead_below: str = Field(description="The strategy that is clearly ahead just below the interval.")
    ahead_above: str


class NotToldApart(Document):
    """A part of the range in which nobody is clearly ahead and no crossing is shown: there may be one."""

    low: float = Field(description="The nearest value at which one is clearly ahead, or the low end of the range.")
    high: float
    ahead_below: str | None = Field(description="Who is clearly ahead at low; null: low is the end of the range.")
    ahead_above: str | None


class TiedRange(Document):
    """Where the two strategies do exactly the same in every world, to the cent, at every value of the scan."""

    low: float
    high: float


class Breakeven(StudyHeader):
    """Where two strategies tie along one path."""

    document: Literal["breakeven"] = "breakeven"
    format: Literal[3] = Field(default=3, description="Version of this document's format.")
    path: str
    low: float
    high: float
    unit: Literal["", "h", "d", "w"] = Field(description="Unit of all values where they are durations.")
    whole: bool = Field(description="True if the path takes whole numbers only.")
    metric: MetricText
    at_low: Estimate | None = Field(
        description="Difference at the low end, as all the second strategy minus the first; null if interrupted before."
    )
    at_high: Estimate | None
    roots: list[BreakevenRoot] = Field(description="The crossings that are shown: clear values of both signs.")
    not_told_apart: list[NotToldApart] = Field(
        description="Where else a crossing may lie. If there is just one, it is in a root's interval or, where there "
        "is no root, in one of these, in 95 % of runs."
    )
    exactly_tied: list[TiedRange]
    verdict: Literal["crosses", "ahead", "partly", "unclear", "same"] | None = Field(
        description="crosses: there are roots. ahead: one is clearly ahead at every judged value; partly: at some, and "
        "the other one nowhere. unclear: they are told apart nowhere. same: both do exactly the same everywhere. null "
        "if interrupted."
    )
    ahead: str | None = Field(description="Who is, where the verdict is ahead or partly.")
    evaluations: list[Evaluation] = Field(description="Every value that was tried.")
    sentence: str = Field(description="The answer in plain words.")

    @property
    def strategies(self) -> list[str]:
        """Names of the two strategies; every difference is the second minus the first."""
        return self.scenario.strategies
