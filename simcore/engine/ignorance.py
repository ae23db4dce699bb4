"""How much of a result is ignorance: what would be left open if nothing else were.

Worlds are played twice, with the parameters that each has drawn and with all else from elsewhere. More worlds show this
better, and neither they nor longer runs make it less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.engine.runner import StoppedError, Watch
from simcore.engine.worlds import Meter, Worlds
from simcore.random.streams import FACTORS, KNOWLEDGE
from simcore.results.summary import Ignorance
from simcore.scenario.metric import parse_metric
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.statistics.metrics import values_of
from simcore.statistics.pick_freeze import explained
from simcore.statistics.tallied_metrics import has_quota_period

if TYPE_CHECKING:
    from simcore.engine.runner import Block, Stop
    from simcore.engine.worlds import Player
    from simcore.program.layout import Program
    from simcore.random.streams import Source
    from simcore.scenario.model import Scenario

FAR = 1 << 38
"""All else comes from worlds so far away."""
REP_WEEKS = 1 << 19
"""So many worlds are played twice that they have about this many rep-weeks ..."""
LEAST, MOST = 256, 1 << 13
"""... within these bounds."""


def worlds_twice(scenario: Scenario) -> int:
    """Return how many worlds of a scenario are played twice: none where everything is known exactly.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> worlds_twice(load_scenario("trust-the-process"))
    0
    """
    if not scenario.unsure:
        return 0
    weeks = scenario.team.reps * (scenario.horizon.weeks + scenario.horizon.warmup_weeks)
    return -(-min(MOST, max(LEAST, REP_WEEKS // weeks)) // EQUAL_GROUPS) * EQUAL_GROUPS


def knowledge_shared(source: Source) -> Source:
    """Return a source that takes all but what is not known from worlds far away."""
    shift = np.full(FACTORS, FAR, np.int64)
    shift[KNOWLEDGE] = 0
    return source._replace(shift=shift)


def ignorance_of(scenario: Scenario, program: Program, *, threads: int | None, stop: Stop | None) -> Ignorance | None:
    """Return what is ignorance in the results of a run; ``None`` where everything is known, or it was stopped.

    Examples
    --------
    >>> from simcore.engine.playable import playable
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> known = load_scenario("trust-the-process")
    >>> ignorance_of(known, playable(known), threads=1, stop=None) is None
    True
    """
    count = worlds_twice(scenario)
    if count == 0:
        return None
    names = ["revenue", *(("p_quota", "p_quota_team") if has_quota_period(program) else ())]
    metrics = [parse_metric(name) for name in names]
    far = knowledge_shared(program.source)

    def work(player: Player, block: Block) -> NDArray[np.float64]:
        both = [player.simulate(0, block, detailed=True, source=source) for source in (program.source, far)]
        return np.array([[values_of(metric, program, detail) for metric in metrics] for detail in both])

    worlds = Worlds([scenario], [program], threads=threads, expected=2 * count)
    try:
        mine, theirs = np.concatenate(worlds.collect(work, count, Meter(Watch(None, stop))), axis=2)
    except StoppedError:
        return None
    found = dict(zip(names, map(explained, mine, theirs), strict=True))
    return Ignorance(
        worlds=count,
        share=found["revenue"].share,
        sd=found["revenue"].sd,
        p_hit_sd=found["p_quota"].sd if "p_quota" in found else None,
        p_hit_team_sd=found["p_quota_team"].sd if "p_quota_team" in found else None,
    )
