"""What of a rep's results is luck and what is skill: weights, streaks, regression to the mean, dismissal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from simcore.analytic.needs import owes_calls
from simcore.analytic.run_cost import Bill, bill_of_replications
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, did_you_mean
from simcore.engine.latent_rates import first_people
from simcore.engine.playable import playable, with_run_overrides
from simcore.engine.runner import Block, Progress, Report, Stop, Watch, cut_in_multiples
from simcore.engine.worlds import Meter, Player, Worlds
from simcore.program.compiler import compile_scenario
from simcore.results.header import header_of
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.studies.luck.credibility import known_steps
from simcore.studies.luck.dismissal import Rule, dismissal, parse_rule
from simcore.studies.luck.document import Luck, Skipped
from simcore.studies.luck.person import against, seat_of
from simcore.studies.luck.regression_to_mean import regression
from simcore.studies.luck.reliability import reliability
from simcore.studies.luck.sample import WEEKS_OF, joined, sample_of
from simcore.studies.luck.streaks import Drop, dropped, streaks

if TYPE_CHECKING:
    from pydantic import BaseModel

    from simcore.program.layout import Program
    from simcore.results.header import Header
    from simcore.scenario.model import Scenario
    from simcore.studies.luck.sample import Sample

DEFAULT_REP_WEEKS = 1 << 20
"""Replications are by default so many that a run has about this many rep-weeks ..."""
LEAST, MOST = 128, 1 << 13
"""... within these bounds."""
LARGEST_REP_WEEKS = 1 << 24
"""Most rep-weeks that are held in memory."""
QUARTER = WEEKS_OF["quarter"]
QUESTIONS = 4
"""Parts of the answer, see `_questions`."""


@dataclass(frozen=True)
class LuckRequest:
    """The question of `luck`, with its arguments."""

    scenario: Scenario
    drop: tuple[str, float] | None = None
    rule: Rule | str | None = None
    replications: int | None = None
    seed: int | None = None
    who: str | None = None

    def cost(self, threads: int) -> Bill:
        """Return what the replications cost, and as many in which a rate has dropped."""
        return bill_of_replications(self.scenario, 2 * (self.replications or LEAST), threads)

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Luck:
        """Return the answer; see `luck`."""
        return luck(
            self.scenario,
            drop=self.drop,
            rule=self.rule,
            who=self.who,
            replications=self.replications,
            seed=self.seed,
            threads=threads,
            progress=progress,
            stop=stop,
        )


def luck(
    scenario: Scenario,
    *,
    drop: tuple[str, float] | None = None,
    rule: Rule | str | None = None,
    who: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Luck:
    """Tell luck from skill in the results of a team's reps.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`; its strategy is the one that is looked at.
    drop
        A stage and the factor, above 0 and below 1, by which the rate of the step into it may have dropped: what a dry
        spell is compared with. By default the last stage, by half.
    rule
        Who is dismissed, as `simcore.studies.luck.dismissal.Rule` or text; by default ``below=0.7,quarters=2``.
    who
        A person, by name or by number from 1, to be compared with each of the others.
    replications
        At least 128, rounded up to a multiple of 32; by default about a million rep-weeks, from 128 to 8,192.
    seed
        Overrides the scenario's.
    threads
        As for `simcore.simulate`.
    progress
        Called after each block of replications, which are half of the way, and after each question.
    stop
        Asked before each block but the first; what was done is reported.

    Raises
    ------
    ScenarioError
        If the scenario, the drop, the rule or the replications leave their ranges, or a drive explodes.

    Examples
    --------
    Where reps are the same, a ranking is luck alone:

    >>> from simcore import load_scenario
    >>> found = luck(load_scenario("trust-the-process"), replications=128)
    >>> found.differ, found.reliability.rankings[-1].luck.estimate, found.reliability.weights[0].until[0].known
    ([], 1.0, None)
    """
    scenario = with_run_overrides(scenario, None, seed)
    _refuse_inflow(scenario)
    what = _drop(scenario, drop)
    whom = _rule(rule)
    seat = None if who is None else seat_of(scenario, who)
    program = playable(scenario, detailed=True, replications=False)
    total = _replications(program, replications)
    meter = Meter(Watch(progress, stop), 2 * total)
    samples = _play(scenario, (program, dropped_program(scenario, program, what)), total, threads, meter)
    interrupted = meter.done < total
    parts = {}
    missing = dict(_missing(scenario, samples[0], whom))
    for place, (part, answer) in enumerate(_questions(scenario, program, samples, (what, whom)).items()):
        parts[part] = None if part in missing else answer()
        meter.add((place + 1) * total // QUESTIONS - place * total // QUESTIONS, 0)
    header = header_of(scenario, replications=samples[0].worlds, interrupted=interrupted, seconds=meter.seconds)
    found = _document(scenario, header, parts, missing)
    if seat is None:
        return found
    return found.model_copy(update={"who": seat + 1, "people": against(samples[0], seat)})


def dropped_program(scenario: Scenario, program: Program, drop: Drop) -> Program:
    """Return the program of a scenario with a drop: what reps expect of the plan stays what it was before.

    But for `rejections`, where the first step drops: that signal compares with the step's rate as it is.
    """
    return compile_scenario(dropped(scenario, drop))._replace(reaction=program.reaction)


def _play(
    scenario: Scenario, programs: tuple[Program, Program], total: int, threads: int | None, meter: Meter
) -> tuple[Sample, Sample]:
    """Return the same worlds of a program and of that with a drop; in both sit the same people."""
    worlds = Worlds([scenario, scenario], programs, threads=threads, expected=total)
    deal = scenario.deal.mean_value()
    # What deals need leaves as much of the rate of every rep.
    kept = np.array([known.rate.mean / stage.rate.mean if known.rate is not None and stage.rate is not None else 1.0
                     for known, stage in zip(known_steps(scenario), scenario.funnel, strict=True)])  # fmt: skip

    def work(player: Player, block: Block) -> tuple[Sample, Sample]:
        people = first_people(programs[0], worlds.key, block.first, block.replications)
        people = people._replace(rates=people.rates * kept)
        sound, wrong = (player.simulate(index, block, detailed=True) for index in range(2))
        return (
            sample_of(sound.entered, sound.cents, people, deal),
            sample_of(wrong.entered, wrong.cents, people, deal),
        )

    # The same blocks for any number of threads: whole groups, whenever it is stopped.
    blocks = cut_in_multiples(programs[0], total, EQUAL_GROUPS)
    sound, wrong = zip(*(pair for _, pair in worlds.play(work, blocks, meter)), strict=True)
    return joined(sound), joined(wrong)


def _rep_weeks(program: Program) -> int:
    return program.team.reps * program.clock.simulated_weeks


def _replications(program: Program, asked: int | None) -> int:
    """Return how many worlds are played: a multiple of the groups."""
    most = max(LEAST, LARGEST_REP_WEEKS // _rep_weeks(program) // EQUAL_GROUPS * EQUAL_GROUPS)
    if asked is not None and not LEAST <= asked <= most:
        raise _refused("out of range", "replications", str(asked), f"{LEAST} .. {most}")
    by_size = min(MOST, max(LEAST, DEFAULT_REP_WEEKS // _rep_weeks(program)))
    return -(-(asked or by_size) // EQUAL_GROUPS) * EQUAL_GROUPS


def _refuse_inflow(scenario: Scenario) -> None:
    """Refuse a scenario in which not all that is counted comes of calls."""
    why = "luck and skill are told apart by tries, which are calls and what comes of them"
    if scenario.inflow:
        message = f"{why}: what comes without a call is no try of anybody's"
        raise ScenarioError((Problem(message, "inflow", hint="leave inflow out for this question"),))
    if scenario.plan.calls_per_week == 0:
        raise ScenarioError(
            (Problem(f"{why}, and nobody calls", "plan.calls_per_week", value="0", allowed="1 to 65535"),)
        )


def _drop(scenario: Scenario, drop: tuple[str, float] | None) -> Drop:
    """Return the drop with which a dry spell is compared."""
    names = [stage.stage for stage in scenario.funnel]
    if drop is None:
        return Drop(len(names) - 1, 0.5)
    name, factor = drop
    if name not in names[1:]:
        hint = did_you_mean(name, names[1:])
        problem = Problem(
            "is no stage with a step into it", "drop", value=name, allowed=", ".join(names[1:]), hint=hint
        )
        raise ScenarioError((problem,))
    if not (isfinite(factor) and 0.0 < factor < 1.0):
        raise _refused("must be a factor of a rate", f"drop.{name}", f"{factor:g}", "above 0 and below 1")
    return Drop(names.index(name), factor)


def _rule(rule: Rule | str | None) -> Rule:
    if isinstance(rule, Rule):
        return rule
    try:
        return Rule() if rule is None else parse_rule(rule)
    except ValueError as error:
        raise ScenarioError((Problem(str(error), "rule"),)) from None


def _refused(message: str, path: str, value: str, allowed: str) -> ScenarioError:
    return ScenarioError((Problem(message, path, value=value, allowed=allowed),))


def _questions(
    scenario: Scenario, program: Program, samples: tuple[Sample, Sample], asked: tuple[Drop, Rule]
) -> dict[str, Callable[[], BaseModel]]:
    """Return what answers each question."""
    sound, wrong = samples
    drop, rule = asked
    return {
        "reliability": lambda: reliability(scenario, sound),
        "streaks": lambda: streaks(scenario, program, sound, wrong, drop),
        "regression": lambda: regression(sound),
        "dismissal": lambda: dismissal(scenario, sound, rule),
    }


def _document(scenario: Scenario, header: Header, parts: dict[str, BaseModel | None], missing: dict[str, str]) -> Luck:
    """Return the answers, and why some have none."""
    return Luck.model_validate(
        {
            **header,
            "unlike": scenario.unlike,
            "differ": [stage.stage for stage in scenario.funnel if stage.rate is not None and stage.rate.rep_cv > 0.0],
            "habits": [stage.stage for stage in scenario.funnel if stage.habit is not None],
            "skipped": [Skipped(part=part, reason=reason) for part, reason in missing.items()],
            **parts,
        }
    )


def _missing(scenario: Scenario, sample: Sample, rule: Rule) -> Iterator[tuple[str, str]]:
    """Tell which parts the scenario has no answer to, and why."""
    alone = "a team of one has nobody to be told apart from: try --set team.reps=10"
    quarters = sample.periods(QUARTER)
    short = f"the run holds {sample.weeks} weeks, and {{}} quarters take {{}}: try --set horizon.weeks=52"
    if sample.reps == 1:
        yield "reliability", alone
    if sample.reps == 1:
        yield "regression", alone
    elif quarters < 2:
        yield "regression", short.format(2, 2 * QUARTER)
    if owes_calls(scenario):
        yield "streaks", "checks of what deals need cost calls, so that there are fewer tries than the plan has"
    if any(stage.closing for stage in scenario.funnel):
        yield "streaks", "decisions fall together on closing days, so that weeks are no independent tries"
    if scenario.unsure:
        set_it = " ".join(f"--set {brief(path)}=NUMBER" for path in scenario.unsure)
        yield "streaks", f"a drop is told from figures that are known, and these are not: try {set_it}"
        yield "dismissal", f"who comes is measured by figures, and these are not known exactly: try {set_it}"
    elif scenario.quota is None:
        yield "dismissal", "the scenario has no quota: try --set quota.per=quarter --set quota.amount=AMOUNT"
    elif scenario.quota.differs:
        yield "dismissal", "quotas differ between periods, and a rule has one threshold: try --set quota.amount=AMOUNT"
    elif scenario.calendar.months == "real" and scenario.quota.per != "week":
        months = "its quota is of real months, and quarters are 13 weeks here: try --set quota.per=week"
        yield "dismissal", f"{months} --set quota.amount=AMOUNT"
    elif quarters < rule.quarters:
        yield "dismissal", short.format(rule.quarters, rule.quarters * QUARTER)
    if scenario.unlike:
        own = "people by name have something of their own in this file: who is better is not to be found out"
        yield from ((part, own) for part in ("reliability", "streaks", "regression", "dismissal"))
    elif scenario.quota is not None and scenario.quota.ramped:
        yield "dismissal", "quotas differ between reps: try --set quota.ramped=false"
