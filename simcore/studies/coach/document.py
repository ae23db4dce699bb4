"""What `simcore coach` finds, as a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.results.header import StrategyHeader
from simcore.studies.coach.item_values_document import Values
from simcore.studies.coach.leverage_document import Leverage
from simcore.studies.coach.rules_document import Rules


class Coach(StrategyHeader):
    """What to coach, and what the items of a process are worth."""

    document: Literal["coach"] = "coach"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    leverage: Leverage = Field(description="Which step to improve.")
    values: Values | None = Field(description="What items are worth; null if it was stopped before.")
    rules: Rules | None = Field(
        description="Whom to coach; null if the scenario has no bad habits, or it was stopped before."
    )
