"""What can stand at a place of a command line: commands, options, and the values of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Values = Callable[["Question", str], Iterable["Candidate"]]

_LONGEST = 60
"""Characters of a description."""


class Candidate(NamedTuple):
    """A word that may stand there, and what it is; one that ends with ``=``, ``.``, ``:`` or ``/`` goes on."""

    value: str
    about: str = ""


class Question(NamedTuple):
    """What is asked: the command, and what was given to it so far, by the names of its parameters."""

    command: str
    """Its words, without `simcore`."""
    given: Mapping[str, Sequence[str]]


class _Reading:
    """A command line up to the cursor, read word by word."""

    def __init__(self, root: Any, before: Sequence[str]) -> None:  # noqa: ANN401  (typer does not publish the type)
        self.command = root
        self.path: list[str] = []
        self.given: dict[str, list[str]] = {}
        self.waiting: Any = None
        self.no_options = False
        self.lost = False
        for word in before:
            self._take(word)

    def _take(self, word: str) -> None:
        if self.waiting is not None:
            self._give(self.waiting, word)
            self.waiting = None
        elif word == "--" and not self.no_options:
            self.no_options = True
        elif word.startswith("-") and len(word) > 1 and not self.no_options:
            name, equals, value = word.partition("=")
            option = self.options().get(name)
            if option is None:
                return
            if equals or option.is_flag:
                self._give(option, value)
            else:
                self.waiting = option
        elif self.is_group():
            known = word in self.command.commands
            self.lost = self.lost or not known
            if known:
                self.command = self.command.commands[word]
                self.path.append(word)
        else:
            argument = self.argument()
            if argument is not None:
                self._give(argument, word)

    def _give(self, parameter: Any, value: str) -> None:  # noqa: ANN401
        self.given.setdefault(parameter.name, []).append(value)

    def is_group(self) -> bool:
        """Return whether a command is to be named next."""
        return hasattr(self.command, "commands")

    def options(self) -> dict[str, Any]:
        """Return the options of the command by each of their names."""
        own = [each for each in self.command.params if each.param_type_name == "option"]
        return {name: each for each in own for name in (*each.opts, *each.secondary_opts)}

    def argument(self) -> Any:  # noqa: ANN401
        """Return the next argument; ``None`` if there is none."""
        own = [each for each in self.command.params if each.param_type_name == "argument" and not each.hidden]
        left = [each for each in own if each.name not in self.given or each.nargs == -1]
        return left[0] if left else None

    def question(self) -> Question:
        """Return what is known so far."""
        return Question(" ".join(self.path), self.given)


def candidates(
    root: Any,  # noqa: ANN401
    before: Sequence[str],
    word: str,
    values: Mapping[str, Values],
) -> list[Candidate]:
    """Return what may stand at the cursor, in an order to read; nothing where nothing is known.

    Parameters
    ----------
    root
        The group of all commands.
    before
        Words before the one at the cursor, without `simcore`.
    word
        What is there of the word at the cursor.
    values
        What a parameter can be: by its name, or by the words of a command, a space and its name.
    """
    reading = _Reading(root, before)
    if reading.lost:
        return []
    found = {each.value: each for each in _at(reading, word, values) if each.value.startswith(word)}
    return list(found.values())


def _at(reading: _Reading, word: str, values: Mapping[str, Values]) -> Iterator[Candidate]:
    if reading.waiting is not None:
        yield from _values(reading, reading.waiting, word, values)
    elif word.startswith("-") and not reading.no_options:
        name, equals, value = word.partition("=")
        option = reading.options().get(name)
        if equals and option is not None and not option.is_flag:
            for each in _values(reading, option, value, values):
                yield Candidate(f"{name}={each.value}", each.about)
        elif not equals:
            yield from _names(reading)
    elif reading.is_group():
        titles = getattr(reading.command, "titles", {})
        yield from (Candidate(name, title) for name, title in titles.items())
    else:
        argument = reading.argument()
        if argument is not None:
            yield from _values(reading, argument, word, values)


def _values(reading: _Reading, parameter: Any, word: str, values: Mapping[str, Values]) -> Iterable[Candidate]:  # noqa: ANN401
    question = reading.question()
    name = parameter.name
    known = values.get(f"{question.command} {name}", values.get(name))
    return known(question, word) if known is not None else ()


def _names(reading: _Reading) -> Iterator[Candidate]:
    """Yield the options that can still be given, the long name of each, then the short ones, then help."""
    for option in reading.options().values():
        if option.hidden or (option.name in reading.given and not option.multiple):
            continue
        about = " ".join((option.help or "").split())
        short = about if len(about) <= _LONGEST else f"{about[: _LONGEST - 3].rstrip()}..."
        yield from (Candidate(name, short) for name in option.opts if name.startswith("--"))
    yield Candidate("--help", "Show this message and exit.")
