"""A page: the answer first, then its pictures with their numbers, then all that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.answers.answer import answer_of
from simcore.charts.documents import pictures_of
from simcore.pages.drawing import drawn
from simcore.pages.explained import explained
from simcore.pages.facts import assumed, cautions_of, figures_of, identity
from simcore.pages.markup import Markup, element, joined, prose
from simcore.pages.style import SCRIPT, STYLE, policy
from simcore.pages.tables import table_of
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.answers.answer import Answer
    from simcore.charts.picture import Picture
    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario


class Told(NamedTuple):
    """What a page tells of."""

    documents: Sequence[StudyHeader]
    """The answers: one, or those of one question about several metrics."""
    scenario: Scenario
    """As it was run, with its seed and strategy."""
    command: str
    """That makes the page again; empty if it is not known."""


def page_of(told: Told) -> str:
    """Return a page as HTML: self-contained, readable without scripts, the same bytes for the same answer.

    Raises
    ------
    ValueError
        If there is no answer.

    Examples
    --------
    >>> from simcore import load_scenario, simulate
    >>> scenario = load_scenario("trust-the-process", {"run.replications": 64, "horizon.weeks": 4})
    >>> page = page_of(Told([simulate(scenario).summary], scenario, "simcore run trust-the-process"))
    >>> page.startswith("<!doctype html>"), "<h1>trust-the-process</h1>" in page
    (True, True)
    """
    if not told.documents:
        raise ValueError("a page needs an answer")
    first = told.documents[0]
    names = list(dict.fromkeys(name for each in told.documents for name in each.scenario.strategies))
    parts = [part for document in told.documents for part in _answered(document, told)]
    title = f"{told.scenario.name}: simcore {STUDIES[first.document].command}"
    body = element(
        "main",
        element("p", f"simcore {STUDIES[first.document].command}", class_="kicker"),
        element("h1", told.scenario.name),
        *([element("p", told.scenario.about, class_="about")] if told.scenario.about else []),
        *parts,
        assumed(told.scenario, names),
        identity(told.documents, told.scenario, told.command),
        explained(told.documents),
        element(
            "footer",
            "A possible course of events many times over, not a forecast of what will be: every figure "
            "follows from the assumptions above. \u00b1 is one standard error of the simulation.",
        ),
    )
    return whole_page(title, body)


def whole_page(title: str, body: Markup) -> str:
    """Return a page with its title and what it shows."""
    head = joined(
        (
            Markup('<meta charset="utf-8">'),
            Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            element("title", title),
            element("style", Markup(STYLE)),
        )
    )
    script = element("script", Markup(SCRIPT))
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n{script}\n</body>\n</html>\n'


def _answered(document: StudyHeader, told: Told) -> list[Markup]:
    """Return the sections of one document: its answer with its first picture, and the other pictures."""
    several = len(told.documents) > 1
    of = f"-{list(told.documents).index(document) + 1}" if several else ""
    pictures = pictures_of(document, told.scenario)
    return [answer_section(answer_of(document), of), *(picture_section(picture, of) for picture in pictures)]


def answer_section(found: Answer, of: str = "") -> Markup:
    """Return what is said first; ``of`` tells apart several answers on a page."""
    return element(
        "section",
        element("h2", "The answer"),
        *(element("p", prose(sentence), class_="verdict") for sentence in found.sentences),
        cautions_of(found.cautions),
        figures_of([(each.label, each.value, each.error) for each in found.figures]),
        id=f"answer{of}",
    )


def picture_section(picture: Picture, of: str = "") -> Markup:
    """Return a picture with the numbers behind it."""
    named = picture._replace(name=f"{picture.name}{of}")
    numbers = element(
        "details",
        element("summary", "The numbers behind it"),
        table_of(picture.table, f"{picture.title}: the numbers"),
    )
    figure = element("figure", drawn(named), element("figcaption"))
    return element(
        "section",
        element("h2", picture.title),
        element("p", prose(picture.says), class_="says"),
        figure,
        numbers,
        id=named.name,
    )
