"""Splits a difference between two strategies over the drives and channels that make it: Shapley values.

A player is one channel of one drive. The value of a coalition is the mean revenue of the strategy with all other
channels switched off, in the same worlds. The Shapley value (Shapley 1953) of a player is its mean marginal
contribution over all orders of switching the channels on: the parts sum to the whole, and no order is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.engine.paired import run_paired
from simcore.program.tally import GROUPS
from simcore.scenario.metric import YEARLY_REVENUE
from simcore.scenario.model import with_strategy
from simcore.statistics.intervals import never_differed
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import ratio
from simcore.statistics.paired_difference import GroupedSums
from simcore.statistics.tallied_metrics import sums_of
from simcore.studies.compare.document import Attribution, AttributionTable
from simcore.studies.compare.study import select_strategies

if TYPE_CHECKING:
    from simcore.engine.runner import Progress
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate

EXACT_PLAYERS = 6
"""Up to so many players all combinations are simulated: 64 runs; beyond, the cyclic orders and their reverses."""
RUNS_AT_ONCE = 16
Coalition = frozenset[int]


class Player(NamedTuple):
    """A channel of a drive."""

    drive: str
    channel: str


def players_of(scenario: Scenario, name: str) -> list[Player]:
    """Return the channels of a strategy's drives, in the order of the file."""
    drives = scenario.strategies[name].drives
    return [Player(drive, channel) for drive, about in drives.items() for channel in about.changes]


def with_channels(scenario: Scenario, name: str, kept: Sequence[Player]) -> Scenario:
    """Return the scenario running a strategy with all channels off but some; drives without any are dropped."""
    strategy = scenario.strategies[name]
    drives = {}
    for drive, about in strategy.drives.items():
        changes = {channel: change for channel, change in about.changes.items() if Player(drive, channel) in kept}
        if changes:
            drives[drive] = about.model_copy(update={"changes": changes})
    strategies = {**scenario.strategies, name: strategy.model_copy(update={"drives": drives})}
    return with_strategy(scenario.model_copy(update={"strategies": strategies}), name)


def weights(players: int) -> tuple[dict[Coalition, NDArray[np.float64]], int | None]:
    """Return how much each coalition's value counts in each player's Shapley value, and the orders taken if not all.

    Returns
    -------
    dict, int | None
        float64[players] by coalition. Over all coalitions the weights of all players sum to 1 for the full one, -1 for
        the empty one and 0 for the others, so that the parts sum to the whole.

    Examples
    --------
    >>> {tuple(sorted(coalition)): weight.tolist() for coalition, weight in weights(2)[0].items()}
    {(): [-0.5, -0.5], (0,): [0.5, -0.5], (1,): [-0.5, 0.5], (0, 1): [0.5, 0.5]}
    """
    found: dict[Coalition, NDArray[np.float64]] = {}
    if players <= EXACT_PLAYERS:
        for size in range(players + 1):
            for members in combinations(range(players), size):
                weight = np.zeros(players)
                for player in range(players):
                    before = size - 1 if player in members else size
                    chance = factorial(before) * factorial(players - before - 1) / factorial(players)
                    weight[player] = chance if player in members else -chance
                found[frozenset(members)] = weight
        return found, None
    # Every player in every place, equally often, and before every other one in half of the orders.
    orders = [[(first + place) % players for place in range(players)] for first in range(players)]
    orders += [order[::-1] for order in orders]
    for order in orders:
        for place, player in enumerate(order):
            for size, sign in ((place + 1, 1.0), (place, -1.0)):
                weight = found.setdefault(frozenset(order[:size]), np.zeros(players))
                weight[player] += sign / len(orders)
    return found, len(orders)


class Split(NamedTuple):
    """The runs that split what a strategy's drives bring over its channels."""

    strategy: str
    sign: float
    players: list[Player]
    weights: dict[Coalition, NDArray[np.float64]]
    orders: int | None
    runs: list[Scenario]
    """For each coalition, the strategy with the other channels switched off."""


def splits_of(scenario: Scenario, name: str, baseline: str) -> list[Split]:
    """Return what must be run to attribute the difference between two strategies.

    Raises
    ------
    ScenarioError
        If a strategy is not one of the scenario.
    """
    select_strategies(scenario, [name], baseline)
    found = []
    for strategy, sign in ((name, 1.0), (baseline, -1.0)):
        players = players_of(scenario, strategy)
        if players:
            by_coalition, orders = weights(len(players))
            runs = [with_channels(scenario, strategy, [players[i] for i in coalition]) for coalition in by_coalition]
            found.append(Split(strategy, sign, players, by_coalition, orders, runs))
    return found


def attribute(
    scenario: Scenario,
    name: str,
    baseline: str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> AttributionTable | None:
    """Split the difference in revenue per rep-year between two strategies over their drives and channels.

    Both are compared with following the plan: the channels of the baseline count negatively.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    name, baseline
        Strategies of the scenario.
    replications, seed, threads, progress, stop
        As for `simcore.simulate`, for each of the runs.

    Returns
    -------
    AttributionTable | None
        ``None`` if it was stopped: a part of the runs splits nothing.

    Raises
    ------
    ScenarioError
        See `simcore.compare`.
    """
    splits = splits_of(scenario, name, baseline)
    rows: list[Attribution] = []
    for split in splits:
        parts = np.zeros((len(split.players), GROUPS))
        cells: list[GroupedSums] = []
        for first in range(0, len(split.runs), RUNS_AT_ONCE):
            if first > 0 and stop is not None and stop():
                return None
            some = split.runs[first : first + RUNS_AT_ONCE]
            paired = run_paired(
                some, replications=replications, seed=seed, threads=threads, progress=progress, stop=stop
            )
            if paired.interrupted:
                return None
            cells += [sums_of(YEARLY_REVENUE, *each) for each in zip(paired.programs, paired.tallies, strict=True)]
        for weight, cell in zip(split.weights.values(), cells, strict=True):
            parts += split.sign * weight[:, None] * cell.total.astype(np.float64)
        rows += [
            Attribution(
                strategy=split.strategy,
                drive=player.drive,
                channel=player.channel,
                amount=_amount(cells[0], part),
                shown=0.0,
            )
            for player, part in zip(split.players, parts, strict=True)
        ]
    shown = in_cents([row.amount.estimate or 0.0 for row in rows])
    return AttributionTable(
        rows=[row.model_copy(update={"shown": cents / 100.0}) for row, cents in zip(rows, shown, strict=True)],
        total=sum(shown) / 100.0,
        runs=sum(len(split.runs) for split in splits),
        permutations=next((split.orders for split in splits if split.orders is not None), None),
    )


def _amount(cell: GroupedSums, part: NDArray[np.float64]) -> Estimate:
    """Return what a channel adds, from its part of the total by group; what never changed anything has a bound."""
    if part.any():
        return jackknife(ratio, cell.replications, part, cell.windows)
    worlds = float(cell.replications.sum())
    return never_differed(0.0, worlds, (cell.worth or 0.0) * worlds / float(cell.windows.sum()))


def in_cents(amounts: Sequence[float]) -> list[int]:
    """Round amounts to cents so that they sum to their sum, rounded: the largest remainders are rounded up.

    Examples
    --------
    >>> in_cents([0.333, 0.333, 0.334])
    [33, 33, 34]
    """
    exact = np.asarray(amounts, np.float64) * 100.0
    low = np.floor(exact)
    missing = round(float(exact.sum()) - float(low.sum()))
    order = np.argsort(-(exact - low), kind="stable")
    low[order[:missing]] += 1.0
    return [int(cents) for cents in low]
