"""The scenarios that come with simcore."""

from __future__ import annotations

import importlib.resources
import re

from simcore.scenario_files.yaml_problems import decode
from simcore.scenario_files.yaml_tree import read

SUFFIX = ".yaml"
_FOLDER = "simcore.scenarios"
_ABOUT = re.compile(r"^about:.*(?:\n[ \t]+.*)*", re.MULTILINE)


def shipped_files() -> dict[str, importlib.resources.abc.Traversable]:
    """Return the files of the shipped scenarios, by the scenario's name."""
    files = importlib.resources.files(_FOLDER).iterdir()
    found = {entry.name.removesuffix(SUFFIX): entry for entry in files if entry.name.endswith(SUFFIX)}
    return dict(sorted(found.items()))


def shipped() -> list[tuple[str, str]]:
    """Return the name of each shipped scenario and the line that says what it is about; nothing else of it is read."""
    return [(name, _about(decode(file.read_bytes(), file.name), file.name)) for name, file in shipped_files().items()]


def _about(text: str, file: str) -> str:
    line = _ABOUT.search(text)
    data = None if line is None else read(line[0], file).data
    return str(data["about"]) if isinstance(data, dict) else ""
