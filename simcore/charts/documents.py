"""The pictures of every document, in the order in which they are shown; the first is the answer's own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.charts.picture import Picture
    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario

_MODULES = {
    "result": "run",
    "comparison": "compare",
    "sweep": "sweep",
    "breakeven": "breakeven",
    "plan": "plan",
    "luck": "luck",
    "coach": "coach",
    "steadiness": "steadiness",
    "variance": "variance",
}
"""The module of this package that draws a document, by the document's name."""


def pictures_of(document: StudyHeader, scenario: Scenario | None = None) -> list[Picture]:
    """Return the pictures of a document.

    Parameters
    ----------
    document
        Of a class that an entry of `simcore.studies.study.STUDIES` names.
    scenario
        As it was run, if it is known: its first worlds are then played again for what shows weeks.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> result = simulate(load_scenario("trust-the-process"), replications=64)
    >>> [picture.name for picture in pictures_of(result.summary, result.scenario)]
    ['pyramid', 'weeks', 'way', 'ends', 'funnel']
    """
    module = import_module(f"simcore.charts.{_MODULES[document.document]}")
    drawn = cast("Callable[[StudyHeader, Scenario | None], list[Picture | None]]", module.pictures)(document, scenario)
    return [picture for picture in drawn if picture is not None]
