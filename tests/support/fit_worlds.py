"""Exports of known scenarios: the deals of one world, made without simcore, and how each CRM would write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from simcore.forecasting.sources import Known
from simcore.pipeline.history import LOST, NEVER, OPEN, WON, History
from tests.support.crm_worlds import STAGES, Deal

FIRST_DAY = 20_454
"""2026-01-01, in days since 1970-01-01."""


class Law(NamedTuple):
    """A log-normal wait: median in days, standard deviation of its logarithm."""

    median: float
    sigma: float


class Truth(NamedTuple):
    """What a world is made of; the figures that a fit should find."""

    weeks: int = 60
    per_week: float = 20.0
    inflow_cv: float = 0.25
    rates: tuple[float, float, float] = (0.6, 0.5, 0.45)
    lags: tuple[Law, Law, Law] = (Law(6.0, 0.6), Law(14.0, 0.7), Law(20.0, 0.6))
    lost_lags: tuple[Law, Law, Law] | None = (Law(6.0, 0.6), Law(14.0, 0.7), Law(40.0, 0.6))
    rep_cv: float = 0.2
    reps: int = 12
    market_sd: float = 0.0
    persistence: float = 0.9
    mean_value: float = 20_000.0
    value_cv: float = 0.8

    def figures(self) -> dict[str, float]:
        """Return the figures of the scenario by their paths, as they are written for the stages of `STAGES`."""
        names = (*STAGES[1:], "won")
        found = {"inflow.1.per_week": self.per_week, "inflow.1.cv": self.inflow_cv}
        found |= {"deal.mean": self.mean_value, "deal.cv": self.value_cv}
        for place, name in enumerate(names):
            found[f"funnel.{name}.rate"] = self.rates[place]
            found[f"funnel.{name}.rate.rep_cv"] = self.rep_cv
            laws = {"lag": self.lags[place]} | ({"lost_lag": self.lost_lags[place]} if self.lost_lags else {})
            for lag, law in laws.items():
                found[f"funnel.{name}.{lag}.median"] = law.median
                found[f"funnel.{name}.{lag}.p90"] = law.median * math.exp(1.2815515655446004 * law.sigma)
        return found


def made_deals(truth: Truth, seed: int) -> list[Deal]:
    """Return the deals of one world as they stand on its last evening."""
    random = np.random.default_rng(seed)
    start, end = float(FIRST_DAY), float(FIRST_DAY + 7 * truth.weeks)
    own = np.empty((truth.reps, 3))
    for place, rate in enumerate(truth.rates):
        size = (1.0 - rate) / (rate * truth.rep_cv**2) - 1.0
        own[:, place] = random.beta(rate * size, (1.0 - rate) * size, truth.reps)
    market = np.empty(truth.weeks + 400)
    level = truth.market_sd * random.normal()
    for week in range(len(market)):
        market[week] = math.exp(level - truth.market_sd**2 / 2)
        level = truth.persistence * level
        level += truth.market_sd * math.sqrt(1.0 - truth.persistence**2) * random.normal()
    sigma = math.sqrt(math.log1p(truth.value_cv**2))
    size = truth.inflow_cv**-2.0
    deals: list[Deal] = []
    for week in range(truth.weeks):
        for _ in range(random.poisson(truth.per_week * random.gamma(size, 1.0 / size))):
            created = start + 7 * week + 7.0 * random.random()
            rep = int(random.integers(truth.reps))
            at, outcome, entries = created, "open", []
            for place, stage in enumerate(STAGES):
                entries.append((stage, at))
                law = truth.lags[place]
                score = random.normal()
                due = at + law.median * math.exp(law.sigma * score)
                decided = at if truth.lost_lags else due
                factor = market[int((decided - start) // 7)] if place == 2 else 1.0
                passes = random.random() < min(own[rep, place] * factor, 1.0)
                if not passes and truth.lost_lags:
                    law = truth.lost_lags[place]
                    due = at + law.median * math.exp(law.sigma * score)
                at = due
                if at >= end or not passes or place == 2:
                    outcome = "open" if at >= end else "won" if passes else "lost"
                    break
            value = truth.mean_value * math.exp(sigma * random.normal() - sigma**2 / 2)
            deals.append(
                Deal(
                    id=f"006{len(deals):012d}",
                    owner=f"Rep {rep + 1}",
                    account=f"Zyxwv {len(deals)} Holding",
                    created=_moment(created),
                    outcome=outcome,
                    stage=entries[-1][0],
                    value=round(value, 2),
                    segment="north",
                    entries=[(stage, _moment(when)) for stage, when in entries],
                    closed=None if outcome == "open" else _moment(at),
                    planned=_moment(end + 20.0) if outcome == "open" else None,
                )
            )
    return deals


def _moment(day: float) -> datetime:
    found = datetime.fromtimestamp(0, tz=UTC).replace(tzinfo=None) + timedelta(days=day)
    return found.replace(microsecond=0)


def known_world(truth: Truth, seed: int) -> Known:
    """Return the history of a world, without a file."""
    deals = made_deals(truth, seed)
    days = np.array([_day(deal.created) for deal in deals])
    closed = np.array([NEVER if deal.closed is None else _day(deal.closed) for deal in deals])
    codes = {"open": OPEN, "won": WON, "lost": LOST}
    visits = [
        (number, STAGES.index(stage), _day(at)) for number, deal in enumerate(deals) for stage, at in deal.entries
    ]
    deal, stage, day = (np.array(column, dtype=np.int64) for column in zip(*visits, strict=True))
    history = History(
        stages=STAGES,
        segments=("all",),
        created=days.astype(np.int64),
        closed=closed.astype(np.int64),
        outcome=np.array([codes[each.outcome] for each in deals], dtype=np.int64),
        segment=np.zeros(len(deals), dtype=np.int64),
        value=np.array([each.value for each in deals]),
        visit_deal=deal,
        visit_stage=stage,
        visit_day=day,
        told=np.ones(len(deals), dtype=np.bool_),
    )
    names = tuple(sorted({each.owner for each in deals}))
    return Known(
        history=history,
        ids=tuple(each.id for each in deals),
        as_of=FIRST_DAY + 7 * truth.weeks - 1,
        name="deals",
        digest="",
        currency="EUR",
        owners=len(names),
        owner=np.array([names.index(each.owner) for each in deals], dtype=np.int64),
        owner_names=names,
    )


def _day(moment: datetime) -> int:
    return (moment - datetime.fromtimestamp(0, tz=UTC).replace(tzinfo=None)).days
