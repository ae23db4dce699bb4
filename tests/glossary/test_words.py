"""The glossary has every word that a user meets, says each once, and its links lead somewhere."""

from __future__ import annotations

import ast
import re

import pytest

from simcore.base.errors import ExitStatus
from simcore.base.periods import HORIZONS
from simcore.glossary.lookup import look_up
from simcore.glossary.word import Word
from simcore.glossary.words import THEMES, WORDS
from simcore.scenario.channels import CHANNELS
from simcore.scenario.habits import RULES
from simcore.scenario.metric import NAMES
from simcore.scenario.signals import SIGNALS
from simcore.studies.study import STUDIES
from simcore.variance_reduction.run_to_precision import method_names
from simcore.variance_reduction.techniques import CRUDE, TECHNIQUES
from tools.markdown import anchor
from tools.packages import ROOT

HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
MET = (
    *(name for name in NAMES if name != "q"),
    *("q05:quarter", "p_zero:13w", "sd:week"),
    *(signal.name for signal in SIGNALS),
    *CHANNELS,
    *RULES,
    *HORIZONS,
    *(technique.name for technique in (CRUDE, *TECHNIQUES)),
    *method_names(),
    *(status.name for status in ExitStatus),
    *("luck", "people", "market", "week noise", "reaction"),
    *("ahead", "behind", "tied", "explodes"),
    *("lognormal", "log-normal", "gamma", "Beta"),
)
"""Names that tables, options and messages use."""


def sentences(word: Word) -> int:
    """Return how many sentences the meaning of a word has."""
    return len(re.findall(r"[.!?](?= |$)", word.meaning))


@pytest.mark.parametrize("name", MET)
def test_every_name_that_a_user_meets_is_explained(name: str) -> None:
    assert look_up(name).words, name


def words_of_answers(module: str) -> list[str]:
    """Return the words that a module of answers gives to any answer, whichever way it goes."""
    tree = ast.parse((ROOT / "simcore" / "answers" / f"{module}.py").read_text(encoding="utf-8"))
    given = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "words"]
    return [word for value in given for word in ast.literal_eval(value)]


@pytest.mark.parametrize("module", sorted({study.command.split()[-1] for study in STUDIES.values()}))
def test_every_word_of_an_answer_is_explained(module: str) -> None:
    words = words_of_answers(module)
    assert words
    assert [word for word in words if not look_up(word).words] == []


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_a_meaning_is_a_few_whole_sentences(word: Word) -> None:
    assert word.meaning == " ".join(word.meaning.split())
    assert word.meaning.endswith(".")
    assert not word.meaning[:1].islower()
    assert 1 <= sentences(word) <= 5
    assert 20 < len(word.meaning) < 400


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_links_lead_to_a_section(word: Word) -> None:
    page, _, place = word.page.partition("#")
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert place in {anchor(title) for title in HEADING.findall(text)}


def test_a_name_stands_once() -> None:
    names = [name.lower() for word in WORDS for name in (word.name, *word.also)]
    assert sorted(names) == sorted(set(names))
    assert len(WORDS) == sum(map(len, THEMES.values())) > 100
