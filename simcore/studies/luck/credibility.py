"""In closed form: how much a rep's own results say about the rep's true rate (known answer 10 of the model).

Of n calls at the chance q, a share x / n succeeds. The best linear guess of q gives the rep's own share the weight

    Var(q) / (Var(q) + E[q (1 - q)] / n) = n / (n + E[q (1 - q)] / Var(q)),

and the team's rate the rest (Bühlmann 1967, "Experience rating and credibility"). With q the product of independent
Beta rates of means p_s and coefficients of variation a_s, E[q] = prod p_s and E[q^2] = prod p_s^2 (1 + a_s^2); for one
step E[q (1 - q)] / Var(q) is a + b of the Beta distribution.

Week noise and the market add to the variance of x / n what does not fall with the calls of a week. With B the noise of
the weeks, M_w the market's factor, c calls a week and W weeks (see `simcore.analytic.expectations` for the moments of
both), the share within a team has the covariance E[M] Var(q) with q, and the variance

    Var(q) E[mean(M)^2] + E[q^2] Var(B) E[M^2] / W + (E[q] E[M] - E[q^2] E[B^2] E[M^2]) / (c W).
"""

from __future__ import annotations

from math import exp, log1p, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simcore.analytic.expectations import chances
from simcore.analytic.market_moments import is_stationary
from simcore.analytic.needs import effective
from simcore.base.errors import Problem, ScenarioError
from simcore.scenario.needs import needs_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Rate, Scenario, Stage


class Moments(NamedTuple):
    """What is known of the chance of a trial to succeed, over reps."""

    mean: float
    square: float
    """E[q^2]"""

    @property
    def variance(self) -> float:
        """Var(q)."""
        return self.square - self.mean**2

    @property
    def half(self) -> float | None:
        """E[q (1 - q)] / Var(q): the trials that give a rep's own share the weight 1/2; ``None``: no difference."""
        return (self.mean - self.square) / self.variance if self.variance > 0.0 else None


def moments(steps: list[Stage]) -> Moments:
    """Return the moments of the product of the own rates of some steps.

    Examples
    --------
    A Beta distribution with mean 0.2 and a coefficient of variation of 0.5 has a + b = 15:

    >>> from simcore.scenario.model import Rate, Stage
    >>> round(moments([Stage(stage="meetings", rate=Rate(mean=0.2, rep_cv=0.5))]).half, 9)
    15.0
    """
    rates = [_rate(step) for step in steps]
    # Without a spread the two must cancel to the last digit.
    spread = prod(1.0 + rate.rep_cv**2 for rate in rates)
    mean = prod(rate.mean for rate in rates)
    return Moments(mean, mean * mean * spread)


def known_steps(scenario: Scenario) -> Sequence[Stage]:
    """Return the stages with the rates that are true of the plan: less what needs of deals take on average.

    Raises
    ------
    ScenarioError
        If what deals need has no closed form.
    """
    known = effective(scenario)
    if known is None:
        path = f"funnel.{scenario.funnel[needs_step(scenario.funnel)].stage}.needs"
        hint = "give calls to one need at most"
        raise ScenarioError((Problem("what they leave of a rep's true rate has no closed form", path, hint=hint),))
    return known.funnel


def weight(trials: float, half: float | None) -> float:
    """Return known answer 10: the weight of so many trials; 0 where reps do not differ.

    Examples
    --------
    >>> weight(500, 500.0), weight(500, None)
    (0.5, 0.0)
    """
    return 0.0 if half is None else trials / (trials + half)


def is_exact(scenario: Scenario) -> bool:
    """Return whether `exact_weight` holds: nothing takes time or is cut at 1, weeks are alike, rates are known."""
    timeless = scenario.only_calls and not any(stage.lag or stage.needs for stage in scenario.funnel)
    alike = is_stationary(scenario.market) and not scenario.calendar.rests
    return timeless and alike and not scenario.unsure and chances(scenario) is not None


def exact_weight(scenario: Scenario, stage: int, weeks: int, *, revenue: bool = False) -> float:
    """Return the weight of so many weeks with noise and market, where `is_exact`.

    Parameters
    ----------
    stage
        Entries into this stage per call are looked at.
    revenue
        Look at revenue per call instead; ``stage`` is then the last.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> plain = {"simcore": 1, "name": "x", "deal": 5000, "plan": {"calls_per_week": 15}, "funnel": [
    ...     {"stage": "calls"}, {"stage": "wins", "rate": {"mean": 0.2, "rep_cv": 0.5}}]}
    >>> round(exact_weight(validate(plain), 1, 1), 9)
    0.5
    """
    steps = list(scenario.funnel[1 : stage + 1])
    of, calls = moments(steps), scenario.plan.calls_per_week
    if of.variance <= 0.0:
        return 0.0
    noise = exp(sum(log1p(_rate(step).week_cv ** 2) for step in steps))
    mean, square, pair = _market(scenario, steps, weeks)
    chance = of.mean * mean
    if revenue:
        chance *= 1.0 + scenario.deal.variance() / scenario.deal.mean_value() ** 2
    rest = of.square * (noise - 1.0) * square / weeks + (chance - of.square * noise * square) / (calls * weeks)
    return mean * of.variance / (of.variance * pair + rest)


def _market(scenario: Scenario, steps: list[Stage], weeks: int) -> tuple[float, float, float]:
    """Return E[M], E[M^2] and E[mean(M)^2] over so many weeks, for the market's factor on some steps."""
    market = scenario.market
    k = 0 if market is None else sum(step.stage in market.acts_on for step in steps)
    if market is None or market.sd is None or k == 0:
        return 1.0, 1.0, 1.0
    variance = market.sd**2
    distance = np.abs(np.arange(weeks)[:, None] - np.arange(weeks))
    pairs = np.exp(-k * variance + k * k * variance * (1.0 + market.persistence**distance))
    return exp((k * k - k) * variance / 2.0), exp((2 * k * k - k) * variance), float(pairs.mean())


def _rate(stage: Stage) -> Rate:
    if stage.rate is None:
        raise ValueError(f"stage {stage.stage} has no rate")
    return stage.rate
