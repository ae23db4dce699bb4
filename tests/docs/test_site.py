"""The documentation site is built without a warning, holds every page, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.pages import PAGES, page_id
from tools.packages import ROOT
from tools.site import build
from tools.site_pages import SECTIONS, listed, public_signatures

if TYPE_CHECKING:
    from pathlib import Path

PARTS_OF_PAGES = {"benchmarks/notes.md"}
"""Files that other pages contain."""
LOADED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("link", "href")}
ELSEWHERE = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//""")


class Page(NamedTuple):
    """What a page of the site loads, where its links lead, and its anchors."""

    loaded: list[str]
    links: list[str]
    anchors: set[str]


class Reader(HTMLParser):
    """Reads a page."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page([], [], set())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (tag, name) in LOADED and value:
                self.page.loaded.append(value)
            elif (tag, name) == ("a", "href") and value:
                self.page.links.append(value)
            elif name == "id" and value:
                self.page.anchors.add(value)


def read(text: str) -> Page:
    reader = Reader()
    reader.feed(text)
    return reader.page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build") / "site"
    assert build(folder) == 0
    return folder


@pytest.fixture(scope="module")
def read_pages(site: Path) -> dict[Path, Page]:
    return {path: read(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_page_is_there(site: Path) -> None:
    names = {page_id(page) for page in PAGES} - PARTS_OF_PAGES
    assert sorted(name for name in names if not (site / name).with_suffix(".html").exists()) == []
    assert (site / "index.html").read_bytes() == (site / "README.html").read_bytes()


def test_nothing_is_loaded_from_elsewhere(site: Path, read_pages: dict[Path, Page]) -> None:
    assert len(read_pages) > 40
    loaded = {address for page in read_pages.values() for address in page.loaded}
    assert [address for address in loaded if urlsplit(address).netloc or urlsplit(address).scheme] == []
    styles = [path for path in site.rglob("*.css") if ELSEWHERE.search(path.read_text(encoding="utf-8"))]
    assert styles == []


def test_links_and_anchors_lead_somewhere(read_pages: dict[Path, Page]) -> None:
    wrong = []
    for path, page in read_pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in {"http", "https", "mailto"}:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = read_pages[target].anchors if target in read_pages else set()
            if not target.exists() or (parts.fragment and unquote(parts.fragment) not in there):
                wrong.append((path.name, link))
    assert wrong == []


def test_what_is_loaded_and_linked_is_found() -> None:
    page = read('<a id="here" href="x.html#y"></a><script src="//cdn/x.js"></script><link href="a.css">')
    assert page == Page(["//cdn/x.js", "a.css"], ["x.html#y"], {"here"})
    assert ELSEWHERE.search("src: url('https://fonts/x.woff2')")
    assert not ELSEWHERE.search("src: url(../webfonts/x.woff2)")


def test_the_search_knows_the_pages(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert '"docs/luck"' in index
    assert "dismissal" in index.lower()


def test_public_functions_are_shown_as_type_checkers_see_them(site: Path) -> None:
    page = re.sub(r"<[^>]+>", "", (site / "docs" / "python.html").read_text(encoding="utf-8"))
    assert "seed: float | str | None = None" in page
    assert all(f"{name}(" in page for name in public_signatures())


@pytest.mark.parametrize("section", SECTIONS)
def test_sections_list_pages(section: str) -> None:
    text = (ROOT / f"{section}.md").read_text(encoding="utf-8")
    found = listed(section, text)
    assert len(found) > 2
    assert all((ROOT / f"{name}.md").exists() for name in found)


@pytest.mark.parametrize(("words", "status"), [("[fine](#first)", 0), ("[lost](#second)", 1), ("[lost](x.md)", 1)])
def test_a_link_to_nowhere_fails_the_build(tmp_path: Path, words: str, status: int) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "docs" / "_static", source / "docs" / "_static")
    shutil.copy(ROOT / "docs" / "conf.py", source / "docs")
    (source / "README.md").write_text(f"# First\n\n{words}\n", encoding="utf-8")
    assert build(tmp_path / "site", source=source) == status
