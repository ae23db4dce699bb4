"""Marks what `make quick` leaves out, and lets it skip what would compile a kernel."""

from __future__ import annotations

from typing import NoReturn

import pytest

from tests.support.slow import is_slow


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make quick`."""
    parser.addoption("--no-compiling", action="store_true", help="skip tests for which a kernel must be compiled")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow files, before pytest picks by marker."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _no_compiling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip a test at the moment at which a kernel would be compiled, if that is asked for."""
    if request.config.getoption("--no-compiling"):
        from simcore.compiled.kept import Listeners  # noqa: PLC0415  (most tests need nothing compiled)

        monkeypatch.setattr(Listeners, "compiling", staticmethod(skip_compiling))


def skip_compiling(name: str, _kept: bool) -> NoReturn:
    """Skip the test that needs this kernel."""
    pytest.skip(f"{name} is not compiled: make compiled")
