"""Writes folders of results: summary, scenario, rep-weeks or a sweep as Parquet, and a manifest of them all.

A run is written into ``unfinished/`` inside the folder and takes its place when it is whole, by one switch (see
`simcore.results_folders.exchange`). So a folder with a manifest holds exactly what the manifest says, and a run that
fails leaves an earlier result alone. pyarrow is imported only by the functions that need it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simcore.base.errors import FileError
from simcore.results.rep_weeks import (
    FIRST_REPLICATION,
    RepWeekBlock,
    rep_week_schema,
    rep_week_table,
)
from simcore.results_folders.atomic import AtomicFile, FolderLock, Written, file_errors, shown, sync_folder, write_whole
from simcore.results_folders.exchange import (
    IN_PLACE,
    REPLACED,
    UNFINISHED,
    exchange,
    finish_exchange,
    foreign,
    may_stand_in,
    new_folder,
)
from simcore.results_folders.kept_people import check_people
from simcore.results_folders.kept_scenario import kept_texts
from simcore.results_folders.manifest import (
    DRAWS,
    MANIFEST,
    OPEN_ITEMS,
    REP_WEEKS,
    SCENARIO,
    SUMMARY,
    SWEEP,
    WORLDS,
    FileEntry,
    Manifest,
    own_manifest,
    read_manifest,
    write_manifest,
)
from simcore.results_folders.verification import read_rep_weeks, verify

if TYPE_CHECKING:
    from types import TracebackType

    import pyarrow as pa
    from pydantic import BaseModel

    from simcore.results.header import StudyHeader
    from simcore.results.summary import Summary
    from simcore.scenario.model import Scenario
    from simcore.studies.compare.document import Comparison
    from simcore.studies.sweep.document import Sweep

__all__ = [
    "RepWeekBlock",
    "ResultsFolder",
    "finish_cut_off",
    "read_rep_weeks",
    "rep_week_schema",
    "rep_week_table",
    "verify",
]

ROW_GROUP_ROWS = 1 << 17
"""Rows held in memory before they are written: a row group of a part."""
PART_ROWS = 1 << 21
"""Rows of a part; a multiple of `ROW_GROUP_ROWS`."""


class _Parts:
    """Divides a stream of tables into row groups and parts that do not depend on the blocks."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.files: list[FileEntry] = []
        self._folder = folder
        self._schema = schema
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._open: _OpenPart | None = None
        with file_errors("create", folder):
            folder.mkdir()

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        while self._waiting_rows >= ROW_GROUP_ROWS:
            self._write_group(ROW_GROUP_ROWS)

    def finish(self) -> None:
        if self._waiting_rows:
            self._write_group(self._waiting_rows)
        if self._open is not None:
            self._commit(self._open)

    def abandon(self) -> None:
        """Discard the part being written; complete parts stay."""
        if self._open is not None:
            self._open.discard()
            self._open = None

    def _write_group(self, rows: int) -> None:
        import pyarrow as pa  # noqa: PLC0415

        table = pa.concat_tables(self._waiting)
        if self._open is None:
            # Each part states which run it belongs to, and its position in it.
            first = {FIRST_REPLICATION: str(table["replication"][0].as_py())}
            schema = self._schema.with_metadata({**(self._schema.metadata or {}), **first})
            self._open = _OpenPart(self._folder / f"part-{len(self.files):05d}.parquet", schema)
        self._open.write(table.slice(0, rows).combine_chunks())
        self._waiting_rows -= rows
        self._waiting = [table.slice(rows)] if self._waiting_rows else []
        if self._open.rows >= PART_ROWS:
            self._commit(self._open)

    def _commit(self, part: _OpenPart) -> None:
        written = part.commit()
        name = f"{REP_WEEKS}/part-{len(self.files):05d}.parquet"
        self.files.append(_entry(name, written, part.rows))
        self._open = None


class _OpenPart:
    """A part that is being written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415

        self.rows = 0
        self._file = AtomicFile(path)
        self._writer = pq.ParquetWriter(self._file, schema, compression="zstd", write_page_checksum=True)

    def write(self, group: pa.Table) -> None:
        self._writer.write_table(group, row_group_size=group.num_rows)
        self.rows += group.num_rows

    def commit(self) -> Written:
        self._writer.close()
        self._file.commit()
        return self._file.written()

    def discard(self) -> None:
        # An unclosed writer adds its footer when it is garbage collected; that is harmless here: the file is discarded.
        with contextlib.suppress(OSError, ValueError, FileError):
            self._writer.close()
        self._file.discard()


class ResultsFolder:
    """Writes the results of one run into a folder; a context manager.

    Blocks go to `write_rep_weeks` in the order of replications; `finish` puts everything in its place.
    Without it (the body raised) no manifest is written: whole parts stay in ``unfinished/``, all else is
    removed.

    Parameters
    ----------
    path
        The folder; created, with its parents, if it does not exist. It must be empty, or hold results of simcore
        with ``overwrite`` given: these stay untouched until the new ones are complete. Files that are not
        simcore's are never removed.
    scenario, digest, seed, version
        What is run, and the identity of the run.
    overwrite
        Whether earlier results in the folder may be replaced. An interrupted run never replaces a
        complete one.

    Raises
    ------
    FileError
        If the folder cannot be used or a file cannot be written; nothing half-written has a final name then.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        scenario: Scenario,
        digest: str,
        seed: int,
        version: str,
        overwrite: bool = False,
    ) -> None:
        self.path = Path(path)
        check_people(scenario)
        self._scenario, self._digest, self._seed, self._version = scenario, digest, seed, version
        self._parts: _Parts | None = None
        self._replications = 0
        self._finished = False
        with file_errors("use as a results folder", self.path):
            missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in missing:
                sync_folder(folder.parent)
        self._created = bool(missing)
        self._lock = FolderLock(self.path)
        try:
            _check_foreign(self.path)
            self.finished_an_exchange = finish_exchange(self.path)
            _check_free(self.path, overwrite=overwrite)
            self._work = new_folder(self.path, UNFINISHED)
        except BaseException:
            self._lock.release()
            raise

    def write_rep_weeks(self, block: RepWeekBlock) -> None:
        """Add the rep-weeks of the next replications.

        Raises
        ------
        ValueError
            If the block does not follow the one before it.
        FileError
            If a part could not be written.
        """
        if self._parts is None:
            schema = rep_week_schema(self._scenario, digest=self._digest, seed=self._seed, version=self._version)
            self._schema = schema
            self._parts = _Parts(self._work / REP_WEEKS, schema)
        if block.first_replication != self._replications:
            raise ValueError(f"expected replication {self._replications}, got {block.first_replication}")
        self._parts.add(rep_week_table(block, self._schema))
        self._replications += block.counts.shape[0]

    def finish(self, summary: Summary, *, complete: bool) -> Path:
        """Write the summary, the scenario and the manifest, and move everything into place.

        Parameters
        ----------
        summary
            The result of the run.
        complete
            False if the run was interrupted: it is kept, and the manifest says how many replications it
            holds.

        Returns
        -------
        pathlib.Path
            Where the results are: `path`, or its folder ``unfinished`` if the run was interrupted and a
            complete result stands in `path`.

        Raises
        ------
        ValueError
            If the rep-weeks are not those of the summary.
        FileError
            If a file could not be written.
        """
        files: list[FileEntry] = []
        if self._parts is not None:
            self._parts.finish()
            files = self._parts.files
            rows = sum(entry.rows or 0 for entry in files)
            if (self._replications, rows) != (summary.size.replications, summary.size.rep_weeks):
                raise ValueError(
                    f"{self._replications} replications with {rows} rep-weeks were written, the summary has "
                    f"{summary.size.replications} with {summary.size.rep_weeks}"
                )
        return self._seal(summary, files, complete=complete, replications=summary.size.replications)

    def finish_table(self, name: str, document: Sweep | Comparison, table: pa.Table, replications: int) -> Path:
        """Write a document, its table, the scenario and the manifest, and move everything into place.

        Parameters
        ----------
        name
            `simcore.results_folders.manifest.SWEEP` or `simcore.results_folders.manifest.WORLDS`: the file of the
            table.
        document
            The result; the manifest records it as complete unless it was interrupted.
        table
            Its figures.
        replications
            The number of replications behind them.

        Returns
        -------
        pathlib.Path
            Where the results are, as for `finish`.

        Raises
        ------
        FileError
            If a file could not be written.
        """
        identity = {"simcore.version": self._version, "simcore.digest": self._digest, "simcore.seed": str(self._seed)}
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **identity})
        part = _OpenPart(self._work / name, table.schema)
        try:
            part.write(table)
            entry = _entry(name, part.commit(), part.rows)
        except BaseException:
            part.discard()
            raise
        return self._seal(document, [entry], complete=not document.interrupted, replications=replications)

    def finish_document(self, document: StudyHeader) -> Path:
        """Write a document that has no table beside it, the scenario and the manifest, and move all to its place.

        Parameters
        ----------
        document
            What came out; its digest is that of the folder, and the manifest calls it complete unless it was
            interrupted.

        Returns
        -------
        pathlib.Path
            Where the results are, as for `finish`.

        Raises
        ------
        FileError
            If a file could not be written.
        """
        self._digest = document.digest
        return self._seal(document, [], complete=not document.interrupted, replications=document.replications)

    def _seal(self, document: BaseModel, files: list[FileEntry], *, complete: bool, replications: int) -> Path:
        """Write the texts and the manifest beside the existing files, and move everything into place."""
        rows = sum(entry.rows or 0 for entry in files)
        texts = {SUMMARY: document.model_dump_json(indent=2) + "\n", **kept_texts(self._scenario)}
        for name, text in texts.items():
            files.append(_entry(name, write_whole(self._work / name, text.encode())))
        manifest = Manifest(
            version=self._version,
            scenario=self._scenario.name,
            digest=self._digest,
            seed=self._seed,
            complete=complete,
            replications=replications,
            rows=rows,
            files=files,
        )
        write_manifest(self._work, manifest)
        self._finished = True
        earlier = own_manifest(self.path)
        if earlier is not None and earlier.complete and not complete:
            return self._work
        exchange(self.path, self._work)
        return self.path

    def close(self) -> None:
        """Release the folder; an unfinished run leaves its complete parts, and nothing else."""
        try:
            if self._parts is not None:
                self._parts.abandon()
            if not self._finished:
                self._clear()
        finally:
            self._lock.release()

    def _clear(self) -> None:
        """Remove what is useless alone: texts without a manifest, empty folders."""
        with file_errors("clear", self._work):
            for name in (MANIFEST, SUMMARY, SCENARIO, SWEEP, WORLDS, OPEN_ITEMS, DRAWS):
                (self._work / name).unlink(missing_ok=True)
            candidates = [self._work / REP_WEEKS, self._work, *([self.path] if self._created else [])]
            for folder in candidates:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def finish_cut_off(path: Path | str) -> bool:
    """Finish an interrupted exchange of results, if there is one; return whether there was.

    Raises
    ------
    FileError
        If the folder is not a folder of results, another run is writing to it, or the exchange cannot be finished; the
        folder is then unchanged.
    """
    folder = Path(path)
    with file_errors("read", folder):
        found = sorted(entry.name for entry in folder.iterdir())
    if MANIFEST not in found:
        return False
    lock = FolderLock(folder)
    try:
        _check_foreign(folder)
        return finish_exchange(folder)
    finally:
        lock.release()


def _entry(path: str, written: Written, rows: int | None = None) -> FileEntry:
    return FileEntry(path=path, bytes=written.size, sha256=written.sha256, rows=rows)


def _check_foreign(folder: Path) -> None:
    """Raise if the folder has a broken manifest, or files of others under names that simcore would write."""
    with file_errors("read", folder):
        names = sorted(entry.name for entry in folder.iterdir())
        found = foreign(folder)
    if not names:
        return
    manifest = read_manifest(folder) if MANIFEST in names and MANIFEST not in found else None
    if manifest is not None:
        # Files that a user has put beside the results are left alone, unless they have the name of a result.
        found = [name for name in found if "/" in name or may_stand_in(name)]
    elif not any(name.startswith((UNFINISHED, REPLACED)) for name in names):
        found = found or names
    elif not (folder / UNFINISHED / REPLACED).is_dir():
        # Only simcore before the manifest of format 2 left files in their place without a manifest, and these folders.
        found += [name for name in names if name in IN_PLACE]
    if found:
        example = shown(Path(found[0]))
        raise FileError(f"{shown(folder)} holds what is not simcore's ({example}): name an empty or a new folder")


def _check_free(folder: Path, *, overwrite: bool) -> None:
    """Raise unless a run may write to the folder."""
    with file_errors("read", folder):
        empty = not any(folder.iterdir())
    if not empty and not overwrite:
        state = "an unfinished run" if own_manifest(folder) is None else "results"
        raise FileError(f"{shown(folder)} holds {state}: name another folder, or replace it with --overwrite")
