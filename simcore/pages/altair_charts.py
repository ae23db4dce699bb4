"""The pictures of a document as Altair charts, for Python; the only module that knows Altair."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from simcore.base.frames import MissingPackageError
from simcore.charts.documents import pictures_of
from simcore.charts.shapes.theme import WIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.charts.picture import Picture
    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario

_NAMED = re.compile(r"var\(--[a-z0-9-]+, (#[0-9a-f]{6})\)")


def charts_of(document: StudyHeader, scenario: Scenario | None = None) -> dict[str, Callable[..., Any]]:
    """Return what draws each picture of a document, by name: a function of the width in pixels.

    Parameters
    ----------
    scenario
        As it was run, if it is known: see `simcore.charts.documents.pictures_of`.
    """
    return {picture.name: _chart(picture) for picture in pictures_of(document, scenario)}


def on_light_paper(part: Any) -> Any:  # noqa: ANN401  (any part of a specification)
    """Return a specification whose colours are those of light paper: a canvas knows no style sheet.

    Examples
    --------
    >>> on_light_paper({"mark": {"color": "var(--first, #0b62b8)"}, "values": [1, "var(x)"]})
    {'mark': {'color': '#0b62b8'}, 'values': [1, 'var(x)']}
    """
    if isinstance(part, dict):
        return {key: on_light_paper(value) for key, value in part.items()}
    if isinstance(part, list):
        return [on_light_paper(value) for value in part]
    match = _NAMED.fullmatch(part) if isinstance(part, str) else None
    return part if match is None else match[1]


def _chart(picture: Picture) -> Callable[..., Any]:
    def chart(width: int = WIDE) -> Any:  # noqa: ANN401  (Altair is optional)
        if find_spec("altair") is None:
            raise MissingPackageError('a chart needs Altair, which is not installed: pip install "simcore[report]"')
        import altair as alt  # noqa: PLC0415  (half a second, and optional)

        return alt.LayerChart.from_dict(on_light_paper(picture.draw(width)) | {"background": "white"})

    chart.__name__ = picture.name
    chart.__doc__ = f"{picture.title}: return an Altair chart of a width in pixels.\n\n{picture.says}"
    return chart
