"""The worlds of a comparison as a table: the team's revenue by replication and strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from simcore.engine.paired import Paired


def worlds_table(paired: Paired) -> pa.Table:
    """Return a row per world and strategy: ``replication`` (int64), ``strategy`` (text), ``cents_close`` (int64)."""
    import pyarrow as pa  # noqa: PLC0415

    names = [scenario.run.strategy for scenario in paired.scenarios]
    k, replications = paired.revenue.shape
    return pa.table(
        {
            "replication": np.repeat(np.arange(replications, dtype=np.int64), k),
            "strategy": pa.DictionaryArray.from_arrays(
                np.tile(np.arange(k, dtype=np.int32), replications), pa.array(names)
            ).cast(pa.string()),
            "cents_close": np.ascontiguousarray(paired.revenue.T).ravel(),
        }
    )
