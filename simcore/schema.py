"""The published JSON Schemas (2020-12) of the documents and of the scenario format.

``python -m simcore.schema FOLDER`` writes them all; a test compares the copies in docs/schema with the code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from simcore.base.document import PublishedDocument
from simcore.crm.document import DataCheck
from simcore.fitting.document import Fit
from simcore.forecasting.backtest_document import Backtest
from simcore.forecasting.forecast_document import Forecast
from simcore.results_folders.atomic import file_errors, write_whole
from simcore.results_folders.verification_document import Verification
from simcore.scenario.model import Scenario
from simcore.studies.study import STUDIES

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SOURCED = {"$ref": "#/$defs/SourcedNumber"}


CHECKS: dict[str, type[PublishedDocument]] = {
    "verification": Verification,
    "data-check": DataCheck,
    "backtest": Backtest,
    "forecast": Forecast,
    "fit": Fit,
}
"""Documents that answer no question about a scenario: what checks of folders and of exports find, forecasts, fits."""


def document_schema(name: str) -> Schema:
    """Return the schema of a document, as ``--json`` of a command prints it and a results folder holds it.

    Parameters
    ----------
    name
        One of `simcore.studies.study.STUDIES`, or of `CHECKS`.

    Examples
    --------
    >>> document_schema("result")["$id"]
    'urn:simcore:schema:result:2'
    """
    model = CHECKS[name] if name in CHECKS else STUDIES[name].load_document()
    schema = model.model_json_schema(mode="serialization")
    # A document always has every key, including those with a default in the model.
    for part in (schema, *schema.get("$defs", {}).values()):
        part["required"] = list(part["properties"])
    return _published(name, model.model_fields["format"].default, schema)


def scenario_schema() -> Schema:
    """Return the schema of a scenario file.

    It describes each key by itself: only the loader can check that, say, a market acts on stages of the funnel.

    Examples
    --------
    >>> scenario_schema()["required"]
    ['simcore', 'name', 'funnel', 'deal']
    """
    return _published("scenario", 1, Scenario.model_json_schema(mode="validation"))


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "scenario": scenario_schema,
    **{name: partial(document_schema, name) for name in (*STUDIES, *CHECKS)},
}
"""The published schemas, by name."""


def schema_text(schema: Schema) -> str:
    """Return a schema as the published text."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema to ``NAME.schema.json`` in a folder, created if necessary, and return the paths.

    Raises
    ------
    FileError
        If a file could not be written.
    """
    with file_errors("create", folder):
        folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.schema.json" for name in SCHEMAS]
    for path, schema in zip(paths, SCHEMAS.values(), strict=True):
        write_whole(path, schema_text(schema()).encode())
    return paths


def _published(name: str, version: int, schema: Schema) -> Schema:
    body = _tidy(schema)
    body.get("$defs", {}).pop("SourcedNumber", None)
    head = {
        "$schema": _DIALECT,
        "$id": f"urn:simcore:schema:{name}:{version}",
        "title": f"simcore {name}",
        "version": version,
    }
    return head | {key: value for key, value in body.items() if key not in head}


def _tidy(node: Any) -> Any:  # noqa: ANN401
    """Keep the first paragraph of descriptions, and apply a number's range also where it has a source."""
    if isinstance(node, list):
        return [_tidy(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if _SOURCED in node.get("anyOf", []):
        node = _with_source(node)
    tidy = {key: _tidy(value) for key, value in node.items()}
    if isinstance(node.get("description"), str):
        tidy["description"] = " ".join(node["description"].split("\n\n")[0].split())
    return tidy


def _with_source(node: Schema) -> Schema:
    """Return the schema of a number with the range applied also inside the mapping with a source.

    pydantic puts the range beside the two choices, where it does not reach into the mapping.
    """
    limits = {key: node[key] for key in _LIMITS if key in node}
    rest = {key: value for key, value in node.items() if key not in (*_LIMITS, "anyOf")}
    number: Schema = next(choice for choice in node["anyOf"] if choice != _SOURCED) | limits
    sourced = {
        "type": "object",
        "properties": {"value": number, "source": {"type": ["string", "null"]}},
        "required": ["value"],
        "additionalProperties": False,
    }
    unsure = [choice for choice in node["anyOf"] if choice.get("type") == "object"]
    return {"anyOf": [number, sourced, *unsure], **rest}


def main(arguments: list[str]) -> int:
    """Write the schemas into the folder given, and return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m simcore.schema FOLDER", file=sys.stderr)
        return 2
    for path in write_schemas(Path(arguments[0])):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
