"""Checks of deals: days, values, owners, how they close, and whether there is enough of them to fit anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simcore.crm.cells.moments import DAY
from simcore.crm.cells.words import Outcome, plainly
from simcore.crm.columns import NOWHERE, Labels
from simcore.crm.data import names_used, weeks_between
from simcore.crm.findings import Where, escaped, percent, plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.crm.columns import Calls, Deals, Events
    from simcore.crm.findings import Findings, Grade
    from simcore.crm.source import Source

_FEW = 0.01
"""Share of deals up to which events out of their order are a warning."""
_GAP_DAYS = 90
_BULK = 20
"""Deals of one owner in one minute that are more than a person closes."""
_SAME_DAY = 0.3
_LARGE = 0.2
"""Share of all that was won above which one deal is large."""
_FEW_WINS, _FEWEST_WINS, _FEW_WEEKS = 30, 10, 20
_OVERDUE_WAITS = 0.05
"""Share of open deals that may be older than 99 % of the closed ones became."""
_JUMP, _JUMP_SIZE, _LEAST_SIDE = 30.0, 0.25, 20
"""Chi-square of the split, difference of the shares of losses, closed deals on either side."""
_QUARTER = 13
_JOINED = 0.9
"""Share of deals that calls should join."""
_ROBOTS = {
    "integration",
    "api",
    "system",
    "admin",
    "administrator",
    "automation",
    "automated",
    "bot",
    "import",
    "migration",
}


class Seen(NamedTuple):
    """What checks look at."""

    deals: Deals
    source: Source
    events: Events
    findings: Findings
    as_of: np.datetime64
    """The last second of the day on which the files stand."""

    def where(self, mask: NDArray[np.bool_], meaning: str | None = None) -> Where:
        """Return the deals of a finding; with the cells of a column, if it has one."""
        header = self.source.headers.get(meaning) if meaning is not None else None
        rows = self.deals.row[mask]
        return Where(rows, header, self.source.id_of, of_deals=True)

    def warn(self, check: str, mask: NDArray[np.bool_], what: str, done: str, meaning: str | None = None) -> None:
        """Tell of deals for which something holds, if there are any."""
        if mask.any():
            self.tell("W", check, mask, what, done, meaning)

    def tell(
        self, grade: Grade, check: str, mask: NDArray[np.bool_], what: str, done: str, meaning: str | None = None
    ) -> None:
        """Tell of deals for which something holds."""
        where = self.where(mask, meaning)
        said = f"{int(mask.sum()):,} of {plural(len(mask), 'deal')} {what}"
        self.findings.add(check, grade, self.source.name, said, done, where=where, of=len(mask))

    def say(self, grade: Grade, check: str, what: str, done: str) -> None:
        """Tell of the whole file."""
        self.findings.add(check, grade, self.source.name, what, done)


def check_deals(seen: Seen) -> None:
    """Do all checks of deals."""
    _missing_days(seen)
    _values(seen)
    _currencies(seen)
    _owners(seen)
    _pipelines(seen)
    _bulk(seen)
    _same_day(seen)
    _survivors(seen)
    _jump_of_losses(seen)
    _long_open(seen)
    _enough(seen)
    _last_quarter(seen)


def check_times(seen: Seen) -> None:
    """Tell of deals whose events are out of order, and of a last event that stands alone."""
    wrong = ~seen.deals.timely
    if wrong.any():
        grade: Grade = "E" if int(wrong.sum()) > max(1.0, _FEW * len(wrong)) else "W"
        what = "with an event before the creation, after the end or after the as-of day"
        seen.tell(
            grade, "time-travel", wrong, what, "left out of lags; above 1 % of the deals they are refused", "created"
        )
    times = [seen.deals.created, seen.deals.closed, seen.events.entered]
    days = np.unique(np.concatenate([each[~np.isnat(each)] for each in times]).astype("M8[D]"))
    if len(days) > 1 and int((days[-1] - days[-2]).astype(int)) > _GAP_DAYS:
        gap = int((days[-1] - days[-2]).astype(int))
        what = f"the last event, on {days[-1]}, comes {gap:,} days after the one before it"
        seen.say("W", "lone-last-day", what, "the files are taken to stand on that day; --as-of says another")


def _closed(seen: Seen) -> NDArray[np.bool_]:
    return np.asarray(seen.deals.outcome != Outcome.OPEN)


def _missing_days(seen: Seen) -> None:
    """Tell of days that are not there; cells that cannot be read are told of elsewhere."""
    source = seen.source
    if "created" in source.headers:
        what, done = "without a day of creation", "left out of arrivals and lags"
        seen.warn("missing-days", source.empty("created"), what, done, "created")
    if {"closed", "won_at", "lost_at"} & {*source.headers}:
        mask = _closed(seen) & source.empty("closed", "won_at", "lost_at")
        done = "counted, and left out of lags and weeks"
        seen.warn("missing-days", mask, "won or lost without a day", done, "closed")


def _values(seen: Seen) -> None:
    if "value" not in seen.source.headers:
        return
    value, won, lost = seen.deals.value, seen.deals.outcome == Outcome.WON, seen.deals.outcome == Outcome.LOST
    done = "nothing is learned from it about values; of lost deals nobody minds it"
    seen.warn("missing-values", np.isnan(value) & ~lost, "open or won without a value", done, "value")
    seen.warn("values-not-positive", (value <= 0) & ~lost, "open or won and worth 0 or less", done, "value")
    sold = np.where(won & (value > 0), value, 0.0)
    if sold.sum() > 0 and np.count_nonzero(sold) > 1 and sold.max() > _LARGE * sold.sum():
        largest = np.arange(len(sold)) == int(sold.argmax())
        what = f"worth {percent(float(sold.max()), float(sold.sum()))} of all that was won"
        seen.warn("large-deal", largest, what, "kept: every sum and mean of money hangs on it", "value")


def _currencies(seen: Seen) -> None:
    names = names_used(seen.deals.currency)
    if len(names) > 1:
        counts = np.bincount(seen.deals.currency.codes + 1, minlength=len(seen.deals.currency.names) + 1)[1:]
        other = (seen.deals.currency.codes != int(counts.argmax())) & (seen.deals.currency.codes >= 0)
        what = f"in another currency than most: {', '.join(map(escaped, names))}"
        done = "map the column of converted amounts, or leave the others out (ignore)"
        seen.tell("E", "currencies", other, what, done, "currency")


def _owners(seen: Seen) -> None:
    if "owner" not in seen.source.headers:
        return
    owner = seen.deals.owner
    seen.warn("unknown-owners", owner.codes == NOWHERE, "without an owner", "they belong to no rep", "owner")
    robots = [place for place, name in enumerate(owner.names) if _ROBOTS & {*plainly(name).split()}]
    mask = np.isin(owner.codes, robots)
    what = "owned by what looks like a program, not a rep"
    seen.warn("integration-user", mask, what, "counted as a rep, unless ignore leaves it out", "owner")


def _pipelines(seen: Seen) -> None:
    names = names_used(seen.deals.pipeline)
    if len(names) > 1:
        what = f"deals of {len(names)} pipelines: {', '.join(map(escaped, names[:5]))}"
        done = "read as one; ignore leaves some out, or segment: the column of pipelines keeps them apart"
        seen.say("W", "pipelines", what, done)


def _bulk(seen: Seen) -> None:
    """Tell of many deals that one owner closed in one minute: the days of such deals are not when they closed."""
    deals = seen.deals
    known = np.flatnonzero(_closed(seen) & ~np.isnat(deals.closed))
    if "closed" in deals.whole_days or not len(known):
        return
    minute = deals.closed[known].astype(np.int64) // 60
    pairs = np.stack([deals.owner.codes[known].astype(np.int64), minute], axis=1)
    _, group, size = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    mask = np.zeros(len(deals), bool)
    mask[known] = size[group.reshape(-1)] > _BULK
    what = f"closed by one owner in one minute, more than {_BULK} of them at once"
    seen.warn("bulk-closing", mask, what, "their days of closing are not when it happened: called unreliable", "closed")


def _same_day(seen: Seen) -> None:
    deals = seen.deals
    won = (deals.outcome == Outcome.WON) & ~np.isnat(deals.closed) & ~np.isnat(deals.created)
    same = won & (deals.closed.astype("M8[D]") == deals.created.astype("M8[D]"))
    if won.any() and same.sum() > _SAME_DAY * won.sum():
        what = f"won on the day of their creation, {percent(int(same.sum()), int(won.sum()))} of the wins"
        seen.warn("same-day-wins", same, what, "entered when they were won: lags called unreliable", "created")


def _survivors(seen: Seen) -> None:
    outcome = seen.deals.outcome
    won, lost = int((outcome == Outcome.WON).sum()), int((outcome == Outcome.LOST).sum())
    if won >= _FEWEST_WINS and lost == 0:
        done = "no win rate from closed deals: only how many win, of how many that there were, week by week"
        seen.say("W", "no-losses", f"{plural(won, 'win')} and not one loss: losses are not kept in this file", done)


def _jump_of_losses(seen: Seen) -> None:
    """Tell where the share of losses among closed deals jumps: until then they were kept otherwise, or not at all."""
    deals = seen.deals
    known = _closed(seen) & ~np.isnat(deals.closed)
    order = np.argsort(deals.closed[known], kind="stable")
    lost = (deals.outcome[known] == Outcome.LOST)[order].astype(np.float64)
    if len(lost) < 2 * _LEAST_SIDE or not 0 < lost.sum() < len(lost):
        return
    before = np.arange(_LEAST_SIDE, len(lost) - _LEAST_SIDE + 1)
    total, losses = len(lost), np.cumsum(lost)
    share = losses[-1] / total
    first, second = losses[before - 1] / before, (losses[-1] - losses[before - 1]) / (total - before)
    chi = (first - second) ** 2 / (share * (1 - share) * (1 / before + 1 / (total - before)))
    at = int(chi.argmax())
    if chi[at] > _JUMP and abs(first[at] - second[at]) > _JUMP_SIZE:
        day = np.sort(deals.closed[known])[before[at]].astype("M8[D]")
        what = f"the share of losses goes from {percent(first[at], 1)} to {percent(second[at], 1)} about {day}"
        done = "no win rate from closed deals before that day; deals from then on tell how they end"
        seen.say("W", "jump-of-losses", what, done)


def _long_open(seen: Seen) -> None:
    deals = seen.deals
    known = _closed(seen) & deals.timely & ~np.isnat(deals.closed) & ~np.isnat(deals.created)
    if known.sum() < 2 * _LEAST_SIDE:
        return
    limit = np.quantile((deals.closed - deals.created)[known].astype(np.int64), 0.99)
    is_open = (deals.outcome == Outcome.OPEN) & ~np.isnat(deals.created)
    age = np.where(is_open, (seen.as_of - deals.created).astype(np.int64), 0)
    mask = is_open & (age > limit)
    if mask.sum() > _OVERDUE_WAITS * is_open.sum() and mask.sum() >= 5:
        days = f"{limit / DAY:,.0f} days" if limit >= 2 * DAY else f"{limit / 3600:.0f} hours"
        share = percent(int(mask.sum()), int(is_open.sum()))
        what = f"open for longer than 99 % of the closed ones took ({days}): {share} of the open ones"
        seen.warn("long-open", mask, what, "kept as open, and waiting", "created")


def _enough(seen: Seen) -> None:
    won = int((seen.deals.outcome == Outcome.WON).sum())
    if won < _FEWEST_WINS:
        done = "a win rate can be fitted at best, and nothing about time; a longer history is needed"
        seen.say("E", "few-wins", f"{plural(won, 'win')}, fewer than {_FEWEST_WINS}", done)
    elif won < _FEW_WINS:
        done = "what is learned from so few is hardly known"
        seen.say("W", "few-wins", f"{plural(won, 'win')}, fewer than {_FEW_WINS}", done)
    first = seen.deals.created[~np.isnat(seen.deals.created)]
    if 2 * len(first) > len(seen.deals):
        weeks = weeks_between(first.min(), seen.as_of)
        if weeks < _FEW_WEEKS:
            what = f"{weeks:.0f} weeks of history, fewer than {_FEW_WEEKS}"
            seen.say("W", "few-weeks", what, "how weeks and markets vary is hardly known")


def weekly(times: NDArray[np.datetime64], evening: np.datetime64) -> NDArray[np.int64]:
    """Return counts of whole weeks up to an evening, the last one last, from the week of the first time on."""
    known = times[~np.isnat(times) & (times <= evening)]
    if not len(known):
        return np.zeros(0, np.int64)
    back = ((evening - known).astype(np.int64)) // (7 * DAY)
    whole = int((evening - known.min()).astype(np.int64) // (7 * DAY))
    return np.bincount(back, minlength=whole + 1)[:whole][::-1]


def _last_quarter(seen: Seen) -> None:
    """Tell where the wins of the last 13 weeks lie outside what the weeks before allow."""
    deals = seen.deals
    won = deals.outcome == Outcome.WON
    counts = weekly(deals.closed[won], seen.as_of)
    # In a history that begins with an empty pipeline, wins are yet to come: the first quarter is left out.
    before, last = counts[_QUARTER:-_QUARTER], int(counts[-_QUARTER:].sum())
    if len(before) < 2 * _QUARTER or before.sum() < _FEW_WINS:
        return
    mean = before.mean() * _QUARTER
    sums = np.convolve(before, np.ones(_QUARTER), "valid")
    variance = max(mean * (1 + _QUARTER / len(before)), sums.var(ddof=1) + before.var(ddof=1) * _QUARTER)
    low, high = _range_of_counts(mean, variance)
    if not low <= last <= high:
        allowed = f"{low:,.0f} to {high:,.0f} (99 %)"
        what = f"{plural(last, 'win')} in the last {_QUARTER} weeks, where the weeks before allow {allowed}"
        done = "the history before no longer holds: a forecast has to lean on the last weeks"
        seen.say("W", "last-quarter", what, done)


def _range_of_counts(mean: float, variance: float, outside: float = 0.005) -> tuple[int, int]:
    """Return the ends between which a negative binomial lies but for a share on either side.

    Parameters
    ----------
    mean, variance
        Of the counts; the variance is above the mean.

    Examples
    --------
    >>> _range_of_counts(10.0, 20.0)
    (1, 24)
    """
    from scipy.special import betainc  # noqa: PLC0415  (a start must not pay for it)

    counts = np.arange(int(mean + 20 * variance**0.5) + 2)
    below = betainc(mean**2 / (variance - mean), counts + 1.0, mean / variance)
    low, high = np.searchsorted(below, [outside, 1.0 - outside])
    return int(low), int(high)


def check_calls(seen: Seen | None, calls: Calls, source: Source, owners: Labels | None) -> None:
    """Tell where calls do not join deals, or bring more than there are of them."""
    findings = source.findings
    more = calls.successes > calls.calls
    if more.any():
        what = f"{plural(int(more.sum()), 'row')} with more successes than calls"
        header = source.headers.get("successes")
        done = "kept as they stand: no rate can be learned from them"
        findings.add(
            "more-successes-than-calls", "W", source.name, what, done, where=source.where(more, header), of=len(more)
        )
    if seen is None:
        return
    if "deal" in source.headers:
        joined = np.zeros(len(seen.deals), bool)
        joined[calls.deal[calls.deal >= 0]] = True
    elif owners is not None and "rep" in source.headers and owners.names:
        known = [place for place, name in enumerate(owners.names) if name in calls.rep.names]
        joined = np.isin(owners.codes, known)
    else:
        return
    if joined.mean() < _JOINED:
        what = f"calls join {percent(int(joined.sum()), len(joined))} of the deals"
        done = "what becomes of calls cannot be told from these deals"
        findings.add("calls-unjoined", "W", source.name, what, done, count=int((~joined).sum()), of=len(joined))
