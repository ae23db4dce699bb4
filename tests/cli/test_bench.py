"""`simcore bench variance` and `simcore bench steadiness` from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.schema import SCHEMAS

SMALL = ("trust-the-process", "--set", "team.reps=2", "--set", "horizon.weeks=13", "-q")
LAG = "funnel.wins.lag=2w"
BATCHES = ("--batch", "256", "--batches", "3")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_variance_shows_every_technique_a_chart_and_an_advice() -> None:
    done = invoke("bench", "variance", *SMALL, *BATCHES, "--metric", "p_quota", "--metric", "p_zero:4w", "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in ("cond. + controls", "Use ", "exact answer", "Not here: shared worlds", "p_zero:4w", "●"):
        assert words in " ".join(done.stdout.split())


def test_variance_as_a_document_has_what_its_schema_requires() -> None:
    done = invoke("bench", "variance", *SMALL, *BATCHES, "--json")
    (document,) = json.loads(done.stdout)
    assert set(document) == set(SCHEMAS["variance"]()["required"])
    assert document["metric"] == "revenue"
    assert document["batch"] == 256


def test_variance_of_a_difference_of_strategies() -> None:
    small = ("--set", "team.reps=1", "--set", "horizon.weeks=4", "--set", "horizon.warmup_weeks=0", "-q")
    done = invoke(
        "bench",
        "variance",
        "quota-pressure",
        *small,
        *BATCHES,
        "--strategy",
        "pressure",
        "--strategy",
        "process",
        "--details",
    )
    assert done.exit_code == ExitStatus.DONE
    assert "revenue, pressure - process" in done.stdout
    assert "shared worlds" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--metric", "revenu"), "revenu"),
        (("--batch", "1000"), "power of two"),
        (("--batches", "1"), "from 3 to 200"),
        (("--strategy", "process", "--strategy", "pressure"), "is not a strategy of this file"),
        (("--metric", "p_zero:53w"), "whole period"),
    ],
)
def test_bad_input_is_told_without_a_traceback(arguments: tuple[str, ...], words: str) -> None:
    done = invoke("bench", "variance", *SMALL, *arguments)
    assert done.exit_code == ExitStatus.USAGE
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_steadiness_shows_shares_a_chart_and_sizes() -> None:
    done = invoke("bench", "steadiness", "real-team", "--replications", "256", "-q", "--set", LAG, "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in ("share of variance", "people", "market", "week noise", "█", "averages out", "even within a week"):
        assert words in " ".join(done.stdout.split())


def test_steadiness_as_a_document_has_what_its_schema_requires() -> None:
    done = invoke("bench", "steadiness", *SMALL, "--replications", "256", "--json")
    document = json.loads(done.stdout)
    assert set(document) == set(SCHEMAS["steadiness"]()["required"])
    assert [row["horizon"] for row in document["rows"]] == ["hour", "day", "week", "month", "quarter"]


def test_help_names_both() -> None:
    done = invoke("bench", "--help")
    assert "variance" in done.stdout
    assert "steadiness" in done.stdout


def test_a_run_by_a_method_says_what_it_took_and_what_crude_would_have() -> None:
    done = invoke("run", *SMALL, "-p", "p_zero:4w=1e-4", "--method", "auto", "--details")
    words = " ".join(done.stdout.split())
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "worlds by conditional" in words
    assert "Independent worlds would have needed more" in words
    assert "All else that is shown comes from 1,000 plain replications." in words


def test_a_comparison_by_a_method_reaches_a_precision_of_the_difference() -> None:
    small = ("--set", "team.reps=1", "--set", "horizon.weeks=13", "--set", "horizon.warmup_weeks=0", "-q")
    done = invoke("compare", "quota-pressure", *small, "-p", "revenue=5%", "--method", "antithetic", "--json")
    assert done.exit_code == ExitStatus.DONE
    document = json.loads(done.stdout)
    (row,) = document["precision"]["rows"]
    assert (row["method"], row["strategy"], row["met"]) == ("antithetic", "pressure", True)
    assert document["replications"] == 1000


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_method_without_a_precision_or_unknown_is_refused(command: str) -> None:
    name = "trust-the-process" if command == "run" else "quota-pressure"
    bare = invoke(command, name, "-n", "100", "--method", "controls", "-q")
    assert bare.exit_code == ExitStatus.USAGE
    assert "needs a precision" in " ".join(bare.stderr.split())
    wrong = invoke(command, name, "-p", "revenue=1%", "--method", "control", "-q")
    assert wrong.exit_code == ExitStatus.USAGE
    assert "did you mean controls" in " ".join(wrong.stderr.split())
