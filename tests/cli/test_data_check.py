"""`simcore data check`: the verdict first, exit statuses, JSON with its schema, and no names anywhere."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.schema import document_schema
from tests.support import crm_worlds
from tests.support.broken_exports import BROKEN, Broken, sound_files
from tests.support.crm_worlds import plain_rows, plain_stage_rows, small_world, written

if TYPE_CHECKING:
    from pathlib import Path

WORLD = small_world()


def called(*arguments: object) -> tuple[int, str, str]:
    """Call the command, and return its status and what it prints on stdout and on stderr."""
    done = CliRunner().invoke(app, ["data", "check", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    (tmp_path / "deals.csv").write_bytes(written(plain_rows(WORLD)))
    (tmp_path / "stages.csv").write_bytes(written(plain_stage_rows(WORLD)))
    return tmp_path


def test_a_sound_export_has_nothing_to_be_mended(sound: Path) -> None:
    status, out, err = called(sound / "deals.csv", "--history", sound / "stages.csv")
    assert (status, err) == (ExitStatus.DONE, "")
    lines = out.splitlines()
    assert lines[0] == "Nothing has to be mended; no warnings."
    assert lines[2].startswith("160 deals: 69 won, 82 lost, 9 open")
    assert any(line.startswith("Qualification ") for line in lines)
    assert max(map(len, lines)) <= 80


def test_what_has_to_be_mended_is_status_3(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,created,closed,outcome\n1,1/2/2026,3/4/2026,won\n")
    status, out, _ = called(tmp_path / "deals.csv")
    assert status == ExitStatus.INVALID
    assert out.splitlines()[0].startswith("3 things have to be mended first")
    assert "ambiguous-dates" in out
    status, out, _ = called(tmp_path / "deals.csv", "--dates", "mdy")
    assert "ambiguous-dates" not in out
    assert "few-wins" in out


def test_the_document_fits_its_schema(sound: Path) -> None:
    status, out, _ = called(sound / "deals.csv", "--history", sound / "stages.csv", "--json")
    document = json.loads(out)
    assert status == ExitStatus.DONE
    assert (document["document"], document["format"], document["usable"]) == ("data-check", 1, True)
    assert Draft202012Validator(document_schema("data-check")).is_valid(document)
    for flow in document["stages"]:
        assert flow["entered"] == sum(flow[key] for key in ("on", "back", "won", "lost", "open"))


def test_a_broken_document_fits_it_too(tmp_path: Path) -> None:
    for place, broken in enumerate(BROKEN[:20]):
        folder = tmp_path / str(place)
        folder.mkdir()
        files = sound_files()
        broken.change(files)
        document = files.read(folder).check.model_dump(mode="json")
        assert Draft202012Validator(document_schema("data-check")).is_valid(document), broken.name


def test_the_command_line_that_is_wrong_is_status_2(sound: Path) -> None:
    deals = sound / "deals.csv"
    assert called(deals, "--dates", "ymd")[0] == ExitStatus.USAGE
    assert called(deals, "--as-of", "30/06/2026")[0] == ExitStatus.USAGE
    assert called(deals, "--as-of", "2026-06-31")[0] == ExitStatus.USAGE
    assert called()[0] == ExitStatus.USAGE


def test_a_file_that_is_not_there_is_status_4(sound: Path) -> None:
    status, _, err = called(sound / "none.csv")
    assert status == ExitStatus.IO
    assert "no such file or directory" in err
    assert called(sound / "deals.csv", "--map", sound / "none.yaml")[0] == ExitStatus.IO
    assert called(sound)[0] == ExitStatus.IO


def test_a_mapping_file_that_is_wrong_is_told_with_its_line(sound: Path) -> None:
    (sound / "map.yaml").write_text("simcore-map: 1\ndeal:\n  ownr: owner\ntimezone: Europe/Amsterdan\n")
    status, _, err = called(sound / "deals.csv", "--map", sound / "map.yaml")
    assert status == ExitStatus.INVALID
    assert "map.yaml:3:3: deal.ownr: unknown key" in err
    assert "did you mean owner?" in err
    (sound / "map.yaml").write_text("simcore-map: 1\ndeal: {owner: onwer}\n")
    status, _, err = called(sound / "deals.csv", "--map", sound / "map.yaml")
    assert status == ExitStatus.INVALID
    assert "is no header of" in err
    assert "did you mean owner?" in err


EXPORTS = (crm_worlds.salesforce_report, crm_worlds.hubspot, crm_worlds.pipedrive, crm_worlds.german_pipedrive)


def names_in(text: str) -> bool:
    """Tell whether a name of an account, or what a spreadsheet would run, stands in a text."""
    return "zyxwv" in text.lower()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.__name__)
def test_names_of_accounts_reach_no_output(export: object, tmp_path: Path) -> None:
    """Not even where a name has slipped into a column that is read."""
    files = export(WORLD)  # type: ignore[operator]
    encoding = "utf-16" if export is crm_worlds.german_pipedrive else "cp1252"
    text = files["deals"].decode(encoding)
    old, slipped = "Rep 1", "Zyxwv 0 Holding"
    for broken in (
        text,
        text.replace(WORLD[3].id, "", 1),
        text.replace("EUR", slipped, 1),
        text.replace("2026", slipped, 3),
    ):
        (tmp_path / "deals.csv").write_bytes(broken.replace(old, old, 1).encode(encoding))
        for extra in ((), ("--json",)):
            status, out, err = called(tmp_path / "deals.csv", *extra)
            assert status in (ExitStatus.DONE, ExitStatus.INVALID)
            assert not names_in(out + err)


def test_names_are_shown_where_they_are_asked_for(tmp_path: Path) -> None:
    text = crm_worlds.pipedrive(WORLD)["deals"].decode().replace(WORLD[3].id, "", 1)
    (tmp_path / "deals.csv").write_text(text)
    _, out, _ = called(tmp_path / "deals.csv", "--names")
    assert names_in(out)
    assert names_in(called(tmp_path / "deals.csv", "--names", "--json")[1])


def test_names_stand_beside_the_rows_of_deals_only(tmp_path: Path) -> None:
    """A row of the history is another row."""
    files = crm_worlds.pipedrive(WORLD)
    (tmp_path / "deals.csv").write_bytes(files["deals"].replace(b"EUR", b"USD", 1))
    (tmp_path / "history.csv").write_bytes(files["history"] + b"nobody,Proposal,2026-05-05\n")
    _, out, _ = called(tmp_path / "deals.csv", "--history", tmp_path / "history.csv", "--names", "--json")
    findings = {finding["check"]: finding for finding in json.loads(out)["findings"]}
    assert findings["currencies"]["examples"][0]["name"] == WORLD[0].account
    assert findings["unknown-deals"]["examples"][0]["name"] is None
    assert findings["unknown-deals"]["examples"][0]["id"] == "nobody"


def test_a_column_of_names_is_no_id(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(crm_worlds.pipedrive(WORLD)["deals"])
    (tmp_path / "map.yaml").write_text("simcore-map: 1\ndeal: {id: Deal - Title}\n")
    status, out, err = called(tmp_path / "deals.csv", "--map", tmp_path / "map.yaml")
    assert status == ExitStatus.INVALID
    assert "is a column of names" in err
    assert not names_in(out + err)


HOSTILE = {
    "NUL": b"id,created,closed,outcome\n1,2026-01-01,2026-02-01,w\0n\n",
    "escapes": b"id,created,closed,outcome\n\x1b]0;pwned\x07,2026-01-01,2026-02-01,won\n",
    "a quote that never ends": b'id,created,closed,outcome\n1,"' + b"2026-01-01,2026-02-01,won\n2,\n" * 9000,
    "one long line": b"id,created,outcome\n" + b"x" * 300_000,
    "many columns": b"id,outcome" + b",x" * 20_000 + b"\n" + b"1,won" + b",y" * 20_000,
    "bytes": bytes(range(256)) * 400,
    "a workbook": b"PK\x03\x04" + b"\0" * 100,
    "nothing": b"",
    "only a header": b"id,created,closed,outcome\n",
    "blank lines": b"\n\n \n\n",
    "no header": b"1,2026-01-01,won\n2,2026-01-02,lost\n",
    "formula": b'id,created,closed,outcome\n"=HYPERLINK(""http://x"")",2026-01-01,2026-02-01,won\n',
    "bidirectional": "id,created,closed,outcome\n\u202e1,2026-01-01,2026-02-01,won\n".encode(),
    "packed and cut": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_told_of_soon(name: str, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(HOSTILE[name])
    called(tmp_path / "deals.csv")  # imports
    started = time.process_time()
    status, out, err = called(tmp_path / "deals.csv")
    assert time.process_time() - started < 1.0
    assert status == ExitStatus.INVALID
    assert out or err
    assert not any(sign in out + err for sign in "\0\x1b\x07\u202e")
    assert "an error in simcore" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["deals.csv"], "nothing is written"


def test_a_packed_bomb_is_refused_soon(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415

    with gzip.open(tmp_path / "deals.csv.gz", "wb", compresslevel=1) as file:
        for _ in range(280):
            file.write(b"\n" * 2**20)
    status, _, err = called(tmp_path / "deals.csv.gz")
    assert status == ExitStatus.INVALID
    assert "is too large to be read" in err


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "deals.csv").open("wb") as file:
        file.truncate(10**9)
    started = time.process_time()
    status, _, err = called(tmp_path / "deals.csv")
    assert time.process_time() - started < 1.0
    assert status == ExitStatus.INVALID
    assert "954 MB" in err


@pytest.mark.parametrize("broken", [each for each in BROKEN if each.grade == "E"][:3], ids=lambda broken: broken.name)
def test_rows_and_columns_are_on_the_screen(broken: Broken, tmp_path: Path) -> None:
    files = sound_files()
    broken.change(files)
    files.read(tmp_path)
    status, out, _ = called(tmp_path / "deals.csv", "--history", tmp_path / "history.csv")
    assert status == ExitStatus.INVALID
    assert f"row {broken.row}" in out
    assert f"column {broken.column}" in out
