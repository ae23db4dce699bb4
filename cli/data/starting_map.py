"""The mapping file to start from: what was understood of an export, and what can be said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.crm.findings import plural
from simcore.crm.mapping import KEY, DealColumns
from simcore.scenario_files.yaml_writer import written_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcore.crm.document import DataCheck

_REST = """
# Sheets of workbooks that have several:
# sheets: {deals: Deals, history: Stages}
# Rows to leave out, by the cells of a column:
# ignore: {Record Type: [Renewal]}
# What words of the column of outcomes mean: open, won or lost:
# outcomes: {Storniert: lost}
# The sign before decimals, where amounts do not say it:
# decimal: ","
# The zone of days, where times have one:
# timezone: Europe/Amsterdam
"""


def starting_map(check: DataCheck, deals: str, path: str) -> str:
    """Return the text of a mapping file that says what was understood by itself.

    Parameters
    ----------
    check
        What was found in the file of deals, without a mapping file.
    deals, path
        Names of the file of deals and of the mapping file, for the comment on top.
    """
    return "\n".join(_lines(check, deals, path)) + "\n" + _REST


def _lines(check: DataCheck, deals: str, path: str) -> Iterator[str]:
    file = check.files[0]
    yield f"# What the columns and stages of {deals} mean. Check it with"
    yield f"#   simcore data check {deals} --map {path}"
    yield f"{KEY}: 1"
    yield f"dialect: {check.dialect}"
    yield ""
    yield "# Headers, by what they mean."
    yield "deal:"
    for name, field in DealColumns.model_fields.items():
        header = file.columns.get(name)
        about = (field.description or "").replace("\n", " ")
        yield f"  {name}: {written_flow(header)}" if header is not None else f"  # {name}:    {about}"
    if file.unread:
        yield "# Not read: " + ", ".join(map(written_flow, file.unread))
    if check.stage_words:
        yield ""
        yield "# Stages, and what they are in a scenario; `won` and `lost` end a deal. In the order of the funnel."
        yield "stages:"
        for word in sorted(check.stage_words, key=lambda word: word.taken_for in ("won", "lost")):
            yield f"  {written_flow(word.name)}: {written_flow(word.taken_for)}    # {plural(word.deals, 'deal')}"
    yield ""
    unclear = any(finding.check == "ambiguous-dates" for finding in check.findings)
    yield "# Which comes first, the day (dmy) or the month (mdy)" + (
        ": the dates of this file do not say it." if unclear else ", where dates do not say it:"
    )
    yield "# dates: dmy"
