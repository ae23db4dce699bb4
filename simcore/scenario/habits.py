"""The parts of a scenario that describe bad habits, and the manager who coaches (format only)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from simcore.quantities.fields import Complaint, Number, Range, Share, SourcedPart, Unit, Whole

MAX_HABIT_WEEKS = 5200
MAX_WINDOW_WEEKS = 520
RULES = ("nobody", "random", "result", "process", "oracle")
"""Whom a manager coaches, from nobody to the rep who truly needs it most."""


class Habit(SourcedPart):
    """A bad habit at a step: it lowers one person's rate until it is coached away or fades."""

    factor: Annotated[Number, Range(0, 1, below=True), Unit("share")] = Field(
        description="What the habit leaves of the rate of who has it: 0.6 is a rate lower by 40 %."
    )
    yearly: Annotated[Number, Range(0, 1, below=True), Unit("chance")] = Field(
        default=0.0, description="Chance to pick it up within a year."
    )
    at_start: Share = Field(default=0.0, description="Chance that a person has it from the first day.")
    fade_weeks: Annotated[Number, Range(1, MAX_HABIT_WEEKS), Unit("weeks")] | None = Field(
        default=None, description="Mean time until it goes by itself; left out: never."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a habit that nobody ever has."""
        if self.yearly == 0 and self.at_start == 0:
            yield Complaint((), "would do nothing: nobody ever has it", allowed="yearly or at_start above 0")


class Manager(SourcedPart):
    """A manager who coaches: so many sessions a week, given by a rule."""

    slots: Annotated[Whole, Range(1, 65536), Unit("sessions a week")] = Field(
        default=1, description="Coaching sessions a week: at most one for a rep, no more than `team.reps`."
    )
    rule: Literal["nobody", "random", "result", "process", "oracle"] = Field(
        default="process", description="Whom a session is given to, and on which step."
    )
    window_weeks: Annotated[Whole, Range(1, MAX_WINDOW_WEEKS), Unit("weeks")] = Field(
        default=13, description="Weeks that the rules `result` and `process` look back."
    )
    first_week: Annotated[Whole, Range(1, 5200), Unit("weeks")] = Field(
        default=1, description="Simulated weeks, warm-up included, before the first session."
    )
    repair: Share = Field(description="Chance that a session ends a bad habit at its step.")
    pressure: Annotated[Number, Range(0, 1000), Unit("number")] = Field(
        default=0.0, description="What a session on the result adds to the signal `coach`."
    )
