"""The tables of coaching: which step to improve, what items are worth, and whom to coach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.studies.coach.item_values_document import AgeRow, ItemValue, Values
from simcore.studies.coach.leverage_document import Effect, HoursPlan, Leverage, LeverRow, Ranking
from simcore.studies.coach.rules_document import RuleRow, Rules
from simcore.tables.about import about, sentences
from simcore.tables.layout import LOW_HIGH, Beside, Layout
from simcore.tables.table import COUNT, MONEY, SHARE, WEEKS, Cell, Row, Table

if TYPE_CHECKING:
    from simcore.studies.coach.document import Coach

_MEASURES = {"revenue": MONEY, "revenue_origin": MONEY, "p_quota": SHARE}
_BESIDE = {"difference": LOW_HIGH, "gain": Beside(low="gain_low", high="gain_high")}


def _effect(unit: str, at: str = "") -> dict[str, str]:
    """Return the units of an effect on a figure; its closed form is a relative change, or one of a chance."""
    return {f"{at}difference": unit, f"{at}relative": SHARE, f"{at}exact": SHARE}


_EFFECTS = {key: of for name, unit in _MEASURES.items() for key, of in _effect(unit, f"{name}.").items()}
LEVERS = Layout(LeverRow, ("lever", "change"), {"clipped": COUNT, **_EFFECTS}, (), _BESIDE)
BASE = Layout(
    Leverage,
    (),
    {**_MEASURES, "reps": COUNT, "replications": COUNT},
    {"levers", "rankings", "hours", "sentences"},
)
RANKINGS = Layout(Ranking, ("change", "measure"), {"steps": COUNT})
HOURS = Layout(
    HoursPlan,
    (),
    {**dict.fromkeys(("hours", "lot", "looked_at", "tied"), COUNT), "fading": SHARE},
    {"steps", "effects", "exact_best", "best", "even", "over_even"},
)
_BY_STEP = ("does", "best_hours", "best_rate", "even_hours", "even_rate", "exact_best_hours")
ITEMS = Layout(ItemValue, ("item",), dict.fromkeys(("average", "one_more", "exact", "exact_in_run"), MONEY))
_CHANCES = dict.fromkeys(("still_open", "p_win", "p_win_soon", "grid_share"), SHARE)
_WORTH = dict.fromkeys(("value", "value_soon", "simulated_soon"), MONEY)
AGES = Layout(AgeRow, ("stage", "waiting_for", "age"), {**_CHANCES, **_WORTH, "age_weeks": WEEKS, "decision.*": WEEKS})
VALUES = Layout(
    Values,
    (),
    {"soon_weeks": WEEKS, "items_per_seat": COUNT, "market_lift": SHARE},
    {"items", "ages", "sentences"},
)
_GAINS = dict.fromkeys(("looks.*", "revenue", "gain", "over_result"), MONEY)
_SESSIONS = {"sessions": COUNT, "weeks_to_repair": WEEKS, **dict.fromkeys(("hits", "repaired", "afflicted"), SHARE)}
RULES = Layout(RuleRow, ("rule",), {**_GAINS, **_SESSIONS}, (), _BESIDE)
_SLOTS = {"slots": COUNT, "replications": COUNT, "repair": SHARE, "window_weeks": WEEKS, "looks_weeks": WEEKS}
COACHING = Layout(Rules, (), _SLOTS, {"rows", "words"})


def coach_tables(found: Coach) -> list[Table]:
    """Return all figures of coaching."""
    money, leverage, values, rules = found.currency, found.leverage, found.values, found.rules
    ages = [] if values is None else [((e.stage, e.waiting_for), row) for e in values.ages for row in e.rows]
    words = {
        "rules": [] if rules is None else rules.words,
        "leverage": leverage.sentences,
        "values": [] if values is None else values.sentences,
    }
    return [
        about(found, without=("leverage", "values", "rules")),
        COACHING.table("coaching", "How reps are coached", [rules], money),
        RULES.table("rules", "Whom to coach", [] if rules is None else rules.rows, money),
        BASE.table("base", "The process as it is", [leverage], money),
        LEVERS.table("levers", "Which step to improve", leverage.levers, money),
        RANKINGS.table("rankings", "Which rate does most", leverage.rankings, money),
        *_hours(leverage.hours, money),
        VALUES.table("values", "How items were valued", [values], money),
        ITEMS.table("items", "What an item is worth", [] if values is None else values.items, money),
        AGES.below("ages", "Open items by age", ages, money),
        sentences(words.items()),
    ]


def _hours(found: HoursPlan | None, money: str) -> list[Table]:
    """Return how coaching hours are given out; no rows where none were asked about."""
    effects = Layout(Effect, ("way",), _effect(_MEASURES["revenue" if found is None else found.measure]), (), _BESIDE)
    steps = [] if found is None else [_step(found, place) for place in range(len(found.steps))]
    ways = {}
    if found is not None:
        ways = {"best": found.best.effect, "even": found.even.effect, "over_even": found.over_even}
    told = [((way,), effect) for way, effect in ways.items()]
    return [
        HOURS.table("hours", "Coaching hours", [found], money),
        Table("hours_by_step", "Coaching hours for each step", ("step",), _BY_STEP, tuple(steps)),
        effects.below("hours_effects", "What the hours do, in fresh worlds", told, money),
    ]


def _step(found: HoursPlan, place: int) -> Row:
    exact = found.exact_best
    cells = (
        Cell(text=found.effects[place]),
        Cell(found.best.hours[place], COUNT),
        Cell(found.best.rates[place], SHARE),
        Cell(found.even.hours[place], COUNT),
        Cell(found.even.rates[place], SHARE),
        Cell() if exact is None else Cell(exact[place], COUNT),
    )
    return Row((found.steps[place],), cells)
