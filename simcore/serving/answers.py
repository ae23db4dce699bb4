"""Answers to settings: run, kept in memory for the grey picture of the next one, and drawn."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from simcore.analytic.assumptions import assumptions
from simcore.answers.answer import answer_of
from simcore.answers.numbers import count, counted
from simcore.answers.wording import assumed, few_worlds
from simcore.charts.detail import detail_of
from simcore.charts.run import Played, before_and_after
from simcore.serving.newest import Newest, SupersededError

if TYPE_CHECKING:
    from simcore.answers.answer import Answer
    from simcore.charts.picture import Picture
    from simcore.serving.settings import Desk, Numbers, Setting

KEPT = 8
"""Answers that are kept in memory; nothing is written anywhere."""


class Told(NamedTuple):
    """What the page shows of a setting."""

    setting: Setting
    played: Played
    answer: Answer
    before: Answer | None
    """Of the setting before, if it is known."""
    pictures: list[Picture]
    worlds: str
    """How many worlds were run, and of how many."""
    cautions: list[str]


class Answers:
    """Answers settings of a page, one at a time."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.newest = desk, Newest()
        self._kept: OrderedDict[Numbers, Played] = OrderedDict()
        self._keeping = Lock()

    def told(self, numbers: Numbers, before: Numbers | None = None) -> Told:
        """Return the answer of a setting; the run of an older request is stopped.

        Parameters
        ----------
        before
            The setting that is to be seen in grey.

        Raises
        ------
        SupersededError
            If a newer request came before this one was answered.
        ScenarioError
            If the setting is not allowed, explodes, or costs too much.
        """
        with self.newest.turn() as stop:
            setting = self.desk.setting(numbers)
            played = self._recall(numbers)
            if played is None:
                summary = setting.request.run(threads=self.desk.opened.threads, stop=stop).summary
                if stop():
                    raise SupersededError
                played = Played(summary, detail_of(setting.scenario, summary.replications))
                self._keep(numbers, played)
            earlier = None if before in (None, numbers) else self._recall(before)
            return Told(
                setting,
                played,
                answer_of(played.summary),
                None if earlier is None else answer_of(earlier.summary),
                before_and_after(played, earlier),
                _worlds(setting),
                [
                    told
                    for told in (few_worlds(played.summary.replications), assumed(assumptions(setting.scenario)))
                    if told
                ],
            )

    def _recall(self, numbers: Numbers | None) -> Played | None:
        with self._keeping:
            return None if numbers is None else self._kept.get(numbers)

    def _keep(self, numbers: Numbers, played: Played) -> None:
        with self._keeping:
            self._kept[numbers] = played
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _worlds(setting: Setting) -> str:
    """Say how many worlds were run, and why not all that are asked for."""
    worlds = setting.scenario.run.replications
    told = f"{counted(worlds, 'world')}, seed {setting.scenario.run.seed}"
    if worlds < setting.asked:
        told += f"; the scenario asks for {count(setting.asked)}, more than there is time for while a slider moves"
    return f"{told}. Every setting is answered by the same worlds: what changes is the scenario, not luck."
