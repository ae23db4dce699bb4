"""The answer of luck: how much of a ranking is luck, and how long until a rep's own results mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import NOT_KNOWN, number_figure, share_figure
from simcore.answers.numbers import significant
from simcore.answers.wording import STOPPED
from simcore.results.sentences import chance, in_percent

if TYPE_CHECKING:
    from simcore.studies.luck.document import Luck, PairRow, RankingRow, WeightRow


def answer(found: Luck) -> Answer:
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
    if not found.differ:
        told = ["Reps do not differ in this scenario: whatever ranks them is luck, all of it, however long one looks."]
    else:
        told = []
        row, ranking = _revenue(found), _longest(found)
        if ranking is not None and ranking.luck.estimate is not None:
            told.append(f"Of a ranking of a team by revenue of one {ranking.horizon} {chance(ranking.luck)} is luck.")
        if row is not None and row.until:
            told.append(_until(row))
    if found.regression is not None:
        bottom = found.regression.tenths[0]
        if bottom.change.low is not None and bottom.change.low > 0.0:
            told.append(
                "Whoever was in the bottom tenth of a quarter is better in the next one with nobody doing anything."
            )
    return told


def _until(row: WeightRow) -> str:
    half = row.until[0]
    if half.weeks.estimate is None:
        return f"These worlds do not show how long it takes until a rep's own revenue weighs {in_percent(half.weight)}."
    near = "" if not half.weeks.se else f", give or take {significant(half.weeks.se, 2)}"
    beyond = " (extrapolated beyond the run)" if half.beyond_run else ""
    return (
        f"A rep's own revenue takes {significant(half.weeks.estimate, 3)} weeks{near}, to weigh as much as the team's "
        f"average in telling what to expect of the rep{beyond}."
    )


def _figures(found: Luck) -> list[KeyFigure]:
    rankings = [] if found.reliability is None else found.reliability.rankings
    figures = [share_figure(f"luck in a ranking by revenue of one {each.horizon}", each.luck) for each in rankings]
    pairs = [row for row in ([] if found.reliability is None else found.reliability.pairs) if found.differ]
    if pairs:
        best = _pair(pairs)
        figures.append(share_figure(f"the better of two reps is ahead after a {best.horizon}", best.ahead))
    weeks = next((row for row in found.streaks.runs if row.simulated is not None), None)
    if weeks is not None:
        label = f"longest run of {weeks.unit}s without {weeks.without}, {found.streaks.weeks} weeks"
        figures.append(number_figure(label, weeks.simulated))
    if found.dismissal is not None and found.dismissal.rules:
        figures.append(share_figure("sound among those dismissed on results", found.dismissal.rules[0].sound_among))
    return figures


def _pair(rows: list[PairRow]) -> PairRow:
    by_revenue = [row for row in rows if row.measure == "revenue"]
    return (by_revenue or rows)[-1]


def _weight(found: Luck) -> Picture | None:
    """Return the weight of luck against time."""
    row = _revenue(found)
    if row is None or not row.points:
        return None
    return Picture(
        title="Weight of the team's average in what to expect of a rep, by weeks of own revenue",
        kind="bars",
        rows=tuple(
            PictureRow(f"{point.weeks} weeks", None, shown=NOT_KNOWN)
            if point.weight.estimate is None
            else PictureRow(
                f"{point.weeks} weeks", 1.0 - point.weight.estimate, shown=in_percent(1.0 - point.weight.estimate)
            )
            for point in row.points
        ),
        least=0.0,
        most=1.0,
        note="The rest is the weight of the rep's own revenue.",
    )


def _dry(found: Luck) -> Picture | None:
    """Return how likely dry weeks are, of a sound rep."""
    rows = [row for row in found.streaks.dry if row.simulated.estimate is not None][:7]
    if not rows:
        return None
    return Picture(
        title=f"Chance of a sound rep to have so many weeks without a win on end, once in {found.streaks.weeks} weeks",
        kind="bars",
        rows=tuple(
            PictureRow(f"{row.weeks} weeks", row.once_simulated.estimate, shown=chance(row.once_simulated))
            for row in rows
        ),
        least=0.0,
        most=1.0,
    )
