"""What is compiled before the tests are the kernels of both kinds of programs."""

from __future__ import annotations

from simcore.program.compiler import compile_scenario
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from tools.compile import STRATEGIES


def test_steady_programs_and_strategies_that_react_are_compiled() -> None:
    programs = [compile_scenario(with_strategy(load_scenario(name), STRATEGIES[name])) for name in STRATEGIES]
    assert {program.reaction.needed for program in programs} == {False, True}
    assert any(len(program.reaction.pull_drive) > 0 for program in programs)
