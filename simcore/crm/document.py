"""The document of ``simcore data check``: what the files hold, and what is wrong with them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.base.document import Document, PublishedDocument
from simcore.crm.findings import Finding, StageWord
from simcore.crm.source import FileRead
from simcore.crm.stays import Flow


class DealCounts(Document):
    """What the deals are, in numbers."""

    deals: int
    open: int
    won: int
    lost: int
    overdue: int = Field(description="Open, and planned to close before the as-of day.")
    pushed: int | None = Field(description="Deals whose planned day was moved to a later one; null without a history.")
    pushes: int | None = Field(description="How often that happened; null without a history that says it.")
    owners: int
    segments: list[str] = Field(description="In alphabetical order.")
    currencies: list[str]
    won_value: float | None = Field(description="Of all won deals; null where no value is known or currencies differ.")
    median_days_won: float | None = Field(description="Median time from creation to the win, in calendar days.")
    median_days_lost: float | None = Field(description="The same of lost deals.")


class CallTotals(Document):
    """What the log of calls is, in numbers."""

    rows: int
    calls: int
    successes: int
    reps: int


class DataCheck(PublishedDocument):
    """What exports hold, what is wrong with them, and what was done about it."""

    document: Literal["data-check"] = "data-check"
    format: Literal[1] = Field(default=1, description="Version of this document's format.")
    version: str = Field(description="Version of simcore.")
    usable: bool = Field(description="True if nothing has to be mended first: no finding of grade E.")
    dialect: str = Field(description="plain, salesforce, hubspot or pipedrive.")
    as_of: str | None = Field(description="The day on whose evening the files stand; null where they have no day.")
    first_day: str | None = Field(description="The day of the first event.")
    weeks: float | None = Field(description="Weeks from the first event to that evening.")
    files: list[FileRead]
    deals: DealCounts
    stage_words: list[StageWord] = Field(
        description="What the file of deals calls stages, and what that was taken for."
    )
    stages: list[Flow] = Field(description="In the order in which deals go through them; none without a history.")
    calls: CallTotals | None = Field(description="Null without a log of calls.")
    findings: list[Finding] = Field(description="Those of grade E first, then warnings that are loud.")
    seconds: float = Field(description="Wall-clock seconds.")
