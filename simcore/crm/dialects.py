"""What the headers of an export mean: the plain dialect, Salesforce, HubSpot, Pipedrive; English and German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from simcore.crm.cells.words import plainly

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

DEALS = (
    *("id", "owner", "created", "closed", "won_at", "lost_at", "planned", "outcome", "is_won", "is_closed", "stage"),
    *("pipeline", "value", "currency", "segment", "probability"),
)
"""What a column of deals can mean."""
HISTORY = ("id", "stage", "entered", "field", "old", "new", "planned", "owner")
"""What a column of a history can mean."""
CALLS = ("at", "rep", "calls", "successes", "outcome", "deal")
"""What a column of a log of calls can mean."""

_Names = Mapping[str, tuple[str, ...]]

PLAIN: _Names = {
    name: (name,)
    for name in (
        *("id", "owner", "created", "closed", "outcome", "stage", "value", "currency", "segment", "pipeline"),
        *("probability", "planned"),
    )
}
SALESFORCE: _Names = {
    "id": ("Id", "OpportunityId", "Opportunity ID", "18-Digit Opportunity ID", "Opportunity-ID"),
    "owner": (
        *("OwnerId", "Opportunity Owner", "Opportunity Owner ID", "Opportunity Owner: Full Name", "Owner"),
        *("Opportunity-Inhaber", "Inhaber"),
    ),
    "created": ("CreatedDate", "Created Date", "Erstelldatum", "Erstellungsdatum"),
    "closed": ("CloseDate", "Close Date", "Schlusstermin", "Abschlussdatum"),
    "stage": ("StageName", "Stage", "Phase"),
    "is_won": ("IsWon", "Won", "Gewonnen"),
    "is_closed": ("IsClosed", "Closed", "Geschlossen"),
    "value": ("Amount (converted)", "Amount", "Betrag (konvertiert)", "Betrag"),
    "currency": (
        *("Amount (converted) Currency", "Amount Currency", "CurrencyIsoCode", "Opportunity Currency"),
        *("Betrag (konvertiert) Währung", "Betrag Währung", "Opportunity-Währung"),
    ),
    "probability": ("Probability", "Probability (%)", "Wahrscheinlichkeit (%)", "Wahrscheinlichkeit"),
}
HUBSPOT: _Names = {
    "id": ("Record ID", "hs_object_id", "Deal ID", "Datensatz-ID"),
    "owner": ("Deal owner", "hubspot_owner_id", "Zuständiger Mitarbeiter", "Deal-Inhaber"),
    "created": ("Create Date", "createdate", "Erstellungsdatum", "Erstellt am"),
    "closed": ("Close Date", "closedate", "Abschlussdatum", "Abschlusstermin"),
    "stage": ("Deal Stage", "dealstage", "Deal-Phase"),
    "pipeline": ("Pipeline", "Deal pipeline"),
    "is_won": ("Is Closed Won", "hs_is_closed_won"),
    "is_closed": ("Is Deal Closed?", "Is closed", "hs_is_closed"),
    "value": (
        "Amount in company currency",
        "Amount (company currency)",
        "hs_amount_in_home_currency",
        "Amount",
        "Betrag",
    ),
    "currency": ("Currency", "deal_currency_code", "Währung"),
    "probability": ("Deal probability", "hs_deal_stage_probability", "Deal-Wahrscheinlichkeit"),
}
PIPEDRIVE: _Names = {
    "id": ("Deal - ID", "id"),
    "owner": ("Deal - Owner", "user_id", "Deal - Besitzer", "Deal - Inhaber"),
    "created": ("Deal - Deal created", "add_time", "Deal - Deal erstellt", "Deal - Deal erstellt am"),
    "closed": ("Deal - Deal closed on", "close_time", "Deal - Deal abgeschlossen am", "Deal - Deal geschlossen am"),
    "won_at": ("Deal - Won time", "won_time", "Deal - Gewonnen am", "Deal - Zeitpunkt gewonnen"),
    "lost_at": ("Deal - Lost time", "lost_time", "Deal - Verloren am", "Deal - Zeitpunkt verloren"),
    "planned": ("Deal - Expected close date", "expected_close_date", "Deal - Erwartetes Abschlussdatum"),
    "outcome": ("Deal - Status", "status"),
    "stage": ("Deal - Stage", "stage_id", "Deal - Phase"),
    "pipeline": ("Deal - Pipeline", "pipeline_id"),
    "value": ("Deal - Value", "value", "Deal - Wert"),
    "currency": (
        "Deal - Currency of Value",
        "Deal - Currency",
        "currency",
        "Deal - Währung von Wert",
        "Deal - Währung",
    ),
    "probability": ("Deal - Probability", "probability", "Deal - Wahrscheinlichkeit"),
}
DIALECTS: dict[str, _Names] = {"plain": PLAIN, "salesforce": SALESFORCE, "hubspot": HUBSPOT, "pipedrive": PIPEDRIVE}
"""Headers by dialect and meaning; of several that a file has, the first one is read."""
HISTORY_NAMES: _Names = {
    "id": ("id", "OpportunityId", "Opportunity ID", "Deal - ID", "deal_id", "Record ID", "Opportunity-ID"),
    "stage": ("stage", "StageName", "To Stage", "In Phase", "Phase"),
    "entered": ("entered", "CreatedDate", "Last Modified", "Last Modified Date", "Edit Date", "Bearbeitungsdatum"),
    "field": ("Field", "Field / Event", "Feld/Ereignis", "Feld"),
    "old": ("OldValue", "Old Value", "From Stage", "Alter Wert"),
    "new": ("NewValue", "New Value", "Neuer Wert"),
    "planned": ("CloseDate", "Close Date"),
    "owner": ("OwnerId", "owner"),
}
"""Headers of a history: one row per stage entered, per save, or per change of a field."""
CALL_NAMES: _Names = {
    "at": ("at", "time", "date", "Call Date", "Activity Date"),
    "rep": ("rep", "owner", "agent", "caller", "Assigned"),
    "calls": ("calls",),
    "successes": ("successes", "meetings"),
    "outcome": ("outcome", "result", "Call Result", "Call Disposition"),
    "deal": ("deal", "OpportunityId", "deal_id"),
}
_SPAN = re.compile(r'^Date entered "(?P<stage>.+?)"$|^hs_(?:v2_)?date_entered_(?P<code>\w+)$', re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(name|account|company|companies|organi[sz]ation|client|customer|contact|person|people|title|e ?mail|phone"
    r"|website|firma|kunde|unternehmen|kontakt|titel|telefon)s?\b"
)


class Columns(NamedTuple):
    """Which header of a file means what."""

    dialect: str
    headers: dict[str, str]
    """By meaning."""
    entered: dict[str, list[str]]
    """Headers of the days on which a stage was entered, by stage (HubSpot): one for each pipeline that has it."""
    pipelines: frozenset[str]
    """Pipelines that these headers name."""


def names_people_or_firms(header: str) -> bool:
    """Return whether cells below a header are names of accounts, contacts or deals.

    Examples
    --------
    >>> names_people_or_firms("Account Name"), names_people_or_firms("Deal - Organization"), names_people_or_firms("Id")
    (True, True, False)
    """
    return _PERSONAL.search(plainly(header)) is not None


def is_known(header: str, mapped: Collection[str] = ()) -> bool:
    """Return whether a header of deals means something in any dialect, or is mapped."""
    return header in mapped or plainly(header) in _KNOWN or _SPAN.match(header) is not None


def is_known_in(names: Mapping[str, Sequence[str]], header: str, mapped: Collection[str] = ()) -> bool:
    """Return whether a header means something by a table of names, or is mapped."""
    return header in mapped or plainly(header) in {plainly(each) for several in names.values() for each in several}


_KNOWN = {plainly(header) for names in DIALECTS.values() for several in names.values() for header in several}


def dialect_of(headers: Sequence[str]) -> str:
    """Return the dialect that knows most of the headers; of several, the first in `DIALECTS`.

    Examples
    --------
    >>> dialect_of(["Deal - ID", "Deal - Wert", "Deal - Status"]), dialect_of(["id", "created", "closed", "outcome"])
    ('pipedrive', 'plain')
    >>> dialect_of(["Id", "StageName", "CloseDate", "Account Name"])
    'salesforce'
    """
    given = {plainly(header) for header in headers}
    spans = any(_SPAN.match(header) for header in headers)

    def score(dialect: str) -> tuple[int, int]:
        names = DIALECTS[dialect]
        meanings = sum(any(plainly(each) in given for each in several) for several in names.values())
        exact = len({each for several in names.values() for each in several} & {*headers})
        return meanings + (2 if spans and dialect == "hubspot" else 0), exact

    return max(DIALECTS, key=score)


def columns_of(headers: Sequence[str], dialect: str | None, mapped: Mapping[str, str]) -> Columns:
    """Return what the headers of deals mean.

    Parameters
    ----------
    headers
        Those of the file.
    dialect
        Of the mapping file; that which knows most of them where it is not said.
    mapped
        Headers by meaning, as the mapping file says; they come first.
    """
    name = dialect or dialect_of([header for header in headers if header not in mapped.values()])
    entered: dict[str, list[str]] = {}
    pipelines: set[str] = set()
    for header in headers:
        match = _SPAN.match(header)
        if match is not None:
            stage, bracket, pipeline = (match["stage"] or match["code"]).removesuffix(")").rpartition(" (")
            entered.setdefault(stage if bracket else pipeline, []).append(header)
            pipelines |= {pipeline} if bracket else set()
    return Columns(name, meanings(headers, DIALECTS[name], mapped), entered, frozenset(pipelines))


def meanings(headers: Sequence[str], names: Mapping[str, Iterable[str]], mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a file by what they mean."""
    given = {plainly(header): header for header in reversed(headers)}
    found = {
        meaning: next((given[plainly(each)] for each in several if plainly(each) in given), None)
        for meaning, several in names.items()
    }
    # What the mapping file has taken for something means nothing else.
    return {
        **{meaning: header for meaning, header in found.items() if header and header not in mapped.values()},
        **mapped,
    }
