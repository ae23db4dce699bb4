"""Coverage of the intervals in documents at 100 replications: two small scenarios, true values, and checks over seeds.

Every figure of every document is checked: those of a run, of strategies in the same worlds and their paired
differences, of a sweep, and the parts of a difference by channel. `python -m tests.support.document_coverage`
recomputes the true values from the same documents with many more replications.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from scipy import stats

from simcore import simulate
from simcore.scenario.model import Scenario, validate
from simcore.statistics.estimate import Estimate
from simcore.studies.compare.attribution import attribute
from simcore.studies.compare.study import compare
from simcore.studies.sweep.study import sweep
from tests.support.technique_cases import TWO_STEPS, Truth
from tools.packages import ROOT

Floats = NDArray[np.float64]
REPLICATIONS = 100
HASTE = {
    "d": {
        "signals": {"surprise": -0.3},
        "level": [-0.5, 0.5],
        "changes": {"activity": {"slope": 1.0}, "wins": {"slope": -0.6}},
    }
}
CLOSE: dict[str, Any] = TWO_STEPS | {
    "name": "haste against the plan",
    "horizon": {"weeks": 13},
    "deal": {"mean": 1000, "cv": 0.5},
    "quota": {"per": "month", "amount": 4000},
    "strategies": {"plan": {}, "haste": {"decides": "week", "drives": HASTE}},
}
WIDE: dict[str, Any] = CLOSE | {
    "name": "an urge to close, wide deals, time between the stages",
    "horizon": {"weeks": 9},
    "team": {"reps": 3},
    "market": {"sd": 0.3, "persistence": 0.8, "acts_on": ["wins"]},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": {"mean": 0.5, "rep_cv": 0.3}},
        {"stage": "wins", "rate": 0.3, "lag": {"median": "3d", "p90": "8d"}},
    ],
    "deal": {"mean": 1000, "cv": 1.2},
    "quota": {"per": "month", "amount": 6000},
    "strategies": {
        "plan": {},
        "urge": {
            "decides": "week",
            "drives": {
                "urge": {
                    "memory": 0.5,
                    "signals": {"behind": 0.5},
                    "level": [0, 2],
                    "changes": {
                        "activity": {"slope": 0.3},
                        "wins": {"slope": -0.1},
                        "pull_forward": {"slope": 0.3, "window": "1w", "reach": "1w", "discount": 0.1},
                    },
                }
            },
        },
    },
}
GIVEN = {"close": CLOSE, "wide": WIDE}
OTHER = {"close": "haste", "wide": "urge"}
SWEPT = {"plan.calls_per_week": [8, 12]}
SPREADS = ("sd:week", "cv:week", "sd:month")
TRUTH_SEED, TRUTH_WORLDS = 20_261_128, 200_000
PLACE = ROOT / "tests" / "golden" / "document_truths.json"


@cache
def scenario_of(name: str) -> Scenario:
    return validate(GIVEN[name])


def of_run(name: str, seed: int, worlds: int) -> BaseModel:
    return simulate(scenario_of(name), replications=worlds, seed=seed, threads=1).summary


def of_comparison(name: str, seed: int, worlds: int) -> BaseModel:
    return compare(scenario_of(name), replications=worlds, seed=seed, threads=1)


def of_sweep(name: str, seed: int, worlds: int) -> BaseModel:
    strategies = ["plan", OTHER[name]]
    return sweep(
        scenario_of(name),
        SWEPT,
        strategies=strategies,
        metrics=list(SPREADS),
        replications=worlds,
        seed=seed,
        threads=1,
    )


def of_attribution(name: str, seed: int, worlds: int) -> BaseModel:
    found = attribute(scenario_of(name), OTHER[name], "plan", replications=worlds, seed=seed, threads=1)
    assert found is not None
    return found


DOCUMENTS: dict[str, Callable[[str, int, int], BaseModel]] = {
    "run": of_run,
    "comparison": of_comparison,
    "sweep": of_sweep,
    "attribution": of_attribution,
}


def estimates(part: Any, path: str = "") -> Iterator[tuple[str, Estimate]]:  # noqa: ANN401
    """Yield every estimate of a document with its path."""
    if isinstance(part, Estimate):
        yield path, part
    elif isinstance(part, BaseModel):
        for field in type(part).model_fields:
            yield from estimates(getattr(part, field), f"{path}.{field}" if path else field)
    elif isinstance(part, list | tuple):
        for index, each in enumerate(part):
            yield from estimates(each, f"{path}.{index}")


class FigureOverSeeds(NamedTuple):
    """The values of a figure over seeds; float64[seeds] each, nan where the document has null."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


def figures_over_seeds(document: str, name: str, seeds: Iterable[int]) -> dict[str, FigureOverSeeds]:
    """Compute a document for many seeds and return its figures by path."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    for seed in seeds:
        for path, figure in estimates(DOCUMENTS[document](name, seed, REPLICATIONS)):
            parts = (figure.estimate, figure.se, figure.low, figure.high)
            rows.setdefault(path, []).append(tuple(np.nan if each is None else each for each in parts))
    return {path: FigureOverSeeds(*np.array(each, np.float64).T) for path, each in rows.items()}


@cache
def truths() -> dict[str, dict[str, Truth]]:
    """Return the true values by document and scenario, then by path."""
    stored = json.loads(PLACE.read_text(encoding="utf-8"))
    return {key: {path: Truth(*pair) for path, pair in figures.items()} for key, figures in stored.items()}


LEVEL = 0.95
RARER_SIDE = 0.2
"""Least share of the misses on the rarer side."""
BIAS = 0.05
"""Largest bias of the mean over seeds, in standard errors: nonlinear figures have a bias of order 1/n."""
TAIL, TAIL_BIAS, TAIL_LEAST = "worst", 0.25, 0.8
"""Tail figures rest on five replications: their mean is a fifth of an error too high, so intervals miss on that side;
and the stated error of a difference is up to a fifth too large."""
FLAT = ("close.0.first_step.sd", "origin.0.first_step.sd")
"""The sd of single calls at a rate of one half, its maximum: its error is of second order, the stated one too large."""


def is_quantile(path: str) -> bool:
    """Return whether a figure is a quantile: its interval is conservative, as values are discrete."""
    return path.rpartition(".")[2] in ("q05", "q50", "q95", "p05", "p50", "p95", "median")


def faults(path: str, found: FigureOverSeeds, truth: Truth, rate: float) -> list[str]:
    """Return the checks that fail for a figure over seeds, each at a stated false-alarm rate."""
    finite = np.isfinite(found.value)
    value, se = found.value[finite], found.se[finite]
    low = np.where(np.isfinite(found.low[finite]), found.low[finite], -np.inf)
    high = np.where(np.isfinite(found.high[finite]), found.high[finite], np.inf)
    n, slack = len(value), 2.0 * truth.error + 1e-9 * abs(truth.mean)
    below, above = int((high < truth.mean - slack).sum()), int((low > truth.mean + slack).sum())
    said = []
    if stats.binom.cdf(n - below - above, n, LEVEL) < rate:
        said.append(f"{LEVEL:.0%} intervals cover {1 - (below + above) / n:.1%}: {below} too low, {above} too high")
    if not (np.isfinite(se).all() and (se > 0.0).all()):
        return said  # an event that was never observed has a bound instead of an error
    if path.endswith(FLAT):
        return said
    tail = path.endswith(TAIL)
    if not tail and below + above and stats.binom.cdf(min(below, above), below + above, RARER_SIDE) < rate:
        said.append(f"{below} intervals are too low, {above} too high")
    spread = float(value.std(ddof=1))
    off = max(0.0, abs(float(value.mean()) - truth.mean) - (TAIL_BIAS if tail else BIAS) * spread)
    distance = off / sqrt(spread**2 / n + truth.error**2)
    if distance > stats.t.isf(rate / 2.0, n - 1):
        said.append(f"the mean over seeds is {(value.mean() - truth.mean) / spread:.2f} of an error off")
    return said + spread_faults(path, value, se, rate)


def spread_faults(path: str, value: Floats, se: Floats, rate: float) -> list[str]:
    """Return a fault unless the spread over seeds is .9 to 1.1 of the stated error, with more slack for skewed ones."""
    n, spread = len(value), float(value.std(ddof=1))
    ratio = spread / sqrt(float((se**2).mean()))
    standard = (value - value.mean()) / spread
    # The error of the log of a standard deviation (delta method), and of the root of the mean square.
    own = ((standard**2 - 1.0) - ((se**2) / float((se**2).mean()) - 1.0)) / 2.0
    reach = stats.norm.isf(rate / 2.0) * float(own.std(ddof=1)) / sqrt(n)
    least, most = (TAIL_LEAST if path.endswith(TAIL) else 0.9) * np.exp(-reach), 1.1 * np.exp(reach)
    if ratio > most or (ratio < least and not is_quantile(path)):
        return [f"the estimates spread by {ratio:.2f} of the stated error"]
    return []


def faults_by_figure(document: str, name: str, found: dict[str, FigureOverSeeds], rate: float) -> dict[str, list[str]]:
    """Return the checks that fail for the figures of a document over seeds, by path."""
    known = truths()[f"{document}, {name}"]
    said = {path: faults(path, found[path], truth, rate) for path, truth in known.items()}
    return {path: each for path, each in said.items() if each}


def new_truths() -> dict[str, dict[str, tuple[float, float]]]:
    """Return the true values: figures with a standard error, from many replications."""
    return {
        f"{document}, {name}": {
            path: (float(f"{figure.estimate:.9g}"), float(f"{figure.se:.3g}"))
            for path, figure in estimates(make(name, TRUTH_SEED, TRUTH_WORLDS))
            if figure.estimate is not None and figure.se
        }
        for name in GIVEN
        for document, make in DOCUMENTS.items()
    }


if __name__ == "__main__":
    PLACE.write_text(json.dumps(new_truths(), indent=1) + "\n", encoding="utf-8")
