"""What was read of an export: `DealData`, the columns that fits and backtests are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from simcore.base.errors import Problem, UsageError
from simcore.base.version import __version__
from simcore.crm.cells.moments import DAY
from simcore.crm.cells.words import Outcome
from simcore.crm.columns import LOST, NEVER, NO_HANDOVERS, NOWHERE, WON, Calls, Deals, Events, Handovers, StageEntries
from simcore.crm.document import CallTotals, DataCheck, DealCounts
from simcore.crm.findings import LOUD, escaped
from simcore.crm.stays import flows_of, order_of_stages, owners_at, stage_entries
from simcore.dates.days import DAY_FORM, NotADayError, parse_day

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from simcore.crm.columns import Labels
    from simcore.crm.findings import Finding, StageWord
    from simcore.crm.source import FileRead


@dataclass(frozen=True, eq=False)
class DealData:
    r"""An export as columns, with what is wrong with it.

    Attributes
    ----------
    deals
        A record for each deal, see `simcore.crm.columns.Deals`.
    events
        Stages entered, as the history says; empty without one. Sorted by deal, then time.
    entries
        Stays in stages, made of the events; empty without a history.
    stages
        Stages in which a deal is open, in the order in which deals go through them: codes are places in it.
    calls
        The log of calls, or None.
    as_of
        The day on whose evening the export stands, datetime64[D].
    dialect
        ``plain``, ``salesforce``, ``hubspot`` or ``pipedrive``.
    files
        How each file was read.
    findings
        What is wrong, and worth knowing; empty in what `known_at` returns.
    handovers
        Deals that got another owner, as the history says.
    stage_words
        What the file of deals calls stages, and what that was taken for.
    ordered
        Whether the mapping file gives the order of stages; else it is told from what deals did.
    seconds
        Wall-clock time of reading.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> rows = "id,created,closed,outcome\n7,2026-01-05,2026-03-02,won\n8,2026-02-07,,open\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "deals.csv"
    ...     written = path.write_text(rows)
    ...     data = simcore.read_deals(path)
    >>> len(data.deals), data.deals.outcome.tolist(), str(data.as_of)
    (2, [1, 0], '2026-03-02')
    >>> earlier = data.known_at("2026-01-31")
    >>> len(earlier.deals), earlier.deals.outcome.tolist()
    (1, [0])
    """

    deals: Deals
    events: Events
    entries: StageEntries
    stages: tuple[str, ...]
    calls: Calls | None
    as_of: np.datetime64
    dialect: str
    files: tuple[FileRead, ...]
    findings: tuple[Finding, ...]
    handovers: Handovers = NO_HANDOVERS
    stage_words: tuple[StageWord, ...] = ()
    ordered: bool = False
    seconds: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong that has to be mended first."""
        return all(finding.grade != "E" for finding in self.findings)

    @property
    def check(self) -> DataCheck:
        """What ``simcore data check --json`` prints."""
        return check_of(self)

    def known_at(self, day: str | date | np.datetime64) -> DealData:
        """Return what an export of an earlier evening would have held: nothing that came later.

        Deals that were not there yet are left out, and so are those without a day of creation; what was won or lost
        later is open; stays end where they had ended. Planned days, pushes and the stage of deals without a history
        are forgotten, since the file says only what they are today. Owners are those of then where the history tells
        of changes. Values, and all other owners, are those of today: no file says what they were.

        Parameters
        ----------
        day
            The evening, ``YYYY-MM-DD``.

        Raises
        ------
        UsageError
            If it is no day.
        """
        evening = end_of(day_of(day, "day"))
        kept = np.flatnonzero(self.deals.created <= evening)
        places = np.full(len(self.deals), NOWHERE, np.int64)
        places[kept] = np.arange(len(kept))
        known = (self.events.entered <= evening) & (places[self.events.deal] >= 0)
        events = self.events.where(known)
        events = replace(events, deal=places[events.deal])
        deals = self.deals.take(kept)
        everyone = np.arange(len(kept))
        changes = self.handovers.where(places[self.handovers.deal] >= 0)
        changes = replace(changes, deal=places[changes.deal])
        owner = owners_at(changes, deals, everyone, np.full(len(kept), evening))
        changes = changes.where(changes.at <= evening)
        deals = _as_it_was(replace(deals, owner=owner), events, evening)
        calls = self.calls
        if calls is not None and not np.isnat(calls.at).all():
            there = calls.at <= evening
            deal = np.where(calls.deal >= 0, places[calls.deal], NOWHERE)[there]
            calls = Calls(
                calls.row[there], calls.at[there], calls.rep.take(np.flatnonzero(there)), calls.calls[there],
                calls.successes[there], deal,
            )  # fmt: skip
        stages, deals, events = self._with_known_stages(deals, events)
        deals = replace(deals, whole_days=_whole_days(deals), timely=~untimely(deals, events, evening))
        return replace(
            self,
            deals=deals,
            events=events,
            entries=stage_entries(events, deals, len(stages), changes),
            handovers=changes,
            stages=stages,
            calls=calls,
            as_of=evening.astype("M8[D]"),
            findings=(),
        )

    def _with_known_stages(self, deals: Deals, events: Events) -> tuple[tuple[str, ...], Deals, Events]:
        """Return the stages that were known by then, in the order that was known, and what refers to them."""
        used = np.unique(events.stage[events.stage >= 0])
        names = [self.stages[code] for code in used]
        places = np.full(len(self.stages) + 3, NOWHERE, np.int32)
        places[used] = np.arange(len(used))
        places[-3:] = (LOST, WON, NOWHERE)
        events = replace(events, stage=places[events.stage])
        order = order_of_stages(events, names, names if self.ordered else ())
        last = np.empty(len(used) + 3, np.int32)
        last[order] = np.arange(len(used))
        last[-3:] = (LOST, WON, NOWHERE)
        deals = replace(deals, stage=last[places[deals.stage]])
        return tuple(names[place] for place in order), deals, replace(events, stage=last[events.stage])


def _whole_days(deals: Deals) -> frozenset[str]:
    """Return which of creation and closing was known to the day only."""
    columns = {"created": deals.created, "closed": deals.closed}
    midnight = {name for name, times in columns.items() if not (times[~np.isnat(times)].astype(np.int64) % DAY).any()}
    return deals.whole_days | midnight


def _as_it_was(deals: Deals, events: Events, evening: np.datetime64) -> Deals:
    """Return deals with what had become of them on an evening."""
    outcome, closed = deals.outcome.copy(), deals.closed.copy()
    later = (outcome != Outcome.OPEN) & ~(closed <= evening)
    outcome[later], closed[later] = Outcome.OPEN, NEVER
    stage = np.full(len(deals), NOWHERE, np.int32)
    if len(events):
        last = np.ones(len(events), bool)
        last[:-1] = events.deal[1:] != events.deal[:-1]
        of, where, when = events.deal[last], events.stage[last], events.entered[last]
        stage[of] = where
        # One that came back later had been won or lost on that evening.
        for code, ending in ((WON, Outcome.WON), (LOST, Outcome.LOST)):
            ended = (where == code) & (outcome[of] == Outcome.OPEN)
            outcome[of[ended]], closed[of[ended]] = ending, when[ended]
    nothing = np.full(len(deals), NEVER)
    return replace(
        deals, outcome=outcome, closed=closed, stage=stage, planned=nothing, pushed=np.full(len(deals), -1, np.int32)
    )


def untimely(deals: Deals, events: Events, evening: np.datetime64) -> NDArray[np.bool_]:
    """Return the deals of which something comes before their creation, after their end or after the as-of day.

    Where one of two times is known to the day only, days are compared.
    """
    wrong = _before(deals.closed, deals.created, by_day=bool(deals.whole_days))
    days_only = "created" in deals.whole_days or not bool((events.entered.astype(np.int64) % DAY).any())
    early = _before(events.entered, deals.created[events.deal], by_day=days_only)
    late = events.entered > evening
    # By days: a stage that was left on the day of closing is in no order with it.
    past_end = (events.stage >= 0) & _before(deals.closed[events.deal], events.entered, by_day=True)
    wrong[events.deal[early | late | past_end]] = True
    return wrong | (deals.closed > evening) | (deals.created > evening)


def _before(one: NDArray[np.datetime64], other: NDArray[np.datetime64], *, by_day: bool) -> NDArray[np.bool_]:
    """Return where a time comes before another one; never where one is not known."""
    unit = "M8[D]" if by_day else "M8[s]"
    return one.astype(unit) < other.astype(unit)


def day_of(given: object, name: str) -> np.datetime64:
    """Return a day that was given as a text, a date or a datetime64.

    Raises
    ------
    UsageError
        If it is none.
    """
    if isinstance(given, np.datetime64) and not np.isnat(given):
        return np.datetime64(int(given.astype("M8[D]").astype(np.int64)), "D")
    text = given if isinstance(given, str) else getattr(given, "isoformat", str)()[:10] if given is not None else ""
    try:
        return np.datetime64(parse_day(str(text).strip()), "D")
    except NotADayError as error:
        problem = Problem("is no day", name, value=str(text), allowed=DAY_FORM, hint=error.hint)
        raise UsageError((problem,)) from None


def end_of(day: np.datetime64) -> np.datetime64:
    """Return the last second of a day."""
    return np.datetime64((day.astype("M8[D]") + 1).astype("M8[s]") - np.timedelta64(1, "s"))


def texts(cells: pa.Array) -> list[str]:
    """Return a column of texts as a list."""
    found: list[str] = cells.to_pylist()
    return found


def last_day(deals: Deals, events: Events, calls: Calls | None) -> np.datetime64:
    """Return the day of the last event that the files tell of; planned days are none."""
    columns: list[NDArray[np.datetime64]] = [deals.created, deals.closed, events.entered]
    if calls is not None:
        columns.append(calls.at)
    known = [column[~np.isnat(column)] for column in columns]
    last = [column.max() for column in known if len(column)]
    return np.datetime64(max(last), "D") if last else np.datetime64("NaT", "D")


def check_of(data: DealData) -> DataCheck:
    """Return the document of what was read."""
    first, calls = first_event(data), data.calls
    as_of = None if np.isnat(data.as_of) else str(data.as_of)
    return DataCheck(
        version=__version__,
        usable=data.usable,
        dialect=data.dialect,
        as_of=as_of,
        first_day=None if first is None else str(first.astype("M8[D]")),
        weeks=None if first is None or as_of is None else round(weeks_between(first, data.as_of), 1),
        files=list(data.files),
        deals=_counts(data),
        stage_words=list(data.stage_words),
        stages=[flow.model_copy(update={"stage": escaped(flow.stage)}) for flow in flows_of(data.entries, data.stages)]
        if len(data.entries)
        else [],
        calls=None
        if calls is None
        else CallTotals(
            rows=len(calls),
            calls=int(calls.calls.sum()),
            successes=int(calls.successes.sum()),
            reps=len(calls.rep.names),
        ),
        findings=sorted(data.findings, key=lambda finding: (finding.grade, finding.check not in LOUD)),
        seconds=data.seconds,
    )


def _totals(calls: Calls) -> CallTotals:
    return CallTotals(
        rows=len(calls),
        calls=int(calls.calls.sum()),
        successes=int(calls.successes.sum()),
        reps=len(calls.rep.names),
    )


def weeks_between(first: np.datetime64, last: np.datetime64) -> float:
    """Return the weeks from a moment to the end of a day."""
    end = last.astype("M8[D]") + np.timedelta64(1, "D")
    return float((end.astype("M8[s]") - first.astype("M8[s]")).astype(np.int64)) / (7 * DAY)


def first_event(data: DealData) -> np.datetime64 | None:
    """Return the first moment that the files tell of; None if they tell of none."""
    columns = [data.deals.created, data.deals.closed, data.events.entered]
    columns += [] if data.calls is None else [data.calls.at]
    first = [column[~np.isnat(column)].min() for column in columns if (~np.isnat(column)).any()]
    return min(first) if first else None


def _counts(data: DealData) -> DealCounts:
    deals = data.deals
    won, lost, is_open = (deals.outcome == each for each in (Outcome.WON, Outcome.LOST, Outcome.OPEN))
    is_known = bool((deals.pushed >= 0).any())
    currencies = names_used(deals.currency)
    values = deals.value[won & ~np.isnan(deals.value)]
    return DealCounts(
        deals=len(deals),
        open=int(is_open.sum()),
        won=int(won.sum()),
        lost=int(lost.sum()),
        overdue=int((is_open & (deals.planned < data.as_of)).sum()),
        pushed=int((deals.pushed > 0).sum()) if is_known else None,
        pushes=int(np.maximum(deals.pushed, 0).sum()) if is_known else None,
        owners=len(names_used(deals.owner)),
        segments=[escaped(name) for name in names_used(deals.segment)],
        currencies=[escaped(name) for name in currencies],
        won_value=float(values.sum()) if len(values) and len(currencies) <= 1 else None,
        median_days_won=_median_days(deals, won),
        median_days_lost=_median_days(deals, lost),
    )


def names_used(labels: Labels) -> list[str]:
    """Return the names that stand in a column."""
    return [labels.names[code] for code in np.unique(labels.codes[labels.codes >= 0])]


def _median_days(deals: Deals, which: NDArray[np.bool_]) -> float | None:
    known = which & deals.timely & ~np.isnat(deals.created) & ~np.isnat(deals.closed)
    if not known.any():
        return None
    return round(float(np.median((deals.closed - deals.created)[known].astype(np.int64))) / DAY, 3)
