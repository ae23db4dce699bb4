"""The averaging pyramid: revenue of a rep at every horizon, from the call to the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import CALL, HORIZONS
from simcore.program.layout import Program
from simcore.program.tally import ORIGIN, SQUARE, SUM, TOTAL, WITH_DEAL, Tally, bin_values
from simcore.results.summary import AveragingRow, FirstStepRow, RevenueRow
from simcore.statistics.certain import certain_revenue, certain_stages, nobody_calls
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import scaled
from simcore.statistics.moments_and_quantiles import mean_of, proportion_of, sectioned_quantile, spread_of
from simcore.statistics.tallied_metrics import window_counts
from simcore.statistics.windows import deal_root_mean_square, windows_of


def averaging_rows(program: Program, tally: Tally, account: int) -> list[AveragingRow]:
    """Return a row for each horizon that the run holds whole, shortest first.

    Parameters
    ----------
    account
        `simcore.program.tally.CLOSE` or `simcore.program.tally.ORIGIN`: how revenue is dated. There is none by origin
        where nobody calls.
    """
    rows: list[AveragingRow] = []
    if account == ORIGIN and nobody_calls(program):
        return rows
    for horizon, name in enumerate(HORIZONS):
        windows = windows_of(program, tally, horizon)
        # What closes is no call's where items come without one.
        told = horizon != CALL or account == ORIGIN or program.inflow.total == 0.0
        if told and windows.sum() > 0:
            rows.append(
                AveragingRow(
                    horizon=name,
                    periods=int(windows.sum()),
                    revenue=_revenue(program, tally, account, horizon, windows),
                    first_step=_first_step(program, tally, horizon, windows),
                )
            )
    return rows


def _revenue(program: Program, tally: Tally, account: int, horizon: int, windows: NDArray[np.int64]) -> RevenueRow:
    arrays, size = tally.arrays, tally.arrays.replications
    unit = program.deals.unit / 100.0
    total, with_deal = (arrays.moments[:, account, horizon, column] for column in (TOTAL, WITH_DEAL))
    squares = tally.squares(account, horizon)
    counts = window_counts(tally, account, horizon, windows)
    values, certain = bin_values()[: counts.shape[1]], certain_revenue(program)
    deal, square = program.deals.mean_units, deal_root_mean_square(program)

    def quantile(p: float) -> Estimate:
        found = sectioned_quantile(counts, values, p, replications=float(size.sum()), certain=certain)
        return scaled(found, unit)

    def spread(*, relative: bool) -> Estimate:
        return spread_of(size, total, squares, windows, relative=relative, worth=square, certain=certain)

    return RevenueRow(
        mean=scaled(mean_of(size, total, windows, worth=deal, certain=certain), unit),
        sd=scaled(spread(relative=False), unit),
        cv=spread(relative=True),
        q05=quantile(0.05),
        q50=quantile(0.50),
        q95=quantile(0.95),
        p_zero=proportion_of(size, np.maximum(windows - with_deal, 0), windows, certain=certain),
    )


def _first_step(program: Program, tally: Tally, horizon: int, windows: NDArray[np.int64]) -> FirstStepRow:
    arrays, size = tally.arrays, tally.arrays.replications
    total, squares = arrays.first[:, SUM, horizon], arrays.first[:, SQUARE, horizon]
    certain = certain_stages(program) > 1 or nobody_calls(program)
    return FirstStepRow(
        mean=mean_of(size, total, windows, worth=1.0, certain=certain),
        sd=spread_of(size, total, squares, windows, worth=1.0, certain=certain),
        cv=spread_of(size, total, squares, windows, relative=True, certain=certain),
    )
