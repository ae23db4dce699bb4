"""`--precision` and its limits, from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.scenario_files.scenario_file import load_scenario

SMALL = ("trust-the-process", "--set", "team.reps=2", "-q")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_what_was_reached_is_shown() -> None:
    done = invoke("run", *SMALL, "-p", "revenue=1%", "--precision", "p_quota=0.03@0.99", "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "replications: precise enough" in done.stdout
    assert "p_quota" in done.stdout
    assert "99 %" in done.stdout
    table = done.stdout[done.stdout.index("precision of") :]
    # Behind ± stands one standard error, nothing else: half-widths are told in words, the interval is written out.
    assert "±" not in table[: table.index("99 %")]
    assert "within 1 %" in table
    assert re.search(r"within 0\.03 .*within 0\.0\d+ +0\.\d+ to 0\.\d+ +99 %", table)


def test_a_spread_is_brought_to_a_precision_in_a_file_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = invoke("run", *SMALL, "-p", "sd:week=5%", "-p", "cv:month=0.05", "--out", str(out), "--details")
    assert done.exit_code == ExitStatus.DONE
    assert re.search(r"sd:week +within 5 % +within [0-4]\.\d+ %", done.stdout)
    assert re.search(r"cv:month +within 0\.05 +within 0\.0\d+", done.stdout)
    assert load_scenario(out / "scenario.yaml").run.precision == {"sd:week": "5%", "cv:month": "0.05"}


def test_a_small_half_width_of_a_cv_is_not_taken_for_a_forgotten_percent_sign() -> None:
    done = invoke("run", *SMALL, "-p", "cv:week=0.00001")
    assert done.exit_code == ExitStatus.USAGE
    assert "cv:week=1e-05 takes about" in done.stderr
    assert "did you mean" not in done.stderr


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (("--max-replications", "20"), "The limit of replications ended the run."),
        (("--max-seconds", "0.001"), "The limit of time ended the run."),
    ],
)
def test_a_limit_is_exit_status_5_with_what_was_reached(limit: tuple[str, str], words: str) -> None:
    done = invoke("run", *SMALL, "-p", "revenue=0.001%", *limit, "--details")
    assert done.exit_code == ExitStatus.NOT_REACHED
    assert words in done.stdout
    assert "not precise enough" in done.stdout
    assert "Replications needed: revenue about" in done.stdout


def test_the_document_tells_it_and_the_folder_runs_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("run", *SMALL, "-p", "revenue=1%", "--json", "--out", str(out))
    done = invoke(*arguments, "--detail", "rep-week")
    document = json.loads(done.stdout)
    (row,) = document["precision"]["rows"]
    assert (row["metric"], row["wanted"], row["relative"], row["met"]) == ("revenue", 0.01, True, True)
    assert document["precision"]["ended"] == "met"
    kept = load_scenario(out / "scenario.yaml")
    assert kept.run.precision == {"revenue": "1%"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["complete"]
    assert manifest["rows"] == document["rep_weeks"]
    again = json.loads(invoke("run", str(out / "scenario.yaml"), "--json", "-q").stdout)
    for each in (again, document):
        del each["speed"], each["seconds"]
    assert again == document


def test_a_comparison_tells_what_independent_worlds_would_have_needed() -> None:
    small = ("quota-pressure", "--set", "team.reps=2", "--set", "horizon.weeks=13", "-q")
    done = invoke("compare", *small, "-p", "revenue=3%", "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "revenue, pressure" in done.stdout
    assert "Independent worlds would have needed more" in done.stdout.replace("\n", " ")
    capped = invoke("compare", *small, "-p", "revenue=0.01%", "--max-replications", "64", "--json")
    assert capped.exit_code == ExitStatus.NOT_REACHED
    assert json.loads(capped.stdout)["precision"]["ended"] == "replications"


def test_stated_replications_leave_no_precision(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = "simcore: 1\nname: Mine\ndeal: 5000\nteam: {reps: 2}\nhorizon: {weeks: 4}\nrun: {precision: {revenue: 2%}}\n"
    path.write_text(text + "funnel: [{stage: calls}, {stage: wins, rate: 0.01}]\n", encoding="utf-8")
    assert json.loads(invoke("run", str(path), "--json", "-q").stdout)["precision"]["rows"][0]["wanted"] == 0.02
    counted = json.loads(invoke("run", str(path), "-n", "7", "--json", "-q").stdout)
    assert (counted["precision"], counted["replications"]) == (None, 7)
    assert "A run goes on until revenue=2%." in invoke("check", str(path)).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-p", "revnue=1%"), "did you mean revenue?"),
        (("-p", "p_quota"), "is not METRIC=HALFWIDTH"),
        (("-p", "revenue=1%", "-p", "revenue=2%"), "is stated twice"),
        (("-p", "revenue=1%", "-n", "100"), "cannot stand beside --replications"),
        (("-n", "100", "--max-seconds", "3"), "cannot stand beside --replications"),
        (("--max-seconds", "3"), "it needs --precision"),
        (("-p", "revenue=1%", "--max-seconds", "0"), "must be a number, 0.001 or more"),
        (("-p", "revenue=1%", "--max-replications", "0"), "is out of range"),
    ],
)
@pytest.mark.parametrize("command", ["run", "compare"])
def test_wrong_options_are_told(command: str, arguments: tuple[str, ...], words: str) -> None:
    done = invoke(command, "quota-pressure", *arguments)
    assert done.exit_code == ExitStatus.USAGE
    assert words in " ".join(done.stderr.split())


def test_a_metric_that_the_scenario_does_not_have_is_invalid() -> None:
    done = invoke("run", "trust-the-process", "--set", "horizon.weeks=10", "-p", "p_quota=0.1", "-q")
    assert done.exit_code == ExitStatus.USAGE


def test_a_run_to_a_precision_ends_at_the_limit_of_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcore.engine.affordable.LIMIT", 2 * 52 * 30)
    done = invoke("run", *SMALL, "-p", "revenue=0.01%", "--json")
    assert done.exit_code == ExitStatus.NOT_REACHED
    assert json.loads(done.stdout)["replications"] == 30
