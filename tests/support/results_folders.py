"""Small, consistent folders of results (rows, figures and identity), for the tests of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.version import __version__
from simcore.results_folders.manifest import Manifest
from simcore.results_folders.results_folder import RepWeekBlock, ResultsFolder
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import validate
from tests.support.summaries import summary as hand_made

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.results.summary import Summary

REPS, WEEKS = 3, 4
SEED = 2**64 - 1
SCENARIO = validate(
    {
        "simcore": 1,
        "name": "Two steps",
        "run": {"seed": SEED},
        "team": {"reps": REPS},
        "horizon": {"weeks": WEEKS},
        "deal": {"fixed": 5000, "currency": "EUR"},
        "funnel": [{"stage": "Calls"}, {"stage": "meetings", "rate": 0.02}, {"stage": "wins", "rate": 0.1}],
    }
)
DIGEST, VERSION = scenario_digest(SCENARIO), __version__
RESULT = ["manifest.json", "rep-weeks", "scenario.yaml", "summary.json"]


def summary(replications: int, world: int = 0, *, interrupted: bool = False) -> Summary:
    """Return the summary of `block` from replication 0 on: its figures are those of the rows."""
    rows = block(0, replications, world)
    size = replications * REPS * WEEKS
    calls = int(rows.counts[..., 0].sum())

    def figure(total: float, count: float) -> dict[str, float]:
        return {"estimate": total / count, "se": 0.1}

    def week(cents: NDArray[np.int64]) -> list[dict[str, object]]:
        revenue = dict.fromkeys(("sd", "cv", "q05", "q50", "q95", "p_zero"), figure(1, 1))
        first = dict.fromkeys(("mean", "sd", "cv"), figure(1, 1))
        mean = figure(int(cents.sum()) / 100, size)
        return [{"horizon": "week", "periods": size, "revenue": {"mean": mean, **revenue}, "first_step": first}]

    return hand_made(
        version=VERSION,
        scenario={
            "name": "Two steps",
            "digest": DIGEST,
            "seed": SEED,
            "strategies": ["process"],
            "currency": "EUR",
        },
        replications=replications,
        reps=REPS,
        weeks=WEEKS,
        rep_weeks=size,
        calls=calls,
        interrupted=interrupted,
        funnel=[
            {"stage": stage, "per_rep_week": figure(int(rows.counts[..., number].sum()), size)}
            for number, stage in enumerate(("Calls", "meetings", "wins"))
        ],
        averaging={"close": week(rows.cents_close), "origin": week(rows.cents_origin)},
        quota=None,
        assumptions=[],
    )


def block(first: int, replications: int, world: int = 0) -> RepWeekBlock:
    """Return rep-weeks that depend on the replication, not on the block."""
    shape = (replications, REPS, WEEKS)
    start = first * REPS * WEEKS + world
    number = np.arange(start, start + replications * REPS * WEEKS, dtype=np.int64).reshape(shape)
    counts = np.stack([500 + number % 7, number % 11, number % 3], axis=-1)
    return RepWeekBlock(first, counts, number * 1_000_003 % 2**40, number * 7 % 2**41)


def open_folder(path: Path, *, overwrite: bool = False) -> ResultsFolder:
    return ResultsFolder(path, scenario=SCENARIO, digest=DIGEST, seed=SEED, version=VERSION, overwrite=overwrite)


def write(
    path: Path,
    blocks: tuple[int, ...] = (5, 5),
    *,
    overwrite: bool = False,
    complete: bool = True,
    world: int = 0,
) -> Path:
    with open_folder(path, overwrite=overwrite) as folder:
        first = 0
        for replications in blocks:
            folder.write_rep_weeks(block(first, replications, world))
            first += replications
        return folder.finish(summary(first, world, interrupted=not complete), complete=complete)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / "manifest.json").read_bytes())
