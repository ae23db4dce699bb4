"""Reads the document of a folder of results, which somebody else may have written: its kind, and whether it is valid.

Its figures are compared with rows and manifest elsewhere; here only the document's own schema is checked. Documents of
the previous format are accepted, too: their header is moved to its present place, so that the rest can be checked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from simcore.base.text import printable
from simcore.base.version import __version__
from simcore.results_folders.verification_document import KINDS
from simcore.scenario.digest import digest_of_digests
from simcore.studies.study import STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = dict[str, Any]


class Sealed(NamedTuple):
    """A document as far as it could be read."""

    document: Json
    """As JSON; empty if it is not a document of simcore."""
    holds: str | None
    """One of `KINDS`."""
    problem: str | None = None
    """What is wrong with it, as the end of a sentence."""
    is_former: bool = False
    """Whether it is of the previous format: its header was moved, its schema not checked."""


def sealed_document(data: bytes, version: str) -> Sealed:
    """Read the document of a result.

    Parameters
    ----------
    data
        Content of the file.
    version
        The version of simcore that wrote it, from the manifest: a document of this version must match its schema.

    Examples
    --------
    >>> sealed_document(b'{"document": "sweep", "format": 2, "points": []}', "0.0.1").holds
    'sweep'
    >>> sealed_document(b'{"simcore_sweep": 1, "scenario": {"replications": 5}}', "0.0.1").document["replications"]
    5
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
    name = document.get("document")
    if name is None:
        former = next((each for mark, each in _FORMER.items() if mark in document), None)
        return none if former is None else Sealed(former.lifted(document), former.holds, is_former=True)
    if not isinstance(name, str) or name not in KINDS:
        return none
    if version == __version__:
        try:
            STUDIES[name].load_document().model_validate_json(data, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = printable(".".join(map(str, first["loc"])))
            return Sealed({}, None, f"does not fit its schema: {where}: {printable(first['msg'])}")
    return Sealed(document, KINDS[name])


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _former_result(document: Json) -> Json:
    scenario = _mapping(document.get("scenario"))
    return {
        **document,
        **_mapping(document.get("size")),
        "scenario": {**scenario, "strategies": [scenario.get("strategy")]},
    }


def _former_sweep(document: Json) -> Json:
    scenario = _mapping(document.get("scenario"))
    return {
        **document,
        "replications": scenario.get("replications"),
        "scenario": {**scenario, "strategies": document.get("strategies")},
    }


def _former_comparison(document: Json) -> Json:
    digests = _mapping(document.get("digests"))
    scenario = {
        "name": document.get("scenario"),
        "digest": digest_of_digests(map(str, digests.values())),
        "strategies": list(digests),
        **{key: document.get(key) for key in ("seed", "currency")},
    }
    return {**document, "scenario": scenario}


class _Former(NamedTuple):
    holds: str
    lifted: Callable[[Json], Json]
    """Returns the document with its header in its present place."""


_FORMER = {
    "simcore_result": _Former("run", _former_result),
    "simcore_sweep": _Former("sweep", _former_sweep),
    "against": _Former("comparison", _former_comparison),
}
"""Documents of format 1, by the entry that identifies each."""
