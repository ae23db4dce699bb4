"""An export of a team that does not exist, to try forecasts on: made by a simulation, and the same on every machine.

Its deals come over eighteen months, wait in three stages, meet a market that drifts, and are often closed on the last
working day of a month. No real deal is in it, so that nothing of a real team can be learned from it.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from simcore.pipeline.rhythm import LAST, on_working_day

FIRST: Final = date(2025, 4, 1)
AS_OF: Final = date(2026, 9, 30)
STAGES: Final = ("qualification", "proposal", "negotiation")
_RATES: Final = (0.55, 0.5, 0.62)
_MEDIANS: Final = (9.0, 16.0, 12.0)
_SEGMENTS: Final = (("small", 0.6, 4_000.0), ("medium", 0.3, 15_000.0), ("large", 0.1, 60_000.0))
_OWNERS: Final = 5
_A_WEEK: Final = 11.0
_SEED: Final = 2026


class Export(NamedTuple):
    """The texts of the two files."""

    deals: str
    stages: str


class _Draws:
    """Uniform draws alone, whose bits no version of NumPy changes; all other laws are made of them."""

    def __init__(self) -> None:
        self._random = np.random.Generator(np.random.Philox(_SEED))

    def uniform(self) -> float:
        return float(self._random.random())

    def normal(self) -> float:
        return math.sqrt(-2.0 * math.log(1.0 - self.uniform())) * math.cos(2.0 * math.pi * self.uniform())

    def poisson(self, mean: float) -> int:
        count, left = 0, math.exp(-mean)
        product = self.uniform()
        while product > left:
            product *= self.uniform()
            count += 1
        return count


def example_export() -> Export:
    """Return an invented export in the plain dialect: deals and when they entered their stages.

    Examples
    --------
    >>> example_export().deals.splitlines()[0]
    'id,owner,created,closed,outcome,stage,value,currency,segment'
    """
    draws = _Draws()
    weeks = (AS_OF - FIRST).days // 7 + 60
    market = [0.0]
    for _ in range(weeks):
        market.append(0.93 * market[-1] + 0.07 * draws.normal())
    deals, stages = ["id,owner,created,closed,outcome,stage,value,currency,segment"], ["id,stage,entered"]
    number = 0
    for week in range((AS_OF - FIRST).days // 7 + 1):
        for _ in range(draws.poisson(_A_WEEK * math.exp(0.15 * draws.normal()))):
            created = _working(FIRST + timedelta(days=7 * week + int(7 * draws.uniform())))
            if created > AS_OF:
                continue
            number += 1
            deal, entered = _deal(f"D-{number:04d}", created, market, draws)
            deals.append(deal)
            stages += entered
    return Export("\n".join(deals) + "\n", "\n".join(stages) + "\n")


def _deal(name: str, created: date, market: list[float], draws: _Draws) -> tuple[str, list[str]]:
    """Return the row of a deal, and those of its stages."""
    segment, value = _segment(draws)
    owner = f"rep {1 + int(_OWNERS * draws.uniform())}"
    day, entered, outcome, stage = created, [], "open", STAGES[0]
    for place, stage in enumerate(STAGES):
        entered.append(f"{name},{stage},{day}")
        day = _working(day + timedelta(days=round(_MEDIANS[place] * math.exp(0.7 * draws.normal()))))
        last = place == len(STAGES) - 1
        odds = _RATES[place] / (1.0 - _RATES[place]) * (math.exp(market[(day - FIRST).days // 7]) if last else 1.0)
        on = draws.uniform() < odds / (1.0 + odds)
        if on and last and draws.uniform() < 0.35:
            day = _month_end(day)
        if day > AS_OF:
            break
        if not on or last:
            outcome = "won" if on else "lost"
            break
    closed = str(day) if outcome != "open" else ""
    return f"{name},{owner},{created},{closed},{outcome},{stage},{value},USD,{segment}", entered


def _segment(draws: _Draws) -> tuple[str, int]:
    u = draws.uniform()
    for name, share, typical in _SEGMENTS:
        if u < share:
            return name, 100 * round(typical * math.exp(0.5 * draws.normal()) / 100.0)
        u -= share
    name, _, typical = _SEGMENTS[-1]
    return name, 100 * round(typical / 100.0)


def _working(day: date) -> date:
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _month_end(day: date) -> date:
    """Return the last working day of the month, or of the next one where it is past."""
    ahead = np.arange(str(day), str(day + timedelta(days=40)), dtype="datetime64[D]")
    return ahead[on_working_day(ahead.astype(np.int64), LAST)][0].item()  # type: ignore[no-any-return]
