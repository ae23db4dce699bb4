"""`simcore verify`: whether a folder of results is whole, and all in it belongs together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import JsonOption

if TYPE_CHECKING:
    from simcore.results_folders.verification_document import Verification


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that --out has written.", show_default=False)],
    *,
    finish: Annotated[
        bool, typer.Option("--finish", help="First finish what a run that was ended while it replaced results left.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check that a folder of results is whole, and that all in it belongs together.

    Sums, rows, digests and seeds of all files are compared with the manifest, the summary and the scenario, and the
    figures of the summary against the sums of the rep-weeks. Nothing is changed without --finish.
    Exit status: 0 whole, 3 damaged or no result, 4 something could not be read.
    """
    from simcore.cli.output import print_json, print_text  # noqa: PLC0415
    from simcore.results_folders.verification import verification  # noqa: PLC0415

    if finish:
        from simcore.results_folders.results_folder import finish_cut_off  # noqa: PLC0415

        finish_cut_off(folder)
    found = verification(folder)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        print_text("\n".join(_lines(found)) + "\n")
    if found.problems:
        raise typer.Exit(int(ExitStatus.INVALID))
    if found.unreadable:
        raise typer.Exit(int(ExitStatus.IO))


def _lines(found: "Verification") -> list[str]:
    """Return what was found, in lines."""
    wrong = [*found.problems, *found.unreadable]
    if not wrong:
        lines = [f"{found.folder} is whole."]
    elif found.version is None:
        lines = [f"{found.folder} holds no result that could be checked:"]
    elif found.problems:
        lines = [f"{found.folder} is damaged, {len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}:"]
    else:
        lines = [f"{found.folder} could not be read in full:"]
    lines += [f"* {problem}" for problem in wrong]
    if found.version is not None:
        what = "results" if found.holds is None else f"a {found.holds}"
        state = "" if found.complete else ", interrupted"
        identity = f"seed {found.seed}, digest {(found.digest or '')[:12]}"
        lines += [
            f"{what} of {found.scenario}{state}: {found.replications:,} replications, {identity}",
            f"{found.files} files, {found.bytes:,} bytes, {found.rows:,} rows, simcore {found.version}",
        ]
    return lines + [f"note: {note}" for note in found.notes]
