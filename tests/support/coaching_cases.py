"""Table of small teams with bad habits and a manager: every rule and every place where a habit acts, a few per case.

The engine is compared with the twin on them. Habits are frequent and sessions many, so that a few weeks contain some of
each.
"""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.reactive_cases import MONTHLY, drive, playing
from tests.support.scenario_cases import (
    AGED_ITEMS,
    DEALS,
    LAGS,
    MARKET,
    NOISY,
    OPEN_ITEMS,
    RAMP,
    Scenario,
    chain,
    funnel,
    scenario,
)

RULES = ("nobody", "random", "result", "process", "oracle")
OFTEN: Scenario = {"factor": 0.5, "yearly": 0.999, "fade_weeks": 8, "at_start": 0.3}
FLEETING: Scenario = {"factor": 0.3, "yearly": 0.9999, "fade_weeks": 1}
FOR_EVER: Scenario = {"factor": 0.6, "yearly": 0.99}
FROM_THE_FIRST_DAY: Scenario = {"factor": 0.4, "at_start": 1}
NOTHING_LEFT: Scenario = {"factor": 0, "yearly": 0.99, "fade_weeks": 2.5, "at_start": 0.5}

TURNOVER: Scenario = {"yearly": 0.999, "vacancy_weeks": 2}
CHANGING: Scenario = {"reps": 4, "new": 2, "ramp": RAMP, "turnover": TURNOVER}
HABITS = funnel(
    {"habit": OFTEN}, {"habit": FOR_EVER, "lag": GAMMA_LAG}, {"habit": FROM_THE_FIRST_DAY, "lag": LOGNORMAL_LAG}
)
NOISY_HABITS = funnel(
    {"rate": NOISY, "habit": OFTEN, "lag": "3h"},
    {"rate": NOISY, "habit": FROM_THE_FIRST_DAY, "lag": TABLE_LAG},
    {"rate": NOISY, "habit": FOR_EVER, "lag": LOGNORMAL_LAG},
)
PARTED_HABITS = funnel(
    {"habit": OFTEN},
    {"rate": NOISY, "habit": FROM_THE_FIRST_DAY, "lag": "1w", "lost_lag": TABLE_LAG},
    {"habit": FOR_EVER, "lag": LOGNORMAL_LAG, "lost_lag": "2d"},
)
EIGHT = chain(
    [0.6, 0.9, {"mean": 0.8, "week_cv": 0.4}, 0.9, {"mean": 0.7, "rep_cv": 0.3}, 0.9, NOISY],
    s1={"lag": "1d", "habit": OFTEN},
    s2={"habit": FLEETING},
    s3={"habit": NOTHING_LEFT | {"yearly": 0.5}},
    s4={"lag": LOGNORMAL_LAG, "habit": FOR_EVER},
    s5={"lag": GAMMA_LAG, "habit": OFTEN | {"factor": 0.2}},
    s6={"lag": TABLE_LAG, "habit": OFTEN | {"factor": 0.9}},
    s7={"lag": LOGNORMAL_LAG, "habit": FROM_THE_FIRST_DAY},
)


def coached(rule: str, slots: int = 2, repair: float = 0.5, **more: object) -> Scenario:
    """Return a manager."""
    return {"rule": rule, "slots": slots, "repair": repair, **more}


def team(rule: str | None = None, **sections: object) -> Scenario:
    """Return four reps over ten weeks with habits on all steps, coached by a rule, with changes to sections."""
    plain = scenario(**{"team": {"reps": 4}, "horizon": {"weeks": 10}, "funnel": HABITS, **sections})
    return plain if rule is None else {"manager": coached(rule), **plain}


def reacting(decides: str, drives: Scenario, **sections: object) -> Scenario:
    """Return the same team with one strategy, under a manager who exerts pressure."""
    plain: Scenario = {
        "team": {"reps": 4},
        "horizon": {"weeks": 10},
        "funnel": HABITS,
        "manager": coached("result", pressure=1.5),
    }
    return playing(decides, drives, **plain | sections)


FEAR: Scenario = drive(
    {"coach": 0.8}, {"activity": {"slope": 0.4}, "meetings": {"slope": -0.2}, "wins": {"slope": -0.2}}
)
CLOSING: Scenario = drive(
    {"coach": 0.5, "behind": 0.4},
    {"pull_forward": {"slope": 0.5, "window": "2w", "reach": "4w", "discount": 0.2, "win_rate": 1.3}},
)

_PLACES: dict[str, Scenario] = {
    "a habit on the first step": team(funnel=funnel({"habit": OFTEN}), horizon={"weeks": 13}),
    "a habit on the last step": team(funnel=funnel({}, {}, {"habit": OFTEN, "lag": GAMMA_LAG})),
    "habits on two later steps": team("process", funnel=funnel({"lag": "2h"}, {"habit": FOR_EVER}, {"habit": OFTEN})),
    "two stages": team("oracle", funnel=chain([0.1], s1={"habit": OFTEN, "lag": "3d"})),
    "eight stages": team("process", funnel=EIGHT, plan={"calls_per_week": 100}),
    "eight stages, oracle": team("oracle", funnel=EIGHT, plan={"calls_per_week": 70})
    | {"market": {"sd": 0.4, "persistence": 0.5, "acts_on": ["s1", "s5", "s7"]}},
    "eight stages at random": team("random", funnel=EIGHT, manager=coached("random", slots=4, repair=1)),
    "habits of the last steps alone": team(
        "result", plan={"calls_per_week": 50}, funnel=chain([0.9] * 7, s5={"habit": OFTEN}, s6={"habit": NOTHING_LEFT})
    ),
    "nothing left": team(
        "oracle", funnel=funnel({"habit": NOTHING_LEFT}, {"habit": NOTHING_LEFT}, {"habit": OFTEN, "lag": "6d"})
    ),
    "fleeting habits": team(
        "process", funnel=funnel({"habit": FLEETING}, {"habit": FLEETING | {"at_start": 1, "fade_weeks": 1.25}})
    ),
    "habits from the first day": team(
        "process", funnel=funnel(*({"habit": FROM_THE_FIRST_DAY, "lag": "2d"} for _ in range(3)))
    ),
    "rates cut at one": team(
        "process",
        funnel=funnel(
            {"rate": {"mean": 0.9, "week_cv": 0.8}, "habit": OFTEN | {"factor": 0.8}},
            {"rate": {"mean": 1, "week_cv": 1.5}, "lag": "3d", "habit": OFTEN | {"factor": 0.7}},
            {"rate": 1, "habit": OFTEN},
        ),
    ),
    "rates above one half": team(
        "process",
        team={"reps": 2},
        plan={"calls_per_week": 1000},
        horizon={"weeks": 3},
        funnel=funnel({"rate": 0.7, "habit": FROM_THE_FIRST_DAY | {"factor": 0.9}}),
    ),
}

_RULES: dict[str, Scenario] = {
    **{f"rule {rule}": team(rule, funnel=NOISY_HABITS, horizon={"weeks": 13}) for rule in RULES},
    **{f"rule {rule}, people come and go": team(rule, team=CHANGING, horizon={"weeks": 14}) for rule in RULES},
    "as many sessions as seats": team(
        team=CHANGING | {"reps": 3}, manager=coached("result", slots=3, repair=1), funnel=NOISY_HABITS
    ),
    "one session, sure repair": team(manager=coached("process", slots=1, repair=1)),
    "sessions that repair nothing": team(manager=coached("oracle", slots=4, repair=0)),
    "a window of a week": team(manager=coached("process", window_weeks=1), plan={"calls_per_week": 9}),
    "the result of a week, all alike": team(
        manager=coached("result", slots=3, window_weeks=1), plan={"calls_per_week": 1}, team={"reps": 6}
    ),
    "a window longer than the run": team(manager=coached("result", window_weeks=520), deal=DEALS[3]),
    "a short window, people come and go": team(
        manager=coached("process", window_weeks=3), team=CHANGING | {"turnover": {"yearly": 0.9999}}
    ),
    "a manager who begins later": team(
        manager=coached("process", first_week=4), horizon={"weeks": 7, "warmup_weeks": 2}
    ),
    "a manager who begins after the end": team(manager=coached("oracle", first_week=10)),
    "a manager without habits": team("result", funnel=LAGS),
}

_WORLDS: dict[str, Scenario] = {
    "warm-up": team("process", horizon={"weeks": 8, "warmup_weeks": 5}, quota=MONTHLY),
    "warm-up, result": team("result", horizon={"weeks": 5, "warmup_weeks": 4}, team=CHANGING),
    "one week": team("process", horizon={"weeks": 1}),
    "open at the end": team(
        "oracle",
        horizon={"weeks": 4},
        funnel=[*HABITS[:2], HABITS[2] | {"lag": "3w"}, HABITS[3] | {"lag": {"median": "5w", "p90": "30w"}}],
    ),
    "caps": team(
        "process",
        funnel=funnel(
            {"cap": {"per_week": 6, "open": 9}, "lag": "1d", "habit": OFTEN},
            {"cap": {"per_week": 3, "open": 4}, "lag": GAMMA_LAG, "habit": FOR_EVER},
            {"lag": {"values": ["0h", "3w"]}, "habit": OFTEN},
        ),
    ),
    "lost otherwise": team("process", funnel=PARTED_HABITS, market=MARKET),
    "lost otherwise, open at the start": team("process", start={"open": OPEN_ITEMS}, funnel=PARTED_HABITS),
    "lost otherwise, open and waiting": team("process", start={"open": AGED_ITEMS}, funnel=PARTED_HABITS),
    "market and noise": team("process", funnel=NOISY_HABITS, market=MARKET, deal=DEALS[1]),
    "open at the start": team("result", start={"open": OPEN_ITEMS}, deal=DEALS[0]),
    "open at the start, process": team("process", start={"open": OPEN_ITEMS}, plan={"calls_per_week": 12}),
    "holidays": team(
        "process", calendar={"hours_per_day": 3, "days_per_week": 4, "holidays": [{"week": 2}, {"week": 5, "day": 1}]}
    ),
    "referrals": team(
        "result",
        referrals={"per_win": 0.8, "lag": {"values": ["0h", "1h", "2d"]}},
        funnel=funnel({"habit": OFTEN}, {"habit": OFTEN, "lag": GAMMA_LAG}, {"rate": 0.8, "habit": FOR_EVER}),
    ),
    "everything": team(
        calendar={"hours_per_day": 6, "days_per_week": 6, "holidays": [{"week": 2}, {"week": 5, "day": 6}]},
        horizon={"weeks": 20, "warmup_weeks": 5},
        team={"reps": 3, "new": 1, "ramp": RAMP, "turnover": {"yearly": 0.9, "vacancy_weeks": 2}},
        manager=coached("process", window_weeks=6, repair=0.7),
        plan={"calls_per_week": 111},
        funnel=chain(
            [NOISY, {"mean": 0.6, "rep_cv": 0.2}, {"mean": 0.7, "week_cv": 0.6}, 0.8],
            s1={"lag": LOGNORMAL_LAG, "cap": {"per_week": 25}, "habit": OFTEN},
            s2={"lag": GAMMA_LAG, "cap": {"open": 9}, "habit": NOTHING_LEFT},
            s3={"lag": TABLE_LAG, "habit": FLEETING},
            s4={"lag": {"median": "3w", "p90": "12w"}, "habit": FOR_EVER},
        ),
        market={"sd": 0.2, "persistence": 0.9, "acts_on": ["s1", "s3", "s4"]},
        deal=DEALS[0],
        quota={"per": "month", "amount": 1000},
        referrals={"per_win": 0.4, "lag": "2d"},
    ),
}

_REACTING: dict[str, Scenario] = {
    "fear by the hour": reacting("hour", {"fear": FEAR | {"memory": 0.97}}),
    "fear by the day": reacting("day", {"fear": FEAR}, team=CHANGING, horizon={"weeks": 6, "warmup_weeks": 3}),
    "fear by the week": reacting("week", {"fear": FEAR}, funnel=NOISY_HABITS),
    "pulls by the day": reacting(
        "day", {"closing": CLOSING}, quota=MONTHLY | {"amount": 30000}, plan={"calls_per_week": 120}
    ),
    "pulls and peers": reacting(
        "week",
        {"closing": CLOSING, "envy": drive({"peers": 2.0, "coach": 0.3}, {"activity": {"slope": 0.5}})},
        quota={"per": "month", "amount": 9000},
        manager=coached("result", slots=3, pressure=0.7, window_weeks=2),
        plan={"calls_per_week": 90},
    ),
    "haste by the hour, process": reacting(
        "hour",
        {
            "haste": drive(
                {"deadline": 0.6, "rejections": 0.2},
                {"meetings": {"slope": 0.9}, "opportunities": {"slope": -0.2}, "lag": {"slope": -0.2}},
            )
        },
        quota=MONTHLY,
        manager=coached("process", window_weeks=4),
        team=CHANGING,
    ),
    "everything, reacting": reacting(
        "day",
        {
            "many": drive(
                {"coach": 0.7, "dry_spell": 0.1, "surprise": -0.05, "overwork": 0.2, "ahead": -0.5},
                {
                    "activity": {"slope": 0.7},
                    "meetings": {"slope": 1.1},
                    "wins": {"slope": -0.2},
                    "referrals": {"slope": 1},
                },
                memory=0.9,
            ),
            "closing": CLOSING,
        },
        calendar={"holidays": [{"week": 2}, {"week": 4, "day": 5}]},
        referrals={"per_win": 0.5, "lag": {"median": "5d", "p90": "20d"}},
        quota=MONTHLY,
        start={"open": OPEN_ITEMS},
        funnel=NOISY_HABITS,
        market=MARKET,
        deal=DEALS[0],
        team={"reps": 3, "turnover": {"yearly": 0.99}, "ramp": RAMP},
    ),
}

COACHING: dict[str, Scenario] = _PLACES | _RULES | _WORLDS | _REACTING
"""Plain scenarios by name."""
