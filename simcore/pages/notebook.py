"""What a notebook shows of an answer: HTML with a static picture, which any notebook can show."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from simcore.answers.answer import answer_of
from simcore.charts.documents import pictures_of
from simcore.charts.shapes.theme import WIDE
from simcore.pages.drawing import svg_of
from simcore.pages.markup import Markup, element, joined, prose

if TYPE_CHECKING:
    from simcore.results.header import StudyHeader

_STYLE = f"max-width:{WIDE}px;background:#fff;color:#1b1f24;padding:8px 12px"
"""Charts are drawn for light paper here: a notebook's own colours are not known."""


def notebook_html(document: StudyHeader, table: str) -> str:
    """Return the sentences of an answer, its first picture, and the table of its fields behind a fold.

    Parameters
    ----------
    table
        HTML, as `simcore.base.shown.table` makes it.
    """
    found = answer_of(document)
    told = [element("p", prose(sentence)) for sentence in (*found.sentences, *found.cautions)]
    fold = element("details", element("summary", "All fields"), Markup(table))
    return element("div", *told, _picture(document), fold, style=_STYLE)


def _picture(document: StudyHeader) -> Markup:
    """Return the first picture; where nothing can draw it, what to install."""
    pictures = pictures_of(document)
    if not pictures:
        return Markup("")
    first = pictures[0]
    if find_spec("vl_convert") is None:
        return element("p", 'pip install "simcore[report]" adds a picture here')
    name = f"simcore-{document.digest[:12]}-{first.name}"
    return joined((element("p", first.title, style="font-weight:600"), svg_of(first.draw(WIDE), name, first.title)))
