"""The wheel holds what it should and nothing else, and works where it is installed, far from the sources."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from simcore.base.version import __version__
from tools.lock import pins_of
from tools.packages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info", "out")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program with none of this process's paths to Python modules; compiled code is kept beside its folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["NUMBA_CACHE_DIR"] = str(cwd.parent / "compiled")
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = shutil.copytree(ROOT, folder / "sources", ignore=LEFT_OUT)
    options = ["--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(folder)]
    run(sys.executable, "-m", "pip", "wheel", *options, copy, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own, which borrows the dependencies, and return its command."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=folder)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "simcore"


def test_the_wheel_adds_one_package_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    assert top == {"simcore", f"simcore-{PROJECT['project']['version']}.dist-info"}


def test_the_wheel_holds_every_source_and_scenario(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {"simcore/py.typed"}
    for folder, place in (("simcore", "simcore"), ("cli", "simcore/cli"), ("scenarios", "simcore/scenarios")):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".pyi", ".yaml"}:
                expected.add(f"{place}/{path.relative_to(ROOT / folder).as_posix()}")
    assert expected == {name for name in names if name.startswith("simcore/")}


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata
    assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())


def test_the_installed_command_lists_the_scenarios(command: Path, tmp_path: Path) -> None:
    listed = run(command, "scenarios", "--json", cwd=tmp_path).stdout
    shipped = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    assert {row["name"] for row in json.loads(listed)} == shipped


def test_the_installed_command_runs_a_scenario(command: Path, tmp_path: Path) -> None:
    options = ["--replications", "20", "--json", "--quiet"]
    result = json.loads(run(command, "run", "trust-the-process", *options, cwd=tmp_path).stdout)
    assert result["rep_weeks"] == 20 * 10 * 52
    assert result["version"] == PROJECT["project"]["version"]
    assert list(tmp_path.iterdir()) == []


def test_the_installed_package_comes_from_the_wheel(command: Path, tmp_path: Path) -> None:
    script = "import simcore.cli, simcore.scenarios; print(simcore.__file__, simcore.cli.__file__, sep='\\n')"
    places = run(command.parent / "python", "-c", script, cwd=tmp_path).stdout.splitlines()
    assert all(Path(place).is_relative_to(command.parent.parent) for place in places)


def test_the_version_is_told_once() -> None:
    assert PROJECT["project"]["version"] == __version__
    assert f"## {__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, str]:
    """Return the version of each package in a lock."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    pairs = [pin.split("==") for pin in pins_of(lines)]
    return {normal(package): version for package, version in pairs}


def normal(package: str) -> str:
    """Return the normalised name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


@pytest.mark.parametrize(
    ("lock", "ranges"),
    [
        ("build.txt", PROJECT["build-system"]["requires"]),
        ("runtime.txt", PROJECT["project"]["dependencies"]),
        ("runtime.txt", PROJECT["project"]["optional-dependencies"]["report"]),
        ("runtime.txt", PROJECT["project"]["optional-dependencies"]["serve"]),
        ("runtime.txt", PROJECT["project"]["optional-dependencies"]["xlsx"]),
        ("dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("docs.txt", PROJECT["dependency-groups"]["docs"]),
    ],
)
def test_every_dependency_is_pinned_within_its_range(lock: str, ranges: list[str]) -> None:
    versions = pinned("runtime.txt") | pinned(lock) if lock == "dev.txt" else pinned(lock)
    for requirement in map(Requirement, ranges):
        assert requirement.specifier.contains(versions[normal(requirement.name)]), requirement.name


def test_no_package_is_pinned_twice() -> None:
    everything = [package for name in ("runtime", "dev", "docs") for package in pinned(f"{name}.txt")]
    assert len(everything) == len(set(everything))


def test_the_lowest_versions_are_those_that_are_stated() -> None:
    versions = pinned("lowest.txt")
    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        (floor,) = [each.version for each in requirement.specifier if each.operator == ">="]
        assert versions[normal(requirement.name)] == floor, f"{requirement.name}: make lock, then make lowest"


@pytest.mark.parametrize("lock", ["build.txt", "runtime.txt", "dev.txt", "docs.txt", "lowest.txt"])
def test_every_pin_has_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.partition("\n")[2].strip())
    assert len(entries) == len(pinned(lock))
    for entry in entries:
        assert re.fullmatch(r"\S+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+", entry), entry[:60]


def test_installations_ask_for_hashes() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    installing = [line for line in lines if "--requirement" in line]
    assert len(installing) == 3
    assert all("--require-hashes" in line for line in installing)


def test_ci_runs_the_suite() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^make .*\btest\b.* \|\| failed=1$", script.read_text(encoding="utf-8"), re.MULTILINE)
