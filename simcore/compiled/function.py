"""A function that is compiled when it is first called, before anything of it is compiled."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any, cast

from simcore.compiled.kept import Identity, kept
from simcore.compiled.policy import POLICY, Options

if TYPE_CHECKING:
    from collections.abc import Callable


class Function:
    """A function to compile under the policy.

    Attributes
    ----------
    py_func
        The Python function.
    kind
        Its kind, of `POLICY`.
    targetoptions
        Its flags, under the name by which Numba finds out what to expand in its caller.
    identity
        Its name in the cache.
    parts
        What Numba compiled it to, by whether only compiled functions call it.
    """

    def __init__(self, function: Callable[..., Any], kind: str) -> None:
        update_wrapper(cast("Callable[..., Any]", self), function)
        self.py_func, self.kind = function, kind
        self.identity: Identity = kept().identity(function)
        self.parts: dict[bool, Any] = {}

    @property
    def targetoptions(self) -> Options:
        """The flags of its kind."""
        return POLICY[self.kind]
