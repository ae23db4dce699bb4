"""What a plan is asked: target, period, confidence, what is sought, and where the team stands in mid-period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.errors import Problem, ScenarioError
from simcore.base.money import cents
from simcore.base.periods import MONTH_ENDS, WEEKS_PER_QUARTER, WEEKS_PER_YEAR, month_ends
from simcore.base.spelling import amount_of
from simcore.base.text import brief, did_you_mean
from simcore.engine.playable import of_alike_reps

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

CALLS, REPS, WEEKS = "calls", "reps", "weeks"
PERIODS = {"week": 1, "month": MONTH_ENDS[0], "quarter": WEEKS_PER_QUARTER, "year": WEEKS_PER_YEAR}
"""Weeks of the periods that have a name; months are 4-4-5 weeks, and the first has four."""
MOST_WEEKS = 5200
"""Warm-up and period together, as in a scenario."""
MOST_TARGET = 1e12
MOST_OPEN = 65_535
"""Open items of a stage and seat."""
_WEEKS = re.compile(r"[0-9]{1,5}(?=w$)", re.ASCII)


class Done(NamedTuple):
    """Where the team stands in mid-period."""

    week: int
    """Weeks that are over."""
    calls: int
    won: float
    open: dict[str, int]
    """Open items of the team by stage; only stages that were named."""
    week_from_calls: bool


class PlanRequest(NamedTuple):
    """The question, checked."""

    scenario: Scenario
    """With the period as its counted weeks."""
    target: float
    confidence: float
    by: str
    solve_for: str
    done: Done | None

    @property
    def weeks(self) -> int:
        """Weeks of the period."""
        return self.scenario.horizon.weeks

    @property
    def gone(self) -> int:
        """Weeks of the period that are over."""
        return 0 if self.done is None else self.done.week

    @property
    def missing_cents(self) -> int:
        """What the target still needs, in cents; 0 or less: it is reached."""
        return cents(self.target) - (0 if self.done is None else cents(self.done.won))


def plan_request(
    scenario: Scenario,
    target: float,
    *,
    by: str = "quarter",
    confidence: float = 0.8,
    solve_for: str = CALLS,
    done: Mapping[str, float] | None = None,
) -> PlanRequest:
    """Check a question; see `simcore.plan`.

    Raises
    ------
    ScenarioError
        With all that is wrong about it.
    """
    scenario = of_alike_reps(scenario, "a plan")
    problems: list[Problem] = []
    if not (isfinite(target) and 0.01 <= target <= MOST_TARGET):
        allowed = "0.01 to 1e12: revenue of the whole team in the period"
        problems.append(Problem("is no target", "target", value=f"{target:g}", allowed=allowed))
    if not 0.0 < confidence < 1.0:
        allowed = "above 0, below 1, or above 0 %, below 100 %"
        problems.append(Problem("is no confidence", "confidence", value=f"{confidence:g}", allowed=allowed))
    names = [stage.stage for stage in scenario.funnel]
    kinds = [CALLS, REPS, WEEKS, *names[1:]]
    if solve_for not in kinds:
        hint = did_you_mean(solve_for, kinds)
        problems.append(Problem("nothing can be solved for that", "solve-for", value=brief(solve_for),
                                allowed=", ".join(kinds), hint=hint))  # fmt: skip
    if scenario.inflow and solve_for == REPS:
        message = (
            "cannot be solved for where items come without a call: whose they would be in another team is not said"
        )
        problems.append(Problem(message, "solve-for", value=REPS, allowed=f"{CALLS}, {WEEKS} or a stage"))
    if scenario.plan.calls_per_week == 0 and solve_for in (REPS, WEEKS):
        message = "cannot be solved for where nobody calls"
        problems.append(Problem(message, "solve-for", value=brief(solve_for), allowed=f"{CALLS} or a stage"))
    weeks = _weeks_of(by, scenario, problems)
    if problems or weeks is None:
        raise ScenarioError(tuple(problems))
    horizon = scenario.horizon.model_copy(update={"weeks": weeks})
    planned = scenario.model_copy(update={"horizon": horizon})
    return PlanRequest(
        planned, float(target), confidence, by, solve_for, None if done is None else _done(planned, done)
    )


def _weeks_of(by: str, scenario: Scenario, problems: list[Problem]) -> int | None:
    """Return the weeks of a period; a wrong one is told."""
    most = MOST_WEEKS - scenario.horizon.warmup_weeks
    written = _WEEKS.match(by)
    named = {**PERIODS, "month": month_ends(scenario.calendar.periods.weeks)[0]}
    weeks = named.get(by, int(written[0]) if written else 0)
    if weeks > 1 and by in PERIODS and scenario.calendar.months == "real":
        message = "is one of the calendar here, which is not so many weeks, and a plan is made for whole weeks"
        allowed = f"week, or 1w to {most}w"
        problems.append(Problem(message, "by", value=by, allowed=allowed, hint=f"say how many: --by {weeks}w"))
        return None
    if 1 <= weeks <= most:
        return weeks
    allowed = f"week, month, quarter, year, or 1w to {most}w"
    hint = did_you_mean(by, PERIODS)
    if weeks > most:
        hint = f"warm-up and period have at most {MOST_WEEKS:,} weeks together"
    problems.append(Problem("is no period", "by", value=brief(by), allowed=allowed, hint=hint))
    return None


def parse_done(texts: Sequence[str]) -> dict[str, float]:
    """Read ``calls=2000,won=40000,open=5``.

    Raises
    ------
    ValueError
        If it is something else, or a key comes twice.

    Examples
    --------
    >>> parse_done(["week=4,calls=2000", "won=4e4"])
    {'week': 4.0, 'calls': 2000.0, 'won': 40000.0}
    """
    found: dict[str, float] = {}
    for text in texts:
        for part in text.split(","):
            key, equals, number = (word.strip() for word in part.partition("="))
            try:
                value = amount_of(number)
            except ValueError:
                equals = ""
            if not equals or not key:
                raise ValueError(f"{brief(part)!r} is not key=number, as in calls=2000,won=40000,open=5")
            if key in found:
                raise ValueError(f"{brief(key)!r} is given twice")
            found[key] = value
    return found


def _done(scenario: Scenario, given: Mapping[str, float]) -> Done:
    """Check where the team stands."""
    names = [stage.stage for stage in scenario.funnel]
    middle, reps = names[1:-1], scenario.team.reps
    allowed = ["week", "calls", "won", *(["open", *middle] if middle else [])]
    problems: list[Problem] = []
    for key, value in given.items():
        if key not in allowed:
            hint = (
                "the funnel has no stage in which an item can be open" if key == "open" else did_you_mean(key, allowed)
            )
            problems.append(Problem("is nothing that can be done so far", f"done.{brief(key)}",
                                    allowed=", ".join(allowed), hint=hint))  # fmt: skip
            continue
        most = {"won": MOST_TARGET, "calls": 1e12, "week": scenario.horizon.weeks - 1}.get(key, MOST_OPEN * reps)
        whole = key == "won" or float(value).is_integer()
        if not (isfinite(value) and 0 <= value <= most and whole):
            kind = "" if key == "won" else "whole numbers "
            hint = "the period must not be over" if key == "week" else None
            problems.append(Problem("is out of range", f"done.{key}", value=f"{value:g}",
                                    allowed=f"{kind}0 to {most:,.0f}", hint=hint))  # fmt: skip
    if middle and "open" in given and middle[-1] in given:
        problems.append(Problem(f"open and {middle[-1]} are the same stage", "done.open", hint="name one of them"))
    if "week" not in given and "calls" not in given:
        problems.append(Problem("says neither how many weeks are over nor how many calls were made", "done",
                                allowed="week=4 or calls=2000, or both"))  # fmt: skip
    if problems:
        raise ScenarioError(tuple(problems))
    return _placed(scenario, given, middle)


def _placed(scenario: Scenario, given: Mapping[str, float], middle: Sequence[str]) -> Done:
    """Work out what of week and calls was left out, at the pace of the plan."""
    made = _calls_by_week(scenario)
    calls = given.get("calls")
    week = int(given["week"]) if "week" in given else sum(total <= (calls or 0) for total in made)
    while "week" not in given and week and made[week - 1] == (made[week - 2] if week > 1 else 0):
        week -= 1  # a week without work that comes after the last call is not over
    if week >= scenario.horizon.weeks:
        raise ScenarioError((Problem(
            "at the pace of the plan so many calls take the whole period", "done.calls", value=f"{calls:,.0f}",
            hint=f"say which week it is: week=0 to week={scenario.horizon.weeks - 1}"),))  # fmt: skip
    if calls is None:
        calls = made[week - 1] if week else 0
    stages = {middle[-1] if key == "open" else key: int(value) for key, value in given.items()
              if key not in ("week", "calls", "won")}  # fmt: skip
    return Done(week, int(calls), float(given.get("won", 0.0)), stages, "week" not in given)


def _calls_by_week(scenario: Scenario) -> list[int]:
    """Return the calls that the plan of the team makes until the end of each week of the period."""
    from simcore.program.compiler import compile_plan  # noqa: PLC0415

    cold = scenario.horizon.model_copy(update={"warmup_weeks": 0})
    plan = compile_plan(scenario.model_copy(update={"horizon": cold}))
    totals = plan.calls[plan.row_of_week].cumsum() * scenario.team.reps
    return [int(total) for total in totals]
