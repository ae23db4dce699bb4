"""What documents show of themselves in Python: charts by name, and what a notebook displays.

Charts and pages stand above the documents that they draw; this is the one place below them that names both, and it
imports them when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Plots:
    """The pictures of an answer, each a function by its name that returns an Altair chart.

    ``dir(plots)`` and iterating over them give the names, which depend on what the answer holds.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> plots = simulate(load_scenario("trust-the-process"), replications=64).plot
    >>> list(plots)
    ['pyramid', 'weeks', 'way', 'ends', 'funnel']
    >>> type(plots.pyramid()).__name__
    'LayerChart'
    """

    def __init__(self, document: object, scenario: object = None) -> None:
        self._document, self._scenario = document, scenario
        self._found: dict[str, Callable[..., Any]] | None = None

    def _drawn(self) -> dict[str, Callable[..., Any]]:
        if self._found is None:
            charts = import_module("simcore.pages.altair_charts")
            self._found = dict(charts.charts_of(self._document, self._scenario))
        return self._found

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._drawn())

    def __dir__(self) -> list[str]:
        """Return the names."""
        return list(self._drawn())

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what draws a picture: a function of the width in pixels, 736 if none is given.

        Raises
        ------
        AttributeError
            If the answer has no such picture.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        drawn = self._drawn()
        if name not in drawn:
            raise AttributeError(f"there is no picture {name!r} of this answer; there are {', '.join(drawn) or 'none'}")
        return drawn[name]

    def __repr__(self) -> str:
        """Return the names on a line."""
        return f"Plots({', '.join(self)})"


def notebook_html(document: object, table: str) -> str:
    """Return what a notebook shows of an answer: its sentences, its first picture, and a table of its fields.

    Parameters
    ----------
    table
        The HTML of the table.
    """
    found: str = import_module("simcore.pages.notebook").notebook_html(document, table)
    return found
