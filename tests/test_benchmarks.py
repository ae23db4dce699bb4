"""The benchmark measures what it says: programs, goals, names, and what makes a second environment a second one."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import bench, contenders, first_use, memory, speed
from benchmarks.bench import chosen
from benchmarks.contenders import Contender, Effort, Seconds, measure, of_process, taken
from benchmarks.peers import c_peer
from benchmarks.report import INTRODUCTIONS, Series
from benchmarks.speed import OURS, RATIOS, SIMCORE, TABLES, THEIRS, TWO_THREADS, C, Ratio
from tools.packages import ROOT


def test_goals_compare_programs_that_the_page_shows() -> None:
    shown = {program for programs in TABLES.values() for program in programs}
    assert shown == {*OURS, *THEIRS, C}
    assert {program for ratio in RATIOS for program in (ratio.over, ratio.under)} <= shown
    assert set(TABLES) == set(INTRODUCTIONS)
    assert all((ratio.least is None) != (ratio.most is None) for ratio in RATIOS)


def test_names_are_all_different_and_stand_for_one_goal_or_a_family() -> None:
    assert len(set(bench.NAMES)) == len(bench.NAMES)
    assert chosen(["check"]) == ["check"]
    assert chosen(["first-compare", "hourly"]) == [
        "hourly",
        *(f"first-compare:{name}" for name in first_use.COMPARISONS),
    ]
    assert chosen(["first-compare:hard-sell"]) == ["first-compare:hard-sell"]
    with pytest.raises(ValueError, match="no goal is called first"):
        chosen(["first"])


@pytest.mark.parametrize("arguments", [["--only", "nothing"], ["--rounds", "0"], ["--size", "0"], ["--size", "nan"]])
def test_arguments_that_mean_nothing_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        bench.parse(arguments)


def test_list_names_every_goal(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["--list"])
    assert capsys.readouterr().out.split() == list(bench.NAMES)


def test_programs_take_turns_and_both_clocks_are_kept() -> None:
    order: list[tuple[str, int]] = []

    def program(name: str, seconds: Seconds, *, by_wall: bool = False) -> Contender:
        def run(seed: int) -> Seconds:
            order.append((name, seed))
            return seconds

        return Contender(name, 1_000, run, by_wall)

    one, two = program("one", Seconds(4e-6, 5e-6)), program("two", Seconds(4e-6, 2.5e-6), by_wall=True)
    found = measure([one, two], 2)
    assert order == [("one", 0), ("two", 0), ("one", 1), ("two", 1)]
    assert found["one"].shown.median == pytest.approx(4)
    assert found["two"].shown.median == pytest.approx(2.5)
    assert Ratio("a", "b", "one", "two", least=2).goal(found).reached.median == pytest.approx(2)
    assert Ratio("a", "b", "one", "one", most=1).goal(found).met
    assert not Ratio("a", "b", "two", "one", most=0.4).goal(found).met


def test_two_threads_are_measured_by_the_wall_clock_alone() -> None:
    assert [name for name, (_, _, threads) in OURS.items() if threads > 1] == [TWO_THREADS]


def test_effort_scales_replications() -> None:
    assert Effort(size=0.1).of(20_000) == 2_000
    assert Effort(size=1e-9).of(20_000) == 2


def test_work_is_timed_in_this_process_and_in_others() -> None:
    script = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    assert 0.2 <= of_process([sys.executable, "-c", script]) < 2
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {script!r}], check=True)"
    assert of_process([sys.executable, "-c", nested]) >= 0.2
    asleep = taken(lambda: time.sleep(0.2))
    assert asleep.wall >= 0.2 > asleep.processor
    with pytest.raises(subprocess.CalledProcessError):
        of_process([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_second_environment_has_the_packages_and_not_this_simcore(tmp_path: Path) -> None:
    folder = first_use.copied(tmp_path / "copy")
    python = first_use.elsewhere(folder)
    script = "import numpy, simcore, sys; print(simcore.__file__, numpy.__file__, sys.prefix, sep='\\n')"
    command = [str(python), "-c", script]
    inside = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder)  # noqa: S603
    found, numpy, prefix = inside.stdout.splitlines()
    assert found == str(folder / "simcore" / "__init__.py")
    assert numpy.startswith(sys.prefix)
    assert prefix == str(folder / "environment")
    outside = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True, cwd=tmp_path)  # noqa: S603
    assert "No module named 'simcore'" in outside.stderr


def test_a_comment_stands_in_every_module_that_may_hold_a_kernel(tmp_path: Path) -> None:
    folder = first_use.copied(tmp_path)
    first_use.comment(folder)
    changed = {
        path.relative_to(folder)
        for path in folder.rglob("*.py")
        if path.read_text(encoding="utf-8") != (ROOT / path.relative_to(folder)).read_text(encoding="utf-8")
    }
    assert changed == {path.relative_to(ROOT) for path in (ROOT / "simcore").rglob("*.py")}


def test_simcore_from_elsewhere_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "benchmarks").mkdir()
    shown = '{"compiled": [], "simcore": "/somewhere/simcore/__init__.py"}'
    (tmp_path / "benchmarks" / "play.py").write_text(f"print({shown!r})", encoding="utf-8")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with pytest.raises(RuntimeError, match="imported from /somewhere"):
        first_use.played(Path(sys.executable), tmp_path)


def test_memory_is_estimated_by_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "simulating", lambda rep_weeks: 100 + rep_weeks / 1e7)
    estimated = memory.at_a_billion(Effort())
    assert estimated.reached.median == pytest.approx(200)
    assert "by the line through 50,000,000 and 100,000,000" in estimated.what
    monkeypatch.setattr(memory, "simulating", lambda rep_weeks: rep_weeks / 1e6)
    assert not memory.at_a_billion(Effort(full=True)).met


def test_goals_are_measured_alone(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["--only", "against-numpy", "--rounds", "1", "--size", "0.001"])
    shown = capsys.readouterr().out
    assert f"| {SIMCORE} |" in shown
    assert "| one thread against NumPy, times faster | at least 20 |" in shown
    assert "SimPy" not in shown


def test_the_page_leaves_out_what_a_machine_does_not_have(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(c_peer, "compiler", lambda: None)
    monkeypatch.setattr(contenders, "say", print)
    assert speed.contenders([C], Effort(), tmp_path) == []
    found = {SIMCORE: contenders.Measured(Series((1.0,)), Series((1.0,)), by_wall=False)}
    assert speed.goals(found) == []
    assert [title for title, programs in bench.tables(found).items() if programs] == ["Speed"]
