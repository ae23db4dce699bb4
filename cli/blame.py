"""Whose fault an error is: that of the command line, or that of the file; and what was probably meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from simcore.base.errors import ExitStatus
from simcore.base.text import brief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.base.errors import Problem, ScenarioError

_STRATEGIES = ("--strategy", "--baseline")
_METRICS = ("--metric", "--precision")
_OPTIONS = {
    "run.strategy": _STRATEGIES,
    "strategies": _STRATEGIES,
    "run.precision": ("--precision",),
    "max_replications": ("--max-replications",),
    # What a figure needs that is asked for: the file need not have it.
    "quota": (*_METRICS, "--quota"),
    "horizon.weeks": _METRICS,
    **{
        name: (f"--{name}",)
        for name in (
            *("replications", "max-replications", "precision", "method", "metric", "target", "by", "confidence"),
            *("solve-for", "done", "hours", "effect", "fading", "drop", "rule", "batch", "batches", "threads"),
            *("since", "without", "measure", "horizon", "every", "from", "level", "seed"),
        )
    },
}
"""Options by the paths of the questions that are asked of a scenario, where the problem is at no place of a file."""
_WITH_KEYS = ("done", "drop", "rule", "effect")
"""Options that hold keys and values: a path goes on into them."""
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
    problems = [_of_option(problem, given) for problem in error.problems]
    usage = all((problem.file or "").startswith("--") for problem in problems)
    return (ExitStatus.USAGE if usage else error.exit_status), [str(problem) for problem in problems]


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
    options = _OPTIONS.get(problem.path) or (_OPTIONS[whole] if whole in _WITH_KEYS else ())
    option = next((each for each in options if each in given), None)
    if options is _STRATEGIES:
        option = option or options[0]  # no file names a strategy that it does not have
    if option is None:
        return problem
    inside = {**dict.fromkeys(_WITH_KEYS, rest), "quota": "quota", "horizon.weeks": "horizon.weeks"}
    named = option == f"--{whole}" and whole not in _WITH_KEYS
    return replace(problem, file=option, path="" if named else inside.get(problem.path, inside.get(whole, "")))


_JARGON = ("Input should be", "Value error, ")
"""How a reader of values begins what it says."""


def hinted(error: Any, arguments: Sequence[str] = ()) -> Exception:  # noqa: ANN401  (typer does not publish its errors)
    """Return an error of the command line in plain words, with what was probably meant.

    Parameters
    ----------
    error
        As typer raises it.
    arguments
        The command line.
    """
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    options = [name for each in getattr(getattr(context, "command", None), "params", ()) for name in each.opts]
    message, param = getattr(error, "message", ""), getattr(error, "param", None)
    if param is not None and message.startswith(_JARGON):
        error.message = _plainly(message, param, _given(param.opts, arguments))
    elif "--strategy" in options and option == "--strategies":
        return _about("--strategies", "is now --strategy NAME, once for each strategy", context)
    elif "--batches" in options and option in ("-n", "--replications"):
        return _about(option, "is --batch (worlds of a batch) times --batches here", context)
    elif str(error).startswith("Got unexpected extra argument"):
        error.message += _extra(str(error).partition("(s) (")[2].rstrip(")").split(" ")[0], options)
    found: Exception = error
    return found


def _about(option: str, message: str, context: Any) -> Exception:  # noqa: ANN401
    error = typer.BadParameter(message, param_hint=option)
    error.ctx = context
    return error


def _given(names: Sequence[str], arguments: Sequence[str]) -> str | None:
    """Return the value of an option as it was typed last, if it can be found."""
    found = None
    for place, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if word in names and place + 1 < len(arguments):
            found = arguments[place + 1]
        elif name in names and equals:
            found = value
    return found


def _plainly(message: str, param: Any, given: str | None) -> str:  # noqa: ANN401
    """Return what is wrong with a value of an option, what is allowed, and what was given."""
    kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    if kind not in (int, float):
        return message.removeprefix("Value error, ").rstrip(".")
    noun = "a whole number" if kind is int else "a number"
    low, high = getattr(param, "min", None), getattr(param, "max", None)
    if low is not None and high is not None:
        noun += f" from {low} to {high}"
    elif low is not None:
        noun += f", {low} or more"
    return f"must be {noun}" + ("" if given is None else f', got "{brief(given)}"')


def _extra(word: str, options: Sequence[str]) -> str:
    """Return the hint for an argument too many."""
    path, equals, _ = word.partition("=")
    if equals and path and "--set" in options:
        return f"; a value is changed with --set {brief(word)}"
    if word.endswith((".yaml", ".yml")) and "--set" in options:
        return "; a command takes one scenario"
    return "; a strategy is named with --strategy NAME" if "--strategy" in options else ""
