"""What the palette promises of contrast, computed from its definition, on light and on dark paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simcore.charts.shapes.palette import FIELDS, GRAPHICS, PALETTE, SERIES, TEXT, Shades, colour, contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_WORDS, OF_MARKS = 4.5, 3.0
"""Least contrast: WCAG 2.2, 1.4.3 and 1.4.11."""
ON_FIELDS = ("ink", "first")
"""What is written in cells, and the outline of bars that are pale."""


def pairs(palette: dict[str, Shades]) -> Iterator[tuple[str, float, float]]:
    """Yield what stands on what, with its contrast and the least that it may have."""
    for which in Shades._fields:
        shade = {name: getattr(shades, which) for name, shades in palette.items()}
        for name in TEXT:
            yield f"{name} on paper, {which}", contrast(shade[name], shade["paper"]), OF_WORDS
        for name in {*GRAPHICS, *SERIES}:
            yield f"{name} on paper, {which}", contrast(shade[name], shade["paper"]), OF_MARKS
        for field in FIELDS:
            yield f"ink on {field}, {which}", contrast(shade["ink"], shade[field]), OF_WORDS
        for pale in ("pale", "paler"):
            yield f"first on {pale}, {which}", contrast(shade["first"], shade[pale]), OF_MARKS
            yield f"ink on {pale}, {which}", contrast(shade["ink"], shade[pale]), OF_MARKS


def test_contrast_of_words_and_marks() -> None:
    assert [told for told, ratio, least in pairs(PALETTE) if ratio < least] == []


@pytest.mark.parametrize("which", Shades._fields)
def test_a_pale_colour_would_be_found(which: str) -> None:
    changed = PALETTE | {"first": PALETTE["first"]._replace(**{which: PALETTE["line"]._asdict()[which]})}
    assert [told for told, ratio, least in pairs(changed) if ratio < least and told.startswith("first on paper")] == [
        f"first on paper, {which}"
    ]


def test_contrast_is_that_of_the_standard() -> None:
    """Known values: black on white, a colour on itself, and the grey that just passes for words."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#0b62b8", "#0b62b8") == 1.0
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_a_chart_falls_back_to_light_paper() -> None:
    assert colour("second") == f"var(--second, {PALETTE['second'].light})"
