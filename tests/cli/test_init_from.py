"""`simcore init --from`: the mapping file that it writes says what was understood without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

import simcore
from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.crm.mapping import load_map
from tests.support import crm_worlds
from tests.support.crm_worlds import plain_rows, small_world, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORLD = small_world(40)
EXPORTS: tuple[Callable[[list[crm_worlds.Deal]], dict[str, bytes]], ...] = (
    lambda world: {"deals": written(plain_rows(world))},
    *(crm_worlds.salesforce_report, crm_worlds.salesforce_objects, crm_worlds.hubspot),
    *(crm_worlds.pipedrive, crm_worlds.german_pipedrive),
)


def called(*arguments: object) -> tuple[int, str]:
    """Call the command, and return its status and its message."""
    done = CliRunner().invoke(app, ["init", *map(str, arguments)])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("export", EXPORTS)
def test_the_mapping_that_is_written_says_what_was_understood(
    export: Callable[[list[crm_worlds.Deal]], dict[str, bytes]], tmp_path: Path
) -> None:
    deals, path = tmp_path / "deals.csv", tmp_path / "map.yaml"
    deals.write_bytes(export(WORLD)["deals"])
    status, said = called(path, "--from", deals)
    assert (status, f"wrote {path}" in said) == (ExitStatus.DONE, True)
    one, other = simcore.read_deals(deals), simcore.read_deals(deals, map=path)
    assert one.dialect == other.dialect
    assert one.files[0].columns == other.files[0].columns
    assert one.stage_words == other.stage_words
    for name in ("outcome", "created", "closed", "value"):
        np.testing.assert_array_equal(getattr(one.deals, name), getattr(other.deals, name))
    assert "zyxwv" not in path.read_text(encoding="utf-8").lower(), "no name of an account"


def test_all_keys_of_the_format_are_in_it(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(written(plain_rows(WORLD)))
    called(tmp_path / "map.yaml", "--from", tmp_path / "deals.csv")
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    for line in ("dates: dmy", "ignore: {Record Type: [Renewal]}", "outcomes: {Storniert: lost}", 'decimal: ","'):
        text = text.replace(f"# {line}", line)
    text = text.replace("# timezone:", "timezone:")
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    found, _ = load_map(tmp_path / "map.yaml")
    assert (found.dates, found.decimal, found.timezone) == ("dmy", ",", "Europe/Amsterdam")
    assert (found.ignore, found.outcomes) == ({"Record Type": ["Renewal"]}, {"Storniert": "lost"})


def test_headers_and_stages_that_yaml_would_misread_are_quoted(tmp_path: Path) -> None:
    rows = [["Id", "Created Date", "Stage"], ["1", "2026-01-05", "#09 WON"], ["2", "2026-01-05", "no: yes"],
            ["3", "2026-01-05", "12"]]  # fmt: skip
    (tmp_path / "deals.csv").write_bytes(written(rows))
    assert called(tmp_path / "map.yaml", "--from", tmp_path / "deals.csv")[0] == ExitStatus.DONE
    found, _ = load_map(tmp_path / "map.yaml")
    assert found.stages == {"12": "12", "no: yes": "no: yes", "#09 WON": "won"}


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(written(plain_rows(WORLD)))
    (tmp_path / "map.yaml").write_text("mine")
    assert called(tmp_path / "map.yaml", "--from", tmp_path / "deals.csv")[0] == ExitStatus.IO
    assert (tmp_path / "map.yaml").read_text() == "mine"
    assert called(tmp_path / "map.yaml", "--from", tmp_path / "deals.csv", "--force")[0] == ExitStatus.DONE
    assert called(tmp_path / "other.yaml", "--from", tmp_path / "none.csv")[0] == ExitStatus.IO
    assert not (tmp_path / "other.yaml").exists()
