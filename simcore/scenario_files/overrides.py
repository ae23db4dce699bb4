"""Overrides of single values of a scenario: ``--set path=value``."""

from __future__ import annotations

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, did_you_mean, shorten
from simcore.quantities.fields import Location, Unreadable
from simcore.quantities.rates import LAWS
from simcore.scenario.given import stage_names
from simcore.scenario_files.yaml_tree import read, resolve

_FILE = "--set"
_PLAIN_FORM = {"rate": "mean", "lag": "fixed", "lost_lag": "fixed", "deal": "fixed", "start": "level"}
"""The key that a plain number stands for, in place of a mapping."""


class _CannotSetError(Exception):
    """An override cannot be applied."""

    def __init__(self, path: str, message: str, allowed: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(message, brief(path, 200), _FILE, allowed=allowed, hint=hint)


def _value(path: str, text: str) -> object:
    """Parse a value: a plain scalar, or a quoted or bracketed one in YAML's flow style."""
    text = text.strip()
    if text[:1] not in ("{", "[", '"', "'"):
        value, message, hint = resolve(text)
        if message is not None:
            raise _CannotSetError(path, f"{message}: {shorten(text)}", hint=hint)
        return value
    try:
        tree = read(text, _FILE)
    except ScenarioError as error:
        raise _CannotSetError(path, error.problems[0].message, hint=error.problems[0].hint) from None
    if tree.found:
        complaint = tree.found[0][0]
        raise _CannotSetError(path, complaint.message, hint=complaint.hint)
    return tree.data


def _index(entries: list[object], word: str, location: Location, data: dict[str, object]) -> int:
    """Return the index of the entry that `word` names: a stage by its name, any other entry by its number from 1."""
    if location == ("funnel",):
        names = stage_names(data)
        if word in names:
            return names.index(word)
        raise _CannotSetError(f"funnel.{word}", "unknown stage", ", ".join(names), did_you_mean(word, names))
    if word.isascii() and word.isdigit() and len(word) < 6 and 1 <= int(word) <= len(entries):
        return int(word) - 1
    raise _CannotSetError(".".join([*map(str, location), word]), "no such entry", f"1 to {len(entries)}")


def _step(here: object, word: str, location: Location, data: dict[str, object]) -> tuple[object, str | int, bool]:
    """Go one step down a path; return the value there, its key, and whether it was created."""
    if isinstance(here, list):
        index = _index(here, word, location, data)
        return here[index], index, False
    if not isinstance(here, dict):
        raise _CannotSetError(".".join(map(str, location)), f"has no {word}: it is not a mapping")
    below = here.get(word)
    if below is None:
        here[word] = below = {}
        return below, word, True
    if word in _PLAIN_FORM and not isinstance(below, dict | list | Unreadable):
        here[word] = below = {_PLAIN_FORM[word]: below}
    return below, word, False


def _is_number(value: object) -> bool:
    """Return whether a value is a number, or a text that can only be meant as one where a number belongs: ``3%``."""
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _put(here: object, word: str, value: object, location: Location, data: dict[str, object]) -> Location:
    """Put a value in its place and return the location that changed."""
    if isinstance(here, list):
        index = _index(here, word, location, data)
        here[index] = value
        return (*location, index)
    if not isinstance(here, dict):
        raise _CannotSetError(".".join([*map(str, location), word]), "cannot be set: what holds it is not a mapping")
    before = here.get(word)
    if word != "source":
        here.pop("source", None)  # the figure no longer comes from that source
    if word == "rate" and isinstance(before, dict) and _is_number(value):
        before.pop("source", None)
        return _put(before, "mean", value, (*location, word), data)
    if location[-1:] == ("rate",):
        _forget_other_laws(here, word)
    here[word] = value
    return (*location, word)


def _forget_other_laws(rate: dict[str, object], word: str) -> None:
    """Take out of a rate the other ways to say what it is, if one of them is set: there can be one only."""
    if any(word in keys for keys in LAWS.values()):
        for keys in LAWS.values():
            for key in keys if word not in keys else ():
                rate.pop(key, None)


def _check_strategy(words: list[str], data: dict[str, object]) -> None:
    """Refuse an override inside a missing strategy: it would create one that nothing runs, or half a drive.

    A whole drive, ``strategies.NAME.drives.DRIVE={...}``, makes a new strategy that reacts.
    """
    known = data.get("strategies", {"process": {}})
    if words[0] != "strategies" or len(words) < 3 or not isinstance(known, dict) or words[1] in known:
        return
    if words[2] == "drives" and len(words) <= 4:
        return
    names = [str(name) for name in known]
    hint = (
        did_you_mean(words[1], names)
        or "a new one is set as a whole, or by a whole drive: strategies.NAME={drives: {...}}"
    )
    raise _CannotSetError(f"strategies.{words[1]}", "is not a strategy of this file", ", ".join(names), hint)


def apply_override(data: dict[str, object], override: str, overridden: list[Location]) -> Problem | None:
    """Apply one override to the data of a scenario.

    Parameters
    ----------
    data
        The data of a scenario file; changed in place.
    override
        ``path=value``.
    overridden
        Extended by the locations that no longer come from the file.

    Returns
    -------
    Problem or None
        Why the override cannot be applied; whether the result is valid is left to the validation.
    """
    path, equals, text = override.partition("=")
    words = path.strip().split(".")
    if not equals or not all(words):
        return Problem("must be path=value", file=_FILE, value=shorten(override), hint="for example team.reps=20")
    try:
        value = _value(path, text)
        _check_strategy(words, data)
        here: object = data
        location: Location = ()
        for word in words[:-1]:
            here, key, made = _step(here, word, location, data)
            location = (*location, key)
            if made:
                overridden.append(location)
        overridden.append(_put(here, words[-1], value, location, data))
    except _CannotSetError as refusal:
        return refusal.problem
    return None
