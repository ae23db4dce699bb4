"""Compiles lags and deal values to the four forms that kernels draw: fixed, log-normal, tabulated and listed."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.drawn import Drawn
from simcore.base.money import cents
from simcore.numerics.elementary import log
from simcore.numerics.quantile_table import COLUMNS, ROWS
from simcore.program.compile_reaction import discounts
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL, TABLE, Deals, Lags
from simcore.quantities.distributions import Unsure
from simcore.quantities.open_list import OpenList
from simcore.random.draws import TWO_32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.numerics.quantile_table import QuantileTable
    from simcore.scenario.model import Scenario

_NOTHING = np.zeros(0, np.int64)
_NO_TABLE = np.zeros((ROWS, COLUMNS))


class _Form(NamedTuple):
    """One distribution as the kernels draw it, in whole hours or cents."""

    kind: int
    scale: float = 0.0
    sigma: float = 0.0
    table: QuantileTable = _NO_TABLE
    thresholds: NDArray[np.int64] = _NOTHING
    values: NDArray[np.int64] = _NOTHING


class _Forms:
    """A `simcore.quantities.distributions.Sampler`."""

    def constant(self, value: float) -> _Form:
        return _Form(FIXED, scale=float(np.floor(value + 0.5)))

    def log_normal(self, scale: float, sigma: float) -> _Form:
        return _Form(LOGNORMAL, scale=scale, sigma=sigma)

    def tabulated(self, mean: float, table: QuantileTable) -> _Form:
        return _Form(GAMMA, scale=mean, table=table)

    def listed(self, values: Sequence[float], weights: Sequence[float]) -> _Form:
        whole = np.array([int(value + 0.5) for value in values], np.int64)
        return _Form(TABLE, thresholds=_cumulated(weights), values=whole)


def _cumulated(weights: Sequence[float]) -> NDArray[np.int64]:
    """Return the cumulative shares as 32-bit thresholds; the last is 2**32."""
    shares = np.cumsum(np.asarray(weights, np.float64))
    thresholds: NDArray[np.int64] = np.floor(shares / shares[-1] * TWO_32 + 0.5).astype(np.int64)
    thresholds[-1] = int(TWO_32)
    return thresholds


def stacked(tables: list[QuantileTable]) -> NDArray[np.float64]:
    """Return quantile tables as one array, float64[tables, rows, columns]."""
    return np.array(tables) if tables else np.zeros((0, ROWS, COLUMNS))


def compile_lags(scenario: Scenario) -> Lags:
    """Compile the lags of all steps, that of a referral, and those of what is lost."""
    referred = scenario.referrals.lag if scenario.referrals else None
    given = [*(stage.lag for stage in scenario.funnel), referred]
    lost = np.full(len(scenario.funnel), -1, np.int64)
    for step, stage in enumerate(scenario.funnel):
        if stage.lost_lag is not None:
            lost[step] = len(given)
            given.append(stage.lost_lag)
    forms = [lag.compiled(_Forms(), scenario.calendar) if lag else _Form(FIXED) for lag in given]
    kind, scale = np.array([form.kind for form in forms]), np.array([form.scale for form in forms])
    drawn = [None if lag is None else lag.drawn(scenario.calendar) for lag in given]
    columns = [each for each in drawn if each is not None]
    own = np.array([each is not None for each in drawn])
    lagged = (kind != FIXED) | (scale > 0.0) | own
    apart = lost >= 0
    lagged[: len(lost)][apart] |= lagged[lost[apart]]
    return Lags(
        lost=lost,
        lagged=lagged,
        kind=kind,
        scale=scale,
        sigma=np.array([form.sigma for form in forms]),
        table=_places(forms),
        gamma_tables=stacked([form.table for form in forms if form.kind == GAMMA]),
        thresholds=np.concatenate([form.thresholds for form in forms]),
        hours=np.concatenate([form.values for form in forms]),
        drawn=np.where(own, np.cumsum(own) - 1, -1) if columns else _NOTHING,
        scales=np.array([scales for scales, _ in columns], ndmin=2),
        sigmas=np.array([sigmas for _, sigmas in columns], ndmin=2),
    )


def _places(forms: list[_Form]) -> NDArray[np.int64]:
    """Return the index of each form's table, or of its first entry, among those of all forms; -1 without."""
    places = np.full(len(forms), -1, np.int64)
    tables = entries = 0
    for number, form in enumerate(forms):
        if form.kind == GAMMA:
            places[number], tables = tables, tables + 1
        elif form.kind == TABLE:
            places[number], entries = entries, entries + len(form.values)
    return places


def _values_given(scenario: Scenario) -> list[int]:
    """Return the values of items that are open at the start, in cents."""
    if scenario.start is None:
        return []
    if isinstance(scenario.start.open, OpenList):
        values = np.unique(scenario.start.open.value)
        return [int(value) for value in values[values >= 0]]
    return [cents(entry.value) for entry in scenario.start.entries if entry.value]


def compile_deals(scenario: Scenario) -> Deals:
    """Compile the value of a deal, in the largest unit that divides all values."""
    form = scenario.deal.compiled(_Forms())
    given = _values_given(scenario)
    if form.kind == TABLE:
        mean = float(np.diff(form.thresholds, prepend=0) @ form.values) / TWO_32
        possible = form.values.tolist()
    else:
        # The scale of the other forms is their mean.
        mean = form.scale
        possible = [int(form.scale)] if form.kind == FIXED else [1]
    law = scenario.deal.unsure
    unit = 1 if discounts(scenario) or law is not None else gcd(*possible, *given)
    known = (
        (True, law.centre + float(log(100.0)), law.sigma) if isinstance(law, Unsure) else (law is not None, 0.0, 0.0)
    )
    found = Deals(
        form.kind, float(form.scale), form.sigma, form.table, form.thresholds, form.values, unit, mean / unit, *known
    )
    return found._replace(drawn=100.0 * law.column) if isinstance(law, Drawn) else found
