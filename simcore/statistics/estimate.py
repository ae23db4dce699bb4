"""A figure with its Monte Carlo standard error and its interval: what every document is made of."""

from __future__ import annotations

from pydantic import Field

from simcore.base.document import Document


class Estimate(Document):
    """A figure with its Monte Carlo standard error and its 95 % interval."""

    estimate: float | None = Field(description="The figure; null where it is not defined (a cv of a zero mean).")
    se: float | None = Field(
        description="Its Monte Carlo standard error; 0 where the scenario fixes the figure, null where the run does "
        "not tell: one replication, or what never happened, or happened alike in every replication."
    )
    low: float | None = Field(
        default=None,
        description="Low end of the 95 % interval; null where there is none: fewer than 8 replications, or no bound.",
    )
    high: float | None = Field(
        default=None, description="High end of it; of what was never seen, the bound by the rule of three."
    )
