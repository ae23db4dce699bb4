"""Bugs planted in kernels that run without a compiler: what they and the twin count of some replications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.support.both_engines import (
    Counts,
    Scenario,
    add_counts,
    assert_agree,
    coaching_of_engine,
    coaching_of_twin,
    compiled,
    counts_of_engine,
    counts_of_twin,
    play,
)
from tests.support.uncompiled import change, engine
from tests.twin import simulate

SEED = 5


class Replications(NamedTuple):
    """Replications that are compared, and how many are played side by side."""

    first: int = 0
    number: int = 1
    row: int = 1


ONE = Replications()


class Fault(NamedTuple):
    """A bug: its case, a count that must betray it, the function that it is in, and what replaces what there."""

    case: str
    shows: str
    function: str
    old: str
    new: str
    of: Replications = ONE


def every_other(faults: Iterable[str]) -> list[Any]:
    """Return the names of faults, every other one marked as long; that each finds its code is checked of all."""
    return [
        pytest.param(name, id=name, marks=[pytest.mark.long] if place % 2 else []) for place, name in enumerate(faults)
    ]


class Checked:
    """Cases in which bugs are planted; the twin plays each once."""

    def __init__(self, cases: Mapping[str, Scenario]) -> None:
        self._cases = cases
        self._twin = cache(self._counts_of_twin)

    def agree(self, name: str, of: Replications = ONE) -> None:
        """Compare the uncompiled kernels, and the compiled ones, with the twin."""
        assert_agree(self._counts_of_kernels(name, of), self._twin(name, of))
        played = play(compiled(self._cases[name]), SEED, of.first, of.number, row=of.row)
        assert_agree(counts_of_engine(played) | coaching_of_engine(played.detail), self._twin(name, of))

    def catch(self, fault: Fault, patch: pytest.MonkeyPatch) -> None:
        """Plant a bug and check that the twin tells it, and by which count."""
        change(patch, fault.function, fault.old, fault.new)
        counts = self._counts_of_kernels(fault.case, fault.of)
        with pytest.raises(AssertionError) as raised:
            assert_agree(counts, self._twin(fault.case, fault.of))
        shown = {line.split(":")[0].split("[")[0] for line in str(raised.value).splitlines()}
        assert fault.shows in shown

    def _counts_of_twin(self, name: str, of: Replications) -> Counts:
        case, total = self._cases[name], Counts()
        unit = compiled(case).deals.unit
        for replication in range(of.first, of.first + of.number):
            world = simulate(case, replication, SEED)
            counts = counts_of_twin(world, unit) | _coaching(coaching_of_twin(world), case)
            total = add_counts(total, counts) if total else counts
        return total

    def _counts_of_kernels(self, name: str, of: Replications) -> Counts:
        both, case = engine().both, self._cases[name]
        played = both.play(both.compiled(case), SEED, of.first, of.number, row=of.row)
        counts: Counts = both.counts_of_engine(played) | both.coaching_of_engine(played.detail)
        return counts


def _coaching(counts: Counts, case: Scenario) -> Counts:
    """Return the sessions and habits of the twin as the engine keeps them: not of a team without either."""
    coached = compiled(case).coaching.active
    return {name: listed if coached else [] for name, listed in counts.items()}
