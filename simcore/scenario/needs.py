"""The part of a scenario that describes what a deal needs: conditions that nobody sees (format only)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import Field

from simcore.quantities.fields import Complaint, Location, Number, Part, Range, Share, SourcedPart, Unit, Whole
from simcore.quantities.lags import read_durations, too_long
from simcore.quantities.time import Calendar, Duration

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NEEDS = 3
"""Most needs of a step: for so many there are addresses."""


class CustomerCalls(SourcedPart):
    """Calls with the customer on an open deal, at which a gap may show."""

    every: Duration = Field(description="From one call to the next, at least an hour.")
    surfaces: Share = Field(description="Chance per call that the gap shows.")


class Rescue(SourcedPart):
    """What may be done once a gap shows."""

    rate: Share = Field(description="Chance that the need is then met, and the deal goes on; otherwise it is lost.")
    lag: Duration = Field(description="Until the deal is then decided, from the call at which the gap showed.")


class Qualify(SourcedPart):
    """A check of the need when the deal enters the stage before."""

    share: Share = Field(description="Share of deals that are checked; the channel `qualify` multiplies it.")
    calls: Annotated[Whole, Range(0, 65535), Unit("calls")] = Field(
        default=0, description="Calls that a check costs: so many are not made afterwards."
    )
    takes: Duration = Field(default=Duration(0.0, "d"), description="What a check adds to the wait of the deal.")
    works: Share = Field(description="Chance that a need that was not met is met after the check.")
    drop: Share = Field(
        default=0.0, description="Chance that the deal is given up if the need is still not met: disqualified."
    )


class Need(SourcedPart):
    """A condition that a deal meets or not, and that nobody sees."""

    at_start: Share = Field(description="Chance that it is met when the deal enters the stage before.")
    without: Share = Field(description="What is left of the rate if it is not met at the decision.")
    slows: Annotated[Number, Range(1, 100), Unit("factor")] = Field(
        default=1.0, description="Factor on the wait of the deal while it is not met."
    )
    calls: CustomerCalls | None = Field(
        default=None, description="Calls at which it may show that it is not met. Left out: it never shows."
    )
    rescue: Rescue | None = Field(
        default=None, description="What may be done once it shows; needs `calls`. Left out: the deal is lost."
    )
    qualify: Qualify | None = Field(default=None, description="A check of it at the start. Left out: none.")

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about a rescue from what never shows."""
        if self.rescue is not None and self.calls is None:
            message = "would do nothing: without calls the gap never shows"
            yield Complaint(("rescue",), message, hint="add calls, or leave rescue out", at_key=True)


class MayNeed(Protocol):
    """A stage: to its step needs may belong."""

    @property
    def needs(self) -> Mapping[str, Need] | None:
        """The needs by name."""


def needs_step(funnel: Sequence[MayNeed]) -> int:
    """Return the step whose deals have needs; 0 if there is none."""
    return next((step for step, stage in enumerate(funnel) if stage.needs), 0)


def at_once(needs: Mapping[str, Need] | None) -> dict[str, Need] | None:
    """Return the needs of deals that are decided at once: checks take no time, and no gap shows before."""
    if needs is None:
        return None
    found = {}
    for name, need in needs.items():
        check = need.qualify and need.qualify.model_copy(update={"takes": Duration(0.0, "d")})
        found[name] = need.model_copy(update={"calls": None, "rescue": None, "qualify": check, "slows": 1.0})
    return found


def parts_of_needs(needs: Mapping[str, Need] | None, path: str) -> list[tuple[Part | None, str]]:
    """Return all parts of the needs of a stage, with their paths."""
    found: list[tuple[Part | None, str]] = []
    for name, need in (needs or {}).items():
        at = f"{path}.needs.{name}"
        found += [(need, at), (need.calls, f"{at}.calls"), (need.rescue, f"{at}.rescue")]
        found.append((need.qualify, f"{at}.qualify"))
    return found


def duration_complaints(needs: object, location: Location, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about the durations of needs as given, of which only some may be readable."""
    for name, need in needs.items() if isinstance(needs, Mapping) else ():
        for part, key in (("calls", "every"), ("rescue", "lag"), ("qualify", "takes")):
            given = need.get(part) if isinstance(need, Mapping) else None
            for _, span in read_durations(given, [key]) if isinstance(given, Mapping) else ():
                here = (*location, name, part, key)
                yield from too_long(here, span, calendar)
                if key == "every" and span.hours(calendar) < 0.5:
                    yield Complaint(here, "is less than an hour", str(span), "1h or more")
