"""A plan in plain words: the answer, and what it takes for granted. It says no more than the figures do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.analytic.market_moments import is_stationary
from simcore.base.currencies import currency_sign
from simcore.base.text import brief
from simcore.results.sentences import chance, in_percent
from simcore.studies.plan.request import CALLS, REPS, WEEKS
from simcore.studies.plan.rest_of_period import served_weeks

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.plan.document import BackwardPlan, PlanAnswer
    from simcore.studies.plan.request import PlanRequest
    from simcore.studies.plan.variants import Setting


def amount(value: float, currency: str) -> str:
    """Return an amount as it was given, to the cent.

    Examples
    --------
    >>> amount(100_000.0, "USD"), amount(2500.5, "EUR")
    ('$100,000', '€2,500.50')
    """
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return currency_sign(currency) + text


def number(value: float, kind: str) -> str:
    """Return a number of what is solved for: whole, or a rate in per cent.

    Examples
    --------
    >>> number(6257.0, "calls"), number(0.02513, "meetings")
    ('6,257', '2.513 %')
    """
    if kind in (CALLS, REPS, WEEKS):
        return f"{value:,.0f}"
    return f"{100.0 * value:.4g} %"


def period(found: BackwardPlan) -> str:
    """Return the period in words."""
    if found.by in ("month", "quarter", "year"):
        return f"a {found.by} ({found.weeks} weeks)"
    return f"{found.weeks} week" + ("s" if found.weeks != 1 else "")


def interval(answer: PlanAnswer) -> str:
    """Return the interval in words."""
    low, high = answer.interval
    ends = number(low, answer.solve_for), None if high is None else number(high, answer.solve_for)
    return (
        f"95 % interval {ends[0]} to {ends[1]}" if ends[1] else f"95 % interval from {ends[0]} up, no upper end found"
    )


def sentence_of(found: BackwardPlan) -> str:
    """Return the answer in words."""
    goal = f"{amount(found.target, found.scenario.currency)} in {period(found)}"
    who = f"a team of {found.reps:,}" if found.reps > 1 else "one rep"
    if found.infeasible is not None:
        tried = found.infeasible
        most = tried_of(found.solve_for, tried.tried)
        text = f"{goal} cannot be reached by {who} with a chance of {in_percent(found.confidence)}: "
        return f"{text}even {most} the chance is {chance(tried.chance)}. In the way: {'; '.join(tried.reasons)}."
    if found.answer is None:
        return "Interrupted before there was an answer."
    answer = found.answer
    ask = f"For {goal} with a chance of {in_percent(found.confidence)}"
    close = interval(answer)
    if found.here is not None and found.here.missing == 0.0:
        return f"{goal} are booked already: nothing more is needed."
    if answer.solve_for == CALLS and answer.per_week == 0.0:
        none = "needs no call" if answer.estimate == 0.0 else "needs no call beyond those made"
        text = f"{ask}, {who} {none} ({close}): what is on its way already brings it."
    elif answer.solve_for == CALLS:
        text = f"{ask}, {who} must make {_counted(answer.estimate, 'call')} ({close}){_of_rest(found)}: "
        text += f"{number(answer.per_week, CALLS)} a rep in a full week."
    elif answer.solve_for == REPS:
        text = f"{ask}, it takes {_counted(answer.estimate, 'rep')} ({close}) at {answer.per_week:,.0f} calls a week."
    elif answer.solve_for == WEEKS:
        goal = amount(found.target, found.scenario.currency)
        text = (
            f"For {goal} with a chance of {in_percent(found.confidence)}, {who} needs "
            f"{_counted(answer.estimate, 'week')} ({close}) at {answer.per_week:,.0f} calls a rep and week."
        )
    else:
        text = (
            f"{ask}, the rate of {brief(answer.solve_for)} must be {number(answer.estimate, answer.solve_for)} "
            f"({close}) with the calls of the file."
        )
    return f"{text} {_simple(found)}"


def _of_rest(found: BackwardPlan) -> str:
    """Return how many of the calls are still to be made, where some weeks are over."""
    if found.here is None or found.here.rest_calls is None:
        return ""
    return f", {number(found.here.rest_calls, CALLS)} of them in the {_weeks_left(found.here.weeks_left)}"


def _counted(value: float, noun: str) -> str:
    return f"{value:,.0f} {noun}{'' if value == 1.0 else 's'}"


def _weeks_left(weeks: int) -> str:
    return "one week that is left" if weeks == 1 else f"{weeks} weeks that are left"


def _simple(found: BackwardPlan) -> str:
    """Return what the arithmetic says, and what its chance is."""
    simple, kind = found.arithmetic, found.answer.solve_for if found.answer else CALLS
    asked = f"{simple.calls:,.0f}" if simple.calls >= 1.0 else f"{simple.calls:.2g}"
    if simple.chance is None or simple.chance.estimate is None:
        return f"The arithmetic asks for {asked} {'call' if asked == '1' else 'calls'}; {simple.no_chance}."
    does = "call, which does" if asked == "1" else "calls, which do"
    text = f"The arithmetic asks for {asked} {does} it {_often(simple.chance)} of the time"
    more = (
        found.answer.estimate / simple.calls - 1.0
        if found.answer and found.answer.estimate > 0.0 and kind == CALLS and found.here is None and simple.calls
        else None
    )
    if more is None or abs(more) < 0.005:
        return text + "."
    if more >= 10.0:
        return f"{text}; it takes {more + 1.0:,.0f} times as many."
    return f"{text}; it takes {abs(100.0 * more):,.0f} % {'more' if more > 0 else 'less'}."


def ignorance_words(found: BackwardPlan) -> list[str]:
    """Return how much of the chance with the plan of the file the rates leave open, where some are not known."""
    if found.ignorance is None or found.ignorance.sd.estimate is None or found.chance is None:
        return []
    share = in_percent(max(0.0, min(1.0, found.ignorance.share.estimate or 0.0)))
    text = f"With the plan of the file, {share} of what decides whether the target is reached is not known exactly"
    return [f"{text}, and no plan changes that."]


def _often(share: Estimate) -> str:
    """Return a chance as it stands before "of the time".

    Examples
    --------
    >>> from simcore.statistics.intervals import never_seen, of_hits
    >>> _often(never_seen(100)), _often(of_hits(37, 100))
    ('less than 3 %', '37 %')
    """
    return chance(share).replace("above", "more than").replace("below", "less than")


def tried_of(kind: str, tried: float) -> str:
    """Return a value of what is solved for as it is tried, in words.

    Examples
    --------
    >>> tried_of("calls", 6000), tried_of("weeks", 1), tried_of("meetings", 0.025)
    ('with 6,000 calls', 'in 1 week', 'with a rate of 2.5 % of meetings')
    """
    kinds = {
        CALLS: f"with {_counted(tried, 'call')}",
        REPS: f"with {_counted(tried, 'rep')}",
        WEEKS: f"in {_counted(tried, 'week')}",
    }
    return kinds.get(kind, f"with a rate of {number(tried, kind)} of {brief(kind)}")


def assumptions_of(asked: PlanRequest, setting: Setting) -> list[str]:
    """Return what a plan takes for granted."""
    scenario, kind = asked.scenario, asked.solve_for
    reps = scenario.team.reps
    people = f"{reps:,} rep" + ("s" if reps > 1 else "")
    target = f"The target is that of the whole team ({people}), in revenue by close:"
    told = [f"{target} what closes after the end of the period does not count."]
    warm = setting.scenario.horizon.warmup_weeks
    if warm and kind not in (CALLS, REPS, WEEKS):
        told.append(
            f"The rate holds in the {warm} weeks of warm-up too: the pipeline at the start is already its own. A rate "
            "that changes on the first day takes longer to show."
        )
    elif warm:
        told.append(
            f"In the {warm} weeks of warm-up the team works by the plan of the file ({scenario.plan.calls_per_week:,} "
            "calls a rep and week): the period begins with that pipeline."
        )
    elif asked.done is None and any(stage.lag for stage in scenario.funnel) and scenario.start is None:
        told.append("The period begins with an empty pipeline (the scenario has no warm-up and nothing open).")
    if scenario.market is not None and scenario.market.start is not None:
        told.append(
            f"The market starts at {scenario.market.start.level:g} of what rates are stated for: the worlds know it, "
            "the arithmetic does not."
        )
    if kind == REPS:
        speed = ", and they ramp up" if scenario.team.ramp else "; the file has no ramp, so they are at full speed"
        told.append(f"Reps beyond those of the file are hired on the first day: nothing is open for them{speed}.")
    if scenario.team.turnover is not None or scenario.team.new:
        told.append("Calls are those of the plan: vacant seats and ramps make fewer.")
    if asked.done is not None:
        told += _here_words(asked)
    if scenario.strategy.drives:
        told.append(
            f"Reps react as the strategy {brief(scenario.run.strategy)} says; calls are those of the plan, before that."
        )
    return told


def _here_words(asked: PlanRequest) -> list[str]:
    scenario, done = asked.scenario, asked.done
    told: list[str] = []
    if done is None:
        return told
    if done.week_from_calls:
        told.append(f"{done.week} weeks are over, by the calls made at the pace of the plan; week=N says otherwise.")
    told += _people_words(asked)
    if any(stage.lag or stage.lost_lag for stage in scenario.funnel):
        told.append("Open items wait for a fresh lag from today, drawn as for a new one; nothing else is on its way.")
    if not is_stationary(scenario.market):
        told.append(
            "The market has drifted through the weeks that are over as the file says; no result tells where to."
        )
    elif scenario.market is not None:
        told.append(
            "The market of the weeks that are left is drawn anew: the weeks that are over say nothing about it."
        )
    if any(stage.rate is not None and stage.rate.rep_cv > 0 for stage in scenario.funnel):
        told.append("So are the reps: what was won so far says nothing about who is good.")
    if scenario.unsure:
        told.append("What was won so far is not added to what the file knows of its figures.")
    if scenario.strategy.drives:
        told.append("The drives start at level 0, and hear only of what is won from today on.")
    return told


def _people_words(asked: PlanRequest) -> list[str]:
    """Return how seats, ramps and habits go on."""
    team, served = asked.scenario.team, served_weeks(asked)
    told = []
    if team.ramp is not None and team.new and served:
        where = f"go on in week {served + 1} of it" if served < team.ramp.weeks else "are through with it"
        told.append(f"New reps began their ramp with the first week that the file simulates, and {where}.")
    if team.turnover is not None and served:
        told.append("Nobody has left so far: the team of the file is the team that is there.")
    if any(stage.habit for stage in asked.scenario.funnel) and served:
        told.append("Habits have come and gone as the file says, and nobody was coached so far.")
    return told
