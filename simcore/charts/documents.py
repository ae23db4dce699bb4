"""The pictures of every document, in the order in which they are shown; the first is the answer's own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from simcore.results.exported import EXPORTED, exported
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.charts.picture import Picture
    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario


def pictures_of(document: StudyHeader, scenario: Scenario | None = None) -> list[Picture]:
    """Return the pictures of a document.

    Parameters
    ----------
    document
        Of a class that an entry of `simcore.studies.study.STUDIES` names, or of one that is about an export.
    scenario
        As it was run, if it is known: its first worlds are then played again for what shows weeks.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> result = simulate(load_scenario("trust-the-process"), replications=64)
    >>> [picture.name for picture in pictures_of(result.summary, result.scenario)]
    ['pyramid', 'weeks', 'way', 'ends', 'funnel']
    """
    if document.document in EXPORTED:
        return [picture for picture in exported(document.document, "pictures")(document) if picture is not None]
    # The module of this package that draws a document is named after its command; in it stands ``NAME_pictures``.
    name = STUDIES[document.document].command.split()[-1]
    found = getattr(import_module(f"simcore.charts.{name}"), f"{name}_pictures")
    draw = cast("Callable[[StudyHeader, Scenario | None], list[Picture | None]]", found)
    return [picture for picture in draw(document, scenario) if picture is not None]
