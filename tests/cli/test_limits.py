"""Memory and time are limits of every command, as rep-weeks are: figure, cheaper ways, and the option that lifts it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from simcore.analytic.run_cost import out_of_memory
from simcore.base.errors import ExitStatus
from simcore.base.machine import Memory
from simcore.cli.main import app

DEAR = [
    *("--set", "plan.calls_per_week=65535", "--set", "funnel.meetings.rate=1"),
    *("--set", "funnel.opportunities.rate=1", "--set", "funnel.wins.rate=1"),
]
VARY = ["--vary", "deal=1000:2000:4"]
TIED = ["--vary", "deal=5000:20000", "--strategy", "process", "--strategy", "pressure"]


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == ExitStatus.USAGE, (done.stdout, done.stderr)
    assert "--no-limit" in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "trust-the-process", *DEAR, "-n", "100000"],
        ["plan", "trust-the-process", *DEAR, "--target", "900000", "-n", "100000"],
        ["luck", "trust-the-process", *DEAR, "-n", "10000"],
        ["coach", "trust-the-process", *DEAR, "-n", "16000"],
        ["sweep", "trust-the-process", *DEAR, *VARY, "-n", "20000"],
        ["bench", "steadiness", "trust-the-process", *DEAR, "-n", "16000"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_time_is_limited(arguments: list[str]) -> None:
    words = refused(*arguments)
    assert "; allowed: up to 12 h" in words
    assert " rep-weeks" not in words


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "trust-the-process", "-n", "100"],
        ["run", "trust-the-process", "--precision", "revenue=1%"],
        ["compare", "quota-pressure", "-n", "100"],
        ["sweep", "trust-the-process", *VARY, "-n", "100"],
        ["breakeven", "quota-pressure", *TIED, "-n", "100"],
        ["coach", "trust-the-process", "-n", "128"],
        ["plan", "trust-the-process", "--target", "900000", "-n", "2000"],
    ],
    ids=lambda arguments: f"{arguments[0]} {arguments[2]}",
)
def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(
        "simcore.analytic.run_cost.memory", lambda: Memory(4_000_000_000, "the limit of the control group")
    )
    words = refused(*arguments, "--threads", "1024")
    assert "--threads: " in words
    assert "GB of memory; allowed: up to 4.0 GB, the limit of the control group; fewer threads (each takes" in words


def test_a_plan_of_a_hundred_years_is_refused() -> None:
    words = refused("plan", "trust-the-process", "--target", "900000", "--by", "5200w", "-n", "1048576")
    assert "rep-weeks, 3" in words
    assert "a shorter period" in words


def test_no_limit_lifts_the_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcore.analytic.run_cost.memory", lambda: Memory(1_000_000, "the limit of the control group"))
    arguments = ["run", "trust-the-process", "--set", "team.reps=1", "-n", "8", "--threads", "1"]
    refused(*arguments)
    assert CliRunner().invoke(app, [*arguments, "--no-limit"]).exit_code == ExitStatus.DONE


def test_a_refused_allocation_is_told_as_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object, **_options: object) -> None:
        raise MemoryError("Unable to allocate 75.0 MiB")

    monkeypatch.setattr("simcore.engine.simulation.simulate", full)
    done = CliRunner().invoke(app, ["run", "trust-the-process", "-n", "8"])
    assert done.exit_code == ExitStatus.INVALID
    assert done.stderr == f"simcore: {out_of_memory('Unable to allocate 75.0 MiB')}\n"
    assert "an error in simcore" not in done.stderr
    assert "fewer threads" in done.stderr


def test_more_threads_than_processors_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcore.base.machine.processors", lambda: 1)
    arguments = ["run", "trust-the-process", "--set", "team.reps=1", "-n", "8", "--threads", "2"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == ExitStatus.DONE
    assert "2 threads, but this process may use 1 processor: more threads are no faster\n" in done.stderr
    assert "no faster" not in CliRunner().invoke(app, [*arguments, "--quiet"]).stderr
