"""People by name: the engine against the twin, bare names against seats without, and known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simcore.engine.latent_rates import first_people
from simcore.random.philox import split_seed
from tests.support.both_engines import assert_agree, compiled, counts_of_engine, counts_of_twin, play
from tests.support.people_cases import PEOPLE, with_people
from tests.support.random_scenarios import scenarios
from tests.support.scenario_cases import CASES, RAMP, Scenario, scenario
from tests.support.statistical import check_mean, check_share, check_variance
from tests.support.uncompiled import engine
from tests.twin import simulate

SEED = 2026
DRIVE: Scenario = {
    "memory": 0.5, "signals": {"dry_spell": 0.2, "surprise": 0.1}, "level": [-2, 2],
    "changes": {"activity": {"slope": 0.5, "max": 2}},
}  # fmt: skip
ONE_STEP = [{"stage": "calls"}, {"stage": "wins", "rate": 0.002}]


def reacting(plain: Scenario, peers: float = 0.5) -> Scenario:
    """Return a scenario in which reps react to what they hear: of their quota, too, if there is one."""
    signals = DRIVE["signals"] | ({"behind": 1.0, "ahead": 0.1, "peers": peers} if plain.get("quota") else {})
    return plain | {"strategies": {"p": {"drives": {"u": DRIVE | {"signals": signals}}}}}


def agree(plain: Scenario, seed: int, replication: int) -> None:
    """Compare all counts of a replication, without a compiler."""
    program = engine().both.compiled(plain)
    played = engine().both.play(program, seed, replication, row=1)
    twin = counts_of_twin(simulate(plain, replication, seed), program.deals.unit)
    assert_agree(engine().both.counts_of_engine(played), twin)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("reacts", [False, True], ids=["steady", "reacting"])
def test_engine_and_twin_agree(name: str, reacts: bool) -> None:
    agree(reacting(PEOPLE[name]) if reacts else PEOPLE[name], SEED, 1)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(scenarios().flatmap(with_people), st.integers(0, 2**64 - 1), st.booleans())
def test_engine_and_twin_agree_on_random_people(plain: Scenario, seed: int, reacts: bool) -> None:
    # Who does not call hears nothing of calls.
    agree(reacting(plain) if reacts and plain["plan"]["calls_per_week"] > 0 else plain, seed, 3)


@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(scenarios().flatmap(with_people), st.integers(0, 2**64 - 1), st.booleans())
def test_engine_and_twin_agree_on_many_random_people(plain: Scenario, seed: int, reacts: bool) -> None:
    # Who does not call hears nothing of calls.
    agree(reacting(plain) if reacts and plain["plan"]["calls_per_week"] > 0 else plain, seed, 3)


def test_rows_and_threads_change_nothing() -> None:
    for plain in (PEOPLE["turnover of their own"], reacting(PEOPLE["dates"])):
        program = engine().both.compiled(plain)
        one, other = (engine().both.play(program, SEED, 253, 5, row=row, blocks=blocks) for row, blocks in
                      ((1, (5,)), (4, (2, 3))))  # fmt: skip
        assert_agree(engine().both.counts_of_engine(one), engine().both.counts_of_engine(other))


@pytest.mark.parametrize("name", ["everything", "quota a month", "turnover, vacancy and ramp", "new reps"])
@pytest.mark.parametrize("reacts", [False, True], ids=["steady", "reacting"])
def test_bare_names_are_seats(name: str, reacts: bool) -> None:
    plain = CASES[name]
    team = {key: value for key, value in plain["team"].items() if key not in ("reps", "new")}
    new = plain["team"].get("new", 0)
    # A rep who is new in week 0 is a person who started then.
    started = f"{-plain['horizon'].get('warmup_weeks', 0)}w"
    people = [{"name": f"P{seat}"} | ({"started": started} if seat < new else {})
              for seat in range(plain["team"]["reps"])]  # fmt: skip
    named = plain | {"team": team | {"people": people}}
    # Where people have dates, one's peers are the held seats alone.
    both = [reacting(each, 0.0 if new else 0.5) if reacts else each for each in (plain, named)]
    assert_agree(*(engine().counts(each, SEED, row=2, count=2) for each in both))


def test_what_one_person_has_moves_nobody_else() -> None:
    plain = PEOPLE["plans, rates and quotas"]
    people = plain["team"]["people"]
    bare = plain | {"team": {"people": [{"name": people[0]["name"]}, *people[1:]]}}
    weeks = [engine().counts(each, SEED)["rep-weeks"] for each in (plain, bare)]
    each = len(weeks[0]) // len(people)
    assert weeks[0][:each] != weeks[1][:each]
    assert weeks[0][each:] == weeks[1][each:]


def test_who_is_better_is_often_behind() -> None:
    """Known answers 1a and 1b: 25 % better, and behind in 24 of 100 quarters, in 1 of 100 times after four years."""
    people = [{"name": "Ann", "rates": {"wins": 0.0025}}, {"name": "Bo"}]
    plain = scenario(team={"people": people}, horizon={"weeks": 208}, plan={"calls_per_week": 500}, funnel=ONE_STEP)
    wins = play(compiled(plain), SEED, count=1500).detail.entered[..., 1]
    for weeks, known in ((13, (0.6947, 0.0620, 0.2433)), (52, (0.8767,)), (104, (0.9527,)), (208, (0.9915,))):
        of_ann, of_bo = (stats.binom.pmf(np.arange(1501), 500 * weeks, rate) for rate in (0.0025, 0.002))
        joint = np.outer(of_ann, of_bo)
        exact = (np.tril(joint, -1).sum(), np.trace(joint), np.triu(joint, 1).sum())
        assert exact[: len(known)] == pytest.approx(known, abs=6e-5)
        lead = wins[:, 0, :weeks].sum(axis=1) - wins[:, 1, :weeks].sum(axis=1)
        for who, hits, chance in zip(("ahead", "tied", "behind"), (lead > 0, lead == 0, lead < 0), exact, strict=True):
            check_share(f"{who} after {weeks} weeks", int(hits.sum()), len(hits), chance, detect=0.12)


def test_counts_move_a_rate_by_their_weight() -> None:
    """Known answer 1c: 10 of 20 at a rate of .2 with a spread of .25 make .2723, 20/83 of the way."""
    counted = {"wins": {"successes": 10, "trials": 20}}
    people = [{"name": "Ann", "rates": counted}, {"name": "Bo"}]
    funnel = [{"stage": "calls"}, {"stage": "wins", "rate": {"mean": 0.2, "rep_cv": 0.25}}]
    rates = first_people(compiled(scenario(team={"people": people}, funnel=funnel)), split_seed(SEED), 0, 4000).rates
    own, others = rates[:, 0, 1], rates[:, 1, 1]
    assert pytest.approx(0.2723, abs=5e-5) == 0.2 + 20 / 83 * (0.5 - 0.2)
    check_mean("own rate", own, 22.6 / 83, detect=0.008, sd=0.0486)
    check_variance("own rate", own, 0.0486**2, detect=0.25 * 0.0486**2)
    check_mean("rate of another", others, 0.2, detect=0.008, sd=0.05)
    # The same word, another quantile: who is good of all is good of those with such counts.
    bare = scenario(team={"people": [{"name": "Ann"}, {"name": "Bo"}]}, funnel=funnel)
    before = first_people(compiled(bare), split_seed(SEED), 0, 4000).rates[:, 0, 1]
    assert (np.argsort(before) == np.argsort(own)).all()


def test_a_ramp_that_began_before_the_run() -> None:
    """Known answer 1d: the full weeks of a quarter of who started 0, 4, 8 and 12 weeks before it."""
    full = [8.45, 10.90, 12.416667, 13.0]
    people = [{"name": f"P{weeks}", "started": f"{-weeks}w"} for weeks in (0, 4, 8, 12)]
    plain = scenario(
        team={"people": people, "ramp": {"weeks": 12, "start": 0.3}}, horizon={"weeks": 13},
        plan={"calls_per_week": 60000}, quota={"per": "quarter", "amount": 130000, "ramped": True},
        funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 1e-6}],
    )  # fmt: skip
    program = compiled(plain)
    assert program.quota.own[:, 0] / 1_000_000 == pytest.approx(full, abs=5e-5)
    calls = play(program, SEED).detail.entered[0, :, :, 0].sum(axis=1)
    assert calls / 60000 == pytest.approx(full, abs=5e-5)


def test_unlike_people_reach_unlike_quotas() -> None:
    """Known answer 1e: how many reach their quota is a Poisson-binomial number of binomial tails."""
    people = [
        {"name": "Ann", "rates": {"wins": 0.02}, "quota": 13000},
        {"name": "Bo", "calls_per_week": 80, "quota": 10000},
        {"name": "Chi", "quota": 0},
        {"name": "Dee", "share": 0.5},
    ]
    funnel = [{"stage": "calls"}, {"stage": "wins", "rate": 0.015}]
    quota = {"per": "quarter", "amount": 6000}
    plain = scenario(team={"people": people}, horizon={"weeks": 13}, funnel=funnel, quota=quota)
    tails = [stats.binom.sf(wins - 1, 13 * calls, rate) for wins, calls, rate in
             ((13, 60, 0.02), (10, 80, 0.015), (6, 30, 0.015))]  # fmt: skip
    played = play(compiled(plain), SEED, count=3000)
    counts = counts_of_engine(played)
    assert counts["quota periods"] == 3 * 3000
    cents = played.detail.cents[:, 0].sum(axis=2)
    hit = (cents >= 100 * np.array([13000, 10000, 1e12, 6000])).sum(axis=1)
    exact = np.ones(1)
    for tail in tails:
        exact = np.convolve(exact, [1 - tail, tail])
    assert counts["quota reached"] == hit.sum()
    for number, chance in enumerate(exact):
        check_share(f"{number} of three", int((hit == number).sum()), len(hit), chance, detect=0.09)


def test_nobody_has_a_quota_before_the_start_or_after_the_last_day() -> None:
    people = [{"name": "Ann", "starts": "14w"}, {"name": "Bo", "leaves": "13w"}, {"name": "Chi", "leaves": "14w"},
              {"name": "Dee", "leaves": "1w", "refill": True}]  # fmt: skip
    plain = scenario(
        team={"people": people, "ramp": RAMP}, horizon={"weeks": 39}, quota={"per": "quarter", "amount": 5}
    )
    own = compiled(plain).quota.own
    assert own.tolist() == [[0, 0, 500], [500, 0, 0], [500, 500, 0], [500, 500, 500]]
