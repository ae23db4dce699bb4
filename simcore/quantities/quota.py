"""The part of a scenario that describes a quota: what a rep should book in a period, and how its periods pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from simcore.quantities.fields import Amount, Complaint, Length, Many, Range, SourcedPart, Unit, refused

MAX_AMOUNTS = 520
"""Most amounts of a quota that differ between periods: weeks of ten years."""


def _one_amount(schema: dict[str, Any]) -> None:
    """Let the schema of a quota require one of the ways to give it."""
    schema["required"] = [key for key in schema["required"] if key != "amount"]
    schema["anyOf"] = [{"required": ["amount"]}, {"required": ["amounts"]}]


class Quota(SourcedPart):
    """What one rep should book in a period.

    Where periods differ, `amount` is the mean of `amounts`.
    """

    model_config = ConfigDict(json_schema_extra=_one_amount)

    per: Literal["week", "month", "quarter", "year"] = Field(description="Period in which it is to be booked.")
    amount: Annotated[Amount, Range(0.01, 1e12), Unit("money")] = Field(
        description="Revenue by close that a rep should book in each period."
    )
    amounts: (
        Annotated[Many[Annotated[Amount, Range(0.01, 1e12), Unit("money")]], Length(1, MAX_AMOUNTS, "amounts")] | None
    ) = Field(
        default=None,
        description="In place of `amount`: those of the periods in turn, the first counted one first; after the last "
        "comes the first again.",
    )
    pace: Literal["days", "season"] | None = Field(
        default=None,
        description="By what signals tell how much of a period is gone. `days`: working hours, without holidays where "
        "the calendar has a `start`; `season`: these, each as long as the season of its week. Left out: `days`.",
    )

    ramped: bool | None = Field(
        default=None,
        description="Whether a new rep's amount is lower: times the mean activity of the weeks of the period.",
    )
    team: Annotated[Amount, Range(0.01, 1e15), Unit("money")] | None = Field(
        default=None, description="What the team should book. Left out: the sum of its reps' amounts."
    )

    @property
    def each(self) -> tuple[float, ...]:
        """The amounts of the periods in turn; one if all are alike."""
        return self.amounts or (self.amount,)

    @property
    def differs(self) -> bool:
        """Whether some periods have another amount than others."""
        return len(set(self.each)) > 1

    @property
    def derived(self) -> frozenset[str]:
        """The amount is the mean of those given in turn."""
        return frozenset() if self.amounts is None else frozenset({"amount"})

    @classmethod
    def _lift(cls, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Give a quota whose periods differ any amount: `_derive` replaces it."""
        plain, sources = super()._lift(data)
        if plain.get("amounts") is not None:
            if plain.get("amount") is not None:
                raise refused("is given twice, by amount and by amounts", hint="leave one of them out")
            plain["amount"] = 1.0
        return plain, sources

    def _derive(self) -> dict[str, object]:
        """Return the mean of the amounts given in turn."""
        return {} if self.amounts is None else {"amount": sum(self.amounts) / len(self.amounts)}


def pace_complaints(quota: Quota | None, seasons: Mapping[str, object] | None) -> Iterator[Complaint]:
    """Yield a complaint about a pace by a season where there is none."""
    if quota is not None and quota.pace == "season" and not seasons:
        message = "goes by the season, and this scenario has none"
        yield Complaint(("quota", "pace"), message, quota.pace, hint="add a season, or leave pace out")
