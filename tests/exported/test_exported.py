"""Forecasts, backtests and checks as tables, pictures and pages: every figure is there, and nothing becomes markup."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from simcore.answers.answer import answer_of
from simcore.charts.documents import pictures_of
from simcore.charts.picture import Number
from simcore.charts.shapes.theme import NARROW, WIDE
from simcore.forecasting.backtest import backtest
from simcore.forecasting.forecast import forecast
from simcore.pages.exported_page import ToldOfExport, exported_page
from simcore.results.exported import EXPORTED
from simcore.tables.about import ABOUT, SPEED
from simcore.tables.documents import tables_of
from simcore.tables.tidy import csv_of, lines
from tests.pages.test_page import TAGS, Read
from tests.support.documents import numbers
from tests.support.export_files import example_data
from tests.tables.test_documents import tables_on_the_page

if TYPE_CHECKING:
    from simcore.forecasting.backtest_document import Backtest
    from simcore.forecasting.forecast_document import Forecast
    from simcore.results.header import StudyHeader


@cache
def found(name: str) -> Any:  # noqa: ANN401  (a document about an export)
    """Return a small document of each kind, about the example."""
    data = example_data()
    if name == "forecast":
        return forecast(data, by="2026-12-31", quota="350k", replications=200, since="2026-09-01")
    if name == "backtest":
        return backtest(data, horizon="8w", every="8w", first="2026-01-05", by="segment", replications=100)
    return data.check


@pytest.fixture(params=EXPORTED)
def document(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401
    """Return each of them in turn."""
    return found(request.param)


def test_every_number_is_in_a_table_once_it_is_no_time(document: StudyHeader) -> None:
    there: set[float] = set()
    for line in lines(tables_of(document)):
        for value in line.values():
            if isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).isdigit()):
                there.add(float(value))
    known = numbers(document.model_dump(mode="json"), without=SPEED)
    assert not [f"{at} = {value}" for at, value in known if value not in there]


def test_keys_tell_rows_apart(document: StudyHeader) -> None:
    for table in tables_of(document):
        assert len({row.keys for row in table.rows}) == len(table.rows), table.name
    assert csv_of(tables_of(document)).startswith("table,")


def test_the_page_names_every_table_and_every_key(document: StudyHeader) -> None:
    command = document.document.replace("-", " ")
    told = {table: keys for (of, table), keys in tables_on_the_page().items() if of == command}
    assert told == {table.name: [*table.keys] for table in tables_of(document) if table.name != ABOUT}


def test_numbers_of_pictures_are_those_of_the_document(document: StudyHeader) -> None:
    known = {float(value) for _, value in numbers(document.model_dump(mode="json"))}
    pictures = pictures_of(document)
    assert pictures
    for picture in pictures:
        for row in picture.table.rows:
            assert all(part.value in known for cell in row for part in cell if isinstance(part, Number)), picture.name
        for width in (WIDE, NARROW):
            assert picture.draw(width)["width"] <= width


def test_a_page_is_whole_and_the_same_twice(document: Forecast | Backtest) -> None:
    page = exported_page(ToldOfExport(document, "simcore forecast 'a file.csv'"))
    assert page == exported_page(ToldOfExport(document, "simcore forecast 'a file.csv'"))
    read = Read(page)
    assert not read.crossed
    assert {tag.lower() for tag, _ in read.tags} <= TAGS
    assert answer_of(document).sentences[0] in "".join(read.texts)
    assert len(page) < 1_000_000


def test_names_of_an_export_are_never_markup() -> None:
    hostile = "<script>alert(1)</script>"
    told = found("forecast")
    largest = [deal.model_copy(update={"id": hostile, "stage": hostile}) for deal in told.largest]
    page = exported_page(ToldOfExport(told.model_copy(update={"largest": largest, "without": [hostile]}), hostile))
    assert "alert" in page
    assert "<script>alert" not in page
    assert sum(tag == "script" for tag, _ in Read(page).tags) == 1
