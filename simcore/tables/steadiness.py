"""The tables of what averages out, and what does not."""

from __future__ import annotations

from simcore.studies.steadiness.document import Steadiness, SteadinessFall, SteadinessPart, SteadinessRow
from simcore.tables.about import about
from simcore.tables.layout import Layout
from simcore.tables.table import MONEY, MONEY_SQUARED, RATIO, SHARE, Table

_UNITS = {"mean": MONEY, "variance": MONEY_SQUARED, "share": SHARE, "cv": SHARE}
HORIZONS = Layout(SteadinessRow, ("horizon",), _UNITS, {"parts"})
PARTS = Layout(SteadinessPart, ("horizon", "part"), _UNITS)
FALLS = Layout(SteadinessFall, ("part",), {"power": RATIO})


def steadiness_tables(found: Steadiness) -> list[Table]:
    """Return all figures of a variance and its parts."""
    money = found.currency
    parts = [((row.horizon,), part) for row in found.rows for part in row.parts]
    return [
        about(found, without=("rows", "falls")),
        HORIZONS.table("horizons", "Revenue of a rep", found.rows, money),
        PARTS.below("parts", "What its variance is made of", parts, money),
        FALLS.table("falls", "How a part falls with time", found.falls, money),
    ]
