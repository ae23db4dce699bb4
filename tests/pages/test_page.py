"""Pages: self-contained, small, the same bytes twice, with the numbers of the document; names are never markup."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest

import simcore
from simcore.base.text import printable
from simcore.charts.documents import pictures_of
from simcore.charts.sweep import MOST_MARKS, MOST_POINTS
from simcore.pages.page import Told, page_of
from simcore.scenario.model import validate
from tests.charts.test_documents import PLAYED_AGAIN, in_document, values
from tests.support.documents import NAMES, asked

COMMAND = "simcore run 'a file.yaml' --seed 7"
LIMIT = 1_000_000
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src onerror>",
    "\"' onmouseover'x' y",
    "</svg></title><!-- &lt;b&gt; & &amp;",
    "`simcore` {{7*7}} ${1} javascript:x",
    "abc\u202etxtexe\u2066\u200b\u0007",
    "\u65e5" * 40,
]
"""Names of stages: no dot and no equals sign can be in one, and 40 characters are the most."""
ABOUT = "</p><img src=//evil.example/x onerror=alert(1)> \u202e url(//evil.example) https://evil.example"
TAGS = {
    *("html", "head", "meta", "title", "style", "script", "body", "main", "section", "footer", "figure", "figcaption"),
    *("h1", "h2", "p", "pre", "code", "dl", "dt", "dd", "div", "details", "summary", "data"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "g", "path", "line", "rect", "text", "tspan", "defs", "clippath"),
}
EMPTY = {"meta"}


class Read(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.crossed: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    def attributes(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [found[name] or "" for _, found in self.tags if name in found]


@cache
def page(name: str) -> str:
    """Return the page of a document, drawn once."""
    found = asked(name)
    return page_of(Told([found.document], found.scenario, COMMAND))


every = pytest.mark.parametrize("name", NAMES)


def _reaches_out(name: str, value: str) -> bool:
    """Tell whether an attribute loads, runs or sends something, or leads away."""
    if name in ("src", "srcset", "action", "style", "data", "ping") or name.startswith("on"):
        return True
    if name in ("href", "xlink:href"):
        return not value.startswith("#")
    if name.startswith("xmlns"):
        return value not in NAMESPACES
    return name != "aria-label" and re.search(r"url\((?!#)", value) is not None


def outside(read: Read) -> list[str]:
    """Return what a page would load, run or send: nothing may be there but links within itself."""
    wrong = [f"<{tag}>" for tag, _ in read.tags if tag not in TAGS]
    for tag, found in read.tags:
        wrong += [f"<{tag} {name}={value}>" for name, value in found.items() if _reaches_out(name, value or "")]
    return wrong


@every
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    read = Read(page(name))
    assert outside(read) == []
    assert read.crossed == []
    assert read.open == []
    assert "@import" not in page(name)


def test_what_is_loaded_would_be_found() -> None:
    for part in ('<img src="//evil">', '<p onclick="x">', '<a href="//evil">', '<rect fill="url(//evil)"/>'):
        assert len(outside(Read(page("steadiness").replace("<main>", f"<main>{part}")))) >= 1


@every
def test_policy_lets_nothing_in_but_the_style_and_script_of_the_page(name: str) -> None:
    found = page(name)
    policy = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', found)
    assert len(policy) == 1
    rules = dict(rule.split(" ", 1) for rule in policy[0].split("; "))
    assert rules.pop("default-src") == rules.pop("base-uri") == "'none'"
    for part in ("style", "script"):
        source = re.findall(f"<{part}>(.*?)</{part}>", found, re.DOTALL)
        assert len(source) == 1
        digest = b64encode(sha256(source[0].encode()).digest()).decode()
        assert rules.pop(f"{part}-src") == f"'sha256-{digest}'"
    assert rules == {}
    assert found.index("Content-Security-Policy") < found.index("<style>")


@every
def test_a_page_is_small(name: str) -> None:
    assert len(page(name).encode()) < LIMIT


@every
def test_all_pictures_are_there_without_scripts(name: str) -> None:
    found = asked(name)
    shown = re.sub(r"<script>.*?</script>", "", page(name), flags=re.DOTALL)
    read = Read(shown)
    pictures = pictures_of(found.document, found.scenario)
    assert sum(tag == "svg" for tag, _ in read.tags) == 2 * len(pictures)
    assert {picture.name for picture in pictures} <= set(read.attributes("id"))
    assert len(read.attributes("id")) == len(set(read.attributes("id")))
    for picture in pictures:
        assert printable(picture.says).replace("`", "") in "".join(read.texts)


@every
def test_numbers_of_a_page_are_those_of_the_document(name: str) -> None:
    found = asked(name)
    known = in_document(found)
    for picture in pictures_of(found.document, found.scenario):
        if picture.name in PLAYED_AGAIN:
            known |= {float(value) for value in values(picture)}
    shown = [float(value) for tag, each in Read(page(name)).tags if tag == "data" for value in [each["value"] or ""]]
    assert [value for value in shown if value not in known] == []
    if pictures_of(found.document):
        assert shown


def test_a_page_is_the_same_twice() -> None:
    found = asked("result")
    assert page_of(Told([found.document], found.scenario, COMMAND)) == page("result")


def test_what_makes_it_again_is_on_the_page() -> None:
    found = asked("result")
    texts = "".join(Read(page("result")).texts)
    assert COMMAND in texts
    assert found.document.digest in texts
    assert f"seed: {found.document.seed}, strategy: process" in texts


@cache
def hostile() -> str:
    """Return the page of a run whose scenario tries to be markup."""
    stages: list[dict[str, Any]] = [{"stage": HOSTILE[0]}]
    stages += [{"stage": name, "rate": 0.5} for name in HOSTILE[1:]]
    scenario = validate(
        {
            "simcore": 1,
            "name": HOSTILE[1],
            "about": ABOUT,
            "run": {"seed": 3},
            "team": {"reps": 2},
            "horizon": {"weeks": 13},
            "deal": {"mean": {"value": 5000, "source": ABOUT}, "cv": 0.5, "currency": "EUR"},
            "funnel": stages,
        }
    )
    document = simcore.simulate(scenario, replications=16).summary
    return page_of(Told([document], scenario, f"simcore run {ABOUT}"))


def test_names_are_never_markup() -> None:
    found = hostile()
    read = Read(found)
    assert outside(read) == []
    assert read.crossed == []
    assert read.open == []
    assert not set(found) & set("\u202e\u2066\u200b\u0007")
    told = "".join(read.texts)
    for name in (*HOSTILE, ABOUT):
        assert printable(name) in told
    assert len(found.encode()) < LIMIT


def test_what_sentences_quote_is_code() -> None:
    found = asked("plan")
    assert "`" not in "".join(text for text in Read(page("out of reach")).texts)
    assert "<code>" in page_of(Told([found.document], found.scenario, COMMAND))


def _grown(sizes: tuple[int, ...]) -> Any:  # noqa: ANN401
    """Return a sweep over so many values of each path, its figures those of a small one."""
    small = simcore.sweep(
        asked("result").scenario,
        {"deal.cv": [0.5], "funnel.wins.rate": [0.2, 0.3], "funnel.meetings.rate": [0.02]},
        replications=8,
        strategies=["process", "pressure"],
    )
    chosen = [[0.001 * number for number in range(1, size + 1)] for size in sizes]
    named = zip(small.paths[-len(sizes) :], chosen, strict=True)
    points = [
        small.points[place % 2].model_copy(update={"values": list(values)})
        for place, values in enumerate(product(*chosen))
    ]
    paths = [path.model_copy(update={"values": values}) for path, values in named]
    return small.model_copy(update={"paths": paths, "points": points})


@pytest.mark.parametrize("sizes", [(3000,), (40, 50), (12, 14, 14)])
def test_a_page_of_a_large_sweep_is_small_and_says_what_it_leaves_out(sizes: tuple[int, ...]) -> None:
    found = _grown(sizes)
    shown = pictures_of(found)
    assert "Not all values are drawn, nor are their numbers listed: --csv has all." in shown[0].says
    marks = [len(picture.draw(343)["data"]["values"]) for picture in shown]
    assert 0 < sum(marks) <= MOST_MARKS
    assert len(sizes) > 1 or marks == [MOST_POINTS] * len(shown)
    assert ("more pictures are left out: --csv has all numbers." in shown[0].says) == (len(sizes) == 3)
    assert len(page_of(Told([found], asked("result").scenario, COMMAND)).encode()) < LIMIT


def test_several_answers_stand_on_one_page() -> None:
    found = asked("breakeven")
    read = Read(page_of(Told([found.document, asked("a crossing").document], found.scenario, COMMAND)))
    assert {"answer-1", "answer-2", "ties-1", "ties-2"} <= set(read.attributes("id"))


def test_a_page_needs_an_answer() -> None:
    with pytest.raises(ValueError, match="a page needs an answer"):
        page_of(Told([], asked("result").scenario, COMMAND))
