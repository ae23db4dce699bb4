"""The header that every published document begins with: what it is, of which scenario, how much was played.

A document is a subclass of `StudyHeader`, which names itself in ``document`` and ``format``; `header_of` fills in the
rest, in one place for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from pydantic import Field

from simcore.base.document import Document, PublishedDocument
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.base.pictures import Plots, notebook_html
from simcore.base.version import __version__
from simcore.scenario.digest import scenario_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario


class ScenarioIdentity(Document):
    """Which scenario was played, with which strategies."""

    name: str
    digest: str = Field(
        description="SHA-256 of the canonical scenario and the engine's version, hexadecimal; where several scenarios "
        "or strategies were to be played, over their digests."
    )
    seed: int = Field(ge=0, lt=2**64)
    strategies: list[str] = Field(min_length=1, description="Those that were played, in the order asked for.")
    currency: str

    @property
    def strategy(self) -> str:
        """The strategy that was played, or the first of several."""
        return self.strategies[0]


class StudyHeader(PublishedDocument):
    """What every document of a question says of itself, before its answers."""

    version: str = Field(description="Version of simcore.")
    scenario: ScenarioIdentity
    replications: int = Field(description="Worlds that were played; the same for all strategies and variants.")
    reps: int = Field(description="Seats in the team of one replication, as the scenario has them.")
    weeks: int = Field(description="Counted weeks of one replication.")
    first_day: str | None = Field(
        default=None, description="The first counted day, YYYY-MM-DD; null where the scenario has no dates."
    )
    part_of_season: bool = Field(
        default=False,
        description="True if rates have a season and the run holds no whole years of 52 weeks: what it says of a year "
        "is then what these weeks bring, scaled up.",
    )
    interrupted: bool = Field(description="True if it was stopped before all its worlds were played.")
    seconds: float = Field(description="Wall-clock seconds, compilation included.")

    @property
    def plot(self) -> Plots:
        """Its pictures as Altair charts, by name."""
        return Plots(self)

    def _repr_html_(self) -> str:
        return notebook_html(self, super()._repr_html_())

    @property
    def span(self) -> str:
        """The counted weeks in words, and from which day on where that is known."""
        weeks = f"{self.weeks:,} week{'s' if self.weeks != 1 else ''}"
        return weeks if self.first_day is None else f"{weeks} from {self.first_day}"

    @property
    def digest(self) -> str:
        """The digest of what was played, see `ScenarioIdentity`."""
        return self.scenario.digest

    @property
    def seed(self) -> int:
        """The seed of all worlds."""
        return self.scenario.seed

    @property
    def currency(self) -> str:
        """The currency of all money."""
        return self.scenario.currency


class StrategyHeader(StudyHeader):
    """The header of a document about one strategy."""

    @property
    def strategy(self) -> str:
        """The strategy that was played."""
        return self.scenario.strategy


class Header(TypedDict):
    """The entries of a `StudyHeader` that depend on what was played."""

    version: str
    scenario: ScenarioIdentity
    replications: int
    reps: int
    weeks: int
    first_day: str | None
    part_of_season: bool
    interrupted: bool
    seconds: float


def header_of(
    scenario: Scenario,
    *,
    replications: int,
    interrupted: bool,
    seconds: float,
    strategies: Sequence[str] = (),
    digest: str | None = None,
    weeks: int | None = None,
) -> Header:
    """Return the header of a document, as keyword arguments for its class.

    Parameters
    ----------
    scenario
        As it was played, with its seed and strategy; of several, the one that the others are variants of.
    replications, interrupted, seconds
        As `StudyHeader` has them.
    strategies
        Names of those that were played; by default the one that the scenario runs.
    digest
        Where several scenarios were to be played: the digest of them all.
    weeks
        Counted weeks, where they are not the scenario's.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> header = header_of(load_scenario("trust-the-process"), replications=5, interrupted=False, seconds=0.1)
    >>> header["scenario"].strategies, header["reps"], header["weeks"]
    (['process'], 10, 52)
    """
    return Header(
        version=__version__,
        scenario=ScenarioIdentity(
            name=scenario.name,
            digest=scenario_digest(scenario) if digest is None else digest,
            seed=scenario.run.seed,
            strategies=list(strategies) or [scenario.run.strategy],
            currency=scenario.deal.currency,
        ),
        replications=replications,
        reps=scenario.team.reps,
        weeks=scenario.horizon.weeks if weeks is None else weeks,
        first_day=scenario.calendar.start,
        part_of_season=scenario.season is not None and scenario.horizon.weeks % WEEKS_PER_YEAR > 0,
        interrupted=interrupted,
        seconds=seconds,
    )
