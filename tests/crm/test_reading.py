"""`read_deals` as people call it; whatever stands in a file, it is read or refused."""

from __future__ import annotations

import json
import pickle
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import simcore
from simcore.base.errors import SimcoreError, UsageError
from simcore.cli.data.screen import data_check_report
from simcore.cli.tables import lines_of
from tests.support import crm_worlds
from tests.support.crm_worlds import plain_rows, plain_stage_rows, small_world, written

if TYPE_CHECKING:
    from pathlib import Path

WORLD = small_world(30)
FILES: list[dict[str, bytes]] = [
    {"deals": written(plain_rows(WORLD)), "history": written(plain_stage_rows(WORLD))},
    *(
        export(WORLD)
        for export in (
            *(crm_worlds.salesforce_report, crm_worlds.salesforce_objects, crm_worlds.hubspot),
            *(crm_worlds.pipedrive, crm_worlds.german_pipedrive),
        )
    ),
]
PIECES = (
    *(b",", b";", b'"', b"\n", b"\r", b"\0", b"\t", b"=1", b"-", b"1e5", b"2026-01-01", b"31/12/2026", b"\xff", b"won"),
    *("é".encode(), b"1.234", b"  ", b"9999999999999", b"%", b"Total", b"\xff\xfe", b"\x1f\x8b"),
)


def damaged(data: bytes, dice: Random) -> bytes:
    """Return a file with something put in, taken out or said again in a few places."""
    found = bytearray(data)
    for _ in range(dice.choice((0, 1, 3, 20))):
        at = dice.randrange(len(found) + 1)
        piece = dice.choice(PIECES)
        change = dice.randrange(4)
        if change == 0:
            found[at:at] = piece
        elif change == 1:
            del found[at : at + dice.randrange(1, 40)]
        elif change == 2:
            found[at : at + len(piece)] = piece
        else:
            found[at:at] = found[max(0, at - dice.randrange(300)) : at]
    return bytes(found)


def try_damaged(folder: Path, seed: int) -> bool:
    """Read damaged files and show what was found; return whether they were read."""
    dice = Random(seed)  # noqa: S311  (no secret)
    files = dict(dice.choice(FILES))
    if dice.random() < 0.2:
        files["calls"] = files.get("history", files["deals"])
    paths: dict[str, Any] = {}
    for name, sound in files.items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_bytes(damaged(sound, dice))
    try:
        data = simcore.read_deals(paths.pop("deals"), **paths, dates=dice.choice((None, "dmy")))
    except SimcoreError:
        return False
    check = data.check
    json.dumps(check.model_dump(mode="json"), allow_nan=False)
    assert type(check).model_validate_json(check.model_dump_json()) == check
    assert lines_of(data_check_report(check), width=80, encoding="ascii").isascii()
    assert all(flow.entered == flow.on + flow.back + flow.won + flow.lost + flow.open for flow in check.stages)
    assert data.known_at("2026-05-01").check.findings == []
    return True


def test_whatever_stands_in_a_file_it_is_read_or_refused(tmp_path: Path) -> None:
    assert 0 < sum(try_damaged(tmp_path, seed) for seed in range(60)) < 60


@pytest.mark.long
def test_whatever_stands_in_many_files_they_are_read_or_refused(tmp_path: Path) -> None:
    assert 0 < sum(try_damaged(tmp_path, seed) for seed in range(60, 2000)) < 2000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dates": "ymd"}, "dates: is not one of the choices"),
        ({"names": 1}, "names: must be true or false"),
        ({"as_of": "yesterday"}, "as_of: is no day"),
        ({"history": 5}, "history: is no path of a file"),
        ({"calls": b"x"}, "calls: is no path of a file"),
        ({"map": 5}, "map: is no mapping"),
    ],
)
def test_what_is_wrong_with_an_argument_is_told(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(FILES[0]["deals"])
    with pytest.raises(UsageError, match=said):
        simcore.read_deals(tmp_path / "deals.csv", **options)
    with pytest.raises(UsageError, match="deals: is no path of a file"):
        simcore.read_deals(5)  # type: ignore[arg-type]


def test_what_is_read_can_be_kept_and_sent(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(FILES[0]["deals"])
    data = simcore.read_deals(str(tmp_path / "deals.csv"))
    again = pickle.loads(pickle.dumps(data))  # noqa: S301  (our own)
    np.testing.assert_array_equal(again.deals.value, data.deals.value)
    assert again.check == data.check


def test_columns_that_are_not_there_are_empty(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("outcome\nwon\nlost\nopen\n")
    data = simcore.read_deals(tmp_path / "deals.csv")
    assert data.deals.id.to_pylist() == ["2", "3", "4"], "a deal without an id is its row"
    assert data.deals.outcome.tolist() == [1, 2, 0]
    assert np.isnan(data.deals.value).all()
    assert np.isnat(data.deals.created).all()
    assert np.isnat(data.as_of)
    assert (data.check.as_of, data.check.weeks) == (None, None)


def test_a_deal_without_an_id_is_not_taken_for_another(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,outcome\n3,won\n,lost\n4,won\n")
    data = simcore.read_deals(tmp_path / "deals.csv")
    assert data.deals.id.to_pylist() == ["3", "row 3", "4"]
    assert "duplicate-ids" not in {finding.check for finding in data.findings}


def test_calls_in_the_order_of_the_file(tmp_path: Path) -> None:
    """As a log of calls without times says them."""
    (tmp_path / "deals.csv").write_bytes(FILES[0]["deals"])
    (tmp_path / "calls.csv").write_text('"age";"campaign";"y"\n56;1;"no"\n57;3;"yes"\n')
    mapped = {"simcore-map": 1, "calls": {"calls": "campaign", "outcome": "y"}}
    calls = simcore.read_deals(tmp_path / "deals.csv", calls=tmp_path / "calls.csv", map=mapped).calls
    assert calls is not None
    assert (calls.calls.tolist(), calls.successes.tolist()) == ([1, 3], [0, 1])
    assert np.isnat(calls.at).all()


def test_rows_that_do_not_belong_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(FILES[0]["deals"])
    mapped = {"simcore-map": 1, "ignore": {"segment": ["north"]}}
    data = simcore.read_deals(tmp_path / "deals.csv", map=mapped)
    assert len(data.deals) == 15
    assert (data.files[0].rows, data.files[0].ignored) == (30, 15)
    assert data.deals.row.tolist() == list(range(3, 32, 2))


def test_stages_become_those_of_the_scenario(tmp_path: Path) -> None:
    for name, text in FILES[0].items():
        (tmp_path / f"{name}.csv").write_bytes(text)
    stages = {"Prospecting": "meetings", "Qualification": "meetings", "Proposal": "opportunities"}
    mapped = {"simcore-map": 1, "stages": stages}
    data = simcore.read_deals(tmp_path / "deals.csv", history=tmp_path / "history.csv", map=mapped)
    assert data.stages == ("meetings", "opportunities")
    assert (data.entries.visit == 1).all(), "two stages that become one are one stay"
