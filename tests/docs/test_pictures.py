"""Pictures of the pages are what the program draws, stand alone, and are shown with words for who cannot see them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tools.packages import ROOT
from tools.pictures import FOLDER, PICTURES, drawing_of

SVG = "{http://www.w3.org/2000/svg}"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
SHOWN = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<path>[^)]*pictures/(?P<name>[\w-]+)\.svg)\)")


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_is_drawn_today(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == drawing_of(name), "make pages"


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_a_file_of_its_own(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    drawing = ET.fromstring(text)  # noqa: S314  (our own)
    assert drawing.tag == f"{SVG}svg"
    assert drawing.attrib["role"] == "graphics-document"
    assert any("".join(each.itertext()) for each in drawing.iter(f"{SVG}text"))
    assert "://" not in text.replace("http://www.w3.org/", "")


def test_all_are_shown_and_no_others_are_kept() -> None:
    found = [(page, match) for page in PAGES for match in SHOWN.finditer(page.read_text(encoding="utf-8"))]
    assert {match["name"] for _, match in found} == set(PICTURES) == {path.stem for path in FOLDER.iterdir()}
    for page, match in found:
        assert (page.parent / match["path"]).is_file()
        assert len(match["words"]) > 40, "what it shows, for who cannot see it"


def test_the_readme_shows_it_above_its_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.index("(docs/pictures/averaging.svg)") < text.index("make demo")
