"""The server over a real socket, as the command starts it: address, token, one answer, and its end by a signal."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from simcore.base.errors import ExitStatus, UsageError
from simcore.base.frames import MissingPackageError
from simcore.serving import server
from simcore.serving.server import check_installed, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "from simcore.cli.main import main; main()"


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Return a running command and the address that it printed."""
    line = [sys.executable, "-c", PROGRAM, "serve", "trust-the-process", "-n", "16", "--set", "horizon.weeks=13"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def asked(address: str, path: str, host: str | None = None) -> tuple[int, str]:
    """Return status and body of an answer."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_this_machine_until_a_signal(
    served: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, address = served
    parts = urlsplit(address)
    assert (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
    status, page = asked(address, parts.path)
    assert (status, page.count('<p class="verdict">') > 0) == (200, True)
    status, answer = asked(address, f"{parts.path}answer?s1=400")
    assert (status, "plan.calls_per_week=400" in answer) == (200, True)
    assert asked(address, "/")[0] == 403
    assert asked(address, parts.path, "evil.example")[0] == 403
    process.send_signal(number)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == ExitStatus.INTERRUPTED
    assert "Ctrl-C ends it" in messages
    assert "Traceback" not in messages
    with pytest.raises(OSError, match="refused"):
        asked(address, parts.path)


def test_it_listens_on_this_machine_alone() -> None:
    with listening(0) as listener:
        host, port = listener.getsockname()
        assert (host, listener.family, port > 0) == ("127.0.0.1", socket.AF_INET, True)
        with pytest.raises(UsageError, match=f"--port: cannot be had: .*, got {port}; another one"):
            listening(port)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"starlette"}, 'needs Starlette, which is not installed: pip install "simcore[serve]"'),
        ({"starlette", "uvicorn"}, 'Starlette and uvicorn, which are not installed: pip install "simcore[serve]"'),
    ],
)
def test_a_missing_extra_is_told_with_the_command_that_installs_it(
    missing: set[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_installed()
    monkeypatch.setattr(server, "find_spec", lambda name: None if name in missing else name)
    with pytest.raises(MissingPackageError) as found:
        check_installed()
    assert words in str(found.value)
    assert found.value.exit_status == ExitStatus.USAGE
