"""The tables of a benchmark of variance reduction; the metric is a key, since an answer may have several."""

from __future__ import annotations

from simcore.tables.about import about
from simcore.tables.layout import LOW_HIGH, Beside, Layout
from simcore.tables.run import metric_unit
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, Table
from simcore.variance_reduction.document import TechniqueRow, VarianceBench

_ERROR = Beside(standard_error="se")
_BESIDE = {"estimate": _ERROR, "slope": _ERROR, "ratio": LOW_HIGH}


def variance_tables(found: VarianceBench) -> list[Table]:
    """Return all figures of a benchmark on one metric."""
    unit = SHARE if found.level is not None else metric_unit(found.metric)
    own = {"level": MONEY, "batches": COUNT, "batch": COUNT, "reference": unit}
    of_row = {"estimate": unit, "variance": f"{unit}^2", "microseconds": "us"}
    of_row |= dict.fromkeys(("z", "efficiency.ratio", "rate.slope"), RATIO)
    techniques = Layout(TechniqueRow, ("metric", "technique"), of_row, (), _BESIDE)
    rows = [((found.metric,), row) for row in found.rows]
    return [
        about(found, own, without=("rows",), keys=("metric",)),
        techniques.below("techniques", "Techniques of variance reduction", rows, found.currency),
    ]
