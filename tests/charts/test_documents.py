"""Every picture of every document draws in both widths, and holds only what the document says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simcore.charts.documents import pictures_of
from simcore.charts.picture import Number, Picture, exact, table, text_of, words
from simcore.charts.shapes.theme import NARROW, WIDE
from simcore.pages.drawing import drawn
from simcore.studies.study import STUDIES
from tests.support.documents import NAMES, Asked, asked, numbers
from tests.support.study_cases import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAYED_AGAIN = ("weeks", "way", "ends")
"""Pictures of worlds that are played again: tests/charts/test_run_weeks.py."""
VALUES = ("value", "low", "high", "y", "size")
"""Fields of marks that are figures, as they are or in per cent."""
RATIOS = ("pyramid", "frontier")
"""Pictures whose marks are ratios of figures, or words."""


@pytest.fixture(scope="module", params=NAMES)
def found(request: pytest.FixtureRequest) -> Asked:
    """Return each document in turn; tests of one are together."""
    return asked(request.param)


def values(picture: Picture) -> list[float]:
    """Return the numbers of the table of a picture."""
    return [part.value for row in picture.table.rows for cell in row for part in cell if isinstance(part, Number)]


def in_document(found: Asked) -> set[float]:
    """Return all numbers of a document."""
    return {float(value) for _, value in numbers(found.document.model_dump(mode="json"))}


def marks(picture: Picture) -> Iterator[float]:
    """Yield the figures that marks stand for."""
    for row in picture.draw(WIDE)["data"]["values"]:
        yield from (float(row[name]) for name in VALUES if isinstance(row.get(name), int | float))


def strangers(picture: Picture, known: set[float]) -> list[float]:
    """Return the numbers of a picture that the document does not have."""
    wrong = [value for value in values(picture) if float(value) not in known]
    if picture.name not in RATIOS:
        close = {f"{value * scale:.12g}" for value in known for scale in (1.0, 100.0)}
        wrong += [value for value in marks(picture) if f"{value:.12g}" not in close]
    return wrong


def test_every_kind_of_document_is_asked_for() -> None:
    assert set(CASES) == set(STUDIES)


def test_every_picture_draws_in_both_widths(found: Asked) -> None:
    for picture in pictures_of(found.document, found.scenario):
        both = drawn(picture)
        assert both.count("<svg ") == 2
        assert "NaN" not in both
        assert "Infinity" not in both
        for width, name in ((WIDE, "wide"), (NARROW, "narrow")):
            svg = both[both.index(f'class="{name}"') :]
            assert f'viewBox="0 0 {width} ' in svg[: svg.index(">", svg.index("<svg"))]


def test_pictures_have_names_of_their_own_and_a_sentence(found: Asked) -> None:
    shown = pictures_of(found.document, found.scenario)
    assert len({picture.name for picture in shown}) == len(shown)
    for picture in shown:
        assert picture.name.isidentifier()
        assert picture.says.endswith(".")
        assert picture.table.rows
        assert picture.title not in ("", picture.says)


def test_numbers_are_those_of_the_document(found: Asked) -> None:
    known = in_document(found)
    for picture in pictures_of(found.document, found.scenario):
        if picture.name not in PLAYED_AGAIN:
            assert strangers(picture, known) == [], picture.name


def test_a_wrong_number_would_be_found() -> None:
    found = asked("coach")
    known, picture = in_document(found), pictures_of(found.document)[0]
    first = min(values(picture))
    assert first in strangers(picture, known - {first})
    assert strangers(picture._replace(table=table(("a",), [(exact(0.123456789),)])), known) == [0.123456789]


def test_every_mark_says_what_it_is(found: Asked) -> None:
    for picture in pictures_of(found.document, found.scenario):
        spec = picture.draw(WIDE)
        spoken = [layer for layer in spec["layer"] if layer["mark"].get("aria")]
        assert len(spoken) == 1
        assert all(row["says"].strip() for row in spec["data"]["values"])


def test_the_pyramid_is_over_its_own_mean() -> None:
    found: Any = asked("result").document
    picture = pictures_of(found)[0]
    drawn_rows = picture.draw(WIDE)["data"]["values"]
    for row, mark in zip(found.averaging.close, drawn_rows, strict=True):
        assert mark["middle"] == pytest.approx(row.revenue.q50.estimate / row.revenue.mean.estimate)
        assert mark["low"] == pytest.approx(row.revenue.q05.estimate / row.revenue.mean.estimate)


def test_a_table_has_a_cell_for_each_heading() -> None:
    with pytest.raises(ValueError, match="not as long as the headings"):
        table(("a", "b"), [(words("only one"),)])
    assert text_of(exact(None)) == "\u2013"
