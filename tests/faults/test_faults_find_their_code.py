"""Every planted fault finds the code that it changes, exactly once: those of the long tests, too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.support.uncompiled import change

MODULES = (
    *(
        "booking",
        "closing",
        "coaching",
        "inflow",
        "months",
        "needs",
        "parted",
        "people",
        "pipeline",
        "reactive",
        "rows",
    ),
    "season",
    "teams",
)


@pytest.mark.parametrize("name", MODULES)
def test_each_finds_its_code(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module(f"tests.faults.test_sabotage_{name}")
    faults = {**module.FAULTS, **getattr(module, "GROWN", {})}
    assert faults
    for fault in faults.values():
        change(monkeypatch, fault.function, fault.old, fault.new)
        monkeypatch.undo()


def test_all_modules_are_looked_at() -> None:
    found = {path.stem.removeprefix("test_sabotage_") for path in Path(__file__).parent.glob("test_sabotage_*.py")}
    assert found == {*MODULES, "statistics"}  # whose faults are functions
