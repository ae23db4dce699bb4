"""Names in a scenario: of stages, strategies and drives."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from simcore.quantities.fields import Length, Text, refused


def _name(value: str) -> str:
    if any(character in value for character in ".="):
        raise refused("must not hold a dot or an equals sign: names are part of a path")
    if value.isdigit():
        raise refused("must not be a number")
    return value


Name = Annotated[Text, Length(1, 40, "characters"), AfterValidator(_name)]
