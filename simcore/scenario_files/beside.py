"""Reads files that lie beside a scenario, which nobody need trust: their bytes, and the rows of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, printable
from simcore.scenario_files.yaml_problems import position

SUFFIXES = (".csv", ".parquet")


class Row(NamedTuple):
    """The cells of a row, and the line on which it begins."""

    line: int
    cells: list[str]


class Beside(NamedTuple):
    """A kind of file: where a scenario names it, and how large it may be."""

    where: str
    """The path of the key."""
    allowed: str
    """What the key may name."""
    misnamed: str
    """What is wrong with another name."""
    most_bytes: int
    most_rows: int
    fewer: str
    """A hint for who has more rows."""

    @staticmethod
    def is_parquet(name: str) -> bool:
        """Return whether a name is that of a Parquet file."""
        return Path(name).suffix.lower() == ".parquet"

    def refusal(self, message: str, **more: str | int | None) -> ScenarioError:
        """Return what is raised about the key."""
        return ScenarioError((Problem(message, self.where, **more),))  # type: ignore[arg-type]

    def read(self, folder: Path, name: str) -> tuple[bytes, str]:
        """Return the bytes of a file in a folder, and its name as it is shown.

        Raises
        ------
        ScenarioError
            If the name leads out of the folder, or the file cannot be read or is too long.
        """
        path = Path(name)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in SUFFIXES:
            raise self.refusal(self.misnamed, value=brief(name), allowed=self.allowed)
        file = printable(name)
        found = folder / path
        try:
            if found.exists() and not found.is_file():
                raise self.refusal(f"{file} is not a file")
            with found.open("rb") as opened:
                raw = opened.read(self.most_bytes + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            hint = "it lies beside the scenario: in its folder"
            raise self.refusal(f"cannot read {file}: {printable(reason).lower()}", hint=hint) from None
        if len(raw) > self.most_bytes:
            raise ScenarioError((Problem("is too long", file=file, allowed=f"up to {self.most_bytes >> 20} MiB"),))
        return raw, file

    def too_many(self, rows: int, file: str) -> ScenarioError:
        """Return what is raised about a file with too many rows."""
        allowed = f"up to {self.most_rows:,}"
        return ScenarioError((Problem(f"has {rows:,} rows or more", file=file, allowed=allowed, hint=self.fewer),))

    def csv_rows(self, raw: bytes, file: str) -> Iterator[Row]:
        """Yield the header and the rows of a CSV file; empty lines are passed over."""
        if raw.count(b"\n") + raw.count(b"\r") > 2 * (self.most_rows + 1):
            raise self.too_many(raw.count(b"\n"), file)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            hint = "save it as CSV in UTF-8"
            raise ScenarioError((Problem("is not UTF-8 text", file=file, line=line, hint=hint),)) from None
        if "\0" in text:
            line, column = position(text, text.index("\0"))
            raise ScenarioError((Problem("holds a NUL character", file=file, line=line, column=column),))
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line, rows = 1, 0
        try:
            for cells in reader:
                if cells:
                    yield Row(line, cells)
                    rows += 1
                    if rows > self.most_rows + 1:
                        raise self.too_many(rows - 1, file)
                line = reader.line_num + 1
        except csv.Error:
            message = "has quotes that do not close, or close within a cell"
            raise ScenarioError((Problem(message, file=file, line=line),)) from None
