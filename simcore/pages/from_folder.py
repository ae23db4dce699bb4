"""What a folder of results has to tell, once it is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.errors import FileError
from simcore.base.text import printable
from simcore.base.version import __version__
from simcore.pages.page import Told
from simcore.results_folders.atomic import read_plain, shown
from simcore.results_folders.manifest import SCENARIO, SUMMARY, read_manifest
from simcore.results_folders.sealed_document import sealed_document
from simcore.results_folders.verification import verification
from simcore.scenario_files.scenario_file import parse_scenario
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from pathlib import Path


def told_of(folder: Path) -> Told:
    """Return the answer in a folder of results, with its scenario; the folder does not keep the command.

    Raises
    ------
    FileError
        If the folder is damaged, could not be read in full, or was written by another version: its first worlds could
        not be played again.
    """
    found = verification(folder)
    wrong = [*found.problems, *found.unreadable]
    if wrong:
        more = f" (and {len(wrong) - 1} more; simcore verify lists them)" if len(wrong) > 1 else ""
        raise FileError(f"{shown(folder)} holds no sound results: {printable(wrong[0])}{more}")
    if found.version != __version__:
        raise FileError(
            f"{shown(folder)} was written by simcore {printable(str(found.version))}, this is {__version__}: "
            "run it again, or make the page with that version"
        )
    places = {entry.name: folder / entry.path for entry in read_manifest(folder).files}
    data = read_plain(places[SUMMARY])
    name = str(sealed_document(data, __version__).document["document"])
    document = STUDIES[name].load_document().model_validate_json(data)
    text, place = read_plain(places[SCENARIO]).decode(), places[SCENARIO].parent
    return Told([document], parse_scenario(text, folder=place), "")
