"""`simcore luck` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.schema import SCHEMAS
from simcore.studies.luck.document import Luck

SMALL = ("-q", "-n", "128", "--set", "team.reps=3", "--set", "horizon.weeks=26", "--set", "plan.calls_per_week=100")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["luck", *arguments])


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_report_answers_every_question_within_80_columns() -> None:
    done = invoke("real-team", *SMALL, "--drop", "meetings=0.5", "--details")
    assert done.exit_code == ExitStatus.DONE
    assert max(map(len, done.stdout.splitlines())) <= 80
    for words in (
        "Reps differ in the steps into: meetings, opportunities, wins.",
        "How long until a rep's own results mean something",
        "Is the better of two reps of a team ahead?",
        "The longest run in vain of 26 weeks",
        "How fast counts tell the drop (meetings x 0.5)",
        "if left alone",
        "all steps",
        "seed 2026",
    ):
        assert words in flat(done.stdout)


def test_where_reps_are_the_same_it_says_that_all_is_luck() -> None:
    done = invoke("trust-the-process", *SMALL, "--details")
    assert done.exit_code == ExitStatus.DONE
    for words in (
        "whatever ranks them is luck, all of it",
        "nothing that lasts is seen",
        "reps do not differ",
        "Assumed",
    ):
        assert words in flat(done.stdout)
    assert "Is the better" not in done.stdout


def test_what_is_not_there_is_told_with_a_remedy() -> None:
    done = invoke("telemarketing", "-q", "-n", "128", "--set", "horizon.weeks=8", "--details")
    assert done.exit_code == ExitStatus.DONE
    for words in ("a team of one", "--set team.reps=10", "the scenario has no quota", "1 rep over 8 weeks"):
        assert words in flat(done.stdout)


def test_the_document_has_what_its_schema_requires() -> None:
    done = invoke("real-team", *SMALL, "--json")
    document = json.loads(done.stdout)
    assert set(document) == set(SCHEMAS["luck"]()["required"])
    assert Luck.model_validate_json(done.stdout).replications == 128


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--drop", "wins"), ExitStatus.USAGE, "is not STAGE=FACTOR"),
        (("--drop", "wins=half"), ExitStatus.USAGE, "is not STAGE=FACTOR"),
        (("--drop", "win=0.5"), ExitStatus.USAGE, "did you mean wins"),
        (("--rule", "below=much"), ExitStatus.USAGE, "no number"),
        (("--rule", "[/x]\x1b=1"), ExitStatus.USAGE, "below=SHARE"),
        (("-n", "10"), ExitStatus.USAGE, "128 .. "),
    ],
)
def test_bad_input_is_told_without_a_traceback(arguments: tuple[str, ...], status: ExitStatus, words: str) -> None:
    done = invoke("trust-the-process", "-q", *arguments)
    assert done.exit_code == status
    assert words in flat(done.stderr)
    assert "\x1b" not in done.stderr


def test_a_name_that_a_terminal_would_obey_is_shown_harmless(tmp_path: Path) -> None:
    text = (Path("scenarios") / "trust-the-process.yaml").read_text(encoding="utf-8")
    file = tmp_path / "x.yaml"
    file.write_text(text.replace("name: trust-the-process", 'name: "[/b]\\u202e"'), encoding="utf-8")
    done = invoke(str(file), *SMALL)
    assert done.exit_code == ExitStatus.DONE
    assert "[/b]" in done.stdout
    assert "\u202e" not in done.stdout
