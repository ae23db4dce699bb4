"""Puts the names of people into an answer that has their numbers: only where somebody asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from simcore.base.document import Document
from simcore.results.result import Result

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

Answer = TypeVar("Answer")
Doc = TypeVar("Doc", bound=Document)


def with_names(answer: Answer, scenario: Scenario) -> Answer:
    """Return an answer in which every row of a person has the name, too: of a run, or a document.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> named = load_scenario("trust-the-process", ["team={people: [{name: Ann}, {name: Bo}]}"])
    >>> result = simulate(named, replications=64)
    >>> [row.name for row in result.summary.people], [row.name for row in with_names(result, named).summary.people]
    ([None, None], ['Ann', 'Bo'])
    """
    named: object = answer
    if isinstance(answer, Result):
        named = replace(answer, summary=_named(answer.summary, scenario))
    elif isinstance(answer, Document):
        named = _named(answer, scenario)
    elif isinstance(answer, list):
        named = [with_names(each, scenario) for each in answer]
    return cast("Answer", named)


def _named(document: Doc, scenario: Scenario) -> Doc:
    people, rows = scenario.team.people, getattr(document, "people", None)
    if not people or not rows:
        return document
    update: dict[str, object] = {"people": [row.model_copy(update={"name": people[row.rep - 1].name}) for row in rows]}
    who = getattr(document, "who", None)
    if who is not None:
        update["who_name"] = people[who - 1].name
    return document.model_copy(update=update)
