"""Runs a scenario in the engine and in the twin, and converts the counts of both to one form.

`assert_agree` compares everything that is counted. It is the only place where agreement tests read the engine's
counters, so that their layout is defined once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simcore.base.drawn import DrawsTable
from simcore.base.periods import HORIZONS
from simcore.engine.runner import Block, Runner
from simcore.kernels.detail import Detail
from simcore.kernels.reacting import state
from simcore.kernels.rows import memory
from simcore.program.compiler import compile_scenario
from simcore.program.layout import Program
from simcore.program.quotas import periods_with_quota
from simcore.program.tally import (
    CLOSE,
    ENTERED,
    OPEN_AT_END,
    ORIGIN,
    SQUARE,
    SQUARE_HIGH,
    SQUARE_LOW,
    SUM,
    TOTAL,
    TURNED_AWAY,
    WITH_DEAL,
    Tally,
    bin_of,
)
from simcore.random.philox import split_seed
from simcore.scenario.model import Scenario as ReadScenario
from simcore.scenario.model import validate
from simcore.scenario_files.draws_file import with_draws
from simcore.statistics.windows import windows_of
from tests.twin import World, simulate, tallies

Scenario = Mapping[str, Any]
Counts = dict[str, Any]
BY_REP_WEEK = ("rep-weeks", "sessions", "habits")
"""Counts that are listed by replication, rep and week."""
ACCOUNTS = {"close": CLOSE, "origin": ORIGIN}


class Played(NamedTuple):
    """The engine's counts over some replications, and all their rep-weeks."""

    program: Program
    tally: Tally
    detail: Detail


def compiled(scenario: Scenario) -> Program:
    """Return the program of a plain scenario, whose draws are rows by path."""
    return compile_scenario(read_plain(scenario))


def read_plain(scenario: Scenario) -> ReadScenario:
    """Return a plain scenario, whose draws are rows by path."""
    if "knowledge" not in scenario:
        return validate(scenario)
    rows = scenario["knowledge"]["draws"]
    table = DrawsTable("rows.csv", {path: np.array([row[path] for row in rows], np.float64) for path in rows[0]})
    data = deepcopy({**scenario, "knowledge": table})
    problems = with_draws(data, Path())
    return validate(data, earlier=problems)


def play(
    program: Program,
    seed: int,
    first: int = 0,
    count: int = 1,
    *,
    blocks: Sequence[int] = (),
    stride: int | None = None,
    row: int | None = None,
    detailed: bool = True,
) -> Played:
    """Simulate ``count`` replications from ``first`` on in one block, or in ``blocks`` of so many each.

    ``row`` (a power of two) is the number of replications simulated at a time, ``stride`` that of weeks by a program
    that does not react; by default the engine's own.
    """
    runner = Runner(program, split_seed(seed))
    workspace = runner.workspace()
    if program.reaction.needed:
        workspace = workspace._replace(scratch=state.new_memory(program, most=row))
    else:
        workspace = workspace._replace(scratch=memory.new_memory(program, most=row, stride=stride))
    details = []
    for size in blocks or (count,):
        details.append(runner.simulate(workspace, Block(first, size), detailed=detailed))
        first += size
    detail = Detail._make(np.concatenate(parts) for parts in zip(*details, strict=True))
    return Played(program, runner.tally([workspace.tally]), detail)


def counts_of_engine(played: Played) -> Counts:
    """Return all counts of the engine, summed over its replications."""
    program, tally = played.program, played.tally
    arrays, unit = tally.arrays, program.deals.unit
    stages = arrays.stages.sum(axis=0)
    counts: Counts = {
        "calls": int(stages[ENTERED, 0]),
        "entries": stages[ENTERED].tolist(),
        "open at the end": stages[OPEN_AT_END].tolist()[:-1],
        "turned away": stages[TURNED_AWAY].tolist(),
        "rates clipped": arrays.clipped[1:-2].tolist(),
        "lags clipped": int(arrays.clipped[-2]),
        "values clipped": int(arrays.clipped[-1]),
        "spreads clipped": int(arrays.clipped[0]),
        "rep-weeks": _rep_weeks_of_engine(played.detail),
    }
    counts["calls above plan"], counts["discount"], counts["longest dry spells"] = arrays.conduct.sum(axis=0).tolist()
    counts["cents by week of the quarter"] = (arrays.weeks_of_quarter.sum(axis=0) * unit).tolist()
    if program.needs.step > 0:
        counts["needs"] = arrays.needs.sum(axis=0).tolist()
    for number, name in enumerate(HORIZONS):
        counts[f"{name}: windows"] = int(windows_of(program, tally, number).sum())
        counts[f"{name}: first step"] = int(arrays.first[:, SUM, number].sum())
        counts[f"{name}: first step squared"] = int(arrays.first[:, SQUARE, number].sum())
        for account, place in ACCOUNTS.items():
            cells = arrays.moments[:, place, number]
            low = sum(int(word) for word in cells[:, SQUARE_LOW].view(np.uint64))
            squares = (int(cells[:, SQUARE_HIGH].sum()) << 64) + low
            bins = arrays.bins[:, place, number].sum(axis=0)
            counts[f"{name}, {account}: cents"] = int(cells[:, TOTAL].sum()) * unit
            counts[f"{name}, {account}: with a deal"] = int(cells[:, WITH_DEAL].sum())
            counts[f"{name}, {account}: cents squared"] = squares * unit * unit
            counts[f"{name}, {account}: bins"] = {int(b): int(bins[b]) for b in np.flatnonzero(bins)}
    if program.quota.horizon > 0:
        counts["quota periods"] = periods_with_quota(program, team=False) * tally.replications
        counts["quota reached"], counts["quota reached by the team"] = arrays.quota_hits.sum(axis=0).tolist()
    return counts


def _rep_weeks_of_engine(detail: Detail) -> list[tuple[int, ...]]:
    """Return entries by stage, cents by origin and cents by close of every rep-week, in order."""
    origin, close = detail.cents[:, ORIGIN, ..., None], detail.cents[:, CLOSE, ..., None]
    rows = np.concatenate([detail.entered, origin, close], axis=-1)
    return [tuple(row) for row in rows.reshape(-1, rows.shape[-1]).tolist()]


def counts_of_twin(world: World, unit: int) -> Counts:
    """Return all counts of the twin for a world; revenue is binned in units of ``unit`` cents, as in the engine."""
    tally = tallies(world)
    counts: Counts = {
        "calls": tally["calls"],
        "entries": tally["entries"],
        "open at the end": tally["open_at_end"],
        "turned away": tally["turned_away"],
        "rates clipped": tally["clipped"]["rates"],
        "lags clipped": tally["clipped"]["lags"],
        "values clipped": tally["clipped"]["values"],
        "spreads clipped": tally["clipped"]["spreads"],
        "rep-weeks": [(*row.entries, row.origin_cents, row.close_cents) for row in tally["rep_weeks"]],
    }
    counts["calls above plan"], counts["discount"] = tally["above_plan"], tally["discount"]
    counts["longest dry spells"] = tally["longest_dry"]
    counts["cents by week of the quarter"] = tally["weeks_of_quarter"]
    if world.plan.needing:
        counts["needs"] = tally["needs"]
    for name in HORIZONS:
        first = tally["first_step"][name]
        counts[f"{name}: windows"] = first["windows"]
        counts[f"{name}: first step"] = first["sum"]
        counts[f"{name}: first step squared"] = first["sum_squares"]
        for account in ACCOUNTS:
            revenue = tally["revenue"][account][name]
            bins: Counter[int] = Counter()
            for cents, windows in revenue["counts"].items():
                bins[int(bin_of(cents // unit))] += windows if cents else 0
            counts[f"{name}, {account}: cents"] = revenue["cents"]
            counts[f"{name}, {account}: with a deal"] = revenue["counts"].total() - revenue["no_deal"]
            counts[f"{name}, {account}: cents squared"] = revenue["cents_squared"]
            counts[f"{name}, {account}: bins"] = dict(+bins)
    quota = tally["quota"]
    if quota is not None:
        counts["quota periods"] = quota["windows"]
        counts["quota reached"], counts["quota reached by the team"] = quota["hits"], quota["team_hits"]
    return counts


def add_counts(one: Counts, other: Counts) -> Counts:
    """Return the counts of both; what is listed by rep-week is listed one after the other."""
    return {name: _sum(name, value, other[name]) for name, value in one.items()}


def _sum(name: str, one: Any, other: Any) -> Any:  # noqa: ANN401 - numbers, lists or bins
    if name in BY_REP_WEEK or isinstance(one, int):
        return one + other
    if isinstance(one, dict):
        return dict(Counter(one) + Counter(other))
    return [a + b for a, b in zip(one, other, strict=True)]


def coaching_of_engine(detail: Detail) -> Counts:
    """Return the session and the habits of every seat and counted week, in order, in the engine's encoding."""
    return {"sessions": detail.session.reshape(-1).tolist(), "habits": detail.habits.reshape(-1).tolist()}


def coaching_of_twin(world: World) -> Counts:
    """Return the same from the twin: step, plus 16 if it had a habit, plus 32 if that was repaired; and habit bits."""
    counts: Counts = {"sessions": [], "habits": []}
    for seat in world.seats:
        for session in seat.sessions[world.plan.warmup :]:
            counts["sessions"].append(session.step + 16 * session.had + 32 * session.repaired if session else 0)
        counts["habits"] += [sum(1 << step for step in steps) for steps in seat.habits[world.plan.warmup :]]
    return counts


def _differs(name: str, engine: object, twin: object) -> str:
    """Describe how two counts differ; for lists, the first difference."""
    if isinstance(engine, list) and isinstance(twin, list) and len(engine) == len(twin):
        place = next(i for i, pair in enumerate(zip(engine, twin, strict=True)) if pair[0] != pair[1])
        return f"{name}[{place}]: the engine has {engine[place]}, the twin {twin[place]}"
    return f"{name}: the engine has {engine}, the twin {twin}"


def assert_agree(engine: Counts, twin: Counts) -> None:
    """Fail and list every count in which the engine and the twin differ."""
    assert engine.keys() == twin.keys()
    differences = [_differs(name, engine[name], twin[name]) for name in engine if engine[name] != twin[name]]
    assert not differences, "\n".join(differences)


def check(scenario: Scenario, seed: int, replication: int, program: Program | None = None) -> None:
    """Run one replication in both and compare all counts."""
    program = compiled(scenario) if program is None else program
    played = play(program, seed, replication)
    world = simulate(scenario, replication, seed)
    engine, twin = counts_of_engine(played), counts_of_twin(world, program.deals.unit)
    if world.plan.coached:
        engine, twin = engine | coaching_of_engine(played.detail), twin | coaching_of_twin(world)
    assert_agree(engine, twin)
