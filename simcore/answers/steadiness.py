"""The answer of what makes results vary: which parts average out, and which never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import share_figure
from simcore.answers.numbers import figure
from simcore.answers.wording import STOPPED, capital
from simcore.results.sentences import in_percent
from simcore.statistics.intervals import significant_sign

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.steadiness.document import Part, Steadiness, SteadinessFall, SteadinessPart

WORDS: dict[Part, str] = {
    "luck": "luck of the draws",
    "people": "differences between reps",
    "market": "the market",
    "week noise": "the noise of the weeks",
    "knowledge": "what is not known exactly",
    "reaction": "reaction",
}
_HALF = 0.1
"""A power this close to -1/2 averages out; one this close to 0 does not."""


def steadiness_answer(found: Steadiness) -> Answer:
    """Return the answer of what makes results vary."""
    return Answer(
        sentences=tuple(_sentences(found)),
        figures=tuple(_figures(found)),
        picture=_shares(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("variance", "coefficient of variation", "luck"),
    )


def verdicts(found: Steadiness) -> list[str]:
    """Return what averages out and what does not, in a sentence for each part, with the power of time."""
    lines = [
        f"{capital(WORDS[fall.part])} {_how(fall)} (from week to {fall.until}, sd over mean goes as time to the power "
        f"{figure(fall.power.estimate, fall.power.se).inline()})."
        for fall in found.falls
    ]
    return [*lines, *filter(None, (_drift(found), _season(found), _reaction(found)))]


def _drift(found: Steadiness) -> str:
    """Say what a market without return does to every horizon; empty where it comes back."""
    if not found.drifts:
        return ""
    return (
        "The market has no level to come back to: it never averages out, and the later a week, the wider what it may "
        "bring. Variances are averages over the run, so a longer run has larger ones."
    )


def _season(found: Steadiness) -> str:
    """Say where the season is; empty without one."""
    if not found.seasonal:
        return ""
    return (
        "The season is in no part: it is known, and the same in all worlds. A period is compared with the same one of "
        "other worlds, a summer with a summer."
    )


def _how(fall: SteadinessFall) -> str:
    power = fall.power.estimate or 0.0
    if _is_vague(fall.power):
        return "may or may not average out: these worlds do not tell"
    if abs(power + 0.5) <= _HALF:
        return _plural(fall.part, "averages out, as the root of time")
    if abs(power) <= _HALF:
        return _plural(fall.part, "does not average out")
    if power < -0.5:
        return _plural(fall.part, "averages out faster than the root of time")
    return _plural(fall.part, "averages out slowly" if power < 0.0 else "grows with time")


def _plural(part: Part, clause: str) -> str:
    """Return a clause with the verb that goes with a part: differences between reps are many."""
    if part != "people":
        return clause
    verb, _, rest = clause.partition(" ")
    return f"{ {'averages': 'average', 'does': 'do', 'grows': 'grow'}[verb] } {rest}"


def _is_vague(power: Estimate) -> bool:
    """Return whether the interval of a power holds both averaging out and not averaging out, or there is none."""
    if power.low is None or power.high is None:
        return True
    return power.high - power.low > 0.5 - 2.0 * _HALF and power.low < -_HALF and power.high > -0.5 + _HALF


def _reaction(found: Steadiness) -> str:
    """Say what reacting to results does to the variance of the longest period; empty where nobody reacts."""
    if not found.rows or "reaction" not in found.active:
        return ""
    last = found.rows[-1]
    share = next(part.share for part in last.parts if part.part == "reaction")
    sign = significant_sign(share)
    if sign == 0:
        return f"Over a {last.horizon} what reacting does to the variance cannot be told from nothing."
    ends = sorted(abs(100.0 * end) for end in (share.low, share.high) if end is not None)
    size = " to ".join(f"{end:.2g}" for end in ends)
    does = "adds" if sign > 0 else "takes away"
    return f"Over a {last.horizon} reacting {does} {size} % of the variance (95 % interval)."


def _sentences(found: Steadiness) -> list[str]:
    if not found.rows:
        return ["The run holds no whole period, so there is nothing to split."]
    last = found.rows[-1]
    told = []
    parts = sorted(_known(found, last.parts), key=lambda part: -(part.share.estimate or 0.0))
    if parts:
        listed = ", ".join(f"{in_percent(part.share.estimate or 0.0)} {WORDS[part.part]}" for part in parts[:3])
        told.append(f"What makes the {last.horizon} of one rep differ from that of another is {listed}.")
    if found.falls:
        clauses = "; ".join(f"{WORDS[fall.part]} {_how(fall)}" for fall in found.falls)
        told.append(f"With time {clauses}.")
    return [*told, *filter(None, (_ignorance(found), _drift(found), _season(found), _reaction(found)))]


def _ignorance(found: Steadiness) -> str:
    """Say how much does not average out because it is not known; empty where everything is."""
    if "knowledge" not in found.active:
        return ""
    last = found.rows[-1]
    part = next(part for part in last.parts if part.part == "knowledge")
    if part.share.estimate is None or part.cv.estimate is None:
        return ""
    return (
        f"However long one waits, {in_percent(max(0.0, part.cv.estimate))} of the mean stay open, "
        f"{in_percent(max(0.0, part.share.estimate))} of the variance of a {last.horizon}: this is ignorance, "
        "which only more data takes away."
    )


def _known(found: Steadiness, parts: list[SteadinessPart]) -> list[SteadinessPart]:
    """Return the parts that the scenario has, with a share that is known and above nothing."""
    return [part for part in parts if part.part in found.active and (part.share.estimate or 0.0) > 0.0]


def _figures(found: Steadiness) -> list[KeyFigure]:
    if not found.rows:
        return []
    last = found.rows[-1]
    return [
        share_figure(f"variance of a {last.horizon}: {WORDS[part.part]}", part.share)
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
        even=True,
    )
