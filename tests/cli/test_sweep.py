"""`simcore sweep` and `simcore breakeven`: tables, maps, JSON, files and exit statuses."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from simcore.answers.numbers import NONE
from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.results_folders.verification import verify
from simcore.scenario_files.scenario_file import dump_yaml
from simcore.schema import document_schema
from simcore.studies.sweep import study as sweeps
from simcore.studies.sweep.document import Breakeven, Sweep
from tests.support.paired_worlds import two, worlds

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.scenario.model import Scenario

REPS, RATE = "team.reps", "funnel.wins.rate"
BOTH = ["--strategy", "process", "--strategy", "pressure"]


def lead(of: Scenario) -> float:
    """Return a lead of pressure that changes its sign at three reps and at calls of 60 a week."""
    return 100.0 * (3 - of.team.reps) + 5.0 * (of.plan.calls_per_week - 60)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a scenario file in worlds with a known lead."""
    monkeypatch.setattr(sweeps, "run_paired", worlds(lead))
    path = tmp_path / "two.yaml"
    path.write_text(dump_yaml(two()))
    return str(path)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def lines(result: Result) -> list[str]:
    assert result.exit_code == ExitStatus.DONE, result.output
    found = result.stdout.splitlines()
    assert max(map(len, found)) <= 80
    assert all(line == line.rstrip() for line in found)
    return found


def details(*arguments: str) -> list[str]:
    """Return what is printed below the first screen, from the title of its table on."""
    found = lines(invoke(*arguments, "--details"))
    (start,) = [place for place, line in enumerate(found) if "digest " in line]
    return found[start + 2 :]


def rows_of(shown: list[str]) -> tuple[list[str], list[list[str]]]:
    """Return the headings of the first table that is shown, and its rows, as words."""
    rule = next(place for place, line in enumerate(shown) if line and set(line) == {"─"})
    end = next(place for place in range(rule + 1, len(shown)) if not shown[place] or set(shown[place]) == {"─"})
    return shown[rule - 1].split(), [line.split() for line in shown[rule + 1 : end]]


def test_one_path_makes_a_table(file: str) -> None:
    shown = details("sweep", file, "--vary", f"{REPS}=1:5:5", *BOTH)
    assert shown[0] == "Revenue of a rep in a year, USD"
    headings, rows = rows_of(shown)
    assert headings == [REPS, "process", "pressure", "difference", "ahead"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row[-1] for row in rows] == ["pressure", "pressure", "tied", "process", "process"]
    assert all(row[2] == row[5] == row[8] == "±" for row in rows)
    assert "95 % interval" in " ".join(shown)


def test_one_strategy_has_no_differences(file: str) -> None:
    shown = details("sweep", file, "--vary", f"{REPS}=1,4")
    assert any(line.split() == [REPS, "process"] for line in shown)
    assert "ahead" not in "\n".join(shown)


def test_three_strategies_have_a_line_each(file: str) -> None:
    shown = details("sweep", file, "--vary", f"{REPS}=1,5", *BOTH, "--strategy", "patience")
    headings, rows = rows_of(shown)
    assert headings == [REPS, "strategy", "figure", "difference", "ahead"]
    assert [row[0] for row in rows] == ["1", "pressure", "patience", "5", "pressure", "patience"]
    assert [row[-1] for row in rows] == [NONE, "pressure", "tied", NONE, "process", "tied"]


def test_the_chance_of_quota_is_shown_in_percent(file: str) -> None:
    shown = details("sweep", file, "--vary", f"{REPS}=1,5", *BOTH, "--metric", "p_quota")
    assert shown[0] == "Chance of a rep to reach quota, %"
    assert [float(row[1]) for row in rows_of(shown)[1]] == [50.0, 50.0]


TAMPERING = ("tampering", "-n", "40", "-q", "--set", "team.reps=2", "--metric")


def test_a_spread_is_shown_with_who_is_steadier() -> None:
    vary = ("--vary", "market.persistence=0,0.9", "--strategy", "process", "--strategy", "full")
    shown = details("sweep", *TAMPERING, "cv:week", *vary)
    assert shown[0] == "Spread of a rep's revenue in a week, as a part of the mean, %"
    headings, rows = rows_of(shown)
    assert headings[1:] == ["process", "full", "difference", "steadier"]
    assert [row[-1] for row in rows] == ["process", "full"]
    mapped = lines(invoke("sweep", *TAMPERING, "sd:week", *vary, "--vary", "market.sd=0.14,0.16"))
    assert any("+ full is steadier" in line for line in mapped)
    assert [line.split() for line in mapped if line.lstrip().startswith("0  ")] == [["0", "-", "-"]]


def test_a_breakeven_of_a_spread_tells_who_is_steadier() -> None:
    vary = ("--vary", "market.persistence=0:0.95", "--strategy", "process", "--strategy", "full")
    shown = details("breakeven", *TAMPERING, "sd:week", *vary)
    assert shown[0] == "Standard deviation of a rep's revenue in a week, USD: difference"
    assert rows_of(shown)[0] == ["value", "full", "-", "process", "steadier"]
    first = lines(invoke("breakeven", *TAMPERING, "sd:week", *vary))
    assert "process is steadier below, full above" in " ".join(first)


def test_large_amounts_and_long_names_fit(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a" * 40, "b" * 40]
    given = two(strategies={name: {} for name in names}, deal={"values": [1e7, 10000000.01]})
    with open(file, "w") as stream:  # noqa: PTH123
        stream.write(dump_yaml(given))
    monkeypatch.setattr(sweeps, "run_paired", worlds(lambda _: 0.0, noise=2e5, shared=1e9))
    vary = "funnel.opportunities.rate=0.123456789:0.987654321:3"
    chosen = [option for name in names for option in ("--strategy", name)]
    shown = details("sweep", file, "--vary", vary, *chosen)
    assert "a = funnel.opportunities.rate" in shown
    assert any(line.startswith("Revenue of a rep in a year, ") and "USD" in line for line in shown)


def test_two_paths_and_two_strategies_make_a_map(file: str) -> None:
    vary = ["--vary", f"{REPS}=1:5:5", "--vary", "plan.calls_per_week=40:80:3"]
    shown = lines(invoke("sweep", file, *vary, *BOTH))
    at = shown.index(f"Who is ahead in revenue: {REPS} upward, plan.calls_per_week to the right")
    assert shown[at + 1 : at + 7] == [
        "5  -  -  -",
        "4  -  -  .",
        "3  -  .  +",
        "2  .  +  +",
        "1  +  +  +",
        "   40 60 80",
    ]
    assert shown[at + 7] == "+ pressure is ahead; - process is ahead; . tied"
    assert not any("±" in line for line in shown)
    assert sum(" ± " in line for line in details("sweep", file, *vary, *BOTH)) >= 15


def test_a_map_is_as_dense_as_a_narrow_page_allows(file: str) -> None:
    vary = ["--vary", f"{RATE}=0.1:0.5:2", "--vary"]
    shown = lines(invoke("sweep", file, *vary, "plan.calls_per_week=1:45:45", *BOTH, "-n", "20"))
    row = next(line for line in shown if line.startswith("0.5  "))
    marks = row[5:].split()
    assert len(marks) == 45 or (len(marks) == 1 and len(marks[0]) == 45)
    assert set("".join(marks)) <= set("+-.")
    shown = lines(invoke("sweep", file, *vary, "plan.calls_per_week=1:46:46", *BOTH, "-n", "20"))
    assert not any(line.startswith("0.5  ") for line in shown), "no map fits: --details has a table"


def test_the_document_fits_its_schema(file: str) -> None:
    done = invoke("sweep", file, "--vary", f"{REPS}=1:5:5", *BOTH, "--json")
    assert done.exit_code == ExitStatus.DONE
    document = json.loads(done.stdout)
    validator = Draft202012Validator(document_schema("sweep"))
    assert validator.is_valid(document)
    assert Sweep.model_validate(document).paths[0].values == [1, 2, 3, 4, 5]
    for key in document:
        assert not validator.is_valid({other: document[other] for other in document if other != key}), key


def test_a_folder_is_written(file: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--vary", f"{REPS}=1:5:5", *BOTH, "--out", str(out), "-n", "32"]
    done = invoke("sweep", file, *options)
    assert done.exit_code == ExitStatus.DONE
    assert f"results are in {out}" in done.stderr
    assert verify(out) == []
    assert pq.read_table(out / "sweep.parquet").num_rows == 5 * 2 * 2
    document = Sweep.model_validate_json((out / "summary.json").read_text())
    assert document.scenario.digest == json.loads((out / "manifest.json").read_text())["digest"]
    assert document.replications == 32
    assert invoke("sweep", file, *options).exit_code == ExitStatus.IO
    assert invoke("sweep", file, *options, "--overwrite", "--quiet").exit_code == ExitStatus.DONE


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_an_interrupted_sweep_shows_what_is_done(
    file: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    play = worlds(lead)
    chunks = 0

    def run_paired(scenarios: list[Scenario], **call: Any) -> object:  # noqa: ANN401 - arguments of what is called
        nonlocal chunks
        chunks += 1
        if chunks == 4:  # one a number of reps
            os.kill(os.getpid(), 2)
            assert call["stop"]()
            call["replications"] = 10
        return play(scenarios, **call)

    monkeypatch.setattr(sweeps, "run_paired", run_paired)
    vary = ["--vary", f"{REPS}=1:5:5", "--vary", "plan.calls_per_week=40:80:3"]
    done = invoke("sweep", file, *vary, *BOTH, *arguments)
    assert done.exit_code == ExitStatus.INTERRUPTED
    if arguments:
        document = json.loads(done.stdout)
        assert (len(document["points"]), document["interrupted"]) == (9, True)
    else:
        assert "Interrupted: all figures are those of the worlds that were done." in done.stdout
        assert "not finished" in done.stdout
        assert "\n3  -  .  +\n2  .  +  +\n" in done.stdout


def test_a_sweep_that_is_interrupted_at_once_shows_nothing(
    file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    play = worlds(lead)

    def run_paired(scenarios: list[Scenario], **call: Any) -> object:  # noqa: ANN401 - arguments of what is called
        os.kill(os.getpid(), 2)
        return play(scenarios, **(call | {"replications": 10}))

    monkeypatch.setattr(sweeps, "run_paired", run_paired)
    done = invoke("sweep", file, "--vary", f"{REPS}=1:5:5", "--out", str(tmp_path / "out"))
    assert done.exit_code == ExitStatus.INTERRUPTED
    first, *others = done.stdout.splitlines()
    assert first.startswith("case, process: ")
    assert others[0] == "No point of the grid was finished: there is nothing to show."
    assert "Interrupted" not in done.stdout
    assert not (tmp_path / "out").exists()


PAIR = ["--strategy", "process", "--strategy", "pressure"]


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("sweep", [], "--vary"),
        ("sweep", ["--vary", "team.reps"], "team.reps=5:20:4"),
        ("sweep", ["--vary", "team.reps=1:5"], "path=lo:hi:n"),
        ("sweep", ["--vary", "team.reps=1:5:3", "--vary", "team.reps=1,2"], "varied twice"),
        ("sweep", ["--vary", "team.reps=1:5:3", "--metric", "mood"], "mood"),
        ("sweep", ["--vary", "team.reps=1:5:3", "--metric", "sd:wek"], "week?"),
        ("sweep", ["--vary", "team.reps=1:5:3", "--metric", "p_zero:6w"], "a sweep has no p_zero:6w"),
        ("breakeven", ["--vary", "team.reps=1:5", "--metric", "q05:week"], "a break-even point has no q05:week"),
        ("breakeven", ["--vary", "team.reps=1:5", "--metric", "sd"], "as in sd:quarter"),
        ("sweep", ["--vary", "team.reps=1:5:3", "--json", "--details"], "leave out --details"),
        ("breakeven", [], "--vary"),
        ("breakeven", ["--vary", "team.reps=1:5:3"], "path=lo:hi"),
        ("breakeven", ["--vary", "team.reps=1:5", "--strategies", "process", "pressure"], "--strategy NAME"),
    ],
)
def test_usage_errors(file: str, command: str, arguments: list[str], words: str) -> None:
    done = invoke(command, file, *arguments)
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    assert words in done.stderr


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("sweep", [f"{REPS}=0:5:6"], "--vary: team.reps: is out of range, got 0; allowed: from 1 to 65536"),
        ("sweep", ["team.rep=1:5:5"], "did you mean team.reps?"),
        ("sweep", [f"{REPS}=1:5:5", "--strategy", "presure"], "did you mean pressure?"),
        ("sweep", [f"{REPS}=1:5:5", "-n", "10M"], "--no-limit"),
        ("sweep", ["horizon.weeks=5:10:6", "--metric", "p_quota"], "p_quota needs a whole quarter"),
        ("sweep", ["horizon.weeks=5:10:6", "--metric", "sd:quarter"], "sd:quarter needs a whole quarter"),
        ("breakeven", [f"{REPS}=0:5", *PAIR], "is out of range, got 0"),
        ("breakeven", [f"{REPS}=1:5"], "name the two strategies"),
        ("breakeven", [f"{REPS}=1:5", *PAIR, "-n", "10M"], "--no-limit"),
    ],
)
def test_what_the_scenario_forbids(file: str, command: str, arguments: list[str], words: str) -> None:
    done = invoke(command, file, "--vary", *arguments)
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_breakeven_is_a_table_and_a_sentence(file: str) -> None:
    shown = details("breakeven", file, "--vary", "plan.calls_per_week=20:200", *PAIR)
    assert shown[:2] == ["Revenue of a rep in a year, USD: difference", "over plan.calls_per_week"]
    headings, rows = rows_of(shown)
    assert headings == ["value", "pressure", "-", "process", "ahead"]
    assert [row[0] for row in rows] == ["20", "42", "65", "88", "110", "132", "155", "178", "200"]
    assert [row[-1] for row in rows] == ["process"] + ["pressure"] * 8
    sentence = " ".join(lines(invoke("breakeven", file, "--vary", "plan.calls_per_week=20:200", *PAIR)))
    assert "process and pressure tie at plan.calls_per_week = " in sentence
    assert "process is ahead below, pressure above." in sentence


def test_a_breakeven_that_is_not_there_is_an_answer(file: str) -> None:
    shown = lines(invoke("breakeven", file, "--vary", f"{RATE}=0.1:0.5", *PAIR))
    sentence = "pressure is ahead over the whole range, funnel.wins.rate from 0.1 to 0.5: at all 9 values looked at."
    assert sentence in " ".join(shown)
    done = invoke("breakeven", file, "--vary", f"{RATE}=0.1:0.5", *PAIR, "--json")
    assert done.exit_code == ExitStatus.DONE
    document = json.loads(done.stdout)
    assert document["roots"] == []
    assert document["ahead"] == "pressure"


def test_the_breakeven_document_fits_its_schema(file: str) -> None:
    done = invoke("breakeven", file, "--vary", "plan.calls_per_week=20:200", *PAIR, "--json")
    document = json.loads(done.stdout)
    validator = Draft202012Validator(document_schema("breakeven"))
    assert validator.is_valid(document)
    assert len(Breakeven.model_validate(document).roots) == 1
    assert not validator.is_valid({**document, "more": 1})


def test_an_interrupted_breakeven_says_so(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    play = worlds(lead)
    chunks = 0

    def run_paired(scenarios: list[Scenario], **call: Any) -> object:  # noqa: ANN401 - arguments of what is called
        nonlocal chunks
        chunks += 1
        if chunks == 4:
            os.kill(os.getpid(), 2)
        return play(scenarios, **call)

    monkeypatch.setattr(sweeps, "run_paired", run_paired)
    done = invoke("breakeven", file, "--vary", "plan.calls_per_week=20:200", *PAIR)
    assert done.exit_code == ExitStatus.INTERRUPTED
    assert "Interrupted after " in done.stdout
    assert "11 values looked at" in " ".join(done.stdout.split())
