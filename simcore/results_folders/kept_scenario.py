"""A scenario as it is kept: its text, and what must lie beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from simcore.quantities.open_list import OpenList
from simcore.results_folders.manifest import DRAWS, OPEN_ITEMS, SCENARIO
from simcore.scenario_files.scenario_file import dump_yaml, parse_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simcore.scenario.model import Scenario

NAMES = frozenset((SCENARIO, OPEN_ITEMS, DRAWS))
"""Files that there may be."""


def kept_texts(scenario: Scenario) -> dict[str, str]:
    """Return the files of a scenario by their names: YAML, the list of open items and draws, if it has them.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> scenario = load_scenario("trust-the-process")
    >>> list(kept_texts(scenario)), read_kept(kept_texts(scenario)) == scenario
    (['scenario.yaml'], True)
    """
    texts = {SCENARIO: dump_yaml(scenario, open_items=OPEN_ITEMS, draws=DRAWS)}
    if scenario.start is not None and isinstance(scenario.start.open, OpenList):
        texts[OPEN_ITEMS] = scenario.start.open.text
    if scenario.knowledge is not None:
        texts[DRAWS] = scenario.knowledge.text
    return texts


def read_kept(texts: Mapping[str, str], file: str = SCENARIO) -> Scenario:
    """Return the scenario of such files.

    Parameters
    ----------
    texts
        By names, which are among `NAMES`.
    file
        What errors call the text.

    Raises
    ------
    ScenarioError
        If it is none that this version reads.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in (OPEN_ITEMS, DRAWS):
            if each in texts:
                (folder / each).write_bytes(texts[each].encode())
        return parse_scenario(texts[SCENARIO], file=file, folder=folder)
