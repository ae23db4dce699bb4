"""What other people's libraries say of small cases: writes ``tests/golden/oracles.json``.

They bring pandas, Matplotlib and more along, so they are no dependency; run this where they are installed:
``pip install scoringrules lifelines && python tests/support/oracle_values.py``. It imports nothing of simcore.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).parent.parent / "golden" / "oracles.json"


def _scores(random: np.random.Generator) -> list[dict[str, Any]]:
    scoringrules = import_module("scoringrules")
    cases = []
    for size in (1, 2, 7, 30):
        for sample in (random.poisson(4.0, size).astype(float), np.round(random.normal(0.0, 3.0, size), 3)):
            actual = float(np.round(random.normal(2.0, 3.0), 1))
            quantiles = {
                level: float(scoringrules.quantile_score(actual, float(np.quantile(sample, level)), level))
                for level in (0.05, 0.5, 0.95)
            }
            crps = float(scoringrules.crps_ensemble(actual, sample, estimator="nrg"))
            cases.append({"sample": sample.tolist(), "actual": actual, "crps": crps, "pinball": quantiles})
    return cases


def _lives(random: np.random.Generator) -> dict[str, Any]:
    """Return stays of deals that were created over 60 days, as they stand on the evening of day 59."""
    lifelines = import_module("lifelines")
    created = np.sort(random.integers(0, 55, 120))
    closed = created + random.geometric(0.08, 120) - 1
    ended = closed < 60
    duration = np.where(ended, closed, 59) - created
    fitted = lifelines.KaplanMeierFitter().fit(duration, ended)
    ages = list(range(30))
    table = fitted.event_table.reindex(ages)
    return {
        "created": created.tolist(),
        "closed": [int(day) if known else None for day, known in zip(closed, ended, strict=True)],
        "observed": [int(each) for each in table["observed"].fillna(0)],
        "survival": [float(fitted.predict(age)) for age in ages],
    }


def main() -> None:
    """Write the file."""
    lifelines, scoringrules = import_module("lifelines"), import_module("scoringrules")
    random = np.random.default_rng(2026)
    found = {
        "versions": {"scoringrules": scoringrules.__version__, "lifelines": lifelines.__version__},
        "scores": _scores(random),
        "lives": _lives(random),
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
