"""Raw results have the hashes that were written down: on every machine, with any version of a library."""

from __future__ import annotations

import json

import pytest

from tests.golden.rewrite import NAMES, PATH, hashes_of


@pytest.mark.parametrize("name", NAMES)
def test_raw_results_have_the_hashes_written_down(name: str) -> None:
    assert hashes_of(name) == json.loads(PATH.read_text())[name], "if on purpose: python -m tests.golden.rewrite"


def test_every_hash_is_checked() -> None:
    written = json.loads(PATH.read_text())
    assert sorted(written) == sorted(NAMES)
    assert len({digest for hashes in written.values() for digest in hashes.values()}) == 2 * len(NAMES)
