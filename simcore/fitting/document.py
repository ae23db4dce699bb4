"""The document of a fit: every figure with its interval, how well the model fits, and what the data cannot tell."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StudyHeader


class FittedFigure(Document):
    """A figure of the scenario, as it was fitted."""

    path: str = Field(description="Where it stands in the scenario.")
    mean: float = Field(description="Its posterior mean, which the scenario has.")
    low: float = Field(description="Low end of 90 % of the posterior.")
    high: float
    unit: Literal["days", "number"] = Field(description="days: calendar days.")
    rests_on: str = Field(description="What it was told from.")


class FittedWaits(Document):
    """What became of the deals of a stage, and how the law of their waits was chosen."""

    stage: str = Field(description="In which they wait, as the export names it.")
    into: str = Field(description="The stage of the scenario that they pass into.")
    deals: int
    passed: int
    lost: int
    open: int = Field(description="Still there on the last evening: at risk, and neither passed nor lost.")
    skipped: int = Field(description="Passed over the stage: with a wait of 0.")
    law: Literal["lognormal", "gamma"] = Field(description="Of those that pass.")
    lost_law: Literal["lognormal", "gamma"] | None = Field(description="Of those that are lost; null: all wait alike.")
    scores: dict[str, float] = Field(
        description="Log likelihood less half the logarithm of the deals for each parameter, by what was tried; the "
        "highest was taken."
    )


class ModelCheck(Document):
    """What was seen, held against what the fitted model would show again (posterior predictive)."""

    name: str = Field(description="What is looked at, and where.")
    p_value: float = Field(ge=0, le=1, description="Share of worlds of the model that show as much or more.")
    observed: float
    low: float = Field(description="Low end of 90 % of what the model shows.")
    high: float

    @property
    def fails(self) -> bool:
        """Whether the model hardly ever shows what was seen."""
        return not 0.01 <= self.p_value <= 0.99


class Fit(StudyHeader):
    """A scenario fitted to an export."""

    document: Literal["fit"] = "fit"
    format: Literal[1] = 1
    as_of: str = Field(description="The evening on which the history stands, YYYY-MM-DD.")
    history_weeks: float = Field(description="Weeks from the first deal to the last day of the history.")
    deals: int
    won: int
    lost: int
    open_deals: int
    figures: list[FittedFigure]
    stages: list[FittedWaits]
    checks: list[ModelCheck]
    not_told: list[str] = Field(description="What the data cannot tell, and is left out of the scenario.")
    done: list[str] = Field(description="What was made of what does not fit into a scenario.")
    warnings: list[str] = Field(description="What `data check` warns of, the loudest first.")
    files: list[str] = Field(description="What was written, by name; empty where nothing was.")

    def figure(self, path: str) -> FittedFigure:
        """Return a figure by its path.

        Raises
        ------
        KeyError
            If it was not fitted.
        """
        for each in self.figures:
            if each.path == path:
                return each
        raise KeyError(path)
