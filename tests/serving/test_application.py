"""The application: who is let in, what every response says, and that no text of a scenario is read as markup."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from simcore.serving.application import HEADERS, Application, new_token
from simcore.serving.page import SCRIPT
from simcore.serving.settings import open_desk

if TYPE_CHECKING:
    from httpx2 import Response

    from simcore.serving.answers import Told

PORT = 8000
TOKEN = "tEsT0-token_of-thirty-two-bytes.."  # noqa: S105  (of no page but those of these tests)
HERE = ("127.0.0.1", 50_000)
HOSTILE = "<script>alert(1)</script>\"'&\u202e"
PROBLEM = '<p class="problem">'


def client(
    source: str = "trust-the-process",
    changes: tuple[str, ...] = ("horizon.weeks=13",),
    *,
    host: str = f"127.0.0.1:{PORT}",
    peer: tuple[str, int] = HERE,
    told: list[Exception] | None = None,
    replications: int = 16,
) -> TestClient:
    """Return a client of a page with few worlds."""
    desk = open_desk(source, changes, replications=replications)
    reported = [] if told is None else told
    app = Application(desk, TOKEN, PORT, reported.append)
    return TestClient(app.asgi, base_url=f"http://{host}", client=peer, follow_redirects=False)


def answer(asked: TestClient, **given: str) -> Response:
    return asked.get(f"/{TOKEN}/answer", params=given)


def test_the_page_holds_sliders_and_the_answer() -> None:
    response = client().get(f"/{TOKEN}/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = response.text
    assert page.count('type="range"') == page.count('type="number"') == page.count("<label ") == 6
    assert page.count('<p class="verdict">') >= 1
    assert page.count("<svg ") == 4
    assert "simcore run trust-the-process --set horizon.weeks=13 --replications 16" in page
    for label, name in re.findall(r'<label for="(\w+)">([^<]+)</label>', page):
        assert f'id="{label}"' in page
        assert f'aria-label="{name}, slider"' in page


def test_an_answer_is_the_part_of_the_page_that_changes() -> None:
    asked = client()
    told = answer(asked, s2="3", b2="2").json()
    assert set(told) == {"verdict", "rest", "numbers"}
    assert told["numbers"] == ["500", "3", "20", "50", "10000", "10"]
    assert "before: " not in told["rest"]
    told = answer(asked, s2="4", b2="3").json()
    assert "before: " in told["rest"]
    assert told["rest"].count("The grey outline is the setting before.") == 2
    whole = asked.get(f"/{TOKEN}/", params={"s2": "4", "b2": "3"}).text
    assert told["verdict"] in whole
    assert told["rest"] in whole
    assert re.search(r'name="s2" value="4" step="any" required data-own="2"', whole)
    assert '<input type="hidden" name="b2" value="4">' in whole


@pytest.mark.parametrize(
    "path",
    [
        *("/", "", "/answer", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", f"//{TOKEN}/", f"/x/{TOKEN}/", f"/{TOKEN}", "/ü/"),
        *(f"/?token={TOKEN}", "/favicon.ico", f"/{TOKEN.swapcase()}/"),
    ],
)
def test_nobody_is_let_in_without_the_token(path: str) -> None:
    response = client().get(path)
    assert response.status_code == 403
    assert "trust" not in response.text
    assert TOKEN not in response.text


def test_tokens_are_compared_in_constant_time_and_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def differ(one: bytes, _: bytes) -> bool:
        seen.append(one)
        return False

    monkeypatch.setattr("secrets.compare_digest", differ)
    assert client().get("/guess/").status_code == 403
    assert seen == [b"guess"]
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) == 32


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (f"127.0.0.1:{PORT}", 200),
        (f"localhost:{PORT}", 200),
        (f"LOCALHOST:{PORT}", 200),
        ("127.0.0.1", 403),
        (f"127.0.0.1:{PORT + 1}", 403),
        ("evil.example", 403),
        (f"evil.example:{PORT}", 403),
        (f"127.0.0.1.evil.example:{PORT}", 403),
        (f"0.0.0.0:{PORT}", 403),
        (f"[::1]:{PORT}", 403),
        ("", 403),
    ],
)
def test_the_host_header_must_be_that_of_the_page(host: str, status: int) -> None:
    assert client().get(f"/{TOKEN}/", headers={"host": host}).status_code == status


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "2001:db8::1", "testclient", ""])
def test_other_machines_are_refused(peer: str) -> None:
    assert client(peer=(peer, 1)).get(f"/{TOKEN}/").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"/{TOKEN}/", 200),
        ("GET", f"/{TOKEN}/answer?s1=x", 422),
        ("GET", f"/{TOKEN}/nothing", 404),
        ("POST", f"/{TOKEN}/answer", 405),
        ("OPTIONS", f"/{TOKEN}/answer", 405),
        ("GET", "/", 403),
        ("GET", f"/{TOKEN}/answer?s1={'9' * 5000}", 414),
    ],
)
def test_no_response_is_kept_framed_sniffed_or_shared(method: str, path: str, status: int) -> None:
    response = client().request(method, path, headers={"origin": "http://evil.example"})
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "no-store" in response.headers["cache-control"]
    assert not [name for name in response.headers if name.startswith("access-control") or name == "set-cookie"]
    assert "Traceback" not in response.text


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    page = client().get(f"/{TOKEN}/").text
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    known = [f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'" for part in (style, script)]
    assert HEADERS["Content-Security-Policy"] == (
        f"default-src 'none'; style-src {known[0]}; script-src {known[1]}; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert not re.search(r"\s(?:style|on\w+|src|srcset)=", page)
    assert re.findall(r'href="(?!#|\./)[^"]*"', page) == []


def test_the_script_is_small_and_stores_nothing() -> None:
    assert len(SCRIPT.encode()) < 4000
    assert not re.search(r"localStorage|sessionStorage|indexedDB|cookie|eval|https?:", SCRIPT)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"s1": "0"}, "plan.calls_per_week: leaves nothing to do: nobody calls, nothing comes"),
        ({"s2": "120"}, "funnel.meetings.rate: is out of range, got &quot;120%&quot;; allowed: above 0 to 1"),
        ({"s6": "1.5"}, "team.reps: must be a whole number"),
        ({"s6": "65536", "s1": "65535"}, "takes about "),
        ({"s5": "<b>"}, "deal.fixed: must be a number, got &lt;b&gt;."),
        ({"b5": "'"}, "deal.fixed: must be a number"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(given: dict[str, str], words: str) -> None:
    response = answer(client(), **given)
    assert response.status_code == 422
    told = response.json()
    assert told["verdict"].startswith(PROBLEM)
    assert words in told["verdict"]
    assert told["rest"] == ""
    page = client().get(f"/{TOKEN}/", params=given)
    assert page.status_code == 422
    assert told["verdict"] in page.text


def test_a_rate_that_explodes_is_told_in_a_sentence() -> None:
    """Found out while it is played: the format allows it."""
    changes = (
        "horizon.weeks=52",
        "strategies.process.drives.greed={signals: {behind: 1000}, changes: {activity: {slope: 50}}}",
    )
    told = answer(client("trust-the-process", changes, replications=8)).json()
    assert told["verdict"].startswith(PROBLEM)
    assert "explodes" in told["verdict"]


def test_an_error_of_simcore_is_a_sentence_too_and_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object, numbers: object, before: object = None) -> Told:  # noqa: ARG001
        raise ZeroDivisionError("<i>no</i>")

    reported: list[Exception] = []
    asked = client(told=reported)
    monkeypatch.setattr("simcore.serving.answers.Answers.told", fail)
    response = answer(asked)
    assert response.status_code == 500
    verdict = "Sorry, an error in simcore itself: ZeroDivisionError: &lt;i&gt;no&lt;/i&gt;."
    assert response.json()["verdict"] == f"{PROBLEM}{verdict}</p>"
    assert [type(error) for error in reported] == [ZeroDivisionError]


def test_an_error_of_the_page_itself_is_reported_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*parts: object) -> str:  # noqa: ARG001
        raise ZeroDivisionError("no page")

    reported: list[Exception] = []
    asked = client(told=reported)
    asked._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    monkeypatch.setattr("simcore.serving.application.page_of", fail)
    response = asked.get(f"/{TOKEN}/")
    assert (response.status_code, response.headers["cache-control"]) == (500, "no-store")
    assert response.text == "Sorry, an error in simcore itself: ZeroDivisionError: no page.\n"
    assert [str(error) for error in reported] == ["no page"]


def test_what_was_superseded_says_so() -> None:
    desk = open_desk("trust-the-process", replications=8)
    app = Application(desk, TOKEN, PORT, list[Exception]().append)
    app.answers.newest.close()
    asked = TestClient(app.asgi, base_url=f"http://127.0.0.1:{PORT}", client=HERE)
    response = answer(asked)
    assert response.status_code == 409
    assert "A newer setting was asked for" in response.json()["verdict"]


def test_no_name_of_a_scenario_is_read_as_markup(tmp_path: object) -> None:
    stages = [{"stage": "calls"}, {"stage": HOSTILE, "rate": 0.2}, {"stage": "</style><b>", "rate": 0.5}]
    scenario = {
        "simcore": 1,
        "name": HOSTILE,
        "about": f"</script>{HOSTILE}",
        "horizon": {"weeks": 13},
        "funnel": stages,
        "deal": {"fixed": 100, "currency": "<x>"},
        "quota": {"per": "week", "amount": 100},
        "run": {"replications": 8},
    }
    file = f"{tmp_path}/{HOSTILE.replace('/', '')}.yaml"
    with open(file, "w", encoding="utf-8") as written:  # noqa: PTH123
        json.dump(scenario, written)
    page = client(file, ()).get(f"/{TOKEN}/").text
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<script>") == page.count("</script>") == page.count("<style>") == page.count("</style>") == 1
    assert "<b>" not in page
    assert "<x>" not in page
    told = answer(client(file, ()), s2="300").json()
    assert "<script>" not in told["verdict"]
