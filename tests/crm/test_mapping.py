"""The mapping file: every problem at once, with its line, the value and the nearest word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simcore.base.errors import FileError, ScenarioError, UsageError
from simcore.crm.cells.refused import DataError
from simcore.crm.mapping import load_map
from tests.support.pages import fences
from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def load(text: str, folder: Path) -> str:
    """Return what is said of a mapping file."""
    (folder / "map.yaml").write_text(text, encoding="utf-8")
    try:
        load_map(folder / "map.yaml")
    except ScenarioError as error:
        return str(error).replace(str(folder), "")
    return ""


def test_the_one_of_the_page_is_accepted(tmp_path: Path) -> None:
    (text,) = (text for text in fences(ROOT / "docs" / "exports.md", "yaml") if text.startswith("simcore-map"))
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    found, _ = load_map(tmp_path / "map.yaml")
    assert found.headers("deal")["owner"] == "Seller"
    assert found.stages["Signed"] == "won"
    assert (found.dates, found.decimal, found.timezone) == ("dmy", ",", "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deal: {id: Id}\n", "/map.yaml:1: simcore-map: is missing; write simcore-map: 1 as the first line"),
        ("simcore-map: 2\n", "simcore-map: must be 1"),
        ("simcore-map: 1\ndeals: {}\n", "/map.yaml:2:1: deals: unknown key"),
        ("simcore-map: 1\ndeals: {}\n", "did you mean deal?"),
        ("simcore-map: 1\ndeal:\n  vlue: Amount\n", "/map.yaml:3:3: deal.vlue: unknown key"),
        ("simcore-map: 1\ndialect: salesfroce\n", "/map.yaml:2:10: dialect"),
        ("simcore-map: 1\ndates: ymd\n", "/map.yaml:2:8: dates"),
        ("simcore-map: 1\ntimezone: Europe/Amsterdm\n", "did you mean Europe/Amsterdam?"),
        ("simcore-map: 1\noutcomes: {Signed: victory}\n", "outcomes.Signed"),
        ("simcore-map: 1\nignore: {Type: Renewal}\n", "ignore.Type"),
        ("simcore-map: 1\nstages: {A: 5}\n", "stages.A"),
        ("simcore-map: 1\nstages: {A: won, A: lost}\n", "duplicate key"),
        ("- 1\n", "must be a mapping"),
        ("simcore-map: 1\ndeal: &a {}\n", "anchor"),
        ("simcore-map: [\n", "/map.yaml:"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    assert said in load(text, tmp_path)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    lines = load("dates: ymd\ndeal: {ownr: A, vlue: B}\n", tmp_path).splitlines()
    assert len(lines) == 4


def test_a_mapping_of_python_is_told_without_places() -> None:
    with pytest.raises(DataError, match=r"map: deal.ownr: unknown key"):
        load_map({"simcore-map": 1, "deal": {"ownr": "A"}})


def test_what_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="map: is no mapping, got int"):
        load_map(5)
    with pytest.raises(FileError, match="cannot read"):
        load_map(tmp_path / "none.yaml")
