"""The result of a run, for Python: the summary, NumPy arrays and Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.averaging import windows_of
from simcore.horizons import HORIZONS, Horizon
from simcore.tally import CLOSE, ORIGIN, Tally, bin_values

if TYPE_CHECKING:
    from typing import Literal

    import pyarrow as pa

    from simcore.program import Program
    from simcore.rep_weeks import RepWeekBlock
    from simcore.scenario import Scenario
    from simcore.summary import Estimate, Summary

    Account = Literal["close", "origin"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found.

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

        Examples
        --------
        >>> from simcore import load_scenario, simulate
        >>> result = simulate(load_scenario("trust-the-process"), replications=100)
        >>> revenue, weeks = result.distribution("week")
        >>> float(revenue[1]), int(weeks.sum())
        (10000.0, 52000)
        """
        number, place = HORIZONS.index(horizon), CLOSE if account == "close" else ORIGIN
        counts = self.tally.arrays.bins[:, place, number].sum(axis=0)
        counts[0] = windows_of(self.program, self.tally, number).sum() - counts.sum()
        seen = np.flatnonzero(counts)
        return bin_values()[seen] * (self.program.deals.unit / 100.0), counts[seen]

    def averaging_table(self) -> pa.Table:
        """Return the averaging pyramid as an Arrow table: a row per account, horizon, measure and statistic."""
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
                            }
                        )
        words = [pa.field(name, pa.string()) for name in ("account", "horizon", "measure", "statistic")]
        numbers = [pa.field(name, pa.float64()) for name in ("estimate", "se")]
        return pa.Table.from_pylist(rows, schema=pa.schema([*words, *numbers]))

    def rep_week_table(self) -> pa.Table:
        """Return the rep-weeks as an Arrow table, a row per rep-week, with units in the schema.

        Raises
        ------
        ValueError
            If the run did not keep them (``simulate(..., keep_rep_weeks=True)``).
        """
        from simcore.rep_weeks import rep_week_schema, rep_week_table  # noqa: PLC0415

        if self.rep_weeks is None:
            message = "the run kept no rep-weeks: call simulate(..., keep_rep_weeks=True)"
            raise ValueError(message)
        identity = self.summary.scenario
        schema = rep_week_schema(
            self.scenario, digest=identity.digest, seed=identity.seed, version=self.summary.version
        )
        return rep_week_table(self.rep_weeks, schema)
