"""Scenario files and command-line changes to them, as one scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario


def check_changes(changes: Sequence[str]) -> None:
    """Refuse what is no change.

    Raises
    ------
    typer.BadParameter
        If one is not ``path=value``.
    """
    for change in changes:
        path, equals, _ = change.partition("=")
        if not equals or not path.strip():
            raise typer.BadParameter(f"{change!r} is not path=value, as in team.reps=20", param_hint="--set")


def load(
    source: str,
    changes: Sequence[str],
    *,
    replications: int | None = None,
    seed: int | None = None,
    strategy: str | None = None,
) -> Scenario:
    """Return the scenario of a file, or a shipped one of that name, with the changes of ``--set``.

    The options ``--replications``, ``--seed`` and ``--strategy`` are changes like any other, and come last; stated
    replications leave no precision of the file.

    Raises
    ------
    typer.BadParameter
        If a change is not ``path=value``.
    ScenarioError
        If the scenario is invalid.
    FileError
        If the file cannot be read.
    """
    from simcore.scenario_files.scenario_file import load_scenario  # noqa: PLC0415

    check_changes(changes)
    overrides = list(changes)
    if replications is not None:
        overrides.append(f"run.replications={replications}")
    if seed is not None:
        overrides.append(f"run.seed={seed}")
    scenario = _changed(source, overrides) if overrides else load_scenario(source)
    if strategy is not None:
        from simcore.scenario.model import with_strategy  # noqa: PLC0415

        scenario = with_strategy(scenario, strategy)
    if replications is None:
        return scenario
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"precision": None})})


def _changed(source: str, overrides: Sequence[str]) -> Scenario:
    """Return the scenario of a file with changes; what is wrong with it, and not with the file, comes from them."""
    from dataclasses import replace  # noqa: PLC0415

    from simcore.base.errors import ScenarioError  # noqa: PLC0415
    from simcore.scenario_files.scenario_file import load_scenario  # noqa: PLC0415

    try:
        return load_scenario(source, overrides)
    except ScenarioError as error:
        if all((problem.file or "").startswith("--") for problem in error.problems):
            raise
        load_scenario(source)
        problems = (replace(each, file="--set", line=None, column=None) for each in error.problems)
        raise ScenarioError(tuple(problems)) from None
