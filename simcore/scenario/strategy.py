"""The part of a scenario that says how reps react: strategies, drives, signals and channels (format only)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, create_model

from simcore.quantities.fields import (
    Coefficient,
    Complaint,
    Length,
    Location,
    Many,
    Number,
    Range,
    Share,
    SourcedPart,
    Unit,
    complaints_of,
)
from simcore.quantities.names import Name
from simcore.quantities.time import Duration
from simcore.scenario.channels import PULL_FORWARD
from simcore.scenario.signals import SIGNALS, Signal

MAX_DRIVES = 4
"""Maximum number of drives of a strategy: the number that pulling opportunities forward can distinguish."""
Factor = Annotated[Number, Range(0, 10, above=True), Unit("factor")]


def _gain(signal: Signal) -> Any:  # noqa: ANN401  (what pydantic returns)
    return Field(default=None, description=f"Gain of the signal `{signal.name}`: {signal.tells}.")


class Channel(SourcedPart):
    """How a drive's level x changes something: ``clip(1 + slope x + curve x^2, min, max)``."""

    slope: Coefficient = Field(default=0.0, description="Change of the factor per unit of the level.")
    curve: Coefficient = Field(default=0.0, description="Change of the factor per square of the level.")
    min: Annotated[Number, Range(0, 1), Unit("factor")] = Field(default=0.0, description="Least factor.")
    max: Annotated[Number, Range(1, 1000), Unit("factor")] | None = Field(
        default=None, description="Largest factor. Left out: no limit."
    )


class PullForward(Channel):
    """Opportunities due soon after the end of a quota period are closed now, at a discount.

    Does not multiply: ``clip(slope x + curve x^2, min, max)`` is the share that is pulled.
    """

    slope: Coefficient = Field(default=0.0, description="Share that is pulled, per unit of the level.")
    curve: Coefficient = Field(default=0.0, description="Share that is pulled, per square of the level.")
    min: Share = Field(default=0.0, description="Least share that is pulled.")
    max: Share = Field(default=1.0, description="Largest share that is pulled.")
    window: Duration = Field(
        description="How long before the end of the quota period deals are pulled: an hour to a period."
    )
    reach: Duration = Field(description="How far after its end what is pulled is due: an hour to five years.")
    discount: Annotated[Number, Range(0, 1, below=True), Unit("share")] = Field(
        default=0.0, description="Off the price of what is pulled."
    )
    win_rate: Factor = Field(default=1.0, description="Factor on the rate at which pulled opportunities are won.")

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint if `min` is above `max`."""
        if self.min > self.max:
            yield Complaint(("min",), "is more than max", self.min, f"0 to {self.max:.15g}")


if TYPE_CHECKING:
    _Gains = SourcedPart
else:
    _Gains = create_model(
        "_Gains", __base__=SourcedPart, **{signal.name: (Coefficient | None, _gain(signal)) for signal in SIGNALS}
    )


def _channels(given: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Give `pull_forward` its own keys, and report the errors of all channels."""
    if not isinstance(given, Mapping):
        return handler(given)
    valid: dict[object, Channel] = {}
    found: list[Complaint] = []
    for name, channel in given.items():
        try:
            valid[name] = (PullForward if name == PULL_FORWARD else Channel).model_validate(channel)
        except ValidationError as error:
            found.extend(line.below((name,)) for line in complaints_of(error))
    if found:
        raise ValidationError.from_exception_data("changes", [line.as_detail() for line in found])
    return handler(valid)


class Signals(_Gains):
    """What a drive listens to, each with its gain."""

    # Its fields are named after the table of signals.

    @property
    def gains(self) -> list[tuple[int, float]]:
        """The number and the gain of each signal that the drive listens to, in the order of the numbers."""
        given = [(number, getattr(self, signal.name)) for number, signal in enumerate(SIGNALS)]
        return [(number, gain) for number, gain in given if gain is not None]

    @property
    def of_team(self) -> bool:
        """Whether any of them depends on the other seats."""
        return any(SIGNALS[number].of_team for number, _ in self.gains)


class Drive(SourcedPart):
    """A feedback from results to behaviour."""

    memory: Share = Field(
        default=0.0,
        description="Share of the level that is left at the next decision; 0: only the last signals, 1: all add up.",
    )
    signals: Signals = Field(description="Gain of each signal that the drive listens to; at least one.")
    level: Annotated[Many[Coefficient], Length(2, 2, "entries")] | None = Field(
        default=None,
        description="[low, high], with 0 in it, to which the level is cut; it starts at 0. Left out: no limits.",
    )
    changes: Annotated[dict[Name, Channel | PullForward], WrapValidator(_channels)] = Field(
        description="Channels that the level changes, by name: a stage after the first, `activity`, `lag`, "
        "`deal_value`, `referrals`, `qualify` or `pull_forward`; at least one."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a level that cannot start at 0."""
        if self.level is not None and not (self.level[0] <= 0 <= self.level[1] and self.level[0] < self.level[1]):
            yield Complaint(("level",), "must be [low, high] with 0 in it", list(self.level))


class Strategy(SourcedPart):
    """How a rep reacts to results; without drives the plan is followed whatever they are."""

    decides: Literal["hour", "day", "week"] = Field(default="day", description="How often the rep looks at results.")
    drives: Annotated[dict[Name, Drive], Length(0, MAX_DRIVES, "drives")] = Field(
        default_factory=dict, description="Feedbacks from results to behaviour, by name. Without any: the plan."
    )


OF_CALLS = ("surprise", "dry_spell", "rejections", "overwork")
"""Signals that calls tell."""


def uncalled(strategies: Mapping[str, Strategy]) -> Iterator[Complaint]:
    """Yield complaints about what drives listen to, or change, where nobody calls."""
    hint = "give the plan calls, or leave it out"
    for name, strategy in strategies.items():
        for drive, about in strategy.drives.items():
            location: Location = ("strategies", name, "drives", drive)
            for signal in OF_CALLS:
                if getattr(about.signals, signal):
                    message = "listens to what calls tell, and nobody calls"
                    yield Complaint((*location, "signals", signal), message, hint=hint, at_key=True)
            if "activity" in about.changes:
                message = "changes the calls, and nobody calls"
                yield Complaint((*location, "changes", "activity"), message, hint=hint, at_key=True)
