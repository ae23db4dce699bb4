"""The tables of a run."""

from __future__ import annotations

from simcore.results.summary import (
    AssumptionRow,
    AveragingRow,
    ClippedRow,
    Ignorance,
    NeedsRow,
    OpenRow,
    PersonRow,
    Precision,
    PrecisionRow,
    QuotaRow,
    StageRow,
    Summary,
    TurnedAwayRow,
    Value,
)
from simcore.scenario.metric import parse_metric
from simcore.tables.about import about
from simcore.tables.layout import LOW_HIGH, Layout
from simcore.tables.table import COUNT, MONEY, RATIO, SHARE, Row, Table

_REVENUE = {"revenue.*": MONEY, "revenue.cv": SHARE, "revenue.p_zero": SHARE}
_FIRST_STEP = {"first_step.*": COUNT, "first_step.cv": SHARE}
FUNNEL = Layout(StageRow, ("stage",), {"per_rep_week": COUNT})
AVERAGING = Layout(AveragingRow, ("account", "horizon"), {"periods": COUNT, **_REVENUE, **_FIRST_STEP})
VALUE = Layout(Value, (), {"per_call": MONEY, "per_no": MONEY})
QUOTA = Layout(QuotaRow, ("period",), {"amount": MONEY, "p_hit": SHARE, "p_hit_team": SHARE})
IGNORANCE = Layout(
    Ignorance, (), {"worlds": COUNT, "share": SHARE, "sd": MONEY, "p_hit_sd": SHARE, "p_hit_team_sd": SHARE}
)
_OF_PERSON = {"revenue": MONEY, "p_hit": SHARE}
PEOPLE, BY_NAME = Layout(PersonRow, ("rep",), _OF_PERSON, ("name",)), Layout(PersonRow, ("rep",), _OF_PERSON)
OPEN = Layout(OpenRow, ("stage",), {"per_rep": COUNT})
TURNED_AWAY = Layout(TurnedAwayRow, ("stage",), {"per_rep_week": COUNT})
NEEDS = Layout(
    NeedsRow,
    ("stage",),
    {
        **dict.fromkeys(("promised", "won", "surprises", "disqualified", "late_losses", "other_losses"), SHARE),
        "check_calls": COUNT,
    },
)
CLIPPED = Layout(ClippedRow, ("what",), {"count": COUNT})
ASSUMPTIONS = Layout(AssumptionRow, ("path",))
_OWN = {"rep_weeks": COUNT, "calls": COUNT, "quantile_error_bound": RATIO}
_PARTS = frozenset(
    {
        *("precision", "funnel", "averaging", "value", "quota", "ignorance", "open_at_end", "turned_away", "clipped"),
        *("needs", "people"),
    }
)


def run_tables(found: Summary) -> list[Table]:
    """Return all figures of a run."""
    money, accounts = found.currency, {"close": found.averaging.close, "origin": found.averaging.origin}
    pyramid = [((account,), row) for account, rows in accounts.items() for row in rows]
    return [
        about(found, _OWN, without=(*_PARTS, "assumptions")),
        *precision_tables(found.precision, money),
        FUNNEL.table("funnel", "Items of a rep in a week", found.funnel, money),
        AVERAGING.below("averaging", "Results of a rep in a period", pyramid, money),
        VALUE.table("value", 'What a call is worth, and a "no"', [found.value], money),
        QUOTA.table("quota", "Chance of quota in a period", [found.quota], money),
        (BY_NAME if any(row.name for row in found.people) else PEOPLE).table(
            "people", "What each person's seat brings in 52 weeks", found.people, money
        ),
        IGNORANCE.table("ignorance", "What is not known exactly leaves open", [found.ignorance], money),
        OPEN.table("open", "Open after the last week, per rep", found.open_at_end, money),
        TURNED_AWAY.table("turned_away", "Turned away by a cap, per rep and week", found.turned_away, money),
        NEEDS.table("needs", "How deals end that need something", [found.needs], money),
        CLIPPED.table("clipped", "Limits of the model that were hit", found.clipped, money),
        ASSUMPTIONS.table("assumptions", "Figures of the scenario", found.assumptions, money),
    ]


_STOPPING = Layout(Precision, (), {"looks": COUNT}, {"rows"})
_REPLICATIONS = dict.fromkeys(("needed", "crude", "worlds"), COUNT)


def precision_tables(found: Precision | None, currency: str) -> list[Table]:
    """Return what precisions were asked for, and what was reached; no rows without any."""
    asked = [] if found is None else found.rows
    rows = tuple(Row((row.metric, row.strategy or ""), _precision(row).cells(row, currency)) for row in asked)
    empty = _precision(None)
    return [
        Table("precision", "Precision, asked for and reached", empty.keys, empty.figures(), rows),
        _STOPPING.table("stopping", "What ended the run", [found], currency),
    ]


def _precision(row: PrecisionRow | None) -> Layout:
    """Return the layout of a row: what its figures are depends on its metric."""
    unit = SHARE if row is None else metric_unit(row.metric)
    width = RATIO if row is None or row.relative else unit
    units = {"estimate": unit, "wanted": width, "reached": width, "confidence": SHARE, **_REPLICATIONS}
    return Layout(PrecisionRow, ("metric", "strategy"), units, (), {"estimate": LOW_HIGH})


def metric_unit(metric: str) -> str:
    """Return the unit of a metric.

    Examples
    --------
    >>> metric_unit("sd:week"), metric_unit("cv:week"), metric_unit("p_quota")
    ('money', 'share', 'share')
    """
    return MONEY if parse_metric(metric).is_money else SHARE
