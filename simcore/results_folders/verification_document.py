"""The findings of a check of a folder of results, as the document that ``simcore verify --json`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simcore.results.header import PublishedDocument


class Verification(PublishedDocument):
    """Whether a folder of results is what its manifest, its summary and its scenario say."""

    document: Literal["verification"] = "verification"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    folder: str
    whole: bool = Field(description="True if there are no problems, and all of it could be read.")
    holds: Literal["run", "comparison", "sweep", "breakeven", "plan", "luck", "coach", "steadiness"] | None = Field(
        description="Null where that cannot be told."
    )
    complete: bool | None = Field(
        description="False for the results of an interrupted run. This and what follows: "
        "as the manifest says; null without one."
    )
    version: str | None
    scenario: str | None
    digest: str | None
    seed: int | None
    replications: int | None
    rows: int | None = Field(description="Of all Parquet files.")
    files: int = Field(description="Files that the manifest lists.")
    bytes: int = Field(description="Their size, as the manifest says.")
    problems: list[str] = Field(description="What is damaged, missing, too much or at odds, a sentence each.")
    unreadable: list[str] = Field(description="What could not be read, and so was not checked.")
    notes: list[str] = Field(description="What is as it may be, and yet worth knowing.")
