"""What the distributions of lags, deal values and rates share: how they are compiled, varied and identified.

Each distribution of lags or values is one class, in `simcore.quantities.lags` or `simcore.quantities.deals`, that owns
everything the rest of simcore needs: its keys and their checks, its moments, its distribution function, the form in
which a kernel draws it, and its shorter, higher or narrower version. No other code branches on the type of a
distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, Self, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from simcore.base.drawn import Drawn
from simcore.base.text import nearest
from simcore.quantities.fields import Complaint, Number, Part, Range, Unit, refused

if TYPE_CHECKING:
    from simcore.numerics.quantile_table import QuantileTable

MAX_ENTRIES = 10_000
"""Maximum number of entries of a table."""
Weight = Annotated[Number, Range(0), Unit("number")]
WEIGHTS = "How often each entry is drawn, in proportion; one for each entry. Left out: all alike."
"""What the weights of a table are, as the published schema says it."""
Cv = Annotated[Number, Range(0.001, 5), Unit("number")]
Z90 = 1.2815515655446004
"""The 90 % point of the normal distribution."""
Z95 = 1.6448536269514722
"""The 95 % point."""
_BETWEEN = "Ends between which it lies with a chance of 90 %; every world draws its own, log-normal."
_SHARED = {"source", "weights", "currency", "shape"}
"""Keys that do not identify a distribution."""

_Compiled_co = TypeVar("_Compiled_co", covariant=True)
_Variant = TypeVar("_Variant", bound=Part)


class Unsure(float):
    """A positive number that is not known exactly: the mean of a log-normal law, of which two ends are known.

    One value in twenty lies below the first end, and one above the second. Two of them are equal if their ends are.

    Examples
    --------
    >>> price = Unsure(8000.0, 12000.0)
    >>> round(price, 2), price.ends, price == Unsure(8000.0, 12000.0), price == float(price)
    (9872.66, (8000.0, 12000.0), True, False)
    """

    ends: tuple[float, float]

    def __new__(cls, low: float, high: float) -> Self:
        """Return the number with these ends, ``0 < low < high``."""
        from simcore.numerics.elementary import exp, log  # noqa: PLC0415

        first, last = float(log(low)), float(log(high))
        centre, sigma = 0.5 * (first + last), (last - first) / (2.0 * Z95)
        found = super().__new__(cls, float(exp(centre + 0.5 * sigma * sigma)))
        found.ends, found.centre, found.sigma = (low, high), centre, sigma
        return found

    centre: float
    """Mean of its logarithm."""
    sigma: float
    """Standard deviation of its logarithm."""

    def times(self, factor: float) -> Unsure:
        """Return it multiplied by a factor."""
        return Unsure(self.ends[0] * factor, self.ends[1] * factor)

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a number with the same ends."""
        return isinstance(other, Unsure) and self.ends == other.ends

    def __hash__(self) -> int:
        """Return a hash of the ends."""
        return hash(self.ends)

    def __reduce__(self) -> tuple[type[Unsure], tuple[float, float]]:
        """Return what a copy is made of."""
        return Unsure, self.ends


class MayBeUnsure:
    """Lets a number be given by two ends, ``{between: [low, high]}``; each of them has the range of the number."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = handler(schema)
        ends = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "description": _BETWEEN}
        unsure = {"type": "object", "properties": {"between": ends | {"unit": number.get("unit", "number")}}}
        form = unsure | {"required": ["between"], "additionalProperties": False}
        return number | {"anyOf": [*number.get("anyOf", [{"type": "number"}]), form]}

    @staticmethod
    def _read(given: object, number: ValidatorFunctionWrapHandler) -> float:
        if isinstance(given, Unsure | Drawn):
            return given
        if not isinstance(given, Mapping) or "between" not in given:
            return float(number(given))
        ends = given["between"]
        if not isinstance(ends, Sequence) or isinstance(ends, str) or len(ends) != 2 or len(given) != 1:
            raise refused("must be two ends", allowed="{between: [8000, 12000]}")
        low, high = (float(number(end)) for end in ends)
        if not low < high:
            raise refused("must have its lower end first", allowed="{between: [8000, 12000]}")
        return Unsure(low, high)


class Sampler(Protocol[_Compiled_co]):
    """The forms in which kernels draw a number from one uniform: hours for a lag, cents for the value of a deal.

    `simcore.program.compile_distributions` has one for lags and one for values.
    """

    def constant(self, value: float) -> _Compiled_co:
        """Always this number."""

    def log_normal(self, scale: float, sigma: float) -> _Compiled_co:
        """Log-normal; `scale` is the median of a lag and the mean of a value, `sigma` the sd of the logarithm."""

    def tabulated(self, mean: float, table: QuantileTable) -> _Compiled_co:
        """A mean, times a distribution of mean 1 whose quantiles are tabulated."""

    def listed(self, values: Sequence[float], weights: Sequence[float]) -> _Compiled_co:
        """One of these numbers, by weight."""


class Altered(NamedTuple):
    """A distribution with one figure changed, and how to show the change."""

    part: Part
    """The changed distribution, not yet validated: a figure may have left its range."""
    field: str
    """Name of the changed field; of the first if there are several."""
    before: str
    after: str


def sigma_of_cv(cv: float, log: Callable[[float], float]) -> float:
    """Return the sd of the logarithm of a log-normal variable with a coefficient of variation.

    Parameters
    ----------
    cv
        0 or more.
    log
        `simcore.numerics.elementary.log` for what is simulated, so that it has the same bits on every machine.
    """
    return math.sqrt(log(1.0 + cv * cv)) if cv > 0.0 else 0.0


def sigma_of_p90(median: float, p90: float, log: Callable[[float], float] = math.log) -> float:
    """Return the sd of the logarithm of a log-normal variable with a median and a 90th percentile.

    Examples
    --------
    >>> round(sigma_of_p90(30, 75), 4)
    0.715
    """
    return log(p90 / median) / Z90


def beta_parameters(mean: float, cv: float) -> tuple[float, float]:
    """Return the parameters of the Beta distribution with a mean and a coefficient of variation above 0.

    Examples
    --------
    >>> [round(each, 9) for each in beta_parameters(0.2, 0.5)]
    [3.0, 12.0]
    """
    size = (1.0 - mean) / mean / cv**2 - 1.0
    return size * mean, size * (1.0 - mean)


def even(values: Sequence[object], weights: Sequence[float] | None) -> Sequence[float]:
    """Return the weights of the entries of a table: 1 each where none are given."""
    return weights or (1.0,) * len(values)


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean of the entries of a table.

    Examples
    --------
    >>> weighted_mean((5000, 20000), (3, 1))
    8750.0
    """
    return math.fsum(w * x for w, x in zip(weights, values, strict=True)) / math.fsum(weights)


def table_complaints(entries: int, weights: Sequence[float] | None) -> Iterator[Complaint]:
    """Yield complaints about weights that do not fit a table."""
    if weights is None:
        return
    if len(weights) != entries:
        yield Complaint(("weights",), f"has {len(weights)} entries for {entries} values", allowed=str(entries))
    elif not 0 < math.fsum(weights) < math.inf:
        yield Complaint(("weights",), "must have a sum above 0")


def likely_variant(given: Mapping[str, object], variants: Sequence[type[_Variant]]) -> type[_Variant] | None:
    """Return the distribution that the keys of a mapping, possibly misspelt, indicate; ``None`` if none."""
    own = [variant.model_fields.keys() - _SHARED for variant in variants]
    scores = [sum((key in keys) * 2 + (nearest(str(key), keys) is not None) for key in given) for keys in own]
    return variants[scores.index(max(scores))] if max(scores) > 0 else None


def read_variant(given: Mapping[str, object], variants: Sequence[type[_Variant]], forms: Sequence[str]) -> _Variant:
    """Validate a mapping as the distribution its keys indicate; `forms` are examples of all, for the error."""
    meant = likely_variant(given, variants)
    if meant is None:
        allowed = " or ".join((", ".join(forms[:-1]), forms[-1]))
        raise refused("has none of the keys that say which kind it is", allowed=allowed)
    return meant.model_validate(given)
