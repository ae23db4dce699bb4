"""A page explains the words of its answer, as the glossary does."""

from __future__ import annotations

import re

from simcore import load_scenario, simulate
from simcore.answers.answer import answer_of
from simcore.glossary.lookup import look_up
from simcore.pages.explained import words_of
from simcore.pages.page import Told, page_of


def test_a_page_explains_the_words_of_its_answer() -> None:
    scenario = load_scenario("trust-the-process", {"run.replications": 32, "horizon.weeks": 4})
    summary = simulate(scenario).summary
    page = page_of(Told([summary, summary], scenario, ""))
    (section,) = re.findall(r'<section id="words">.*?</section>', page)
    meant = [word.name for name in answer_of(summary).words for word in look_up(name).words]
    assert re.findall("<dt>(.*?)</dt>", section) == list(dict.fromkeys(meant))
    assert len(meant) >= 3


def test_meanings_are_text_with_what_is_typed_as_code() -> None:
    section = words_of(["pull_forward", "variance reduction"])
    assert "<code>simcore bench variance</code>" in section
    assert "`" not in section
    assert "&#x27;" in words_of(["tampering"])  # Deming's
    assert words_of([]) == words_of(["no such word"]) == ""
