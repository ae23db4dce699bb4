"""Dismissal on results: how many sound reps go, how many weak stay, what it costs; the same on process measures.

A rep is weak if the true expected attainment of quota, from the own rates, lies below a threshold; else sound. The rule
looks at every run of consecutive quarters. Process measures are matched: they dismiss as many, those who are worst in
their best quarter of such a run. What a dismissal brings is counted in expected revenue by origin: nothing while the
seat is vacant, less during the ramp, and then what a rep drawn from the same people brings, against what the dismissed
would have brought.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.intervals import UNKNOWN, always_seen, fixed, never_seen
from simcore.statistics.jackknife import EQUAL_GROUPS, Floats, outside_group, with_errors
from simcore.studies.luck.credibility import known_steps, moments
from simcore.studies.luck.document import Dismissal, RuleRow
from simcore.studies.luck.ranks import lowest
from simcore.studies.luck.sample import WEEKS_OF

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate
    from simcore.studies.luck.sample import Sample

QUARTER = WEEKS_OF["quarter"]
YEAR = 52
WEEKS_OF_QUOTA = {"week": 1.0, "month": 13.0 / 3.0, "quarter": 13.0, "year": 52.0}
_LONG = 100 * YEAR
"""Weeks after which what has not paid for itself never does."""


class Rule(NamedTuple):
    """Who is dismissed: below a share of quota for N consecutive quarters; and what counts as weak."""

    below: float = 0.7
    quarters: int = 2
    weak: float | None = None
    """True attainment below which a rep is weak; ``None``: `below`."""


def parse_rule(text: str) -> Rule:
    """Return a rule as it is written on the command line.

    Raises
    ------
    ValueError
        If it is none; the message says what is allowed.

    Examples
    --------
    >>> parse_rule("below=0.7,quarters=2")
    Rule(below=0.7, quarters=2, weak=None)
    """
    given: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or name not in Rule._fields or name in given:
            raise ValueError(f"{part.strip()!r} is none of below=SHARE, quarters=N, weak=SHARE, each once")
        given[name] = value
    rule = Rule()
    try:
        below, quarters = float(given.get("below", rule.below)), int(given.get("quarters", rule.quarters))
        weak = float(given["weak"]) if "weak" in given else None
    except ValueError:
        raise ValueError(f"{text!r} has what is no number") from None
    for name, share in (("below", below), ("weak", weak)):
        if share is not None and not 0.0 < share <= 10.0:
            raise ValueError(f"{name} is a share of quota above 0, at most 10, not {share:g}")
    if not 1 <= quarters <= 40:
        raise ValueError(f"quarters is a number from 1 to 40, not {quarters}")
    return Rule(below, quarters, weak)


class Cost(NamedTuple):
    """What it takes to replace a rep."""

    vacancy: int
    ramp: int
    start: float
    assumed: tuple[str, ...]
    """What of it the scenario does not say."""


def cost_of(scenario: Scenario) -> Cost:
    """Return vacancy and ramp of a scenario; what it does not have is assumed: 6 weeks, then 13 weeks from 30 %."""
    turnover, ramp = scenario.team.turnover, scenario.team.ramp
    assumed = []
    if turnover is None:
        assumed.append("a vacancy of 6 weeks")
    if ramp is None:
        assumed.append("a ramp of 13 weeks from 30 % of the calls")
    vacancy = 6 if turnover is None else turnover.vacancy_weeks
    return Cost(vacancy, ramp.weeks if ramp else 13, ramp.start if ramp else 0.3, tuple(assumed))


def activity_after(cost: Cost, weeks: int) -> Floats:
    """Return the activity of a seat in each week after a dismissal, float64[weeks].

    Examples
    --------
    >>> activity_after(Cost(1, 2, 0.5, ()), 5).tolist()
    [0.0, 0.5, 0.75, 1.0, 1.0]
    """
    in_seat = np.arange(weeks) - cost.vacancy
    ramped = np.minimum(1.0, cost.start + (1.0 - cost.start) * in_seat / cost.ramp)
    return np.where(in_seat < 0, 0.0, ramped)


class Reps(NamedTuple):
    """Reps who are settled in all quarters of the run, and how they look."""

    world: NDArray[np.int64]
    """int64[n]"""
    true: Floats
    """float64[n]: true value of a call over the mean of all."""
    attained: Floats
    """float64[n, quarters]: revenue over quota."""
    scores: dict[str, Floats]
    """float64[n, quarters] by process measure: the lower, the worse."""


def quarterly_quota(scenario: Scenario) -> float:
    """Return the quota of a rep for a quarter, in units of the currency; needs one."""
    if scenario.quota is None:
        raise ValueError("the scenario has no quota")
    return scenario.quota.amount * WEEKS_OF_QUOTA["quarter"] / WEEKS_OF_QUOTA[scenario.quota.per]


def reps_of(scenario: Scenario, sample: Sample) -> Reps:
    """Return the reps of a sample who are settled in all quarters."""
    quarters = sample.periods(QUARTER)
    there = sample.settled(QUARTER, quarters)[:, :, 0]
    value = sample.true_value[there]
    scores = {}
    if sample.reps > 1:
        counts = sample.counts(QUARTER).astype(np.float64)
        worst, weighted = process_scores(scenario, counts, there)
        scores = {"worst step": worst[there], "all steps": weighted[there]}
    return Reps(
        world=np.nonzero(there)[0],
        true=value / value.mean(),
        attained=sample.amounts(QUARTER)[there] / quarterly_quota(scenario),
        scores=scores,
    )


def process_scores(scenario: Scenario, counts: Floats, there: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return two process measures of every rep and quarter against the team, the lower the worse.

    Parameters
    ----------
    counts
        float64[worlds, reps, quarters, S + 1]: entries into each stage.
    there
        bool[worlds, reps]: the team.

    Returns
    -------
    float64[worlds, reps, quarters]
        The step furthest below the team's conversion, in standard errors; and the sum over steps of how far the own
        conversion lies above the team's, as a share of it, times the weight of known answer 10.
    """
    team = (counts * there[:, :, None, None]).sum(axis=1, keepdims=True)
    worst, weighted = np.full(counts.shape[:3], np.inf), np.zeros(counts.shape[:3])
    for step in range(1, counts.shape[3]):
        n, x = counts[..., step - 1], counts[..., step]
        trials, successes = team[..., step - 1], team[..., step]
        rate = np.clip(np.divide(successes, trials, out=np.zeros_like(trials), where=trials > 0.0), 0.0, 1.0)
        error = np.sqrt(n * rate * (1.0 - rate))
        gap = x - n * rate
        worst = np.minimum(worst, np.divide(gap, error, out=np.zeros_like(gap), where=error > 0.0))
        half = moments([known_steps(scenario)[step]]).half
        if half is not None:
            expected = (n + half) * rate
            weighted += np.divide(gap, expected, out=np.zeros_like(gap), where=expected > 0.0)
    return worst, weighted


def worst_run(values: Floats, quarters: int) -> Floats:
    """Return the lowest, over runs of consecutive quarters, of the highest in the run: float64[n].

    It lies below a limit exactly where all of some run do.

    Examples
    --------
    >>> worst_run(np.array([[0.5, 0.9, 0.6, 0.65]]), 2).tolist()
    [0.65]
    """
    runs = np.lib.stride_tricks.sliding_window_view(values, quarters, axis=1)
    found: Floats = runs.max(axis=2).min(axis=1)
    return found


def dismissal(scenario: Scenario, sample: Sample, rule: Rule) -> Dismissal:
    """Return whom the rule dismisses and what it costs; needs a quota and as many quarters as the rule."""
    reps, cost, quota = reps_of(scenario, sample), cost_of(scenario), quarterly_quota(scenario)
    weak = rule.below if rule.weak is None else rule.weak
    results = worst_run(reps.attained, rule.quarters)
    looks = {name: worst_run(scores, rule.quarters) for name, scores in reps.scores.items()}

    def by_results(kept: NDArray[np.bool_]) -> Floats:
        return (results[kept] < rule.below).astype(np.float64)

    def by_score(look: Floats) -> Callable[[NDArray[np.bool_]], Floats]:
        def member(kept: NDArray[np.bool_]) -> Floats:
            size = np.array(int((results[kept] < rule.below).sum()))
            return lowest(look[kept], np.ones(int(kept.sum()), np.bool_), size)

        return member

    rules: dict[str, Callable[[NDArray[np.bool_]], Floats]] = {"results": by_results}
    rules |= {name: by_score(look) for name, look in looks.items()}
    rules["by lot"] = by_score(np.zeros(len(results)))
    rows, shares = [], None
    for name, member in rules.items():
        shares, *seen = _over_groups(reps, sample.worlds, member, (weak, quota, cost))
        rows.append(RuleRow(rule=name, **dict(zip(_FIGURES, seen, strict=True))))
    assert shares is not None  # noqa: S101
    return Dismissal(
        below=rule.below,
        quarters=rule.quarters,
        weak_below=weak,
        quota=quota,
        weak=shares,
        vacancy_weeks=cost.vacancy,
        ramp_weeks=cost.ramp,
        ramp_start=cost.start,
        assumed=list(cost.assumed),
        rules=rows,
    )


_FIGURES = (
    *("dismissed", "sound_dismissed", "weak_kept", "sound_among", "attainment"),
    *("first_year", "later_years", "pays_after"),
)


def _over_groups(
    reps: Reps, worlds: int, member: Callable[[NDArray[np.bool_]], Floats], terms: tuple[float, float, Cost]
) -> list[Estimate]:
    """Return the figures of a rule with their errors."""
    everyone = np.ones(len(reps.true), np.bool_)
    groups = [outside_group(group, worlds)[reps.world] for group in range(EQUAL_GROUPS)]
    gone = member(everyone)
    whole = _figures(reps, everyone, gone, terms)
    without = np.array([_figures(reps, kept, member(kept), terms) for kept in groups])
    weak = reps.true * float(reps.attained.mean()) / float(reps.true.mean()) < terms[0]
    of = (everyone, everyone, ~weak, weak, gone > 0.0)
    part = with_errors(whole[: len(of)], without[:, : len(of)], least=0.0, most=1.0)
    shares = [_bounded(figure, len(np.unique(reps.world[who]))) for figure, who in zip(part, of, strict=True)]
    # Who goes by lot, or where reps do not differ, is as good as who comes: later years bring nothing more, exactly.
    rest = with_errors(whole[len(of) :], without[:, len(of) :])
    exactly = [fixed(0.0) if not column.any() else None for column in without.T[len(of) :]]
    # Where a replacement does not pay in some of the groups, when it does is not known.
    amounts = [
        known if known is not None else figure if figure.se is not None else UNKNOWN
        for known, figure in zip(exactly, rest, strict=True)
    ]
    return shares + amounts


def _bounded(share: Estimate, worlds: int) -> Estimate:
    """Return a share of those of so many worlds: of what was never seen, or always, with its bound."""
    if share.se is not None or share.estimate is None or not worlds:
        return share if share.se is not None else UNKNOWN
    if share.estimate in (0.0, 1.0):
        return never_seen(worlds) if share.estimate == 0.0 else always_seen(worlds)
    return UNKNOWN


def _figures(reps: Reps, kept: NDArray[np.bool_], member: Floats, terms: tuple[float, float, Cost]) -> Floats:
    """Return the share of weak reps, and the figures of a rule, of the reps that are kept for the jackknife."""
    weak_below, quota, cost = terms
    mean = float(reps.attained[kept].mean())
    attainment = reps.true[kept] * mean / float(reps.true[kept].mean())
    weak = attainment < weak_below
    gone = float(member.sum())
    sound_gone, weak_gone = float(member[~weak].sum()), float(member[weak].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        of_gone = np.divide([sound_gone, float((member * attainment).sum())], gone)
        shares = np.divide([sound_gone, weak.sum() - weak_gone], [float((~weak).sum()), float(weak.sum())])
    week, own = mean * quota / QUARTER, float(of_gone[1]) * quota / QUARTER
    if abs(own - week) < 1e-9 * week:
        own = week  # dismissed by lot
    busy = np.cumsum(activity_after(cost, _LONG))
    first = week * busy[YEAR - 1] - own * YEAR
    later = YEAR * (week - own)
    pays = _pays_after(week, own, busy)
    return np.array([weak.mean(), gone / len(member), *shares, *of_gone, first, later, pays])


def _pays_after(week: float, own: float, busy: Floats) -> float:
    """Return the weeks after which a replacement has brought as much as the dismissed would have; nan: never."""
    if not week > own * (1.0 + 1e-9):
        return float("nan")
    gain = week * busy - own * np.arange(1, len(busy) + 1)
    after = int(np.argmax(gain > 0.0))
    if gain[after] <= 0.0:
        return float("nan")
    before = gain[after - 1] if after else 0.0
    return float(after + before / (before - gain[after]))
