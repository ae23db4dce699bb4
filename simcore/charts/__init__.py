"""Pictures of documents: Altair charts, each with its sentence and the table of its numbers."""
