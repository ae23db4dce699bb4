"""A document of every question, small ones and those with more of their parts, made once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from simcore.base.document import Document
from simcore.results.result import Result
from tests.support.study_cases import CASES, TEAM, request
from tests.support.table_cases import WIDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario

ALL = (*CASES, *WIDER)
NAMES = [*CASES, *(pytest.param(name, marks=pytest.mark.slow) for name in WIDER)]
"""The same for `pytest.mark.parametrize`."""


class Asked(NamedTuple):
    """A document, and a scenario that tells the same."""

    document: StudyHeader
    scenario: Scenario
    """As it was run, for a run: only its pictures play worlds again."""


@cache
def asked(name: str) -> Asked:
    """Return the document of a small question, or of one that asks for more of its parts."""
    found: Any = WIDER[name]() if name in WIDER else request(name).run()
    if isinstance(found, Result):
        return Asked(found.summary, found.scenario)
    return Asked(found if isinstance(found, Document) else found[0], TEAM)  # type: ignore[arg-type]


def document(name: str) -> StudyHeader:
    """Return the document alone."""
    return asked(name).document


def numbers(part: object, at: str = "", *, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, float]]:
    """Yield all numbers of a JSON document, each with its place.

    Parameters
    ----------
    without
        Keys that are left out, with all below them.
    """
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in without:
                yield from numbers(value, f"{at}.{key}", without=without)
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from numbers(value, f"{at}.{place}", without=without)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield at, part
