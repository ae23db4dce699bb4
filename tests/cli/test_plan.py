"""`simcore plan` from the command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.schema import SCHEMAS

SMALL = ("backward-from-100k", "-q", "--target", "100k")
QUICK = ("-n", "200", "--no-frontier")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plan", *arguments])


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_report_shows_the_arithmetic_the_answer_the_table_and_the_frontier() -> None:
    done = invoke(*SMALL, "-n", "200", "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    told = words(done.stdout)
    for text in (
        "The arithmetic that everyone does",
        "calls 5,000",
        "with a chance of 80 %, one rep must make",
        "By the binomial distribution, which is exact here: 6,258; at the calls of the arithmetic 54 %",
        "Confidence x calls",
        "80 % <",
        "reps 7 weeks 13 weeks 26 weeks",
        "whole team (1 rep)",
    ):
        assert text in told, text


def test_the_document_has_what_its_schema_requires() -> None:
    done = invoke(*SMALL, *QUICK, "--json", "--confidence", "90%", "--by", "10w")
    document = json.loads(done.stdout)
    assert set(document) == set(SCHEMAS["plan"]()["required"])
    answer = document["answer"]
    assert {"solve_for", "estimate", "interval", "per_week"} <= set(answer)
    assert answer["solve_for"] == "calls"
    assert answer["interval"][0] <= answer["estimate"] <= answer["interval"][1]
    assert (document["confidence"], document["weeks"], document["frontier"]) == (0.9, 10, [])


@pytest.mark.parametrize("kind", ["reps", "weeks", "meetings"])
def test_other_unknowns_have_reports(kind: str) -> None:
    done = invoke(*SMALL, *QUICK, "--solve-for", kind, "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert f"Confidence x {'rate of meetings' if kind == 'meetings' else kind}" in done.stdout


def test_you_are_here_is_shown() -> None:
    done = invoke(*SMALL, *QUICK, "--done", "calls=2000,won=40000", "--done", "open=5", "--details")
    told = words(done.stdout)
    for text in ("weeks over, left 4, 9", "missing $60,000", "open: opportunities 5", "calls that the rest needs"):
        assert text in told, text


def test_what_cannot_be_is_told_with_its_reason() -> None:
    lag = ("--set", "funnel.wins.lag=20w")
    done = invoke(*SMALL, *QUICK, *lag, "--details")
    assert done.exit_code == ExitStatus.DONE
    assert "cannot be reached by one rep" in words(done.stdout)
    assert "closes after the end of the period" in words(done.stdout)
    assert json.loads(invoke(*SMALL, *QUICK, *lag, "--json").stdout)["answer"] is None


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("--target", "0"), ExitStatus.USAGE, "--target: is no target, got 0"),
        (("--target", "ten"), ExitStatus.USAGE, "is not an amount"),
        (("--confidence", "1"), ExitStatus.USAGE, "--confidence: is out of range, got 1"),
        (("--confidence", "0%"), ExitStatus.USAGE, "above 0, below 1"),
        (("--confidence", "nan"), ExitStatus.USAGE, "is not a share"),
        (("--confidence", "high"), ExitStatus.USAGE, "is not a share, as 0.8 or 80% are"),
        (("--by", "5201w"), ExitStatus.USAGE, "5,200 weeks together"),
        (("--by", "months"), ExitStatus.USAGE, "month, quarter, year, or 1w to 5200w; did you mean month?"),
        (("--confidence", "80"), ExitStatus.USAGE, "write 0.8 or 80%"),
        (("--solve-for", "rep"), ExitStatus.USAGE, "did you mean reps?"),
        (("--by", "0w"), ExitStatus.USAGE, "is no period"),
        (("--solve-for", "meeting"), ExitStatus.USAGE, "did you mean meetings"),
        (("--done", "calls"), ExitStatus.USAGE, "is not key=number"),
        (("--done", "week=13"), ExitStatus.USAGE, "the period must not be over"),
        (("--by", "5w", "--done", "calls=5000"), ExitStatus.USAGE, "take the whole period"),
        (("--done", "won=1"), ExitStatus.USAGE, "says neither how many weeks"),
        (("--done", "week=1,opportunites=2"), ExitStatus.USAGE, "did you mean opportunities"),
        (("--done", "week=1,open=2,opportunities=2"), ExitStatus.USAGE, "are the same stage"),
        (("--done", "week=1.5"), ExitStatus.USAGE, "whole numbers 0 to 12"),
        (("--precision", "0%"), ExitStatus.USAGE, "is out of range, got 0%"),
        (("--precision", "1%", "-n", "100"), ExitStatus.USAGE, "either --precision or --replications"),
        (("-n", "1"), ExitStatus.USAGE, "2 to 1,048,576"),
        (("--set", "calendar.holidays=[{week: 1}]", "--by", "1w"), ExitStatus.INVALID, "is worked"),
    ],
)
def test_bad_input_is_told_without_a_traceback(arguments: tuple[str, ...], status: ExitStatus, text: str) -> None:
    done = invoke(*SMALL, *arguments)
    assert done.exit_code == status
    assert text in words(done.stderr.replace("│", " "))
    assert "Traceback" not in done.stderr


def test_a_precision_that_is_not_reached_has_a_status_of_its_own() -> None:
    done = invoke(*SMALL, "--precision", "0.1%", "--max-replications", "300", "--no-frontier")
    assert done.exit_code == ExitStatus.NOT_REACHED
    assert "0.1 % was asked for" in words(done.stdout)


def test_a_search_that_is_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def stopped() -> Iterator[threading.Event]:
        event = threading.Event()
        event.set()
        yield event

    monkeypatch.setattr("simcore.cli.interrupt.stop_on_interrupt", stopped)
    done = invoke(*SMALL, *QUICK)
    assert done.exit_code == ExitStatus.INTERRUPTED
    assert "Interrupted before there was an answer." in done.stdout
