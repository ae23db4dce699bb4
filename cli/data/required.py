"""Option ``--require`` of forecasts and backtests: what must hold, else the command ends with status 5."""

from __future__ import annotations

from typing import Never

import typer

from simcore.base.errors import UsageError
from simcore.base.spelling import share_of


def required_share(text: str | None, name: str) -> float | None:
    """Read ``NAME=SHARE``.

    Raises
    ------
    typer.BadParameter
        If it is none, or not from 0 to 1.
    """
    if text is None:
        return None
    key, _, share = text.partition("=")
    return _share(share, text, f"{name}=0.8") if key.strip() == name else _refuse(text, f"{name}=0.8")


def required_range(text: str | None, name: str) -> tuple[float, float] | None:
    """Read ``NAME=LOW:HIGH`` in per cent or as shares: ``coverage=80:98`` or ``coverage=0.8:0.98``.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    if text is None:
        return None
    example = f"{name}=80:98"
    key, _, ends = text.partition("=")
    low, colon, high = ends.partition(":")
    if key.strip() != name or not colon:
        return _refuse(text, example)
    try:
        numbers = float(low), float(high)
    except ValueError:
        return _refuse(text, example)
    scale = 100.0 if max(numbers) > 1.0 else 1.0
    first, last = numbers[0] / scale, numbers[1] / scale
    return (first, last) if 0.0 <= first <= last <= 1.0 else _refuse(text, example)


def _share(share: str, text: str, example: str) -> float:
    try:
        found = share_of(share)
    except UsageError:
        return _refuse(text, example)
    return found if 0.0 <= found <= 1.0 else _refuse(text, example)


def _refuse(text: str, example: str) -> Never:
    message = f"{text!r} is not as in {example}"
    raise typer.BadParameter(message, param_hint="--require")
