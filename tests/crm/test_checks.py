"""Each broken export is told of, with its grade, row and column; a sound one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcore.crm.findings import CHECKS, LOUD, Findings
from tests.support.broken_exports import BROKEN, Broken, sound_files


def test_nothing_is_wrong_with_a_sound_export(tmp_path: Path) -> None:
    data = sound_files().read(tmp_path)
    assert [finding.what for finding in data.findings] == []
    assert data.usable


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_what_is_broken_is_told(broken: Broken, tmp_path: Path) -> None:
    files = sound_files()
    broken.change(files)
    data = files.read(tmp_path)
    found = [finding for finding in data.findings if (finding.check, finding.grade) == (broken.check, broken.grade)]
    assert found, [(finding.check, finding.grade, finding.what) for finding in data.findings]
    finding = found[0]
    assert data.usable == all(each.grade == "W" for each in data.findings)
    assert not data.usable or broken.grade == "W"
    assert broken.count is None or finding.count == broken.count
    if broken.row is not None:
        assert finding.examples[0].row == broken.row
    if broken.column is not None:
        assert finding.examples[0].column == broken.column
    assert finding.done
    assert len(finding.examples) == min(3, len(finding.examples))
    rows = [example.row for example in finding.examples]
    assert rows == sorted(rows)


@pytest.mark.parametrize("name", ["no losses", "a boom"])
def test_loud_warnings_stand_before_the_others(name: str, tmp_path: Path) -> None:
    files = sound_files()
    next(broken for broken in BROKEN if broken.name == name).change(files)
    files.history = files.history[:40]
    checks = [finding.check for finding in files.read(tmp_path).check.findings if finding.grade == "W"]
    loud = [check in LOUD for check in checks]
    assert loud == sorted(loud, reverse=True)
    assert 0 < sum(loud) < len(loud)


def test_each_check_is_among_them() -> None:
    assert len(BROKEN) >= 60
    assert {broken.check for broken in BROKEN} == {*CHECKS}


def test_there_is_no_check_without_a_name() -> None:
    with pytest.raises(ValueError, match="no such check: nonsense"):
        Findings().add("nonsense", "W", "deals.csv", "what", "done")
