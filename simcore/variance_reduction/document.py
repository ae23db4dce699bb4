"""What a benchmark of variance reduction has found, as a document."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from simcore.base.document import Document
from simcore.results.header import StudyHeader


class Gain(Document):
    """Ratio of the running times of crude Monte Carlo and the technique for the same error, with its 95 % interval."""

    ratio: float
    low: float
    high: float


class Slope(Document):
    """The power of the number of worlds by which the standard error falls: -1/2 for independent worlds."""

    slope: float
    se: float


class TechniqueRow(Document):
    """A technique on one metric."""

    timings: ClassVar[frozenset[str]] = frozenset({"efficiency", "microseconds", "verdict"})
    technique: str
    what: str
    refused: str | None
    """Why it cannot be used here; the figures are then null."""
    estimate: float | None
    se: float | None
    """Of all batches together; 0 where no variance is left."""
    z: float | None
    """Distance from `VarianceBench.reference` in standard errors."""
    variance: float | None
    """Of one replication: the squared standard error times the number of replications."""
    microseconds: float | None
    """Processor time of a replication."""
    efficiency: Gain | None
    """Null where the technique is refused, exact, or saw no event."""
    exact: bool
    """No variance is left."""
    trusted: bool
    """The estimate agrees with the reference, and no single term makes up much of it."""
    rate: Slope | None
    verdict: Literal["crude", "refused", "exact", "helps", "no difference", "hurts", "untrusted"]


class VarianceBench(StudyHeader):
    """The techniques of variance reduction on one metric of a scenario."""

    timings: ClassVar[frozenset[str]] = frozenset({"advice", "recommended", "seconds"})
    document: Literal["variance"] = "variance"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    metric: str
    """Of two strategies, the difference of the first minus the second."""
    level: float | None
    """Of a quantile: what is estimated is the share of windows with at most this revenue."""
    batches: int
    batch: int
    """Worlds of each batch; `replications` are those of all batches of a technique."""
    reference: float | None
    reference_is: Literal["exact", "crude", "none"]
    """What the techniques are compared with."""
    crude_variance_is: Literal["measured", "computed"]
    """Computed where crude Monte Carlo saw the event fewer than 30 times: as of independent windows."""
    rows: list[TechniqueRow]
    recommended: str
    advice: str

    @property
    def strategies(self) -> list[str]:
        """Names of the strategies: one, or two, whose difference is measured, the first minus the second."""
        return self.scenario.strategies
