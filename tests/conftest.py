"""Marks what `make quick` leaves out."""

from __future__ import annotations

import pytest

from tests.support.slow import is_slow


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow files, before pytest picks by marker."""
    for item in items:
        if is_slow(item.path):
            item.add_marker(pytest.mark.slow)
