"""Every key of the scenario format: its path, meaning, range, default and unit, as the published schema has them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from simcore.scenario.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]
NAMES = {
    "funnel": "STAGE",
    "rates": "STAGE",
    "strategies": "NAME",
    "drives": "DRIVE",
    "changes": "CHANNEL",
    "needs": "NEED",
    "season": "STAGE",
}
"""What stands in a path for the name of an entry, by the key that has entries with names."""
NUMBER = "N"
"""What stands in a path for the number of an entry of a list."""
PLACES = frozenset((*NAMES.values(), NUMBER))
"""Parts of a path for which a scenario has its own names or numbers."""
_PULL_FORWARD = "PullForward"
_UNITS = {
    "number": "number",
    "money": "money, in units of the currency",
    "share": "share (0.1 or 10%)",
    "chance": "chance (0.1 or 10%)",
    "duration": "duration (3h, 2.5d, 1w or 30cd)",
}
"""Units in more words; the others speak for themselves."""


class Key(NamedTuple):
    """A key of the scenario format."""

    path: str
    """As ``--set`` writes it, with the parts of `PLACES` for names and numbers."""
    meaning: str
    unit: str
    """What a number, or each number of a list, counts or measures; empty for all else."""
    range: str
    """What may stand there; empty for a mapping whose keys say it."""
    default: str
    """``required``, the value, ``those of its keys``, or ``none`` where leaving it out has a meaning of its own."""
    page: str
    """Where in docs/ to read more."""

    @property
    def parts(self) -> list[str]:
        """The words of the path."""
        return self.path.split(".")


@cache
def keys() -> tuple[Key, ...]:
    """Return every key, in the order of the format; a key that several forms of a part share stands once.

    Examples
    --------
    >>> next(key for key in keys() if key.path == "team.reps")[1:5]
    ('Seats of the team.', 'seats', '1 to 65,536', '10')
    """
    schema = Scenario.model_json_schema(mode="validation")
    found: dict[str, Key] = {}
    for key in _below(schema, schema["$defs"], ""):
        found.setdefault(key.path, key)
    return tuple(found.values())


def _below(node: Schema, parts: dict[str, Schema], at: str) -> Iterator[Key]:
    """Yield the keys below a node of the schema."""
    for each in _forms(node, parts):
        start = f"{at}." if at else ""
        for name, field in each.get("properties", {}).items():
            path = start + name
            yield _key(path, field, parts, required=name in each.get("required", ()))
            yield from _below(field, parts, path)
        entry = each.get("additionalProperties")
        if isinstance(entry, dict):
            yield from _entries(entry, parts, at)
        items = each.get("items")
        if isinstance(items, dict):
            yield from _below(items, parts, f"{at}.{NAMES.get(at, NUMBER)}")


def _entries(entry: Schema, parts: dict[str, Schema], at: str) -> Iterator[Key]:
    """Yield the keys of the entries of a mapping that has names of the scenario; that of pulls has keys of its own."""
    place = NAMES.get(at.rpartition(".")[2])
    if place is None:
        return
    for form in entry.get("anyOf", [entry]):
        own = "pull_forward" if form.get("$ref", "").endswith(f"/{_PULL_FORWARD}") else place
        yield from _below(form, parts, f"{at}.{own}")


def _forms(node: Schema, parts: dict[str, Schema]) -> Iterator[Schema]:
    """Yield a node and all that may stand in its place, references resolved; a number with its source is no form."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name != "SourcedNumber":
            yield from _forms(parts[name], parts)
        return
    yield node
    for choice in node.get("anyOf", ()):
        yield from _forms(choice, parts)


def _key(path: str, field: Schema, parts: dict[str, Schema], *, required: bool) -> Key:
    forms = list(_forms(field, parts))
    each = [entry for form in forms if isinstance(form.get("items"), dict) for entry in _forms(form["items"], parts)]
    unit = next((form["unit"] for form in (*forms, *each) if "unit" in form), "")
    return Key(
        path,
        field.get("description", ""),
        _UNITS.get(unit, unit),
        _range(forms),
        "required" if required else _shown(field.get("default")),
        _page(path),
    )


def _page(path: str) -> str:
    top, _, rest = path.partition(".")
    if rest.endswith("source"):
        return _FIGURES
    return _PAGES.get(top, _KEYS)


_FIGURES = "scenario-format.md#figures-sources-and-durations"
_KEYS = "scenario-format.md#keys"
_PAGES = {
    "funnel": "scenario-format.md#a-stage",
    "referrals": "scenario-format.md#referrals",
    "start": "scenario-format.md#open-items-at-the-start",
    "inflow": "scenario-format.md#items-without-a-call",
    "knowledge": "scenario-format.md#draws-of-parameters",
    "manager": "scenario-format.md#habits-and-a-manager",
    "strategies": "scenario-format.md#strategies",
}


def _range(forms: list[Schema]) -> str:
    """Return in words what may stand at a key: choices, the range of a number, the length of a list or a text."""
    for form in forms:
        if "enum" in form:
            return ", ".join(form["enum"])
        if "const" in form:
            return str(form["const"])
        limits = _limits(form)
        if limits:
            return limits
    for form in forms:
        for kind, what in (("Items", "entries"), ("Properties", "entries"), ("Length", "characters")):
            if f"max{kind}" in form:
                low, high = form[f"min{kind}"], form[f"max{kind}"]
                length = f"{low:,} {what}" if low == high else f"{low:,} to {high:,} {what}"
                each = _limits(form.get("items", {})) if kind == "Items" else ""
                return f"{length}, each {each}" if each else length
    return ""


def _limits(form: Schema) -> str:
    """Return the range of a number as a schema has it; empty where it has none."""
    if "exclusiveMinimum" in form:
        low = f"above {_number(form['exclusiveMinimum'])}"
    elif "minimum" in form:
        low = _number(form["minimum"])
    else:
        return ""
    if "exclusiveMaximum" in form:
        return f"{low} to below {_number(form['exclusiveMaximum'])}"
    if "maximum" in form:
        return f"{low} to {_number(form['maximum'])}"
    return f"{low} or more" if "minimum" in form else low


def _number(value: float) -> str:
    """Return a number as people write it: powers beyond a million millions as such."""
    for power in (40, 64):
        if value in (2**power, 2**power - 1):
            return f"2^{power}" + (" - 1" if value % 2 else "")
    return f"{value:,.15g}"


def _shown(default: object) -> str:
    if isinstance(default, dict):
        return "those of its keys"
    if default in (None, [], ""):
        return "none"
    return f"{default:.15g}" if isinstance(default, int | float) else str(default)
