"""Which parts belong together: those of one scenario and seed, played by the same sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import printable
from simcore.base.version import __version__
from simcore.engine.runner import empty_counters
from simcore.results_folders.atomic import shown
from simcore.run_parts.part_file import digest_of_sources
from simcore.scenario.digest import scenario_digest

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.program.layout import Program
    from simcore.run_parts.part_file import Header, Kept
    from simcore.scenario.model import Scenario


def check_same_run(path: Path, header: Header, scenario: Scenario) -> None:
    """Refuse a part of another run than that of a scenario; its replications may differ.

    Raises
    ------
    ScenarioError
        That names the first field that differs.
    """
    _refuse(path, header.version, __version__, "was played by simcore {}, this is {}")
    _refuse(
        path,
        header.digest[:12],
        scenario_digest(scenario)[:12],
        "is a part of another scenario or strategy (its digest begins with {}, not with {})",
    )
    _refuse(path, header.seed, scenario.run.seed, "has seed {}, not {}")
    _refuse(
        path,
        header.sources[:12],
        digest_of_sources()[:12],
        "was played by other sources of this version (their digest begins with {}, not with {})",
    )


def check_together(path: Path, header: Header, other_path: Path, other: Header) -> None:
    """Refuse a part that does not belong to the run of another part.

    Raises
    ------
    ScenarioError
        That names the first field that differs.
    """
    place = shown(other_path)
    for field, words in (
        ("version", "was played by simcore {}, " + place + " by {}"),
        ("digest", "is a part of another scenario or strategy (digest {}) than " + place + " ({})"),
        ("seed", "has seed {}, " + place + " has {}"),
        ("sources", "was played by other sources of this version (digest {}) than " + place + " ({})"),
        ("of", "is a part of a run of {} replications, " + place + " of one of {}"),
    ):
        _refuse(path, _brief(header, field), _brief(other, field), words)


def _brief(header: Header, field: str) -> object:
    value = getattr(header, field)
    return value[:12] if field in ("digest", "sources") else value


def check_counters(kept: Kept, program: Program) -> None:
    """Refuse counters that are not those of a program.

    Raises
    ------
    ScenarioError
        If one of them has another shape.
    """
    wanted = [each.shape for each in empty_counters(program)]
    if [each.shape for each in kept.part.tally.arrays] != wanted:
        raise _refusal(kept.path, "holds counters of another program than that of its scenario")


def _refuse(path: Path, its: object, wanted: object, words: str) -> None:
    if its != wanted:
        raise _refusal(path, words.format(printable(str(its)), printable(str(wanted))))


def _refusal(path: Path, message: str) -> ScenarioError:
    return ScenarioError((Problem(message, file=shown(path)),))
