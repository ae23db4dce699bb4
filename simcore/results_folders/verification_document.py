"""The findings of a check of a folder of results, as the document that ``simcore verify --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field

from simcore.base.document import PublishedDocument
from simcore.results.header import StrategyHeader
from simcore.studies.study import STUDIES

KINDS = {study.name: "run" if study.name == "result" else study.name for study in STUDIES.values() if study.has_folder}
"""The kind of result in a folder, by the name of its document."""
if TYPE_CHECKING:
    Holds: TypeAlias = str
else:
    Holds = Literal[tuple(KINDS.values())]


def is_of_one_strategy(holds: str | None) -> bool:
    """Return whether a kind of result is of the scenario's own strategy only.

    Examples
    --------
    >>> is_of_one_strategy("luck"), is_of_one_strategy("sweep"), is_of_one_strategy(None)
    (True, False, False)
    """
    name = next((name for name, kind in KINDS.items() if kind == holds), None)
    return name is not None and issubclass(STUDIES[name].load_document(), StrategyHeader)


class Verification(PublishedDocument):
    """Whether a folder of results is what its manifest, its summary and its scenario say."""

    document: Literal["verification"] = "verification"
    format: Literal[2] = Field(default=2, description="Version of this document's format.")
    folder: str
    whole: bool = Field(description="True if there are no problems, and all of it could be read.")
    holds: Holds | None = Field(description="Null where that cannot be told.")
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
