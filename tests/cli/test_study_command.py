"""The skeleton of a command: the shared options of every question, and what ``--out`` keeps of its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.cli.options import PRECISION, RESULTS_FOLDER, STUDY_OPTIONS
from simcore.results_folders.verification_document import KINDS
from simcore.studies.study import STUDIES
from tests.support.study_cases import command_line

if TYPE_CHECKING:
    from pathlib import Path

MISSING = {
    "result": (),
    "comparison": (),
    "variance": (*PRECISION, *RESULTS_FOLDER, "replications", "threads", "strategy"),
}
"""Shared options that a command lacks, by the name of its document; of all others, those of a precision."""
OWN = {"comparison": {"strategy"}, "sweep": {"strategy"}, "breakeven": {"strategy"}, "plan": {"max_replications"}}
"""Shared options that a command has in a form of its own, before the others."""


def parameters(command: str) -> list[str]:
    """Return the names of a command's options, in the order of its help."""
    found: Any = typer.main.get_command(app)
    for word in command.split():
        found = found.commands[word]
    return [each.name for each in found.params]


@pytest.mark.parametrize("name", STUDIES)
def test_every_question_has_the_shared_options_in_one_order_after_its_own(name: str) -> None:
    missing = {*MISSING.get(name, PRECISION)} | OWN.get(name, set())
    wanted = [option for option in STUDY_OPTIONS if option not in missing]
    names = parameters(STUDIES[name].command)
    assert names[0] == "file"
    assert names[-len(wanted) :] == wanted


@pytest.mark.parametrize("name", [study.name for study in STUDIES.values() if study.has_folder])
def test_every_answer_can_be_kept_and_verified(name: str, tmp_path: Path) -> None:
    out, line = tmp_path / "out", [*command_line(name), "--json"]
    kept = CliRunner().invoke(app, [*line, "--out", str(out)])
    assert kept.exit_code == ExitStatus.DONE, kept.stderr
    assert kept.stderr.endswith(f"results are in {out}\n")
    summary = out / "summary.json"
    assert json.loads(summary.read_text()) == json.loads(kept.stdout)
    checked = CliRunner().invoke(app, ["verify", str(out), "--json"])
    found = json.loads(checked.stdout)
    assert (found["problems"], found["holds"]) == ([], KINDS[name])
    assert CliRunner().invoke(app, [*line, "--out", str(out)]).exit_code == ExitStatus.IO
    summary.write_text(summary.read_text().replace('"replications": ', '"replications": 1', 1))
    assert CliRunner().invoke(app, ["verify", str(out)]).exit_code == ExitStatus.INVALID
