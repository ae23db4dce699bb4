"""Every figure of every document is in one of its tables, once, with its unit, its error and its interval."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from simcore.cli.screens.layout import estimates_in
from simcore.studies.study import STUDIES
from simcore.tables.about import ABOUT, SPEED
from simcore.tables.documents import DEFINITIONS, tables_of
from simcore.tables.table import LABEL, SHARE, Table, cell_of
from simcore.tables.tidy import RESERVED, columns, lines
from tests.support.documents import NAMES, document, numbers
from tests.support.study_cases import CASES
from tools.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcore.results.header import StudyHeader


OTHERS = {"check", "scenarios", "forecast", "backtest", "data check"}
"""Commands with tables that answer no question about a scenario; of those about an export see `tests.exported`."""


@pytest.fixture(scope="module", params=NAMES)
def found(request: pytest.FixtureRequest) -> StudyHeader:
    """Return the document of each question in turn; tests of one are together, so each is asked once."""
    return document(request.param)


def words(part: object) -> Iterator[str]:
    """Yield all texts of a JSON document."""
    if isinstance(part, dict):
        for value in part.values():
            yield from words(value)
    elif isinstance(part, list):
        for value in part:
            yield from words(value)
    elif isinstance(part, str):
        yield part


def in_tables(tables: list[Table]) -> list[float]:
    """Return all numbers of some tables, those that are texts or keys included."""
    found: list[float] = []
    for line in lines(tables):
        for value in line.values():
            if isinstance(value, int | float):
                found.append(value)
            elif isinstance(value, str) and value.isdigit():
                found.append(int(value))
    return found


def test_every_document_has_a_definition() -> None:
    assert set(DEFINITIONS) == set(STUDIES)


def test_every_number_is_in_a_table(found: StudyHeader) -> None:
    there = set(in_tables(tables_of(found)))
    known = numbers(found.model_dump(mode="json"), without=SPEED)
    missing = [f"{at} = {value}" for at, value in known if value not in there]
    assert not missing


def test_every_text_is_in_a_table(found: StudyHeader) -> None:
    tables = tables_of(found)
    there = {*columns(tables), *(str(value) for line in lines(tables) for value in line.values() if value is not None)}
    together = "\n".join(there)
    missing = [text for text in words(found.model_dump(mode="json")) if text not in there and text not in together]
    assert not missing


def test_every_estimate_keeps_its_error_and_its_interval(found: StudyHeader) -> None:
    """As often as in the document: figures of the same value each have their own cell."""
    told = [cell_of(each, SHARE) for each in estimates_in(found) if each.estimate is not None]
    wanted = Counter((cell.value, cell.standard_error, cell.low, cell.high) for cell in told)
    cells = [cell for table in tables_of(found) for row in table.rows for cell in row.cells]
    there = Counter((cell.value, cell.standard_error, cell.low, cell.high) for cell in cells)
    assert not wanted - there


def test_every_figure_has_one_place_and_a_unit(found: StudyHeader) -> None:
    tables = tables_of(found)
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert not RESERVED & {*table.keys}, table.name
        assert len({row.keys for row in table.rows}) == len(table.rows), table.name
        assert len(set(table.figures)) == len(table.figures)
        for row in table.rows:
            assert len(row.keys) == len(table.keys)
            assert len(row.cells) == len(table.figures)
            assert all(cell.unit != LABEL for cell in row.cells if cell.value is not None), table.name


def test_tables_do_not_depend_on_the_machine(found: StudyHeader) -> None:
    """But those of a benchmark, which measures it."""
    slower = found.model_copy(update={"seconds": found.seconds + 1000.0})
    assert tables_of(slower) == tables_of(found)
    assert "seconds" not in {figure for table in tables_of(found) for figure in table.figures}


def test_documents_of_one_question_have_their_rows_together() -> None:
    found = document("variance")
    other = found.model_copy(update={"metric": "p_quota"})
    both = {table.name: table for table in tables_of([found, other])}
    assert [row.keys for row in both["about"].rows] == [("revenue",), ("p_quota",)]
    assert len(both["techniques"].rows) == 2 * len({row.keys for row in tables_of(found)[1].rows})


def test_a_document_read_from_json_has_the_same_tables() -> None:
    """So what a folder of results holds can be shown as tables, too."""
    found = document("comparison")
    again = type(found).model_validate(json.loads(found.model_dump_json()))
    assert tables_of(again) == tables_of(found)


def tables_on_the_page() -> dict[tuple[str, str], list[str]]:
    """Return the keys of every table that docs/tables.md names, by its command and its name."""
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8").partition("## The tables")[2]
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("|")][2:]
    told: dict[tuple[str, str], list[str]] = {}
    commands: list[str] = []
    for answer, table, keys, _ in rows:
        commands = re.findall("`(.*?)`", answer) or commands
        for command in commands:
            told[command, table.strip(" `")] = re.findall("`(.*?)`", keys)
    return told


def test_the_page_names_every_table_and_every_key() -> None:
    told = tables_on_the_page()
    there = {
        (STUDIES[name].command, table.name): [*table.keys]
        for name in CASES
        for table in tables_of(document(name))
        if table.name != ABOUT
    }
    there["sweep", "figures"].remove("team.reps")
    there["sweep", "exploded"].remove("team.reps")
    of_questions = {key: keys for key, keys in told.items() if key[0] not in OTHERS}
    assert of_questions == there
