"""What a notebook shows of an answer: its sentences, a picture in the document, all fields behind a fold."""

from __future__ import annotations

import pytest

import simcore
from simcore.answers.answer import answer_of
from simcore.pages import notebook
from simcore.pages.markup import prose
from tests.pages.test_page import Read, outside
from tests.support.documents import NAMES, asked
from tests.support.study_cases import TEAM


@pytest.mark.parametrize("name", NAMES)
def test_every_document_shows_its_answer_and_a_picture(name: str) -> None:
    document = asked(name).document
    shown = document._repr_html_()
    read = Read(shown)
    assert "<script" not in shown
    assert read.crossed == read.open == []
    assert [told for told in outside(read) if "style=" not in told] == []
    for sentence in answer_of(document).sentences:
        assert prose(sentence) in shown
    assert shown.count("<svg ") == (name != "out of reach")
    assert "<summary>All fields</summary>" in shown


def test_a_result_shows_what_its_summary_does() -> None:
    result = simcore.simulate(TEAM, replications=16)
    assert result._repr_html_().count("<svg ") == 1
    assert prose(answer_of(result.summary).sentences[0]) in result._repr_html_()


def test_without_what_draws_the_command_that_installs_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "find_spec", lambda _: None)
    shown = asked("coach").document._repr_html_()
    assert "<svg" not in shown
    assert "pip install &quot;simcore[report]&quot; adds a picture here" in shown
