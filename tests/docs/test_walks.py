"""The tutorial and the how-to pages do what they say: each is walked through, and prints what stands in it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.pages import page_id
from tools.compared import remember, was_right
from tools.packages import ROOT
from tools.walk import PAGES, STEP, WalkError, walked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_pages_print_what_they_say(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if was_right(page_id(page), text):
        pytest.skip("was right, and nothing that it shows has changed since; DOCS=all walks through it again")
    assert walked(text).text == text, "run `make pages`"
    remember(page_id(page), text)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_output_has_its_command(page: Path) -> None:
    """No output stands alone, where nothing would compare it."""
    text = page.read_text(encoding="utf-8")
    outputs = sum(step["printed"] is not None for step in STEP.finditer(text))
    assert outputs > 0
    assert outputs == text.count("```text\n")


def test_a_walk_saves_files_adds_to_them_and_runs_commands_in_one_shell() -> None:
    page = (
        "```yaml\n# a.yaml\nx: 1\n```\n\n```yaml\n# a.yaml, at the end\ny: 2\n```\n\n```yaml\nz: 3\n```\n\n"
        "```sh\nhere=there\ncat a.yaml\n```\n\n```text\nold\n```\n\n```sh\nls; echo $here >&2; echo $here\n```\n\n"
        "```text\n```\n\nwords\n\n```text\nkept\n```\n"
    )
    first, second, *rest = [walked(page).text.split("```text\n")[place] for place in (1, 2, 3)]
    assert first.startswith("# a.yaml\nx: 1\n# a.yaml, at the end\ny: 2\n```\n")
    assert second.startswith("a.yaml\nthere\n```\n")
    assert rest == ["kept\n```\n"]


def test_a_walk_that_fails_says_where() -> None:
    with pytest.raises(WalkError, match=r"(?s)exit status 7.*exit 7.*a word"):
        walked("```sh\ntrue\n```\n\n```sh\necho a word >&2\nexit 7\n```\n\n```sh\ntouch never\n```\n")


def test_installing_is_left_out_unless_it_is_asked_for() -> None:
    page = "```sh\npip install --no-such-option\n```\n\n```sh\ncommand -v simcore\n```\n\n```text\n```\n"
    assert "/simcore\n" in walked(page).text
    wheel = ROOT / "LICENSE"
    with pytest.raises(WalkError, match="no-such-option"):
        walked(page, install=wheel)
    assert "```text\nLICENSE\n```" in walked("```sh\nls\n```\n\n```text\n```\n", install=wheel).text


@pytest.mark.long
def test_the_tutorial_takes_ten_minutes_from_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wheel in an empty folder, nothing compiled, dependencies fetched."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True)  # noqa: S603
    (wheel,) = tmp_path.glob("*.whl")
    text = PAGES[0].read_text(encoding="utf-8")
    walk = walked(text, install=wheel)
    with capsys.disabled():
        print("seconds of each block:", *(f"{seconds:.1f}" for seconds in walk.seconds))
    assert walk.text == text
    assert sum(walk.seconds) < 600.0
