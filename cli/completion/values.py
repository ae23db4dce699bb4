"""What the parameters of the commands can be: scenarios, strategies, stages, paths, metrics, folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.cli.completion.candidates import Candidate
from simcore.scenario_files.shipped import SUFFIX, shipped, shipped_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simcore.cli.completion.candidates import Question, Values

_LARGEST = 1 << 20
"""Bytes of a scenario file that is read for its names."""
_SUFFIXES = (SUFFIX, ".yml")
_QUANTILES = tuple(f"q{percent:02d}" for percent in (5, 10, 25, 50, 75, 90, 95))
"""Those that are offered; all others are served, too."""
METHODS = (
    *("auto", "antithetic", "controls", "strata", "conditional", "sobol", "tilted", "conditional+antithetic"),
    *("conditional+controls", "conditional+strata", "conditional+sobol", "tilted+sobol"),
)
"""What ``--method`` can be, as `simcore.variance_reduction.run_to_precision.method_names` says after it has loaded the
engine, which is too slow for a key press."""
_PLAIN = ("rate", "lag", "lost_lag", "deal")
"""Words of a path that can be set to a number, and have parts as well."""


def _data(question: Question) -> dict[str, Any]:
    """Return what the scenario file says that is named on the line; nothing if there is none, or it cannot be read."""
    from simcore.base.errors import SimcoreError  # noqa: PLC0415
    from simcore.scenario_files.yaml_problems import decode  # noqa: PLC0415
    from simcore.scenario_files.yaml_tree import read  # noqa: PLC0415

    named = (*question.given.get("file", ()), "")[0]
    try:
        path = Path(named).expanduser()
        known = shipped_files().get(named)
        if not path.is_file() and known is None:
            return {}
        raw = path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST else b""
        data = read(decode(known.read_bytes() if known is not None and not raw else raw, named), named).data
    except (OSError, RuntimeError, SimcoreError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _scenarios(question: Question, word: str) -> Iterator[Candidate]:
    del question
    yield from (Candidate(name, about) for name, about in shipped())
    yield from _files(word, _SUFFIXES)


def _folders(question: Question, word: str) -> Iterator[Candidate]:
    del question
    return _files(word, ())


def _exports(question: Question, word: str) -> Iterator[Candidate]:
    del question
    return _files(word, (".csv", ".csv.gz", ".tsv", ".txt"))


def _yaml_files(question: Question, word: str) -> Iterator[Candidate]:
    del question
    return _files(word, _SUFFIXES)


def _files(word: str, suffixes: Sequence[str]) -> Iterator[Candidate]:
    """Yield folders, and files that end so, below what is typed; hidden ones only where their dot is typed."""
    above, slash, start = word.rpartition("/")
    try:
        with os.scandir(Path(above + slash or ".").expanduser()) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except (OSError, RuntimeError, ValueError):
        return
    for entry in found:
        if entry.name.startswith(".") and not start.startswith("."):
            continue
        if entry.is_dir():
            yield Candidate(f"{above}{slash}{entry.name}/")
        elif entry.name.endswith(tuple(suffixes)) and suffixes:
            yield Candidate(f"{above}{slash}{entry.name}")


def _strategies(question: Question, word: str) -> Iterator[Candidate]:
    del word
    known = _data(question).get("strategies")
    names = [str(name) for name in known] if isinstance(known, dict) else ["process"] if _data(question) else []
    taken = {*question.given.get("names", ()), *question.given.get("strategies", ())}
    return (Candidate(name) for name in names if name not in taken)


def _stages(question: Question) -> list[str]:
    """Return the names of the stages, the calls first."""
    funnel = _data(question).get("funnel")
    entries = funnel if isinstance(funnel, list) else []
    return [str(entry["stage"]) for entry in entries if isinstance(entry, dict) and "stage" in entry]


def _steps(question: Question, word: str) -> Iterator[Candidate]:
    del word
    return (Candidate(f"{stage}=") for stage in _stages(question)[1:])


def _sought(question: Question, word: str) -> Iterator[Candidate]:
    del word
    return (Candidate(name) for name in ("calls", "reps", "weeks", *_stages(question)[1:]))


def _done(question: Question, word: str) -> Iterator[Candidate]:
    del word
    return (Candidate(f"{key}=") for key in ("week", "calls", "won", "open", *_stages(question)[1:-1]))


def _changes(question: Question, word: str) -> Iterator[Candidate]:
    return _paths(question, word, lambda path: path not in ("simcore", "name", "about"))


def _varied(question: Question, word: str) -> Iterator[Candidate]:
    from simcore.scenario_files.paths import number_paths  # noqa: PLC0415

    numbers = {*number_paths(_data(question))}
    return _paths(question, word, lambda path: path in numbers and not path.startswith("run."))


def _paths(question: Question, word: str, serves: Any) -> Iterator[Candidate]:  # noqa: ANN401
    """Yield the paths that begin as is typed, as far as their next dot."""
    from simcore.scenario_files.paths import known_paths  # noqa: PLC0415

    data = _data(question)
    known = [*known_paths(data), *_entries(data, "")]
    depth = word.count(".") + 1
    holding = {path.rpartition(".")[0] for path in known}
    for path in known:
        if not serves(path) or not path.startswith(word):
            continue
        parts = path.split(".")
        if len(parts) > depth:
            yield Candidate(".".join(parts[:depth]) + ".")
        elif path not in holding or parts[-1] in _PLAIN:
            yield Candidate(f"{path}=")


def _entries(data: object, at: str) -> Iterator[str]:
    """Yield the paths of entries of lists, numbered from 1; stages have names instead."""
    start = f"{at}." if at else ""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _entries(value, f"{start}{name}")
    elif isinstance(data, list) and at != "funnel":
        for number, value in enumerate(data, start=1):
            yield f"{start}{number}"
            yield from _entries(value, f"{start}{number}")


def _metrics(question: Question, word: str) -> Iterator[Candidate]:
    """Yield the metrics that the command serves: names first, periods once one is typed."""
    from simcore.base.periods import HORIZONS, HOUR  # noqa: PLC0415
    from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, QUANTILE, REVENUE, SERVICES, Metric  # noqa: PLC0415

    service = SERVICES[question.command]
    name, colon, _ = word.partition(":")
    if colon:
        windows = [window for window in HORIZONS[HOUR:] if service.counts(Metric(name, window))]
        yield from (Candidate(f"{name}:{window}") for window in windows)
        return
    for kind in service.names:
        if kind in (REVENUE, P_QUOTA, P_QUOTA_TEAM):
            yield Candidate(kind)
        if kind not in (P_QUOTA, P_QUOTA_TEAM) and service.periods:
            yield from (Candidate(f"{each}:") for each in (_QUANTILES if kind == QUANTILE else (kind,)))


def _precisions(question: Question, word: str) -> Iterator[Candidate]:
    for each in _metrics(question, word):
        yield each if each.value.endswith(":") else Candidate(f"{each.value}=")


def _formats(question: Question, word: str) -> Iterator[Candidate]:
    del question, word
    from simcore.studies.study import STUDIES  # noqa: PLC0415

    names = ("scenario", *STUDIES, "verification", "data-check", "backtest", "forecast", "fit")
    return (Candidate(name) for name in names)


def _explained(question: Question, word: str) -> Iterator[Candidate]:
    """Yield the words of the glossary, and the keys that begin as is typed, as far as their next dot."""
    del question
    from simcore.glossary.keys import keys  # noqa: PLC0415
    from simcore.glossary.words import THEMES  # noqa: PLC0415

    yield from (Candidate(each.name, theme) for theme, words in THEMES.items() for each in words)
    depth = word.count(".") + 1
    for key in keys():
        if key.path.startswith(word):
            goes_on = len(key.parts) > depth
            yield Candidate(".".join(key.parts[:depth]) + "." if goes_on else key.path)


def _fixed(*words: str) -> Values:
    def values(question: Question, word: str) -> Iterable[Candidate]:
        del question, word
        return (Candidate(each) for each in words)

    return values


VALUES: dict[str, Values] = {
    "file": _scenarios,
    "strategy": _strategies,
    "strategies": _strategies,
    "names": _strategies,
    "baseline": _strategies,
    "changes": _changes,
    "vary": _varied,
    "metric": _metrics,
    "run precision": _precisions,
    "compare precision": _precisions,
    "method": _fixed(*METHODS),
    "effect": _steps,
    "drop": _steps,
    "solve_for": _sought,
    "done": _done,
    "by": _fixed("month", "quarter", "year"),
    "rule": _fixed("below="),
    "detail": _fixed("rep-week"),
    "out": _folders,
    "folder": _folders,
    "path": _yaml_files,
    "deals": _exports,
    "history": _exports,
    "calls": _exports,
    "export_map": _yaml_files,
    "dates": _fixed("dmy", "mdy"),
    "which": _formats,
    "words": _explained,
    "shell": _fixed("bash", "zsh", "fish"),
}
"""By the name of a parameter, or by the command and its name."""
