"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import benchmarks
import tools
from tools.packages import modules


def beside(package_name: str, path: list[str]) -> list[str]:
    """Return the modules of a package that is not installed."""
    return [found.name for found in pkgutil.walk_packages(path, f"{package_name}.") if not found.ispkg]


NAMES = [
    "simcore",
    *sorted(modules()),
    *beside("benchmarks", list(benchmarks.__path__)),
    *beside("tools", list(tools.__path__)),
]


def prompts(source: str) -> int:
    """Return the number of examples that a source shows, as lines with a prompt."""
    return sum(line.lstrip(' #"').startswith(">>> ") for line in source.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_examples_run(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    # A public function belongs to the package, which keeps it once it was used; its example stands where it is made.
    elsewhere = {f"{name}.{public}" for public in getattr(module, "_HOME", {})}
    here = [found for found in doctest.DocTestFinder().find(module) if found.name not in elsewhere]
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for each in here:
        runner.run(each)
    results = runner.summarize()
    assert results.failed == 0
    assert results.attempted == prompts(Path(module.__file__).read_text(encoding="utf-8")), "some were not found"
