"""A share goes on from its file, and shares of other runs, versions and seeds are refused by name."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path

import pytest

from simcore.base.errors import FileError, ScenarioError, UsageError
from simcore.compiled.sources import Sources
from simcore.engine.simulation import simulate
from simcore.run_parts import part_file
from simcore.run_parts.merge import merge
from simcore.run_parts.part_file import read_part
from simcore.run_parts.playing import Share, begun_in, play_into
from simcore.scenario.model import Scenario
from simcore.scenario_files.scenario_file import load_scenario
from tools.packages import ROOT

SMALL = ["run.replications=20", "team.reps=2", "horizon.weeks=13"]
SCENARIO = load_scenario("trust-the-process", SMALL)


def written(folder: Path, shares: int, scenario: Scenario = SCENARIO) -> list[Path]:
    """Return files of all shares of a run."""
    paths = [folder / f"part-{number}" for number in range(1, shares + 1)]
    for number, path in enumerate(paths, 1):
        play_into(path, scenario, Share(number, shares), None, threads=1)
    return paths


@pytest.mark.parametrize("shares", [1, 3, 20])
def test_shares_in_any_order_are_the_run(tmp_path: Path, shares: int) -> None:
    merged = merge(reversed(written(tmp_path, shares)))
    assert merged == simulate(SCENARIO)
    assert not merged.summary.interrupted


def test_a_stopped_share_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "part"
    for stop_after in count(1):
        begun = begun_in(path, SCENARIO, Share(), resume=True, overwrite=False)
        asked = iter([False] * stop_after)
        part = play_into(path, SCENARIO, Share(), begun, every=0.0, threads=1, stop=partial(next, asked, True))
        if part is not None and part.end == SCENARIO.run.replications:
            break
        if part is not None and part.end < SCENARIO.run.replications:
            with pytest.raises(
                ScenarioError, match=rf"part: ends at replication {part.end} of 20: --resume plays the rest"
            ):
                merge([path])
    assert merge([path]) == simulate(SCENARIO)


def test_a_finished_run_is_extended(tmp_path: Path) -> None:
    (path,) = written(tmp_path, 1)
    more = load_scenario("trust-the-process", [*SMALL, "run.replications=50"])
    begun = begun_in(path, more, Share(), resume=True, overwrite=False)
    assert begun is not None
    assert begun.replications == 20
    play_into(path, more, Share(), begun, threads=2)
    assert merge([path]) == simulate(more)
    with pytest.raises(ScenarioError, match="part-1: holds 50 replications already, more than the 20 asked for"):
        begun_in(path, SCENARIO, Share(), resume=True, overwrite=False)


def test_a_file_is_replaced_only_on_request(tmp_path: Path) -> None:
    (path,) = written(tmp_path, 1)
    with pytest.raises(FileError, match="part-1 is there already: --resume goes on with it, --overwrite begins anew"):
        begun_in(path, SCENARIO, Share(), resume=False, overwrite=False)
    assert begun_in(path, SCENARIO, Share(), resume=False, overwrite=True) is None
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match="is there already"):
        begun_in(path, SCENARIO, Share(), resume=False, overwrite=False)


OTHERS = {
    "scenario": (["team.reps=3"], "is a part of another scenario or strategy"),
    "seed": (["run.seed=5"], "has seed 2026, not 5"),
    "size": (["run.replications=40"], "holds replications from 7 on, this share begins with 14"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_share_of_another_run_is_not_gone_on_with(tmp_path: Path, what: str) -> None:
    changes, message = OTHERS[what]
    path = written(tmp_path, 3)[1]
    with pytest.raises(ScenarioError, match=f"part-2: {message}"):
        begun_in(
            path, load_scenario("trust-the-process", [*SMALL, *changes]), Share(2, 3), resume=True, overwrite=False
        )


@pytest.mark.parametrize("what", ["version", "sources"])
def test_a_share_of_another_program_is_refused(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = written(tmp_path, 2)
    with monkeypatch.context() as other:
        if what == "version":
            other.setattr(part_file, "__version__", "0.0.1")
        else:
            other.setattr(part_file, "digest_of_sources", lambda: "f" * 64)
        play_into(second, SCENARIO, Share(2, 2), None, threads=1)
    wanted = "was played by simcore 0.0.1" if what == "version" else "was played by other sources of this version"
    with pytest.raises(ScenarioError, match=f"part-2: {wanted}"):
        begun_in(second, SCENARIO, Share(2, 2), resume=True, overwrite=False)
    with pytest.raises(ScenarioError, match=f"part-2: {wanted}"):
        merge([first, second])
    with pytest.raises(ScenarioError, match=f"part-2: {wanted}|missing before it"):
        merge([second])


def test_the_sources_are_those_that_play() -> None:
    sources = Sources("simcore", ROOT / "simcore")
    assert part_file.digest_of_sources() == sources.digest("simcore.engine.worlds")
    assert "simcore.kernels.rows.funnel" in sources.closure("simcore.engine.worlds")


def test_missing_and_repeated_shares_are_told(tmp_path: Path) -> None:
    one, two, three = written(tmp_path, 3)
    with pytest.raises(ScenarioError, match="part-3: replications 7 to 13 are missing before it"):
        merge([one, three])
    with pytest.raises(ScenarioError, match="part-2: replications 14 to 20 of 20 are missing behind it"):
        merge([two, one])
    with pytest.raises(ScenarioError, match="part-2: replications 1 to 6 are missing before it"):
        merge([two, three])
    with pytest.raises(ScenarioError, match="part-1: replications 1 to 6 are in another part, too"):
        merge([one, two, three, one])
    with pytest.raises(UsageError, match="no part of a run is named"):
        merge([])
    play_into(two, load_scenario("trust-the-process", [*SMALL, "run.seed=1"]), Share(2, 3), None, threads=1)
    with pytest.raises(ScenarioError, match=r"part-2: has seed 1, .*part-1 has 2026"):
        merge([one, two, three])


def test_a_run_has_a_replication_for_each_share() -> None:
    with pytest.raises(ScenarioError, match=r"run.replications: has too few replications for 30 shares, got 20"):
        Share(1, 30).range_of(SCENARIO)


def test_counters_of_another_program_are_refused(tmp_path: Path) -> None:
    """Counters of three steps beside a scenario of two, with sums that vouch for both."""
    (path,) = written(tmp_path, 1)
    kept = read_part(path)
    funnel = "[{stage: calls}, {stage: wins, rate: 0.02}]"
    other = load_scenario("trust-the-process", [*SMALL, f"funnel={funnel}"])
    part_file.write_part(path, other, kept.part, 20)
    with pytest.raises(ScenarioError, match="part-1: holds counters of another program than that of its scenario"):
        merge([path])
