"""The application: a page and its answers, for whoever has the token, on this machine."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from simcore.analytic.run_cost import out_of_memory
from simcore.base.errors import ScenarioError
from simcore.base.text import printable
from simcore.pages.markup import Markup
from simcore.serving.answers import Answers
from simcore.serving.newest import SupersededError
from simcore.serving.page import POLICY, page_of, problem_of, rest_of, verdict_of
from simcore.serving.sliders import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from simcore.serving.settings import Desk, Numbers

LONGEST_QUERY = 4000
"""Bytes of a question."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every response."""
NEWER = "A newer setting was asked for, here or in another window; this one was given up."


def new_token() -> str:
    """Return a token that nobody guesses: 192 random bits, in characters of an address."""
    return secrets.token_urlsafe(24)


class Guard:
    """Lets in requests from this machine, to this machine, that know the token; to all others it tells nothing.

    The check of the Host header keeps out pages of other sites whose name was made to lead here (DNS rebinding). The
    token is the first part of the path.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token.encode()
        self._hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            raise ValueError(f"a connection that is no request: {scope['type']}")
        refusal = self._refusal(scope)
        if refusal is not None:
            await PlainTextResponse(refusal, 403, HEADERS)(scope, receive, send)
            return
        if len(scope["query_string"]) > LONGEST_QUERY:
            await PlainTextResponse("the question is too long\n", 414, HEADERS)(scope, receive, send)
            return
        root = f"/{self._token.decode()}"
        path = scope["path"].removeprefix(root)
        await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        """Return why a request is refused; ``None`` if it is not."""
        client = scope.get("client")
        if client is None or not _is_loopback(client[0]):
            return "only this machine is answered\n"
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "the Host header is not that of this page\n"
        first, slash, _ = scope["path"].removeprefix("/").partition("/")
        known = secrets.compare_digest(first.encode(errors="replace"), self._token)
        return None if known and slash else "the address lacks the token that simcore serve has printed\n"


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class Application:
    """What answers the page's requests; `asgi` is what a server calls."""

    def __init__(self, desk: Desk, token: str, port: int, report: Callable[[Exception], None]) -> None:
        self.answers = Answers(desk)
        self._report = report
        routes = [Route("/", self._page), Route("/answer", self._answer)]
        handlers: dict[int | type[Exception], Any] = {404: _missing, 405: _missing, Exception: self._failed}
        app = Starlette(routes=routes, exception_handlers=handlers)
        self.asgi = Guard(app, token, port)

    def _page(self, request: Request) -> Response:
        given = request.query_params
        status, numbers, verdict, rest = self._answered(given)
        return HTMLResponse(page_of(self.answers.desk, numbers, verdict, rest), status, HEADERS)

    def _answer(self, request: Request) -> Response:
        status, numbers, verdict, rest = self._answered(request.query_params)
        told = {"verdict": verdict, "rest": rest, "numbers": [plain(number) for number in numbers]}
        return JSONResponse(told, status, HEADERS)

    def _answered(self, given: Mapping[str, str]) -> tuple[int, Numbers, Markup, Markup]:
        """Return the status, the numbers of the sliders, the verdict and the rest; an error is a verdict."""
        desk = self.answers.desk
        numbers = tuple(slider.value for slider in desk.sliders)
        try:
            numbers = desk.numbers(given, "s")
            before = desk.numbers(given, "b") if any(name.startswith("b") for name in given) else None
            told = self.answers.told(numbers, before)
            return 200, numbers, verdict_of(told), rest_of(told)
        except SupersededError:
            return 409, numbers, problem_of([NEWER]), Markup("")
        except ScenarioError as error:
            return 422, numbers, problem_of([f"{problem}." for problem in error.problems]), Markup("")
        except MemoryError as error:
            return 507, numbers, problem_of([f"{out_of_memory(str(error))}."]), Markup("")
        except Exception as error:  # noqa: BLE001  (told on the page in a sentence, and to whoever has started it)
            self._report(error)
            return 500, numbers, problem_of([_sorry(error)]), Markup("")

    def _failed(self, request: Request, error: Exception) -> Response:
        """Answer where even an error could not be shown on the page."""
        del request
        self._report(error)
        return PlainTextResponse(f"{_sorry(error)}\n", 500, HEADERS)


def _sorry(error: Exception) -> str:
    return f"Sorry, an error in simcore itself: {type(error).__name__}: {printable(str(error))}."


def _missing(request: Request, error: Exception) -> Response:
    """Answer what there is no page for, or what is no GET."""
    del request
    status = getattr(error, "status_code", 404)
    return PlainTextResponse("there is no such page\n", status, HEADERS)
