"""Where a key belongs that stands a level too high: often only its indentation is wrong."""

from __future__ import annotations

from simcore.scenario.habits import Manager
from simcore.scenario.parts import Horizon, Market, Plan, Quota, Run, Team
from simcore.scenario.time import Calendar

_PLACES = {
    **{name: f"{part}.{name}" for part, kind in (
        ("calendar", Calendar), ("horizon", Horizon), ("team", Team), ("plan", Plan), ("market", Market),
        ("quota", Quota), ("manager", Manager), ("run", Run)) for name in kind.model_fields if name != "source"},
    **{name: f"funnel.STAGE.{name}" for name in ("stage", "rate", "lag", "cap", "habit")},
    "currency": "deal.currency", "per_win": "referrals.per_win", "turnover": "team.turnover", "ramp": "team.ramp",
}  # fmt: skip
"""Where keys belong that people write a level too high."""


def place_meant(key: str) -> str | None:
    """Return the hint for a key that is not one of the whole file; ``None`` if it is one of no part.

    Examples
    --------
    >>> place_meant("reps")
    'did you mean team.reps? To belong to team, it is indented under it'
    """
    place = _PLACES.get(key)
    if place is None:
        return None
    return f"did you mean {place}? To belong to {place.rpartition('.')[0]}, it is indented under it"
