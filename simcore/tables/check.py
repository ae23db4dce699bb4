"""The tables of what is known of a scenario before it is run, and of the scenarios that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.tables.table import COUNT, SHARE, Cell, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.analytic.assumptions import Assumption
    from simcore.analytic.expectations import Expected
    from simcore.analytic.run_cost import Cost
    from simcore.quantities.season import SeasonOff

_COST = {"rep_weeks": COUNT, "memory_bytes": "bytes", "seconds": "s", "disk_bytes": "bytes"}
_BY_PATH = ("value", "source")


def check_tables(
    price: Cost,
    threads: int,
    limit: int,
    figures: Sequence[Assumption],
    values: Sequence[Expected],
    *,
    digest: str,
    currency: str,
    off: Sequence[SeasonOff] = (),
) -> list[Table]:
    """Return what a run costs, the figures with their sources, and what is expected in closed form.

    Parameters
    ----------
    price, threads, limit
        What a run costs on so many threads, and the rep-weeks that it may have.
    figures, values
        As `simcore.analytic.assumptions.assumptions` and `simcore.analytic.expectations.expected` return them.
    digest
        Identity of the scenario.
    currency
        ISO 4217 code.
    off
        Seasons whose mean factor is not 1.
    """
    costs = {name: Cell(value, _COST[name]) for name, value in price._asdict().items()}
    costs |= {"threads": Cell(threads, COUNT), "limit_rep_weeks": Cell(limit, COUNT)}
    units = {"money": currency, "share": SHARE, "count": COUNT}
    assumed = [Row((each.path,), (Cell(text=each.value), Cell(text=each.source))) for each in figures]
    expected = [Row((each.label,), (Cell(each.value, units[each.unit]),)) for each in values]
    means = tuple(Row((each.stage,), (Cell(each.mean, "factor"),)) for each in off)
    seasons = [Table("seasons_off", "Seasons whose mean factor is not 1", ("stage",), ("mean",), means)] if off else []
    return [
        Table("about", "About", (), ("digest",), (Row((), (Cell(text=digest),)),)),
        Table("cost", "Cost of a run", (), tuple(costs), (Row((), tuple(costs.values())),)),
        Table("assumptions", "Figures of the scenario", ("path",), _BY_PATH, tuple(assumed)),
        Table("expected", "Expected, in closed form", ("label",), ("expected",), tuple(expected)),
        *seasons,
    ]


def scenarios_table(shipped: Sequence[tuple[str, str]]) -> Table:
    """Return the shipped scenarios, each with what it is about."""
    rows = tuple(Row((name,), (Cell(text=about),)) for name, about in shipped)
    return Table("scenarios", "Shipped scenarios", ("scenario",), ("about",), rows)
