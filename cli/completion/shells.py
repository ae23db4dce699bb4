"""How shells ask for completions, and how they want them: scripts, words, quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.cli.completion.candidates import Candidate

_BASH = """\
# Completion of simcore for bash: eval "$(simcore completion bash)" in ~/.bashrc
_simcore_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <("$1" completion bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=./:] ]] && type compopt >/dev/null 2>&1; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _simcore_completion simcore
"""
_ZSH = """\
#compdef simcore
# Completion of simcore for zsh: eval "$(simcore completion zsh)" in ~/.zshrc, after compinit
_simcore() {
    local line value
    local -a whole wholes part parts
    while IFS= read -r line; do
        value=${line%%$'\\t'*}
        if [[ $value == *[=./:] ]]; then
            part+=("$value"); parts+=("${line/$'\\t'/  }")
        else
            whole+=("$value"); wholes+=("${line/$'\\t'/  }")
        fi
    done < <("${(Q)words[1]}" completion zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    (( $#whole )) && compadd -l -d wholes -a whole
    (( $#part )) && compadd -l -S '' -d parts -a part
}
if [[ $funcstack[1] == _simcore ]]; then _simcore "$@"; else compdef _simcore simcore; fi
"""
_FISH = """\
# Completion of simcore for fish: simcore completion fish > ~/.config/fish/completions/simcore.fish
function __simcore_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    $before[1] completion fish -- $before[2..-1] "$current" 2>/dev/null
end
complete --command simcore --no-files --arguments '(__simcore_complete)'
"""
_SPECIAL = re.compile(r"[^\w@%+=:,./-]")
_IN_DOUBLE = re.compile(r'[\\"$`]')
"""What a backslash quotes within double quotes."""


class Typed(NamedTuple):
    """What stands before the cursor: whole words, the word at the cursor, and how a shell wants an answer."""

    before: list[str]
    word: str
    written: Callable[[Candidate], str]


class _Word(NamedTuple):
    """A word of a line: what it says, and where in the line its characters stand."""

    text: str
    places: list[int]
    """Of each character; one more, where the next would stand."""
    quote: str
    """The quote that is open at its end."""
    start: int
    bare: list[bool]
    """Of each character: whether it stands in no quotes."""


def _words(line: str) -> list[_Word]:
    """Split a line as a shell does; the last word is that at the cursor, empty after a space."""
    found: list[_Word] = []
    places: list[int] = []
    bare: list[bool] = []
    text, quote, start, place, inside = "", "", 0, 0, False
    while place < len(line):
        sign, at = line[place], place
        place += 1
        if not quote and sign.isspace():
            if inside:
                found.append(_Word(text, [*places, at], "", start, bare))
            text, places, bare, inside, start = "", [], [], False, place
            continue
        inside = True
        if sign == quote:
            quote = ""
        elif not quote and sign in "'\"":
            quote = sign
        elif sign == "\\" and quote != "'" and (not quote or _IN_DOUBLE.match(line, place)):
            text, places, place = text + line[place : place + 1], [*places, at], place + 1
            bare.append(False)
        else:
            text, places = text + sign, [*places, at]
            bare.append(not quote)
    return [*found, _Word(text, [*places, len(line)], quote, start, bare)]


def _bash(arguments: Sequence[str]) -> Typed:
    """Read the line up to the cursor, and the signs that end a word for readline.

    Readline replaces what follows the last of these signs outside quotes, or an open quote; the shell adds the quote
    that closes.
    """
    line, breaks = (*arguments, "", "")[:2]
    *before, last = _words(line)
    kept = 0
    for number, sign in enumerate(last.text):
        if last.bare[number] and not last.quote and sign in breaks:
            kept = number + 1
    opened = line.rfind(last.quote, last.start) if last.quote else -1
    if opened >= 0:
        kept = sum(place < opened for place in last.places[:-1])

    def written(candidate: Candidate) -> str:
        rest = candidate.value[kept:]
        if last.quote == '"':
            return _IN_DOUBLE.sub(r"\\\g<0>", rest)
        return rest if last.quote else _SPECIAL.sub(r"\\\g<0>", rest)

    return Typed([word.text for word in before[1:]], last.text, written)


def _described(candidate: Candidate) -> str:
    return f"{candidate.value}\t{candidate.about}" if candidate.about else candidate.value


def _zsh(arguments: Sequence[str]) -> Typed:
    *before, word = arguments or [""]
    return Typed(before, word, _described)


def _fish(arguments: Sequence[str]) -> Typed:
    *before, word = arguments or [""]
    return Typed(before, _words(word)[-1].text, _described)


SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
"""What a shell runs once, so that it asks; by its name."""
READERS: dict[str, Callable[[Sequence[str]], Typed]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
"""How what a shell asks with is read."""
