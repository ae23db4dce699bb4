"""Breakeven: where two strategies tie along one path of the scenario, with an interval for the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from simcore.analytic.run_cost import Bill, bill_of_runs
from simcore.base.errors import Problem, ScenarioError
from simcore.base.spelling import written
from simcore.base.text import brief
from simcore.engine.playable import with_run_overrides
from simcore.engine.runner import Report, Stop, StoppedError
from simcore.results.header import header_of
from simcore.scenario.digest import joint_digest
from simcore.scenario.metric import BREAKEVEN, P_ZERO, SD, YEARLY_REVENUE, Metric, parse_metric
from simcore.scenario.model import with_strategy
from simcore.scenario_files.vary import Range, Value, check_strategies, grid, is_whole, parse_range, set_values
from simcore.statistics.intervals import LEAST_REPLICATIONS
from simcore.statistics.metrics import check_scenarios
from simcore.statistics.paired_difference import GroupedSums, difference_of, paired_replicates
from simcore.statistics.sign_change import SCAN, Crossing, KnownDifference, Search
from simcore.studies.sweep.document import Breakeven, BreakevenRoot, Evaluation, NotToldApart, TiedRange
from simcore.studies.sweep.study import CHUNK, Cell, SweepRuns

if TYPE_CHECKING:
    from simcore.results.header import Header
    from simcore.scenario.model import Scenario

EXPECTED = SCAN + 25
"""Values that a search looks at, about: for its progress, and for what it may cost."""

_LAST_BITS = 1e-9
"""So small a part of the range is what arithmetic left of a zero."""
WEEKS = Metric(SD, "week")
"""Asked for beside the metric: its sums tell whether two strategies do the same in every world."""

_Told = tuple[Literal["crosses", "ahead", "partly", "unclear", "same"], str | None]


@dataclass(frozen=True)
class BreakevenRequest:
    """The question of `breakeven`, with its arguments."""

    scenario: Scenario
    vary: Mapping[str, tuple[Value, Value]]
    strategies: Sequence[str] = ()
    metric: str = "revenue"
    replications: int | None = None
    seed: int | None = None

    def cost(self, threads: int) -> Bill:
        """Return what a search costs, which looks at about `EXPECTED` values."""
        asked = with_run_overrides(self.scenario, self.replications, None)
        ends = [set_values(asked, {path: end}) for path, ends in self.vary.items() for end in ends]
        return bill_of_runs(ends, threads, times=EXPECTED)

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Breakeven:
        """Return the answer; see `breakeven`."""
        return breakeven(
            self.scenario,
            self.vary,
            strategies=self.strategies,
            metric=self.metric,
            replications=self.replications,
            seed=self.seed,
            threads=threads,
            progress=progress,
            stop=stop,
        )


def breakeven(
    scenario: Scenario,
    vary: Mapping[str, tuple[Value, Value]],
    *,
    strategies: Sequence[str] = (),
    metric: str = "revenue",
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
        What ties: ``revenue`` (per rep-year), ``p_quota`` (the chance of quota), ``p_zero:week``, or a spread such as
        ``sd:week``, see `simcore.scenario.metric`; of the last two the smaller one is ahead. A quantile is refused.
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
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> breakeven(load_scenario("trust-the-process"), {"team.reps": (5, 10)}, replications=100)
    Traceback (most recent call last):
    simcore.ScenarioError: strategies: name the two strategies to be compared; allowed: process
    """
    path, values = _range_of(vary)
    names = two_strategies(scenario, strategies)
    check_strategies(scenario, names)
    asked = with_run_overrides(scenario, replications, seed)
    if asked.run.replications < 2:
        raise ScenarioError((Problem("an interval needs two replications or more", "run.replications", value="1"),))
    ends = list(chain.from_iterable(grid(asked, {path: [values.value(values.low), values.value(values.high)]}, names)))
    tied = BREAKEVEN.metric_of(metric)
    check_scenarios(tied, ends)
    metrics = list(dict.fromkeys((tied, YEARLY_REVENUE, WEEKS)))
    worlds = SweepRuns(asked, threads=threads, progress=progress, stop=stop, total=2 * EXPECTED)

    def differences(at: Sequence[float]) -> list[KnownDifference]:
        found: list[KnownDifference] = []
        for first in range(0, len(at), CHUNK // 2):
            changed = [set_values(asked, {path: values.value(each)}) for each in at[first : first + CHUNK // 2]]
            cells = worlds.run([with_strategy(each, name) for each in changed for name in names], metrics)
            pairs = zip(cells[::2], cells[1::2], strict=True)
            found += [_looked(second, baseline, tied) for baseline, second in pairs]
        return found

    search = Search(differences, values.low, values.high, whole=is_whole(asked, path, values.value(values.low)))
    try:
        search.run()
        interrupted = False
    except StoppedError:
        interrupted = True
    header = header_of(
        asked,
        strategies=names,
        digest=joint_digest(ends),
        replications=asked.run.replications,
        interrupted=interrupted,
        seconds=worlds.seconds,
    )
    return _document(search, values, header, path, tied)


def _looked(second: Cell, baseline: Cell, metric: Metric) -> KnownDifference:
    """Return what is known of the difference at a value."""
    one, other = _sums(second, metric), _sums(baseline, metric)
    pairs = [(_sums(second, each), _sums(baseline, each)) for each in (YEARLY_REVENUE, WEEKS)]
    # Revenue and squared revenue of the weeks, in every group of worlds, to the cent.
    same = all(
        np.array_equal(mine, its)
        for left, right in pairs
        for mine, its in zip(left.columns, right.columns, strict=True)
    )
    return KnownDifference(difference_of(one, other), paired_replicates(one, other).deviations, same)


def _sums(cell: Cell, metric: Metric) -> GroupedSums:
    found = cell[metric]
    if not isinstance(found, GroupedSums):
        raise TypeError(f"{metric} is no function of sums")
    return found


def _document(search: Search, values: Range, header: Header, path: str, metric: Metric) -> Breakeven:
    """Return the document of a search."""
    names, interrupted = header["scenario"].strategies, header["interrupted"]
    good = metric.better
    leader = {0: None, good: names[1], -good: names[0]}
    verdict, ahead = (None, None) if interrupted else verdict_of(search, names, good)
    found = Breakeven(
        **header,
        path=path,
        metric=str(metric),
        low=values.low,
        high=values.high,
        unit=cast('Literal["", "h", "d", "w"]', values.unit),
        whole=search.whole,
        at_low=search.known.get(values.low),
        at_high=search.known.get(values.high),
        roots=[_root(crossing, names, good) for crossing in search.crossings],
        not_told_apart=[
            NotToldApart(low=gap.low, high=gap.high, ahead_below=leader[gap.below], ahead_above=leader[gap.above])
            for gap in search.gaps
        ],
        exactly_tied=[TiedRange(low=tie.low, high=tie.high) for tie in search.ties],
        verdict=verdict,
        ahead=ahead,
        evaluations=[
            Evaluation(
                value=value,
                difference=difference,
                scan=value in search.scanned,
                judged=value in search.judged,
                ahead=leader[search.sign(value)],
            )
            for value, difference in sorted(search.known.items())
        ],
        sentence="",
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
    if [(tie.low, tie.high) for tie in search.ties] == [(search.scanned[0], search.scanned[-1])]:
        return "same", None
    if search.crossings:
        return "crosses", None
    signs = [search.sign(value) for value in search.judged]
    if not any(signs):
        return "unclear", None
    return ("ahead" if all(signs) else "partly"), names[1 if max(signs, key=abs) == good else 0]


def sentence_of(found: Breakeven) -> str:
    """Return the answer in plain words; it says no more than the figures do."""
    first, second = (brief(name) for name in found.strategies)
    path = brief(found.path)
    over = f"{path} from {shown_value(found, found.low)} to {shown_value(found, found.high)}"
    judged = [each for each in found.evaluations if each.judged]
    clear = sum(each.ahead is not None for each in judged)
    ahead, _ = words_of(parse_metric(found.metric))
    worlds = f"with {found.replications:,} replications"
    leader = brief(found.ahead or "")
    if found.interrupted:
        looked = f"{len(found.evaluations)} values looked at"
        return f"Interrupted after {looked} over {over}: what was found until then is not the whole answer."
    if found.verdict == "same":
        return (
            f"{first} and {second} do exactly the same at all {len(judged)} values looked at, {over}: "
            "their worlds are equal to the cent."
        )
    if found.replications < LEAST_REPLICATIONS:
        return (
            f"{found.replications} replications are too few to tell {first} and {second} apart anywhere; "
            f"{LEAST_REPLICATIONS} are the fewest."
        )
    if found.verdict == "unclear":
        text = (
            f"{first} and {second} are not told apart at any of {len(judged)} values looked at, {over}, {worlds}: "
            "no crossing is shown, and if there is one it may lie anywhere there."
        )
    elif found.verdict == "ahead":
        text = f"{leader} is {ahead} over the whole range, {over}: at all {len(judged)} values looked at."
    elif found.verdict == "partly":
        text = f"{leader} is {ahead} at {clear} of {len(judged)} values looked at, {over}; no crossing is shown."
    else:
        text = (
            f"{first} and {second} tie at {path} = "
            + "; and at ".join(_root_in_words(found, root) for root in found.roots)
            + "."
        )
    return text + _unclear_in_words(found, worlds) + _ties_in_words(found)


def _unclear_in_words(found: Breakeven, worlds: str) -> str:
    """Return where nobody is clear, beside the intervals of the roots."""
    if found.verdict == "unclear" or not found.not_told_apart:
        return ""
    places = [
        f"between {shown_value(found, gap.low)} and {shown_value(found, gap.high)}" for gap in found.not_told_apart
    ]
    text = f" They are not told apart {' and '.join(places)}, {worlds}"
    return text + (": if there is a crossing, it lies there." if found.verdict == "partly" else ".")


def _ties_in_words(found: Breakeven) -> str:
    """Return where the two do exactly the same in every world."""
    text = ""
    for tie in found.exactly_tied:
        low, high = shown_value(found, tie.low), shown_value(found, tie.high)
        where = f"at {low}" if low == high else f"at every value looked at from {low} to {high}"
        text += f" They do exactly the same {where}: their worlds are equal to the cent."
    return text


def words_of(metric: Metric) -> tuple[str, str]:
    """Return the words for a strategy whose figure is better, and for one whose figure is worse.

    Examples
    --------
    >>> words_of(parse_metric("revenue")), words_of(parse_metric("sd:week"))
    (('ahead', 'behind'), ('steadier', 'less steady'))
    """
    if metric.is_spread:
        return "steadier", "less steady"
    return ("dry less often", "dry more often") if metric.name == P_ZERO else ("ahead", "behind")


def shown_value(found: Breakeven, value: float) -> str:
    """Return a value of the path with its unit, to four digits or to the unit, without an exponent.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> lag = SimpleNamespace(unit="d", whole=False, low=0.0, high=20_000.0)
    >>> shown_value(lag, 25.12345), shown_value(lag, 10_625.0), shown_value(lag, -4.3e-15)
    ('25.12d', '10,625d', '0d')
    """
    if abs(value) < _LAST_BITS * (found.high - found.low):
        value = 0.0
    if found.whole or abs(value) >= 1000:
        return f"{round(value):,}{found.unit}"
    return f"{written(float(f'{value:.4g}'))}{found.unit}"


def _root_in_words(found: Breakeven, root: BreakevenRoot) -> str:
    """Return a root with its interval and who is ahead on either side."""
    low, high = shown_value(found, root.low), shown_value(found, root.high)
    below, above = brief(root.ahead_below), brief(root.ahead_above)
    ahead, _ = words_of(parse_metric(found.metric))
    return f"{shown_value(found, root.value)} (95 % interval {low} to {high}): {below} is {ahead} below, {above} above"


def _root(crossing: Crossing, names: Sequence[str], good: int) -> BreakevenRoot:
    below, above = (names[1], names[0]) if crossing.before == good else (names[0], names[1])
    return BreakevenRoot(
        value=crossing.value, low=crossing.low, high=crossing.high, ahead_below=below, ahead_above=above
    )


def _range_of(vary: Mapping[str, tuple[Value, Value]]) -> tuple[str, Range]:
    if len(vary) != 1:
        raise ScenarioError((Problem("a breakeven is along one path", value=brief(", ".join(vary)) or "none"),))
    ((path, ends),) = vary.items()
    if len(ends) != 2:
        raise ValueError(f"{brief(path)}: a range has a low and a high end, got {len(ends)} values")
    return parse_range(f"{path}={ends[0]}:{ends[1]}")
