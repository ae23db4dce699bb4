"""The table of a sweep: a row per point, strategy and metric, for Parquet and data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from simcore.sweep_document import Sweep

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
        "simcore.replications": str(identity.replications),
        "simcore.currency": identity.currency,
        "simcore.baseline": found.strategies[0],
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(fields, metadata=about))
