"""The colours of charts and pages, for light and dark paper, with the contrast that they promise.

A chart names a colour as ``var(--name, #fallback)``: on a page the style sheet says what the name is, so that dark mode
needs no second picture; elsewhere (a notebook, a file of its own) the fallback is the light one.
"""

from __future__ import annotations

from typing import NamedTuple


class Shades(NamedTuple):
    """A colour on light and on dark paper, as ``#rrggbb``."""

    light: str
    dark: str


PALETTE: dict[str, Shades] = {
    "paper": Shades("#ffffff", "#14181d"),
    "ink": Shades("#1b1f24", "#e8ecf1"),
    "muted": Shades("#57606a", "#a3adb8"),
    "line": Shades("#d0d7de", "#3a434e"),
    "first": Shades("#0b62b8", "#6cb2ff"),
    "second": Shades("#b3470b", "#ffa066"),
    "third": Shades("#1f7a4d", "#62c990"),
    "fourth": Shades("#8a3ea8", "#d59bf0"),
    "fifth": Shades("#57606a", "#a3adb8"),
    "pale": Shades("#d7e6f6", "#1d3b5c"),
    "paler": Shades("#edf4fb", "#182a40"),
    "up-1": Shades("#dcebfa", "#1a3350"),
    "up-2": Shades("#b5d4f3", "#1d4470"),
    "up-3": Shades("#8dbcec", "#205691"),
    "down-1": Shades("#fbe6da", "#46291a"),
    "down-2": Shades("#f6cbb2", "#66371c"),
    "down-3": Shades("#efad87", "#85451e"),
    "level": Shades("#f0f2f4", "#262d35"),
}
"""By name. What each is for: `TEXT`, `GRAPHICS`, `SERIES` and `FIELDS`; a line of a grid only guides the eye."""

TEXT = ("ink", "muted")
"""Colours of words: at least 4.5 to 1 against paper (WCAG 2.2, 1.4.3)."""
GRAPHICS = ("ink", "muted", "first", "second", "third", "fourth", "fifth")
"""Colours of marks, and of the outlines of pale ones: at least 3 to 1 against paper (WCAG 2.2, 1.4.11)."""
SERIES = ("first", "second", "third", "fourth", "fifth")
"""Of strategies and of parts, in this order."""
FIELDS = ("down-3", "down-2", "down-1", "level", "up-1", "up-2", "up-3")
"""Of cells that say a number in ink: from far below to far above."""


def colour(name: str) -> str:
    """Return a colour of the palette as a chart names it.

    Examples
    --------
    >>> colour("first")
    'var(--first, #0b62b8)'
    """
    return f"var(--{name}, {PALETTE[name].light})"


def series(count: int) -> list[str]:
    """Return the colours of so many series; a sixth has that of the first."""
    return [colour(SERIES[number % len(SERIES)]) for number in range(count)]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2: relative luminance).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(shade: str) -> float:
    parts = (int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
