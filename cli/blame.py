"""Whose fault an error is: that of the command line, or that of the file; and what was probably meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from simcore.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.errors import Problem, ScenarioError

_STRATEGIES = ("--strategy", "--baseline")
_METRICS = ("--metric", "--precision")
_OPTIONS = {
    "run.strategy": _STRATEGIES,
    "strategies": _STRATEGIES,
    "run.precision": ("--precision",),
    "max_replications": ("--max-replications",),
    # What a figure needs that is asked for: the file need not have it.
    "quota": _METRICS,
    "horizon.weeks": _METRICS,
    **{
        name: (f"--{name}",)
        for name in (
            *("replications", "max-replications", "precision", "method", "metric", "target", "by", "confidence"),
            *("solve-for", "done", "hours", "effect", "fading", "drop", "rule", "batch", "batches", "threads"),
        )
    },
}
"""Options by the paths of the questions that are asked of a scenario, where the problem is at no place of a file."""
_COST = "run.replications"
_DEAR = ("-n", "--replications", "--batch", "--batches", "--set", "--vary")
"""Options that can make a run cost more than the file's own would."""
_SHORT = {"-p": "--precision", "-n": "--replications", "-s": "--seed", "-t": "--threads"}


def blamed(error: ScenarioError, arguments: Sequence[str]) -> tuple[ExitStatus, list[str]]:
    """Return the exit status of an error and its lines: that of the command line if all of it comes from there.

    Parameters
    ----------
    error
        What is wrong; problems of a file have its name.
    arguments
        The command line.
    """
    given = {_SHORT.get(word, word) for argument in arguments for word in _words(argument)}
    told = [_of_option(problem, given) for problem in error.problems]
    usage = all((problem.file or "").startswith("--") for problem in told)
    return (ExitStatus.USAGE if usage else error.exit_status), [str(problem) for problem in told]


def _words(argument: str) -> tuple[str, ...]:
    """Return an argument, and what it is if its value is attached to it."""
    return (argument, argument.partition("=")[0], argument[:2] if not argument.startswith("--") else argument)


def _of_option(problem: Problem, given: set[str]) -> Problem:
    """Return a problem in the words of the option that it comes from, if it comes from one."""
    if problem.file is not None:
        return problem
    if problem.path == _COST:
        option = next((each for each in _DEAR if each in given), None)
        return problem if option is None else replace(problem, file=option, path="")
    whole, _, rest = problem.path.partition(".")
    options = _OPTIONS.get(problem.path) or (_OPTIONS[whole] if whole == "done" else ())
    option = next((each for each in options if each in given), None)
    if options is _STRATEGIES:
        option = option or options[0]  # no file names a strategy that it does not have
    if option is None:
        return problem
    inside = {"done": rest, "quota": "quota", "horizon.weeks": "horizon.weeks"}
    return replace(problem, file=option, path=inside.get(problem.path if options is _METRICS else whole, ""))


def hinted(error: Any) -> Exception:  # noqa: ANN401  (typer does not publish the classes of its errors)
    """Return an error of the command line, with a hint where strategies are named as they once were."""
    context = getattr(error, "ctx", None)
    options = [name for each in getattr(getattr(context, "command", None), "params", ()) for name in each.opts]
    if "--strategy" in options:
        if getattr(error, "option_name", None) == "--strategies":
            told = typer.BadParameter("is now --strategy NAME, once for each strategy", param_hint="--strategies")
            told.ctx = context
            return told
        if str(error).startswith("Got unexpected extra argument"):
            error.message += "; a strategy is named with --strategy NAME"
    found: Exception = error
    return found
