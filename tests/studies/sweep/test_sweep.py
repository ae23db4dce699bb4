"""Sweeps: every point in the same worlds, a few programs at a time, and what is done is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from simcore.base.errors import FileError, ScenarioError
from simcore.engine.simulation import simulate
from simcore.results_folders.manifest import SWEEP, read_manifest
from simcore.results_folders.results_folder import ResultsFolder, read_rep_weeks, verify
from simcore.scenario.model import Scenario, validate
from simcore.scenario_files.scenario_file import load_scenario
from simcore.studies.sweep import study as sweeps
from simcore.studies.sweep.breakeven import breakeven
from simcore.studies.sweep.document import Sweep, SweepFigure, sweep_table
from simcore.studies.sweep.study import CHUNK, plan_sweep, run_sweep, sweep
from tests.support.paired_worlds import two, worlds
from tests.support.scenario_cases import scenario

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

    from simcore.engine.runner import Progress

RunPaired = Callable[..., "SimpleNamespace"]
REPS = "team.reps"
RATE = "funnel.wins.rate"
CALLS = "plan.calls_per_week"


def lead(of: Scenario) -> float:
    """Return a lead of pressure that changes its sign at three reps."""
    return 100.0 * (3 - of.team.reps)


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[RunPaired], None]:
    return lambda run_paired: monkeypatch.setattr(sweeps, "run_paired", run_paired)


def figures(found: Sweep, strategy: str, metric: str = "revenue") -> list[SweepFigure]:
    return [
        each for point in found.points for each in point.figures if (each.strategy, each.metric) == (strategy, metric)
    ]


def test_every_point_has_figures_and_paired_differences(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    found = sweep(two(), {REPS: [1, 3, 5]}, strategies=["process", "pressure", "patience"])
    assert [point.values for point in found.points] == [[1], [3], [5]]
    assert found.strategies == ["process", "pressure", "patience"]
    assert all(each.difference is None and each.verdict is None for each in figures(found, "process"))
    for each, expected in zip(figures(found, "pressure"), (200.0, 0.0, -200.0), strict=True):
        assert each.difference is not None
        assert each.difference.estimate == pytest.approx(expected, abs=5 * 50 / 16)
        assert each.difference.se == pytest.approx(50 / 16, rel=0.2)
        assert each.figure.se == pytest.approx(1000 / 16, rel=0.2)
    assert [each.verdict for each in figures(found, "pressure")] == ["ahead", "tied", "behind"]
    assert [each.verdict for each in figures(found, "pressure", "p_quota")] == ["ahead", "tied", "behind"]
    for each in figures(found, "patience"):
        assert each.difference is not None
        assert (each.difference.estimate, each.verdict) == (0.0, "tied")


def test_the_baseline_is_the_first_strategy(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    found = sweep(two(), {REPS: [1]}, strategies=["pressure", "process"])
    assert [each.verdict for each in figures(found, "process")] == ["behind"]


def test_without_names_the_strategy_of_the_scenario_is_run(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    found = sweep(two(run={"strategy": "pressure", "replications": 10}), {REPS: [1, 2]})
    assert found.strategies == ["pressure"]
    assert [each.difference for each in figures(found, "pressure")] == [None, None]


@pytest.mark.parametrize(("strategies", "sizes"), [(1, [16, 4]), (2, [16, 16, 8]), (3, [15, 15, 15, 15])])
def test_a_few_programs_are_run_at_a_time_in_the_same_worlds(
    pretend: Callable[[RunPaired], None], strategies: int, sizes: list[int]
) -> None:
    calls: list[dict[str, Any]] = []
    play = worlds(lead)

    def noted(scenarios: list[Scenario], **call: Any) -> SimpleNamespace:  # noqa: ANN401 - arguments of what is called
        calls.append({"number": len(scenarios), **call})
        return play(scenarios, **call)

    pretend(noted)
    names = ["process", "pressure", "patience"][:strategies]
    found = sweep(two(), {CALLS: list(range(1, 21))}, strategies=names, replications=50, seed=8, threads=2)
    assert [call["number"] for call in calls] == sizes
    assert max(sizes) <= CHUNK
    assert {(call["replications"], call["seed"], call["threads"]) for call in calls} == {(50, 8, 2)}
    assert (found.replications, found.scenario.seed) == (50, 8)
    assert len(found.points) == 20


def test_progress_goes_to_the_end_of_all_runs(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    told: list[Progress] = []
    sweep(two(), {CALLS: list(range(1, 11))}, strategies=["process", "pressure"], progress=told.append)
    done = [each.done for each in told]
    assert done == sorted(done)
    assert {each.total for each in told} == {20 * 256}
    assert done[-1] == 20 * 256


def test_a_stopped_sweep_keeps_the_points_that_are_done(pretend: Callable[[RunPaired], None]) -> None:
    play = worlds(lead)
    asked = 0

    def run_paired(scenarios: list[Scenario], **call: Any) -> SimpleNamespace:  # noqa: ANN401 - arguments of what is called
        nonlocal asked
        asked += 1
        # The second chunk is stopped in between: it returns fewer replications.
        return play(scenarios, **(call | ({"replications": 100} if asked == 2 else {})))

    pretend(run_paired)
    found = sweep(two(), {CALLS: list(range(1, 31))})
    assert [point.values for point in found.points] == [[calls] for calls in range(1, 17)]
    assert found.interrupted
    assert asked == 2
    pretend(play)
    found = sweep(two(), {CALLS: list(range(1, 31))}, stop=lambda: True)
    assert len(found.points) == 16


def test_only_one_team_and_horizon_is_run_at_a_time(pretend: Callable[[RunPaired], None]) -> None:
    calls: list[list[tuple[int, int]]] = []
    play = worlds(lead)

    def noted(scenarios: list[Scenario], **call: Any) -> SimpleNamespace:  # noqa: ANN401 - arguments of what is called
        calls.append([(each.team.reps, each.plan.calls_per_week) for each in scenarios])
        return play(scenarios, **call)

    pretend(noted)
    vary: dict[str, list[float | str]] = {CALLS: [10, 20], REPS: [1, 5]}
    found = sweep(two(), vary)
    assert calls == [[(1, 10), (1, 20)], [(5, 10), (5, 20)]]
    assert [point.values for point in found.points] == [[10, 1], [10, 5], [20, 1], [20, 5]]
    assert [point.point for point in found.points] == [0, 1, 2, 3]
    found = sweep(two(), vary, stop=lambda: len(calls) == 3)
    assert found.interrupted
    assert [(point.point, point.values) for point in found.points] == [(0, [10, 1]), (2, [20, 1])]
    assert sweep_table(found).column("point").to_pylist() == [0, 0, 2, 2]


def test_what_has_no_quota_has_revenue_only(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    assert sweep(two(quota=None), {REPS: [1, 2]}).metrics == ["revenue"]
    assert sweep(two(), {"horizon.weeks": [12, 13]}).metrics == ["revenue"]
    assert sweep(two(), {"horizon.weeks": [13, 14]}).metrics == ["revenue", "p_quota"]
    with pytest.raises(ScenarioError, match="quota: p_quota needs a quota, and the scenario has none"):
        sweep(two(quota=None), {REPS: [1, 2]}, metrics=["p_quota"])


def test_what_is_wrong_is_found_before_anything_runs(pretend: Callable[[RunPaired], None]) -> None:
    def fail(*_: object, **__: object) -> SimpleNamespace:
        raise AssertionError

    pretend(fail)
    with pytest.raises(ScenarioError, match="out of range"):
        sweep(two(), {RATE: [0.5, 1.5]})
    with pytest.raises(ScenarioError, match="did you mean pressure"):
        sweep(two(), {REPS: [1, 2]}, strategies=["presure"])


def test_the_digest_is_that_of_all_runs(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))

    def digest(vary: dict[str, list[float | str]], **call: Any) -> str:  # noqa: ANN401 - arguments of what is called
        return sweep(two(), vary, **call).scenario.digest

    assert digest({REPS: [1, 2]}) == digest({REPS: [1, 2]}, seed=9, replications=10)
    assert digest({REPS: [1, 2]}) != digest({REPS: [1, 3]})
    assert digest({REPS: [1, 2]}) != digest({REPS: [1, 2]}, strategies=["process", "pressure"])


def test_the_table_has_a_row_a_point_strategy_and_metric(pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    vary: dict[str, list[float | str]] = {REPS: [1, 5], "funnel.wins.lag": ["1d", "2w"]}
    found = sweep(two(), vary, strategies=["process", "pressure"])
    table = sweep_table(found)
    rows = table.to_pylist()
    assert len(rows) == 4 * 2 * 2
    assert [(row["point"], row[REPS], row["funnel.wins.lag"]) for row in rows[::4]] == [
        (0, 1.0, "1d"),
        (1, 1.0, "2w"),
        (2, 5.0, "1d"),
        (3, 5.0, "2w"),
    ]
    by_key = {(row["point"], row["strategy"], row["metric"]): row for row in rows}
    for number, point in enumerate(found.points):
        for each in point.figures:
            row = by_key[number, each.strategy, each.metric]
            assert (row["estimate"], row["se"]) == (each.figure.estimate, each.figure.se)
            given = each.difference
            assert (row["difference"], row["difference_se"]) == (given and (given.estimate), given and given.se)
    assert table.schema.metadata[b"simcore.digest"].decode() == found.scenario.digest
    assert table.schema.metadata[b"simcore.baseline"] == b"process"


def folder_of(path: Path, found: Sweep, *, overwrite: bool = False) -> ResultsFolder:
    identity = found.scenario
    return ResultsFolder(
        path, scenario=two(), digest=identity.digest, seed=identity.seed, version=found.version, overwrite=overwrite
    )


def test_a_sweep_is_written_whole(tmp_path: Path, pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    found = run_sweep(plan_sweep(two(), {REPS: [1, 2]}, strategies=["process", "pressure"]))
    with folder_of(tmp_path / "out", found) as folder:
        assert folder.finish_table(SWEEP, found, sweep_table(found), found.replications) == tmp_path / "out"
    names = ["manifest.json", "scenario.yaml", "summary.json", "sweep.parquet"]
    assert sorted(entry.name for entry in (tmp_path / "out").iterdir()) == names
    assert verify(tmp_path / "out") == []
    manifest = read_manifest(tmp_path / "out")
    assert (manifest.complete, manifest.rows, manifest.replications) == (True, 8, 256)
    assert Sweep.model_validate_json((tmp_path / "out" / "summary.json").read_text()) == found
    table = pq.ParquetFile(tmp_path / "out" / "sweep.parquet", page_checksum_verification=True).read()
    assert table == sweep_table(found)
    with pytest.raises(FileError, match="no rep-weeks"):
        read_rep_weeks(tmp_path / "out")
    data = bytearray((tmp_path / "out" / "sweep.parquet").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "out" / "sweep.parquet").write_bytes(data)
    assert verify(tmp_path / "out") != []


def test_an_interrupted_sweep_does_not_replace_a_complete_one(
    tmp_path: Path, pretend: Callable[[RunPaired], None]
) -> None:
    pretend(worlds(lead))
    found = sweep(two(), {REPS: [1, 2]})
    with folder_of(tmp_path / "out", found) as folder:
        folder.finish_table(SWEEP, found, sweep_table(found), found.replications)
    partial = found.model_copy(update={"points": found.points[:1], "interrupted": True})
    with pytest.raises(FileError, match="holds results"):
        folder_of(tmp_path / "out", found)
    with folder_of(tmp_path / "out", partial, overwrite=True) as folder:
        assert (
            folder.finish_table(SWEEP, partial, sweep_table(partial), partial.replications)
            == tmp_path / "out" / "unfinished"
        )
    assert verify(tmp_path / "out") == []
    assert not read_manifest(tmp_path / "out" / "unfinished").complete
    with folder_of(tmp_path / "out", found, overwrite=True) as folder:
        assert folder.finish_table(SWEEP, found, sweep_table(found), found.replications) == tmp_path / "out"
    assert read_manifest(tmp_path / "out").complete


def test_a_sweep_that_is_not_finished_leaves_nothing(tmp_path: Path, pretend: Callable[[RunPaired], None]) -> None:
    pretend(worlds(lead))
    found = sweep(two(), {REPS: [1, 2]})
    with pytest.raises(KeyboardInterrupt), folder_of(tmp_path / "out", found):
        raise KeyboardInterrupt
    assert not (tmp_path / "out").exists()


def test_a_point_is_the_run_of_its_scenario() -> None:
    given = validate(scenario(quota={"per": "week", "amount": 2000}, run={"replications": 40, "seed": 3}))
    found = sweep(given, {"plan.calls_per_week": [40, 80]})
    for point, calls in zip(found.points, (40, 80), strict=True):
        alone = simulate(validate(scenario(plan={"calls_per_week": calls})), replications=40, seed=3).summary
        week = next(row for row in alone.averaging.close if row.horizon == "week").revenue.mean
        assert week.estimate is not None
        assert point.figures[0].figure.estimate == pytest.approx(52 * week.estimate)
    assert found.metrics == ["revenue", "p_quota"]


# With strategies that react, played by the engine.

PUSH = {
    "signals": {"behind": 4},
    "level": [0, 1],
    "changes": {"activity": {"slope": 1, "max": 2}, "wins": {"slope": 0}},
}


def reacting() -> Scenario:
    """Return a scenario in which pressure makes more calls when behind, and may win less of what comes of them."""
    strategies = {"process": {}, "pressure": {"drives": {"push": PUSH}}}
    return two(horizon={"weeks": 13}, strategies=strategies, run={"replications": 256, "seed": 5})


def test_strategies_that_react_are_compared_in_the_same_worlds() -> None:
    gain = "strategies.pressure.drives.push.signals.behind"
    found = sweep(reacting(), {gain: [0, 4]}, strategies=["process", "pressure"])
    steady, pushed = figures(found, "pressure")
    assert steady.difference is not None
    # A drive that hears nothing does nothing; that it never will is not seen, but bounded.
    assert (steady.difference.estimate, steady.difference.se, steady.verdict) == (0.0, None, "tied")
    assert (steady.verdict, pushed.verdict) == ("tied", "ahead")
    assert pushed.difference is not None
    assert pushed.difference.se is not None
    assert pushed.figure.se is not None
    assert pushed.difference.se < pushed.figure.se
    first, second = figures(found, "process")
    assert first == second  # the drives of another strategy change nothing


def runaway(*levels: float) -> Sweep:
    """Sweep the gain of a drive that has no bounds, over values of which the large ones explode."""
    drive = {"memory": 1, "signals": {"dry_spell": 0}, "changes": {"activity": {"slope": 1}}}
    strategies = {"process": {}, "pressure": {"decides": "hour", "drives": {"push": drive}}}
    given = two(horizon={"weeks": 13}, strategies=strategies, run={"replications": 20, "seed": 5})
    gain = "strategies.pressure.drives.push.signals.dry_spell"
    return sweep(given, {gain: list(levels)}, strategies=["process", "pressure"])


def test_a_point_that_explodes_says_so_and_the_others_are_run() -> None:
    found = runaway(0, 1000, 1e-9)
    assert [point.exploded is None for point in found.points] == [True, False, True]
    assert not found.interrupted
    exploded = found.points[1].exploded
    assert exploded is not None
    assert "drives.push" in exploded
    assert "level" in exploded
    assert found.points[1].figures == []
    assert found.points[0].figures != []
    rows = sweep_table(found).to_pylist()
    assert [row["exploded"] for row in rows] == [False] * (len(rows) // 3) + [True] * (len(rows) // 3) + [False] * (
        len(rows) // 3
    )
    assert {row["estimate"] for row in rows if row["exploded"]} == {None}


def test_a_sweep_of_one_point_that_explodes_fails() -> None:
    with pytest.raises(ScenarioError, match="explodes"):
        runaway(1000)


EVERY = ("revenue:month", "p_quota_team", "p_zero:week", "p_zero:13w", "sd:day", "cv:month", "q05:quarter")


def test_every_metric_is_that_of_a_run_and_its_difference_that_of_equal_worlds() -> None:
    given = load_scenario("quota-pressure", ["team.reps=2", "horizon.weeks=26"])
    found = sweep(given, {CALLS: [40, 60]}, strategies=["process", "pressure"], metrics=EVERY, replications=64)
    assert found.metrics == ["revenue", "p_quota", *EVERY[:3], "p_zero:quarter", *EVERY[4:]]
    runs = [
        simulate(load_scenario("quota-pressure", ["team.reps=2", "horizon.weeks=26", f"{CALLS}=60"]).model_copy(
            update={"run": given.run.model_copy(update={"strategy": name})}), replications=64)
        for name in ("process", "pressure")
    ]  # fmt: skip
    for number, name in enumerate(("process", "pressure")):
        close = {row.horizon: row.revenue for row in runs[number].summary.averaging.close}
        quota = runs[number].summary.quota
        assert quota is not None
        expected = {
            "revenue:month": close["month"].mean,
            "p_quota_team": quota.p_hit_team,
            "p_zero:week": close["week"].p_zero,
            "p_zero:quarter": close["quarter"].p_zero,
            "sd:day": close["day"].sd,
            "cv:month": close["month"].cv,
            "q05:quarter": close["quarter"].q05,
        }
        for metric, figure in expected.items():
            assert figure is not None
            mine = figures(found, name, metric)[1]
            assert mine.figure.estimate == pytest.approx(figure.estimate, rel=1e-9), metric
            assert mine.figure.high == pytest.approx(figure.high, rel=1e-6), metric
            if name == "pressure":
                base = figures(found, "process", metric)[1].figure.estimate
                assert mine.difference is not None
                assert mine.difference.estimate == pytest.approx((figure.estimate or 0.0) - (base or 0.0), abs=1e-9)


def test_fewer_weeks_without_revenue_are_ahead() -> None:
    given = load_scenario("quota-pressure", ["team.reps=4", "horizon.weeks=26"])
    names = ["process", "pressure"]
    found = sweep(given, {CALLS: [80]}, strategies=names, metrics=["p_zero:week"], replications=300)
    (each,) = figures(found, "pressure", "p_zero:week")
    assert each.difference is not None
    assert each.difference.high is not None
    assert each.difference.high < 0.0
    assert each.verdict == "ahead"
    ends = breakeven(given, {CALLS: (80, 90)}, strategies=names, metric="p_zero:week", replications=300)
    assert ends.metric == "p_zero:week"
    assert ends.at_low == each.difference
    assert "is dry less often" in ends.sentence
    assert ends.ahead == "pressure"


def test_a_breakeven_has_no_quantiles() -> None:
    with pytest.raises(ScenarioError, match="a break-even point has no q05:week: a quantile has no error by groups"):
        breakeven(two(), {CALLS: (10, 20)}, strategies=["process", "pressure"], metric="q05:week")
