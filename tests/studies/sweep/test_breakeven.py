"""Breakeven: the place where two strategies tie, in worlds with a known difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from simcore.base.errors import ScenarioError
from simcore.scenario.model import FixedLag, Scenario
from simcore.statistics.intervals import Z975
from simcore.statistics.sign_change import SCAN
from simcore.studies.sweep import breakeven as breakevens
from simcore.studies.sweep import study as sweeps
from simcore.studies.sweep.breakeven import breakeven, sentence_of, two_strategies
from simcore.studies.sweep.document import NotToldApart
from tests.support.paired_worlds import Lead, two, worlds

if TYPE_CHECKING:
    from types import SimpleNamespace

    from simcore.engine.runner import Progress
    from simcore.studies.sweep.document import Breakeven

PAIR = ["process", "pressure"]
RATE, REPS, CALLS, LAG = "funnel.wins.rate", "team.reps", "plan.calls_per_week", "funnel.wins.lag"


def rate_of(scenario: Scenario) -> float:
    rate = scenario.funnel[3].rate
    assert rate is not None
    return rate.mean


def along_rate(root: float) -> Lead:
    """Return a lead that changes its sign at a rate of wins."""
    return lambda scenario: 10_000.0 * (rate_of(scenario) - root)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Breakeven]:
    """Return `breakeven` in worlds with a given lead of pressure."""

    def search(
        lead: Lead,
        path: str = RATE,
        ends: tuple[float | str, float | str] = (0.1, 0.5),
        **call: Any,  # noqa: ANN401 - arguments of what is called
    ) -> Breakeven:
        monkeypatch.setattr(sweeps, "run_paired", worlds(lead, noise=call.pop("noise", 50.0)))
        return breakeven(two(), {path: ends}, **({"strategies": PAIR} | call))

    return search


def test_the_place_is_found_with_its_interval(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.3))
    (root,) = answer.roots
    # The mean of the noise moves it by up to about 50 / 16 / 10,000. The interval is 1.96 times as long each way, or
    # somewhat more, since its ends are values that are clear; they are looked for to a thousandth of the range.
    reach = Z975 * 50 / 16 / 10_000
    assert root.value == pytest.approx(0.3, abs=5e-4 * 2)
    assert 1.8 * reach < root.high - root.low < 2.6 * reach + 2 * 0.4 / 1024
    assert root.low < root.value < root.high
    assert answer.not_told_apart == []
    assert (root.ahead_below, root.ahead_above) == ("process", "pressure")
    assert answer.verdict == "crosses"
    assert answer.at_low is not None
    assert answer.at_high is not None
    assert answer.at_low.estimate == pytest.approx(-2000, abs=20)
    assert answer.at_high.estimate == pytest.approx(2000, abs=20)
    assert answer.sentence.startswith(f"process and pressure tie at funnel.wins.rate = {root.value:.4g} (95 % interval")
    assert "process is ahead below, pressure above" in answer.sentence
    assert [each.scan for each in answer.evaluations].count(True) == SCAN
    assert len(answer.evaluations) > SCAN
    assert not answer.interrupted


def test_the_second_strategy_is_compared_with_the_first(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.3), strategies=["pressure", "process"])
    (root,) = answer.roots
    assert (root.ahead_below, root.ahead_above) == ("process", "pressure")
    assert answer.at_low is not None
    assert answer.at_low.estimate == pytest.approx(2000, abs=20)


@pytest.mark.parametrize(("lead", "winner"), [(100.0, "pressure"), (-100.0, "process")])
def test_without_a_tie_the_answer_says_who_is_ahead(found: Callable[..., Breakeven], lead: float, winner: str) -> None:
    answer = found(lambda _: lead)
    assert (answer.roots, answer.verdict, answer.ahead) == ([], "ahead", winner)
    sentence = f"{winner} is ahead over the whole range, funnel.wins.rate from 0.1 to 0.5: at all 9 values looked at."
    assert answer.sentence == sentence
    assert len(answer.evaluations) == SCAN


def test_strategies_that_do_the_same_are_told_so(found: Callable[..., Breakeven]) -> None:
    answer = found(lambda _: 0.0, noise=0.0)
    assert (answer.roots, answer.verdict, answer.ahead) == ([], "same", None)
    assert "do exactly the same at all 9 values looked at, funnel.wins.rate from 0.1 to 0.5" in answer.sentence
    assert [(tie.low, tie.high) for tie in answer.exactly_tied] == [(0.1, 0.5)]


def test_equal_figures_of_unequal_worlds_are_not_the_same(found: Callable[..., Breakeven]) -> None:
    # As many reach quota under both, but they do not earn the same.
    answer = found(lambda _: 0.0, metric="p_quota")
    assert {each.difference.estimate for each in answer.evaluations} == {0.0}
    assert (answer.verdict, answer.exactly_tied) == ("unclear", [])
    assert "not told apart at any of 9 values looked at" in answer.sentence
    assert "with 256 replications" in answer.sentence
    assert "same" not in answer.sentence


def test_differences_within_the_noise_are_not_told_apart(found: Callable[..., Breakeven]) -> None:
    answer = found(lambda scenario: rate_of(scenario) - 0.3, noise=1000.0)
    assert (answer.verdict, answer.ahead) == ("unclear", None)
    (gap,) = answer.not_told_apart
    assert (gap.low, gap.high, gap.ahead_below, gap.ahead_above) == (0.1, 0.5, None, None)
    assert "if there is one it may lie anywhere there" in answer.sentence


def test_what_is_clear_is_told_apart_from_what_is_not(found: Callable[..., Breakeven]) -> None:
    answer = found(lambda scenario: max(0.0, 10_000.0 * (rate_of(scenario) - 0.32)), noise=50.0)
    assert (answer.roots, answer.verdict, answer.ahead) == ([], "partly", "pressure")
    judged = [each for each in answer.evaluations if each.judged]
    clear = [each.value for each in judged if each.ahead == "pressure"]
    (gap,) = answer.not_told_apart
    assert (gap.low, gap.high, gap.ahead_below, gap.ahead_above) == (0.1, min(clear), None, "pressure")
    assert 0.32 < gap.high < 0.35
    assert f"pressure is ahead at {len(clear)} of {len(judged)} values looked at" in answer.sentence
    assert f"not told apart between 0.1 and {gap.high:.4g}, with 256 replications: if there is" in answer.sentence


def test_equal_worlds_beside_clear_ones_are_told(found: Callable[..., Breakeven]) -> None:
    answer = found(lambda scenario: max(0.0, 10_000.0 * (rate_of(scenario) - 0.32)), noise=0.0)
    (tie,) = answer.exactly_tied
    assert (tie.low, tie.high) == pytest.approx((0.1, 0.3))
    assert "do exactly the same at every value looked at from 0.1 to 0.3" in answer.sentence


def test_of_few_replications_nothing_is_told(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.3), replications=7)
    assert (answer.roots, answer.verdict) == ([], "unclear")
    assert (
        answer.sentence == "7 replications are too few to tell process and pressure apart anywhere; 8 are the fewest."
    )
    assert len(found(along_rate(0.3), replications=8).roots) == 1


def test_two_places_are_both_told(found: Callable[..., Breakeven]) -> None:
    answer = found(lambda scenario: 1e5 * (rate_of(scenario) - 0.18) * (rate_of(scenario) - 0.42))
    first, second = answer.roots
    assert [first.value, second.value] == pytest.approx([0.18, 0.42], abs=0.002)
    assert (first.ahead_below, second.ahead_below) == ("pressure", "process")
    assert answer.sentence.count("95 % interval") == 2


def test_where_one_side_is_not_clear_no_crossing_is_told(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.12), noise=5000.0)
    assert (answer.roots, answer.verdict, answer.ahead) == ([], "partly", "pressure")
    (gap,) = answer.not_told_apart
    assert (gap.low, gap.ahead_below, gap.ahead_above) == (0.1, None, "pressure")
    assert gap.high > 0.12


@pytest.mark.parametrize(("path", "ends", "tie"), [(REPS, (2, 40), 17.5), (CALLS, (100, 1000), 333.5)])
def test_whole_numbers_stay_whole(
    found: Callable[..., Breakeven], path: str, ends: tuple[float, float], tie: float
) -> None:
    def lead(scenario: Scenario) -> float:
        return 20.0 * ((scenario.team.reps if path == REPS else scenario.plan.calls_per_week) - tie)

    answer = found(lead, path, ends, noise=10.0)
    assert answer.whole
    assert all(each.value == round(each.value) for each in answer.evaluations)
    (root,) = answer.roots
    assert (root.low, root.value, root.high) == (tie - 0.5, tie + 0.5, tie + 0.5)
    assert f"= {round(tie + 0.5)} (" in answer.sentence


def test_durations_keep_their_unit(found: Callable[..., Breakeven]) -> None:
    def lead(scenario: Scenario) -> float:
        lag = scenario.funnel[3].lag
        assert isinstance(lag, FixedLag)
        assert lag.fixed.unit == "d"
        return 100.0 * (lag.fixed.amount - 12.5)

    answer = found(lead, LAG, ("5d", "20d"))
    (root,) = answer.roots
    assert root.value == pytest.approx(12.5, abs=0.1)
    assert (answer.unit, answer.low, answer.high) == ("d", 5.0, 20.0)
    assert f"= {root.value:.4g}d (95 % interval {root.low:.4g}d to" in answer.sentence


def test_the_chance_of_quota_can_tie(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.3), metric="p_quota", noise=0.0, ends=(0.1, 0.5))
    (root,) = answer.roots
    # Two reps and four quarters: chances come in eighths, the middle one is that from 0.3 -+ 1/160.
    assert root.low == pytest.approx(0.3 - 1 / 160, abs=0.001)
    assert root.high == pytest.approx(0.3 + 1 / 160, abs=0.001)
    assert root.low <= root.value <= root.high
    assert answer.metric == "p_quota"


def test_the_search_is_the_same_every_time(found: Callable[..., Breakeven]) -> None:
    first, second = (found(along_rate(0.3)).model_dump(exclude={"seconds"}) for _ in range(2))
    assert first == second
    assert found(along_rate(0.3), seed=6).roots != found(along_rate(0.3)).roots


def test_a_search_that_is_stopped_tells_what_it_found(found: Callable[..., Breakeven]) -> None:
    told: list[Progress] = []
    answer = found(along_rate(0.3), stop=lambda: True, progress=told.append)
    assert answer.interrupted
    assert answer.roots == []
    assert answer.verdict is None
    assert answer.sentence.startswith("Interrupted after 0 values looked at")
    assert told[-1].done == 16 * 256
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    answer = found(along_rate(0.3), stop=stop)
    assert answer.interrupted
    assert len(answer.evaluations) == SCAN + 4
    assert [round(root.value, 2) for root in answer.roots] == [0.3]
    assert answer.at_low is not None


def test_at_most_sixteen_programs_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    play = worlds(along_rate(0.3))

    def noted(scenarios: list[Scenario], **call: Any) -> SimpleNamespace:  # noqa: ANN401 - arguments of what is called
        sizes.append(len(scenarios))
        return play(scenarios, **call)

    monkeypatch.setattr(sweeps, "run_paired", noted)
    breakeven(two(), {RATE: (0.1, 0.5)}, strategies=PAIR)
    assert sizes[:2] == [16, 2]
    assert set(sizes[2:]) == {2, 4}  # both ends of an interval at once, then the value
    assert sum(sizes) <= 2 * breakevens.EXPECTED


@pytest.mark.parametrize(
    ("path", "ends", "call", "words"),
    [
        (RATE, (0.1, 1.5), {}, "out of range, got 1.5"),
        ("funnel.wns.rate", (0.1, 0.5), {}, r"did you mean funnel\.wins\.rate"),
        (REPS, (1.5, 3), {}, "whole number"),
        ("run.seed", (1, 9), {}, "cannot be varied"),
        ("strategies.patience.drives", (1, 9), {}, "mapping"),
        (RATE, (0.1, 0.5), {"strategies": ["process", "presure"]}, "did you mean pressure"),
        (RATE, (0.1, 0.5), {"strategies": ["process", "process"]}, "named twice"),
        (RATE, (0.1, 0.5), {"strategies": []}, "name the two strategies.*process, pressure, patience"),
        (RATE, (0.1, 0.5), {"replications": 1}, "two replications"),
        ("horizon.weeks", (5, 10), {"metric": "p_quota"}, "p_quota needs a whole quarter"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    found: Callable[..., Breakeven], path: str, ends: tuple[float, float], call: dict[str, Any], words: str
) -> None:
    with pytest.raises(ScenarioError, match=words):
        found(along_rate(0.3), path, ends, **call)


def test_a_range_is_one_path_and_two_ends() -> None:
    with pytest.raises(ScenarioError, match="along one path"):
        breakeven(two(), {RATE: (0.1, 0.5), REPS: (1, 2)}, strategies=PAIR)
    with pytest.raises(ValueError, match="low end"):
        breakeven(two(), {RATE: (0.5, 0.1)}, strategies=PAIR)
    with pytest.raises(ValueError, match="got 3 values"):
        breakeven(two(), {RATE: (0.1, 0.2, 0.3)}, strategies=PAIR)  # type: ignore[dict-item]


def test_a_scenario_with_two_strategies_needs_no_names() -> None:
    assert two_strategies(two(strategies={"process": {}, "pressure": {}}), ()) == PAIR
    assert two_strategies(two(), ["patience", "process"]) == ["patience", "process"]


def test_a_sentence_fits_its_document(found: Callable[..., Breakeven]) -> None:
    answer = found(along_rate(0.3))
    assert sentence_of(answer) == answer.sentence
    (root,) = answer.roots
    assert "not told apart" not in answer.sentence
    gap = NotToldApart(low=0.4, high=0.5, ahead_below="pressure", ahead_above=None)
    more = sentence_of(answer.model_copy(update={"not_told_apart": [gap]}))
    assert more == f"{answer.sentence} They are not told apart between 0.4 and 0.5, with 256 replications."
    assert root.ahead_below == "process"


# With strategies that react, played by the engine.

PUSH = {
    "signals": {"behind": 4},
    "level": [0, 1],
    "changes": {"activity": {"slope": 1, "max": 2}, "wins": {"slope": -0.5}},
}


def reacting() -> Scenario:
    """Return a scenario in which pressure makes more calls when behind, and may win less of what comes of them."""
    strategies = {"process": {}, "pressure": {"drives": {"push": PUSH}}}
    return two(horizon={"weeks": 13}, strategies=strategies, run={"replications": 256, "seed": 5})


def test_strategies_that_react_tie_where_haste_costs_what_it_brings() -> None:
    slope = "strategies.pressure.drives.push.changes.wins.slope"
    answer = breakeven(reacting(), {slope: (-1, 0)})
    (root,) = answer.roots
    assert -1 < root.low < root.value < root.high < 0
    assert (root.ahead_below, root.ahead_above) == ("process", "pressure")
    assert answer.verdict == "crosses"
