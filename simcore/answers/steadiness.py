"""The answer of what makes results vary: which parts average out, and which never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import share_figure
from simcore.answers.wording import STOPPED

if TYPE_CHECKING:
    from simcore.studies.steadiness.document import Part, Steadiness

WORDS: dict[Part, str] = {
    "luck": "luck of the draws",
    "people": "differences between reps",
    "market": "the market",
    "week noise": "the noise of the weeks",
    "reaction": "reaction",
}
_HALF = 0.1
"""A power this close to -1/2 averages out; one this close to 0 does not."""


def answer(found: Steadiness) -> Answer:
    """Return the answer of what makes results vary."""
    return Answer(
        sentences=tuple(_sentences(found)),
        figures=tuple(_figures(found)),
        picture=_shares(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("variance", "coefficient of variation", "luck"),
    )


def _sentences(found: Steadiness) -> list[str]:
    if not found.rows:
        return ["The run holds no whole period, so there is nothing to split."]
    return [f"Over a {found.rows[-1].horizon}: see the shares."]


def _figures(found: Steadiness) -> list[KeyFigure]:
    if not found.rows:
        return []
    last = found.rows[-1]
    return [
        share_figure(f"of the variance of a {last.horizon}: {WORDS[part.part]}", part.share)
        for part in last.parts
        if part.part in found.active
    ]


def _shares(found: Steadiness) -> Picture | None:
    if not found.rows:
        return None
    rows = []
    for row in found.rows:
        sizes = {part.part: max(0.0, part.share.estimate or 0.0) for part in row.parts}
        rows.append(PictureRow(row.horizon, None, parts=tuple(sizes[part] for part in found.active)))
    return Picture(
        title="What the variance of a rep's revenue is made of, by period",
        kind="shares",
        rows=tuple(rows),
        parts=tuple(WORDS[part] for part in found.active),
    )
