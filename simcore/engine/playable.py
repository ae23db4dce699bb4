"""Which scenarios the engine can play: what a run may override, and the ranges of addresses, counters and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.engine.runner import yearly_units
from simcore.engine.sequential_stopping import goal_for
from simcore.kernels.caps import is_capped
from simcore.kernels.reacting.state import items_of
from simcore.program.compiler import compile_scenario
from simcore.program.tally import GROUPS
from simcore.random.addresses import MAX_ITEMS, MAX_REPLICATIONS
from simcore.statistics.metrics import check_metric

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario

MAX_YEAR_UNITS = 2.0**40
"""Largest mean revenue of a rep-year, in units: the bins of revenue end at 2**47."""
MAX_CAPPED_CALLS = 1 << 24
"""Most calls of a rep in a run with a cap: about 1.5 GB of working memory, of which only successes are touched."""
MAX_KEPT = 1 << 23
"""Most rep-weeks of one replication where every one is kept: about half a gigabyte a thread."""
MAX_TOGETHER = 1 << 26
"""Most items of a team that has them in memory at once: about 7 GB, of which only open ones are touched."""
MAX_ARRIVALS = 1 << 24
"""Most items of a replication that come without a call, which are known before it is played: about half a gigabyte."""
MAX_TOTAL_UNITS = 2.0**58
"""Largest mean revenue of a group of replications, in units: sums are 64-bit integers."""


def with_run_overrides(scenario: Scenario, replications: int | None, seed: int | None) -> Scenario:
    """Return the scenario with other replications, or another seed; ``None`` leaves what the scenario says.

    Raises
    ------
    ScenarioError
        If a number is out of range.
    """
    given = {"replications": replications, "seed": seed}
    changes = {name: value for name, value in given.items() if value is not None}
    problems: list[Problem] = []
    if not 1 <= changes.get("replications", 1) <= MAX_REPLICATIONS:
        problems.append(Problem("out of range", "run.replications", value=str(replications), allowed="1 .. 2**40"))
    if not 0 <= changes.get("seed", 0) < 2**64:
        problems.append(Problem("out of range", "run.seed", value=str(seed), allowed="0 .. 2**64 - 1"))
    if problems:
        raise ScenarioError(tuple(problems))
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=changes)}) if changes else scenario


def most_replications(program: Program) -> int:
    """Return the most replications that addresses and counters have room for."""
    years = program.team.reps * program.clock.counted_weeks / WEEKS_PER_YEAR
    room = MAX_TOTAL_UNITS / (yearly_units(program) * max(1.0, years))
    return max(1, min(MAX_REPLICATIONS, int(room * GROUPS)))


def playable(scenario: Scenario, *, detailed: bool = False, replications: bool = True) -> Program:
    """Return the program of a scenario, or refuse what cannot be played: the one place that does, for every command.

    `simcore check` asks it of every strategy of a file, so that what it lets pass is refused nowhere later.

    Parameters
    ----------
    scenario
        Validated.
    detailed, replications
        As for `check_ranges`.

    Raises
    ------
    ScenarioError
        If a distribution is too extreme for its table, or the run leaves the ranges of addresses, counters or memory.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> playable(load_scenario("trust-the-process")).clock.steps
    3
    """
    program = compile_scenario(scenario)
    check_ranges(scenario, program, detailed=detailed, replications=replications)
    return program


def refuse_unplayable(scenario: Scenario) -> None:
    """Refuse a scenario that cannot be played with one of its strategies.

    Raises
    ------
    ScenarioError
        With the words of `playable`, each once.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> refuse_unplayable(load_scenario("trust-the-process", ["funnel.wins.rate={mean: 0.5, rep_cv: 0.1}"]))
    >>> refuse_unplayable(load_scenario("trust-the-process", ["funnel.wins.rate={mean: 1e-9, rep_cv: 0.01}"]))
    Traceback (most recent call last):
    simcore.ScenarioError: funnel.wins.rate.rep_cv: the Beta distribution with mean 1e-09 and...
    """
    problems: dict[Problem, None] = {}
    goal = goal_for(scenario, None, None)
    for name in scenario.strategies:
        run = scenario.run.model_copy(update={"strategy": name})
        try:
            program = playable(
                scenario.model_copy(update={"run": run}), detailed=goal is not None, replications=goal is None
            )
            for target in goal.targets if goal is not None else ():
                check_metric(target.metric, program)
        except ScenarioError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ScenarioError(tuple(problems))


def of_alike_reps(scenario: Scenario, question: str, *, quotas: bool = True) -> Scenario:
    """Return the scenario without names, where they change nothing, for a question that takes reps to be alike.

    Parameters
    ----------
    question
        As an error names it.
    quotas
        Whether it takes their quotas to be alike, too.

    Raises
    ------
    ScenarioError
        If people have something of their own, or a quota differs between reps.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> named = load_scenario("trust-the-process", ["team={people: [{name: Ann}, {name: Bo}]}"])
    >>> of_alike_reps(named, "this question").team.reps, of_alike_reps(named, "this question").team.people
    (2, None)
    """
    named = enumerate(scenario.team.people or (), 1)
    at = next((f"team.people.{place}" for place, person in named if not person.bare), "")
    at = at or ("quota.ramped" if quotas and scenario.quota is not None and scenario.quota.ramped else "")
    if at:
        message = f"makes reps differ, and {question} takes them to be alike"
        hint = "ask `simcore run` of the file with the change, or leave it out"
        raise ScenarioError((Problem(message, at, hint=hint),))
    return scenario.model_copy(update={"team": scenario.team.model_copy(update={"people": None})})


def check_ranges(scenario: Scenario, program: Program, *, detailed: bool, replications: bool = True) -> None:
    """Refuse a run that would leave the ranges of addresses, counters or memory.

    Without ``replications`` their number is not looked at, see `most_replications`.

    Raises
    ------
    ScenarioError
        With the figure and the limit.
    """
    most_open = int(np.diff(program.start.first).max())
    yearly = yearly_units(program)
    calls = program.clock.simulated_weeks * program.plan.slot_hour.shape[1]
    rep_weeks = program.team.reps * program.clock.counted_weeks
    years = scenario.run.replications / GROUPS * program.team.reps * program.clock.counted_weeks / WEEKS_PER_YEAR
    checks = (
        ("too many items open at the start in one seat", "start.open", most_open, MAX_ITEMS),
        ("too many items come without a call in one replication", "inflow", program.inflow.total, MAX_ARRIVALS),
        ("a rep's mean revenue in a year, in units, leaves the range of the counters", "deal", yearly, MAX_YEAR_UNITS),
        ("with a cap, all calls of a rep are held at once: too many", "plan.calls_per_week",
         calls if is_capped(program) else 0, MAX_CAPPED_CALLS),
        ("a team that reacts has all its open items in memory at once: too many", "team.reps",
         items_of(program) if program.reaction.needed else 0, MAX_TOGETHER),
        ("one replication has too many rep-weeks to be kept", "team.reps", rep_weeks if detailed else 0, MAX_KEPT),
        ("the run is too long for its counters (mean revenue of a 256th of the replications, in units)",
         "run.replications", yearly * max(1.0, years) if replications else 0, MAX_TOTAL_UNITS),
    )  # fmt: skip
    problems = tuple(
        Problem(message, path, value=f"{figure:.4g}", allowed=f"at most {limit:.4g}")
        for message, path, figure, limit in checks
        if figure > limit
    )
    if problems:
        raise ScenarioError(problems)
