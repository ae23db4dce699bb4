"""What is compiled before the tests are all the kernels that a runner can choose between."""

from __future__ import annotations

from simcore.engine import runner
from simcore.kernels.reactive.state import in_turn
from simcore.kernels.rows.drive import play_block
from simcore.program.compiler import compile_scenario
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import load_scenario
from tools.compile import STRATEGIES


def kernel_of(name: str) -> str:
    """Return the kernel that a strategy needs."""
    program = compile_scenario(with_strategy(load_scenario(name), STRATEGIES[name]))
    if not program.reaction.needed:
        return "play_block"
    return "run_reactive_block" if in_turn(program) else "run_intervals"


def test_every_kernel_of_the_runner_is_compiled() -> None:
    kernels = {name for name in vars(runner) if name.startswith("run_") and hasattr(vars(runner)[name], "py_func")}
    kernels.add(play_block.__name__)
    assert {kernel_of(name) for name in STRATEGIES} == kernels
