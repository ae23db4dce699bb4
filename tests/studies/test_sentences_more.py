"""Every sentence of `luck`, `steadiness`, `check`, rules of coaching, `breakeven` and `bench variance` is true.

Each is held against the document that it is made of, over random scenarios.

What a sentence says of causes, limits and comparisons is worked out from the figures by rules of the test's own.
"""

from __future__ import annotations

import random
import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType

import simcore.answers.steadiness as steadiness_answer
import simcore.cli.screens.luck as render_luck
from simcore.analytic.assumptions import assumptions
from simcore.analytic.run_cost import LIMIT, cost
from simcore.cli.screens.check import commented
from simcore.scenario.model import Scenario, validate
from simcore.statistics.estimate import Estimate
from simcore.studies.coach import rules_sentences as rules_words
from simcore.studies.coach.rules import compare_rules
from simcore.studies.coach.rules_document import Rules
from simcore.studies.luck.document import Luck, RuleRow
from simcore.studies.luck.study import luck
from simcore.studies.steadiness.document import Steadiness
from simcore.studies.steadiness.study import steadiness
from simcore.studies.sweep.breakeven import breakeven
from simcore.studies.sweep.document import Breakeven
from simcore.variance_reduction import document as variance_document
from simcore.variance_reduction import gains as variance
from tests.support.scenario_cases import funnel, scenario

QUICK, LONG = 5, 60


def a_scenario(seed: int) -> Scenario:
    """Return a small random team of reps who differ, or not, in worlds in which much, or nothing, happens."""
    dice = random.Random(seed)  # noqa: S311 - scenarios, no secrets
    meetings: dict[str, Any] = {"rate": dice.choice([0.5, 1e-7, {"mean": 0.3, "rep_cv": 0.5}])}
    wins: dict[str, Any] = {"rate": dice.choice([0.5, 1.0, {"mean": 0.4, "week_cv": 0.6}])}
    wins |= dice.choice([{}, {"lag": "1w"}])
    if dice.random() < 0.5:
        meetings["habit"] = {"factor": 0.5, "at_start": 0.5}
    made: dict[str, Any] = {
        "team": {"reps": dice.choice([1, 2, 4])},
        "horizon": {"weeks": dice.choice([13, 26])},
        "calendar": {"hours_per_day": 2, "days_per_week": 2},
        "funnel": funnel(meetings, {"rate": dice.choice([1.0, 0.6])}, wins),
        "plan": {"calls_per_week": dice.choice([3, 12])},
        "deal": dice.choice([1000, {"mean": 1000, "cv": 0.8}]),
        "quota": {"per": "quarter", "amount": dice.choice([900, 20_000])},
    }
    if dice.random() < 0.4:
        made["market"] = {"sd": 0.4, "persistence": 0.8, "acts_on": ["meetings"]}
    if dice.random() < 0.4:
        changes = dice.choice([{"activity": {"slope": 1.0, "max": 2}}, {"wins": {"slope": -0.4}}])
        drive = {"signals": {"behind": 1}, "changes": changes}
        made["strategies"] = {"push": {"drives": {"urge": drive}}, "process": {}}
    return validate(scenario(**made))


def text_of(shown: RenderableType) -> str:
    """Return what is printed as one line."""
    out = StringIO()
    Console(file=out, width=200, color_system=None).print(shown)
    return " ".join(out.getvalue().split())


def check_figures(document: Any) -> None:  # noqa: ANN401 - any part of a document
    """Hold every estimate against the rules that all have: it is in its interval, and 0 is never known by chance."""
    if isinstance(document, dict):
        if {"estimate", "se", "low", "high"} <= document.keys():
            value, se, low, high = (document[key] for key in ("estimate", "se", "low", "high"))
            assert value is not None or se is None
            assert se is None or se >= 0.0
            assert low is None or low <= value <= (high if high is not None else float("inf"))
            assert not (se is not None and se > 0.0 and low is not None and low == high)
        for part in document.values():
            check_figures(part)
    elif isinstance(document, list):
        for part in document:
            check_figures(part)


def check_luck(found: Luck) -> None:
    """Hold what is said of luck against the document."""
    check_figures(found.model_dump())
    said = text_of(render_luck.luck_details(found))
    assert ("Reps do not differ in this scenario" in said) == (not found.differ)
    assert ("luck, all of it" in said) == (not found.differ)
    retest = found.reliability.retest if found.reliability is not None else None
    if retest is not None and not found.differ:
        lasts = retest.quarters
        shown = lasts.estimate is not None
        beyond = shown and abs(lasts.estimate or 0.0) > 3.0 * (lasts.se or 0.0)
        assert ("luck that carries over" in said) == beyond
        assert ("nothing that lasts is seen" in said) == (shown and not beyond)
    for row in found.dismissal.rules if found.dismissal is not None else ():
        check_dismissal(row)
    assert found.streaks is not None
    for each in found.streaks.reach:
        ratios = {row.weeks: row.ratio for row in found.streaks.dry}
        if each.weeks is not None:
            ratio = ratios[each.weeks]
            assert (ratio.estimate or 0.0) - 2.0 * (ratio.se or 0.0) >= each.ratio
        if each.unsure_weeks is not None:
            assert (ratios[each.unsure_weeks].estimate or 0.0) >= each.ratio
    assert ("tell 1 times" in said) <= (len(found.streaks.evidence) > 1)


def check_dismissal(row: RuleRow) -> None:
    """Hold what is said of when a dismissal pays against later years, and shares against what they can be."""
    said = render_luck._pays(row).plain
    later = row.later_years
    assert (said == "never") == (row.pays_after.estimate is None and later.high is not None and later.high <= 0.0)
    assert (said == "not seen") == (row.pays_after.estimate is None and later.high is not None and later.high > 0.0)
    for share in (row.dismissed, row.sound_dismissed, row.weak_kept, row.sound_among):
        if share.estimate in (0.0, 1.0):
            assert share.se is None or share.se > 0.0
            assert share.low is not None
            assert share.high is not None
            assert share.low < share.high
        for end in (share.low, share.high):
            assert end is None or 0.0 <= end <= 1.0


def check_steadiness(found: Steadiness) -> None:
    """Hold what is said to average out, and of reaction, against the powers and shares."""
    check_figures(found.model_dump())
    lines = steadiness_answer.verdicts(found)
    for fall, line in zip(found.falls, lines, strict=False):
        power = fall.power
        assert steadiness_answer.WORDS[fall.part] in line.lower()
        assert f"to {fall.until}" in line
        if power.low is None or power.high is None or (power.low < -0.4 and power.high > -0.1):
            assert "do not tell" in line or (power.high or 0.0) - (power.low or 0.0) <= 0.3
        elif "not average out" in line:
            assert power.high > -0.1
        elif "out" in line:
            assert power.low < 0.0
    if "reaction" in found.active:
        share = next(part.share for part in found.rows[-1].parts if part.part == "reaction")
        told = lines[-1]
        apart = share.low is not None and share.high is not None and (share.low > 0.0 or share.high < 0.0)
        assert ("cannot be told from nothing" in told) == (not apart)
        assert not apart or (("adds" in told) == ((share.low or 0.0) > 0.0))
    for row in found.rows:
        if row.mean.estimate == 0.0:
            assert row.mean.se is None
            assert row.mean.high is not None
            assert row.mean.high > 0.0
            assert row.cv.estimate is None


@pytest.mark.parametrize("seed", range(QUICK))
def test_what_luck_says_is_true_of_it(seed: int) -> None:
    check_luck(luck(a_scenario(seed), replications=128))


@pytest.mark.parametrize("seed", range(QUICK))
def test_what_steadiness_says_is_true_of_it(seed: int) -> None:
    check_steadiness(steadiness(a_scenario(seed), replications=256))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(QUICK, LONG))
def test_what_luck_and_steadiness_say_is_true_in_many(seed: int) -> None:
    given = a_scenario(seed)
    check_luck(luck(given, replications=128))
    check_steadiness(steadiness(given, replications=256))


def check_breakeven(found: Breakeven) -> None:
    """Hold who is said to be ahead, where, and what is not told apart, against the values that were looked at."""
    check_figures(found.model_dump())
    judged = [each for each in found.evaluations if each.judged]
    leaders = {each.ahead for each in judged if each.ahead is not None}
    said = found.sentence
    if "are too few to tell" in said:
        assert found.replications < 8
        return
    assert ("their worlds are equal to the cent" in said) == bool(found.exactly_tied or found.verdict == "same")
    assert (" tie at " in said) == bool(found.roots)
    for root in found.roots:
        below = [each for each in found.evaluations if each.value <= root.low and each.ahead == root.ahead_below]
        above = [each for each in found.evaluations if each.value >= root.high and each.ahead == root.ahead_above]
        assert below
        assert above
        assert root.low <= root.value <= root.high
    if "over the whole range" in said:
        assert leaders == {found.ahead}
        assert all(each.ahead == found.ahead for each in judged)
    if "not told apart at any of" in said:
        assert not leaders
    if "no crossing is shown" in said and found.ahead is not None:
        assert leaders == {found.ahead}
    clear = re.search(r"at (\d+) of (\d+) values looked at", said)
    if clear is not None:
        assert int(clear[1]) == sum(each.ahead is not None for each in judged)
        assert int(clear[2]) == len(judged)


def breakeven_of(seed: int) -> Breakeven:
    """Return a search along the calls, of strategies that do the same, nearly the same, or something else."""
    dice = random.Random(seed)  # noqa: S311 - scenarios, no secrets
    changes = dice.choice(
        [{"activity": {"slope": 0.5, "max": 2}}, {"wins": {"slope": -0.3}}, {"wins": {"slope": 1e-9}}]
    )
    strategies = {"push": {"drives": {"urge": {"signals": {"dry_spell": 1}, "changes": changes}}}, "process": {}}
    small = {"calendar": {"hours_per_day": 1, "days_per_week": 2}, "horizon": {"weeks": 13}, "team": {"reps": 2}}
    quota = {"per": "quarter", "amount": dice.choice([1, 3000, 10**6])}
    given = validate(scenario(**small, strategies=strategies, quota=quota, funnel=funnel({"rate": 0.4}, {"rate": 1})))
    metric = dice.choice(["revenue", "p_quota"])
    return breakeven(given, {"plan.calls_per_week": (1, 12)}, strategies=["process", "push"], metric=metric,
                     replications=dice.choice([5, 8, 40, 200]), threads=1)  # fmt: skip


@pytest.mark.parametrize("seed", range(QUICK))
def test_what_breakeven_says_is_true_of_it(seed: int) -> None:
    check_breakeven(breakeven_of(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(QUICK, LONG))
def test_what_breakeven_says_is_true_in_many(seed: int) -> None:
    check_breakeven(breakeven_of(seed))


def check_rules(found: Rules) -> None:
    """Hold who is said to gain by coaching, and what only looks so, against the gains."""
    check_figures(found.model_dump())
    rows = {row.rule: row for row in found.rows}
    said = " ".join(found.words)
    ahead, best = rows["process"].over_result, rows["oracle"].gain
    assert ahead is not None
    assert best is not None
    assert ("process brings more than coaching the result" in said) == ((ahead.low or 0.0) > 0.0)
    assert ("result brings more than coaching the process" in said) == ((ahead.high or 0.0) < 0.0)
    assert "tied" not in said or (ahead.low or 0.0) <= 0.0 <= (ahead.high or 0.0)
    assert ("loses by coaching" in said) == ((best.high or 0.0) < 0.0)
    assert "cannot be told from nothing here" not in said or (best.low or 0.0) <= 0.0
    if "of what would be gained" in said:
        assert (best.low or 0.0) > 0.0
        assert ((rows["process"].gain or best).low or 0.0) > 0.0
    for line in found.words:
        if "looks as if it changed" in line:
            looks = rows["result" if "lowest results" in line else "random"].looks
            assert looks is not None
            assert (looks.illusion.low or 0.0) > 0.0 or (looks.illusion.high or 0.0) < 0.0


def rules_of(seed: int) -> Rules:
    """Return what rules of coaching come to, of habits that matter, hardly matter, or cannot be mended."""
    dice = random.Random(seed)  # noqa: S311 - scenarios, no secrets
    habit = {"factor": dice.choice([0.1, 0.9]), "at_start": 0.5, "yearly": dice.choice([0.0, 0.9])}
    manager = {"slots": 1, "repair": dice.choice([0.0, 0.5, 1.0]), "window_weeks": 4}
    small = {"calendar": {"hours_per_day": 2, "days_per_week": 2}, "horizon": {"weeks": 26}, "team": {"reps": 3}}
    steps = funnel({"rate": 0.4}, {"rate": 0.6, "habit": habit}, {"rate": dice.choice([0.5, 1e-6])})
    return compare_rules(validate(scenario(**small, manager=manager, funnel=steps)), replications=64, threads=1)


@pytest.mark.parametrize("seed", range(QUICK))
def test_what_rules_of_coaching_say_is_true_of_them(seed: int) -> None:
    check_rules(rules_of(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(QUICK, LONG))
def test_what_rules_of_coaching_say_is_true_in_many(seed: int) -> None:
    check_rules(rules_of(seed))


@pytest.mark.parametrize("weeks", [13, 5200])
def test_what_check_says_is_true_of_the_scenario(weeks: int) -> None:
    given = validate(scenario(horizon={"weeks": weeks}, run={"replications": 10_000, "seed": 1}))
    price, figures = cost(given, 1), assumptions(given)
    said = commented(price=price, threads=1, figures=figures, values=[], currency="USD").replace("\n# ", " ")
    assert ("needs --no-limit" in said) == (price.rep_weeks > LIMIT)
    assert f"{price.rep_weeks:,} rep-weeks" in said
    assert f"{sum(each.source is None for each in figures)} of {len(figures)} figures" in said
    assert "No closed form is known" in said


@pytest.mark.parametrize(("ratio", "low", "high"), [(3.0, 2.0, 4.0), (1.2, 0.9, 1.5), (0.5, 0.4, 0.6)])
def test_a_technique_is_advised_only_if_it_surely_gains(ratio: float, low: float, high: float) -> None:
    gain = variance_document.Gain(ratio=ratio, low=low, high=high)
    crude, other = (
        variance_document.TechniqueRow(
            technique=name, what="", refused=None, estimate=1.0, se=0.1, z=0.0, variance=1.0, microseconds=1.0,
            efficiency=each, exact=False, trusted=True, rate=None,
            verdict=variance._verdict(each, exact=False, own=each is None, trusted=True),
        )
        for name, each in (("crude", None), ("strata", gain))
    )  # fmt: skip
    best = variance.best_of([crude, other])
    assert (best.technique == "strata") == (low > 1.0)
    assert (f"{ratio:g} times as long" in variance._advice(best)) == (low > 1.0)
    assert ("no technique is surely better" in variance._advice(best)) == (low <= 1.0)


def test_sabotage_a_dismissal_that_never_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stood there before: never, of all that was not seen."""
    from rich.text import Text  # noqa: PLC0415

    found = luck(validate(scenario(quota={"per": "quarter", "amount": 1.0}, horizon={"weeks": 26})), replications=128)
    check_luck(found)
    monkeypatch.setattr(render_luck, "_pays", lambda _: Text("never"))
    unsure = Estimate(estimate=1.0, se=1.0, low=-1.0, high=3.0)
    assert found.dismissal is not None
    row = found.dismissal.rules[0].model_copy(update={"later_years": unsure})
    with pytest.raises(AssertionError):
        check_dismissal(row)


def test_sabotage_a_gain_of_nothing_that_is_not_known() -> None:
    found = rules_of(2)
    wrong = "Coaching the process brings more than coaching the result: much."
    assert rules_words.words_about(found, "USD") == found.words
    tied = found.model_copy(update={"words": [wrong]})
    rows = [row.model_copy(update={"over_result": row.over_result and row.over_result.model_copy(
        update={"low": -1.0, "high": 1.0, "estimate": 0.0})}) for row in tied.rows]  # fmt: skip
    with pytest.raises(AssertionError):
        check_rules(tied.model_copy(update={"rows": rows}))


def test_sabotage_a_mean_of_nothing_that_is_known_exactly() -> None:
    never = validate(scenario(funnel=funnel({"rate": 1e-12}), horizon={"weeks": 13}))
    found = steadiness(never, replications=256)
    check_steadiness(found)
    known = Estimate(estimate=0.0, se=0.0, low=0.0, high=0.0)
    rows = [row.model_copy(update={"mean": known}) for row in found.rows]
    with pytest.raises(AssertionError):
        check_steadiness(found.model_copy(update={"rows": rows}))
