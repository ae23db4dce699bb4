"""`simcore coach` from the command line."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.cli.pictures import bar
from simcore.schema import SCHEMAS

SMALL = ("--set", "team.reps=4", "--set", "horizon.weeks=13", "-n", "64", "-q")
LONG = ("--set", "horizon.warmup_weeks=0")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["coach", *arguments])


def test_it_shows_a_tornado_values_ages_and_plain_words() -> None:
    done = invoke("long-cycle", *SMALL, *LONG, "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in (
        "Ten per cent better: mean revenue by close, %",
        "chance of quota, points",
        "█",
        "One point more does most to mean revenue at the step to meetings",
        "the closed form says so",
        'a "no"',
        "An open one of opportunities",
        "Age by itself says nothing about winning",
        "64 worlds of 4 reps",
    ):
        assert words in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", ["real-team", "connected-calls", "telemarketing", "backward-from-100k"])
def test_every_kind_of_scenario_fits_80_columns(name: str) -> None:
    weeks = () if name == "backward-from-100k" else ("--set", "horizon.weeks=13", "--set", "horizon.warmup_weeks=0")
    done = invoke(name, *weeks, "-n", "32", "-q")
    assert done.exit_code == ExitStatus.DONE, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_document_is_what_its_schema_says() -> None:
    hours = ("--hours", "2", "--effect", "0.5", "--effect", "wins=5%", "--fading", "0.1")
    done = invoke("long-cycle", *SMALL, *LONG, *hours, "--json")
    document = json.loads(done.stdout)
    Draft202012Validator(SCHEMAS["coach"]()).validate(document)
    plan = document["leverage"]["hours"]
    assert plan["effects"] == ["0.5 points", "0.5 points", "5 % of the rate"]
    assert sum(plan["best"]["hours"]) == 2
    assert [each["item"] for each in document["values"]["items"]] == ["calls", "no", "meetings", "opportunities"]
    assert not document["interrupted"]


def test_hours_are_shown_with_what_was_looked_at() -> None:
    done = invoke(
        "trust-the-process", *SMALL, "--hours", "2", "--effect", "meetings=1", "--effect", "wins=1", "--details"
    )
    words = " ".join(done.stdout.split())
    for expected in ("2 coaching hours, for revenue", "In fresh worlds: best", "3 ways were run, all that there are"):
        assert expected in words
    assert "Best use of 2 hours for mean revenue: 2 to meetings" in words
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--hours", "3"), ExitStatus.USAGE, "--hours needs --effect"),
        (("--effect", "wins=1"), ExitStatus.USAGE, "needs --hours"),
        (("--fading", "0.1"), ExitStatus.USAGE, "needs --hours"),
        (("--metric", "p_quota"), ExitStatus.USAGE, "needs --hours"),
        (("--hours", "3", "--effect", "wins=lots"), ExitStatus.USAGE, "write 0.1 (points) or 2% (of the rate)"),
        (("--hours", "3", "--effect", "win=1"), ExitStatus.USAGE, "did you mean wins"),
        (("-n", "10"), ExitStatus.USAGE, "32 or more"),
        (("-n", "1e9"), ExitStatus.USAGE, "--no-limit"),
    ],
)
def test_what_cannot_be_answered_is_said(arguments: tuple[str, ...], status: ExitStatus, words: str) -> None:
    done = invoke("trust-the-process", "-q", *arguments)
    assert done.exit_code == status
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_bars_start_at_the_axis_and_go_both_ways() -> None:
    assert [bar(size, 3) for size in (2.0, 0.25, 0.0, -1.0, -9.0)] == ["   │██", "   │▎", "   │", "  █│", "███│"]
