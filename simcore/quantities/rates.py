"""The rate of a step, and what is known of it where it is not known exactly: its law over replications.

A replication has one value of it, the same for all reps and weeks: the quantile of the law at a word of its own. Counts
give the Beta distribution with Jeffreys' prior (Jeffreys 1946, "An invariant form for the prior probability in
estimation problems"): after k successes in n trials Beta(k + 1/2, n - k + 1/2), which k = 0 has, too. Two ends give the
logit-normal distribution, of which one value in twenty is below the first and one in twenty above the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import sqrt
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field

from simcore.base.drawn import Drawn
from simcore.quantities.distributions import Z95
from simcore.quantities.fields import (
    MISSING,
    Complaint,
    Length,
    Many,
    Number,
    NumberText,
    Range,
    SourcedPart,
    Unit,
    Whole,
    refused,
)

_LIMIT, _STEPS = 8.5, 16
"""Means are sums over normal scores from -8.5 to 8.5, so many to a unit: the trapezoidal rule, which converges
geometrically for functions like these (Trefethen and Weideman 2014)."""


LAWS = {"mean": ("mean",), "successes and trials": ("successes", "trials"), "between": ("between",)}
"""The ways to say what a rate is, and the keys of each: one of them is given."""
LAW_KEYS = ("successes", "trials", "between")
"""The keys of a rate that is not known exactly."""
MAX_TRIALS = 10**9
"""Most trials of which successes were counted."""
LEAST_REP_CV = 0.001
"""Smallest spread between reps, beside 0, of a rate that is not known exactly."""
_End = Annotated[Number, Range(1e-9, 1 - 1e-9), Unit("chance")]


def _one_law(schema: dict[str, Any]) -> None:
    """Let the schema of a rate require one of the ways to give it."""
    schema["required"] = [key for key in schema.get("required", ()) if key != "mean"]
    if not schema["required"]:
        del schema["required"]
    schema["anyOf"] = [{"required": list(keys)} for keys in LAWS.values()]


class BetaLaw(NamedTuple):
    """What counts tell of a rate: Beta with these parameters."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.a / (self.a + self.b)

    def quantile(self, z: float) -> float:
        """Return its value at a normal score."""
        from simcore.numerics.normal import normal_cdf  # noqa: PLC0415
        from simcore.numerics.quantiles import beta_i_inverse  # noqa: PLC0415

        if z > 0.0:  # the small tail keeps its digits
            return 1.0 - beta_i_inverse(self.b, self.a, float(normal_cdf(-z)))
        return beta_i_inverse(self.a, self.b, float(normal_cdf(z)))

    def above(self, rate: float) -> float:
        """Return the chance of a value above a rate inside (0, 1)."""
        from simcore.numerics.gamma_beta import beta_i  # noqa: PLC0415

        return float(beta_i(self.b, self.a, 1.0 - rate))

    @property
    def cv(self) -> float:
        """Its standard deviation over the mean.

        Examples
        --------
        >>> round(counts_law(10, 500).cv, 4), round(counts_law(0, 40).cv, 4)
        (0.3051, 1.3887)
        """
        return sqrt(self.b / (self.a * (self.a + self.b + 1.0)))


class LogitNormal(NamedTuple):
    """What two ends tell of a rate: its log-odds are normal."""

    centre: float
    sigma: float

    @property
    def mean(self) -> float:
        """Its mean, the same bits on every machine."""
        return _moments(self.centre, self.sigma)[0]

    def quantile(self, z: float) -> float:
        """Return its value at a normal score."""
        from simcore.numerics.elementary import exp  # noqa: PLC0415

        return 1.0 / (1.0 + float(exp(-(self.centre + self.sigma * z))))

    def above(self, rate: float) -> float:
        """Return the chance of a value above a rate inside (0, 1)."""
        from simcore.numerics.elementary import log  # noqa: PLC0415
        from simcore.numerics.normal import normal_cdf  # noqa: PLC0415

        return float(normal_cdf((self.centre - float(log(rate / (1.0 - rate)))) / self.sigma))

    @property
    def cv(self) -> float:
        """Its standard deviation over the mean.

        Examples
        --------
        >>> law = between_law(0.01, 0.03)
        >>> round(law.mean, 5), round(law.cv, 3)
        (0.01834, 0.342)
        """
        mean, square = _moments(self.centre, self.sigma)
        return sqrt(max(0.0, square - mean * mean)) / mean


class DrawnLaw(NamedTuple):
    """What a column of draws tells of a rate: each row alike."""

    drawn: Drawn

    @property
    def mean(self) -> float:
        """Its mean."""
        return float(self.drawn)

    @property
    def cv(self) -> float:
        """Its standard deviation over the mean.

        Examples
        --------
        >>> import numpy as np
        >>> round(DrawnLaw(Drawn("funnel.wins.rate", 0.2, np.array([0.1, 0.3]))).cv, 9)
        0.5
        """
        return float(self.drawn.column.std()) / self.mean

    def quantile(self, z: float) -> float:
        """Return its value at a normal score: the least row that a share of all is not above."""
        from simcore.numerics.normal import normal_cdf  # noqa: PLC0415

        rows = sorted(self.drawn.column.tolist())
        return float(rows[min(len(rows) - 1, int(float(normal_cdf(z)) * len(rows)))])

    def above(self, rate: float) -> float:
        """Return the share of rows above a rate."""
        return float((self.drawn.column > rate).mean())


RateLaw = BetaLaw | LogitNormal | DrawnLaw
LEAST_SIZE = 0.125
"""The least sum of the parameters of the Beta distribution of reps' own rates about one that is not known exactly: a
spread that leaves less, where a replication draws a high rate, is cut, and counted."""


def counts_law(successes: int, trials: int) -> BetaLaw:
    """Return what counts tell of a rate.

    Examples
    --------
    >>> counts_law(0, 40).mean == 0.5 / 41
    True
    """
    return BetaLaw(successes + 0.5, trials - successes + 0.5)


def between_law(low: float, high: float) -> LogitNormal:
    """Return the law of a rate that lies between two ends with a chance of 90 %, and above or below them of 5 %."""
    from simcore.numerics.elementary import log  # noqa: PLC0415

    first, last = (float(log(end / (1.0 - end))) for end in (low, high))
    return LogitNormal(0.5 * (first + last), (last - first) / (2.0 * Z95))


@lru_cache(maxsize=256)
def _moments(centre: float, sigma: float) -> tuple[float, float]:
    """Return the mean of a logit-normal variable and that of its square."""
    from simcore.numerics.elementary import exp  # noqa: PLC0415

    total = first = second = 0.0
    for step in range(round(-_LIMIT * _STEPS), round(_LIMIT * _STEPS) + 1):
        z = step / _STEPS
        weight = float(exp(-0.5 * z * z))
        rate = 1.0 / (1.0 + float(exp(-(centre + sigma * z))))
        total += weight
        first += weight * rate
        second += weight * rate * rate
    return first / total, second / total


class Rate(SourcedPart):
    """The conversion rate of a step and its spreads; a plain number is its mean.

    A rate that is not known exactly has a law in place of the mean (`law`); `mean` is then the mean of that law.
    """

    model_config = ConfigDict(json_schema_extra=_one_law)

    mean: Annotated[Number, Range(0, 1, above=True), Unit("chance")] = Field(
        description="Chance that an item gets here from the stage before; `rate: 0.02` is short for it."
    )
    successes: Annotated[Whole, Range(0, MAX_TRIALS), Unit("items")] | None = Field(
        default=None,
        description="In place of `mean`, with `trials`: what was counted. Every world draws its rate from "
        "Beta(successes + 1/2, trials - successes + 1/2).",
    )
    trials: Annotated[Whole, Range(1, MAX_TRIALS), Unit("items")] | None = Field(
        default=None, description="Of which so many were successes; at least `successes`."
    )
    between: Annotated[Many[_End], Length(2, 2, "ends")] | None = Field(
        default=None,
        description="In place of `mean`: the ends between which the rate lies with a chance of 90 %. Every world draws "
        "its rate, logit-normal.",
    )
    rep_cv: Annotated[Number, Range(0), Unit("number")] = Field(
        default=0.0,
        description="Spread between reps: coefficient of variation of their own rates, which are Beta-distributed and "
        "last. `rep_cv^2` below `(1 - mean) / mean`.",
    )
    week_cv: Annotated[Number, Range(0, 5), Unit("number")] = Field(
        default=0.0,
        description="Spread between weeks of a rep: coefficient of variation of a log-normal factor, new each week.",
    )

    @property
    def law(self) -> RateLaw | None:
        """What is known of the mean, where it is not known exactly."""
        if self.between is not None:
            return between_law(*self.between)
        if isinstance(self.mean, Drawn):
            return DrawnLaw(self.mean)
        if self.successes is None or self.trials is None:
            return None
        return counts_law(self.successes, self.trials)

    @property
    def derived(self) -> frozenset[str]:
        """The mean follows from the law, where there is one."""
        return frozenset({"mean"}) if isinstance(self.law, BetaLaw | LogitNormal) else frozenset()

    def with_mean(self, mean: float) -> Self:
        """Return the rate with another mean, which is known exactly; the spreads stay."""
        return self.model_copy(update={"mean": mean, "successes": None, "trials": None, "between": None})

    @classmethod
    def _lift(cls, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Give a rate that has a law any mean: `_derive` replaces it."""
        plain, sources = super()._lift(data)
        if "mean" not in plain and any(plain.get(key) is not None for key in LAW_KEYS):
            plain["mean"] = 0.5
        return plain, sources

    @classmethod
    def complaints_about(cls, data: Mapping[str, object]) -> Iterator[Complaint]:
        """Yield a complaint about one count without the other."""
        for here, other in (("successes", "trials"), ("trials", "successes")):
            if data.get(here) is not None and data.get(other) is None:
                yield Complaint((other,), MISSING, allowed="both, as in {successes: 10, trials: 500}")

    def _derive(self) -> dict[str, object]:
        """Return the mean of the law."""
        law = self.law if self._lawful else None
        return {"mean": law.mean} if isinstance(law, BetaLaw | LogitNormal) else {}

    @property
    def _lawful(self) -> bool:
        """Whether what is given for the law makes one."""
        if self.between is not None:
            return self.between[0] < self.between[1]
        return self.successes is None or self.trials is None or self.successes <= self.trials

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about a law that is none, and about a spread that no Beta distribution has."""
        if self.between is not None and not self._lawful:
            yield Complaint(("between",), "must have its lower end first", self.between, "as in [0.01, 0.03]")
        elif not self._lawful:
            yield Complaint(("successes",), "is more than the trials", self.successes, f"0 to {self.trials}")
        else:
            yield from self._complaints_of_spread()

    def _complaints_of_spread(self) -> Iterator[Complaint]:
        limit = (1 - self.mean) / self.mean
        if self.rep_cv > 0 and self.rep_cv**2 >= limit:
            allowed = "0" if limit <= 0 else f"0, or up to but not including {sqrt(limit):.6g}"
            message = f"is more than a rate of {self.mean:.6g} can have (no Beta distribution has it)"
            yield Complaint(("rep_cv",), message, self.rep_cv, allowed)
        elif self.law is not None and 0 < self.rep_cv < LEAST_REP_CV:
            message = "is too small for a rate that is not known exactly"
            yield Complaint(("rep_cv",), message, self.rep_cv, f"0, or {LEAST_REP_CV:g} or more")


def _as_rate(given: object) -> object:
    if isinstance(given, int | float | str):
        return {"mean": given}
    if isinstance(given, Mapping):
        found = [name for name, keys in LAWS.items() if any(given.get(key) is not None for key in keys)]
        if len(found) > 1:
            raise refused(f"is given twice, by {' and by '.join(found)}", hint="leave all but one of them out")
    return given


_PlainRate = Annotated[float, Range(0, 1, above=True), Unit("chance")] | NumberText

RateField = Annotated[Rate, BeforeValidator(_as_rate, json_schema_input_type=Rate | _PlainRate)]
