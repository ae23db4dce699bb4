"""Folders whose document is of the format before: they are read, and all that can be told of them is checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.results_folders.sealed_document import sealed_document
from simcore.results_folders.verification import verification
from tests.results_folders.test_verification import again

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ("document", "format", "replications", "reps", "weeks", "scenario", "seconds")
NOTE = "summary.json is of document format 1, before simcore gave all documents one header"
COMMANDS = {
    "run": ["run", "trust-the-process", "--set", "team.reps=2", "--detail", "rep-week"],
    "comparison": ["compare", "quota-pressure", "--set", "team.reps=1"],
    "sweep": ["sweep", "trust-the-process", "--vary", "team.reps=2:3:2"],
}


def former(document: dict[str, Any], holds: str) -> dict[str, Any]:
    """Return a document as simcore wrote it before all had one header."""
    rest = {key: value for key, value in document.items() if key not in HEADER}
    scenario = dict(document["scenario"])
    strategies = scenario.pop("strategies")
    size = {key: document[key] for key in ("replications", "reps", "weeks")}
    match holds:
        case "run":
            size |= {key: rest.pop(key) for key in ("rep_weeks", "calls")}
            return {"simcore_result": 1, "scenario": {**scenario, "strategy": strategies[0]}, "size": size, **rest}
        case "sweep":
            scenario["replications"] = size["replications"]
            told = {"scenario": scenario, "strategies": strategies, "seconds": document["seconds"]}
            return {"simcore_sweep": 1, **told, **rest}
        case _:
            told = {key: scenario[key] for key in ("seed", "currency")}
            return {"scenario": scenario["name"], **told, **size, **rest}


@pytest.fixture(params=COMMANDS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Return a folder with a document of the former format, and what it is of."""
    holds: str = request.param
    line = [*COMMANDS[holds], "-n", "20", "--quiet", "--threads", "1", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, line).exit_code == ExitStatus.DONE
    changed(tmp_path / "out", former(document_of(tmp_path / "out"), holds))
    return tmp_path / "out", holds


def document_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def changed(folder: Path, document: dict[str, Any]) -> None:
    (folder / "summary.json").write_text(json.dumps(document), encoding="utf-8")
    again(folder, "summary.json")


def test_they_are_read_with_a_word(folder: tuple[Path, str]) -> None:
    out, holds = folder
    found = verification(out)
    assert (found.whole, found.holds, found.problems) == (True, holds, [])
    extra = ["summary.json is of document format 1: its figures were not compared with sweep.parquet"]
    assert found.notes == [NOTE, *(extra if holds == "sweep" else [])]
    done = CliRunner().invoke(app, ["verify", str(out)])
    assert done.exit_code == ExitStatus.DONE
    assert NOTE in " ".join((done.stdout + done.stderr).split())


def test_what_they_say_is_checked(folder: tuple[Path, str]) -> None:
    out, holds = folder
    document = document_of(out)
    where: Any = document if holds == "comparison" else document["scenario"]
    for key, value in (("seed", 1), ("currency", "EUR")):
        before, where[key] = where[key], value
        changed(out, document)
        assert any(f"{key} " in problem and str(value) in problem for problem in verification(out).problems), key
        where[key] = before
    if holds == "run":
        document["size"]["calls"] += 1
    elif holds == "comparison":
        document["digests"]["process"] = "0" * 64
    else:
        document["scenario"]["replications"] += 1
    changed(out, document)
    assert len(verification(out).problems) >= 1


@pytest.mark.parametrize("mark", ["simcore_result", "simcore_sweep", "against"])
@pytest.mark.parametrize("value", [None, 5, "a", [], {}, {"strategy": {}}, {"replications": []}])
def test_what_is_no_header_is_taken_for_none(mark: str, value: object) -> None:
    keys = ("scenario", "size", "strategies", "digests", "seed")
    found = sealed_document(json.dumps({mark: 1, **dict.fromkeys(keys, value)}).encode(), "0.1.0")
    assert found.is_former
    assert found.problem is None
    assert isinstance(found.document["scenario"], dict)


def test_a_document_without_a_mark_is_none() -> None:
    assert sealed_document(b'{"points": []}', "0.1.0").problem == "is not a document of simcore"
    assert sealed_document(b'{"document": null}', "0.1.0").problem == "is not a document of simcore"
