"""Pages in a real browser: quiet, self-contained, accessible, narrow enough for a telephone, usable by keyboard.

Screenshots are kept in build/pages. Where there is no Chromium these tests are skipped, and say so: continuous
integration installs Debian's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from simcore.charts.documents import pictures_of
from tests.pages.test_page import ABOUT, page
from tests.pages.test_page import hostile as hostile_page
from tests.support.documents import asked
from tests.support.study_cases import CASES
from tools.packages import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOTS = ROOT / "build" / "pages"
OFTEN = ("comparison", "habits and hours", "hostile")
"""Pages that are looked at with every change: all kinds of charts, and names that want to break them."""
SELDOM = tuple(name for name in (*CASES, "reps who differ") if name not in OFTEN)
PAGES = (*OFTEN, *(pytest.param(name, marks=pytest.mark.long) for name in SELDOM))
HOST = "http://page.invalid/"
"""Where the page is from: the address never resolves, so whatever is asked for has to come through `Shown.asked`."""


class View(NamedTuple):
    """How a page is looked at."""

    width: int
    scheme: Any
    """Of colours: light or dark."""


VIEWS = {
    "light": View(1000, "light"),
    "dark": View(1000, "dark"),
    "narrow": View(375, "light"),
    "narrow dark": View(375, "dark"),
}


class Shown(NamedTuple):
    """A page in the browser."""

    tab: Page
    asked: list[str]
    """Addresses that were asked for."""
    told: list[str]
    """What stands on the console, and errors."""


def html(name: str) -> str:
    """Return the page of a name."""
    return hostile_page() if name == "hostile" else page(name)


def show(browser: Browser, name: str, view: View, *, scripts: bool = True, changed: str | None = None) -> Shown:
    """Return a page as the browser shows it, served by nothing but this test."""
    # axe is injected past the policy of the page; the test of the policy is `test_policy_holds`.
    context = browser.new_context(
        viewport={"width": view.width, "height": 900}, color_scheme=view.scheme, java_script_enabled=scripts
    )
    tab, wanted, told = context.new_page(), list[str](), list[str]()
    source = html(name) if changed is None else changed

    def serve(route: Any) -> None:  # noqa: ANN401
        wanted.append(route.request.url)
        if route.request.url == HOST:
            route.fulfill(body=source, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    context.route("**/*", serve)
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.goto(HOST)
    return Shown(tab, [url for url in wanted if url not in (HOST, f"{HOST}favicon.ico")], told)


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of each page in turn."""
    return str(request.param)


@pytest.mark.parametrize("which", VIEWS)
def test_a_page_is_quiet_accessible_and_fits(browser: Browser, name: str, which: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  (beside the browser)

    shown = show(browser, name, VIEWS[which])
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown.tab.screenshot(path=SHOTS / f"{name} {which}.png".replace(" ", "-"), full_page=True)
    assert shown.asked == []
    assert shown.told == []
    assert shown.tab.evaluate("document.documentElement.scrollWidth") <= VIEWS[which].width
    shown.tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert shown.tab.evaluate("document.documentElement.scrollWidth") <= VIEWS[which].width
    opened = Axe().run(shown.tab)
    assert opened.violations_count == 0, opened.generate_report()
    shown.tab.context.close()


OUT_OF_SIGHT = """() => [...document.querySelectorAll("svg text")].filter(each => {
  const here = each.getBoundingClientRect();
  const wider = 0.15 * here.width;
  return here.width && (here.left < -wider || here.right > innerWidth + wider);
}).map(each => each.textContent)"""
"""Words of charts that are cut by an edge of the window, where nothing scrolls to them.

Where a browser has none of the fonts that charts are measured with, its own may be so much wider.
"""


@pytest.mark.parametrize("which", ["light", "narrow"])
def test_no_word_of_a_chart_runs_off_the_page(browser: Browser, name: str, which: str) -> None:
    shown = show(browser, name, VIEWS[which])
    assert shown.tab.evaluate(OUT_OF_SIGHT) == []
    shown.tab.context.close()


@pytest.mark.parametrize("which", ["light", "narrow"])
def test_all_charts_are_there_without_scripts(browser: Browser, name: str, which: str) -> None:
    shown = show(browser, name, VIEWS[which], scripts=False)
    pictures = [] if name == "hostile" else pictures_of(asked(name).document, asked(name).scenario)
    seen = [each for each in shown.tab.locator("svg[role=graphics-document]").all() if each.is_visible()]
    assert len(seen) == len(pictures) or name == "hostile"
    for each in seen:
        box = each.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 30
    for verdict in shown.tab.locator("#answer .verdict").all():
        assert verdict.is_visible()
    shown.tab.context.close()


def test_arrows_reach_every_mark(browser: Browser, name: str) -> None:
    shown = show(browser, name, VIEWS["narrow"])
    tab = shown.tab
    for figure in tab.locator("figure").all():
        chart = figure.locator(".narrow svg")
        marks = chart.locator("[role=graphics-symbol][aria-label]")
        expected = [each.get_attribute("aria-label") for each in marks.all()]
        assert expected
        chart.focus()
        reached = []
        for _ in expected:
            tab.keyboard.press("ArrowRight")
            reached.append(figure.locator("figcaption").inner_text())
        assert reached == [" ".join((each or "").split()) for each in expected]
        tab.keyboard.press("ArrowRight")
        assert figure.locator("figcaption").inner_text() == reached[0], "after the last comes the first"
        tab.keyboard.press("End")
        assert figure.locator("figcaption").inner_text() == reached[-1]
        tab.keyboard.press("Escape")
        assert chart.evaluate("each => each === document.activeElement")
    assert shown.told == []
    tab.context.close()


def test_tab_leads_through_charts_tables_and_folds(browser: Browser) -> None:
    shown = show(browser, "result", VIEWS["light"])
    reached = []
    for _ in range(60):
        shown.tab.keyboard.press("Tab")
        tag = shown.tab.evaluate("document.activeElement.tagName.toLowerCase()")
        if tag == "body":
            break
        reached.append(tag)
    pictures = pictures_of(asked("result").document, asked("result").scenario)
    assert reached.count("svg") == len(pictures)
    assert reached.count("summary") == len(pictures) + 1
    shown.tab.context.close()


def test_a_mark_that_is_pointed_at_says_its_figure(browser: Browser) -> None:
    shown = show(browser, "coach", VIEWS["light"])
    mark = shown.tab.locator(".wide [role=graphics-symbol][aria-label]").nth(1)
    mark.hover(force=True)
    told = shown.tab.locator("figure figcaption").first.inner_text()
    assert told == mark.get_attribute("aria-label")
    shown.tab.context.close()


def test_paper_has_the_wide_charts_and_light_colours(browser: Browser) -> None:
    shown = show(browser, "result", VIEWS["narrow dark"])
    shown.tab.emulate_media(media="print", color_scheme="dark")
    assert shown.tab.locator(".wide svg").first.is_visible()
    assert not shown.tab.locator(".narrow svg").first.is_visible()
    assert shown.tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shown.tab.context.close()


def test_policy_holds(browser: Browser) -> None:
    """What somebody put into a page neither runs nor loads, and the browser says so: these tests would see it."""
    planted = "<script>document.title='run'</script><img src='http://evil.invalid/x'>"
    shown = show(browser, "plan", VIEWS["light"], changed=page("plan").replace("<main>", f"<main>{planted}"))
    assert shown.tab.title() != "run"
    assert shown.asked == []
    assert len([told for told in shown.told if "Content Security Policy" in told]) >= 2
    shown.tab.context.close()


def test_a_pale_word_would_be_found(browser: Browser) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    pale = page("plan").replace("default-src 'none'", "").replace("--muted:#57606a", "--muted:#c0c0c0")
    shown = show(browser, "plan", VIEWS["light"], changed=pale.replace("style-src", "x-style-src"))
    assert "color-contrast" in Axe().run(shown.tab).generate_snapshot()
    shown.tab.context.close()


def test_hostile_names_stand_as_words(browser: Browser) -> None:
    shown = show(browser, "hostile", VIEWS["light"])
    assert " ".join(ABOUT.replace("\u202e", "").split()) in shown.tab.inner_text(".about")
    assert shown.told == []
    shown.tab.context.close()
