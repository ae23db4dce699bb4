"""The order of the packages of simcore, from the ground up.

A package imports only from those before it in this list, and inside a package no imports go in a circle. The packages
of studies stand in the order of `simcore.studies.study.STUDIES`.
`tests/test_architecture.py` holds the sources to it, and docs/architecture.md shows it.
"""

from __future__ import annotations

import ast
from pathlib import Path

from simcore.studies.study import STUDIES

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {"simcore": ROOT / "simcore", "simcore.cli": ROOT / "cli", "simcore.scenarios": ROOT / "scenarios"}
"""Where the modules of a package lie in the repository."""

_STUDIES = tuple(
    dict.fromkeys(study.home.rpartition(".")[0] for study in STUDIES.values() if study.home.startswith("studies."))
)
PACKAGES = (
    *("base", "dates", "compiled", "numerics", "random", "quantities", "scenario", "analytic", "program", "kernels"),
    *("kernels.rows", "kernels.reacting", "kernels.teams"),
    *("statistics", "results", "engine", "scenarios", "scenario_files"),
    *("crm.cells", "crm", "pipeline", "forecasting", "variance_reduction", "studies", *_STUDIES),
    *(
        "tables",
        "results_folders",
        "run_parts",
        "fitting",
        "answers",
        "glossary",
        "charts.shapes",
        "charts",
        "exported",
    ),
    *("pages", "serving", "schema", "api"),
    *(
        "cli.exports",
        "cli",
        "cli.run_parts",
        "cli.screens",
        "cli.glossary",
        "cli.data",
        "cli.study_command",
        "cli.completion",
        "cli.commands",
        "cli.main",
    ),
)
"""Without ``simcore.``; a module that stands alone has its own line."""


def package_of(module: str) -> str:
    """Return the line of `PACKAGES` on which a module stands.

    Examples
    --------
    >>> package_of("simcore.kernels.caps"), package_of("simcore.cli.main"), package_of("simcore.cli.output")
    ('kernels', 'cli.main', 'cli')
    """
    name = module.removeprefix("simcore.")
    return name if name in PACKAGES else name.rpartition(".")[0]


def modules() -> dict[str, Path]:
    """Return the file of every module in the source tree by its installed name; without the package root."""
    found: dict[str, Path] = {}
    for package, folder in SOURCES.items():
        for path in folder.rglob("*.py"):
            parts = [part for part in path.relative_to(folder).with_suffix("").parts if part != "__init__"]
            found[".".join([package, *parts])] = path
    del found["simcore"]
    return found


def purpose(path: Path) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if text is None:
        message = f"{path} has no docstring"
        raise ValueError(message)
    return text.splitlines()[0]
