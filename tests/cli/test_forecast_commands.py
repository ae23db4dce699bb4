"""`simcore forecast`, `simcore backtest` and `simcore data example` from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jsonschema import validate
from typer.testing import CliRunner

from simcore.cli.main import app
from simcore.schema import document_schema
from tests.support.export_files import write_example

FORECAST = ("forecast", "--by", "2026-12-31", "-n", "200")
BACKTEST = ("backtest", "--from", "2026-01-05", "--every", "8w", "-n", "150")
NOT_REACHED = 5


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Return the arguments that name the files of the example."""
    deals, stages = write_example(tmp_path_factory.mktemp("export"))
    return str(deals), "--history", str(stages)


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("asked", [(*FORECAST, "--quota", "350k"), BACKTEST], ids=["forecast", "backtest"])
def test_documents_are_what_their_schemas_say(asked: tuple[str, ...], files: tuple[str, ...]) -> None:
    status, out, _ = _run(*asked, *files, "--json")
    assert status == 0
    document = json.loads(out)
    validate(document, document_schema(asked[0]))
    assert document["document"] == asked[0]
    assert document["scenario"]["name"] == "deals"


def test_a_forecast_says_its_sentence_first(files: tuple[str, ...]) -> None:
    status, out, _ = _run(*FORECAST, "--quota", "350k", "--without", "D-0744", *files)
    assert status == 0
    first = " ".join(out.split("\n\n")[0].split())
    assert first.startswith("$")
    assert "by 2026-12-31; 9 in 10 replications end between" in first
    assert "chance of the quota of $350,000 is" in first
    for title in ("How it may add up", "What the width is made of", "Open deals that matter most", "Any weather"):
        assert title in out
    assert "Taken as lost: D-0744." in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_backtest_says_its_verdict_first(files: tuple[str, ...]) -> None:
    status, out, _ = _run(*BACKTEST, "--by", "segment", *files)
    assert status == 0
    assert out.startswith("Too few windows to tell (")
    assert "stage-weighted pipeline" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ((*FORECAST, "--quota", "1k", "--require", "p_quota=80%"), 0),
        ((*FORECAST, "--quota", "9m", "--require", "p_quota=0.8"), NOT_REACHED),
        ((*BACKTEST, "--require", "coverage=0:100"), 0),
        ((*BACKTEST, "--require", "coverage=0.001:0.002"), NOT_REACHED),
        ((*FORECAST, "--require", "p_quota=0.8"), 2),
        ((*FORECAST, "--quota", "1k", "--require", "quota"), 2),
        ((*FORECAST, "--quota", "1k", "--require", "p_quota=8"), 2),
        ((*BACKTEST, "--require", "coverage=98:80"), 2),
        ((*BACKTEST, "--require", "coverage=80"), 2),
        ((*BACKTEST, "--horizon", "4 months"), 2),
    ],
)
def test_what_is_required_decides_the_exit_status(asked: tuple[str, ...], status: int, files: tuple[str, ...]) -> None:
    found, _, told = _run(*asked, *files)
    assert found == status, told


def test_a_log_of_calls_is_tested_alone(tmp_path: Path, files: tuple[str, ...]) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("calls,successes\n" + "".join(f"10,{place % 3}\n" for place in range(400)))
    asked = ("backtest", "--calls", str(path), "--every", "200c", "--horizon", "400c", "-n", "100")
    status, out, _ = _run(*asked)
    assert status == 0
    assert "Forecasts of successes 400 calls ahead" in out
    document = json.loads(_run(*asked, "--json")[1])
    validate(document, document_schema("backtest"))
    assert _run(*asked, *files)[0] == 2
    assert _run("backtest")[0] == 2


def test_an_example_is_written_once(tmp_path: Path) -> None:
    assert _run("data", "example", str(tmp_path / "new"))[0] == 0
    assert (tmp_path / "new" / "deals.csv").read_text(encoding="utf-8").startswith("id,owner,created")
    status, _, told = _run("data", "example", str(tmp_path / "new"))
    assert (status, "exists already; --force replaces it" in told) == (4, True)
    assert _run("data", "example", str(tmp_path / "new"), "--force")[0] == 0
    assert _run("data", "check", str(tmp_path / "new" / "deals.csv"))[0] == 0


def test_what_has_to_be_mended_is_told(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("id,created,closed,outcome\n1,2026-01-01,2026-01-05,won\n")
    status, _, told = _run(*FORECAST, str(tmp_path / "d.csv"))
    assert status == 3
    assert "few-wins" in told


ALL = [(*FORECAST, "--quota", "350k"), BACKTEST, ("data", "check")]


@pytest.mark.parametrize("asked", ALL, ids=["forecast", "backtest", "check"])
def test_answers_are_tables_and_pages_too(asked: tuple[str, ...], files: tuple[str, ...], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    status, out, err = _run(*asked, *files, "--csv", "--report", str(page))
    assert status == 0
    assert out.startswith("table,")
    assert "sentences,answer" in out.replace(",,", ",").replace(",,", ",").replace(",,", ",")
    assert f"the report is in {page}" in err
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert f"simcore {' '.join(asked[:1] if asked[0] != 'data' else asked)}" in text
    assert "--report" not in text
    status, out, _ = _run(*asked, *files, "--markdown")
    assert out.startswith("### deals")
    assert status == 0


def test_an_answer_has_one_form_and_a_page_is_not_replaced(files: tuple[str, ...], tmp_path: Path) -> None:
    assert _run(*FORECAST, *files, "--csv", "--json")[0] == 2
    (tmp_path / "page.html").write_text("mine")
    status, _, err = _run("data", "check", *files, "--report", str(tmp_path / "page.html"))
    assert status == 4
    assert "exists" in err


def test_a_backtest_is_told_beside_a_forecast(files: tuple[str, ...], tmp_path: Path) -> None:
    assert "Never tested" in _run(*FORECAST, *files)[1]
    kept = tmp_path / "test.json"
    kept.write_text(_run(*BACKTEST, *files, "--json")[1])
    out = " ".join(_run(*FORECAST, *files, "--backtest", str(kept))[1].split())
    assert "Tested: of 5 forecasts of wins 4 weeks ahead, " in out
    assert "That test was of another measure and for another length than the 14 weeks here." in out
    document = json.loads(kept.read_text())
    document["scenario"]["digest"] = "0" * 64
    kept.write_text(json.dumps(document))
    tested = json.loads(_run(*FORECAST, *files, "--backtest", str(kept), "--json")[1])["tested"]
    assert not tested["same_history"]
    assert tested["as_of"] == "2026-09-30"
    kept.write_text("{}")
    status, _, err = _run(*FORECAST, *files, "--backtest", str(kept))
    assert status == 3
    assert "holds no backtest" in err
    assert _run(*FORECAST, *files, "--backtest", str(tmp_path / "none.json"))[0] == 4


def test_a_large_file_is_said_to_be_read_and_a_small_one_is_not(
    files: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from simcore.cli.data import reading  # noqa: PLC0415

    said: list[bool] = []

    @contextmanager
    def waiting(what: str, *, quiet: bool) -> Iterator[None]:
        assert what == "reading"
        said.append(not quiet)
        yield

    monkeypatch.setattr(reading, "waiting", waiting)
    for large in (2**40, 100):
        monkeypatch.setattr(reading, "_LARGE", large)
        assert _run("data", "check", *files)[0] == 0
    assert _run("data", "check", *files, "--quiet")[0] == 0
    assert said == [False, True, False]
