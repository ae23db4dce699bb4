"""Open deals as the list of a scenario, and draws as a table: the files that stand beside a fitted scenario."""

from __future__ import annotations

import csv
import io
import math
from typing import Final

import numpy as np

from simcore.fitting.figures import Figure, stage_names
from simcore.fitting.learned import Learned
from simcore.fitting.waits import P90, Law, at_most
from simcore.pipeline.history import Floats
from simcore.pipeline.rhythm import WEEK

MOST_ROWS: Final = 100_000
_FORMULA: Final = ("=", "+", "-", "@")
_RARE: Final = 1e-4
"""Share of items that wait longer than the longest age that is written."""
_LONGEST_ID: Final = 200
_LEAST_VALUE, _MOST_VALUE = 0.01, 1e9
_SERVED: Final = ("inflow.1.per_week", "market.sd", "market.step", "deal.fixed", "deal.mean")
_MOST_DAYS: Final = 7 * 260 - 1


def open_text(learned: Learned, figures: list[Figure]) -> tuple[str | None, int]:
    """Return the list of open deals as CSV, and how many ages were cut to what the laws of waits reach.

    None where no deal is open.
    """
    paths, known, history = learned.paths, learned.known, learned.history
    if not len(paths.open_deal):
        return None, 0
    names = stage_names(learned)
    limits = [_longest(learned, figures, place) for place in range(len(learned.steps))]
    seat_of = {code: seat for seat, code in enumerate(learned.seats.tolist(), start=1)}
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("id", "stage", "rep", "age", "value"))
    cut, taken = 0, set()
    for number, (deal, stage, age) in enumerate(
        zip(paths.open_deal.tolist(), paths.open_stage.tolist(), paths.open_age.tolist(), strict=True)
    ):
        kept = min(age, limits[stage])
        cut += kept < age
        name = known.ids[deal].strip()
        if not name or name.startswith(_FORMULA) or len(name) > _LONGEST_ID or name in taken:
            name = f"deal {deal + 1}"
        taken.add(name)
        owner = -1 if known.owner is None else int(known.owner[deal])
        seat = seat_of.get(owner, number % learned.reps + 1)
        value = float(history.value[deal])
        known_value = math.isfinite(value) and _LEAST_VALUE <= value <= _MOST_VALUE
        rows.writerow((name, names[stage + 1], seat, f"{kept}cd", f"{value:.2f}" if known_value else ""))
    return written.getvalue(), cut


def _longest(learned: Learned, figures: list[Figure], place: int) -> int:
    """Return the longest age in a stage that the laws of its waits reach, in calendar days."""
    name = stage_names(learned)[place + 2]
    found = {figure.path: figure.mean for figure in figures}
    fitted = learned.steps[place].fitted
    laws: list[tuple[str, Law]] = [("lag", fitted.law)]
    if fitted.lost_law is not None:
        laws.append(("lost_lag", fitted.lost_law))
    return max(_reach(law, f"funnel.{name}.{lag}", found) for lag, law in laws)


def _reach(law: Law, path: str, found: dict[str, float]) -> int:
    if law == "lognormal":
        median = found[f"{path}.median"]
        place, spread = math.log(median), math.log(math.log(found[f"{path}.p90"] / median) / P90)
    else:
        place, spread = math.log(found[f"{path}.mean"]), math.log(found[f"{path}.cv"])
    days: Floats = np.arange(0.0, float(_MOST_DAYS))
    beyond = 1.0 - at_most(law, days[1:], np.array([[place]]), np.array([[spread]]))[0]
    return max(int(np.searchsorted(-beyond, -_RARE)) - 1, 0)


def columns_of_draws(learned: Learned, figures: list[Figure]) -> dict[str, Floats]:
    """Return the columns of the table of draws, by the paths of the scenario; durations in its working days.

    Of what every world of a scenario may have of its own: rates, market, new deals, values; waits of stages in which
    no deal is open, since the age of one that is says how long it has to wait by a law that is known.
    """
    per_day = learned.days_per_week / WEEK
    names = stage_names(learned)
    waiting = {names[stage + 2] for stage in learned.paths.open_stage.tolist()}
    found = {}
    for figure in figures:
        kept = figure.path in _SERVED or figure.path.endswith(".rate")
        if figure.days:
            kept = figure.path.split(".")[1] not in waiting
        if kept:
            found[figure.path] = figure.draws * per_day if figure.days else figure.draws
    return found
