"""The answer of a sweep: who is ahead how often, and from where to where the figure goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simcore.answers.answer import Answer, KeyFigure, Mark, Picture, PictureRow, places_of
from simcore.answers.metrics import figure_of, title_of
from simcore.answers.numbers import counted, significant
from simcore.answers.wording import cautions_of
from simcore.scenario.metric import parse_metric
from simcore.studies.sweep.breakeven import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.statistics.estimate import Estimate
    from simcore.studies.sweep.document import Sweep, SweepFigure, SweepPoint

_MOST_ROWS = 12
_MOST_COLUMNS = 45
"""A map of more columns would be wider than a narrow page."""


_NOTHING = "No point of the grid was finished: there is nothing to show."


def sweep_answer(found: Sweep, metric: str = "revenue", *, others: Sequence[str] = ()) -> Answer:
    """Return the answer of a sweep about one of its metrics.

    Parameters
    ----------
    found
        The document.
    metric
        The figure to tell of; one of ``found.metrics``.
    others
        Strategies of the scenario that are not run, if that may surprise.
    """
    if not found.points:
        return Answer((_NOTHING,), (), None)
    cautions = cautions_of(found)
    if others:
        cautions.append(f"The scenario also has {', '.join(others)}: name each strategy to run with --strategy.")
    exploded = [point for point in found.points if point.exploded is not None]
    if exploded:
        of = f"{len(exploded)} of {counted(len(found.points), 'point')}"
        cautions.append(f"A drive explodes at {of}, such as {_at(found, exploded[0])}: there is no figure there.")
    return Answer(
        sentences=tuple(_sentences(found, metric)),
        figures=tuple(_figures(found, metric)),
        picture=_picture(found, metric),
        cautions=tuple(cautions),
        words=("give or take", "common random numbers", "tied"),
    )


def _of(point: SweepPoint, metric: str) -> list[SweepFigure]:
    """Return the figures of a metric, the baseline first; none where a strategy explodes."""
    return [each for each in point.figures if each.metric == metric]


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else significant(value)


def _at(found: Sweep, point: SweepPoint) -> str:
    return ", ".join(f"{path.path} = {_text(value)}" for path, value in zip(found.paths, point.values, strict=True))


def _figure(found: Sweep, rows: list[SweepFigure]) -> Estimate | None:
    """Return what is told of a point: the difference of two strategies, else the figure of the first."""
    return rows[1].difference if len(found.strategies) == 2 else rows[0].figure


def _ends(found: Sweep, metric: str) -> list[tuple[SweepPoint, Estimate]]:
    """Return the points at which there is least and most; none where nothing is known."""
    told = [(point, _figure(found, rows)) for point in found.points if (rows := _of(point, metric))]
    known = [(point, each) for point, each in told if each is not None and each.estimate is not None]
    known.sort(key=lambda each: each[1].estimate or 0.0)
    return [known[0], known[-1]] if known else []


def _sentences(found: Sweep, metric: str) -> list[str]:
    points = [rows for point in found.points if (rows := _of(point, metric))]
    if not points:
        return ["A drive explodes at every point: there is nothing to show."]
    told = [_standing(found, name, points, metric) for name in found.strategies[1:3]]
    ends = _ends(found, metric)
    if len(found.strategies) <= 2 and len(points) > 1 and ends:
        told.append(_range(found, metric, ends))
    return told


def _range(found: Sweep, metric: str, ends: list[tuple[SweepPoint, Estimate]]) -> str:
    """Say from where to where the figure goes, or that it is the same everywhere."""
    (low, least), (high, most) = ((at, figure_of("", each, metric, found.currency).value) for at, each in ends)
    what = title_of(metric)
    if len(found.strategies) == 2:
        what = f"{what}, {found.strategies[1]} less {found.strategies[0]},"
    if least == most:
        return f"{what} is {least} at every point that was run."
    least, most = f"{least} at {_at(found, low)}", f"{most} at {_at(found, high)}"
    return f"{what} goes from {least} to {most}, among the points that were run."


def _standing(found: Sweep, name: str, points: list[list[SweepFigure]], metric: str) -> str:
    """Say at how many points a strategy is ahead of the baseline, behind, and not told apart."""
    ahead = words_of(parse_metric(metric))[0]
    verdicts = [row.verdict for rows in points for row in rows if row.strategy == name]
    clear = {"ahead": verdicts.count("ahead"), "behind": verdicts.count("behind")}
    parts = [
        f"{name} is {ahead} at {clear['ahead']} of {counted(len(points), 'point')}",
        f"{found.strategies[0]} at {clear['behind']}",
        f"at {len(verdicts) - sum(clear.values())} they are not told apart",
    ]
    return f"{', '.join(parts)} (95 % intervals)."


def _figures(found: Sweep, metric: str) -> list[KeyFigure]:
    """Return the figures at the ends, whose they are where that may be asked, and one where they are the same."""
    ends = _ends(found, metric)
    whose = f" ({found.strategies[0]})" if len(found.strategies) > 2 else ""
    names = ("least difference", "largest difference") if len(found.strategies) == 2 else ("least", "most")
    figures = [
        figure_of(f"{word}{whose}: {_at(found, point)}", each, metric, found.currency)
        for word, (point, each) in zip(names, ends, strict=False)
    ]
    if len({each.value for each in figures}) > 1:
        return figures
    return [replace(each, label=f"at every point that was run{whose}") for each in figures[:1]]


def _picture(found: Sweep, metric: str) -> Picture | None:
    if not found.points:
        return None
    if len(found.paths) == 1:
        return _values(found, metric)
    if len(found.paths) == 2 and len(found.strategies) == 2 and len(found.paths[1].values) <= _MOST_COLUMNS:
        return _map(found, metric)
    return None


def _values(found: Sweep, metric: str) -> Picture:
    """Return a row a value: the difference of two strategies, else the figure of the first."""
    paired = len(found.strategies) == 2
    what = f"{found.strategies[1]} less {found.strategies[0]}" if paired else found.strategies[0]
    apart = "; a hollow point is not told apart from no difference." if paired else "."
    return Picture(
        title=f"{title_of(metric)}: {what}, over {found.paths[0].path}",
        kind="intervals",
        rows=tuple(_row(found, found.points[place], metric) for place in places_of(len(found.points), _MOST_ROWS)),
        mark=0.0 if paired else None,
        note=f"Lines are 95 % intervals{apart}{_more(found)}",
        even=True,
    )


def _more(found: Sweep) -> str:
    left = len(found.points) - _MOST_ROWS
    return f" {counted(left, 'more value')} are not drawn." if left > 0 else ""


def _row(found: Sweep, point: SweepPoint, metric: str) -> PictureRow:
    label, rows = _text(point.values[0]), _of(point, metric)
    if not rows:
        return PictureRow(label, None, shown="explodes")
    paired = len(found.strategies) == 2
    shown = _figure(found, rows)
    if shown is None or shown.estimate is None:
        return PictureRow(label, None, shown="not known")
    text = figure_of("", shown, metric, found.currency).value
    apart = not paired or rows[1].verdict in ("ahead", "behind")
    return PictureRow(label, shown.estimate, shown.low, shown.high, text, told_apart=apart)


def _map(found: Sweep, metric: str) -> Picture:
    """Return who is ahead over two paths."""
    down, across = found.paths
    marks: list[Mark] = ["missing"] * (len(down.values) * len(across.values))
    for point in found.points:
        marks[point.point] = _mark(point, metric)
    first, second = found.strategies
    ahead = words_of(parse_metric(metric))[0]
    words: dict[Mark, str] = {
        "ahead": f"{second} is {ahead}",
        "behind": f"{first} is {ahead}",
        "tied": "tied",
        "missing": "not finished",
        "explodes": "a strategy explodes",
        "unknown": "too few worlds to tell",
    }
    width = len(across.values)
    return Picture(
        title=f"Who is {ahead} in {metric}: {down.path} upward, {across.path} to the right",
        kind="map",
        rows=tuple(
            PictureRow(_text(value), None, marks=tuple(marks[row * width : (row + 1) * width]))
            for row, value in enumerate(down.values)
        ),
        columns=tuple(_text(value) for value in across.values),
        legend=tuple((mark, text) for mark, text in words.items() if mark in marks),
        note="By the 95 % interval of the difference at each point.",
    )


def _mark(point: SweepPoint, metric: str) -> Mark:
    if point.exploded is not None:
        return "explodes"
    return _of(point, metric)[1].verdict or "unknown"
