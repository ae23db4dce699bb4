"""A small team's deals, made by code, and how each CRM would export them, quirks and all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

STAGES = ("Prospecting", "Qualification", "Proposal")
ZONE = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001  (local times: a zone is given to them where an export has one)


@dataclass
class Deal:
    """A deal as it was."""

    id: str
    owner: str
    account: str
    created: datetime
    outcome: str
    stage: str
    value: float
    segment: str
    entries: list[tuple[str, datetime]] = field(default_factory=list)
    closed: datetime | None = None
    planned: datetime | None = None


def small_world(deals: int = 160, weeks: int = 40) -> list[Deal]:
    """Return deals over some weeks, as they stand on the last evening."""
    draw = np.random.default_rng(7)
    end = START + timedelta(weeks=weeks)
    made = []
    for number in range(deals):
        day = number * weeks * 7 // deals
        created = START + timedelta(days=day, minutes=int(draw.integers(0, 400)))
        at, ending = created, "open"
        entries = []
        for stage in STAGES:
            entries.append((stage, at))
            at += timedelta(days=int(draw.integers(1, 12)), minutes=int(draw.integers(0, 400)))
            if draw.random() < 0.25:
                ending = "lost"
                break
        else:
            ending = "won"
        entries = [(stage, when) for stage, when in entries if when < end]
        closed = at if at < end else None
        made.append(
            Deal(
                id=f"006{number:012d}",
                owner=f"Rep {number % 4 + 1}",
                account=f"Zyxwv {number} Holding",
                created=created,
                outcome=ending if closed is not None else "open",
                stage=entries[-1][0],
                value=float(draw.integers(100, 900)) * 10 + 0.5,
                segment=("north", "south")[number % 2],
                entries=entries,
                closed=closed,
                planned=None if closed is not None else end + timedelta(days=int(draw.integers(1, 60))),
            )
        )
    return made


Row = list[str]


def written(rows: list[Row], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Return rows as a CSV file."""
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return page.getvalue().encode(encoding)


def iso(moment: datetime | None) -> str:
    """Return a local time as the plain dialect has it."""
    return "" if moment is None else moment.isoformat()


def plain_rows(world: list[Deal]) -> list[Row]:
    """Return deals in the plain dialect, the header first."""
    header = ["id", "owner", "created", "closed", "outcome", "stage", "value", "currency", "segment"]
    return [
        header,
        *(
            [deal.id, deal.owner, iso(deal.created), iso(deal.closed), deal.outcome, deal.stage, str(deal.value), "EUR",
             deal.segment]
            for deal in world
        ),
    ]  # fmt: skip


def plain_stage_rows(world: list[Deal]) -> list[Row]:
    """Return the history in the plain dialect, the header first."""
    return [["id", "stage", "entered"], *([deal.id, stage, iso(at)] for deal in world for stage, at in deal.entries)]


def american(moment: datetime | None, *, clock: bool = False) -> str:
    """Return a time as a report of Salesforce has it in the USA."""
    if moment is None:
        return ""
    day = f"{moment.month}/{moment.day}/{moment.year}"
    half = "AM" if moment.hour < 12 else "PM"
    return f"{day}, {moment.hour % 12 or 12}:{moment.minute:02d} {half}" if clock else day


def german(moment: datetime | None) -> str:
    """Return a time as it is written in Germany."""
    return "" if moment is None else moment.strftime("%d.%m.%Y %H:%M")


def in_utc(moment: datetime) -> str:
    """Return a local time as an API has it."""
    return moment.replace(tzinfo=ZONE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


_CLOSED = {"won": "Closed Won", "lost": "Closed Lost"}


def salesforce_report(world: list[Deal]) -> dict[str, bytes]:
    """Return a report: title rows, days as M/D/Y, a row per change of stage, totals and lines at the end, cp1252."""
    header = [
        *("Opportunity ID", "Opportunity Owner", "Account Name", "Opportunity Name", "Created Date", "Close Date"),
        *("Stage", "Amount Currency", "Amount", "Probability (%)", "Segment"),
    ]
    rows = [
        [
            *(deal.id, deal.owner, deal.account, f"{deal.account} \u2013 renewal", american(deal.created, clock=True)),
            american(deal.closed or deal.planned),
            *(_CLOSED.get(deal.outcome, deal.stage), "EUR", f"{deal.value:,.2f}", "40"),
            deal.segment,
        ]
        for deal in world
    ]
    total = sum(deal.value for deal in world)
    title = [["Opportunities of Müller & Söhne"], ["As of 10/12/2026"], []]
    closing = [
        *([], ["Grand Totals (160 records)"], ["", "", "", "", "", "", "", "EUR", f"{total:,.2f}", "", ""], []),
        *(["Confidential Information - Do Not Distribute"], ["Copyright (c) 2000-2026 salesforce.com, inc."]),
    ]
    history = [["Opportunity ID", "From Stage", "To Stage", "Last Modified"]]
    for deal in world:
        steps = [*deal.entries, *([(_CLOSED[deal.outcome], deal.closed)] if deal.closed is not None else [])]
        history += [[deal.id, before, stage, american(at, clock=True)] for (before, _), (stage, at) in pairwise(steps)]
    return {
        "deals": written([*title, header, *rows, *closing], encoding="cp1252"),
        "history": written(history),
    }


def salesforce_objects(world: list[Deal]) -> dict[str, bytes]:
    """Return objects of the API: ids of 18 characters, times in UTC, a row per save."""
    header = [
        "Id",
        "OwnerId",
        "CreatedDate",
        "CloseDate",
        "StageName",
        "IsClosed",
        "IsWon",
        "Amount",
        "CurrencyIsoCode",
    ]
    rows = [
        [
            *(f"{deal.id}AAX", deal.owner, in_utc(deal.created), str((deal.closed or deal.planned or START).date())),
            *(_CLOSED.get(deal.outcome, deal.stage), str(deal.outcome != "open").lower()),
            *(str(deal.outcome == "won").lower(), str(deal.value), "EUR"),
        ]
        for deal in world
    ]
    saves = [["OpportunityId", "StageName", "Amount", "CloseDate", "CreatedDate"]]
    for deal in world:
        steps = [*deal.entries, *([(_CLOSED[deal.outcome], deal.closed)] if deal.closed is not None else [])]
        for stage, at in steps:
            # A save of something else follows each: a row that says the stage again.
            saves += [[deal.id, stage, "1", "2026-12-01", in_utc(at)]]
            saves += [[deal.id, stage, "2", "2026-12-01", in_utc(at + timedelta(minutes=1))]]
    return {"deals": written([header, *rows]), "history": written(saves)}


def hubspot(world: list[Deal]) -> dict[str, bytes]:
    """Return deals with a column for each stage, a byte order mark, and times without seconds."""
    spans = [f'Date entered "{stage} (Sales Pipeline)"' for stage in STAGES]
    header = ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Close Date", "Create Date",
              "Deal owner", *spans]  # fmt: skip
    rows = []
    for deal in world:
        entered = {stage: f"{at:%Y-%m-%d %H:%M}" for stage, at in deal.entries}
        rows.append(
            [
                *(deal.id, deal.account, f"{_CLOSED.get(deal.outcome, deal.stage)} (Sales Pipeline)"),
                *("Sales Pipeline", str(deal.value), "EUR"),
                *(f"{deal.closed or deal.planned:%Y-%m-%d %H:%M}", f"{deal.created:%Y-%m-%d %H:%M}", deal.owner),
                *(entered.get(stage, "") for stage in STAGES),
            ]
        )
    return {"deals": written([header, *rows], encoding="utf-8-sig")}


def pipedrive(world: list[Deal]) -> dict[str, bytes]:
    """Return deals with a status and a column for each end."""
    header = ["Deal - ID", "Deal - Title", "Deal - Organization", "Deal - Owner", "Deal - Deal created",
              "Deal - Won time", "Deal - Lost time", "Deal - Expected close date", "Deal - Status", "Deal - Stage",
              "Deal - Value", "Deal - Currency of Value"]  # fmt: skip
    rows = [
        [
            *(deal.id, deal.account, deal.account, deal.owner, iso(deal.created).replace("T", " ")),
            *(iso(deal.closed).replace("T", " ") if deal.outcome == "won" else "",
              iso(deal.closed).replace("T", " ") if deal.outcome == "lost" else ""),
            *("" if deal.planned is None else str(deal.planned.date()), deal.outcome.title(), deal.stage),
            *(f"{deal.value:.2f}", "EUR"),
        ]
        for deal in world
    ]  # fmt: skip
    return {"deals": written([header, *rows]), "history": written(plain_stage_rows(world))}


def german_pipedrive(world: list[Deal]) -> dict[str, bytes]:
    """Return the same in German: headers, statuses, days, decimal commas; UTF-16 with tabs."""
    words = {"won": "Gewonnen", "lost": "Verloren", "open": "Offen"}
    header = ["Deal - ID", "Deal - Titel", "Deal - Organisation", "Deal - Besitzer", "Deal - Deal erstellt",
              "Deal - Gewonnen am", "Deal - Verloren am", "Deal - Status", "Deal - Phase", "Deal - Wert",
              "Deal - Währung von Wert"]  # fmt: skip
    rows = [
        [
            *(deal.id, deal.account, deal.account, deal.owner, german(deal.created)),
            *(
                german(deal.closed) if deal.outcome == "won" else "",
                german(deal.closed) if deal.outcome == "lost" else "",
            ),
            *(words[deal.outcome], deal.stage, f"{deal.value:,.2f} €".translate(str.maketrans(",.", ".,")), "EUR"),
        ]
        for deal in world
    ]
    return {
        "deals": written([header, *rows], "\t", "utf-16"),
        "history": written(plain_stage_rows(world), ";", "utf-16"),
    }
