"""The paths of a scenario, as ``--set`` writes them, and the likely ones for a misspelt path."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simcore.base.errors import ScenarioError
from simcore.base.text import brief
from simcore.quantities.fields import UNKNOWN_KEY
from simcore.scenario.channels import PULL_FORWARD
from simcore.scenario.model import PullForward, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simcore.base.errors import Problem

_DEEPEST = 12
_MOST = 3
"""Maximum number of paths in a hint."""
_UNKNOWN = (UNKNOWN_KEY, "unknown stage")
_NO_MAPPING = "must be a mapping"
_ORIGINS = ("--set", "--vary")


def known_paths(data: object) -> list[str]:
    """Return the paths that a scenario has or could have: keys with or without a value.

    Parameters
    ----------
    data
        The data of a scenario file, valid or not; names of stages, strategies and drives are taken from it.

    Examples
    --------
    >>> paths = known_paths({"funnel": [{"stage": "calls"}, {"stage": "wins"}]})
    >>> [path for path in paths if path.endswith("wins.rate") or path == "team.reps"]
    ['team.reps', 'funnel.wins.rate']
    """
    return list(dict.fromkeys(path for path, _ in _all_paths(data)))


def number_paths(data: object) -> list[str]:
    """Return the paths of `known_paths` that can hold a number or a duration, and so can be varied.

    Examples
    --------
    >>> paths = number_paths({"funnel": [{"stage": "calls"}, {"stage": "wins", "lag": "2d"}]})
    >>> [path in paths for path in ("team.reps", "funnel.wins.lag", "funnel.wins.rate", "quota.per", "name")]
    [True, True, True, False, False]
    """
    return list(dict.fromkeys(path for path, is_number in _all_paths(data) if is_number))


def _all_paths(data: object) -> Iterator[tuple[str, bool]]:
    schema = Scenario.model_json_schema(mode="validation")
    return _walk(schema, schema["$defs"], data, "", 0)


def _is_number(node: dict[str, Any]) -> bool:
    """Return whether a node of the schema takes a number or a duration by itself."""
    choices = (*node.get("anyOf", ()), *node.get("oneOf", ()))
    return node.get("type") in ("number", "integer") or any(_is_number(each) for each in choices)


def _walk(node: dict[str, Any], parts: dict[str, Any], data: object, at: str, depth: int) -> Iterator[tuple[str, bool]]:
    """Yield the paths below a node of the schema, and whether each can hold a number."""
    if depth > _DEEPEST:
        return
    if "$ref" in node:
        yield from _walk(parts[node["$ref"].rpartition("/")[2]], parts, data, at, depth + 1)
        return
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _walk(choice, parts, data, at, depth + 1)
    start = f"{at}." if at else ""
    entries = data if isinstance(data, dict) else {}
    for name, below in node.get("properties", {}).items():
        if name in ("value", "source") and at:
            continue  # of a number with a source, not a key of the scenario
        yield start + name, _is_number(below)
        yield from _walk(below, parts, entries.get(name), start + name, depth + 1)
    more = node.get("additionalProperties")
    if isinstance(more, dict):
        for name, value in entries.items():
            yield from _walk(_form(more, name), parts, value, f"{start}{name}", depth + 1)
    if at == "funnel" and isinstance(data, list) and isinstance(node.get("items"), dict):
        for place, entry in enumerate(data):
            name = entry.get("stage") if isinstance(entry, dict) else None
            if isinstance(name, str):
                below = _walk(node["items"], parts, entry, f"{start}{name}", depth + 1)
                # The first stage is the calls: no step leads into it, so it has no rate.
                yield from below if place else [(f"{start}{name}.stage", False)]


def _form(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what the entry of a name is, where one name has keys of its own: pulling deals forward."""
    own = [form for form in entry.get("anyOf", ()) if form.get("$ref", "").endswith(f"/{PullForward.__name__}")]
    if not own:
        return entry
    others = [form for form in entry["anyOf"] if form not in own]
    return {"anyOf": own if name == PULL_FORWARD else others}


def likely_paths(path: str, known: Sequence[str]) -> list[str]:
    """Return the known paths that were probably meant by `path`, the likeliest first, three at most.

    Paths that end like `path` come first, then those that contain all its words, then those whose last word equals its
    last word, begins with it, or resembles it.

    Examples
    --------
    >>> known = ["team.reps", "funnel.meetings.rate", "funnel.wins.rate", "plan.calls_per_week"]
    >>> likely_paths("reps", known), likely_paths("meetings.rate", known), likely_paths("team.calls", known)
    (['team.reps'], ['funnel.meetings.rate'], ['plan.calls_per_week'])
    """
    words = path.lower().split(".")
    if len(path) > 200:
        return []
    others = [(each, each.lower().split(".")) for each in known if each != path]
    close = difflib.get_close_matches(path, [each for each, _ in others], n=1, cutoff=0.85)
    tests: tuple[Callable[[list[str]], bool], ...] = (
        lambda parts: parts[-len(words) :] == words,
        lambda parts: _holds(parts, words),
        lambda parts: len(words) > 1 and ".".join(parts) in map(str.lower, close),
        lambda parts: parts[-1] == words[-1],
        lambda parts: parts[-1].rstrip("s") == words[-1].rstrip("s"),
        lambda parts: parts[-1].startswith(f"{words[-1]}_"),
        lambda parts: parts[0] == "funnel" and parts[1:] == [words[-1], "rate"],
    )
    for test in tests:
        found = [each for each, parts in others if test(parts)]
        if found:
            return sorted(found, key=lambda each: (each.count("."), known.index(each)))[:_MOST]
    last = difflib.get_close_matches(words[-1], {parts[-1] for _, parts in others}, n=1, cutoff=0.7)
    found = [each for each, parts in others if last and parts[-1] == last[0]]
    return sorted(found, key=lambda each: each.count("."))[:_MOST]


def _holds(parts: list[str], words: list[str]) -> bool:
    """Return whether a path contains all the words in order, and ends with the last."""
    rest = iter(parts)
    return parts[-1] == words[-1] and all(word in rest for word in words)


def with_likely_paths(error: ScenarioError, changes: Sequence[str], data: object) -> ScenarioError:
    """Return an error with hints that name likely paths for misspelt overrides.

    Parameters
    ----------
    error
        Problems of ``--set`` or ``--vary`` get hints; others stay as they are.
    changes
        Overrides, each ``path=value``.
    data
        The data of the scenario file.
    """
    if not any(problem.file in _ORIGINS for problem in error.problems):
        return error
    known = known_paths(data)
    typed = [change.partition("=")[0].strip() for change in changes]
    return ScenarioError(tuple(_with_hint(problem, typed, known) for problem in error.problems))


def _with_hint(problem: Problem, typed: Sequence[str], known: Sequence[str]) -> Problem:
    if problem.file not in _ORIGINS:
        return problem
    if problem.message.startswith(_UNKNOWN):
        whole = next((path for path in typed if path == problem.path or path.startswith(f"{problem.path}.")), None)
        found = likely_paths(whole or problem.path, known)
        if found:
            allowed = problem.allowed if "." in problem.path else None
            return replace(problem, allowed=allowed, hint=_joined(problem.hint, f"did you mean {' or '.join(found)}?"))
    if problem.message.startswith(_NO_MAPPING):
        below = [path for path in known for at in typed if path.startswith(f"{at}.") and "." not in path[len(at) + 1 :]]
        if below:
            return replace(problem, hint=_joined(problem.hint, f"set one of its keys: {brief(', '.join(below), 200)}"))
    return problem


def _joined(hint: str | None, more: str) -> str:
    """Return both hints, without a "did you mean" of the first, which `more` improves on."""
    kept = [each for each in (hint or "").split("; ") if each and not each.startswith("did you mean")]
    return "; ".join([more, *kept])
