"""Answers as Markdown, of the tables that `simcore.tables` makes of a document."""
