"""Random scenarios with extreme but valid values that are quick to simulate."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, TypeVar

from simcore.scenario.signals import SIGNALS
from tests.support.scenario_cases import Scenario

T = TypeVar("T")

STAGES = ("dials", "talks", "meetings", "offers", "trials", "bids", "talks again", "deals")
PLAYED = 60_000
"""Maximum calls of a scenario, so that a replication takes milliseconds."""
LASTING = 3000
"""Maximum rep-weeks of a scenario."""

_RATES = (5e-324, 1e-300, 1e-30, 1e-12, 1e-9, 2.0**-33, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0 - 1e-12, 1.0 - 1e-16, 1.0)
_CVS = (1e-300, 1e-4, 0.01, 0.1, 0.3, 0.6, 0.9, 0.999)
"""As shares of the largest cv that a rate can have."""
_WEEK_CVS = (1e-300, 1e-6, 0.1, 1.0, 5.0)
_LAGS = ("0h", "0.4h", "1h", "1d", "1w", "40w", "260w")
_MONEY = (0.01, 0.02, 1, 123.45, 10_000, 1e6 + 0.01, 1e9)
_SPREADS = (0.001, 0.01, 0.5, 1.0, 5.0)
_SHARES = (0.0, 1e-12, 0.01, 0.5, 0.999, 1.0)
_GAINS = (-1000.0, -1.0, -1e-9, 1e-9, 0.5, 3.0, 1000.0)


class Maker:
    """Generates one scenario from a seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - scenarios, no secrets
        self.scenario: Scenario = self._made()

    def _one(self, values: Sequence[T]) -> T:
        return self._dice.choice(values)

    def _maybe(self, chance: float) -> bool:
        return self._dice.random() < chance

    def _made(self) -> Scenario:
        dice = self._dice
        stages = ["dials", *STAGES[1 : dice.randint(1, 6)], "deals"]
        hours, days = self._one((1, 3, 8, 24)), dice.randint(1, 7)
        reps = self._one((1, 1, 2, 5, 40))
        weeks = min(self._one((1, 2, 4, 13, 26, 52, 60, 1500)), max(1, LASTING // reps))
        warmup = self._one((0, 0, 1, 13)) if weeks * reps + 13 * reps < LASTING else 0
        calls = max(1, min(self._one((1, 2, 7, 50, 500, 65_535)), PLAYED // ((weeks + warmup) * reps)))
        made: Scenario = {
            "simcore": 1,
            "name": "extreme",
            "calendar": {"hours_per_day": hours, "days_per_week": days, "holidays": self._holidays(days)},
            "horizon": {"weeks": weeks, "warmup_weeks": warmup},
            "team": self._team(reps),
            "plan": {"calls_per_week": calls},
            "funnel": [{"stage": stages[0]}, *(self._stage(name, name == "deals") for name in stages[1:])],
            "deal": self._deal(),
            "run": {"replications": self._one((1, 2, 10_000, 2**40)), "seed": self._one((0, 7, 2**64 - 1))},
        }
        self._more(made, stages, reps)
        return made

    def _more(self, made: Scenario, stages: list[str], reps: int) -> None:
        """Add sections that are absent by default."""
        dice, later = self._dice, stages[1:]
        if self._maybe(0.4):
            acts_on = dice.sample(later, dice.randint(1, len(later)))
            made["market"] = {
                "sd": self._one((1e-300, 0.1, 1.0, 3.0)),
                "persistence": self._one((0.0, 0.5, 0.999999)),
                "acts_on": acts_on,
            }
        if self._maybe(0.5):
            per = self._one(("week", "month", "quarter", "year"))
            made["quota"] = {"per": per, "amount": self._one((0.01, 1000, 123_456.78, 1e9, 1e12))}
        if len(stages) > 2 and self._maybe(0.3):
            made["referrals"] = {"per_win": self._one((1e-300, 0.01, 0.3, 1.0, 5.0, 100.0))} | self._lagged(0.7)
        if made["horizon"]["warmup_weeks"] == 0 and len(stages) > 2 and self._maybe(0.3):
            made["start"] = {"open": [self._open(stages, reps) for _ in range(dice.randint(1, 3))]}
        if self._maybe(0.4):
            made["strategies"] = {"odd": self._strategy(made, stages), "process": {}}
        if self._maybe(0.15):
            made["manager"] = {
                "rule": self._one(("random", "result", "process", "oracle")),
                "slots": dice.randint(1, reps),
                "repair": self._one(_SHARES),
                "window_weeks": self._one((1, 13, 520)),
                "first_week": self._one((1, 5, 5200)),
                "pressure": self._one((0.0, 1.0, 1000.0)),
            }
        if len(stages) > 2 and self._maybe(0.25):
            made["funnel"][dice.randint(2, len(stages) - 1)]["needs"] = {"a": self._need(), "b": self._need()}

    def _holidays(self, days: int) -> list[Scenario]:
        found: list[Scenario] = [{"week": self._dice.randint(1, 52)} for _ in range(self._one((0, 0, 1, 3)))]
        if self._maybe(0.05):
            found = [{"week": week} for week in range(1, 53)]
        for holiday in found:
            if self._maybe(0.3):
                holiday["day"] = self._dice.randint(1, days)
        return found

    def _team(self, reps: int) -> Scenario:
        team: Scenario = {"reps": reps, "new": self._dice.randint(0, reps) if self._maybe(0.4) else 0}
        if self._maybe(0.3):
            vacancy = self._one((0, 1, 13, 5200))
            team["turnover"] = {"yearly": self._one((1e-300, 0.01, 0.5, 0.999, 1 - 1e-16)), "vacancy_weeks": vacancy}
        if (team["new"] or "turnover" in team) and self._maybe(0.6):
            team["ramp"] = {"weeks": self._one((1, 13, 520)), "start": self._one(_SHARES)}
        return team

    def _stage(self, name: str, is_last: bool) -> Scenario:
        stage: Scenario = {"stage": name, "rate": self._rate()} | self._lagged(0.4)
        if not is_last and self._maybe(0.2):
            stage["cap"] = self._one(({"per_week": 1}, {"open": 1}, {"per_week": 65_535, "open": 65_535}))
        if self._maybe(0.15):
            stage["habit"] = {
                "factor": self._one((0.0, 1e-300, 0.5, 1 - 1e-16)),
                "yearly": self._one((0.0, 1e-300, 0.5, 1 - 1e-16)),
                "at_start": self._one((1e-12, 0.5, 1.0)),
                "fade_weeks": self._one((1, 1.5, 5200, None)),
            }
        return stage

    def _need(self) -> Scenario:
        return {
            "at_start": self._one(_SHARES),
            "without": self._one(_SHARES),
            "slows": self._one((1, 1 + 1e-12, 100)),
            "calls": {"every": self._one(("1h", "1w", "260w")), "surfaces": self._one((*_SHARES, 1e-300))},
            "rescue": {"rate": self._one(_SHARES), "lag": self._one(_LAGS)},
            "qualify": {
                "share": self._one(_SHARES),
                "calls": self._one((0, 1, 65_535)),
                "takes": self._one(_LAGS),
                "works": self._one(_SHARES),
                "drop": self._one(_SHARES),
            },
        }

    def _rate(self) -> Any:  # noqa: ANN401 - what a file may hold
        mean = self._one(_RATES) if self._maybe(0.4) else self._one((0.05, 0.2, 0.5, 0.8))
        rate: Scenario = {"mean": mean}
        if mean < 1.0 and self._maybe(0.3):
            rate["rep_cv"] = self._one(_CVS) * ((1.0 - mean) / mean) ** 0.5
        if self._maybe(0.3):
            rate["week_cv"] = self._one(_WEEK_CVS)
        return rate if len(rate) > 1 else mean

    def _lagged(self, chance: float) -> Scenario:
        if not self._maybe(chance):
            return {}
        first, second = sorted(self._dice.sample(range(1, len(_LAGS)), 2))
        lags = (
            self._one(_LAGS),
            {"median": _LAGS[first], "p90": _LAGS[second]},
            {"mean": _LAGS[second], "cv": self._one(_SPREADS)},
            {
                "values": [_LAGS[first], _LAGS[second], "0h"],
                "weights": self._one(([1, 1, 1], [1e-300, 1, 1], [1e9, 1, 0])),
            },
        )
        return {"lag": self._one(lags)}

    def _deal(self) -> Any:  # noqa: ANN401 - what a file may hold
        shape = self._one(("lognormal", "gamma"))
        return self._one(
            (
                self._one(_MONEY),
                {"mean": self._one(_MONEY), "cv": self._one(_SPREADS), "shape": shape},
                {"values": [self._one(_MONEY), self._one(_MONEY)], "weights": self._one(([1, 1], [1e-300, 1], [1, 0]))},
            )
        )

    def _open(self, stages: list[str], reps: int) -> Scenario:
        entry: Scenario = {"stage": self._one(stages[1:-1]), "count": self._one((1, 3, 1000))}
        if self._maybe(0.3):
            entry["rep"] = self._dice.randint(1, reps)
        if self._maybe(0.3):
            entry["due"] = self._one(_LAGS)
        if self._maybe(0.3):
            entry["value"] = self._one(_MONEY)
        return entry

    def _strategy(self, made: Scenario, stages: list[str]) -> Scenario:
        lagged = any("lag" in stage for stage in made["funnel"])
        channels = ["activity", "deal_value", *stages[1:], *(["lag"] if lagged else [])]
        channels += ["referrals"] if "referrals" in made else []
        signals = [signal.name for signal in SIGNALS if "quota" in made or not signal.needs_quota]
        signals.remove("coach")  # needs a manager
        signals.remove("surprised")  # needs needs
        changes: Scenario = {}
        for channel in self._dice.sample(channels, self._dice.randint(1, len(channels))):
            most = 15.0 if channel == "activity" else 4.0
            changes[channel] = {"slope": self._one(_GAINS), "curve": self._one((0.0, 1e-6, -2.0)), "max": most}
        if "referrals" in changes:
            changes["referrals"]["max"] = 1.0
        if "quota" in made and len(stages) > 2 and "lag" in made["funnel"][-1] and self._maybe(0.3):
            changes["pull_forward"] = {"slope": 1.0, "window": "1w", "reach": "4w", "discount": 0.15, "win_rate": 0.9}
        drive = {
            "memory": self._one((0.0, 0.5, 1.0)),
            "signals": {name: self._one(_GAINS) for name in self._dice.sample(signals, self._dice.randint(1, 3))},
            "level": self._one(([-1, 1], [0, 1000], [-1e-9, 0])),
            "changes": changes,
        }
        return {"decides": self._one(("hour", "day", "week")), "drives": {"odd": drive}}


def extreme(seed: int) -> Scenario:
    """Return the scenario of a seed, as a file would hold it; `simcore.scenario.model.validate` may refuse it."""
    return Maker(seed).scenario
