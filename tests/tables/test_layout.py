"""How a part of a document becomes a row, and what is refused: so that no new field is forgotten."""

from __future__ import annotations

import pytest

from simcore.base.document import Document
from simcore.statistics.estimate import Estimate
from simcore.tables.layout import LOW_HIGH, Beside, Layout
from simcore.tables.table import COUNT, MONEY, SHARE, Cell


class Inner(Document):
    mean: Estimate
    count: int | None


class Part(Document):
    stage: str
    revenue: Inner | None
    share: float
    low: float | None
    high: float | None
    names: list[str]
    certain: bool


LAYOUT = Layout(Part, ("stage",), {"revenue.*": MONEY, "revenue.count": COUNT, "share": SHARE}, (), {"share": LOW_HIGH})
MEAN = Estimate(estimate=10.0, se=1.0, low=8.0, high=12.0)
PART = Part(
    stage="wins", revenue=Inner(mean=MEAN, count=3), share=0.5, low=0.4, high=None, names=["a", "b"], certain=False
)


def test_fields_become_cells_in_their_order() -> None:
    table = LAYOUT.table("parts", "Parts", [PART, None], "EUR")
    assert table.keys == ("stage",)
    assert table.figures == ("revenue.mean", "revenue.count", "share", "names", "certain")
    (row,) = table.rows
    assert row.keys == ("wins",)
    assert row.cells == (
        Cell(10.0, "EUR", 1.0, 8.0, 12.0, estimated=True),
        Cell(3, COUNT),
        Cell(0.5, SHARE, low=0.4),
        Cell(text="a; b"),
        Cell(text="no"),
    )


def test_what_is_not_there_has_empty_cells() -> None:
    (row,) = LAYOUT.table("parts", "Parts", [PART.model_copy(update={"revenue": None})], "EUR").rows
    assert row.cells[:2] == (Cell(), Cell())


def test_a_number_without_a_unit_is_refused() -> None:
    layout = Layout(Part, ("stage",), {"revenue.*": MONEY})
    with pytest.raises(KeyError, match="share"):
        layout.table("parts", "Parts", [PART], "EUR")


def test_a_list_of_parts_is_no_cell() -> None:
    class Whole(Document):
        parts: list[Part]

    with pytest.raises(TypeError, match=r"Whole\.parts can be no cell"):
        Layout(Whole).figures()
    assert Layout(Whole, (), {}, {"parts"}).figures() == ()


def test_an_error_may_stand_beside_its_figure() -> None:
    class Slope(Document):
        slope: float
        se: float | None
        ends: tuple[float, float | None]

    layout = Layout(Slope, (), {"slope": SHARE}, (), {"slope": Beside(standard_error="se", interval="ends")})
    (row,) = layout.table("slopes", "Slopes", [Slope(slope=0.5, se=0.1, ends=(0.2, None))], "EUR").rows
    assert layout.figures() == ("slope",)
    assert row.cells == (Cell(0.5, SHARE, 0.1, 0.2),)
