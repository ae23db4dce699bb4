"""What forecasts are made from: the deals of an export as a history, how far it goes, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np

from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.spelling import count_of
from simcore.base.version import __version__
from simcore.crm.cells.words import Outcome
from simcore.crm.data import day_of
from simcore.crm.findings import refuse_unusable
from simcore.dates.countries import NoLibraryError, UnknownPlaceError, public_holidays
from simcore.pipeline.history import LOST, NEVER, OPEN, OPEN_STAGE, WON, Flags, History, Ints
from simcore.pipeline.rhythm import WEEK
from simcore.results.header import ScenarioIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from simcore.crm.columns import Deals
    from simcore.crm.data import DealData

CREATED: Final = "created"
"""The stage of deals that have been created and have not entered one."""
ALL: Final = "all"
"""The segment of deals where the export has none."""
MOST_WEEKS: Final = 156
LONGEST_DAYS: Final = 1098
"""Three years: the most that is forecast."""
LEAST_WINS: Final = 10
"""Wins below which nothing is forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A history, and what documents say of it.

    Attributes
    ----------
    history
        The deals.
    ids
        What tells them apart.
    as_of
        The last day of the history, in days since 1970-01-01: all that happened on it is there.
    name
        Of the file, without its ending.
    digest
        SHA-256 of the columns that forecasts are made from and of the version, hexadecimal.
    currency
        Of all values; empty where none is named.
    owners
        How many people the deals belong to; 0 where it is not known.
    holidays
        Whose public holidays are known, and by which version of the library; None without them.
    """

    history: History
    ids: tuple[str, ...]
    as_of: int
    name: str
    digest: str
    currency: str = ""
    owners: int = 0
    file: str = "deals.csv"
    """The name of the file of deals."""
    owner: Ints | None = None
    """Who has each deal, a place in `owner_names`; -1 where nobody is named."""
    owner_names: tuple[str, ...] = ()
    holidays: str | None = None

    @property
    def weeks(self) -> float:
        """Return the weeks from the first deal to the last day."""
        return (self.as_of + 1 - int(self.history.created.min())) / WEEK


def known_of(data: DealData, country: str | None = None) -> Known:
    """Return the history that an export tells.

    Deals without a day of creation, and those that were closed on no known day, are left out: `data check` tells them.

    Parameters
    ----------
    data
        The export.
    country
        Whose public holidays count, ``DE`` or, with those of a part, ``DE-BY``; None for none.

    Raises
    ------
    ScenarioError
        If something has to be mended first, or fewer than `LEAST_WINS` deals were won.
    UsageError
        If no holidays of the country are known, or the library is not installed.
    """
    refuse_unusable(data.findings)
    # What came after the as-of day is neither counted nor learned from.
    data = data.known_at(data.as_of)
    deals = data.deals
    dated = ~np.isnat(deals.created) & ((deals.outcome == Outcome.OPEN) | ~np.isnat(deals.closed))
    history = _history(data, dated)
    whose: str | None = None
    if country is not None:
        history, whose = _with_holidays(history, country)
    won = int((history.outcome == WON).sum())
    file = data.files[0].file
    if won < LEAST_WINS:
        message = f"only {won} deals were won: nothing can be forecast from fewer than {LEAST_WINS}"
        raise ScenarioError((Problem(message, file=file),))
    return Known(
        history=history,
        ids=tuple(deals.id.filter(dated).to_pylist()),
        as_of=int(data.as_of.astype("M8[D]").astype(np.int64)),
        name=Path(file).name.removesuffix(".gz").removesuffix(".csv"),
        digest=_digest(history),
        currency=deals.currency.names[0] if deals.currency.names else "",
        owners=len(np.unique(deals.owner.codes[dated & (deals.owner.codes >= 0)])),
        file=Path(file).name,
        owner=deals.owner.codes[dated].astype(np.int64),
        owner_names=deals.owner.names,
        holidays=whose,
    )


def _days(times: NDArray[np.datetime64]) -> Ints:
    return times.astype("M8[D]").astype(np.int64)


def _history(data: DealData, dated: Flags) -> History:
    deals = data.deals
    place = np.full(len(deals), -1, dtype=np.int64)
    place[dated] = np.arange(int(dated.sum()))
    outcome = np.select([deals.outcome == Outcome.WON, deals.outcome == Outcome.LOST], [WON, LOST], OPEN)[dated]
    created = _days(deals.created[dated])
    closed = np.where(
        outcome == OPEN, NEVER, _days(np.where(outcome == OPEN, deals.created[dated], deals.closed[dated]))
    )
    entries = data.entries
    kept = ~entries.skipped & (place[entries.deal] >= 0)
    deal, stage, day = place[entries.deal[kept]], entries.stage[kept].astype(np.int64), _days(entries.entered[kept])
    told = np.bincount(deal, minlength=len(created)) > 1
    # A deal is in its first stage from its creation on, or in none that has a name.
    begins = np.full(len(created), NEVER)
    np.minimum.at(begins, deal, day)
    unnamed = np.flatnonzero(begins > created)
    stages = (*data.stages, CREATED) if len(unnamed) else data.stages
    deal = np.concatenate((deal, unnamed))
    stage = np.concatenate((stage, np.full(len(unnamed), len(data.stages), dtype=np.int64)))
    day = np.maximum(np.concatenate((day, created[unnamed])), created[deal])
    # Stable: entries of one day stay in their order, and what has no name comes before them.
    order = np.lexsort((np.append(np.ones(int(kept.sum())), np.zeros(len(unnamed))), day, deal))
    return History(
        stages=stages or (OPEN_STAGE,),
        segments=deals.segment.names + ((ALL,) if (deals.segment.codes[dated] < 0).any() else ()),
        created=created,
        closed=closed,
        outcome=outcome.astype(np.int64),
        segment=_segments(deals, dated),
        value=deals.value[dated],
        visit_deal=deal[order],
        visit_stage=stage[order],
        visit_day=day[order],
        told=told,
    )


def _with_holidays(history: History, country: str) -> tuple[History, str]:
    """Return a history that knows the public holidays of its years and of those that can be forecast, and whose."""
    name, _, part = country.strip().partition("-")
    last = np.where(history.closed == NEVER, history.created, history.closed).max()
    days = np.array([history.created.min(), last + LONGEST_DAYS]).astype("M8[D]").astype("M8[Y]").astype(np.int64)
    first, end = (int(year) + 1970 for year in days)
    try:
        known = public_holidays(name, part or None, range(first, end + 1))
    except UnknownPlaceError as error:
        problem = Problem(str(error), "country", value=country, allowed=error.allowed, hint=error.hint)
        raise UsageError((problem,)) from None
    except NoLibraryError as error:
        raise UsageError((Problem(str(error), "country", value=country),)) from None
    numbers = np.array([each.day for each in known.days], dtype="M8[D]").astype(np.int64)
    return replace(history, holidays=np.unique(numbers)), known.source


def _segments(deals: Deals, dated: Flags) -> Ints:
    """Return the segment of every deal; those without one have one of their own."""
    codes = deals.segment.codes[dated].astype(np.int64)
    return np.where(codes < 0, len(deals.segment.names), codes)


def _digest(history: History) -> str:
    parts: Iterable[object] = (getattr(history, name) for name in history.__slots__)
    total = sha256(f"simcore {__version__}".encode())
    for part in parts:
        total.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return total.hexdigest()


def day_text(day: int) -> str:
    """Return a day since 1970-01-01 as YYYY-MM-DD.

    Examples
    --------
    >>> day_text(0)
    '1970-01-01'
    """
    return str(np.datetime64(day, "D"))


def number_of_day(given: str | date | np.datetime64, name: str) -> int:
    """Return a day as days since 1970-01-01.

    Raises
    ------
    UsageError
        If it is none.
    """
    return int(day_of(given, name).astype(np.int64))


def weeks_of(given: int | str, name: str) -> int:
    """Return a number of weeks from a number, or a text as ``4w``.

    Raises
    ------
    UsageError
        If it is none from 1 to `MOST_WEEKS`.

    Examples
    --------
    >>> weeks_of("13w", "horizon"), weeks_of(4, "horizon")
    (13, 4)
    """
    text = given.strip().removesuffix("w") if isinstance(given, str) else given
    try:
        return count_of(text, name, high=MOST_WEEKS)
    except UsageError:
        allowed = f"1w to {MOST_WEEKS}w"
        raise UsageError((Problem("is no number of weeks", name, value=repr(given), allowed=allowed),)) from None


class HistoryHeader(TypedDict):
    """What documents about a history begin with."""

    version: str
    scenario: ScenarioIdentity
    reps: int
    as_of: str
    history_weeks: float


def header_of_history(known: Known, seed: int) -> HistoryHeader:
    """Return what a document says of its history."""
    return {
        "version": __version__,
        "scenario": ScenarioIdentity(
            name=known.name, digest=known.digest, seed=seed, strategies=["as it was"], currency=known.currency
        ),
        "reps": known.owners,
        "as_of": day_text(known.as_of),
        "history_weeks": known.weeks,
    }


def worlds_of(given: int | str) -> int:
    """Return a number of replications of a forecast, 100 to 100,000.

    Raises
    ------
    UsageError
        If it is none.
    """
    return count_of(given, "replications", low=100, high=100_000)


def seed_of(given: int) -> int:
    """Return a seed.

    Raises
    ------
    UsageError
        If it is none of 64 bits.
    """
    return count_of(given, "seed", low=0, high=2**64 - 1)
