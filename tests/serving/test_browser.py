"""The page in a real browser: by keyboard, without scripts, accessible, and narrow enough for a telephone.

Where there is no Chromium or no Playwright these tests are skipped, and say so.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "from simcore.cli.main import main; main()"
PATIENCE = 30_000
"""Milliseconds after which a test fails; none passes by waiting."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a page with few worlds."""
    line = [sys.executable, "-c", PROGRAM, "serve", "trust-the-process", "-n", "64", "--set", "horizon.weeks=13"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def opened(browser: Any, address: str, **how: Any) -> tuple[Any, list[str]]:  # noqa: ANN401
    """Return the page, and what stands on its console and is asked for elsewhere."""
    tab, told = browser.new_context(**how).new_page(), list[str]()
    tab.set_default_timeout(PATIENCE)
    tab.on("console", lambda message: told.append(message.text))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith(address) else told.append(request.url))
    tab.goto(address)
    return tab, told


def test_a_slider_is_moved_by_keyboard_and_the_answer_follows(browser: Any, address: str) -> None:  # noqa: ANN401
    tab, told = opened(browser, address)
    before = tab.inner_text("#verdict")
    for _ in range(3):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "s2-slider"
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    tab.locator("#command", has_text="funnel.meetings.rate=2.5%").wait_for()
    assert tab.input_value("#s2") == "2.5"
    assert tab.inner_text("#verdict") != before
    assert tab.get_attribute("#verdict", "aria-live") == "polite"
    assert tab.locator("text=The grey outline is the setting before.").count() == 2
    assert tab.evaluate("document.activeElement.id") == "s2-slider"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Control+a")
    tab.keyboard.type("300")
    tab.locator("#verdict .problem", has_text="is out of range").wait_for()
    tab.keyboard.press("Control+a")
    tab.keyboard.type("4")
    tab.locator("#command", has_text="funnel.meetings.rate=4%").wait_for()
    assert tab.input_value("#s2-slider") == "4"
    assert tab.locator("#verdict .problem").count() == 0
    tab.focus("#own")
    tab.keyboard.press("Enter")
    tab.locator("#command code", has_text="simcore run trust-the-process --set horizon.weeks=13 --rep").wait_for()
    assert tab.inner_text("#verdict") == before
    # An error of a setting has a status of its own, which Chromium writes to the console.
    assert [line for line in told if "422" not in line] == []


def test_marks_of_a_new_picture_are_reached_by_keyboard(browser: Any, address: str) -> None:  # noqa: ANN401
    tab, _ = opened(browser, address)
    tab.fill("#s1", "450")
    tab.locator("#command", has_text="plan.calls_per_week=450").wait_for()
    tab.focus("#pyramid .wide svg")
    tab.keyboard.press("ArrowDown")
    assert tab.inner_text("#pyramid figcaption").startswith("call: ")


def test_the_page_is_usable_without_its_script(browser: Any, address: str) -> None:  # noqa: ANN401
    tab, told = opened(browser, address, java_script_enabled=False)
    assert not tab.is_visible("#s2-slider")
    tab.fill("#s2", "3")
    tab.press("#s2", "Enter")
    tab.locator("#command", has_text="funnel.meetings.rate=3%").wait_for()
    assert tab.locator("text=The grey outline is the setting before.").count() == 2
    tab.click("#own")
    tab.wait_for_url(address)
    assert tab.input_value("#s2") == "2"
    assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 375])
def test_the_page_is_accessible_and_fits(browser: Any, address: str, width: int, scheme: str) -> None:  # noqa: ANN401
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: make lint installs it")
    view = {"width": width, "height": 900}
    # axe is injected past the policy of the page.
    tab, _ = opened(browser, address, viewport=view, color_scheme=scheme, bypass_csp=True)
    tab.fill("#s1", "400")
    tab.locator("#pyramid", has_text="The grey outline").wait_for()
    tab.wait_for_selector("#rest:not([aria-busy])")
    found = axe.Axe().run(tab)
    assert [each["id"] for each in found.response["violations"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
