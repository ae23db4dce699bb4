"""Answers as tables for other programs: CSV and Markdown, of what `simcore.tables` makes of a document."""
