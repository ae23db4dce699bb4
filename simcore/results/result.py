"""The result of a run, for Python: the summary, NumPy arrays and Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import Problem, UsageError
from simcore.base.frames import to_pandas, to_polars
from simcore.base.periods import HORIZONS, Horizon
from simcore.base.pictures import Plots, notebook_html
from simcore.base.shown import short, table
from simcore.base.spelling import one_of
from simcore.program.tally import CLOSE, ORIGIN, Tally, bin_values
from simcore.statistics.windows import windows_of

if TYPE_CHECKING:
    from typing import Literal

    import pyarrow as pa

    from simcore.program.layout import Program
    from simcore.results.rep_weeks import RepWeekBlock
    from simcore.results.summary import Summary
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate

    Account = Literal["close", "origin"]
    Rows = Literal["averaging", "rep_weeks"]

ACCOUNTS: tuple[Account, ...] = ("close", "origin")
ROWS: tuple[Rows, ...] = ("averaging", "rep_weeks")


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The result of a run.

    Two results are equal if the same scenario gave the same figures; timings are not compared.

    Attributes
    ----------
    scenario
        The scenario as it was run.
    summary
        The result document: every estimate with its standard error.
    tally
        The raw counters.
    rep_weeks
        Every rep-week as NumPy arrays, where `simulate` was asked to keep them.
    """

    scenario: Scenario
    program: Program
    tally: Tally
    summary: Summary
    rep_weeks: RepWeekBlock | None

    def __eq__(self, other: object) -> bool:
        """Whether the same scenario gave the same figures, counters and rep-weeks."""
        if not isinstance(other, Result):
            return NotImplemented
        mine, theirs = self.rep_weeks, other.rep_weeks
        same_rows = mine is theirs or (
            mine is not None
            and theirs is not None
            and all(map(np.array_equal, tuple[Any, ...](mine), tuple[Any, ...](theirs)))
        )
        same_figures = self.scenario == other.scenario and self.summary == other.summary
        return same_figures and same_rows and self.tally.same_as(other.tally)

    def __hash__(self) -> int:
        """Return the same for equal results."""
        return hash(self.summary)

    def __repr__(self) -> str:
        """Return it on two lines at most."""
        return short("Result", self._shown_fields())

    def _repr_html_(self) -> str:
        return notebook_html(self.summary, table("Result", self._shown_fields()))

    @property
    def plot(self) -> Plots:
        """Its pictures as Altair charts, by name; those of weeks play the first worlds again."""
        return Plots(self.summary, self.scenario)

    def _shown_fields(self) -> list[tuple[str, object]]:
        summary = self.summary
        size, identity = summary.size, summary.scenario
        year = next((row for row in summary.averaging.close if row.horizon == "year"), summary.averaging.close[-1])
        return [
            ("scenario", identity.name),
            ("strategy", identity.strategy),
            ("seed", identity.seed),
            ("replications", size.replications),
            (f"revenue_of_a_{year.horizon}", year.revenue.mean),
            ("rep_weeks", None if self.rep_weeks is None else f"{size.rep_weeks:,} kept"),
        ]

    def distribution(
        self, horizon: Horizon, account: Account = "close"
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the distribution of revenue of a rep in a period.

        Returns
        -------
        revenue
            float64[n], increasing, in units of the currency. Exact below 1,024 times the unit of value (the value of
            a deal where all have the same); beyond, the middle of a bin of relative width 1/512.
        count
            int64[n]: periods with this revenue, over all reps and replications.

        Raises
        ------
        UsageError
            If there is no such horizon or account.

        Examples
        --------
        >>> from simcore import load_scenario, simulate
        >>> result = simulate(load_scenario("trust-the-process"), replications=100)
        >>> revenue, weeks = result.distribution("week")
        >>> float(revenue[1]), int(weeks.sum())
        (10000.0, 52000)
        """
        horizon = one_of(horizon, HORIZONS, "horizon")
        account = one_of(account, ACCOUNTS, "account")
        number, place = HORIZONS.index(horizon), CLOSE if account == "close" else ORIGIN
        counts = self.tally.arrays.bins[:, place, number].sum(axis=0)
        counts[0] = windows_of(self.program, self.tally, number).sum() - counts.sum()
        seen = np.flatnonzero(counts)
        return bin_values()[seen] * (self.program.deals.unit / 100.0), counts[seen]

    def to_arrow(self, rows: Rows = "averaging") -> pa.Table:
        """Return a table of the result: ``averaging`` (see `averaging_table`) or ``rep_weeks`` (`rep_week_table`).

        Raises
        ------
        UsageError
            If there is no such table, or the run kept no rep-weeks.
        """
        return self.averaging_table() if one_of(rows, ROWS, "rows") == "averaging" else self.rep_week_table()

    def to_pandas(self, rows: Rows = "averaging") -> Any:  # noqa: ANN401
        """Return a table of the result as a ``pandas.DataFrame``, see `to_arrow`."""
        return to_pandas(self.to_arrow(rows))

    def to_polars(self, rows: Rows = "averaging") -> Any:  # noqa: ANN401
        """Return a table of the result as a ``polars.DataFrame``, see `to_arrow`."""
        return to_polars(self.to_arrow(rows))

    def averaging_table(self) -> pa.Table:
        """Return the averaging pyramid as an Arrow table: a row per account, horizon, measure and statistic.

        Columns ``account``, ``horizon``, ``measure``, ``statistic`` (text) and ``estimate``, ``se``, ``low``, ``high``
        (float64; see `simcore.Estimate`, null for what is not known).
        """
        import pyarrow as pa  # noqa: PLC0415

        rows: list[dict[str, str | float | None]] = []
        for account, horizons in (
            ("close", self.summary.averaging.close),
            ("origin", self.summary.averaging.origin),
        ):
            for row in horizons:
                for measure, figures in (("revenue", row.revenue), ("first_step", row.first_step)):
                    for statistic in type(figures).model_fields:
                        figure: Estimate = getattr(figures, statistic)
                        rows.append(
                            {
                                "account": account,
                                "horizon": row.horizon,
                                "measure": measure,
                                "statistic": statistic,
                                "estimate": figure.estimate,
                                "se": figure.se,
                                "low": figure.low,
                                "high": figure.high,
                            }
                        )
        words = [pa.field(name, pa.string()) for name in ("account", "horizon", "measure", "statistic")]
        numbers = [pa.field(name, pa.float64()) for name in ("estimate", "se", "low", "high")]
        return pa.Table.from_pylist(rows, schema=pa.schema([*words, *numbers]))

    def rep_week_table(self) -> pa.Table:
        """Return the rep-weeks as an Arrow table, a row per rep-week, with units in the schema.

        Raises
        ------
        UsageError
            If the run did not keep them (``simulate(..., keep_rep_weeks=True)``).
        """
        from simcore.results.rep_weeks import rep_week_schema, rep_week_table  # noqa: PLC0415

        if self.rep_weeks is None:
            problem = Problem("the run kept no rep-weeks", "rows", hint="call simulate(..., keep_rep_weeks=True)")
            raise UsageError((problem,))
        identity = self.summary.scenario
        schema = rep_week_schema(
            self.scenario, digest=identity.digest, seed=identity.seed, version=self.summary.version
        )
        return rep_week_table(self.rep_weeks, schema)
