"""`simcore compare`, from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from simcore.base.errors import ExitStatus
from simcore.cli.main import app


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_report_reads_in_80_columns() -> None:
    shown = invoke("compare", "quota-pressure", "-n", "20", "-q", "--details").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "pressure against process, per rep" in shown
    assert "± is one Monte Carlo standard error" in shown


def test_the_document_and_the_worlds_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = invoke("compare", "quota-pressure", "-n", "20", "--out", str(out), "--json", "-q")
    assert result.exit_code == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed == json.loads((out / "summary.json").read_text())
    worlds = pq.read_table(out / "worlds.parquet")
    assert worlds.column_names == ["replication", "strategy", "cents_close"]
    assert worlds.num_rows == 40
    assert set(worlds["strategy"].to_pylist()) == {"process", "pressure"}


def test_attribution_is_shown() -> None:
    result = invoke("compare", "tampering", "--strategy", "full", "-n", "10", "--attribute", "-q", "--details")
    assert "Shapley values over all 2 combinations" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("quota-pressure", "--strategy", "presure"), "did you mean pressure?"),
        (("quota-pressure", "--baseline", "proces"), "did you mean process?"),
        (("trust-the-process",), "needs two strategies"),
    ],
)
def test_what_cannot_be_compared_is_told(arguments: tuple[str, ...], words: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", "from simcore.cli.main import main; main()", "compare", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == int(ExitStatus.USAGE)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
