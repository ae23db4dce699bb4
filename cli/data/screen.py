"""What exports hold and what is wrong with them, as text: no figure that is not in the document."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import ALARM, conclusion, grid, note, spaced, titled
from simcore.cli.tables import Paragraph, fits
from simcore.crm.findings import LOUD
from simcore.exported.check_answer import check_told, check_verdict

if TYPE_CHECKING:
    from simcore.crm.document import DataCheck
    from simcore.crm.findings import Example, Finding


def data_check_report(found: DataCheck) -> RenderableType:
    """Return the report for 80 columns: the verdict first, then what is in the files, then what is wrong."""
    parts = [conclusion(check_verdict(found)), _deals(found), _files(found)]
    if found.stages:
        parts.append(_flows(found))
    for grade, title in (("E", "Has to be mended"), ("W", "Worth knowing")):
        several = [finding for finding in found.findings if finding.grade == grade]
        if several:
            parts.append(titled(title, Group(*(_finding(each) for each in several))))
    return Group(*spaced(parts))


def _deals(found: DataCheck) -> RenderableType:
    return Group(*(Paragraph(printable(line)) for line in check_told(found)))


@fits
def _files(found: DataCheck) -> RenderableType:
    table = grid(["file", "read as", "rows", "header in row", "left out"], left=2)
    for file in found.files:
        what = f"{file.holds}, {file.dialect}, {file.encoding}, {file.delimiter}"
        table.add_row(
            printable(PurePath(file.file).name),
            what,
            count(file.rows),
            count(file.header_row),
            count(file.ignored + file.closing_rows),
        )
    ends = [word for word in found.stage_words if word.taken_for in ("won", "lost") and word.name != word.taken_for]
    said = "; ".join(f"{word.name} = {word.taken_for}" for word in ends)
    columns = [
        note(f"{file.holds}: " + "; ".join(f"{meaning} = {header}" for meaning, header in file.columns.items()))
        for file in found.files
    ]
    return Group(table, *columns, *([note(printable(f"stages that end a deal: {said}"))] if said else []))


@fits
def _flows(found: DataCheck) -> RenderableType:
    table = grid(["stage", "in", "on", "back", "won", "lost", "open", "skipped", "again", "days"])
    for flow in found.stages:
        numbers = (flow.entered, flow.on, flow.back, flow.won, flow.lost, flow.open, flow.skipped, flow.entered_again)
        days = NONE if flow.median_days is None else significant(flow.median_days, 3)
        table.add_row(printable(flow.stage), *map(count, numbers), days)
    said = "in = on + back + won + lost + open; days: the median stay of those that have left, in calendar days."
    return Group(table, note(said))


def _finding(finding: Finding) -> RenderableType:
    lines = [
        Paragraph(
            printable(f"{finding.check}: {finding.what}."),
            ALARM if finding.grade == "E" or finding.check in LOUD else "",
        )
    ]
    if finding.examples:
        columns = {example.column for example in finding.examples}
        column = finding.examples[0].column if len(columns) == 1 else None
        where = "; ".join(_example(example, with_column=column is None) for example in finding.examples)
        more = " ..." if finding.count > len(finding.examples) else ""
        lines.append(note(printable(f"{'' if column is None else f'column {column}: '}{where}{more}")))
    lines.append(note(printable(f"-> {finding.done}")))
    return Group(*lines)


def _example(example: Example, *, with_column: bool) -> str:
    parts = [f"row {example.row}"]
    parts += [f"column {example.column}"] if with_column and example.column is not None else []
    parts += [f"deal {example.id}"] if example.id is not None else []
    parts += [f"name {example.name}"] if example.name is not None else []
    shown = example.shape if example.cell is None else example.cell
    parts += [f"looks like {shown}" if example.cell is None else f"says {shown}"] if shown else []
    return ", ".join(parts)
