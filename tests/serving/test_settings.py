"""Settings: the scenario that they make, how many worlds they run, and the command that gives the same answer."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus, ScenarioError, UsageError
from simcore.cli.main import app
from simcore.scenario_files.scenario_file import load_scenario
from simcore.scenario_files.vary import parse_range
from simcore.serving.answers import Answers
from simcore.serving.settings import open_desk, worlds_within

if TYPE_CHECKING:
    from pathlib import Path

CANON = "trust-the-process"
SMALL = {"replications": 64}


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without what differs between two runs of it."""
    return {name: value for name, value in document.items() if name not in ("seconds", "speed")}


@pytest.mark.parametrize(
    ("source", "changes", "given", "more"),
    [
        (CANON, [], {}, SMALL),
        (CANON, ["horizon.weeks=8"], {"s1": "400", "s2": "2.75", "s5": "12500"}, SMALL | {"seed": 7}),
        ("telemarketing", [], {"s2": "4.4"}, SMALL),
        ("quota-pressure", ["team.reps=2"], {"s2": "3"}, SMALL | {"strategy": "pressure"}),
        ("real-team", ["horizon.weeks=13"], {"s3": "22"}, {}),
        ("{folder}/until precise.yaml", [], {"s1": "120"}, {}),
    ],
)
def test_the_command_gives_the_same_answer_to_the_last_digit(
    source: str, changes: list[str], given: dict[str, str], more: dict[str, Any], tmp_path: Path
) -> None:
    """Digest included: the scenario is the same, sources and all."""
    file = tmp_path / "until precise.yaml"
    file.write_text(
        "simcore: 1\nname: precise\nfunnel:\n  - {stage: calls}\n  - {stage: wins, rate: 0.01}\ndeal: 500\n"
        "team: {reps: 2}\nrun: {precision: {revenue: 1%}}\n"
    )
    desk = open_desk(source.format(folder=tmp_path), changes, **more)
    told = Answers(desk).told(desk.numbers(given, "s"))
    words = shlex.split(told.setting.command)
    assert words[:2] == ["simcore", "run"]
    done = CliRunner().invoke(app, [*words[1:], "--json", "--quiet"])
    assert done.exit_code == ExitStatus.DONE, done.stderr
    assert without_times(json.loads(done.stdout)) == without_times(told.played.summary.model_dump(mode="json"))


def test_the_scenario_as_it_is_needs_no_changes() -> None:
    desk = open_desk("hard-sell")
    assert "--set" not in desk.setting(desk.numbers({"s1": "500.0"}, "s")).command


def test_all_settings_have_the_seed_of_the_scenario() -> None:
    desk = open_desk(CANON, seed=11)
    settings = [desk.setting(desk.numbers(given, "s")) for given in ({}, {"s1": "300"}, {"s6": "2"})]
    assert {setting.scenario.run.seed for setting in settings} == {11}


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.3, 1.0, 30.0])
def test_worlds_are_a_round_number_that_fits(seconds: float) -> None:
    scenario = load_scenario(CANON)
    found = worlds_within(scenario, 1, seconds)
    assert 8 <= found <= 10_000
    assert found == 8 or str(found).rstrip("0") in ("1", "2", "5")
    more = worlds_within(scenario, 4, seconds)
    assert more >= found


def test_the_worlds_of_the_scenario_are_enough_where_there_is_time() -> None:
    assert worlds_within(load_scenario(CANON, "run.replications=3"), 1, 0.0) == 3
    assert worlds_within(load_scenario(CANON, "run.replications=77"), 1, 60.0) == 77


@pytest.mark.parametrize("text", ["x", "1e400", "NaN", "inf", "1_000", "٣", "9" * 50, "1,5", "<b>", "0x10", "1e99"])
def test_what_is_no_number_is_refused_with_its_path(text: str) -> None:
    desk = open_desk(CANON)
    with pytest.raises(UsageError, match=r"^team\.reps: must be a number, got"):
        desk.numbers({"s6": text}, "s")


def test_what_the_format_or_the_engine_does_not_allow_is_refused_without_a_position() -> None:
    desk = open_desk(CANON, vary=[parse_range("funnel.wins.rate=0.1:0.9"), ("team.reps", None)])
    with pytest.raises(ScenarioError, match=r"^funnel\.wins\.rate: is out of range, got \"120%\"; allowed: above 0"):
        desk.setting(desk.numbers({"s1": "120"}, "s"))
    with pytest.raises(ScenarioError, match=r"team\.reps: .*whole number"):
        desk.setting(desk.numbers({"s2": "2.5"}, "s"))


def test_what_takes_minutes_is_left_to_a_terminal() -> None:
    desk = open_desk(CANON)
    with pytest.raises(UsageError, match=r"^takes about .* for 8 worlds; allowed: up to 20 s on a page"):
        desk.setting(desk.numbers({"s1": "60000", "s6": "20000"}, "s"))


def test_what_costs_too_much_is_refused() -> None:
    desk = open_desk(CANON, vary=[("team.reps", None), ("horizon.weeks", None)])
    with pytest.raises(ScenarioError, match=r"rep-weeks.*allowed: up to 2,000,000,000"):
        desk.setting(desk.numbers({"s1": "65536", "s2": "5200"}, "s"))
