"""Exports that are broken in one way each: what is done to a sound one, and what has to be told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.crm.reading import read_deals
from tests.support.crm_worlds import Deal, iso, plain_rows, plain_stage_rows, small_world, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.crm.data import DealData

ID, OWNER, CREATED, CLOSED, OUTCOME, STAGE, VALUE, CURRENCY, SEGMENT = range(9)
"""Places of the columns of deals in the plain dialect."""


@dataclass
class Files:
    """The files of an export, on their way to being broken."""

    world: list[Deal]
    deals: list[list[str]]
    history: list[list[str]]
    calls: list[list[str]] | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    edit: Callable[[bytes], bytes] = field(default=lambda data: data)
    """The last change of the file of deals, as bytes."""
    with_history: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    def read(self, folder: Path) -> DealData:
        """Write the files and read them."""
        given: dict[str, Any] = {}
        parts = {"deals": self.deals, "history": self.history if self.with_history else None, "calls": self.calls}
        for name, rows in parts.items():
            if rows is not None:
                given[name] = folder / f"{name}.csv"
                data = written(rows, self.delimiter, self.encoding)
                given[name].write_bytes(self.edit(data) if name == "deals" else data)
        return read_deals(given.pop("deals"), **given, **self.options)


def sound_files(deals: int = 160, weeks: int = 40) -> Files:
    """Return files with which nothing is wrong."""
    world = small_world(deals, weeks)
    return Files(world, plain_rows(world), plain_stage_rows(world))


@dataclass
class Broken:
    """A way to break an export, and what has to be told: the check, its grade, a row and a column."""

    name: str
    check: str
    grade: str
    change: Callable[[Files], None]
    row: int | None = None
    column: str | None = None
    count: int | None = None


def _put(column: int, *cells: str, first: int = 1) -> Callable[[Files], None]:
    """Return a change that puts cells into a column, from a row below the header on."""

    def change(files: Files) -> None:
        for place, cell in enumerate(cells, start=first):
            files.deals[place][column] = cell

    return change


def _every(column: int, change: Callable[[str], str]) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        for row in files.deals[1:]:
            row[column] = change(row[column])

    return apply


def _column(header: str, cell: Callable[[int], str]) -> Callable[[Files], None]:
    """Return a change that adds a column, with cells by the place of the row below the header."""

    def apply(files: Files) -> None:
        for place, row in enumerate(files.deals):
            row.append(cell(place) if place else header)

    return apply


def _euros(files: Files) -> None:
    """Put signs beside amounts: of the first one another than of the rest."""
    for place, row in enumerate(files.deals[1:]):
        row[VALUE] = f"{'$' if place else '€'}{row[VALUE]}"


def _drop(*columns: int) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        files.deals[:] = [[cell for place, cell in enumerate(row) if place not in columns] for row in files.deals]

    return apply


def _bytes(old: bytes, new: bytes) -> Callable[[Files], None]:
    """Return a change of the first place in the file where some bytes stand."""

    def apply(files: Files) -> None:
        files.edit = lambda data: data.replace(old, new, 1)

    return apply


def _options(**options: object) -> Callable[[Files], None]:
    return lambda files: files.options.update(options)


def _both(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        for change in changes:
            change(files)

    return apply


def _alone(files: Files) -> None:
    """Leave the history out."""
    files.with_history = False


def _of(files: Files, outcome: str) -> list[int]:
    return [place for place, row in enumerate(files.deals) if row[OUTCOME] == outcome]


def _slashed(order: str, *, most: int = 31) -> Callable[[Files], None]:
    """Return a change of all days into D/M/Y or M/D/Y, days of the month above ``most`` taken down to it."""

    def day(cell: str) -> str:
        if not cell:
            return ""
        year, month, rest = cell.split("-")
        number = min(int(rest[:2]), most)
        parts = (number, int(month)) if order == "dmy" else (int(month), number)
        return f"{parts[0]}/{parts[1]}/{year}"

    def apply(files: Files) -> None:
        files.with_history = False
        for row in files.deals[1:]:
            row[CREATED], row[CLOSED] = day(row[CREATED]), day(row[CLOSED])

    return apply


def _again(**facts: str) -> Callable[[Files], None]:
    """Return a change that adds the first deal again, at the end."""

    def apply(files: Files) -> None:
        row = [*files.deals[1]]
        for name, cell in facts.items():
            row[files.deals[0].index(name)] = cell
        files.deals.append(row)

    return apply


def _won(change: Callable[[list[str], Deal], None], most: int = 10**6) -> Callable[[Files], None]:
    """Return a change of won deals."""

    def apply(files: Files) -> None:
        for place in _of(files, "won")[:most]:
            change(files.deals[place], files.world[place - 1])

    return apply


def _same_day(row: list[str], deal: Deal) -> None:
    row[CREATED] = iso((deal.closed or deal.created).replace(hour=0, minute=1))


def _bulk(files: Files) -> None:
    for place in [each for each in range(1, len(files.deals)) if files.deals[each][OUTCOME] != "open"][:60]:
        files.deals[place][OWNER], files.deals[place][CLOSED] = "Rep 1", "2026-10-01T17:00:12"
    files.with_history = False


def _no_losses(files: Files) -> None:
    files.deals[:] = [row for row in files.deals if row[OUTCOME] != "lost"]
    files.history[:] = [row for row in files.history if row[0] in {deal[ID] for deal in files.deals} | {"id"}]


def _late_losses(files: Files) -> None:
    """Leave out all losses before the middle."""
    kept = [row for row in files.deals[1:] if row[OUTCOME] != "lost" or row[CLOSED] > "2026-06-20"]
    files.deals[:] = [files.deals[0], *kept]
    ids = {row[ID] for row in kept}
    files.history[:] = [files.history[0], *(row for row in files.history[1:] if row[0] in ids)]


def _stale(files: Files) -> None:
    """Leave ten old deals open."""
    for place in range(1, 21):
        files.deals[place][OUTCOME], files.deals[place][CLOSED] = "open", ""


def _few(wins: int) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        for place in _of(files, "won")[wins:]:
            files.deals[place][OUTCOME] = "lost"

    return apply


def _boom(files: Files) -> None:
    """Add many wins in the last weeks of a longer history."""
    longer = sound_files(280, 70)
    files.deals, files.history = longer.deals, longer.history
    for number in range(120):
        at = f"2027-04-{number % 28 + 1:02d}T10:{number % 60:02d}:00"
        files.deals.append(
            [f"new{number}", "Rep 1", "2027-03-20T10:00:00", at, "won", "Proposal", "1000", "EUR", "north"]
        )


def _skip(files: Files) -> None:
    """Leave out the second stage of six deals that were won."""
    ids = {files.deals[place][ID] for place in _of(files, "won")[:6]}
    files.history[:] = [row for row in files.history if row[0] not in ids or row[1] != "Qualification"]


def _back(files: Files) -> None:
    """Send two deals back to the first stage, and on again."""
    for place in _of(files, "won")[:2]:
        deal = files.world[place - 1]
        last = deal.entries[-1][1]
        files.history += [
            [deal.id, "Prospecting", iso(last + timedelta(minutes=5))],
            [deal.id, "Proposal", iso(last + timedelta(minutes=9))],
        ]


def _reopened(files: Files) -> None:
    """Let a deal be lost between its first two stages."""
    deal = next(deal for deal in files.world if len(deal.entries) > 1)
    files.history.append([deal.id, "Closed Lost", iso(deal.entries[0][1] + timedelta(minutes=3))])


def _past_the_funnel(files: Files) -> None:
    """Let wins come out of the first stage."""
    ids = {files.deals[place][ID] for place in _of(files, "won")[:8]}
    files.history[:] = [row for row in files.history if row[0] not in ids or row[1] == "Prospecting"]


def _lost_between(files: Files) -> None:
    for place in _of(files, "open"):
        files.deals[place][STAGE] = "Prospecting" if files.deals[place][STAGE] != "Prospecting" else "Proposal"


def _forgotten(files: Files) -> None:
    ids = {row[ID] for row in files.deals[1:9]}
    files.history[:] = [row for row in files.history if row[0] not in ids]


def _strangers(files: Files) -> None:
    files.history += [["nobody", "Proposal", "2026-05-05T10:00:00"]]


def _ended_open(files: Files) -> None:
    place = _of(files, "open")[0]
    files.history.append([files.deals[place][ID], "Closed Won", "2026-10-09T10:00:00"])


def _whole_days(files: Files) -> None:
    for row in files.history[1:]:
        row[2] = row[2][:10]
    first = files.world[0].entries
    files.history[2][2] = iso(first[0][1])[:10]


_CALLS = ("at", "rep", "calls", "successes")


def _calls(*rows: list[str], header: tuple[str, ...] = _CALLS) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        sound = [["2026-03-02", f"Rep {number % 4 + 1}", "50", "2"] for number in range(40)]
        files.calls = [[*header], *(sound if header == _CALLS else []), *rows]

    return apply


def _by_field(files: Files) -> None:
    """Turn the history into changes of fields, with changes of owners among them."""
    files.history[:] = [
        ["OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"],
        *([row[0], "StageName", "", row[1], row[2]] for row in files.history[1:]),
        [files.deals[1][ID], "Owner", "Rep 1", "Rep 2", "2026-02-02T10:00:00"],
    ]


def _unnamed_columns(files: Files) -> None:
    files.history[0][2] = "when"


BROKEN = (
    Broken("NUL", "characters", "E", _bytes(b",EUR,", b",E\0R,"), 2, "currency", 1),
    Broken("control character", "characters", "E", _bytes(b"Rep 3", b"Rep\x1b[31m"), 4, "owner", 1),
    Broken("vertical tab in a column that is not read", "characters", "E",
           _column("note", lambda place: "a\x0bb" if place == 9 else ""), 10, "note", 1),
    Broken("broken UTF-8", "characters", "E",
           _both(_every(SEGMENT, lambda cell: f"{cell} ü"), _bytes("ü".encode(), b"\xfc")), 2, "segment", 1),
    Broken("a comma without quotes", "ragged-rows", "E", _bytes(b"EUR,south", b"EUR,so,uth"), 3, "column 10", 1),
    Broken("a row cut short", "ragged-rows", "E", _bytes(b",EUR,south\r\n", b"\r\n"), 3, "currency", 1),
    Broken("formula in an id", "formula-cells", "W", _put(ID, "=cmd|' /C calc'!A0"), 2, "id", 1),
    Broken("at sign in a segment", "formula-cells", "W", _put(SEGMENT, "@SUM(1+1)"), 2, "segment", 1),
    Broken("plus in an owner", "formula-cells", "W", _put(OWNER, "+49 Rep"), 2, "owner", 1),
    Broken("an id twice, other facts", "duplicate-ids", "E", _again(value="1"), 162, "id", 1),
    Broken("an id twice, same facts", "identical-rows", "W", _again(), 162, "id", 1),
    Broken("an id left out", "missing-ids", "W", _put(ID, ""), 2, "id", 1),
    Broken("no column of ids", "missing-ids", "W", _both(_drop(ID), _alone)),
    Broken("M/D/Y or D/M/Y", "ambiguous-dates", "E", _slashed("dmy", most=12), 2, "created"),
    Broken("M/D/Y or D/M/Y, told as iso", "ambiguous-dates", "E",
           _both(_slashed("mdy", most=12), _options(map={"simcore-map": 1, "dates": "iso"})), 2, "created"),
    Broken("D/M/Y told as M/D/Y", "unreadable-dates", "E",
           _both(_slashed("dmy"), _options(dates="mdy")), None, "created"),
    Broken("words for dates", "unreadable-dates", "E", _put(CREATED, "soon", "later", "never"), 2, "created", 3),
    Broken("one date that is none", "unreadable-dates", "W", _put(CREATED, "2026-02-30"), 2, "created", 1),
    Broken("a year that is none", "unreadable-dates", "W", _put(CREATED, "0026-02-03"), 2, "created", 1),
    Broken("words for amounts", "unreadable-numbers", "E", _put(VALUE, "tbd", "n/a", "ask Bob"), 2, "value", 3),
    Broken("one amount that is none", "unreadable-numbers", "W", _put(VALUE, "12..5"), 2, "value", 1),
    Broken("amounts of two readings", "ambiguous-numbers", "E", _put(VALUE, *["1.234"] * 160), 2, "value", 160),
    Broken("amounts of both signs", "ambiguous-numbers", "E", _put(VALUE, "1.234,56", "1,234.56", "1.234"), 4, "value"),
    Broken("a state nobody knows", "unknown-outcomes", "E", _put(OUTCOME, "perhaps", first=4), 5, "outcome", 1),
    Broken("no state and no stage", "no-outcome", "E", _drop(OUTCOME, STAGE)),
    Broken("no day of creation", "missing-columns", "W", _drop(CREATED)),
    Broken("no owner", "missing-columns", "W", _drop(OWNER)),
    Broken("no value", "missing-columns", "W", _drop(VALUE)),
    Broken("no day of closing", "missing-columns", "W", _drop(CLOSED)),
    Broken("a creation left out", "missing-days", "W", _put(CREATED, ""), 2, "created", 1),
    Broken("a closing left out", "missing-days", "W", _put(CLOSED, ""), 2, "closed", 1),
    Broken("closed before it was created", "time-travel", "W", _put(CLOSED, "2025-12-01"), 2, "created", 1),
    Broken("many closed before", "time-travel", "E", _put(CLOSED, *["2025-12-01"] * 4), 2, "created", 4),
    Broken("after the as-of day", "time-travel", "E", _options(as_of="2026-06-01"), None, "created"),
    Broken("a stage before the creation", "time-travel", "W",
           lambda files: files.history[1].__setitem__(2, "2025-11-11T10:00:00"), 2, "created", 1),
    Broken("a slip of the year", "lone-last-day", "W", _put(CLOSED, "2062-03-01T10:00:00")),
    Broken("no history", "no-history", "W", _alone),
    Broken("stages passed over", "stages-skipped", "W", _skip, None, None, 6),
    Broken("stages entered again", "moved-back", "W", _back, None, None, 2),
    Broken("lost and back", "reopened", "W", _reopened, None, None, 1),
    Broken("won out of the first stage", "won-past-the-funnel", "W", _past_the_funnel, None, None, 8),
    Broken("in another stage than the history says", "lost-between-steps", "W", _lost_between, None, "stage"),
    Broken("deals without history", "without-history", "W", _forgotten, 2, None, 8),
    Broken("history without deals", "unknown-deals", "W", _strangers, None, "id", 1),
    Broken("won, and open", "ended-and-open", "W", _ended_open, None, "outcome", 1),
    Broken("days in place of times", "stages-on-one-day", "W", _whole_days, 2, None, 1),
    Broken("owners change", "owner-changes", "W", _by_field, None, None, 1),
    Broken("history without times", "missing-columns", "E", _unnamed_columns),
    Broken("no losses", "no-losses", "W", _no_losses),
    Broken("losses kept from a day on", "jump-of-losses", "W", _late_losses),
    Broken("old deals still open", "long-open", "W", _stale, 2, "created"),
    Broken("closed all at once", "bulk-closing", "W", _bulk, None, "closed"),
    Broken("entered when won", "same-day-wins", "W",
           _both(_won(_same_day), _alone), None, "created"),
    Broken("values left out", "missing-values", "W",
           _won(lambda row, _: row.__setitem__(VALUE, ""), 3), None, "value", 3),
    Broken("worth nothing", "values-not-positive", "W",
           _won(lambda row, _: row.__setitem__(VALUE, "-5"), 2), None, "value", 2),
    Broken("one deal as large as the rest", "large-deal", "W",
           _won(lambda row, _: row.__setitem__(VALUE, "9,000,000"), 1), None, "value", 1),
    Broken("a name for a currency", "unreadable-currencies", "W", _put(CURRENCY, "Acme"), 2, "currency", 1),
    Broken("two currencies", "currencies", "E", _put(CURRENCY, "USD", "USD"), 2, "currency", 2),
    Broken("a currency sign of another", "currencies", "E",
           _both(_euros, _drop(CURRENCY)), 2, None, 1),
    Broken("owners left out", "unknown-owners", "W", _put(OWNER, "", ""), 2, "owner", 2),
    Broken("an integration user", "integration-user", "W", _put(OWNER, "API Integration"), 2, "owner", 1),
    Broken("two pipelines", "pipelines", "W",
           _column("pipeline", lambda place: ("new", "old")[place % 2])),
    Broken("five wins", "few-wins", "E", _few(5)),
    Broken("twenty wins", "few-wins", "W", _few(20)),
    Broken("a few weeks", "few-weeks", "W", lambda files: files.deals.__delitem__(slice(1, 120))),
    Broken("a boom", "last-quarter", "W", _boom),
    Broken("times of UTC", "utc-days", "W", _every(CREATED, lambda cell: f"{cell}Z")),
    Broken("calls of strangers", "calls-unjoined", "W",
           _calls(["2026-03-01", "Mallory", "5", "1"], header=("at", "rep", "calls", "meetings"))),
    Broken("more meetings than calls", "more-successes-than-calls", "W",
           _calls(["2026-03-01", "Rep 1", "5", "9"]), 42, "successes", 1),
    Broken("calls without an outcome", "missing-columns", "E", _calls(["2026-03-01", "Rep 1"], header=("at", "rep"))),
    Broken("a call of which nobody knows what came", "unknown-outcomes", "E",
           _calls(["2026-03-01", "Rep 1", "hmm"], header=("at", "rep", "outcome")), 2, "outcome", 1),
    Broken("calls that are no numbers", "unreadable-numbers", "W",
           _calls(["2026-03-01", "Rep 1", "many", "1"]), 42, "calls", 1),
)  # fmt: skip
"""Each check at least once."""
