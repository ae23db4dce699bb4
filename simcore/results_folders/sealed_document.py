"""The document of a folder of results, read as what somebody else may have written: which one it is, and if it is one.

Its figures are held against rows and manifest elsewhere; here only what a document may hold is asked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import ValidationError

from simcore.base.text import printable
from simcore.base.version import __version__
from simcore.results.summary import Summary
from simcore.studies.compare.document import Comparison
from simcore.studies.sweep.document import Sweep

if TYPE_CHECKING:
    from pydantic import BaseModel

Holds = Literal["run", "comparison", "sweep"]

_KINDS: dict[str, tuple[Holds, type[BaseModel]]] = {
    "simcore_result": ("run", Summary),
    "simcore_sweep": ("sweep", Sweep),
    "against": ("comparison", Comparison),
}
"""What a document has that tells which one it is."""


class Sealed(NamedTuple):
    """What could be read."""

    document: dict[str, Any]
    """As JSON; empty where it is none of simcore's."""
    holds: Holds | None
    problem: str | None
    """What is wrong with it, the end of a sentence."""


def sealed_document(data: bytes, version: str) -> Sealed:
    """Read the document of a result.

    Parameters
    ----------
    data
        The file.
    version
        The version of simcore that wrote it, as the manifest says: what this version wrote must fit its schema.

    Examples
    --------
    >>> sealed_document(b'{"simcore_sweep": 1, "points": []}', "0.0.1").holds
    'sweep'
    >>> sealed_document(b"[" * 100_000, "0.0.1").problem
    'is not a document of simcore'
    """
    none = Sealed({}, None, "is not a document of simcore")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return none
    if not isinstance(document, dict):
        return none
    for mark, (holds, model) in _KINDS.items():
        if mark not in document:
            continue
        if version == __version__:
            try:
                model.model_validate_json(data, strict=True)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = printable(".".join(map(str, first["loc"])))
                return Sealed({}, None, f"does not fit its schema: {where}: {printable(first['msg'])}")
        return Sealed(document, holds, None)
    return none
