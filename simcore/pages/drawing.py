"""From a Vega-Lite specification to an SVG that belongs into a page.

The only module that knows vl-convert, which draws without a browser and loads nothing.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from simcore.base.frames import MissingPackageError
from simcore.charts.shapes.theme import NARROW, WIDE
from simcore.pages.markup import Markup, element, joined

if TYPE_CHECKING:
    from simcore.charts.picture import Picture
    from simcore.charts.shapes.theme import Spec

_INSTALL = 'pip install "simcore[report]"'
_LANGUAGE = "6.1"
"""The version of Vega-Lite that draws, of those that vl-convert has: charts stay what they are when it gets a newer."""
_LONG = re.compile(r'(?<= (?:d|x)=")[^"]+|(?<= (?:x2|y2)=")[^"]+|(?<= transform=")[^"]+')
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_HEAD = re.compile(r'^<svg [^>]*?width="[\d.]+" height="[\d.]+" (viewBox="[^"]+")>')
_NAMED = re.compile(r'(id="|url\(#|href="#)((?:clip|gradient)\w*)')


def check_installed() -> None:
    """Make sure that pictures can be drawn; nothing is imported.

    Raises
    ------
    MissingPackageError
        With the command that installs what is missing.
    """
    if find_spec("vl_convert") is None:
        raise MissingPackageError(f"a report needs vl-convert-python, which is not installed: {_INSTALL}")


def drawn(picture: Picture) -> Markup:
    """Return a picture in both widths: the narrow one is hidden until a style sheet shows it."""
    return joined(
        (
            element("div", svg_of(picture.draw(WIDE), f"{picture.name}-wide", picture.title), class_="wide"),
            element(
                "div",
                svg_of(picture.draw(NARROW), f"{picture.name}-narrow", picture.title),
                class_="narrow",
                hidden=True,
            ),
        )
    )


def svg_of(chart: Spec, name: str, title: str) -> Markup:
    """Return the SVG of a chart: with attributes alone, coordinates to a hundredth of a pixel, names of its own.

    Parameters
    ----------
    chart
        The Vega-Lite specification.
    name
        Unique on the page: what the picture refers to inside itself begins with it.
    title
        What it is called by those who read it aloud.
    """
    import vl_convert  # noqa: PLC0415  (half a second, and only where a report is asked for)

    drawing = vl_convert.vegalite_to_svg(chart, vl_version=_LANGUAGE, allowed_base_urls=[])
    head = element("svg", role="graphics-document", aria_label=title, tabindex="0").removesuffix("></svg>")
    drawing, found = _HEAD.subn(lambda match: f"{head} {match[1]}>", drawing)
    if not found:
        raise RuntimeError("the drawing does not begin as an SVG of vl-convert does")
    drawing = _LONG.sub(lambda match: _DECIMALS.sub(_shorter, match[0]), drawing)
    drawing = _NAMED.sub(lambda match: f"{match[1]}{name}-{match[2]}", drawing)
    return Markup(drawing)


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
