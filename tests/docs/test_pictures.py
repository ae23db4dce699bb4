"""The picture of README.md is what the program draws, and stands alone."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tools.packages import ROOT
from tools.pictures import AVERAGING, averaging


@pytest.mark.slow
def test_the_picture_is_what_is_drawn_today() -> None:
    assert AVERAGING.read_text(encoding="utf-8") == averaging(), "make pages"


def test_it_is_a_file_of_its_own() -> None:
    drawing = ET.fromstring(AVERAGING.read_text(encoding="utf-8"))  # noqa: S314  (our own)
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert drawing.attrib["role"] == "graphics-document"
    texts = ["".join(each.itertext()) for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"call", "week", "year"} <= set(texts)


def test_the_readme_shows_it_above_its_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.index(f"]({AVERAGING.relative_to(ROOT)})") < text.index("make demo")
