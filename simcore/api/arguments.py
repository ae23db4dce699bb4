"""Arguments of the public functions, read as on the command line: names and paths of scenarios, numbers as texts.

Internal functions take each argument in one form. `public_function` makes ``simcore.simulate``, ``simcore.plan`` and so
on from them, which also accept arguments as people write them: ``"10k"`` replications, ``"80%"`` confidence, a target
of ``"$100k"``. Arguments that cannot be read are refused in the words of the command line.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from simcore.analytic.run_cost import out_of_memory
from simcore.base.errors import Problem, ScenarioError, SimcoreError, UsageError
from simcore.base.spelling import amount_of, chance_of, count_of, one_of, share_of
from simcore.base.text import did_you_mean, shorten
from simcore.scenario.precision_goal import Goal, goal_of
from simcore.scenario_files.scenario_file import load_scenario, revalidated
from simcore.scenario_files.vary import parse_range, parse_vary
from simcore.studies.plan.request import parse_done

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.scenario_files.scenario_file import Source
    from simcore.studies.coach.hours import HourEffect

MOST_THREADS = 1024
_P = ParamSpec("_P")
_R = TypeVar("_R")
_Reader = Callable[[Any, str], Any]


def _refusal(message: str, name: str, given: object, allowed: str) -> UsageError:
    shown = (
        "none" if given is None else shorten(given) if isinstance(given, str | int | float) else type(given).__name__
    )
    return UsageError((Problem(message, name, value=shown, allowed=allowed),))


def _count(given: object, name: str) -> int:
    return count_of(given, name, low=0)


def _replications(given: object, name: str) -> int:
    return count_of(given, name)


def _seed(given: object, name: str) -> int:
    return count_of(given, name, low=0, high=2**64 - 1)


def _threads(given: object, name: str) -> int:
    return count_of(given, name, high=MOST_THREADS)


def _text(given: object, name: str) -> str:
    if isinstance(given, str) and given.strip():
        return given
    raise _refusal("must be a text", name, given, "a name, as on the command line")


def _texts(given: object, name: str) -> list[str]:
    """Read one name or several."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Iterable) and not isinstance(given, Mapping | bytes):
        return [_text(each, name) for each in given]
    raise _refusal("must be a name, or a list of names", name, given, "names, as on the command line")


def _flag(given: object, name: str) -> bool:
    if isinstance(given, bool):
        return given
    raise _refusal("must be true or false", name, given, "True, False")


def _callback(given: object, name: str) -> object:
    if callable(given):
        return given
    raise _refusal("must be a function", name, given, "a function, or None")


def _precision(given: object, name: str) -> object:
    """Read a precision goal: a text, several texts, or half-widths by metric."""
    texts = given if isinstance(given, Goal) else _precisions(given, name)
    try:
        return goal_of(texts)
    except (ValueError, TypeError, AttributeError) as error:  # a `Goal` may contain anything
        reason = str(error) if isinstance(error, ValueError) else "is made of something else than targets"
        raise UsageError((Problem(reason, name),)) from None


def _precisions(given: object, name: str) -> list[str]:
    if isinstance(given, Mapping):
        return [f"{metric}={width}" for metric, width in given.items()]
    if isinstance(given, int | float):
        raise _refusal("names no metric", name, given, '"revenue=0.5%", ["revenue=1%", "p_quota=0.01"]')
    return _texts(given, name)


def _width(given: object, name: str) -> object:
    """Read the precision of a plan."""
    return chance_of(given, name)


def _done(given: object, name: str) -> dict[str, float]:
    """Read a team's results so far: ``"week=4,won=40k"``, several such texts, or numbers by key."""
    if isinstance(given, Mapping):
        return {str(key): amount_of(value, f"{name}.{key}") for key, value in given.items()}
    try:
        return parse_done(_texts(given, name))
    except ValueError as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError((Problem(str(error), name),)) from None


def _by(given: object, name: str) -> str:
    if isinstance(given, str):
        return given
    hint = f'for {given} weeks write "{given}w"' if isinstance(given, int) and not isinstance(given, bool) else None
    raise UsageError((Problem("is no period", name, value=str(given), allowed="quarter, year or 6w", hint=hint),))


def _drop(given: object, name: str) -> tuple[str, float]:
    """Read a drop: ``"wins=0.5"``, or a stage and a factor."""
    if isinstance(given, Mapping) and len(given) == 1:
        given = next(iter(given.items()))
    if isinstance(given, str):
        given = given.rpartition("=")[::2]
    if isinstance(given, tuple | list) and len(given) == 2 and isinstance(given[0], str) and given[0].strip():
        return given[0].strip(), share_of(given[1], name)
    raise _refusal("must be a stage and a factor", name, given, '"wins=0.5" or ("wins", 0.5)')


def _hours(given: object, name: str) -> object:
    from simcore.studies.coach.hours import HoursAsked  # noqa: PLC0415  (only needed by the coach)
    from simcore.studies.coach.leverage import MEASURES  # noqa: PLC0415

    if not isinstance(given, HoursAsked):
        raise _refusal("must say how many hours, and what one brings", name, given, "a simcore.HoursAsked")
    by_stage: object = given.effects
    if not isinstance(by_stage, Mapping):
        allowed = '{"meetings": simcore.HourEffect(0.1)}, by the stage that a step leads to'
        raise _refusal("must be effects of an hour by stage", f"{name}.effects", by_stage, allowed)
    effects = {_text(stage, f"{name}.effects"): _effect(effect, name) for stage, effect in by_stage.items()}
    measure = one_of(given.measure, MEASURES, f"{name}.measure")
    return HoursAsked(count_of(given.hours, f"{name}.hours", low=0), effects, share_of(given.fading, "fading"), measure)


def _effect(given: object, name: str) -> HourEffect:
    """Read the effect of an hour of coaching: ``"0.1"`` (points), ``"2%"`` (of the rate), or an `HourEffect`."""
    from simcore.studies.coach.hours import HourEffect  # noqa: PLC0415

    text = f"{given.amount}{'%' if given.is_share else ''}" if isinstance(given, HourEffect) else str(given)
    effect: HourEffect = _parsed(HourEffect.parse, text, f"{name}.effects")
    return effect


def _who(given: object, name: str) -> str:
    """Read a person: a name, or a number."""
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return str(given) if is_number else _text(given, name)


def _rule(given: object, name: str) -> object:
    from simcore.studies.luck.dismissal import Rule  # noqa: PLC0415  (only needed by luck)

    return given if isinstance(given, Rule) else _text(given, name)


def _grid(given: object, name: str) -> dict[str, list[Any]]:
    """Read the values of paths: ``"team.reps=5:20:4"``, several such texts, or values by path."""
    found: dict[str, list[Any]] = {}
    for path, values in _by_path(given, name, "team.reps=5:20:4"):
        if isinstance(values, str):
            path, values = _parsed(parse_vary, f"{path}={values}", name)  # noqa: PLW2901  (the same, read)
        found[path] = list(values) if isinstance(values, Iterable) else [values]
    return found


def _range(given: object, name: str) -> dict[str, tuple[Any, Any]]:
    """Read the range of one path: ``"team.reps=1:20"``, or both ends by path."""
    found: dict[str, tuple[Any, Any]] = {}
    for path, ends in _by_path(given, name, "team.reps=1:20"):
        if isinstance(ends, str):
            path, span = _parsed(parse_range, f"{path}={ends}", name)  # noqa: PLW2901
            found[path] = (span.value(span.low), span.value(span.high))
        elif isinstance(ends, tuple | list) and len(ends) == 2:
            found[path] = (ends[0], ends[1])
        else:
            raise _refusal("must be a low and a high end", name, ends, '{"team.reps": (1, 20)} or "team.reps=1:20"')
    if len(found) != 1:
        raise _refusal("must be one path", name, given, '{"team.reps": (1, 20)} or "team.reps=1:20"')
    for path, (low, high) in found.items():
        _parsed(parse_range, f"{path}={low}:{high}", name)
    return found


def _by_path(given: object, name: str, example: str) -> list[tuple[str, Any]]:
    if isinstance(given, Mapping):
        return [(_text(path, name), values) for path, values in given.items()]
    pairs = []
    for text in _texts(given, name):
        path, equals, values = text.partition("=")
        if not equals or not path.strip() or not values.strip():
            raise _refusal("must be path=values", name, text, f'"{example}", or a mapping of paths to values')
        pairs.append((path.strip(), values))
    return pairs


def _parsed(parse: Callable[[str], Any], text: str, name: str) -> Any:  # noqa: ANN401  (what the parser returns)
    try:
        return parse(text)
    except UsageError:
        raise
    except ValueError as error:
        raise UsageError((Problem(str(error), name),)) from None


_READERS: dict[str, _Reader] = {
    "replications": _replications,
    "max_replications": _replications,
    "batch": _count,
    "batches": _count,
    "seed": _seed,
    "threads": _threads,
    "precision": _precision,
    "confidence": chance_of,
    "target": amount_of,
    "done": _done,
    "by": _by,
    "solve_for": _text,
    "drop": _drop,
    "hours": _hours,
    "rule": _rule,
    "who": _who,
    "baseline": _text,
    "name": _text,
    "names": _texts,
    "strategies": _texts,
    "metric": _text,
    "metrics": _texts,
    "progress": _callback,
    "stop": _callback,
    "sink": _callback,
    "keep_rep_weeks": _flag,
    "frontier": _flag,
}
"""The reader of each parameter; arguments of all others are passed on unchanged."""
_OWN: dict[str, dict[str, _Reader]] = {
    "plan": {"precision": _width},
    "sweep": {"vary": _grid},
    "breakeven": {"vary": _range},
}
"""Readers of parameters that have another meaning in one function."""


class NotEnoughMemoryError(SimcoreError, MemoryError):
    """There is not enough memory; the message says how much was requested, how much there is, and what takes less."""


_SPELLED = (
    (re.compile(r"--no-limit"), "limit=False"),
    (re.compile(r" \(-n\)"), ""),
    (re.compile(r"\(--by\)"), "(by)"),
    (re.compile(r" \(--threads\)"), ""),
    (re.compile(r", and `simcore check` tells how much a run takes"), ""),
)
"""Options of the command line as they appear in messages about costs, and their equivalents in Python."""


def _in_python(text: str | None) -> str | None:
    for option, argument in _SPELLED:
        text = None if text is None else option.sub(argument, text)
    return text


@contextmanager
def _errors_in_python(given: Mapping[str, object]) -> Iterator[None]:
    """Reword errors about costs and refused memory for Python: names of arguments instead of options."""
    try:
        yield
    except ScenarioError as error:
        problems = tuple(_of_argument(problem, given) for problem in error.problems)
        if problems == error.problems:
            raise
        usage = all(problem.path in given for problem in problems)
        raise (UsageError if usage else type(error))(problems) from None
    except MemoryError as error:
        if isinstance(error, SimcoreError):
            raise
        raise NotEnoughMemoryError(_in_python(out_of_memory(str(error)))) from error


def _of_argument(problem: Problem, given: Mapping[str, object]) -> Problem:
    """Return a problem named after the argument that it comes from, if it comes from one."""
    name = problem.path.removeprefix("run.").replace("-", "_")
    if name == "replications" and name not in given and given.get("batch") is not None:
        name = "batch"
    path = name if problem.file is None and given.get(name) is not None else problem.path
    return replace(problem, path=path, hint=_in_python(problem.hint))


def public_function(function: Callable[Concatenate[Scenario, _P], _R]) -> Callable[Concatenate[Source, _P], _R]:
    """Return a function that reads its arguments as people write them, and calls `function`.

    Parameters
    ----------
    function
        A function whose first argument is a scenario.

    Returns
    -------
    callable
        The same, for a name, a path, a mapping or a `Scenario`, and for numbers as people write them. It raises
        `UsageError` (a `ScenarioError` and a `ValueError`) for what cannot be read. Its argument ``limit=False`` lifts
        the limits on rep-weeks, time and memory of `simcore.analytic.run_cost`, as ``--no-limit`` does.

    Examples
    --------
    >>> from simcore.engine.simulation import simulate
    >>> public_function(simulate)("trust-the-process", replications="0.1k").tally.replications
    100
    """
    signature = inspect.signature(function)
    names, shown = list(signature.parameters), _public_signature(signature)
    readers = _READERS | _OWN.get(function.__name__, {})

    def read(name: str, given: object) -> Any:  # noqa: ANN401  (as the parameter wants it)
        if name == "scenario":
            return revalidated(load_scenario(cast("Source", given)))  # raises if it is not a scenario
        if name == "limit":
            return _flag(given, name)
        default = signature.parameters[name].default if name in signature.parameters else None
        if given is default or name not in readers:
            return given
        return readers[name](given, name)

    @wraps(function)
    def wrapper(*args: Any, **given: Any) -> _R:  # noqa: ANN401  (as people pass them)
        known = list(shown.parameters)
        for name in given:
            if name not in known:
                hint = did_you_mean(name, known)
                raise UsageError((Problem(f"{function.__name__} has no such argument", name, hint=hint),))
        try:
            shown.bind(*args, **given)
        except TypeError as error:
            raise UsageError((Problem(f"{function.__name__}: {error}"),)) from None
        options = {name: read(name, value) for name, value in [*zip(names, args, strict=False), *given.items()]}
        with _errors_in_python(options):
            return cast("_R", _call_within_limits(function.__name__, options))

    wrapper.__dict__["__signature__"] = shown
    wrapper.__doc__ = _with_limit(function.__doc__ or "")
    wrapper.__module__ = "simcore"  # where pickle finds it
    return wrapper


_LIMIT = """    limit
        Whether a question that takes more rep-weeks, time or memory than the command line allows is refused,
        with the figures; ``False`` asks it all the same, as ``--no-limit`` does.
"""


def _with_limit(text: str) -> str:
    """Return a docstring with `limit` added as the last parameter."""
    ends = [place for place in (text.find("\n    Returns\n"), text.find("\n    Raises\n")) if place >= 0]
    end = min(ends, default=len(text))
    return text[:end] + _LIMIT + text[end:]


def _call_within_limits(function: str, options: dict[str, Any]) -> object:
    """Ask the question of a public function, within the limits of `simcore.analytic.run_cost` or without."""
    from simcore.api.limits import HOW, answer_of, request_of  # noqa: PLC0415  (know all functions, which import much)

    limit = options.pop("limit", True)
    return answer_of(request_of(function, options), {name: options.get(name) for name in HOW}, limit=limit)


def _public_signature(signature: inspect.Signature) -> inspect.Signature:
    """Return the public signature: with `limit`, and with the options that the function takes as a mapping."""
    kept = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    names = [name for name in _argument_names(signature) if name not in signature.parameters]
    if "limit" not in names:
        names.append("limit")
    defaults = {"limit": True, "frontier": True}
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults.get(name)) for name in names]
    return signature.replace(parameters=[*kept, *added])


def _argument_names(signature: inspect.Signature) -> list[str]:
    """Return the names of a function's arguments, including its options."""
    known = [name for name, each in signature.parameters.items() if each.kind is not each.VAR_KEYWORD]
    if len(known) < len(signature.parameters):
        from simcore.studies.plan.search import How  # noqa: PLC0415  (only the plan has options in a mapping)

        known += How.__annotations__
    return known
