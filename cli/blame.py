"""Whose fault an error is: that of the command line, or that of the file; and what was probably meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from simcore.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.errors import Problem, ScenarioError

_OPTIONS = {
    "run.strategy": "--strategy",
    "strategies": "--strategy",
    "replications": "--replications",
    "max_replications": "--max-replications",
    "precision": "--precision",
    "run.precision": "--precision",
    "method": "--method",
    "metric": "--metric",
    "target": "--target",
    "by": "--by",
    "confidence": "--confidence",
    "solve-for": "--solve-for",
    "done": "--done",
    "hours": "--hours",
    "effect": "--effect",
    "fading": "--fading",
    "drop": "--drop",
    "rule": "--rule",
    "batch": "--batch",
    "batches": "--batches",
    "threads": "--threads",
}
"""Where the questions that are asked of a scenario have their paths: no file has these, options do."""
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
        return problem if option is None else replace(problem, file=option)
    whole, _, rest = problem.path.partition(".")
    option = _OPTIONS.get(problem.path) or (_OPTIONS.get(whole) if whole == "done" else None)
    if option is None or option not in given:
        return problem
    return replace(problem, file=option, path=rest if whole == "done" else "")


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
