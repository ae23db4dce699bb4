"""What the width of a forecast is made of: how much of its variance each factor explains."""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.forecasting.forecast_document import WidthPart
from simcore.pipeline.ahead import PART, OpenDeals, play_ahead
from simcore.pipeline.history import Floats
from simcore.pipeline.posterior import Posterior, Seeds
from simcore.statistics.estimate import Estimate
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.statistics.pick_freeze import explained

_SHARE: Final = 5
"""One in so many of a forecast's worlds is played again for each factor: with it held, all else anew."""
_ANEW: Final = 0x9E3779B97F4A7C15
"""Added to a seed to draw anew."""
SOURCES: Final = (("knowledge", "knowledge"), ("market", "market"), ("inflow", "new deals"), ("luck", "luck"))


def width_of(posterior: Posterior, deals: OpenDeals, days: int, played: Floats, seed: int) -> list[WidthPart]:
    """Return the share of each factor in the variance of the total value.

    Two plays that share a factor and nothing else covary by what it explains (Sobol' 1993). What no factor explains
    alone is what they do together: a market moves the more deals the more there are. Empty where nothing varies.

    Parameters
    ----------
    posterior, deals, days, seed
        Of the forecast.
    played
        The totals of its worlds, but for what is constant: the first ones are compared with.
    """
    worlds = PART * (len(played) // _SHARE // PART) or min(len(played), PART)
    base = played[: worlds - worlds % EQUAL_GROUPS]
    if np.all(base == base[0]):
        return []

    def totals(seeds: Seeds) -> Floats:
        found: Floats = play_ahead(posterior, deals, days, worlds, seeds).values.sum(axis=(1, 2, 3))
        return found[: len(base)]

    other = Seeds.of((seed + _ANEW) % 2**64)
    parts: list[WidthPart] = []
    together, variance = 1.0, 0.0
    for factor, source in SOURCES:
        held = totals(other._replace(**{factor: seed}))
        share = explained(base, held).share
        parts.append(WidthPart.model_validate({"source": source, "share": share}))
        together -= share.estimate or 0.0
        variance += (share.se or 0.0) ** 2
    rest = Estimate(estimate=max(together, 0.0), se=float(np.sqrt(variance)))
    return [*parts, WidthPart(source="together", share=rest)]
