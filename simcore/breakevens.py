"""Breakeven: where two strategies tie along one path of the scenario, with an interval for the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, cast

from simcore.contrast import REVENUE, Metric, better, difference_of, period_of, sign_of
from simcore.crossings import SCAN, Crossing, Search
from simcore.errors import Problem, ScenarioError
from simcore.scenario import with_strategy
from simcore.sweep_document import Breakeven, BreakevenRoot, Evaluation, TiedRange
from simcore.sweeps import CHUNK, Report, StoppedError, Worlds, check_metric, identity_of
from simcore.text import brief
from simcore.vary import Range, Value, as_asked, grid, is_whole, parse_range, set_values
from simcore.version import __version__

if TYPE_CHECKING:
    from simcore.scenario import Scenario
    from simcore.summary import Estimate

EXPECTED = SCAN + 20
"""Values that a search looks at, about: for its progress, and for what it may cost."""

_Told = tuple[Literal["crosses", "ahead", "mostly", "tied"], str | None]


def breakeven(
    scenario: Scenario,
    vary: Mapping[str, tuple[Value, Value]],
    *,
    strategies: Sequence[str] = (),
    metric: Metric = REVENUE,
    replications: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Breakeven:
    """Find where two strategies tie along one path, all in the same worlds.

    Parameters
    ----------
    scenario
        From `simcore.load_scenario`.
    vary
        One path with the low and the high end of its range: numbers, or durations such as ``"10d"``.
    strategies
        Names of two of its strategies; default those of a scenario that has two. Differences are the second minus
        the first.
    metric
        What ties: ``revenue`` (per rep-year), ``p_quota`` (the chance of quota), or a spread such as ``sd:week``, see
        `simcore.contrast.Metric`; of spreads the smaller one is ahead.
    replications, seed
        Override what the scenario says; they hold for all values.
    threads, progress, stop
        As for `simcore.simulate`. A stopped search keeps what it found.

    Raises
    ------
    ScenarioError
        If the path or a strategy is unknown, an end out of range, or there are no errors to be had.
    ValueError
        If the range is not one.

    Examples
    --------
    >>> from simcore import breakeven
    >>> from simcore.scenario_file import load_scenario
    >>> breakeven(load_scenario("trust-the-process"), {"team.reps": (5, 10)}, replications=100)
    Traceback (most recent call last):
    simcore.errors.ScenarioError: strategies: name the two strategies to be compared; allowed: process
    """
    path, values = _range_of(vary)
    names = two_strategies(scenario, strategies)
    asked = as_asked(scenario, names, replications, seed)
    if asked.run.replications < 2:
        raise ScenarioError((Problem("an interval needs two replications or more", "run.replications", value="1"),))
    ends = list(chain.from_iterable(grid(asked, {path: [values.value(values.low), values.value(values.high)]}, names)))
    check_metric(metric, ends)
    metric = metric.strip()
    worlds = Worlds(asked, threads=threads, progress=progress, stop=stop, total=2 * EXPECTED)

    def differences(at: Sequence[float]) -> list[Estimate]:
        found: list[Estimate] = []
        for first in range(0, len(at), CHUNK // 2):
            changed = [set_values(asked, {path: values.value(each)}) for each in at[first : first + CHUNK // 2]]
            cells = worlds.run([with_strategy(each, name) for each in changed for name in names], [metric])
            pairs = zip(cells[::2], cells[1::2], strict=True)
            found += [difference_of(second[metric], baseline[metric]) for baseline, second in pairs]
        return found

    search = Search(differences, values.low, values.high, whole=is_whole(asked, path, values.value(values.low)))
    try:
        search.run()
        interrupted = False
    except StoppedError:
        interrupted = True
    about = {
        "version": __version__,
        "scenario": identity_of(asked, ends),
        "path": path,
        "metric": metric,
        "strategies": names,
        "interrupted": interrupted,
        "seconds": worlds.seconds,
    }
    return _document(search, values, about)


def _document(search: Search, values: Range, about: Mapping[str, Any]) -> Breakeven:
    """Return the document of a search; ``about`` holds what does not come from the search itself."""
    names, interrupted = about["strategies"], about["interrupted"]
    good = better(about["metric"])
    verdict, ahead = (None, None) if interrupted else verdict_of(search, names, good)
    found = Breakeven(
        low=values.low,
        high=values.high,
        unit=cast('Literal["", "h", "d", "w"]', values.unit),
        whole=search.whole,
        at_low=search.known.get(values.low),
        at_high=search.known.get(values.high),
        roots=[_root(crossing, names, good) for crossing in search.crossings],
        exactly_tied=[TiedRange(low=tie.low, high=tie.high) for tie in search.ties],
        verdict=verdict,
        ahead=ahead,
        evaluations=[
            Evaluation(value=value, difference=difference, scan=value in search.scanned)
            for value, difference in sorted(search.known.items())
        ],
        sentence="",
        **about,
    )
    return found.model_copy(update={"sentence": sentence_of(found)})


def two_strategies(scenario: Scenario, given: Sequence[str]) -> list[str]:
    """Return the names of the two strategies to be compared, by default those of a scenario that has just two.

    Raises
    ------
    ScenarioError
        If there are not two.
    """
    names = list(given) or list(scenario.strategies)
    if len(names) != 2:
        allowed = brief(", ".join(scenario.strategies), 200)
        raise ScenarioError((Problem("name the two strategies to be compared", "strategies", allowed=allowed),))
    return names


def verdict_of(search: Search, names: Sequence[str], good: int = 1) -> _Told:
    """Return what a finished search found, and who is ahead where that is one strategy alone.

    ``good`` is the sign of a difference with which the second strategy is ahead.
    """
    signs = [sign_of(difference) for difference in search.known.values()]
    if not any(signs):
        return "tied", None
    if search.crossings:
        return "crosses", None
    return ("ahead" if all(signs) else "mostly"), names[1 if max(signs, key=abs) == good else 0]


def sentence_of(found: Breakeven) -> str:
    """Return the answer in plain words; it says no more than the figures do."""
    first, second = (brief(name) for name in found.strategies)
    path = brief(found.path)
    over = f"{path} from {shown_value(found, found.low)} to {shown_value(found, found.high)}"
    looked = f"{len(found.evaluations)} values looked at"
    clear = sum(sign_of(each.difference) != 0 for each in found.evaluations)
    ahead, behind = words_of(found.metric)
    if found.interrupted:
        text = f"Interrupted after {looked} over {over}: what was found until then is not the whole answer."
    elif found.verdict == "tied":
        text = (
            f"{first} and {second} are tied throughout {over}: "
            f"they differ by more than 1.96 standard errors at none of {looked}."
        )
    elif found.verdict == "ahead":
        text = f"{brief(found.ahead or '')} is {ahead} over the whole range, {over}."
    elif found.verdict == "mostly":
        text = (
            f"{brief(found.ahead or '')} is {ahead} or tied over the whole range, {over}: {ahead} at {clear} of "
            f"{looked}, and {behind} at none."
        )
    else:
        text = (
            f"{first} and {second} tie at {path} = "
            + "; and at ".join(_told(found, root) for root in found.roots)
            + "."
        )
    for tie in found.exactly_tied if found.verdict != "tied" else []:
        low, high = shown_value(found, tie.low), shown_value(found, tie.high)
        text += (
            f" They are exactly the same at {low}."
            if low == high
            else f" They are exactly the same from {low} to {high}."
        )
    return text


def words_of(metric: Metric) -> tuple[str, str]:
    """Return the words for a strategy whose figure is better, and for one whose figure is worse.

    Examples
    --------
    >>> words_of("revenue"), words_of("sd:week")
    (('ahead', 'behind'), ('steadier', 'less steady'))
    """
    return ("ahead", "behind") if period_of(metric) is None else ("steadier", "less steady")


def shown_value(found: Breakeven, value: float) -> str:
    """Return a value of the path with its unit, to four digits of the range.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> shown_value(SimpleNamespace(low=10.0, high=40.0, unit="d", whole=False), 25.12345)
    '25.12d'
    """
    if found.whole:
        return f"{round(value):,}{found.unit}"
    return f"{value:.4g}{found.unit}"


def _told(found: Breakeven, root: BreakevenRoot) -> str:
    """Return a root with its interval and who is ahead on either side."""
    low, high = shown_value(found, root.low), shown_value(found, root.high)
    if root.open_low and root.open_high:
        interval = "the 95 % interval reaches to both ends of the range"
    elif root.open_low:
        interval = f"95 % interval up to {high}, down to the low end of the range"
    elif root.open_high:
        interval = f"95 % interval from {low}, up to the high end of the range"
    else:
        interval = f"95 % interval {low} to {high}"
    below, above = brief(root.ahead_below), brief(root.ahead_above)
    ahead, _ = words_of(found.metric)
    return f"{shown_value(found, root.value)} ({interval}): {below} is {ahead} below, {above} above"


def _root(crossing: Crossing, names: Sequence[str], good: int) -> BreakevenRoot:
    below, above = (names[1], names[0]) if crossing.before == good else (names[0], names[1])
    return BreakevenRoot(
        value=crossing.value,
        low=crossing.low,
        high=crossing.high,
        open_low=crossing.open_low,
        open_high=crossing.open_high,
        ahead_below=below,
        ahead_above=above,
    )


def _range_of(vary: Mapping[str, tuple[Value, Value]]) -> tuple[str, Range]:
    if len(vary) != 1:
        raise ScenarioError((Problem("a breakeven is along one path", value=brief(", ".join(vary)) or "none"),))
    ((path, ends),) = vary.items()
    if len(ends) != 2:
        raise ValueError(f"{brief(path)}: a range has a low and a high end, got {len(ends)} values")
    return parse_range(f"{path}={ends[0]}:{ends[1]}")
