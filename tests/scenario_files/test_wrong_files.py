"""Files as people break them: each message names the place, what stands there, what is allowed and what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from simcore.base.errors import SimcoreError
from simcore.quantities.fields import SECTIONS, Part
from simcore.scenario.model import Scenario
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

BASE = """simcore: 1
name: SDR team
horizon: {weeks: 26, warmup_weeks: 4}
team: {reps: 6}
plan: {calls_per_week: 250}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: {mean: 0.15, rep_cv: 0.3}, lag: 5d}
  - {stage: wins, rate: 0.4}
deal: {mean: 18000, cv: 0.5, shape: lognormal, currency: USD}
quota: {per: quarter, amount: 60000}
strategies:
  process: {}
  react:
    decides: day
    drives:
      push:
        memory: 0.5
        signals: {deadline: 2}
        changes: {activity: {slope: 0.5}}
"""

HEAD = BASE.partition("funnel")[0]
WRONG: list[tuple[str, str, str, str]] = [
    # What is replaced, by what; line:column: path; what to write.
    ("team:", "Team:", "4:1: Team: unknown key", "did you mean team?"),
    ("reps: 6", "reps=6", "4:8: team.reps=6: unknown key", "write reps: 6 (a colon, then a space)"),
    ("reps: 6", "reps:6", "4:8: team.reps:6: unknown key", "write reps: 6 (a colon, then a space)"),
    ("reps: 6", "reps\uff1a6", "4:8: team.reps\uff1a6", "write reps: 6 (a colon, then a space)"),
    ("team: {", "team:{", "4:1: team:{reps", "write team: {...} (a colon, then a space)"),
    ("team: {", "team {", "4:1: team {reps", "write team: {...} (a colon, then a space)"),
    ("calls_per_week", "calls", "5:8: plan.calls: unknown key", "did you mean calls_per_week?"),
    ("{reps: 6}", "{reps: 6, quota: 5}", "4:17: team.quota: unknown key", "quota belongs to no other key"),
    ("team: {reps: 6}", "seed: 4", "4:1: seed: unknown key", "did you mean run.seed?"),
    ("{reps: 6}", "6", "4:7: team: must be a mapping (key: value), got 6", "write {reps: 6}"),
    ("{reps: 6}", "[reps, 6]", "4:7: team: must be a mapping", "allowed: keys reps, new, ramp, turnover"),
    ("team: {reps: 6}", "team:\n  - reps: 6", "5:3: team: must be a mapping", "write its keys without the dash"),
    ("{stage: calls}", "calls", "7:5: funnel.1: must be a mapping (key: value), got calls", "write {stage: calls}"),
    ("rate: 0.4", "rate: [0.4]", "9:25: funnel.wins.rate: must be a mapping", "write it without brackets"),
    ("{slope: 0.5}", "0.5", "20:29: strategies.react.drives.push.changes.activity: must be", "write {slope: 0.5}"),
    ("{deadline: 2}", "deadline", "19:18: strategies.react.drives.push.signals: must be", "write {deadline: 1}"),
    ("{deadline: 2}", "[deadline]", "19:18: strategies.react.drives.push.signals: must be", "write {deadline: 1}"),
    ("memory: 0.5", "level: 3", "18:16: strategies.react.drives.push.level: must be a list, got 3", "write [a, b]"),
    ("process: {}", "process:", "13:3: strategies.process: must be a mapping", "write {} where it says nothing"),
    ("decides: day", "decides: daily", "15:14: strategies.react.decides: is not one", "did you mean day?"),
    ("drives:", "drive:", "16:5: strategies.react.drive: unknown key", "did you mean drives?"),
    ("deadline", "dedline", "19:19: strategies.react.drives.push.signals.dedline", "did you mean deadline?"),
    ("per: quarter", "per: Quarter", "11:14: quota.per: is not one of", "did you mean quarter?"),
    ("60000", "60_000", "11:31: quota.amount: is ambiguous", "write 60000"),
    ("rate: 0.4", "rate: 40", "9:25: funnel.wins.rate: is out of range, got 40", "for 40 % write 0.4 or 40%"),
    ("rate: 0.4", "rate: 2/5", "9:25: funnel.wins.rate: must be a number", "write 0.4"),
    ("  - {stage: wins", "    - {stage: wins", "9:5: cannot be read: an entry of a list", "begins in the same column"),
    ("  - {stage: wins", " - {stage: wins", "9:2: cannot be read: an entry of a list", "begins in the same column"),
    ("  - {stage: wins", "\t- {stage: wins", "9:1: cannot be read: a tab", "indent with spaces"),
    (BASE, "# T\n```yaml\n" + BASE, "2:1: cannot be read: ``` is of the page", "take out the lines with ```"),
    (BASE, "<!DOCTYPE html>\n<p>a: b</p>", "1:1: is a web page or XML", "a scenario is a text file"),
    (BASE, HEAD + "funnel: [{stage: calls}]\ndeal: 5\n", "6:9: funnel: has 1 stage;", "2 to 8"),
    (BASE, HEAD + "funnel: {a: 1}\ndeal: 5\n", "6:9: funnel: must be a list, got", "after a dash"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said", "way_out"), WRONG, ids=[f"{i}" for i in range(len(WRONG))])
def test_a_broken_file_is_told_with_its_place_and_its_mend(
    before: str, after: str, said: str, way_out: str, tmp_path: Path
) -> None:
    assert BASE.count(before) == 1
    file = tmp_path / "mine.yaml"
    file.write_text(BASE.replace(before, after), encoding="utf-8")
    with pytest.raises(SimcoreError) as caught:
        load_scenario(file)
    told = str(caught.value)
    assert f"mine.yaml:{said}" in told
    assert way_out in told
    assert int(caught.value.exit_status) == 3


def test_the_unbroken_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(BASE, encoding="utf-8")
    assert list(load_scenario(file).strategies) == ["process", "react"]


def test_what_a_message_says_to_write_is_read(tmp_path: Path) -> None:
    """Hints that end in a key and a value, or a mapping, mend the file when they are followed to the letter."""
    mended = 0
    for before, after, _, _ in WRONG:
        file = tmp_path / "mine.yaml"
        file.write_text(BASE.replace(before, after), encoding="utf-8")
        with pytest.raises(SimcoreError) as caught:
            load_scenario(file)
        hint = str(caught.value).splitlines()[0].rpartition("; write ")[2].partition(" (a colon")[0]
        if "; write " not in str(caught.value) or not re.fullmatch(r"\{\w+: [\w.]+\}|\w+: \d+", hint):
            continue
        file.write_text(BASE.replace(before, hint), encoding="utf-8")
        load_scenario(file)
        mended += 1
    assert mended >= 6


def test_the_sections_are_those_of_the_format() -> None:
    fields = Scenario.model_fields
    assert set(SECTIONS) == set(fields) - {"simcore", "name", "about"}
    parts = {
        name
        for name, field in fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Part)
    }
    assert parts <= set(SECTIONS)
