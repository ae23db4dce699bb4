"""Checks a folder of results: files against the manifest, and manifest, summary, scenario and rows against each other.

pyarrow is imported only by the functions that need it.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcore.base.errors import FileError, ScenarioError
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.base.text import printable
from simcore.base.version import __version__
from simcore.results.rep_weeks import column_names
from simcore.results_folders.atomic import file_errors, shown
from simcore.results_folders.inventory import Findings, check_names, check_sums, without_manifest
from simcore.results_folders.manifest import (
    MANIFEST,
    SCENARIO,
    SUMMARY,
    SWEEP,
    WORLDS,
    Manifest,
    folder_of,
    manifest_text,
    parse_manifest,
)
from simcore.results_folders.parts import Shape, Sums, check_identity, check_part, parts_of, read_rep_weeks, repeated
from simcore.results_folders.sealed_document import Sealed, sealed_document
from simcore.results_folders.verification_document import Verification, is_of_one_strategy
from simcore.scenario.digest import digest_of_digests, joint_digest, scenario_digest
from simcore.scenario.model import with_strategy
from simcore.scenario_files.scenario_file import parse_scenario

if TYPE_CHECKING:
    import pyarrow as pa

    from simcore.scenario.model import Scenario

__all__ = ["read_rep_weeks", "verification", "verify"]

_LARGEST = 10**300
_MOST_ROWS = 2**60
"""Maximum rows of a replication, so that row numbers fit in 64-bit integers."""
_TOLERANCE = 1e-13
"""Relative: figures are sums of integers, rounded a few times when divided and scaled."""


def verify(path: Path | str) -> list[str]:
    """Check a folder of results like `verification`, and return only the problems.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    list of str
        What is wrong or could not be read, one sentence each without a full stop; empty if all is well.

    Examples
    --------
    >>> verify("no such folder")
    ['cannot read no such folder: no such file or directory']
    """
    found = verification(path)
    return found.problems + found.unreadable


def verification(path: Path | str) -> Verification:
    """Check a folder of results against its manifest, and manifest, summary, scenario and rows against each other.

    Nothing is written. Checked are: the manifest's own SHA-256; size and SHA-256 of each file that it lists; that no
    file is listed twice, none is a link or behind one, and none is there that it does not list; version, scenario,
    digest, seed, replications, rows and completeness against ``summary.json``; seed, digest, team, weeks and strategy
    against ``scenario.yaml``; of each part, the run that it says it is of, and that it holds the rows that belong
    there; the sums of all rows against the figures of the summary.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    Verification
        All that was found; nothing is raised for a folder that cannot be read.

    Raises
    ------
    UsageError
        If `path` is not a path.
    """
    folder = folder_of(path)
    while True:
        data = _text_of(folder)
        found = _checked(folder, data)
        # Another run may have replaced the results meanwhile: then those are checked.
        if found.whole or _text_of(folder) == data:
            return found


def _text_of(folder: Path) -> bytes | None:
    try:
        return manifest_text(folder)
    except FileError:
        return None


def _checked(folder: Path, data: bytes | None) -> Verification:
    """Return the findings for a folder whose manifest has this content, or ``None`` without one."""
    found = Findings()
    manifest: Manifest | None = None
    holds: str | None = None
    try:
        manifest = _manifest(folder, data, found)
        if manifest is not None:
            holds = _check_all(folder, manifest, found)
    except FileError as error:
        found.unreadable.append(str(error))
    return _document(folder, manifest, holds, found)


def _manifest(folder: Path, data: bytes | None, found: Findings) -> Manifest | None:
    """Parse the manifest; if it is invalid, report that in `found` and return ``None``."""
    if folder.is_file():
        raise FileError(f"cannot read {shown(folder)}: it is a file, not a folder of results")
    with file_errors("read", folder):
        names = {entry.name for entry in folder.iterdir()}
        is_link, is_folder, is_file = (
            (folder / MANIFEST).is_symlink(),
            (folder / MANIFEST).is_dir(),
            (folder / MANIFEST).is_file(),
        )
    if MANIFEST not in names:
        found.problems.append(without_manifest(folder))
        return None
    if is_link or not is_file:
        what = "link" if is_link else "folder" if is_folder else "pipe or a device"
        found.problems.append(f"{MANIFEST} is a {what}, not a plain file")
        return None
    data = manifest_text(folder) if data is None else data
    try:
        return parse_manifest(data, Path(MANIFEST))
    except FileError as error:
        found.problems.append(str(error))
        return None


def _document(folder: Path, manifest: Manifest | None, holds: str | None, found: Findings) -> Verification:
    stated: dict[str, Any] = {
        name: getattr(manifest, name, None)
        for name in ("complete", "version", "scenario", "digest", "seed", "replications", "rows")
    }
    files = [] if manifest is None else manifest.files
    return Verification(
        folder=shown(folder),
        whole=not found.problems and not found.unreadable,
        holds=holds,
        **stated,
        files=len(files),
        bytes=sum(entry.bytes for entry in files),
        problems=list(dict.fromkeys(found.problems)),
        unreadable=found.unreadable,
        notes=found.notes,
    )


def _check_all(folder: Path, manifest: Manifest, found: Findings) -> str | None:
    """Check everything that a manifest lists; return the kind of result in the folder."""
    if not manifest.unchanged():
        found.problems.append(f"{MANIFEST} was changed: its SHA-256 is not that of what it says")
    names = {entry.name for entry in manifest.files}
    found.problems += [f"{name} is missing from the manifest" for name in (SUMMARY, SCENARIO) if name not in names]
    found.problems += [f"{MANIFEST}: {problem}" for problem in repeated(manifest)]
    rows = sum(entry.rows or 0 for entry in manifest.files)
    if rows != manifest.rows:
        found.problems.append(f"the parts have {rows} rows, the manifest says {manifest.rows}")
    check_names(folder, manifest, found)
    check_sums(folder, manifest, found)
    sealed = _summary(folder, manifest, found)
    if sealed.holds is not None:
        found.problems += _against_summary(manifest, sealed.document, sealed.holds)
        _check_scenario(folder, manifest, sealed, found)
    _check_tables(folder, manifest, sealed, found)
    return sealed.holds


def _summary(folder: Path, manifest: Manifest, found: Findings) -> Sealed:
    """Return the document of the result and its kind; an empty one if it cannot be trusted."""
    if SUMMARY not in found.good:
        return Sealed({}, None)
    file = folder / manifest.place / SUMMARY
    with file_errors("read", file):
        data = file.read_bytes()
    sealed = sealed_document(data, manifest.version)
    if sealed.problem is not None:
        found.problems.append(f"{SUMMARY} {sealed.problem}")
    if sealed.is_former:
        found.notes.append(f"{SUMMARY} is of document format 1, before simcore gave all documents one header")
    return sealed


def _at(document: object, path: str) -> Any:  # noqa: ANN401  (JSON)
    """Return the value at a path of a JSON document; ``None`` if there is none.

    Examples
    --------
    >>> _at({"scenario": {"seed": 3}}, "scenario.seed")
    3
    """
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _against_summary(manifest: Manifest, document: dict[str, Any], holds: str) -> list[str]:
    """Return the differences between the manifest and the summary."""
    stated = {
        "version": _at(document, "version"),
        "scenario": _at(document, "scenario.name"),
        "digest": _at(document, "scenario.digest"),
        "seed": _at(document, "scenario.seed"),
        "replications": _at(document, "replications"),
    }
    interrupted = _at(document, "interrupted")
    stated["complete"] = not interrupted if isinstance(interrupted, bool) else None
    problems = [
        f"{SUMMARY} says {name} {value}, the manifest {getattr(manifest, name)}"
        for name, value in stated.items()
        if value != getattr(manifest, name)
    ]
    if holds == "comparison":
        digests = _at(document, "digests")
        joint = digest_of_digests(map(str, digests.values())) if isinstance(digests, dict) else None
        if joint != manifest.digest:
            problems.append(f"{SUMMARY} says digests whose digest is {joint}, the manifest {manifest.digest}")
    if holds == "run" and parts_of(manifest) and manifest.rows != _at(document, "rep_weeks"):
        problems.append(f"{SUMMARY} tells of {_at(document, 'rep_weeks')} rep-weeks, the manifest {manifest.rows}")
    table = {"sweep": SWEEP, "comparison": WORLDS}.get(holds)
    tables = {entry.name for entry in manifest.files} & {SWEEP, WORLDS}
    if tables != ({table} - {None}):
        problems.append(f"the manifest lists {', '.join(sorted(tables)) or 'no table'}, {SUMMARY} is of a {holds}")
    return problems


def _check_scenario(folder: Path, manifest: Manifest, sealed: Sealed, found: Findings) -> None:
    """Check that the scenario matches the manifest and the summary."""
    document, holds = sealed.document, sealed.holds
    if SCENARIO not in found.good:
        return
    file = folder / manifest.place / SCENARIO
    with file_errors("read", file):
        data = file.read_bytes()
    try:
        scenario = parse_scenario(data.decode("utf-8"), SCENARIO, folder=file.parent)
    except (UnicodeDecodeError, ScenarioError) as error:
        if manifest.version == __version__:
            found.problems.append(f"{SCENARIO} is not a scenario: {str(error).splitlines()[0]}")
        else:
            found.notes.append(f"{SCENARIO} is of simcore {manifest.version}, which {__version__} cannot read")
        return
    stated: dict[str, tuple[object, object]] = {
        "name": (scenario.name, manifest.scenario),
        "seed": (scenario.run.seed, manifest.seed),
        "currency": (scenario.deal.currency, _at(document, "scenario.currency")),
    }
    if holds != "sweep" or not sealed.is_former:  # which lacks these entries
        stated["reps"] = (scenario.team.reps, _at(document, "reps"))
        if holds != "plan":  # which states the weeks of its period
            stated["weeks"] = (scenario.horizon.weeks, _at(document, "weeks"))
    if is_of_one_strategy(holds):
        stated["strategy"] = (scenario.run.strategy, ", ".join(map(str, _listed(document, "scenario.strategies"))))
    if holds == "run":
        stated["stages"] = (", ".join(stage.stage for stage in scenario.funnel), ", ".join(_stages(document)))
    found.problems += [
        f"{SCENARIO} says {name} {value}, {'the manifest' if name in {'name', 'seed'} else SUMMARY} {other}"
        for name, (value, other) in stated.items()
        if value != other
    ]
    if manifest.version != __version__:
        found.notes.append(
            f"written by simcore {manifest.version}: {__version__} cannot work out the digest of its scenario"
        )
        return
    digest = _digest_again(scenario, document, holds)
    if digest is not None and digest != manifest.digest:
        found.problems.append(f"the digest of {SCENARIO} is {digest}, the manifest says {manifest.digest}")


def _stages(document: dict[str, Any]) -> list[str]:
    """Return the names of the stages in the summary of a run."""
    return [str(_at(row, "stage")) for row in _listed(document, "funnel")]


def _listed(document: object, path: str) -> list[Any]:
    """Return the list at a path of a JSON document; an empty list if there is none."""
    found = _at(document, path)
    return found if isinstance(found, list) else []


def _digest_again(scenario: Scenario, document: dict[str, Any], holds: str | None) -> str | None:
    """Return the digest that the manifest should have for this scenario; ``None`` if its values are varied."""
    weeks = _at(document, "weeks")
    if holds == "plan" and isinstance(weeks, int):  # whose horizon is its period
        horizon = scenario.horizon.model_copy(update={"weeks": weeks})
        scenario = scenario.model_copy(update={"horizon": horizon})
    if is_of_one_strategy(holds):
        return scenario_digest(scenario)
    digests = _at(document, "digests")
    if holds != "comparison" or not isinstance(digests, dict):
        return None
    try:
        return joint_digest(with_strategy(scenario, name) for name in digests)
    except ScenarioError:
        return "that of other strategies"


def _check_tables(folder: Path, manifest: Manifest, sealed: Sealed, found: Findings) -> None:
    """Check the content of the manifest's Parquet files whose size and sum are right."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    document, holds = sealed.document, sealed.holds
    shape = _shape(document) if holds == "run" else None
    sums: Sums | None = Sums(0, {})
    before = 0
    parts = {entry.path for entry in parts_of(manifest)}
    for entry in manifest.files:
        if entry.rows is None and not entry.path.endswith(".parquet"):
            continue
        start = before
        before += (entry.rows or 0) if entry.path in parts else 0
        if entry.name not in found.good:
            sums = None
            continue
        try:
            file = pq.ParquetFile(folder / entry.path, page_checksum_verification=True)
            rows = file.metadata.num_rows
            if rows != entry.rows:
                problems = [f"has {rows} rows, the manifest says {entry.rows}"]
            elif entry.path in parts:
                problems, part = check_part(file, manifest, shape, start)
                sums = None if sums is None else sums + part
            else:
                problems = check_identity(file.schema_arrow.metadata, manifest)
                problems += _table_problems(file.read(), entry.name, sealed, manifest, found)
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError, pa.ArrowException) as error:
            # Anything may fail for a table from somebody else, or one damaged in a way that its sum does not show.
            problems = [f"cannot be read: {printable(str(error))}"]
        if problems:
            sums = None
        found.problems += [f"{entry.path} {problem}" for problem in problems]
    if parts and sums is not None and holds == "run":
        found.problems += _against_sums(document, sums)


def _shape(document: dict[str, Any]) -> Shape | None:
    """Return the rows and columns of a replication, if the summary states them."""
    reps, weeks = _at(document, "reps"), _at(document, "weeks")
    if not (isinstance(reps, int) and isinstance(weeks, int) and 0 < reps * weeks < _MOST_ROWS):
        return None
    return Shape(reps, weeks, column_names(tuple(_stages(document))))


def _against_sums(document: dict[str, Any], sums: Sums) -> list[str]:
    """Return the figures of a run that do not follow from its rep-weeks."""
    if not sums.rows:
        return ["the parts are empty"]
    *stages, origin, close = sums.columns
    stated: list[tuple[str, object, float]] = [
        ("rep-weeks", _at(document, "rep_weeks"), sums.rows),
        ("calls", _at(document, "calls"), sums.columns[stages[0]]),
    ]
    rows = _listed(document, "funnel")
    for number, name in enumerate(stages):
        row = rows[number] if number < len(rows) else None
        stated.append((f"{name} per rep-week", _at(row, "per_rep_week.estimate"), sums.columns[name] / sums.rows))
    for account, column in (("origin", origin), ("close", close)):
        mean = sums.columns[column] / (100.0 * sums.rows)
        stated.append((f"revenue of a week by {account}", _weekly(document, account), mean))
    return [
        f"{SUMMARY} says {name}: {figure}, the rep-weeks have {value}"
        for name, figure, value in stated
        if not _equal(figure, value)
    ]


def _weekly(document: dict[str, Any], account: str) -> object:
    """Return the mean revenue per week in the summary."""
    for row in _listed(document, f"averaging.{account}"):
        if _at(row, "horizon") == "week":
            return _at(row, "revenue.mean.estimate")
    return None


def _equal(figure: object, value: float) -> bool:
    # An integer beyond the range of floats equals no figure.
    return (
        isinstance(figure, int | float) and abs(figure) < _LARGEST and math.isclose(figure, value, rel_tol=_TOLERANCE)
    )


def _table_problems(table: pa.Table, name: str, sealed: Sealed, manifest: Manifest, found: Findings) -> list[str]:
    """Return the differences between the document and the table of a sweep or the worlds of a comparison."""
    if name == SWEEP and sealed.holds == "sweep":
        return _sweep_problems(table, sealed, manifest, found)
    if name == WORLDS and sealed.holds == "comparison":
        return _world_problems(table, sealed.document)
    return []


def _sweep_problems(table: pa.Table, sealed: Sealed, manifest: Manifest, found: Findings) -> list[str]:
    from pydantic import ValidationError  # noqa: PLC0415

    from simcore.studies.sweep.document import Sweep, sweep_table  # noqa: PLC0415

    try:
        wanted = sweep_table(Sweep.model_validate(sealed.document))
    except ValidationError:
        if manifest.version == __version__ and not sealed.is_former:
            return [f"cannot be compared: {SUMMARY} is not a document of a sweep"]
        of = "document format 1" if sealed.is_former else f"simcore {manifest.version}"
        found.notes.append(f"{SUMMARY} is of {of}: its figures were not compared with {SWEEP}")
        return []
    return [] if table.equals(wanted) else [f"has other figures than {SUMMARY}"]


def _world_problems(table: pa.Table, document: dict[str, Any]) -> list[str]:
    import pyarrow.compute as pc  # noqa: PLC0415

    replications, strategies = document["replications"], document["strategies"]
    names = [str(_at(each, "name")) for each in strategies]
    if table.num_rows != replications * len(names):
        return [f"has {table.num_rows} rows, {SUMMARY} tells of {replications} worlds and {len(names)} strategies"]
    worlds = [number for number in range(replications) for _ in names]
    if table["replication"].to_pylist() != worlds or table["strategy"].to_pylist() != names * replications:
        return [f"holds other worlds or strategies than {SUMMARY}"]
    found = []
    for name, each in zip(names, strategies, strict=True):
        cents = pc.sum(table.filter(pc.field("strategy") == name)["cents_close"]).as_py()
        mean = cents * WEEKS_PER_YEAR / (100.0 * replications * document["reps"] * document["weeks"])
        figure = _at(each, "figures.revenue.estimate")
        if not _equal(figure, mean):
            found.append(f"comes to a revenue of {mean} for {name}, {SUMMARY} says {figure}")
    return found
