"""What ``--csv`` and ``--markdown`` print on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.cli.output import print_data, print_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.cli.options import Form
    from simcore.results.header import StudyHeader
    from simcore.tables.table import Table


def print_tables(title: str, tables: Sequence[Table], form: Form) -> None:
    """Print tables in a form: CSV as UTF-8 whatever stdout is, Markdown in what stdout knows."""
    if form == "csv":
        from simcore.tables.tidy import csv_of  # noqa: PLC0415

        print_data(csv_of(tables))
    else:
        from simcore.cli.exports.markdown import markdown_of  # noqa: PLC0415

        print_text(markdown_of(title, tables))


def print_documents(documents: Sequence[StudyHeader], form: Form) -> None:
    """Print the tables of the documents of an answer; nothing if there is none."""
    from simcore.tables.documents import tables_of  # noqa: PLC0415

    if documents:
        print_tables(documents[0].scenario.name, tables_of(documents), form)
