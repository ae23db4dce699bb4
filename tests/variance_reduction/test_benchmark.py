"""The benchmark of variance reduction: on every shipped scenario all techniques agree, and what it says is so."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.base.errors import ScenarioError
from simcore.engine.runner import Progress, StoppedError
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.scenario_file import load_scenario
from simcore.scenario_files.shipped import shipped
from simcore.variance_reduction import benchmark as module
from simcore.variance_reduction.benchmark import bench_variance
from simcore.variance_reduction.document import TechniqueRow, VarianceBench
from simcore.variance_reduction.techniques import Batch, Case, Technique, draw
from tests.support.scenario_cases import scenario

FAR = 5.5
"""Standard errors at which a row fails: with some 400 rows a right engine does so with a chance of 2e-5."""
NAMES = [name for name, _ in shipped()]
QUOTA = {"per": "quarter", "amount": 31_000}
STEADY = validate(scenario(horizon={"weeks": 13}, quota=QUOTA))
DEAR = "sobol"


@pytest.fixture(autouse=True)
def _stated_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a world cost the same by every technique but one: no verdict may hang on how busy this machine is."""

    def stated(case: Case, technique: Technique, number: int, batch: int, n: int) -> Batch:
        done = draw(case, technique, number, batch, n)
        assert done.seconds > 0.0
        return done._replace(seconds=1e-6 * done.replications * (100.0 if technique.name == DEAR else 1.0))

    monkeypatch.setattr(module, "draw", stated)


def row(found: VarianceBench, name: str) -> TechniqueRow:
    return next(each for each in found.rows if each.technique == name)


def small(name: str) -> Scenario:
    """Return a shipped scenario with two reps, and no more weeks than a quarter and its warm-up."""
    given = load_scenario(name)
    weeks = min(13, given.horizon.weeks)
    warmup = min(13, given.horizon.warmup_weeks)
    changes = {"team.reps": min(2, given.team.reps), "horizon.weeks": weeks, "horizon.warmup_weeks": warmup}
    return load_scenario(name, [f"{path}={value}" for path, value in changes.items()])


def metrics_of(given: Scenario) -> list[str]:
    """Return the metrics of which techniques are tried on a shipped scenario."""
    metrics = ["revenue", "p_zero:4w", "q50:week"]
    if given.quota is not None and given.quota.per != "year" and given.horizon.weeks >= 13:
        metrics += ["p_quota", "p_quota_team"]
    return metrics


LONGER = {"late-surprise", "check-too-dear", "hockey-stick", "tampering"}
"""Scenarios whose teams react, and which take seven processor seconds and more each; others react, too."""


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, id=name, marks=[pytest.mark.long] if name in LONGER else [])
        for number, name in enumerate(NAMES)
    ],
)
def test_all_techniques_agree_on_every_shipped_scenario(number: int) -> None:
    """Revenue and another metric, that goes round; the long test has all."""
    given = small(NAMES[number])
    first, *others = metrics_of(given)
    agree(given, [first, others[number % len(others)]])


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_all_techniques_agree_on_every_shipped_scenario_and_metric(name: str) -> None:
    given = small(name)
    agree(given, metrics_of(given))


def agree(given: Scenario, metrics: list[str]) -> None:
    """Check that all techniques say the same of each metric, and of a difference of revenue."""
    for metric in metrics:
        found = bench_variance(given, metric, batch=256, batches=4)
        for each in found.rows:
            assert each.z is None or abs(each.z) < FAR, f"{metric}: {each}"
            if each.exact and found.reference_is == "exact":
                assert each.estimate == pytest.approx(found.reference, rel=1e-9), f"{metric}: {each}"
    others = [other for other in given.strategies if other != given.run.strategy]
    if others:
        found = bench_variance(given, "revenue", strategies=[others[0], given.run.strategy], batch=256, batches=4)
        for each in found.rows:
            assert each.z is None or abs(each.z) < FAR, str(each)


def test_what_is_exact_helps_or_hurts_is_said() -> None:
    revenue = bench_variance(STEADY, "revenue:quarter", batch=512, batches=6)
    assert revenue.reference_is == "exact"
    assert {row(revenue, name).verdict for name in ("controls", "conditional + controls")} == {"exact"}
    assert "no variance is left" in revenue.advice
    quota = bench_variance(STEADY, "p_quota", batch=512, batches=6)
    best = row(quota, quota.recommended)
    assert best.verdict == "helps"
    assert best.efficiency is not None
    assert best.efficiency.low > 5.0
    assert row(quota, DEAR).verdict == "hurts"
    assert row(quota, "shared worlds").refused is not None
    assert row(quota, "crude").rate is not None
    assert [each.verdict for each in quota.rows].count("crude") == 1


def test_the_variance_of_crude_is_computed_where_it_saw_nothing() -> None:
    found = bench_variance(validate(scenario()), "p_zero:6w", batch=512, batches=3)
    assert found.crude_variance_is == "computed"
    gain = row(found, "tilted").efficiency
    assert gain is not None
    assert gain.low > 1000.0
    assert found.reference == pytest.approx(0.96**360)
    assert row(found, "conditional").verdict == "helps"


def test_a_quantile_is_a_share_of_windows() -> None:
    found = bench_variance(STEADY, "q50:week", batch=256, batches=3)
    crude = row(found, "crude").estimate
    assert found.level is not None
    assert crude is not None
    assert 0.4 < crude < 0.7


def test_the_same_seed_gives_the_same_estimates() -> None:
    first, again = (bench_variance(STEADY, "p_quota", batch=256, batches=3) for _ in range(2))
    assert [each.estimate for each in first.rows] == [each.estimate for each in again.rows]
    other = bench_variance(STEADY, "p_quota", batch=256, batches=3, seed=5)
    assert row(other, "crude").estimate != row(first, "crude").estimate


def test_a_control_that_is_off_makes_its_technique_untrusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "chances", lambda *_, **__: [1.0, 0.21, 0.1, 0.04])
    found = bench_variance(STEADY, "p_quota", batch=512, batches=3)
    assert row(found, "controls").verdict == "untrusted"
    assert "controls" not in found.recommended


def test_progress_and_a_stop_that_keeps_what_is_done() -> None:
    seen: list[Progress] = []
    used = sum(row.refused is None for row in bench_variance(STEADY, "p_quota", batch=256, batches=3).rows)

    def stop() -> bool:
        # In the middle of the fifth round, which then is left out.
        return bool(seen) and seen[-1].done == 4 * used + 2

    found = bench_variance(STEADY, "p_quota", batch=256, batches=6, progress=seen.append, stop=stop)
    assert found.interrupted
    assert found.batches == 4
    assert seen[-1].total == 6 * used
    four = bench_variance(STEADY, "p_quota", batch=256, batches=4)
    assert [row.estimate for row in found.rows] == [row.estimate for row in four.rows]


def test_a_stop_before_three_rounds_is_heard_at_once() -> None:
    seen: list[Progress] = []
    with pytest.raises(StoppedError):
        bench_variance(STEADY, "p_quota", batch=256, progress=seen.append, stop=lambda: len(seen) > 1)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metric": "revenu"}, "revenu"),
        ({"metric": "p_zero:52w"}, "p_zero:year needs a whole year"),
        ({"metric": "sd:week"}, "a benchmark of techniques has no sd:week: it is no mean over worlds"),
        ({"batch": 300}, "power of two"),
        ({"batches": 2}, "3 .. 200"),
        ({"strategies": ["proces"]}, "got proces; allowed: process"),
        ({"strategies": ["process", "process"]}, "two strategies"),
    ],
)
def test_bad_input_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        bench_variance(STEADY, **({"metric": "p_quota"} | changes))
