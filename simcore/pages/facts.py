"""What stands behind an answer: assumptions with their sources, the scenario, and what makes the page again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.analytic.assumptions import assumptions
from simcore.answers.numbers import count, counted
from simcore.charts.picture import table, words
from simcore.pages.markup import Markup, element, joined, lines, prose
from simcore.pages.tables import table_of
from simcore.results.summary import Summary
from simcore.scenario_files.scenario_file import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.results.header import StudyHeader
    from simcore.scenario.model import Scenario


def assumed(scenario: Scenario, strategies: Sequence[str]) -> Markup:
    """Return every figure of the scenario that the answer rests on, with its source."""
    rows = assumptions(scenario, strategies)
    without = sum(row.source is None for row in rows)
    told = f"{count(without)} of {counted(len(rows), 'figure')} have no source: they are assumptions."
    listed = table(
        ("figure", "value", "source"),
        [(words(row.path), words(str(row.value)), words(row.source or "assumption")) for row in rows],
        left=3,
    )
    return element(
        "section",
        element("h2", "What it rests on"),
        element("p", told if without else "Every figure has a source.", class_="says"),
        table_of(listed, "Figures of the scenario and where they come from"),
        id="assumptions",
    )


def identity(documents: Sequence[StudyHeader], scenario: Scenario, command: str) -> Markup:
    """Return which worlds were played, and how to play them again."""
    first = documents[0]
    names = list(dict.fromkeys(name for each in documents for name in each.scenario.strategies))
    facts = [
        ("strategies" if len(names) > 1 else "strategy", ", ".join(names)),
        (
            "worlds",
            f"{count(first.replications)}, each {counted(first.reps, 'rep')} over {first.span}",
        ),
        ("seed", str(first.seed)),
        ("digest", first.digest),
        ("simcore", first.version),
    ]
    if isinstance(first, Summary):
        hit = "; ".join(f"{row.what}: {count(row.count)} times" for row in first.clipped)
        facts.append(("limits of the model that were hit", hit or "none"))
    if any(each.interrupted for each in documents):
        facts.append(("interrupted", "yes: all figures are those of the worlds that were done"))
    listed = element("dl", *(part for name, told in facts for part in (element("dt", name), element("dd", told))))
    again = [
        element("p", "The same command, version and seed give the same page, to the byte:"),
        element("pre", element("code", lines(command)), tabindex="0"),
    ]
    return element(
        "section",
        element("h2", "How to make it again"),
        Markup(listed.replace("<dl>", '<dl class="identity">', 1)),
        *(again if command else ()),
        element(
            "details",
            element("summary", "The scenario as it was run, with all defaults"),
            element("pre", element("code", lines(dump_yaml(scenario))), tabindex="0"),
        ),
        id="identity",
    )


def figures_of(rows: Sequence[tuple[str, str, str]]) -> Markup:
    """Return the few figures that carry an answer: a name, a value and its error each."""
    if not rows:
        return Markup("")
    cells = []
    for name, value, error in rows:
        below = [element("dd", error, class_="error")] if error else []
        cells.append(element("div", element("dt", name), element("dd", value, class_="value"), *below))
    return element("dl", *cells, class_="figures")


def cautions_of(rows: Sequence[str]) -> Markup:
    """Return what a reader must know before trusting an answer."""
    return joined(element("p", prose(row), class_="caution") for row in rows)
