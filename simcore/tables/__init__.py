"""The tables of every answer: each figure of a document once, with its unit, its error and its interval."""
