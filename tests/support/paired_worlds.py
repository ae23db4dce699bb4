"""A substitute for `simcore.engine.paired.run_paired`: replications with a known difference, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from simcore.base.periods import WEEK
from simcore.engine.runner import Progress
from simcore.program.compiler import compile_scenario
from simcore.program.tally import CLOSE, GROUPS, TOTAL, Tally, new_arrays
from simcore.scenario.model import Scenario, validate
from tests.support.scenario_cases import scenario

Lead = Callable[[Scenario], float]


def two(**changes: object) -> Scenario:
    """Return a scenario of one year with three strategies that the engine would simulate alike."""
    plain = {
        "horizon": {"weeks": 52},
        "deal": {"values": [999.99, 1000]},  # so that revenue is counted in cents
        "quota": {"per": "quarter", "amount": 20000},
        "strategies": {"process": {}, "pressure": {}, "patience": {}},
        "run": {"replications": 256, "seed": 5},
    }
    return validate(scenario(**(plain | changes)))


def worlds(lead: Lead, *, noise: float = 50.0, shared: float = 1000.0) -> Callable[..., SimpleNamespace]:
    """Return a function that simulates scenarios in the same worlds.

    A rep's revenue in a year is 20,000, and for ``pressure`` more by ``lead`` and by noise with this standard deviation
    between replications. All share noise of the standard deviation ``shared``. Quota is reached in half of the periods,
    by ``pressure`` in more of them, by a thousandth of the lead.
    """

    def run_paired(scenarios: Sequence[Scenario], *, replications: int, seed: int, **more: Any) -> SimpleNamespace:  # noqa: ANN401 - arguments of what is called
        assert len({(each.team.reps, each.horizon.weeks) for each in scenarios}) == 1, "they have no worlds in common"
        rng = np.random.default_rng(seed)
        common, own = rng.normal(size=(2, replications))
        programs, tallies = [], []
        for number, each in enumerate(scenarios, 1):
            program = compile_scenario(each)
            is_ahead = each.run.strategy == "pressure"
            revenue = 20_000 + shared * common + is_ahead * (lead(each) + noise * own)
            arrays = new_arrays(program.clock.steps, 1024)
            group = np.arange(replications) % GROUPS
            arrays.replications[:] = np.bincount(group, minlength=GROUPS)
            years = program.team.reps * program.clock.counted_weeks / 52
            units = np.bincount(group, weights=revenue, minlength=GROUPS) * years * 100.0 / program.deals.unit
            arrays.moments[:, CLOSE, WEEK, TOTAL] = np.rint(units).astype(np.int64)
            periods = arrays.replications * program.team.reps * 4
            hits = periods * (0.5 + is_ahead * lead(each) / 1000)
            arrays.quota_hits[:, 0] = np.clip(np.rint(hits), 0, periods)
            programs.append(program)
            tallies.append(Tally(arrays))
            if more.get("progress") is not None:
                done = replications * number // len(scenarios)
                more["progress"](Progress(done, replications, 0.1 * number, 1e6))
        return SimpleNamespace(programs=tuple(programs), tallies=tuple(tallies))

    return run_paired
