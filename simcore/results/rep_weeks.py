"""The table of rep-weeks: its columns with their units, and a block of replications as such a table.

pyarrow is imported only by the functions that need it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from simcore.scenario.model import Scenario


FIRST_REPLICATION = "simcore.first_replication"
"""Metadata of a part: the replication of its first row."""


class RepWeekBlock(NamedTuple):
    """All rep-weeks of consecutive replications.

    Shapes: replications x reps x weeks, and for `counts` x stages; weeks are the counted ones.
    """

    first_replication: int
    """Number of the first replication, from 0."""
    counts: npt.NDArray[np.int64]
    """Items that entered each stage (calls made, for the first)."""
    cents_origin: npt.NDArray[np.int64]
    """Revenue by the week of the call, in cents."""
    cents_close: npt.NDArray[np.int64]
    """Revenue by the week in which the deal closed, in cents."""

    def __repr__(self) -> str:
        """Return it on a line: there are too many figures to be read."""
        return f"RepWeekBlock(first_replication={self.first_replication}, counts=int64{list(self.counts.shape)}, ...)"


def column_names(stages: tuple[str, ...]) -> tuple[str, ...]:
    """Return a column name for each stage: ASCII letters, digits and underscores, unique.

    Names are unique also for readers that ignore case (DuckDB), and differ from the other columns.

    Examples
    --------
    >>> column_names(("Calls", "Réunions d'équipe", "calls", "会议", "week", "2nd talk"))
    ('calls', 'reunions_d_equipe', 'calls_2', 'stage_4', 'week_2', 'stage_2nd_talk')
    """
    taken = {"replication", "rep", "week", "cents_origin", "cents_close"}
    names = []
    for number, stage in enumerate(stages, start=1):
        letters = (letter for letter in unicodedata.normalize("NFKD", stage) if not unicodedata.combining(letter))
        base = re.sub("[^a-z0-9]+", "_", "".join(letters).lower()).strip("_") or f"stage_{number}"
        base = f"stage_{base}" if base[0].isdigit() else base
        name, copy = base, 1
        while name in taken:
            copy += 1
            name = f"{base}_{copy}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def rep_week_schema(scenario: Scenario, *, digest: str, seed: int, version: str) -> pa.Schema:
    """Return the columns of the rep-week table, with units, and with the run's identity as metadata.

    Parameters
    ----------
    scenario
        The scenario that was run: its stages name the columns.
    digest, seed, version
        The run's identity.
    """
    import pyarrow as pa  # noqa: PLC0415

    def column(name: str, kind: pa.DataType, unit: str, about: str, **more: str) -> pa.Field:
        return pa.field(name, kind, nullable=False, metadata={"unit": unit, "description": about, **more})

    currency = scenario.deal.currency
    stages = tuple(stage.stage for stage in scenario.funnel)
    entries = [
        column(name, pa.int64(), "items", "calls made" if number == 0 else "items that entered it", stage=stage)
        for number, (name, stage) in enumerate(zip(column_names(stages), stages, strict=True))
    ]
    cents = f"cents of {currency} (1/100)"
    return pa.schema(
        [
            column("replication", pa.int64(), "1", "number of the world, from 0, as in the address of its draws"),
            column("rep", pa.int32(), "1", "seat of the team, from 1"),
            column("week", pa.int32(), "1", "counted week, from 1"),
            *entries,
            column("cents_origin", pa.int64(), cents, "revenue by the week of the call that began the deal"),
            column("cents_close", pa.int64(), cents, "revenue by the week in which the deal closed"),
        ],
        metadata={
            "simcore.results.rep_weeks": "1",
            "simcore.version": version,
            "simcore.scenario": scenario.name,
            "simcore.digest": digest,
            "simcore.seed": str(seed),
            "simcore.currency": currency,
        },
    )


def rep_week_table(block: RepWeekBlock, schema: pa.Schema) -> pa.Table:
    """Return a block as a table with one row per rep-week, in the order replication, rep, week.

    Parameters
    ----------
    block
        The rep-weeks.
    schema
        From `rep_week_schema`, for the block's scenario.

    Raises
    ------
    ValueError
        If the shapes of the block do not fit each other or the schema.

    Examples
    --------
    >>> import numpy as np
    >>> from simcore.scenario.model import validate
    >>> scenario = validate({
    ...     "simcore": 1, "name": "One step", "deal": 5000,
    ...     "funnel": [{"stage": "calls"}, {"stage": "wins", "rate": 0.01}],
    ... })
    >>> schema = rep_week_schema(scenario, digest="", seed=1, version="")
    >>> block = RepWeekBlock(0, np.full((1, 1, 2, 2), 5), np.zeros((1, 1, 2), int), np.zeros((1, 1, 2), int))
    >>> rep_week_table(block, schema).select(["replication", "rep", "week", "wins"]).to_pylist()[1]
    {'replication': 0, 'rep': 1, 'week': 2, 'wins': 5}
    """
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    shape = block.counts.shape[:-1]
    if block.counts.ndim != 4 or block.cents_origin.shape != shape or block.cents_close.shape != shape:
        raise ValueError(
            f"shapes do not fit: counts {block.counts.shape}, cents {block.cents_origin.shape}, "
            f"{block.cents_close.shape}"
        )
    replications, reps, weeks = shape
    first = block.first_replication
    entries = block.counts.reshape(-1, block.counts.shape[-1])
    columns = [
        np.repeat(np.arange(first, first + replications, dtype=np.int64), reps * weeks),
        np.tile(np.repeat(np.arange(1, reps + 1, dtype=np.int32), weeks), replications),
        np.tile(np.arange(1, weeks + 1, dtype=np.int32), replications * reps),
        *(np.ascontiguousarray(entries[:, stage]) for stage in range(entries.shape[1])),
        block.cents_origin.reshape(-1),
        block.cents_close.reshape(-1),
    ]
    if len(columns) != len(schema):
        raise ValueError(f"the block has {entries.shape[1]} stages, the schema {len(schema) - 5}")
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
