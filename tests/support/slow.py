"""The tests that `make quick` leaves out, by folder or file.

A file that needs more than two seconds of a processor belongs here, or its slow part in a file of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SLOW = (
    "tests/agreement",
    "tests/compiled",
    "tests/faults",
    "tests/golden",
)
"""In alphabetical order."""


def is_slow(path: Path) -> bool:
    """Tell whether a test file is left out."""
    return any(path.is_relative_to(ROOT / name) for name in SLOW)
