"""Writes the pictures of the pages: ``python -m tools.pictures``; `tests/docs/test_pictures.py` fails if one is old.

Each is of the answer to a command that its page has, as `--report` draws it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from simcore import load_scenario, luck, plan, simulate
from simcore.charts.documents import pictures_of
from simcore.charts.shapes.theme import WIDE
from simcore.pages.drawing import svg_of
from tools.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.charts.picture import Picture

FOLDER = ROOT / "docs" / "pictures"
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_MARGIN = 12
"""Pixels around it, since letters may be wider where it is shown."""


@cache
def _canonical() -> list[Picture]:
    scenario = load_scenario("trust-the-process")
    return pictures_of(simulate(scenario, replications=1000).summary, scenario)


def _luck() -> list[Picture]:
    return pictures_of(luck("real-team", replications=256))


def _plan() -> list[Picture]:
    return pictures_of(plan("backward-from-100k", "100k", confidence="90%", frontier=False, replications=2000))


PICTURES: dict[str, tuple[Callable[[], list[Picture]], str]] = {
    "averaging": (_canonical, "pyramid"),
    "weeks": (_canonical, "weeks"),
    "dry-spell": (_luck, "dry"),
    "confidence": (_plan, "confidence"),
}
"""By the name of the file: the pictures of an answer, and which of them."""


def drawing_of(name: str) -> str:
    """Return a picture as a file of its own, on white whatever the page around it is."""
    make, which = PICTURES[name]
    (picture,) = (each for each in make() if each.name == which)
    drawing = svg_of(picture.draw(WIDE), picture.name, picture.title)
    head, rest = drawing.split(">", 1)
    (size,) = _VIEW.findall(head)
    width, height = (int(each) + 2 * _MARGIN for each in size)
    view = f'viewBox="{-_MARGIN} {-_MARGIN} {width} {height}" xmlns="http://www.w3.org/2000/svg"'
    paper = f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="{width}" height="{height}" fill="#ffffff"/>'
    return f"{_VIEW.sub(view, head)}>{paper}{rest}\n"


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(drawing_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
