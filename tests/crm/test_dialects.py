"""Each dialect is read from a file with the quirks of its CRM, and says what the plain file of the same deals says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import simcore
from simcore.crm.cells.words import Outcome
from simcore.crm.columns import Labels
from simcore.crm.dialects import DIALECTS, columns_of, dialect_of, names_people_or_firms
from tests.support import crm_worlds
from tests.support.crm_worlds import plain_rows, plain_stage_rows, small_world, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simcore.crm.data import DealData

WORLD = small_world()
PLAIN = {"deals": written(plain_rows(WORLD)), "history": written(plain_stage_rows(WORLD))}
WITH_SEGMENT = {"simcore-map": 1, "deal": {"segment": "Segment"}}
LOCAL = {"simcore-map": 1, "timezone": "Europe/Amsterdam"}
EXPORTS: dict[str, tuple[str, Callable[[Any], dict[str, bytes]], dict[str, object] | None]] = {
    "a report of Salesforce": ("salesforce", crm_worlds.salesforce_report, WITH_SEGMENT),
    "objects of Salesforce": ("salesforce", crm_worlds.salesforce_objects, LOCAL),
    "HubSpot": ("hubspot", crm_worlds.hubspot, None),
    "Pipedrive": ("pipedrive", crm_worlds.pipedrive, None),
    "Pipedrive in German": ("pipedrive", crm_worlds.german_pipedrive, None),
}


def read(files: dict[str, bytes], folder: Path, **options: Any) -> DealData:  # noqa: ANN401
    """Write files and read them."""
    paths: dict[str, Any] = {}
    for name, data in files.items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_bytes(data)
    return simcore.read_deals(paths.pop("deals"), **paths, **options)


def words(labels: Labels) -> list[str]:
    return [labels.names[code] if code >= 0 else "" for code in labels.codes]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_dialect_says_what_the_plain_file_says(name: str, tmp_path: Path) -> None:
    dialect, export, export_map = EXPORTS[name]
    (tmp_path / "plain").mkdir()
    plain = read(PLAIN, tmp_path / "plain")
    data = read(export(WORLD), tmp_path, map=export_map)
    assert [finding.what for finding in data.findings] == []
    assert data.dialect == dialect
    assert (data.as_of, data.stages) == (plain.as_of, plain.stages)
    one, other = plain.deals, data.deals
    assert [text[:15] for text in other.id.to_pylist()] == one.id.to_pylist()
    np.testing.assert_array_equal(other.outcome, one.outcome)
    np.testing.assert_array_equal(other.created, one.created)
    np.testing.assert_array_equal(other.closed.astype("M8[D]"), one.closed.astype("M8[D]"))
    np.testing.assert_array_equal(other.value, one.value)
    assert words(other.owner) == words(one.owner)
    assert words(other.currency) == words(one.currency)
    assert np.isnat(other.closed[other.outcome == Outcome.OPEN]).all(), "a planned day is a wish"
    for part in ("deal", "stage", "entered", "left", "to", "visit", "skipped", "reopened"):
        np.testing.assert_array_equal(getattr(data.entries, part), getattr(plain.entries, part), err_msg=part)


@pytest.mark.parametrize("name", ["a report of Salesforce", "HubSpot"])
def test_the_planned_day_of_an_open_deal_is_kept_as_planned(name: str, tmp_path: Path) -> None:
    data = read(EXPORTS[name][1](WORLD), tmp_path, map=EXPORTS[name][2])
    planned = [np.datetime64(deal.planned.date(), "D") for deal in WORLD if deal.planned is not None]
    is_open = data.deals.outcome == Outcome.OPEN
    assert data.deals.planned[is_open].astype("M8[D]").tolist() == [day.item() for day in planned]
    assert np.isnat(data.deals.planned[~is_open]).all()


def test_a_report_is_read_between_its_title_and_its_totals(tmp_path: Path) -> None:
    (deals, history) = read(crm_worlds.salesforce_report(WORLD), tmp_path, map=WITH_SEGMENT).files
    assert (deals.header_row, deals.rows, deals.encoding, deals.delimiter) == (4, 160, "cp1252", "comma")
    assert deals.closing_rows == 4
    assert history.dialect == "stages entered"


def test_pushes_are_counted_where_saves_tell_of_them(tmp_path: Path) -> None:
    files = crm_worlds.salesforce_objects(WORLD)
    text = files["history"].decode().splitlines()
    # The second save of the first deal moves its planned day by a week, the third one back.
    text[2], text[3] = (
        line.replace("2026-12-01", day) for line, day in ((text[2], "2026-12-08"), (text[3], "2026-12-05"))
    )
    files["history"] = "\n".join(text).encode()
    check = read(files, tmp_path, map=LOCAL).check
    assert (check.deals.pushed, check.deals.pushes) == (1, 1)
    without = read(PLAIN, tmp_path).check
    assert (without.deals.pushed, without.deals.pushes) == (None, None)


def test_changes_of_fields_tell_of_stages_pushes_and_owners(tmp_path: Path) -> None:
    deals = [["Id", "CreatedDate", "CloseDate", "StageName", "Amount"],
             ["1", "2026-01-05T09:00:00Z", "2026-03-01", "Closed Won", "10"],
             ["2", "2026-01-06T09:00:00Z", "2026-05-01", "Proposal", "20"]]  # fmt: skip
    changes = [["OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"],
               ["1", "StageName", "Prospecting", "Proposal", "2026-02-01T09:00:00Z"],
               ["1", "StageName", "Proposal", "Closed Won", "2026-03-01T09:00:00Z"],
               ["2", "CloseDate", "2026-04-01", "2026-05-01", "2026-02-02T09:00:00Z"],
               ["2", "CloseDate", "2026-05-01", "2026-04-20", "2026-02-03T09:00:00Z"],
               ["2", "Owner", "Ann", "Ben", "2026-02-04T09:00:00Z"]]  # fmt: skip
    data = read({"deals": written(deals), "history": written(changes)}, tmp_path)
    named = [data.stages[code] for code in data.entries.stage]
    assert list(zip(data.entries.deal.tolist(), named, strict=True)) == [
        (0, "Prospecting"),
        (0, "Proposal"),
        (1, "Proposal"),
    ]
    assert data.entries.entered.astype(str).tolist() == [
        "2026-01-05T09:00:00", "2026-02-01T09:00:00", "2026-01-06T09:00:00"
    ]  # fmt: skip
    assert data.deals.pushed.tolist() == [0, 1]
    assert "owner-changes" in {finding.check for finding in data.findings}


def _handed_over(form: str) -> list[list[str]]:
    """Return a history in which a deal goes from Ann to Ben to Cyd, between its stages."""
    if form == "saves":
        return [["OpportunityId", "StageName", "OwnerId", "CreatedDate"],
                ["1", "Talk", "Ann", "2026-01-05 09:00"], ["1", "Talk", "Ben", "2026-01-20 09:00"],
                ["1", "Offer", "Ben", "2026-02-01 09:00"], ["1", "Offer", "Cyd", "2026-02-10 09:00"],
                ["2", "Talk", "Cyd", "2026-01-06 09:00"]]  # fmt: skip
    return [["OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"],
            ["1", "StageName", "Talk", "Offer", "2026-02-01 09:00"],
            ["1", "Owner", "Ann", "Ben", "2026-01-20 09:00"], ["1", "Owner", "005A", "005B", "2026-01-20 09:00"],
            ["1", "Owner", "Ben", "Cyd", "2026-02-10 09:00"], ["1", "Owner", "005B", "005C", "2026-02-10 09:00"],
            ["2", "StageName", "", "Talk", "2026-01-06 09:00"]]  # fmt: skip


@pytest.mark.parametrize("form", ["saves", "changes of fields"])
def test_a_stay_belongs_to_whoever_had_the_deal_when_it_began(form: str, tmp_path: Path) -> None:
    """Salesforce writes a change of owners twice, with names and with ids."""
    deals = [["Id", "Owner", "CreatedDate", "StageName"], ["1", "Cyd", "2026-01-05 09:00", "Offer"],
             ["2", "Cyd", "2026-01-06 09:00", "Talk"], ["3", "Ben", "2026-02-20 09:00", "Talk"]]  # fmt: skip
    data = read({"deals": written(deals), "history": written(_handed_over(form))}, tmp_path)
    part = data.entries
    named = [(deal, data.stages[stage]) for deal, stage in zip(part.deal.tolist(), part.stage.tolist(), strict=True)]
    stays = dict(zip(named, words(part.owner), strict=True))
    assert {key: stays[key] for key in ((0, "Talk"), (0, "Offer"), (1, "Talk"))} == {
        (0, "Talk"): "Ann", (0, "Offer"): "Ben", (1, "Talk"): "Cyd"
    }  # fmt: skip
    owners = {day: words(data.known_at(day).deals.owner)[0] for day in ("2026-01-10", "2026-01-25", "2026-02-15")}
    assert owners == {"2026-01-10": "Ann", "2026-01-25": "Ben", "2026-02-15": "Cyd"}
    assert len(data.known_at("2026-01-25").handovers) == 1


def test_close_days_of_utc_fall_on_the_local_day(tmp_path: Path) -> None:
    rows = [["id", "created", "closed", "outcome"], ["1", "2026-01-05T09:00:00Z", "2026-02-01T23:30:00Z", "won"]]
    utc = read({"deals": written(rows)}, tmp_path)
    local = read({"deals": written(rows)}, tmp_path, map=LOCAL)
    assert str(utc.deals.closed[0]) == "2026-02-01T23:30:00"
    assert str(local.deals.closed[0]) == "2026-02-02T00:30:00"
    assert "utc-days" in {finding.check for finding in utc.findings}
    assert "utc-days" not in {finding.check for finding in local.findings}


def test_converted_amounts_come_before_those_in_many_currencies(tmp_path: Path) -> None:
    rows = [["Opportunity ID", "Stage", "Created Date", "Amount Currency", "Amount", "Amount (converted) Currency",
             "Amount (converted)"],
            ["1", "Closed Won", "2026-01-05", "USD", "110", "EUR", "100"],
            ["2", "Closed Won", "2026-01-05", "EUR", "200", "EUR", "200"]]  # fmt: skip
    data = read({"deals": written(rows)}, tmp_path)
    assert data.deals.value.tolist() == [100.0, 200.0]
    assert words(data.deals.currency) == ["EUR", "EUR"]


def test_the_first_dialect_wins_where_headers_say_nothing() -> None:
    assert [dialect_of([names["created"][0], names["closed"][0], names["id"][0]]) for names in DIALECTS.values()] == [
        *DIALECTS
    ]
    assert dialect_of([]) == "plain"


def test_what_is_mapped_means_nothing_else() -> None:
    columns = columns_of(["Id", "Amount", "Stage"], None, {"segment": "Stage"})
    assert columns.headers == {"id": "Id", "value": "Amount", "segment": "Stage"}


@pytest.mark.parametrize(
    "header", ["Account Name", "Deal - Titel", "Company", "Deal - Organization", "E-Mail", "Kunde"]
)
def test_headers_of_names_are_known(header: str) -> None:
    assert names_people_or_firms(header)


@pytest.mark.parametrize("header", ["Id", "Stage", "Opportunity ID", "Deal - Wert", "segment", "Created Date"])
def test_other_headers_are_none_of_names(header: str) -> None:
    assert not names_people_or_firms(header)


def test_a_stage_of_two_pipelines_is_one(tmp_path: Path) -> None:
    """HubSpot has a column for each; a map may make several stages one, too."""
    rows = [["Record ID", "Create Date", "Deal Stage", 'Date entered "Demo (North)"', 'Date entered "Demo (South)"',
             'Date entered "Offer (North)"'],
            ["1", "2026-01-05 09:00", "Offer", "2026-01-06 09:00", "", "2026-01-09 09:00"],
            ["2", "2026-01-05 09:00", "Demo", "", "2026-01-07 09:00", ""]]  # fmt: skip
    data = read({"deals": written(rows)}, tmp_path)
    assert data.stages == ("Demo", "Offer")
    assert data.entries.entered.astype("M8[D]").astype(str).tolist() == ["2026-01-06", "2026-01-09", "2026-01-07"]
    merged = read(
        {"deals": written(rows)}, tmp_path, map={"simcore-map": 1, "stages": {"Demo": "talks", "Offer": "talks"}}
    )
    assert merged.stages == ("talks",)
    assert merged.entries.entered.astype("M8[D]").astype(str).tolist() == ["2026-01-06", "2026-01-07"]
