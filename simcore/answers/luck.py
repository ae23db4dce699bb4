"""The answer of luck: how much of a ranking is luck, and how long until a rep's own results mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import NOT_KNOWN, number_figure, share_figure
from simcore.answers.numbers import counted
from simcore.answers.wording import STOPPED
from simcore.results.sentences import amounts, chance, in_percent

if TYPE_CHECKING:
    from simcore.studies.luck.document import Luck, PairRow, RankingRow, WeightRow

_MOST_SPELLS = 7
_CERTAIN = 0.995


def luck_answer(found: Luck) -> Answer:
    """Return the answer of luck."""
    return Answer(
        sentences=tuple(_sentences(found)),
        figures=tuple(_figures(found)),
        picture=_weight(found) or _dry(found),
        cautions=(STOPPED,) if found.interrupted else (),
        words=("luck", "skill", "regression to the mean"),
    )


def _revenue(found: Luck) -> WeightRow | None:
    rows = [] if found.reliability is None else found.reliability.weights
    return next((row for row in rows if row.kind == "revenue" and row.differs), None)


def _longest(found: Luck) -> RankingRow | None:
    rankings = [] if found.reliability is None else found.reliability.rankings
    return rankings[-1] if rankings else None


def _sentences(found: Luck) -> list[str]:
    if found.unlike:
        said = "People have something of their own in this file: who is better is said in it, and not to be found out."
        return _of_person(found) or [said + " Ask of one of them with --who."]
    return [*_of_person(found), *_of_team(found)]


def _of_person(found: Luck) -> list[str]:
    """Return how often who is asked about is ahead of the one whom it is hardest to be ahead of."""
    rows = [row for row in found.people if row.ahead.estimate is not None]
    if found.who is None or not rows:
        return [] if found.who is None else ["In no whole period both are there: nobody can be compared."]
    last = [row for row in rows if row.horizon == rows[-1].horizon]
    strongest = min(last, key=lambda row: row.ahead.estimate or 0.0).rep
    those = [row for row in rows if row.rep == strongest]
    who = found.who_name or f"Rep {found.who}"
    other = those[0].name or f"rep {strongest}"
    after = {row.horizon: row.horizon if row.horizon[0].isdigit() else f"a {row.horizon}" for row in those}
    shares = ", ".join(f"{chance(row.ahead)} after {after[row.horizon]}" for row in those)
    return [f"{who} is ahead of {other}, whom it is hardest to be ahead of: {shares}."]


def _of_team(found: Luck) -> list[str]:
    if not found.differ:
        told = ["Reps do not differ in this scenario: whatever ranks them is luck, all of it, however long one looks."]
    else:
        told = []
        row, ranking = _revenue(found), _longest(found)
        if ranking is not None and ranking.luck.estimate is not None:
            told.append(
                f"Of what ranks the reps of a team by revenue of one {ranking.horizon} {chance(ranking.luck)} is luck."
            )
        if row is not None and row.until:
            told.append(_even(row))
    if found.regression is not None:
        change = found.regression.tenths[0].change
        if change.low is not None and change.high is not None and change.low > 0.0:
            more = amounts(change.low, change.high, found.currency, signed=False)
            told.append(
                f"The bottom tenth of a quarter brings {more} more in the next one (95 % interval), with nobody doing "
                "anything."
            )
    return told


_EVEN = 0.5
"""Where skill weighs as much as luck: half of the spread is that of true rates."""
_NEAR = 1.1
"""Weeks that come so near to a window count as within it."""


def _even(row: WeightRow) -> str:
    """Return how many weeks it takes until half of what tells reps apart is skill.

    Weights answer that where own results go in step with true rates. Where something holds results together, as a cap
    does, weights come out too large; then the windows that were looked at say between which it lies.
    """
    seen = [(point.weeks, point.reliability.estimate) for point in row.points if point.reliability.estimate is not None]
    before = max((weeks for weeks, share in seen if share < _EVEN), default=0)
    after = min((weeks for weeks, share in seen if weeks > before), default=None)
    half = row.until[0].weeks.estimate
    if half is None or not seen or before / _NEAR <= half <= _NEAR * (after or half):
        return _until(row)
    if not before:
        return f"Skill weighs more than luck in {_weeks(seen[0][0])} of a rep's revenue already."
    if after is None:
        return f"Luck still weighs more than skill in {_weeks(before)} of a rep's revenue."
    between = f"between {before} and {_weeks(after)}"
    return f"It takes {between} of a rep's revenue, until skill weighs as much in it as luck."


def _weeks(number: int) -> str:
    return counted(number, "week")


def _until(row: WeightRow) -> str:
    half = row.until[0]
    if half.weeks.estimate is None:
        return "These worlds do not show how long it takes until skill weighs as much as luck in a rep's revenue."
    weeks = number_figure("", half.weeks)
    near = f", {weeks.error}" if half.weeks.se else ""
    beyond = " (extrapolated beyond the run)" if half.beyond_run else ""
    return f"It takes {weeks.value} weeks of a rep's revenue{near}, until skill weighs as much in it as luck{beyond}."


def _figures(found: Luck) -> list[KeyFigure]:
    figures, ranking = [], _longest(found)
    if found.differ and ranking is not None:
        figures.append(share_figure(f"luck in a ranking by revenue of one {ranking.horizon}", ranking.luck))
    pairs = [row for row in ([] if found.reliability is None else found.reliability.pairs) if found.differ]
    if pairs:
        best = _pair(pairs)
        figures.append(share_figure(f"the better of two reps is ahead after a {best.horizon}", best.ahead))
    runs = [] if found.streaks is None else found.streaks.runs
    weeks = next((row for row in runs if row.simulated is not None), None)
    if weeks is not None and found.streaks is not None:
        label = f"longest run of {weeks.unit}s without {weeks.without}, {found.streaks.weeks} weeks"
        figures.append(number_figure(label, weeks.simulated))
    if found.dismissal is not None and found.dismissal.rules:
        figures.append(share_figure("sound among those dismissed on results", found.dismissal.rules[0].sound_among))
    return figures


def _pair(rows: list[PairRow]) -> PairRow:
    by_revenue = [row for row in rows if row.measure == "revenue"]
    return (by_revenue or rows)[-1]


def _weight(found: Luck) -> Picture | None:
    """Return the weight of luck against time, as the first sentence has it: what true rates do not explain."""
    row = _revenue(found)
    if row is None or not row.points:
        return None
    return Picture(
        title="How much of the differences between reps is luck, by weeks of results",
        kind="bars",
        rows=tuple(
            PictureRow(_weeks(point.weeks), None, shown=NOT_KNOWN)
            if point.reliability.estimate is None
            else PictureRow(
                _weeks(point.weeks),
                1.0 - point.reliability.estimate,
                shown=in_percent(1.0 - point.reliability.estimate),
            )
            for point in row.points
        ),
        least=0.0,
        most=1.0,
        note="The rest is skill: what of the differences will last.",
        even=True,
    )


def _dry(found: Luck) -> Picture | None:
    """Return how likely dry weeks are, of a sound rep."""
    dry = [] if found.streaks is None else found.streaks.dry
    rows = [row for row in dry if row.simulated.estimate is not None]
    # Of spells that are all but certain the longest says it.
    certain = [row for row in rows if (row.once_simulated.estimate or 0.0) > _CERTAIN]
    rows = [row for row in rows if row not in certain[:-1]][:_MOST_SPELLS]
    if not rows or found.streaks is None:
        return None
    return Picture(
        title=f"Chance of a sound rep to go so many weeks without a win, once in {found.streaks.weeks} weeks",
        kind="bars",
        rows=tuple(
            PictureRow(_weeks(row.weeks), row.once_simulated.estimate, shown=chance(row.once_simulated)) for row in rows
        ),
        least=0.0,
        most=1.0,
    )
