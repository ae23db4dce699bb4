"""The order of packages of tools/packages.py holds, and so do the house rules that a program can check."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import simcore
from simcore.cli.main import app
from simcore.compiled.sources import POLICY, Sources
from tools.packages import PACKAGES, ROOT, modules, package_of

FILES = modules()
PLAN = sorted(FILES)

JIT_FLAGS = {
    "_nrt",
    "boundscheck",
    "cache",
    "error_model",
    "fastmath",
    "forceinline",
    "inline",
    "nogil",
    "nopython",
    "nrt",
    "parallel",
}
C_LIBRARY = {
    *(
        "acos",
        "acosh",
        "arccos",
        "arcsin",
        "arctan",
        "arctan2",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "cbrt",
        "cos",
    ),
    *(
        "cosh",
        "erf",
        "erfc",
        "exp",
        "exp2",
        "expm1",
        "float_power",
        "gamma",
        "hypot",
        "lgamma",
        "log",
        "log10",
        "log1p",
    ),
    *("log2", "pow", "power", "sin", "sinh", "tan", "tanh"),
}
"""Functions of mathematics whose last bit depends on the machine; the square root does not."""
MOST_MODULES = 14
"""In a folder, besides its own file; about a dozen is better."""
SAME_BITS = [
    name
    for name in PLAN
    if package_of(name) in {"numerics", "random", "program", "kernels", "kernels.rows", "kernels.reacting"}
]
"""Modules whose floating-point results must be the same on every machine."""


@cache
def tree(name: str) -> ast.Module:
    """Return the parsed source of a module."""
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    """Return all nodes of that tree: walking it takes longer than parsing it."""
    return tuple(ast.walk(tree(name)))


@cache
def imports(name: str) -> set[str]:
    """Return the dotted names that a module imports, those for type checkers and inside functions included."""
    found: set[str] = set()
    for node in nodes(name):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            module = node.module or ""
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


@cache
def own_imports(name: str) -> set[str]:
    """Return the modules of simcore that a module imports; the package root is among them if it is imported."""
    own = {target for target in imports(name) if target.split(".")[0] == "simcore"}
    known = {*FILES, "simcore"}
    return {target if target in known else target.rpartition(".")[0] for target in own}


def reached(name: str) -> set[str]:
    """Return all modules of simcore that importing a module may load."""
    found: set[str] = set()
    waiting = {name}
    while waiting:
        module = waiting.pop()
        found.add(module)
        waiting |= own_imports(module) - found
    return found


@cache
def imports_when_run(name: str) -> set[str]:
    """Return the modules of simcore that a module imports when it is run: without those for type checkers."""
    body = tree(name).body
    kept = [node for node in body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))]
    found = {
        f"{node.module}.{alias.name}"
        for part in kept
        for node in ast.walk(part)
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names
    }
    own = {target for target in found if target.split(".")[0] == "simcore"}
    return {target if target in FILES else target.rpartition(".")[0] for target in own}


def importers(package: str) -> set[str]:
    """Return the modules that import a package from outside simcore."""
    return {name for name in FILES if any(f"{target}.".startswith(f"{package}.") for target in imports(name))}


def test_the_digest_of_compiled_code_covers_all_that_kernels_import() -> None:
    """Against a second account of what is imported; what only type checkers import is in no code."""
    sources = Sources("simcore", ROOT / "simcore")
    with_kernels = {name for name in PLAN if "simcore.compiled.jit" in imports_when_run(name) and ".cli" not in name}
    assert len(with_kernels) > 20
    for module in with_kernels:
        waiting, found = {module}, set()
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= imports_when_run(name) - found
        assert sources.closure(module) == found - POLICY, module


def test_every_module_stands_in_a_package_of_the_order() -> None:
    assert {package_of(name) for name in FILES} == set(PACKAGES)


@pytest.mark.parametrize("name", PLAN)
def test_imports_flow_downward(name: str) -> None:
    below = PACKAGES[: PACKAGES.index(package_of(name)) + 1]
    assert {package_of(target) for target in own_imports(name)} <= set(below)


def test_no_imports_go_in_a_circle() -> None:
    left = {name: own_imports(name) for name in PLAN}
    while free := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in free}
    assert left == {}


@pytest.mark.parametrize("package", sorted(set(PACKAGES) - {"cli.commands"}))
def test_a_folder_can_be_seen_at_a_glance(package: str) -> None:
    inside = [name for name in PLAN if package_of(name) == package and name != f"simcore.{package}"]
    assert len(inside) <= MOST_MODULES


def test_the_folder_of_commands_has_a_module_per_command() -> None:
    """However many there are; with the text that `init` writes."""
    beside = {"bench", "data", "template"}
    inside = {name.rpartition(".")[2] for name in PLAN if package_of(name) == "cli.commands"} - {"commands"}
    group = typer.main.get_group(app)
    names = {*group.commands, *getattr(group.commands["bench"], "commands", {})}
    names |= {f"data-{name}" for name in getattr(group.commands["data"], "commands", {})}
    assert inside - beside == {name.replace("-", "_") for name in names} - beside


def test_only_one_module_knows_numba() -> None:
    assert importers("numba") == {"simcore.compiled.numba_compiler"}


def test_only_one_module_knows_yaml() -> None:
    assert importers("ruamel") == {"simcore.scenario_files.yaml_tree"}
    assert importers("yaml") == set()


def test_only_the_command_line_knows_a_screen() -> None:
    assert all(name.startswith("simcore.cli.") for name in importers("typer") | importers("rich"))


def test_the_engine_knows_no_screen_no_file_and_no_yaml() -> None:
    above = set(PACKAGES[PACKAGES.index("engine") + 1 :])
    assert not {package_of(name) for name in reached("simcore.engine.simulation")} & above


WITH_GENERATORS = {
    "simcore.variance_reduction.stratified_counts",
    "simcore.variance_reduction.point_sets",
    "simcore.variance_reduction.sobol",
    "simcore.pipeline.drifting_level",
    "simcore.pipeline.posterior",
    "simcore.pipeline.naive",
    "simcore.fitting.calling",
    "simcore.fitting.counts",
    "simcore.fitting.learned",
    "simcore.fitting.market",
    "simcore.fitting.model_check",
    "simcore.fitting.spread",
    "simcore.fitting.values",
    "simcore.fitting.waits",
    "simcore.forecasting.backtest",
    "simcore.forecasting.call_log",
    "simcore.forecasting.example",
    "simcore.forecasting.of_scenario",
}
"""Modules that draw leading factors or parameters with a generator of NumPy, made with a seed and handed on."""


def test_no_global_randomness() -> None:
    assert importers("random") == set()
    for name in PLAN:
        attributes = [node for node in nodes(name) if isinstance(node, ast.Attribute)]
        drawn = [node for node in attributes if node.attr == "random"]
        assert not drawn or name in WITH_GENERATORS, name
        of_module = [node for node in attributes if node.value in drawn]
        assert {node.attr for node in of_module} <= {"Generator", "Philox", "default_rng"}, name
        made = [node for node in nodes(name) if isinstance(node, ast.Call) and "default_rng" in ast.unparse(node.func)]
        assert all(node.args for node in made), name


@pytest.mark.parametrize("name", sorted(set(PLAN) - {"simcore.compiled.jit"}))
def test_no_compiler_flag_outside_the_policy(name: str) -> None:
    flags = {node.arg for node in nodes(name) if isinstance(node, ast.keyword)}
    assert not flags & JIT_FLAGS


@pytest.mark.parametrize("name", SAME_BITS)
def test_no_function_of_the_c_library_where_bits_count(name: str) -> None:
    assert c_library_calls(tree(name)) == []


def c_library_calls(module: ast.Module) -> list[str]:
    """Return the uses of functions of ``math`` and NumPy that differ between machines, and of powers that do."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module in {"cmath", "math", "numpy", "scipy.special"}:
            found += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name in C_LIBRARY]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in {"cmath", "math", "np", "numpy"} and node.attr in C_LIBRARY:
                found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not is_power_of_two(node):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def is_power_of_two(node: ast.BinOp) -> bool:
    """Tell whether a power is exact on every machine: of the base 2, which only moves the exponent."""
    return isinstance(node.left, ast.Constant) and node.left.value == 2


def test_the_search_for_c_library_calls_finds_them() -> None:
    source = "from math import log\nimport numpy as np\nx = np.exp(1.0) + 3.0**y + 2.0**-53 + np.sqrt(2.0)\n"
    assert sorted(c_library_calls(ast.parse(source))) == ["1: log", "3: 3.0 ** y", "3: np.exp"]


def test_importing_simcore_costs_nothing() -> None:
    script = "import json, sys, simcore; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(json.loads(done.stdout))
    assert "simcore" in loaded
    assert not loaded & {"numba", "numpy", "pyarrow", "pydantic", "rich", "ruamel", "scipy", "typer"}


def test_public_names_exist() -> None:
    package: Any = simcore
    assert sorted(package.__all__) == package.__all__
    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(dir(package)) >= set(package.__all__) - set(package._HOME)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


SOURCES = sorted(
    path for folder in ("simcore", "cli", "benchmarks", "tools", "tests") for path in (ROOT / folder).rglob("*.py")
)


def source_id(path: Path) -> str:
    """Return the name of a source file in the repository."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=source_id)
def test_files_and_functions_can_be_read_in_a_sitting(path: Path) -> None:
    is_test = path.is_relative_to(ROOT / "tests")
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= (700 if is_test else 450)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert lines_of(node) <= (90 if is_test else 60), node.name
            most = MOST_ARGUMENTS_OF_KERNELS if is_kernel(path, node) else 9
            most = MOST_ARGUMENTS_OF_PUBLIC if is_public(path, node) else most
            assert is_command(path, node) or arguments_of(node) <= most, node.name


def lines_of(function: ast.FunctionDef) -> int:
    """Return the lines of a function without its docstring."""
    docstring = ast.get_docstring(function, clean=False)
    told = 0 if docstring is None else docstring.count("\n") + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - told


def arguments_of(function: ast.FunctionDef) -> int:
    """Return the number of arguments."""
    given = function.args
    return len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)


MOST_ARGUMENTS_OF_KERNELS = 18
"""Of narrow kernels: arrays and numbers one by one, since a group of them is what makes a kernel slow to compile."""


MOST_ARGUMENTS_OF_PUBLIC = 12
"""Of functions that `simcore` exports: all but the first are keywords, and most have defaults."""


def is_public(path: Path, function: ast.FunctionDef) -> bool:
    """Tell whether users call a function as ``simcore.NAME``, and name its arguments."""
    home = vars(simcore)["_HOME"].get(function.name)
    own = function.args
    return home is not None and path == ROOT / "simcore" / f"{home.replace('.', '/')}.py" and len(own.args) == 1


def is_kernel(path: Path, function: ast.FunctionDef) -> bool:
    """Tell whether a function is a narrow kernel, or a part of one."""
    folders = {ROOT / "simcore" / "kernels" / name for name in ("", "rows", "reacting")}
    kinds = {ast.unparse(decorator) for decorator in function.decorator_list}
    return path.parent in folders and bool(kinds & {"kernel", "inlined"})


def is_command(path: Path, function: ast.FunctionDef) -> bool:
    """Tell whether a function is a command, whose arguments are its options."""
    return path.parent.name == "commands" and path.stem == function.name
