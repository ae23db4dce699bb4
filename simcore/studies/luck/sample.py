"""The worlds that `simcore luck` looks at: all rep-weeks, and who sat there at what true rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.engine.latent_rates import People
from simcore.program.tally import CLOSE

Floats = NDArray[np.float64]

WEEKS_OF = {"week": 1, "month": 4, "quarter": 13, "half-year": 26, "year": 52}
"""Whole weeks of the horizons of this command (its months are of four weeks)."""


class Sample(NamedTuple):
    """Worlds with all that happened and all that is true of them."""

    entered: NDArray[np.int64]
    """int64[worlds, reps, weeks, S + 1]: entries into each stage, calls first."""
    revenue: Floats
    """float64[worlds, reps, weeks]: by close, in units of the currency."""
    people: People
    deal: float
    """Mean value of a deal, in units of the currency."""

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return len(self.revenue)

    @property
    def reps(self) -> int:
        """Seats of a team."""
        return int(self.revenue.shape[1])

    @property
    def weeks(self) -> int:
        """Counted weeks."""
        return int(self.revenue.shape[2])

    @property
    def true_value(self) -> Floats:
        """float64[worlds, reps]: true expected revenue of a call: the first persons' own rates times the deal."""
        value: Floats = self.people.rates.prod(axis=2) * self.deal
        return value

    def periods(self, weeks: int) -> int:
        """Return how many whole periods of so many weeks there are."""
        return self.weeks // weeks

    def counts(self, weeks: int) -> NDArray[np.int64]:
        """Return entries by period of so many weeks: int64[worlds, reps, periods, S + 1]."""
        cut = self.entered[:, :, : self.periods(weeks) * weeks]
        summed: NDArray[np.int64] = cut.reshape(*cut.shape[:2], -1, weeks, cut.shape[3]).sum(axis=3)
        return summed

    def amounts(self, weeks: int) -> Floats:
        """Return revenue by period of so many weeks: float64[worlds, reps, periods]."""
        cut = self.revenue[:, :, : self.periods(weeks) * weeks]
        summed: Floats = cut.reshape(*cut.shape[:2], -1, weeks).sum(axis=3)
        return summed

    def settled(self, weeks: int, run: int = 1) -> NDArray[np.bool_]:
        """Return where the first person is there at full activity for ``run`` periods on end.

        bool[worlds, reps, periods - run + 1]
        """
        starts = np.arange(self.periods(weeks) - run + 1) * weeks
        since, until = self.people.since[:, :, None], self.people.until[:, :, None]
        there: NDArray[np.bool_] = (since <= starts) & (until >= starts + run * weeks)
        return there


def merged(sample: Sample, starts: NDArray[np.int64]) -> Sample:
    """Return the sample in periods that begin in given weeks: weeks without calls are counted with the week before.

    Parameters
    ----------
    starts
        int64[m], increasing, from 0: the first week of each period; the last one ends with the run.

    Examples
    --------
    >>> people = People(np.ones((1, 1, 2)), np.array([[0]]), np.array([[3]]))
    >>> two = merged(Sample(np.arange(8).reshape(1, 1, 4, 2), np.ones((1, 1, 4)), people, 1.0), np.array([0, 1, 3]))
    >>> two.revenue.tolist(), two.people.until.tolist()
    ([[[1.0, 2.0, 1.0]]], [[2]])
    """
    if len(starts) == sample.weeks:
        return sample
    ends = np.append(starts[1:], sample.weeks)
    people = sample.people
    return sample._replace(
        entered=np.add.reduceat(sample.entered, starts, axis=2),
        revenue=np.add.reduceat(sample.revenue, starts, axis=2),
        people=people._replace(
            since=np.searchsorted(starts, people.since, side="left"),
            until=np.searchsorted(ends, people.until, side="right"),
        ),
    )


def sample_of(entered: NDArray[np.int64], cents: NDArray[np.int64], people: People, deal: float) -> Sample:
    """Return a sample from the detail of a run, see `simcore.kernels.detail.Detail`."""
    return Sample(entered, cents[:, CLOSE] / 100.0, people, deal)


def joined(samples: Sequence[Sample]) -> Sample:
    """Return consecutive worlds as one sample."""
    return Sample(
        np.concatenate([each.entered for each in samples]),
        np.concatenate([each.revenue for each in samples]),
        People(*(np.concatenate(parts) for parts in zip(*(each.people for each in samples), strict=True))),
        samples[0].deal,
    )
