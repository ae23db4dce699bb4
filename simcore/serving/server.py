"""The server: one socket of this machine, one process, until a signal ends it."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

from simcore.base.errors import Problem, UsageError
from simcore.base.frames import MissingPackageError

if TYPE_CHECKING:
    from types import FrameType

    from simcore.serving.application import Application

HOST = "127.0.0.1"
_INSTALL = 'pip install "simcore[serve]"'
_NEEDED = {"starlette": "Starlette", "uvicorn": "uvicorn", "vl_convert": "vl-convert-python"}
_MOST_CONNECTIONS = 32
"""At a time; a browser opens up to six."""
_PATIENCE = 2
"""Seconds that open answers have to end once a signal came."""


def check_installed() -> None:
    """Make sure that the page can be served and its pictures drawn; nothing is imported.

    Raises
    ------
    MissingPackageError
        With the command that installs what is missing.
    """
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if missing:
        is_not = "is not" if len(missing) == 1 else "are not"
        raise MissingPackageError(f"simcore serve needs {' and '.join(missing)}, which {is_not} installed: {_INSTALL}")


def listening(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine alone; on a free one if it is 0.

    Raises
    ------
    UsageError
        If it is taken, or not to be had.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        hint = "another one, or none: a free one is then chosen"
        raise UsageError((Problem(f"cannot be had: {error.strerror}", "--port", value=str(port), hint=hint),)) from None


def serve(application: Application, listener: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM, which is then raised again: as `KeyboardInterrupt` if heeded so."""
    import uvicorn  # noqa: PLC0415

    class Server(uvicorn.Server):
        """Stops what runs as soon as a signal comes."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.answers.newest.close()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        application.asgi,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",  # errors are reported by the application, in a line
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=_PATIENCE,
    )
    try:
        Server(config).run(sockets=[listener])
    finally:
        application.answers.newest.close()
