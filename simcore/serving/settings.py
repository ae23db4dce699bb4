"""A setting of the sliders: the scenario that it makes, and the command that gives the same answer."""

from __future__ import annotations

import shlex
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.run_cost import cost, duration, one_world
from simcore.answers.numbers import counted
from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.machine import processors
from simcore.base.text import brief
from simcore.engine.simulation import SimulationRequest
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import parse_scenario, scenario_text
from simcore.serving.sliders import named_sliders, sliders_of
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simcore.scenario.model import Scenario
    from simcore.scenario_files.vary import Range
    from simcore.serving.sliders import Slider

SECONDS = 0.5
"""What the worlds of a setting may take, as `simcore.analytic.run_cost` estimates it; pictures take as long again."""
LONGEST_RUN = 20.0
"""Estimated seconds above which a setting is left to a terminal."""
_IN_TERMINAL = "simcore run in a terminal takes its time"
_LONGEST = 40
"""Characters of a number."""

Numbers = tuple[Decimal, ...]
"""A number for each slider, in its unit."""


class Opened(NamedTuple):
    """A scenario file as it was read when the page was opened, with what the command line changed."""

    source: str
    """The file, or the name of a shipped scenario."""
    text: str
    file: str
    """The name for errors."""
    changes: tuple[str, ...] = ()
    """Those of ``--set``."""
    seed: int | None = None
    strategy: str | None = None
    replications: int | None = None
    """The most worlds of a setting; those of the scenario if not given."""
    threads: int | None = None

    def load(self, more: Sequence[str] = (), replications: int | None = None) -> Scenario:
        """Return the scenario as ``simcore run`` loads it with more changes, and with so many replications."""
        stated = self.replications if replications is None else replications
        overrides = [*self.changes, *more]
        overrides += [] if stated is None else [f"run.replications={stated}"]
        overrides += [] if self.seed is None else [f"run.seed={self.seed}"]
        scenario = parse_scenario(self.text, self.file, overrides, folder=Path(self.source).parent)
        if self.strategy is not None:
            scenario = with_strategy(scenario, self.strategy)
        if stated is None:
            return scenario
        return scenario.model_copy(update={"run": scenario.run.model_copy(update={"precision": None})})


class Setting(NamedTuple):
    """A setting that can be run."""

    numbers: Numbers
    request: SimulationRequest
    """Of the worlds that are run."""
    asked: int
    """Worlds that the scenario, or the command line, asks for."""
    command: str

    @property
    def scenario(self) -> Scenario:
        """As it is run."""
        return self.request.scenario


class Desk(NamedTuple):
    """What is on the page: a scenario and its sliders."""

    opened: Opened
    scenario: Scenario
    """As the file and the command line have it."""
    sliders: tuple[Slider, ...]

    def numbers(self, given: Mapping[str, str], prefix: str) -> Numbers:
        """Return the number of each slider: what is given as ``s1``, ``s2`` ..., otherwise that of the scenario.

        Raises
        ------
        UsageError
            If something is no number.
        """
        found, problems = [], []
        for place, slider in enumerate(self.sliders, 1):
            text = given.get(f"{prefix}{place}", "").strip()
            number = slider.value if not text else _number(text)
            if number is None:
                problems.append(Problem("must be a number", slider.path, value=brief(text)))
            else:
                found.append(number)
        if problems:
            raise UsageError(tuple(problems))
        return tuple(found)

    def setting(self, numbers: Numbers) -> Setting:
        """Return a setting, with as many worlds as there is time for.

        Raises
        ------
        ScenarioError
            If the format or the engine does not allow it, or it costs more than a run may.
        """
        moved = zip(self.sliders, numbers, strict=True)
        changes = [slider.change(number) for slider, number in moved if number != slider.value]
        threads = self.opened.threads or processors()
        try:
            wanted = self.opened.load(changes)
            worlds = worlds_within(wanted, threads)
            scenario = self.opened.load(changes, worlds)
        except ScenarioError as error:
            raise ScenarioError(
                tuple(replace(each, file=None, line=None, column=None) for each in error.problems)
            ) from None
        request = SimulationRequest(scenario)
        bill = request.cost(threads)
        bill.check()
        if bill.cost.seconds > LONGEST_RUN:
            takes = f"takes about {duration(bill.cost.seconds)} for {counted(worlds, 'world')}"
            raise UsageError((Problem(takes, allowed=f"up to {duration(LONGEST_RUN)} on a page", hint=_IN_TERMINAL),))
        return Setting(numbers, request, wanted.run.replications, self._command(changes, wanted, worlds))

    def _command(self, changes: Sequence[str], wanted: Scenario, worlds: int) -> str:
        """Return the command that gives the answer of a setting."""
        words = ["simcore", "run", self.opened.source]
        for change in (*self.opened.changes, *changes):
            words += ["--set", change]
        words += [] if self.opened.strategy is None else ["--strategy", self.opened.strategy]
        words += [] if self.opened.seed is None else ["--seed", str(self.opened.seed)]
        of_file = self.opened.replications is None and wanted.run.precision is None
        words += [] if of_file and worlds == wanted.run.replications else ["--replications", str(worlds)]
        return shlex.join(words)


def open_desk(
    source: str,
    changes: Sequence[str] = (),
    *,
    vary: Sequence[tuple[str, Range | None]] = (),
    replications: int | None = None,
    seed: int | None = None,
    strategy: str | None = None,
    threads: int | None = None,
) -> Desk:
    """Read a scenario and choose its sliders.

    Parameters
    ----------
    source
        A file, or the name of a shipped scenario.
    changes
        As ``--set`` takes them.
    vary
        Paths of sliders with their ends, instead of those that the scenario suggests.
    replications
        The most worlds of a setting; those of the scenario if not given.
    seed, strategy
        Instead of those of the scenario.
    threads
        Default: all processors that this process may use. Changes how many worlds there is time for.

    Raises
    ------
    ScenarioError
        If the scenario is invalid, or a path leads to no number.
    FileError
        If it cannot be read.

    Examples
    --------
    >>> desk = open_desk("trust-the-process", ["team.reps=4"])
    >>> numbers = desk.numbers({"s2": "3"}, "s")
    >>> desk.setting(numbers)._replace(numbers=()).command.partition(" --replications")[0]
    'simcore run trust-the-process --set team.reps=4 --set funnel.meetings.rate=3%'
    """
    text, file = scenario_text(source)
    opened = Opened(source, text, file, tuple(changes), seed, strategy, replications, threads)
    scenario = opened.load()
    sliders = named_sliders(scenario, vary) if vary else sliders_of(scenario)
    return Desk(opened, scenario, tuple(sliders))


def worlds_within(scenario: Scenario, threads: int, seconds: float = SECONDS) -> int:
    """Return how many worlds of a scenario are run: its own, or a round number that so many seconds have room for.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> canon = load_scenario("trust-the-process")
    >>> worlds_within(canon, 1, 1e9), worlds_within(canon, 1, 0.5), worlds_within(canon, 1, 0.0)
    (10000, 1000, 8)
    """
    asked = scenario.run.replications
    room = seconds / cost(one_world(scenario), threads).seconds
    if asked <= max(room, LEAST_REPLICATIONS):
        return asked
    size = 10 ** len(str(int(room)))
    # Round numbers, so that settings that cost nearly the same are answered by the same worlds.
    fitting = next((size // part for part in (2, 5, 10) if size // part <= room), 1)
    return max(LEAST_REPLICATIONS, fitting)


def _number(text: str) -> Decimal | None:
    """Return a plain number; ``None`` if the text is none, or too long or large to be one that anyone means."""
    if len(text) > _LONGEST or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None
