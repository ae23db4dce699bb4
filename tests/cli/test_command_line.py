"""What is typed wrongly: the exit status, and the likely intention in the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app
from simcore.scenario_files.paths import known_paths, likely_paths
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

CANON = "trust-the-process"
PAIR = "quota-pressure"
PLAN = ("plan", "backward-from-100k", "--target", "100k")
THREE = ("breakeven", "tampering", "--vary", "market.persistence=0:0.9")
TINY = ("--set", "team.reps=1", "--set", "horizon.weeks=4", "-n", "4", "-q")

WRONG: list[tuple[tuple[str, ...], str]] = [
    # Strategies have one spelling.
    (("compare", PAIR, "process"), "a strategy is named with --strategy NAME"),
    (("run", PAIR, "process"), "a strategy is named with --strategy NAME"),
    (("compare", PAIR, "--strategies", "process", "pressure"), "is now --strategy NAME"),
    ((*THREE, "--strategies", "process", "full"), "is now --strategy NAME"),
    (("breakeven", PAIR, "--strategies", "process", "--vary", "team.reps=1:5"), "is now --strategy NAME"),
    (("bench", "variance", PAIR, "--strategies", "process", "pressure"), "is now --strategy NAME"),
    (("run", PAIR, "--strategy", "presure"), "did you mean pressure?"),
    (("check", PAIR, "--strategy", "presure"), "did you mean pressure?"),
    (("luck", PAIR, "--strategy", "presure"), "did you mean pressure?"),
    (("coach", PAIR, "--strategy", "presure"), "did you mean pressure?"),
    (("bench", "steadiness", PAIR, "--strategy", "presure"), "did you mean pressure?"),
    ((*PLAN, "--strategy", "proces"), "did you mean process?"),
    (("compare", PAIR, "--strategy", "presure"), "--strategy: is not a strategy of this file"),
    (("compare", PAIR, "--baseline", "proces"), "--baseline: is not a strategy of this file"),
    (("sweep", PAIR, "--vary", "team.reps=1:3:3", "--strategy", "presure"), "did you mean pressure?"),
    ((*THREE, "--strategy", "ful", "--strategy", "process"), "did you mean full?"),
    ((*THREE, "--strategy", "full"), "name the two strategies"),
    (THREE, "--strategy: name the two strategies"),
    # Paths that are nearly right, values that are not.
    (("run", CANON, "--set", "reps=20"), "did you mean team.reps?"),
    (("run", CANON, "--set", "team.rep=20"), "did you mean team.reps?"),
    (("run", CANON, "--set", "seed=20"), "did you mean run.seed?"),
    (("run", CANON, "--set", "calls=20"), "did you mean plan.calls_per_week?"),
    (("run", CANON, "--set", "meetings.rate=0.03"), "did you mean funnel.meetings.rate?"),
    (("run", CANON, "--set", "funnel.meeting.rate=0.03"), "did you mean funnel.meetings.rate?"),
    (("check", CANON, "--set", "team=5"), "set one of its keys: team.reps"),
    (("check", CANON, "--set", "team.reps"), "is not path=value"),
    (("check", CANON, "--set", "team.reps=0"), "--set: team.reps: is out of range, got 0"),
    (("check", CANON, "--set", "team.reps=ten"), "must be a whole number"),
    (("check", CANON, "--set", "run.strategy=push"), "--set: run.strategy"),
    (("check", PAIR, "--set", "strategies={other: {}}"), "--set"),
    (("sweep", CANON, "--vary", "reps=1:5:3"), "did you mean team.reps?"),
    (("breakeven", PAIR, "--vary", "reps=1:5"), "did you mean team.reps?"),
    (("sweep", CANON, "--vary", "team.reps=0:5:6"), "--vary: team.reps: is out of range"),
    (("sweep", CANON, "--vary", "run.seed=1:5:5"), "cannot be varied"),
    # Numbers and words of options.
    ((*PLAN, "--confidence", "80"), "write 0.8 or 80%"),
    ((*PLAN, "--confidence", "100%"), "below 100 %"),
    ((*PLAN, "--by", "months"), "did you mean month?"),
    ((*PLAN, "--by", "fortnight"), "week, month, quarter, year, or 1w to"),
    ((*PLAN, "--solve-for", "rep"), "did you mean reps?"),
    ((*PLAN, "--solve-for", "meeting"), "did you mean meetings?"),
    ((*PLAN, "--done", "week=99"), "--done: week: is out of range"),
    (("run", CANON, "-n", "1e12"), "--replications: a run takes"),
    (("run", CANON, "-n1B"), "--replications: a run takes"),
    (("run", CANON, "--set", "run.replications=1000000000"), "--set: a run takes"),
    (("run", CANON, "--method", "control", "-p", "revenue=1%"), "did you mean controls?"),
    (("run", CANON, "-p", "p_quotas=1"), "did you mean p_quota?"),
    (("run", CANON, "--set", "horizon.weeks=4", "-p", "p_quota=0.1"), "--precision"),
    (("coach", CANON, "--hours", "3", "--effect", "meting=0.1"), "did you mean meetings?"),
    (("luck", CANON, "--drop", "win=0.5"), "did you mean wins?"),
    (("luck", CANON, "--rule", "x=3"), "--rule"),
    (("bench", "variance", CANON, "--metric", "revenu"), "--metric"),
    (("schema", "lucks"), "did you mean luck?"),
    (("scedule",), "No such command"),
    (("run", CANON, "--stratgy", "x"), "--strategy"),
]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def told(done: Result) -> str:
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_wrong_command_line_is_told_with_what_was_meant(arguments: tuple[str, ...], words: str) -> None:
    done = invoke(*arguments)
    assert words in told(done)
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    assert "Traceback" not in done.output


def test_a_wrong_file_is_a_wrong_file_whatever_the_options_are(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("simcore: 1\nname: x\nfunnel: [{stage: calls}, {stage: wins, rate: 2}]\ndeal: 5\n")
    for options in ((), ("-n", "5"), ("--set", "team.reps=3"), ("--seed", "4"), ("--set", "team.rep=3")):
        assert invoke("run", str(file), *options).exit_code == ExitStatus.INVALID, options
    assert invoke("check", str(file), "--set", "funnel.wins.rate=0.2").exit_code == ExitStatus.DONE


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", PAIR, "--strategy", "pressure", *TINY),
        ("compare", PAIR, "--strategy", "process", "--strategy", "pressure", *TINY),
        ("compare", PAIR, "--strategy", "pressure", *TINY),
        ("sweep", PAIR, "--vary", "team.reps=1:2:2", "--strategy", "pressure", *TINY),
    ],
    ids=" ".join,
)
def test_the_strategy_that_is_named_is_run(arguments: tuple[str, ...]) -> None:
    done = invoke(*arguments)
    assert done.exit_code == ExitStatus.DONE, done.stderr
    assert "pressure" in done.stdout


def test_a_sweep_says_which_strategy_it_runs_and_that_there_are_others() -> None:
    done = invoke("sweep", PAIR, "--vary", "team.reps=1:2:2", *TINY)
    assert "The scenario also has pressure: name each strategy to run with --strategy." in " ".join(done.stdout.split())
    both = invoke("sweep", PAIR, "--vary", "team.reps=1:2:2", "--strategy", "process", "--strategy", "pressure", *TINY)
    assert "also has" not in both.stdout


def test_a_month_is_a_period_of_a_plan() -> None:
    done = invoke(*PLAN, "--by", "month", "-n", "64", "--no-frontier", "-q")
    assert done.exit_code == ExitStatus.DONE
    assert "in a month (4 weeks)" in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", [("run", CANON), ("compare", PAIR)])
def test_a_precision_out_of_reach_is_refused_with_the_figure(command: tuple[str, str]) -> None:
    done = invoke(*command, "-p", "revenue=0.5", "--set", "team.reps=2", "-q")
    assert done.exit_code == ExitStatus.USAGE
    assert done.stdout == ""
    for words in ("--precision: revenue=0.5 takes about", "rep-weeks", "did you mean revenue=0.5%?", "--no-limit"):
        assert words in told(done)


def test_a_precision_of_the_file_out_of_reach_is_the_fault_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "far.yaml"
    file.write_text(
        "simcore: 1\nname: x\nfunnel: [{stage: calls}, {stage: wins, rate: 0.01}]\ndeal: 10000\n"
        "team: {reps: 1}\nrun: {precision: {revenue: '0.01'}}\n"
    )
    done = invoke("run", str(file), "-q")
    assert done.exit_code == ExitStatus.INVALID
    assert "run.precision: revenue=0.01 takes about" in told(done)


def test_a_run_with_a_limit_of_its_own_goes_on_to_it() -> None:
    done = invoke("run", CANON, "-p", "revenue=0.5", "--max-replications", "300", "--set", "team.reps=1", "-q")
    assert done.exit_code == ExitStatus.NOT_REACHED
    assert "Not as precise as asked for with the most replications allowed: revenue." in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_share_of_what_is_never_seen_ends_without_an_answer(command: str, tmp_path: Path) -> None:
    """What `check` accepts is run: how many worlds a share of nothing takes is not known, so none is named."""
    file = tmp_path / "never.yaml"
    file.write_text(
        "simcore: 1\nname: x\nfunnel: [{stage: calls}, {stage: wins, rate: 5e-324}]\ndeal: 10000\n"
        "team: {reps: 1}\nhorizon: {weeks: 4}\nplan: {calls_per_week: 20}\n"
        "strategies: {process: {}, push: {drives: {u: {signals: {rejections: 1}, changes: {activity: {slope: 1}}}}}}\n"
    )
    assert invoke("check", str(file)).exit_code == 0
    asked = () if command == "run" else ("-p", "revenue=1%")
    done = invoke(command, str(file), *asked, "-q")
    assert done.exit_code == ExitStatus.NOT_REACHED, told(done)
    assert "nothing was seen of revenue" in " ".join(done.stdout.split())
    assert "takes about" not in told(done)


def test_a_method_is_refused_for_what_its_pilot_says() -> None:
    small = ("--set", "team.reps=1", "--set", "horizon.weeks=4")
    done = invoke("run", CANON, *small, "-p", "revenue=0.02", "--method", "antithetic", "-q")
    assert done.exit_code == ExitStatus.USAGE
    assert "takes about" in told(done)


def test_every_path_that_is_known_can_be_meant_by_its_last_word() -> None:
    known = known_paths(load_scenario(PAIR).resolved())
    assert len(known) > 60
    assert len(set(known)) == len(known)
    for path in known:
        last = path.rpartition(".")[2]
        found = likely_paths(last, [each for each in known if each != last])
        assert path == last or found, path
        if sum(each.rpartition(".")[2] == last for each in known) == 1 and path != last:
            assert found == [path]
    assert likely_paths("x" * 300, known) == []
    assert likely_paths("qqqq", known) == []
