"""The answer of a sweep: from where to where the figure goes, and how often each strategy is ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Picture, PictureRow
from simcore.answers.figures import money_figure, share_figure
from simcore.answers.numbers import counted, significant
from simcore.answers.wording import STOPPED, capital
from simcore.scenario.metric import CV, P_QUOTA, P_QUOTA_TEAM, P_ZERO, parse_metric

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.sweep.document import Sweep, SweepFigure, SweepPoint

_SHARES = (P_QUOTA, P_QUOTA_TEAM, P_ZERO, CV)
_MOST_ROWS = 12


def answer(found: Sweep, metric: str = "revenue") -> Answer:
    """Return the answer of a sweep about one of its metrics."""
    exploded = sum(point.exploded is not None for point in found.points)
    cautions = [STOPPED] if found.interrupted else []
    if exploded:
        cautions.append(f"A drive explodes at {exploded} of {counted(len(found.points), 'point')}: no figure there.")
    return Answer(
        sentences=tuple(_sentences(found, metric)),
        figures=tuple(_figures(found, metric)),
        picture=_picture(found, metric),
        cautions=tuple(cautions),
        words=("sweep", "common random numbers", "tied"),
    )


def _of(point: SweepPoint, metric: str) -> list[SweepFigure]:
    return [each for each in point.figures if each.metric == metric]


def _at(found: Sweep, point: SweepPoint) -> str:
    values = zip(found.paths, point.values, strict=True)
    return ", ".join(
        f"{path.path} = {value if isinstance(value, str) else significant(value)}" for path, value in values
    )


def _sentences(found: Sweep, metric: str) -> list[str]:
    points = [(point, _of(point, metric)) for point in found.points if _of(point, metric)]
    if not points:
        return ["No point of the grid was finished."]
    told = []
    verdicts = [row.verdict for _, rows in points for row in rows[1:]]
    if verdicts:
        base, others = found.strategies[0], ", ".join(found.strategies[1:])
        parts = [
            f"ahead of {base} at {verdicts.count('ahead')}",
            f"behind at {verdicts.count('behind')}",
            f"not told apart at {len(verdicts) - verdicts.count('ahead') - verdicts.count('behind')}",
        ]
        told.append(f"Over {counted(len(points), 'point')} of the grid {others} is {', '.join(parts)} in {metric}.")
    known = [(point, rows[0].figure) for point, rows in points if rows[0].figure.estimate is not None]
    if known:
        low = min(known, key=lambda each: each[1].estimate or 0.0)
        high = max(known, key=lambda each: each[1].estimate or 0.0)
        told.append(
            f"{capital(metric)} of {found.strategies[0]} is least at {_at(found, low[0])} and most at "
            f"{_at(found, high[0])} among the points that were run."
        )
    return told


def _figures(found: Sweep, metric: str) -> list[KeyFigure]:
    known = [(point, rows[0].figure) for point in found.points if (rows := _of(point, metric))]
    known = [each for each in known if each[1].estimate is not None]
    if not known:
        return []
    ends = [min(known, key=lambda each: each[1].estimate or 0.0), max(known, key=lambda each: each[1].estimate or 0.0)]
    return [_key(found, f"{metric} at {_at(found, point)}", figure, metric) for point, figure in ends]


def _key(found: Sweep, label: str, figure: Estimate, metric: str) -> KeyFigure:
    if parse_metric(metric).name in _SHARES:
        return share_figure(label, figure)
    return money_figure(label, figure, found.currency)


def _picture(found: Sweep, metric: str) -> Picture | None:
    if len(found.paths) != 1:
        return None
    place = 1 if len(found.strategies) == 2 else 0
    rows = []
    for point in found.points[:_MOST_ROWS]:
        figures = _of(point, metric)
        label = _at(found, point).partition(" = ")[2]
        shown = figures[place].difference if place and figures else figures[0].figure if figures else None
        if shown is None or shown.estimate is None:
            rows.append(PictureRow(label, None, shown="explodes" if point.exploded else "not known"))
            continue
        text = _key(found, "", shown, metric).value
        apart = not place or figures[place].verdict in ("ahead", "behind")
        rows.append(PictureRow(label, shown.estimate, shown.low, shown.high, text, told_apart=apart))
    what = f"{found.strategies[1]} less {found.strategies[0]}" if place else found.strategies[0]
    return Picture(
        title=f"{capital(metric)} over {found.paths[0].path}: {what}",
        kind="intervals",
        rows=tuple(rows),
        mark=0.0 if place else None,
        note="Lines are 95 % intervals" + ("; a hollow point is not told apart from no difference." if place else "."),
    )
