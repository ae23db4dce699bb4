"""What people type finds what they mean, and nothing else."""

from __future__ import annotations

import pytest

from simcore.glossary.lookup import hint, look_up, parts_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sd", "standard deviation"),
        ("CI", "confidence interval"),
        ("crn", "common random numbers"),
        ("CV", "coefficient of variation"),
        ("se", "standard error"),
        ("±", "give or take"),
        ("+-", "give or take"),
        ("Give  or Take", "give or take"),
        ("replications", "world"),
        ("strategies", "strategy"),
        ("warmup", "warm-up"),
        ("warm up", "warm-up"),
        ("regression-to-the-mean", "regression to the mean"),
        ("shapley", "Shapley value"),
        ("not told apart", "tied"),
        ("worst 5% of worlds", "worst 5 % of worlds"),
        ("q95:year", "quantile"),
        ("p_zero:6w", "p_zero"),
        ("not_reached", "NOT_REACHED"),
        ("processes", "process"),
    ],
)
def test_words(typed: str, meant: str) -> None:
    assert [word.name for word in look_up(typed).words] == [meant]


def test_techniques_together() -> None:
    assert [word.name for word in look_up("conditional + sobol").words] == ["conditional", "sobol"]
    assert not look_up("conditional+nonsense")


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("team.reps", ["team.reps"]),
        ("TEAM.Reps", ["team.reps"]),
        ("funnel.meetings.rate.mean", ["funnel.STAGE.rate.mean"]),
        ("funnel.first talks.rate.mean", ["funnel.STAGE.rate.mean"]),
        ("rate.mean", ["funnel.STAGE.rate.mean"]),
        ("rep_cv", ["funnel.STAGE.rate.rep_cv"]),
        ("rep-cv", ["funnel.STAGE.rate.rep_cv"]),
        ("slot", ["manager.slots"]),
        ("slots", ["manager.slots"]),
        ("p90", ["funnel.STAGE.lag.p90", "funnel.STAGE.lost_lag.p90", "referrals.lag.p90"]),
        ("start.open.1.count", ["start.open.N.count"]),
        ("changes.activity.slope", ["strategies.NAME.drives.DRIVE.changes.CHANNEL.slope"]),
        ("pull_forward.slope", ["strategies.NAME.drives.DRIVE.changes.pull_forward.slope"]),
        (
            "strategies.a.drives.b.changes.pull_forward.reach",
            ["strategies.NAME.drives.DRIVE.changes.pull_forward.reach"],
        ),
        ("strategies.pressure", ["strategies.NAME.source", "strategies.NAME.decides", "strategies.NAME.drives"]),
    ],
)
def test_keys(typed: str, paths: list[str]) -> None:
    assert [key.path for key in look_up(typed).keys] == paths


@pytest.mark.parametrize(
    "typed", ["", " ", ".", "..", "team.", ".reps", "teem.reps", "start.open.x.count", "x" * 10**6, "+", "no such"]
)
def test_what_names_nothing(typed: str) -> None:
    assert not look_up(typed)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("replicatoin", "did you mean replication?"),
        ("teem.reps", "did you mean team.reps?"),
        ("calls_per_wek", "did you mean calls_per_week?"),
        ("zzzzzz", None),
    ],
)
def test_hints(typed: str, told: str | None) -> None:
    assert hint(typed) == told


def test_the_keys_of_a_part() -> None:
    (deal,) = look_up("deal").keys
    names = [key.path for key in parts_of(deal)]
    assert names[0] == "deal.source"
    assert {"deal.fixed", "deal.mean", "deal.values", "deal.currency"} <= {*names}
    (open_items,) = look_up("start.open").keys
    assert "start.open.N.due" in [key.path for key in parts_of(open_items)]
