"""The tables of luck and skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.studies.luck.document import (
    AgainstRow,
    Dismissal,
    DryRow,
    EvidenceRow,
    Luck,
    PairRow,
    RankingRow,
    ReachRow,
    Regression,
    Retest,
    RuleRow,
    RunRow,
    Skipped,
    Streaks,
    TenthRow,
    WeeksUntil,
    WeightPoint,
    WeightRow,
)
from simcore.tables.about import about
from simcore.tables.layout import Layout
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, WEEKS, Table

if TYPE_CHECKING:
    from simcore.studies.luck.document import Reliability


def _all(unit: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, unit)


MEASURES = Layout(WeightRow, ("measure",), _all(COUNT, "half_trials", "trials_per_week"), {"points", "until"})
WEIGHTS = Layout(WeightPoint, ("measure", "weeks"), _all(SHARE, "weight", "known", "exact", "reliability"))
UNTIL = Layout(WeeksUntil, ("measure", "weight"), _all(WEEKS, "weeks", "known"))
PAIRS = Layout(PairRow, ("horizon", "measure"), _all(SHARE, "ahead", "tied", "behind"))
_AGAINST = _all(SHARE, "ahead", "tied", "behind")
AGAINST = Layout(AgainstRow, ("horizon", "rep"), _AGAINST, ("name",))
AGAINST_BY_NAME = Layout(AgainstRow, ("horizon", "rep"), _AGAINST)
RANKINGS = Layout(RankingRow, ("horizon",), _all(SHARE, "luck", "overlap", "overlap_by_chance"))
_CORRELATIONS = _all(RATIO, "quarters", "quarters_exact", "half_years", "half_years_foretold")
RETEST = Layout(Retest, (), {**_CORRELATIONS, "quarters_for_80": "quarters"})
RUNS = Layout(
    RunRow, ("try", "without"), _all(COUNT, "tries", "mean", "q05", "q95", "differing", "simulated"), {"unit"}
)
_CHANCES = _all(SHARE, "exact", "differing", "simulated", "once_exact", "once_simulated")
DRY = Layout(DryRow, ("weeks",), {**_CHANCES, **_all(RATIO, "ratio_exact", "ratio")})
REACH = Layout(ReachRow, ("ratio",), {**_all(WEEKS, "weeks_exact", "weeks", "unsure_weeks"), "unsure_ratio": RATIO})
_NATS = _all("nats", "per_week", "per_week_exact")
_FOUND = _all(SHARE, "found_in_a_quarter", "found", "false_alarms")
EVIDENCE = Layout(EvidenceRow, ("measure",), {**_NATS, **_FOUND, **_all(WEEKS, "weeks_to_10", "later_by")})
STREAKS = Layout(Streaks, (), {"weeks": WEEKS, "drop_factor": RATIO}, {"runs", "dry", "reach", "evidence"})
TENTHS = Layout(TenthRow, ("who",), _all(MONEY, "before", "after", "change", "normal", "coached_by_lot"))
REGRESSION = Layout(Regression, (), {**_all(MONEY, "mean", "spread"), "correlation": RATIO}, {"tenths"})
_WHOM = _all(SHARE, "dismissed", "sound_dismissed", "weak_kept", "sound_among", "attainment")
RULES = Layout(RuleRow, ("rule",), {**_WHOM, **_all(MONEY, "first_year", "later_years"), "pays_after": WEEKS})
_LEVELS = _all(SHARE, "below", "weak_below", "weak", "ramp_start")
_TIMES = {"quarters": "quarters", **_all(WEEKS, "vacancy_weeks", "ramp_weeks")}
DISMISSAL = Layout(Dismissal, (), {**_LEVELS, **_TIMES, "quota": MONEY}, {"rules"})
SKIPPED = Layout(Skipped, ("part",))


_PARTS = ("reliability", "streaks", "regression", "dismissal", "people", "skipped")


def luck_tables(found: Luck) -> list[Table]:
    """Return all figures of luck and skill."""
    money, streaks, regression, dismissal = found.currency, found.streaks, found.regression, found.dismissal
    tenths = () if regression is None else regression.tenths
    rules = () if dismissal is None else dismissal.rules
    runs = () if streaks is None else streaks.runs
    dry, reach, evidence = ((), (), ()) if streaks is None else (streaks.dry, streaks.reach, streaks.evidence)
    against = AGAINST_BY_NAME if found.who_name else AGAINST
    return [
        about(found, without=(*_PARTS, *(() if found.who_name else ("who_name",)))),
        against.table("people", "The person who is asked about, against the others", found.people, money),
        *_reliability(found.reliability, money),
        STREAKS.table("streaks", "Streaks of a sound process", [streaks], money),
        RUNS.below("runs", "Longest run of failures", [((row.unit,), row) for row in runs], money),
        DRY.table("dry", "Weeks without a win, one after the other", dry, money),
        REACH.table("reach", "When dry weeks are evidence", reach, money),
        EVIDENCE.table("evidence", "How fast counts tell a drop", evidence, money),
        REGRESSION.table("regression", "Regression to the mean", [regression], money),
        TENTHS.table("tenths", "The worst and the best tenth, a quarter later", tenths, money),
        DISMISSAL.table("dismissal", "Dismissal on results", [dismissal], money),
        RULES.table("rules", "Whom rules dismiss", rules, money),
        SKIPPED.table("skipped", "What this scenario does not have", found.skipped, money),
    ]


def _reliability(found: Reliability | None, money: str) -> list[Table]:
    """Return how long until own results mean something; no rows where nobody differs."""
    weights = [] if found is None else found.weights
    points = [((row.measure,), point) for row in weights for point in row.points]
    until = [((row.measure,), level) for row in weights for level in row.until]
    return [
        MEASURES.table("measures", "How long until own results mean something", weights, money),
        WEIGHTS.below("weights", "Weight of own results after some weeks", points, money),
        UNTIL.below("until", "Weeks until own results have a weight", until, money),
        PAIRS.table("pairs", "Two reps who differ", [] if found is None else found.pairs, money),
        RANKINGS.table("rankings", "Rankings by revenue", [] if found is None else found.rankings, money),
        RETEST.table("retest", "Two periods of the same reps", [None if found is None else found.retest], money),
    ]
