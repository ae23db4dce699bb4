"""Finds, reads and writes scenario files, and applies overrides (``--set``).

All errors of a file are reported at once, each with file, line, column, path, value, what is allowed and, for a
misspelt word, the nearest correct one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from simcore.base.errors import FileError, Problem, ScenarioError, UsageError
from simcore.base.text import did_you_mean, printable
from simcore.quantities.fields import Complaint
from simcore.quantities.open_list import OpenList
from simcore.scenario.given import stage_names
from simcore.scenario.model import Locate, Place, Scenario, as_problem, to_plain, validate
from simcore.scenario_files.draws_file import with_draws
from simcore.scenario_files.open_file import with_open_list
from simcore.scenario_files.overrides import apply_override
from simcore.scenario_files.paths import with_likely_paths
from simcore.scenario_files.people_file import Table, people_beside
from simcore.scenario_files.shipped import SUFFIX, shipped_files
from simcore.scenario_files.yaml_problems import MAX_BYTES, decode, table_problem
from simcore.scenario_files.yaml_tree import Tree, read
from simcore.scenario_files.yaml_writer import write, written_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.quantities.fields import Location

Source = str | PathLike[str] | Mapping[str, object] | Scenario
"""What a scenario can be loaded from."""
Changes = str | Iterable[str] | Mapping[str, object]
"""The forms in which overrides can be given."""


def _locate(complaint: Complaint, tree: Tree, file: str, overridden: Iterable[Location]) -> Place:
    """Return the position of a complaint: of the key if it is at fault, else of the value, else of what encloses it."""
    location = complaint.location
    if any(location[: len(changed)] == changed for changed in overridden):
        return Place(file="--set")
    with_source = (*location, "value")
    if not complaint.at_key and not isinstance(complaint.value, dict) and with_source in tree.texts:
        location = with_source
    here = tree.keys if complaint.at_key else tree.values
    if location in here:
        return Place(file, here[location].line, here[location].column, tree.texts.get(location))
    while location and location not in tree.values:
        location = location[:-1]
    mark = tree.keys.get(location) or tree.values.get(location)
    return Place(file) if mark is None else Place(file, mark.line, mark.column)


def _with_people(tree: Tree, file: str, beside: Path) -> Table | None:
    """Put the people of a table in place of its name; return the table, if one is named."""
    data = tree.data
    team = data.get("team") if isinstance(data, dict) else None
    named = team.get("people") if isinstance(team, dict) else None
    if not isinstance(data, dict) or not isinstance(team, dict) or not isinstance(named, str):
        return None
    table = people_beside(printable(named), beside, file, [name for name in stage_names(data)[1:] if name])
    team["people"] = table.people
    return table


def _in_table(table: Table | None, complaint: Complaint) -> Place | None:
    """Return the line of a complaint about a person of a table."""
    location = complaint.location
    if table is None or location[:2] != ("team", "people") or len(location) < 3 or not isinstance(location[2], int):
        return None
    return Place(table.file, table.lines[location[2]])


def _always(place: Place) -> Locate:
    return lambda _: place


def parse_scenario(
    text: str, file: str = "scenario", overrides: Sequence[str] = (), *, folder: Path | None = None
) -> Scenario:
    """Read a scenario from YAML text.

    Parameters
    ----------
    text
        The YAML text.
    file
        Its name, for errors.
    overrides
        Overrides, each ``path=value``; see `load_scenario`.
    folder
        The folder in which a table of people and a list of open items are looked for; by default that of ``file``.

    Raises
    ------
    ScenarioError
        With all problems of the text and of the overrides.

    Examples
    --------
    >>> scenario = parse_scenario('''
    ... simcore: 1
    ... name: Two steps
    ... funnel: [{stage: calls}, {stage: meetings, rate: 0.02}, {stage: wins, rate: 0.1}]
    ... deal: 5000
    ... ''', overrides=["team.reps=3", "funnel.wins.rate=0.2"])
    >>> scenario.team.reps, scenario.funnel[2].rate.mean
    (3, 0.2)
    """
    tree = read(text, file)
    if not isinstance(tree.data, dict):
        hint = "write key: value on each line, or start from what simcore init writes"
        message = "must be a mapping of keys such as simcore, name and funnel"
        raise ScenarioError((table_problem(text, file) or Problem(message, file=file, line=1, hint=hint),))
    problems: list[Problem] = []
    for complaint, mark in tree.found:
        place = Place(file, mark.line, mark.column, tree.texts.get(complaint.location))
        problems.append(as_problem(complaint, tree.data, _always(place)))
    if "simcore" not in tree.data:
        hint = "write simcore: 1 as the first line"
        problems.append(Problem("is missing: the version of the format", "simcore", file, 1, 1, hint=hint))
    overridden: list[Location] = []
    replaced = any(re.match(r"\s*team(\.people)?\s*=", override) for override in overrides)
    beside = Path(file).parent if folder is None else folder
    table = None if replaced else _with_people(tree, file, beside)
    before = deepcopy(tree.data) if overrides else tree.data
    for override in overrides:
        problem = apply_override(tree.data, override, overridden)
        if problem is not None:
            problems.append(problem)
    table = _with_people(tree, file, beside) if replaced else table
    for found, key in (
        (with_open_list(tree.data, beside), ("start", "open")),
        (with_draws(tree.data, beside, overridden), ("knowledge",)),
    ):
        at = _locate(Complaint(key, ""), tree, file, overridden)
        problems += [
            replace(each, file=at.file, line=at.line, column=at.column) if not each.file else each for each in found
        ]

    def locate(line: Complaint) -> Place:
        place = _locate(line, tree, file, overridden)
        return place if place.file == "--set" and not replaced else _in_table(table, line) or place

    try:
        return validate(tree.data, locate=locate, earlier=problems)
    except ScenarioError as error:
        raise with_likely_paths(error, overrides, before) from None


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read {printable(str(path))}: {reason}") from error


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read {printable(str(path))}: {reason}") from error


def scenario_text(source: str | Path) -> tuple[str, str]:
    """Return the text of a scenario and the name of its file.

    Parameters
    ----------
    source
        A path, or the name of a shipped scenario; an existing path takes precedence.

    Raises
    ------
    FileError
        If it is neither, or cannot be read.
    ScenarioError
        If it is too long or not UTF-8.
    """
    path = Path(source)
    if _exists(path):
        file = printable(str(path))
        return decode(_read_bytes(path), file), file
    shipped = shipped_files()
    name = str(source)
    if name in shipped:
        file = name + SUFFIX
        return decode(shipped[name].read_bytes(), file), file
    hint = did_you_mean(path.name.removesuffix(SUFFIX), shipped) or "shipped are " + ", ".join(shipped)
    raise FileError(f"{printable(name)} is neither a file nor a shipped scenario; {hint}")


def changes_of(given: object) -> list[str]:
    """Return overrides as texts ``path=value``.

    Raises
    ------
    UsageError
        If they have another form.

    Examples
    --------
    >>> changes_of("team.reps=4"), changes_of({"team.reps": 4, "market": {"sd": 0.1}})
    (['team.reps=4'], ['team.reps=4', 'market={sd: 0.1}'])
    """
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        return [f"{path}={written_flow(to_plain(value))}" for path, value in given.items()]
    if isinstance(given, Iterable) and not isinstance(given, bytes):
        texts = list(given)
        if all(isinstance(text, str) for text in texts):
            return texts
    allowed = '"team.reps=4", ["team.reps=4"] or {"team.reps": 4}'
    raise UsageError((Problem("must be changes of values", "overrides", value=type(given).__name__, allowed=allowed),))


def _from_data(given: Mapping[str, object], overrides: Sequence[str]) -> Scenario:
    """Return the scenario described by plain data, with overrides applied."""
    data: dict[str, object] = to_plain(given)
    before = deepcopy(data) if overrides else data
    overridden: list[Location] = []
    found = [apply_override(data, override, overridden) for override in overrides]

    def locate(complaint: Complaint) -> Place:
        is_changed = any(complaint.location[: len(changed)] == changed for changed in overridden)
        return Place(file="--set") if is_changed else Place()

    problems = [problem for problem in found if problem is not None]
    problems += [*with_open_list(data, Path()), *with_draws(data, Path(), overridden)]
    try:
        return validate(data, locate=locate, earlier=problems)
    except ScenarioError as error:
        raise with_likely_paths(error, overrides, before) from None


def load_scenario(source: Source, overrides: Changes = ()) -> Scenario:
    """Return a scenario: a shipped one by its name, that of a file, or one that is described by a mapping.

    Parameters
    ----------
    source
        A path, or the name of a shipped scenario such as ``trust-the-process`` (a path that exists wins); a mapping
        with the keys of the format; or a `Scenario`, to be changed.
    overrides
        Changes: ``"team.reps=20"``, several such texts, or a mapping of paths to values, with the paths of the format:
        ``funnel.meetings.rate``. A number set on a rate that has spreads is its new mean. What is changed loses its
        source.

    Raises
    ------
    FileError
        If there is no such file or scenario, or it cannot be read.
    ScenarioError
        If it is not a valid scenario; with all problems at once. `UsageError`, one of them, if it is none of the above.

    Examples
    --------
    >>> load_scenario("trust-the-process", "team.reps=20").team.reps
    20
    >>> load_scenario("trust-the-process", {"team.reps": 20}).team.reps
    20
    """
    changes = changes_of(overrides)
    if isinstance(source, Scenario):
        return _from_data(source.resolved(), changes) if changes else source
    if isinstance(source, Mapping):
        return _from_data(source, changes)
    given: object = source
    if isinstance(given, str | PathLike):
        text, file = scenario_text(Path(given))
        return parse_scenario(text, file, changes, folder=Path(given).parent)
    shown = "none" if given is None else type(given).__name__
    allowed = "the name of a shipped scenario, a path, a mapping with the keys of a scenario file, or a Scenario"
    raise UsageError((Problem("is no scenario", "scenario", value=shown, allowed=allowed),))


def revalidated(scenario: Scenario) -> Scenario:
    """Return the scenario unchanged if a file could hold it; `model_copy` can make invalid ones.

    Raises
    ------
    ScenarioError
        If it is not valid.

    Examples
    --------
    >>> scenario = load_scenario("trust-the-process")
    >>> revalidated(scenario.model_copy(update={"run": scenario.run.model_copy(update={"replications": -5})}))
    Traceback (most recent call last):
    simcore.ScenarioError: run.replications: is out of range, got -5; allowed: from 1 to 1099511627776
    """
    try:
        if validate(scenario.resolved()) == scenario:
            return scenario
    except (AttributeError, KeyError, TypeError):  # a part is missing, or is of another type
        pass
    hint = 'changes are made with load_scenario(scenario, {"team.reps": 4})'
    raise UsageError((Problem("is no whole scenario", "scenario", hint=hint),))


def dump_yaml(
    scenario: Scenario, encoding: str = "utf-8", *, open_items: str | None = None, draws: str | None = None
) -> str:
    """Return a scenario with all defaults as YAML; parsing it gives an equal scenario.

    Characters that `encoding` lacks are escaped, so the text still parses to the same scenario. Of a list of open items
    and of draws it holds the name of the file (``open_items``, ``draws``, where that is another) and its SHA-256: they
    must lie beside the text.

    Examples
    --------
    >>> scenario = load_scenario("trust-the-process")
    >>> parse_scenario(dump_yaml(scenario)) == scenario
    True
    """
    resolved = scenario.resolved()
    if scenario.start is not None and isinstance(scenario.start.open, OpenList) and open_items is not None:
        resolved["start"] = {"open": dict(scenario.start.open) | {"file": open_items}}
    if scenario.knowledge is not None and draws is not None:
        resolved["knowledge"] = dict(scenario.knowledge) | {"draws": draws}
    return write(resolved, encoding)
