"""The base of what is published as JSON: fixed once it is made, and without a field that its schema lacks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A part of a published document."""

    model_config = ConfigDict(frozen=True, extra="forbid")
