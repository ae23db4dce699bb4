"""Writes the picture of README.md: ``python -m tools.pictures``; `tests/docs/test_pictures.py` fails if it is old."""

from __future__ import annotations

import re

from simcore import load_scenario, simulate
from simcore.charts.documents import pictures_of
from simcore.charts.shapes.theme import WIDE
from simcore.pages.drawing import svg_of
from tools.packages import ROOT

AVERAGING = ROOT / "docs" / "pictures" / "averaging.svg"
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_MARGIN = 12
"""Pixels around it, since letters may be wider where it is shown."""


def averaging() -> str:
    """Return the first picture of the canonical scenario as a file of its own, on white whatever the page around it."""
    picture = pictures_of(simulate(load_scenario("trust-the-process")).summary)[0]
    drawing = svg_of(picture.draw(WIDE), picture.name, picture.title)
    head, rest = drawing.split(">", 1)
    (size,) = _VIEW.findall(head)
    width, height = (int(each) + 2 * _MARGIN for each in size)
    view = f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height}" xmlns="http://www.w3.org/2000/svg"'
    paper = f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="{width}" height="{height}" fill="#ffffff"/>'
    return f"{_VIEW.sub(view, head)}>{paper}{rest}\n"


def main() -> None:
    """Write it."""
    AVERAGING.parent.mkdir(exist_ok=True)
    AVERAGING.write_text(averaging(), encoding="utf-8")


if __name__ == "__main__":
    main()
