"""Marks what is slow, and lets `make quick` leave it unread and skip what would compile a kernel."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

from tests.support.slow import is_slow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

# No verdict hangs on how fast the machine is just now.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make quick`."""
    text = "leave slow files unread, and skip tests for which a kernel must be compiled"
    parser.addoption("--quick", action="store_true", help=text)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave slow files unread, if that is asked for: what they import takes seconds in each process."""
    return True if config.getoption("--quick") and is_slow(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow files, before pytest picks by marker."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _no_compiling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip a test at the moment at which a kernel would be compiled, if that is asked for."""
    if request.config.getoption("--quick"):
        from simcore.compiled.kept import Listeners  # noqa: PLC0415  (most tests need nothing compiled)

        monkeypatch.setattr(Listeners, "compiling", staticmethod(skip_compiling))


def skip_compiling(name: str, _kept: bool) -> NoReturn:
    """Skip the test that needs this kernel."""
    pytest.skip(f"{name} is not compiled: make compiled")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, which finds itself or is named by CHROMIUM."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one by CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: make lint installs it")
    with playwright.sync_playwright() as running:
        # Root, as in a container, has no sandbox; the pages are our own.
        found = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()
