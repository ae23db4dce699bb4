"""The part of a scenario that says how reps react: strategies, drives, signals and channels (format only)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, create_model

from simcore.scenario.channels import PULL_FORWARD
from simcore.scenario.fields import Complaint, Length, Many, Number, Range, Share, SourcedPart, complaints_of
from simcore.scenario.parts import Name
from simcore.scenario.signals import SIGNALS
from simcore.scenario.time import Duration

MAX_DRIVES = 4
"""Maximum number of drives of a strategy: the number that pulling opportunities forward can distinguish."""

Coefficient = Annotated[Number, Range(-1000, 1000)]


class Channel(SourcedPart):
    """How a drive's level x changes something: ``clip(1 + slope x + curve x^2, min, max)``."""

    slope: Coefficient = 0.0
    curve: Coefficient = 0.0
    min: Annotated[Number, Range(0, 1)] = 0.0
    max: Annotated[Number, Range(1, 1000)] | None = None


class PullForward(Channel):
    """Opportunities due soon after the end of a quota period are closed now, at a discount.

    Does not multiply: ``clip(slope x + curve x^2, min, max)`` is the share that is pulled.
    """

    max: Annotated[Number, Range(0, 1)] = 1.0
    window: Duration = Field(description="How long before the end of the period.")
    reach: Duration = Field(description="How far after its end.")
    discount: Annotated[Number, Range(0, 1, below=True)] = 0.0
    win_rate: Annotated[Number, Range(0, 10, above=True)] = 1.0

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint if `min` is above `max`."""
        if self.min > self.max:
            yield Complaint(("min",), "is more than max", self.min, f"0 to {self.max:.15g}")


if TYPE_CHECKING:
    _Gains = SourcedPart
else:
    _Gains = create_model(
        "_Gains", __base__=SourcedPart, **{signal.name: (Coefficient | None, None) for signal in SIGNALS}
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

    memory: Share = 0.0
    signals: Signals
    level: Annotated[Many[Coefficient], Length(2, 2, "entries")] | None = Field(
        default=None, description="[low, high]; it starts at 0."
    )
    changes: Annotated[dict[Name, Channel | PullForward], WrapValidator(_channels)]

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a level that cannot start at 0."""
        if self.level is not None and not (self.level[0] <= 0 <= self.level[1] and self.level[0] < self.level[1]):
            yield Complaint(("level",), "must be [low, high] with 0 in it", list(self.level))


class Strategy(SourcedPart):
    """How a rep reacts to results; without drives the plan is followed whatever they are."""

    decides: Literal["hour", "day", "week"] = "day"
    drives: Annotated[dict[Name, Drive], Length(0, MAX_DRIVES, "drives")] = Field(default_factory=dict)
