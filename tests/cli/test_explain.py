"""`simcore explain`: words and keys on the screen and as JSON, in every width; what it does not know."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.completion.candidates import Question
from simcore.cli.completion.values import VALUES
from simcore.cli.glossary.screen import all_words, explained
from simcore.cli.main import app
from simcore.cli.tables import lines_of
from simcore.glossary.entries import every_entry
from simcore.glossary.keys import keys
from simcore.glossary.lookup import look_up
from simcore.glossary.words import WORDS


def printed(*words: str) -> str:
    """Return what the command prints."""
    done = CliRunner().invoke(app, ["explain", *words])
    assert done.exit_code == ExitStatus.DONE, done.output
    assert done.stderr == ""
    return done.stdout


def test_a_word() -> None:
    assert printed("CRN") == (
        "common random numbers (also: CRN, same worlds, paired difference)\n"
        "  All strategies are played in the same worlds: the same market, people and\n"
        "  luck. What they share falls out of their difference, so that a small one shows\n"
        "  with few worlds.\n"
        "  docs/statistics.md#differences-in-the-same-worlds\n"
    )


def test_words_together_are_one_name_or_several() -> None:
    assert printed("give", "or", "take") == printed("give or take")
    both = printed("jackknife", "digest")
    assert both == f"{printed('jackknife')}\n{printed('digest')}"
    assert printed("seed", "SEED") == printed("seed")


def test_a_key_by_the_path_of_a_scenario() -> None:
    assert printed("funnel.meetings.rate.mean") == printed("rate.mean")
    assert printed("rate.mean") == (
        "funnel.STAGE.rate.mean\n"
        "  Chance that an item gets here from the stage before; `rate: 0.02` is short for\n"
        "  it.\n"
        "  unit     chance (0.1 or 10%)\n"
        "  allowed  above 0 to 1\n"
        "  default  none\n"
        "  docs/scenario-format.md#a-stage\n"
    )


def test_a_part_shows_its_keys_and_many_keys_do_not() -> None:
    part = printed("horizon")
    assert "Its keys:\n  weeks         Counted weeks" in part
    assert "Its keys:" not in printed("funnel.meetings")


def test_keys_that_mean_the_same_share_an_entry() -> None:
    text = printed("source")
    assert "plan.source\n" in text
    assert text.count("Where the numbers beside it come from.") == 1


def test_all_are_listed() -> None:
    text = " ".join(printed().split())
    assert [word.name for word in WORDS if word.name not in text] == []
    assert [key.path for key in keys() if "." not in key.path and key.path not in text] == []


@pytest.mark.parametrize("width", [40, 60, 80, 140])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_fits(width: int, encoding: str) -> None:
    everything = [look_up(word.name) for word in WORDS] + [look_up(key.path) for key in keys()]
    text = lines_of(explained(everything), width=width, encoding=encoding)
    lines = [*text.splitlines(), *lines_of(all_words(), width=width, encoding=encoding).splitlines()]
    assert max(map(len, lines)) <= width
    assert encoding != "ascii" or text.isascii()


def test_json_holds_the_same() -> None:
    word, *found = json.loads(printed("cv", "--json"))
    assert (word["kind"], word["name"], word["theme"]) == ("word", "coefficient of variation", "Figures and periods")
    assert {key["path"] for key in found} == {
        "funnel.STAGE.lag.cv",
        "funnel.STAGE.lost_lag.cv",
        "deal.cv",
        "referrals.lag.cv",
        "inflow.cv",
        "inflow.N.cv",
    }
    assert {*found[0]} == {"kind", "path", "meaning", "unit", "range", "default", "page"}
    assert json.loads(printed("--json")) == every_entry()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["replicatoin"], "'replicatoin' is not explained; did you mean replication?"),
        (["seed", "zzzzzz"], "'zzzzzz' is not explained; simcore explain lists all words"),
        ([""], "'' is not explained"),
        (["\x1b[31m"], "'[31m' is not explained"),
    ],
)
def test_what_it_does_not_know(words: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["explain", *words])
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    assert told in done.stderr


def test_completion() -> None:
    def offered(word: str) -> list[str]:
        return [each.value for each in VALUES["words"](Question("explain", {}), word) if each.value.startswith(word)]

    assert {"give or take", "team.", "simcore"} <= {*offered("")}
    assert {*offered("team.r")} == {"team.reps", "team.ramp", "team.ramp."}
    assert offered("regr") == ["regression to the mean"]
