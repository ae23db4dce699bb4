"""Reads the data of a scenario as given: what has another form than it should is left out, and told elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simcore.base.text import printable

Data = Mapping[str, object]
_BEYOND = 1e300
"""Larger figures are out of any range (an integer may be too large for a float)."""
_NOTHING: dict[str, object] = {}


def mapping(data: Data, key: str) -> Data:
    """Return a part; an empty one if there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else _NOTHING


def entries(data: Data, key: str) -> Iterator[tuple[int, Data]]:
    """Yield the mappings in a list, each with its place."""
    value = data.get(key)
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from ((index, entry) for index, entry in enumerate(value) if isinstance(entry, Mapping))


def whole(data: Data, key: str, default: int) -> int | None:
    """Return a whole number; `default` if the key is absent; ``None`` if the value is of another type."""
    value = data.get(key, default)
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def stage_names(data: Data) -> list[str]:
    """Return the names of the stages; an empty text for each that cannot be read."""
    funnel = data.get("funnel")
    if not isinstance(funnel, Sequence) or isinstance(funnel, str):
        return []
    names = (entry.get("stage") if isinstance(entry, Mapping) else None for entry in funnel)
    return [printable(name) if isinstance(name, str) else "" for name in names]


def figure(value: object) -> float | None:
    """Return a number given with or without a source; ``None`` if the value is of another type."""
    if isinstance(value, Mapping):
        value = value.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if -_BEYOND < value < _BEYOND else None
