"""What `simcore coach` finds, as a document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.studies.coach.item_values_document import Values
from simcore.studies.coach.leverage_document import Leverage
from simcore.studies.coach.rules_document import Rules


class Coach(Document):
    """What to coach, and what the items of a process are worth."""

    simcore_coach: Literal[1] = Field(default=1, description="Version of this document's format.")
    version: str = Field(description="Version of simcore.")
    scenario: str
    digest: str = Field(description="SHA-256 of the canonical scenario and the engine's version, hexadecimal.")
    strategy: str
    seed: int = Field(ge=0, lt=2**64)
    replications: int = Field(description="Worlds that were asked for.")
    currency: str
    leverage: Leverage = Field(description="Which step to improve.")
    values: Values | None = Field(description="What items are worth; null if it was stopped before.")
    rules: Rules | None = Field(
        description="Whom to coach; null if the scenario has no bad habits, or it was stopped before."
    )
    interrupted: bool
    seconds: float = Field(description="Wall-clock seconds, compilation included.")
