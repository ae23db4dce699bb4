"""What can be moved on the page: a few numbers of a scenario, each within bounds that the format has."""

from __future__ import annotations

import math
import typing
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.base.errors import Problem, ScenarioError, UsageError
from simcore.base.text import brief, printable
from simcore.quantities.deals import FixedDeal, SpreadDeal
from simcore.quantities.distributions import Unsure
from simcore.quantities.fields import Part
from simcore.quantities.fields import Range as Bounds
from simcore.quantities.rates import Rate
from simcore.quantities.time import Duration
from simcore.scenario_files.paths import known_paths, likely_paths
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario
    from simcore.scenario_files.vary import Range

FEWEST, MOST = 4, 6
"""Sliders of a page that are chosen by the scenario; those that are named may be fewer."""
TIMES = 3
"""A slider reaches from a third of the scenario's number to three times it, within what the format allows."""
STEPS = 100
"""About so many steps from one end to the other."""
LEAST_SPAN = 10
"""Where a slider of whole numbers ends at the earliest: one rep can become ten."""
_FORMS = ("mean", "fixed")
"""What a rate, a lag or a deal is meant by, where its path alone is named."""
_WHERE = "--vary"


class Slider(NamedTuple):
    """A number of a scenario that can be moved. All its numbers are in its unit."""

    path: str
    """As ``--set`` takes it."""
    label: str
    unit: str
    """What follows the number in a value: ``%`` of a rate, ``d`` of days; empty for a plain number."""
    value: Decimal
    """The scenario's own."""
    low: Decimal
    high: Decimal
    step: Decimal

    def change(self, number: Decimal) -> str:
        """Return a number as ``--set`` takes it.

        Examples
        --------
        >>> from simcore.scenario_files.scenario_file import load_scenario
        >>> sliders_of(load_scenario("trust-the-process"))[1].change(Decimal("2.50"))
        'funnel.meetings.rate=2.5%'
        """
        return f"{self.path}={plain(number)}{self.unit}"


class _Found(NamedTuple):
    """A number of a scenario, as it is."""

    path: str
    value: Any
    """int, float or Duration."""
    bounds: Bounds | None
    is_share: bool


def plain(number: Decimal) -> str:
    """Return a number without an exponent and without zeros that say nothing.

    Examples
    --------
    >>> plain(Decimal("2.50")), plain(Decimal("1E+3")), plain(Decimal("0"))
    ('2.5', '1000', '0')
    """
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def sliders_of(scenario: Scenario) -> list[Slider]:
    """Return the sliders that a scenario suggests: calls, rates, the value of a deal, reps, the quota.

    Of a long funnel the first steps are taken; where there are few numbers, the weeks are one more. What is not known
    exactly has none: a number in its place would be another scenario.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> for slider in sliders_of(load_scenario("trust-the-process")):
    ...     print(slider.path, plain(slider.low), plain(slider.value), plain(slider.high) + slider.unit)
    plan.calls_per_week 160 500 1500
    funnel.meetings.rate 0.6 2 6%
    funnel.opportunities.rate 6 20 60%
    funnel.wins.rate 16 50 100%
    deal.fixed 3000 10000 30000
    team.reps 3 10 30
    """
    rates = [f"funnel.{stage.stage}.rate" for stage in scenario.funnel if stage.rate is not None]
    rates = [path for path in rates if path not in scenario.unsure]
    deals = ["deal"] if isinstance(scenario.deal, FixedDeal | SpreadDeal) and scenario.deal.unsure is None else []
    called = ["plan.calls_per_week"] if scenario.plan.calls_per_week > 0 else []
    seats = ["team.reps"] if scenario.team.people is None else []
    others = [*called, *deals, *seats]
    steps = rates[: MOST - len(others)]
    chosen = [*called, *steps, *deals, *seats]
    if scenario.quota is not None and scenario.quota.amounts is None and len(chosen) < MOST:
        chosen.append("quota.amount")
    if len(chosen) < FEWEST:
        chosen.append("horizon.weeks")
    return [slider_at(scenario, path) for path in chosen]


def named_sliders(scenario: Scenario, named: Sequence[tuple[str, Range | None]]) -> list[Slider]:
    """Return sliders for paths, each with the ends that are named, if any.

    Raises
    ------
    UsageError
        If a path leads to no number of the scenario, stands twice, or there are too many.
    """
    if len(named) > MOST:
        raise _refused("too many sliders", value=str(len(named)), allowed=f"up to {MOST}")
    found = [slider_at(scenario, path, ends) for path, ends in named]
    paths = [each.path for each in found]
    for path in paths:
        if paths.count(path) > 1:
            raise _refused("is named twice", path)
    return found


def slider_at(scenario: Scenario, path: str, ends: Range | None = None) -> Slider:
    """Return the slider of a path.

    Parameters
    ----------
    ends
        Where it begins and ends, in the unit of the value or as a plain number; if not given, they are chosen.

    Raises
    ------
    UsageError
        If the path leads to no number of the scenario, or the ends are not what the format allows.
    """
    found = _find(scenario, path)
    if path.partition(".")[0] == "run":
        raise _refused("is no slider", path, hint="all settings are answered in the same worlds")
    unit, value = _in_unit(found)
    scale = Decimal(100) if unit == "%" else Decimal(1)
    whole = isinstance(found.value, int)
    if ends is None:
        low, high = _ends(value, found.bounds, scale, whole=whole)
        step = _step(high - low, whole=whole)
        # On the grid of the steps, where most numbers that people write stand, too.
        low = max(step, low // step * step) if value > 0 else low
        slider = Slider(found.path, _label(scenario, found.path), unit, value, low, high, step)
        return slider._replace(low=_reached(scenario, slider, low), high=_reached(scenario, slider, high))
    low, high = _named_ends(found, ends, unit, scale)
    step = _step(high - low, whole=whole)
    return Slider(found.path, _label(scenario, found.path), unit, value, low, high, step)


def _reached(scenario: Scenario, slider: Slider, end: Decimal) -> Decimal:
    """Return an end of a slider, or the last step before it that the rest of the scenario allows.

    A rate that differs between reps cannot be 1, nor a team be smaller than the number of its new reps.
    """

    def allowed(number: Decimal) -> bool:
        try:
            load_scenario(scenario, [slider.change(number)])
        except ScenarioError:
            return False
        return True

    if allowed(end):
        return end
    step = slider.step if end > slider.value else -slider.step
    near, far = 0, int((end - slider.value) / step) + 1
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if allowed(slider.value + middle * step) else (near, middle)
    return slider.value + near * step


def _named_ends(found: _Found, ends: Range, unit: str, scale: Decimal) -> tuple[Decimal, Decimal]:
    """Return the ends that are named, in the unit of the slider; refuse those that the format does not allow."""
    if ends.unit != (unit if isinstance(found.value, Duration) else ""):
        allowed = f"{unit}, as in the scenario" if isinstance(found.value, Duration) else "numbers without a unit"
        raise _refused("is in another unit", found.path, value=str(ends.value(ends.low)), allowed=allowed)
    for end in (ends.low, ends.high):
        if found.bounds is not None and end not in found.bounds:
            raise _refused("is out of range", found.path, value=f"{end:.15g}", allowed=str(found.bounds))
    return _exact(ends.low) * scale, _exact(ends.high) * scale


def _find(scenario: Scenario, path: str) -> _Found:
    """Return the number at a path; a rate, lag or deal is its mean, or its fixed value."""
    here: Any = scenario
    owner: Part | None = None
    words = path.split(".")
    for place, word in enumerate(words):
        owner, here = (here if isinstance(here, Part) else owner), _below(here, word, ".".join(words[:place]))
        if here is None:
            break
    if isinstance(here, Part):
        form = next((name for name in _FORMS if name in type(here).model_fields), None)
        if form is not None and words[-1] in ("rate", "lag", "lost_lag", "deal"):
            # A number set on a rate is its mean; a lag or a deal would lose what else it has.
            words += [] if isinstance(here, Rate) else [form]
            owner, here, last = here, getattr(here, form), form
        else:
            last = ""
    else:
        last = words[-1]
    if owner is None or isinstance(here, bool) or not isinstance(here, int | float | Duration):
        likely = likely_paths(path, known_paths(scenario.resolved()))
        hint = f"did you mean {' or '.join(likely)}?" if likely else None
        raise _refused("has no number in this scenario", path, hint=hint)
    if isinstance(here, Unsure) or (isinstance(owner, Rate) and owner.law is not None and last in ("", "mean")):
        raise _refused("is not known exactly, and has no number to begin with", path, hint=f"try --set {path}=NUMBER")
    field = type(owner).model_fields.get(last)
    bounds = None if field is None else _bounds_of(field.metadata, field.annotation)
    is_share = bounds is not None and bounds.low == 0 and bounds.high == 1
    return _Found(".".join(words), here, bounds, is_share)


def _bounds_of(metadata: Sequence[object], annotation: object) -> Bounds | None:
    """Return the range of a number; that of one that may be left out stands with its type."""
    forms = [metadata, *(getattr(each, "__metadata__", ()) for each in typing.get_args(annotation))]
    return next((each for form in forms for each in form if isinstance(each, Bounds)), None)


def _below(here: object, word: str, at: str) -> Any:  # noqa: ANN401
    """Return what a word of a path leads to; ``None`` if there is nothing."""
    if isinstance(here, Part):
        return getattr(here, word) if word in type(here).model_fields else None
    if isinstance(here, dict):
        return here.get(word)
    if isinstance(here, tuple):
        if at == "funnel":
            return next((stage for stage in here if stage.stage == word), None)
        place = int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0
        return here[place - 1] if 1 <= place <= len(here) else None
    return None


def _in_unit(found: _Found) -> tuple[str, Decimal]:
    """Return the unit of a number and the number in it: shares are moved in per cent."""
    if isinstance(found.value, Duration):
        return found.value.unit, _exact(found.value.amount)
    value = _exact(found.value)
    return ("%", value * 100) if found.is_share else ("", value)


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))


def _ends(value: Decimal, bounds: Bounds | None, scale: Decimal, *, whole: bool) -> tuple[Decimal, Decimal]:
    """Return the ends of a slider around a value, each a number that is easily read."""
    most = Decimal("inf") if bounds is None or math.isinf(bounds.high) else _exact(bounds.high) * scale
    least = Decimal(0) if bounds is None else _exact(bounds.low) * scale
    size = abs(value) or (Decimal(10) if whole else scale)
    low = Decimal(0) if value <= 0 else _round(size / TIMES, ROUND_FLOOR, whole=whole)
    high = _round(size * TIMES, ROUND_CEILING, whole=whole)
    high = min(most, max(high, Decimal(LEAST_SPAN)) if whole else high)
    # A bound that is itself not allowed, as a rate of 0, is never reached: `low` is above it where the value is.
    return max(low, least), max(high, value)


def _round(number: Decimal, how: str, *, whole: bool) -> Decimal:
    """Return a number to two digits, a whole one to a whole number."""
    last = number.adjusted() - 1
    rounded = number.quantize(Decimal(1).scaleb(max(last, 0) if whole else last), rounding=how)
    return rounded.normalize() + 0


def _step(span: Decimal, *, whole: bool) -> Decimal:
    """Return a step of 1, 2 or 5 times a power of ten, of which about `STEPS` lead from one end to the other."""
    rough = span / STEPS
    if whole and rough <= 1:
        return Decimal(1)
    size = Decimal(1).scaleb(rough.adjusted())
    return next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)


_LABELS = {
    "plan.calls_per_week": "calls per week",
    "team.reps": "reps",
    "horizon.weeks": "weeks",
    "deal.fixed": "value of a deal",
    "deal.mean": "mean value of a deal",
}


def _label(scenario: Scenario, path: str) -> str:
    """Return what a slider is called, in words where there are some."""
    words = path.split(".")
    if words[0] == "deal" and words[-1] in _FORMS:
        return f"{_LABELS[path]}, {printable(scenario.deal.currency)}"
    if path == "quota.amount" and scenario.quota is not None:
        return f"quota of a {scenario.quota.per}, {printable(scenario.deal.currency)}"
    if words[0] == "funnel" and words[2:] in (["rate"], ["rate", "mean"]):
        names = [stage.stage for stage in scenario.funnel]
        before = names[names.index(words[1]) - 1]
        return f"{printable(words[1])} per 100 {printable(before)}"
    return _LABELS.get(path, printable(path))


def _refused(
    message: str, path: str = "", *, value: str | None = None, allowed: str | None = None, hint: str | None = None
) -> UsageError:
    return UsageError((Problem(message, brief(path), _WHERE, value=value, allowed=allowed, hint=hint),))
