"""What `check` lets pass is refused nowhere later; and chains of referrals that never end."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from simcore.analytic.expectations import expected
from simcore.analytic.run_cost import cost
from simcore.base.errors import ScenarioError
from simcore.cli.main import app
from simcore.engine import playable as engine
from simcore.engine.explosion import ExplodedError
from simcore.engine.playable import playable, refuse_unplayable, with_run_overrides
from simcore.engine.simulation import simulate
from simcore.program.layout import Program
from simcore.scenario.model import Scenario, validate
from simcore.scenario.referral_chains import RARE, endless, most_per_win
from simcore.scenario_files.scenario_file import dump_yaml
from tests.support.extreme_scenarios import extreme
from tests.support.scenario_cases import funnel, scenario

CHAIN: dict[str, Any] = {
    "team": {"reps": 1},
    "funnel": funnel({}, {"rate": 1.0, "cap": {"open": 12}}, {"rate": {"mean": 0.6, "rep_cv": 0.5}, "lag": "1w"}),
    "referrals": {"per_win": 1.0, "lag": "1w"},
}
"""Referrals need a rate above 1 / per_win to go on for ever; the file may state 1 at most."""


@pytest.mark.parametrize("rate", [5e-324, 1e-300, 1e-12])
def test_a_tiny_rate_is_played(rate: float) -> None:
    given = validate(scenario(funnel=funnel({"rate": rate})))
    refuse_unplayable(given)
    result = simulate(given, replications=2, threads=1)
    assert result.summary.size.rep_weeks > 0
    assert np.isfinite(playable(given).reaction.between_wins)


REFUSED = {
    "a spread that no table has": scenario(funnel=funnel({"rate": {"mean": 0.5, "rep_cv": 1e-9}})),
    "a spread beyond all numbers": scenario(funnel=funnel({"rate": {"mean": 1e-30, "rep_cv": 1e-300}})),
    "revenue beyond the counters": scenario(
        deal={"mean": 1e9, "cv": 0.5},
        plan={"calls_per_week": 60_000},
        funnel=funnel({"rate": 1}, {"rate": 1}, {"rate": 1}),
    ),
    "a precision that the run has not": scenario(run={"precision": {"p_quota": 0.01}}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_check_refuses_what_run_refuses_in_the_same_words(name: str, tmp_path: Path) -> None:
    file = tmp_path / "refused.yaml"
    file.write_text(dump_yaml(validate(REFUSED[name])), encoding="utf-8")
    checked, ran = (CliRunner().invoke(app, [name, str(file)]) for name in ("check", "run"))
    assert (checked.exit_code, ran.exit_code) == (3, 3)
    assert checked.stderr == ran.stderr
    assert checked.stderr


def play(seed: int) -> bool:
    """Play a scenario that `check` lets pass; return whether it did, and was not stopped by what its strategy does."""
    try:
        given = validate(extreme(seed))
        refuse_unplayable(given)
    except ScenarioError:
        return False
    assert all(math.isfinite(value.value) for value in expected(given)), seed
    assert all(math.isfinite(figure) for figure in cost(given)), seed
    try:
        summary = simulate(given, replications=1, threads=1).summary
    except ExplodedError:
        assert given.strategy.drives or given.market is not None, seed
        return False
    text = summary.model_dump_json()
    assert "NaN" not in text, seed
    assert "Infinity" not in text, seed
    return True


def test_what_check_lets_pass_is_played() -> None:
    assert sum(play(seed) for seed in range(60)) > 20


@pytest.mark.long
def test_what_check_lets_pass_is_played_in_5000_scenarios() -> None:
    assert sum(play(seed) for seed in range(1000, 6000)) > 2000


def test_check_looks_at_every_strategy_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    right = engine.playable

    def noted(given: Scenario, **how: bool) -> Program:
        seen.append(given.run.strategy)
        return right(given, **how)

    monkeypatch.setattr(engine, "playable", noted)
    drive = {"signals": {"dry_spell": 1}, "changes": {"activity": {"slope": 1}}}
    strategies = {"process": {}, "push": {"drives": {"urge": drive}}}
    refuse_unplayable(validate(scenario(strategies=strategies)))
    assert seen == ["process", "push"]
    spread = funnel({"rate": {"mean": 0.5, "rep_cv": 1e-9}})
    with pytest.raises(ScenarioError) as told:
        refuse_unplayable(validate(scenario(strategies=strategies, funnel=spread)))
    assert len(told.value.problems) == 1


def test_sabotage_a_check_that_does_not_compile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine, "refuse_unplayable", lambda _: None)
    with pytest.raises(AssertionError):
        test_check_refuses_what_run_refuses_in_the_same_words("a spread that no table has", tmp_path)


def test_the_chance_of_an_endless_chain_is_that_of_drawn_reps() -> None:
    rng = np.random.default_rng(5)
    for per_win, steps in ((1.6, [(0.6, 0.5)]), (2.4, [(0.5, 0.0), (0.7, 0.4)]), (2.0, [(0.6, 0.3), (0.7, 0.3)])):
        gains = np.full(200_000, per_win)
        for mean, cv in steps:
            size = (1 - mean) / mean / cv**2 - 1 if cv else np.inf
            gains *= rng.beta(mean * size, (1 - mean) * size, len(gains)) if cv else mean
        seen = float((gains >= 1).mean())
        chance = endless(per_win, steps)
        if sum(cv > 0 for _, cv in steps) == 1:
            assert abs(chance - seen) < 6 * math.sqrt(seen * (1 - seen) / len(gains))
        else:
            assert seen <= chance < 10 * seen
        assert endless(most_per_win(steps), steps) <= RARE


def test_a_chain_that_never_ends_is_told_when_the_file_is_read() -> None:
    with pytest.raises(
        ScenarioError, match=r"never end for 5\d % of reps: their own rates .* make a win bring"
    ) as told:
        validate(scenario(**CHAIN | {"referrals": {"per_win": 1.6, "lag": "1w"}}))
    (problem,) = told.value.problems
    assert problem.path == "referrals.per_win"
    assert problem.allowed == "above 0 to 1"
    assert "a cap does not end" in str(problem)


def test_an_explosion_of_referrals_names_the_limit_that_was_met_and_the_reps_own_rates() -> None:
    # A cap does not end a chain; one of 12 open items as above would hold it up for a thousand years.
    wide = funnel({}, {"rate": 1.0, "cap": {"open": 10_000}}, CHAIN["funnel"][3])
    given = validate(scenario(**CHAIN | {"funnel": wide}))
    assert given.referrals is not None
    beyond = given.model_copy(update={"referrals": given.referrals.model_copy(update={"per_win": 1.6})})
    with pytest.raises(ExplodedError) as told:
        simulate(beyond, replications=30, threads=1)
    text = str(told.value)
    assert "a seat got more than 1,048,576 of them" in text
    assert "this rep's own rates make a win bring 1." in text
    assert "100" not in text.replace("1,048,576", "")


def test_a_run_overrides_replications_and_seed() -> None:
    given = validate(scenario())
    run = with_run_overrides(given, 7, 9)
    assert (run.run.replications, run.run.seed) == (7, 9)
    assert with_run_overrides(given, None, None) == given


@pytest.mark.parametrize(
    ("replications", "seed", "path"),
    [(0, None, "replications"), (2**40 + 1, None, "replications"), (None, 2**64, "seed"), (None, -1, "seed")],
)
def test_numbers_out_of_range_are_refused(replications: int | None, seed: int | None, path: str) -> None:
    with pytest.raises(ScenarioError, match=rf"run\.{path}: out of range"):
        with_run_overrides(validate(scenario()), replications, seed)
