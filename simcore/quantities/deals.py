"""Distributions of the value of a deal.

To add one, write a class here and enter it in `Deal`; docs/architecture.md lists what else is needed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from simcore.base.drawn import Drawn
from simcore.base.money import cents
from simcore.quantities.distributions import (
    MAX_ENTRIES,
    WEIGHTS,
    Altered,
    Cv,
    MayBeUnsure,
    Unsure,
    Weight,
    even,
    read_variant,
    sigma_of_cv,
    table_complaints,
    weighted_mean,
)
from simcore.quantities.fields import (
    Amount,
    Complaint,
    Length,
    Many,
    NumberText,
    Part,
    Range,
    SourcedPart,
    Text,
    Unit,
    Unreadable,
    refused,
)

if TYPE_CHECKING:
    from simcore.quantities.distributions import Sampler

_LEAST, _MOST = 0.01, 1e9
_Compiled = TypeVar("_Compiled")


def _currency(value: str) -> str:
    if any(character.isspace() or character.isdigit() for character in value):
        raise refused("must not hold a space or a digit")
    return value


Money = Annotated[Amount, Range(_LEAST, _MOST), Unit("money")]
UnsureMoney = Annotated[Money, MayBeUnsure()]
Currency = Annotated[
    Text,
    Length(1, 8, "characters"),
    AfterValidator(_currency),
    Field(description="Code of the currency of all amounts of the scenario. It names them; nothing is converted."),
]


class DealDistribution(SourcedPart):
    """What every distribution of deal values can do."""

    form: ClassVar[str]
    """An example, as a scenario file writes it."""
    amounts: ClassVar[tuple[str, ...]]
    """The fields that hold amounts of money, the representative one first."""
    drawn: ClassVar[bool] = True
    """Whether the value of each deal is drawn."""

    @abstractmethod
    def mean_value(self) -> float:
        """Return the mean in units of the currency, before it is rounded to cents."""

    @abstractmethod
    def variance(self) -> float:
        """Return the variance in squared units of the currency, before values are rounded to cents."""

    @abstractmethod
    def compiled(self, into: Sampler[_Compiled]) -> _Compiled:
        """Return the distribution as the kernels draw it, in cents."""

    def higher(self, share: float) -> Altered:
        """Return the distribution with all amounts raised by `share`, in whole cents."""
        before = {name: getattr(self, name) for name in self.amounts}
        after = {name: _more(amount, 1.0 + share) for name, amount in before.items()}
        first = self.amounts[0]
        return Altered(self.model_copy(update=after), first, f"{before[first]:,.15g}", f"{after[first]:,.15g}")

    def narrower(self, share: float) -> Altered | None:  # noqa: ARG002
        """Return the distribution with the same mean and an sd reduced by `share`; ``None`` if the sd is 0."""
        return None

    def only_price(self) -> int | None:
        """Return the single value of all deals in cents; ``None`` if values can differ."""
        return None

    @property
    def unsure(self) -> Unsure | Drawn | None:
        """The mean, or the value of all deals, where it is not known exactly; every replication draws its own."""
        return None


class FixedDeal(DealDistribution):
    """Every deal has the same value."""

    form: ClassVar[str] = "{fixed: 10000}"
    amounts: ClassVar[tuple[str, ...]] = ("fixed",)
    drawn: ClassVar[bool] = False
    fixed: UnsureMoney = Field(description="Value of every deal; `deal: 10000` is short for it.")
    currency: Currency = "USD"

    def mean_value(self) -> float:
        """Return the value."""
        return float(self.fixed)

    def variance(self) -> float:
        """Return 0."""
        return 0.0

    def compiled(self, into: Sampler[_Compiled]) -> _Compiled:
        """Return a constant; where it is not known exactly, a log-normal without spread about what it is."""
        return into.constant(cents(self.fixed)) if self.unsure is None else into.log_normal(100.0 * self.fixed, 0.0)

    def only_price(self) -> int | None:
        """Return the value in cents, if it is known exactly."""
        return cents(self.fixed) if self.unsure is None else None

    @property
    def unsure(self) -> Unsure | Drawn | None:
        """The value, where it is not known exactly."""
        return self.fixed if isinstance(self.fixed, Unsure | Drawn) else None


class SpreadDeal(DealDistribution):
    """Deal values with a mean and a coefficient of variation."""

    form: ClassVar[str] = "{mean: 10000, cv: 0.5}"
    amounts: ClassVar[tuple[str, ...]] = ("mean",)
    mean: UnsureMoney = Field(description="Mean value of a deal.")
    cv: Cv = Field(
        description="Coefficient of variation of the value of deals: their standard deviation over the mean."
    )
    shape: Literal["lognormal", "gamma"] = Field(
        default="lognormal", description="Distribution: the log-normal has a longer tail of large deals than the gamma."
    )
    currency: Currency = "USD"

    def mean_value(self) -> float:
        """Return the mean."""
        return float(self.mean)

    def variance(self) -> float:
        """Return ``(mean * cv)^2``."""
        return (self.mean * self.cv) ** 2

    def compiled(self, into: Sampler[_Compiled]) -> _Compiled:
        """Return a log-normal, or the tabulated quantiles of the gamma."""
        from simcore.numerics.elementary import log  # noqa: PLC0415
        from simcore.numerics.quantile_table import build_gamma  # noqa: PLC0415

        mean = 100.0 * self.mean
        if self.shape == "gamma":
            return into.tabulated(mean, build_gamma(self.cv))
        return into.log_normal(mean, sigma_of_cv(self.cv, log))

    @property
    def unsure(self) -> Unsure | Drawn | None:
        """The mean, where it is not known exactly."""
        return self.mean if isinstance(self.mean, Unsure | Drawn) else None

    def narrower(self, share: float) -> Altered | None:
        """Return the distribution with a smaller coefficient of variation."""
        less = float(f"{self.cv * (1.0 - share):.12g}")
        return Altered(self.model_copy(update={"cv": less}), "cv", f"{self.cv:g}", f"{less:g}")


class ListDeal(DealDistribution):
    """Deal values drawn from a list, each entry alike or by its weight."""

    form: ClassVar[str] = "{values: [5000, 20000]}"
    amounts: ClassVar[tuple[str, ...]] = ("values",)
    values: Annotated[Many[Money], Length(1, MAX_ENTRIES, "entries")] = Field(
        description="Values of which each deal has one, as of a price list or of past deals."
    )
    weights: Annotated[Many[Weight], Length(1, MAX_ENTRIES, "entries")] | None = Field(
        default=None, description=WEIGHTS
    )
    currency: Currency = "USD"

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about weights that do not fit the entries."""
        return table_complaints(len(self.values), self.weights)

    def mean_value(self) -> float:
        """Return the weighted mean of the entries."""
        return weighted_mean(self.values, even(self.values, self.weights))

    def variance(self) -> float:
        """Return the weighted mean square deviation of the entries from their mean.

        Examples
        --------
        >>> ListDeal(values=(5000, 20000), weights=(3, 1)).variance()
        42187500.0
        """
        mean = self.mean_value()
        return weighted_mean([(value - mean) ** 2 for value in self.values], even(self.values, self.weights))

    def compiled(self, into: Sampler[_Compiled]) -> _Compiled:
        """Return the list of its entries."""
        return into.listed([cents(value) for value in self.values], even(self.values, self.weights))

    def higher(self, share: float) -> Altered:
        """Return the list with every entry raised by `share`."""
        more = f"all {100 * share:g} % more"
        return self._listed((value * (1.0 + share) for value in self.values), more)

    def narrower(self, share: float) -> Altered | None:
        """Return the list with every entry moved toward the mean by `share` of its distance."""
        if len(set(self.values)) == 1:
            return None
        mean = self.mean_value()
        nearer = f"{100 * share:g} % nearer to the mean"
        return self._listed((mean + (1.0 - share) * (value - mean) for value in self.values), nearer)

    def only_price(self) -> int | None:
        """Return the value in cents if all entries have the same."""
        values = {cents(value) for value in self.values}
        return values.pop() if len(values) == 1 else None

    def _listed(self, amounts: Iterator[float], shown: str) -> Altered:
        values = tuple(map(_whole_cents, amounts))
        return Altered(self.model_copy(update={"values": values}), "values", "list", shown)


Deal = FixedDeal | SpreadDeal | ListDeal
DEALS: tuple[type[Deal], ...] = get_args(Deal)


def _as_deal(given: object) -> object:
    if isinstance(given, Mapping):
        return read_variant(given, DEALS, [variant.form for variant in DEALS])
    if isinstance(given, Part | Unreadable):
        return given
    return FixedDeal.model_validate({"fixed": given})


_PlainDeal = Annotated[float, Range(_LEAST, _MOST), Unit("money")] | NumberText
DealField = Annotated[Deal, BeforeValidator(_as_deal, json_schema_input_type=Deal | _PlainDeal)]


def _more(amount: float, factor: float) -> float:
    """Return a multiple of an amount in whole cents, or of one that is not known exactly as it is."""
    return amount.times(factor) if isinstance(amount, Unsure | Drawn) else _whole_cents(amount * factor)


def _whole_cents(amount: float) -> float:
    """Return an amount in whole cents, at least one."""
    return max(_LEAST, round(amount, 2))
