"""Varied values of a scenario: the points of ``--vary path=lo:hi:n``, and the scenario at each point."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.base.currencies import AMOUNT_SIGNS
from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.spelling import MAX_LENGTH, Kind, read_number
from simcore.base.text import brief
from simcore.quantities.fields import Part
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Place, validate, with_strategy
from simcore.scenario_files.overrides import apply_override
from simcore.scenario_files.paths import with_likely_paths

if TYPE_CHECKING:
    from simcore.quantities.fields import Location
    from simcore.scenario.model import Scenario

Value = float | str
"""A value of a path: a number, or a text such as the duration ``10d``."""

MAX_CELLS = 10_000
"""Maximum number of points times strategies in a sweep."""

_FILE = "--vary"
_MOST_PROBLEMS = 10
_MOST_END = 10**100
"""The ends of a range are below this."""
_BOUND = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?)([hdw]?)", re.ASCII)


class Range(NamedTuple):
    """A range of values of a path: numbers, or durations of one unit."""

    low: float
    high: float
    unit: str = ""
    """``h``, ``d`` or ``w`` after the number; empty for a plain number."""

    def value(self, number: float) -> Value:
        """Return `number` as a value of the path: with the unit, and whole numbers as integers.

        Examples
        --------
        >>> Range(10, 40, "d").value(25.0), Range(10, 40).value(25.0)
        ('25d', 25)
        """
        plain = _plain(number)
        return f"{plain!r}{self.unit}" if self.unit else plain


def parse_vary(text: str) -> tuple[str, list[Value]]:
    """Read ``path=lo:hi:n`` (n points, evenly spaced) or ``path=a,b,c``.

    Raises
    ------
    ValueError
        If the text has neither form.

    Examples
    --------
    >>> parse_vary("funnel.meetings.rate=0.01:0.03:3")
    ('funnel.meetings.rate', [0.01, 0.02, 0.03])
    >>> parse_vary("funnel.wins.lag=10d,4w"), parse_vary("funnel.wins.lag=1d:2d:3")
    (('funnel.wins.lag', ['10d', '4w']), ('funnel.wins.lag', ['1d', '1.5d', '2d']))
    """
    path, written = _split(text)
    if ":" not in written:
        return path, [_listed(text, word.strip()) for word in written.split(",")]
    low, high, *count = (word.strip() for word in written.split(":"))
    if len(count) != 1:
        raise ValueError(f"{brief(text)!r} is not path=lo:hi:n, as in funnel.meetings.rate=0.01:0.03:5")
    if not (count[0].isascii() and count[0].isdigit() and len(count[0]) < 7 and 2 <= int(count[0]) <= MAX_CELLS):
        raise ValueError(f"{brief(text)!r}: the number of points is a whole number from 2 to {MAX_CELLS:,}")
    first, last, unit = _bounds(text, low, high)
    steps = int(count[0]) - 1
    # In decimal arithmetic 0.01:0.03:3 passes through 0.02, not through 0.020000000000000004.
    numbers = [float(first + (last - first) * step / steps) for step in range(steps + 1)]
    return path, [Range(0, 0, unit).value(number) for number in numbers]


def parse_range(text: str) -> tuple[str, Range]:
    """Read ``path=lo:hi``.

    Raises
    ------
    ValueError
        If the text does not have this form.

    Examples
    --------
    >>> parse_range("funnel.wins.lag=10d:40d")
    ('funnel.wins.lag', Range(low=10.0, high=40.0, unit='d'))
    """
    path, written = _split(text)
    words = [word.strip() for word in written.split(":")]
    if len(words) != 2:
        raise ValueError(f"{brief(text)!r} is not path=lo:hi, as in funnel.meetings.rate=0.01:0.03")
    low, high, unit = _bounds(text, *words)
    return path, Range(float(low), float(high), unit)


def _split(text: str) -> tuple[str, str]:
    path, equals, written = text.partition("=")
    if not equals or not path.strip() or not written.strip():
        raise ValueError(f"{brief(text)!r} is not path=values, as in team.reps=5:20:4")
    return path.strip(), written.strip()


def _bounds(text: str, low: str, high: str) -> tuple[Decimal, Decimal, str]:
    first, last = _bound(low), _bound(high)
    if first is None or last is None:
        raise ValueError(f"{brief(text)!r}: the ends of a range are numbers, or durations such as 10d")
    if first[1] != last[1]:
        raise ValueError(f"{brief(text)!r}: both ends of a range have the same unit, as in 10d:40d")
    if not first[0] < last[0]:
        raise ValueError(f"{brief(text)!r}: the low end of a range comes first")
    return first[0], last[0], first[1]


def _bound(word: str) -> tuple[Decimal, str] | None:
    """Parse a number as people write it (``1%``, ``100k``), or a duration; ``None`` if it is neither."""
    if len(word) > MAX_LENGTH:
        return None
    duration = _BOUND.fullmatch(word)
    if duration is not None:
        return Decimal(duration[1]), duration[2]
    try:
        number = read_number(word, Kind.AMOUNT if word.startswith(tuple(AMOUNT_SIGNS)) else Kind.NUMBER).value
        return (number, "") if isfinite(number) and abs(number) < _MOST_END else None
    except UsageError as error:
        problem = error.problems[0]
        if problem.hint is None:
            return None
        raise ValueError(f"{brief(word)!r} {problem.message}; {problem.hint}") from None


def _listed(text: str, word: str) -> Value:
    if not word:
        raise ValueError(f"{brief(text)!r} has an empty value")
    number = _BOUND.fullmatch(word)
    if number is None and word[-1:] in ("%", "k", "K", "M"):
        bound = _bound(word)
        return word if bound is None else _plain(float(bound[0]))
    return word if number is None or number[2] else _plain(float(word))


def _plain(number: float) -> float:
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else float(number)


def set_values(scenario: Scenario, values: Mapping[str, Value]) -> Scenario:
    """Return the scenario with `values` set by path and validated, as ``--set`` does.

    Raises
    ------
    ScenarioError
        If a path does not exist or a value is not allowed there; every problem names path and value.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> canon = load_scenario("trust-the-process")
    >>> set_values(canon, {"funnel.meetings.rate": 0.03}).funnel[1].rate.mean
    0.03
    """
    return _changed(scenario, values)[0]


def is_whole(scenario: Scenario, path: str, value: Value) -> bool:
    """Return whether a path accepts whole numbers only; ``value`` is a valid value of the path.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> canon = load_scenario("trust-the-process")
    >>> is_whole(canon, "team.reps", 5), is_whole(canon, "funnel.meetings.rate", 1)
    (True, False)
    """
    changed, (*_, location) = _changed(scenario, {path: value})
    here: Any = changed
    for step in location:
        here = getattr(here, str(step)) if isinstance(here, Part) else here[step]
    return isinstance(here, int) and not isinstance(here, bool)


def _changed(scenario: Scenario, values: Mapping[str, Value]) -> tuple[Scenario, list[Location]]:
    data = scenario.resolved(sources=False)
    locations: list[Location] = []
    at = "at " + ", ".join(f"{path}={value}" for path, value in values.items())
    found = [apply_override(data, f"{path}={value}", locations) for path, value in values.items()]
    problems = [replace(problem, file=_FILE) for problem in found if problem is not None]
    try:
        return validate(data, locate=lambda _: Place(_FILE), earlier=problems), locations
    except ScenarioError as error:
        located = (replace(each, hint=f"{each.hint}; {at}" if each.hint else at) for each in error.problems)
        raise with_likely_paths(ScenarioError(tuple(located)), list(values), scenario.resolved(sources=False)) from None


def check_strategies(scenario: Scenario, strategies: Sequence[str]) -> None:
    """Raise if a strategy is not in the scenario, or is named twice.

    Raises
    ------
    ScenarioError
        With the name, and what was probably meant.
    """
    for name in strategies:
        with_strategy(scenario, name)
    if len(set(strategies)) < len(strategies):
        raise ScenarioError((Problem("a strategy is named twice", "run.strategy", value=brief(", ".join(strategies))),))


def grid(scenario: Scenario, vary: Mapping[str, Sequence[Value]], strategies: Sequence[str]) -> list[list[Scenario]]:
    """Return the scenarios of every point of a grid, one per strategy.

    Parameters
    ----------
    vary
        The values of each path; the last path changes fastest.
    strategies
        Names of strategies of the scenario.

    Returns
    -------
    list of list of Scenario
        For each point, one scenario per strategy.

    Raises
    ------
    ScenarioError
        If a path is unknown, a point is out of range, or a path changes nothing that is simulated.
    """
    _check_grid(vary, len(strategies))
    rows: list[list[Scenario]] = []
    problems: dict[Problem, Problem] = {}
    for point in points(vary):
        try:
            changed = set_values(scenario, point)
        except ScenarioError as error:
            # A problem of the path itself, not of one of its values, is reported once.
            for each in error.problems:
                problems.setdefault(replace(each, hint=None), each)
            if len(problems) >= _MOST_PROBLEMS:
                break
            continue
        rows.append([with_strategy(changed, name) for name in strategies])
    if problems:
        raise ScenarioError(tuple(problems.values())[:_MOST_PROBLEMS])
    _check_effect(vary, rows)
    return rows


def points(vary: Mapping[str, Sequence[Value]]) -> Iterator[dict[str, Value]]:
    """Yield the points of a grid, the last path changing fastest.

    Examples
    --------
    >>> list(points({"a": [1], "b": [2, 3]}))
    [{'a': 1, 'b': 2}, {'a': 1, 'b': 3}]
    """
    for values in product(*vary.values()):
        yield dict(zip(vary, values, strict=True))


def _check_grid(vary: Mapping[str, Sequence[Value]], strategies: int) -> None:
    """Refuse a grid that is empty, repeats a value, varies the run itself or is too large."""
    problems = []
    cells = strategies
    for path, values in vary.items():
        cells *= len(values)
        if path.partition(".")[0] == "run":
            hint = "all points are run in the same worlds: --replications, --seed and --strategy hold for all"
            problems.append(Problem("cannot be varied", brief(path), _FILE, hint=hint))
        if len(values) < 1 or len(set(values)) < len(values):
            shown = brief(", ".join(map(str, values)))
            problems.append(Problem("must have values, each once", brief(path), _FILE, value=shown or "none"))
    if not vary:
        problems.append(Problem("no path is varied", file=_FILE, hint="for example team.reps=5:20:4"))
    if cells > MAX_CELLS:
        problems.append(
            Problem("too many points times strategies", "", _FILE, None, None, f"{cells:,}", f"{MAX_CELLS:,}")
        )
    if problems:
        raise ScenarioError(tuple(problems))


def _check_effect(vary: Mapping[str, Sequence[Value]], rows: Sequence[Sequence[Scenario]]) -> None:
    """Refuse a path along which all scenarios are the same: its column would be misleading."""
    stride = len(rows)
    for path, values in vary.items():
        stride //= len(values)
        along = [rows[index * stride] for index in range(len(values))]
        if len(values) > 1 and len({tuple(map(scenario_digest, row)) for row in along}) == 1:
            raise ScenarioError((Problem("changes nothing that is simulated", brief(path), _FILE),))
