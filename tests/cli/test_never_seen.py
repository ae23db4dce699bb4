"""What was never seen: no amount for a per cent, no 0 that is known, no sentence about a figure that is null."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import simcore
from simcore.answers.numbers import NONE
from simcore.cli.main import app
from simcore.cli.screens.luck import luck_details
from simcore.cli.tables import lines_of
from simcore.statistics.intervals import UNKNOWN

if TYPE_CHECKING:
    from pathlib import Path

RARE = """simcore: 1
name: Call centre
horizon: {weeks: 13}
team: {reps: 1}
plan: {calls_per_week: 40}
funnel:
  - {stage: calls}
  - {stage: wins, rate: 0.000001}
deal: {fixed: 10, currency: JPY}
quota: {per: quarter, amount: 20}
strategies: {process: {}, same: {}}
run: {replications: 40}
"""


@pytest.fixture
def rare(tmp_path: Path) -> str:
    """Return a scenario without a win in 40 worlds."""
    file = tmp_path / "rare.yaml"
    file.write_text(RARE)
    return str(file)


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "-q", *([] if "--json" in arguments else ["--details"])])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_coach_tells_no_relative_effect_on_revenue_that_was_never_seen(rare: str) -> None:
    table = shown("coach", rare, "-n", "40")
    levers = json.loads(shown("coach", rare, "-n", "40", "--json"))["leverage"]["levers"]
    assert all(row["revenue"]["relative"] is None for row in levers)
    rows = [line for line in table.splitlines() if line.startswith(("rate of wins", "calls ", "deal value"))]
    revenue = rows[:3]
    assert len(revenue) == 3
    for line in revenue:
        # The difference, in JPY, times 100, stood there as if it were per cent.
        assert re.search(rf"│ +{NONE} +10$", line), line
    point = next(line for line in rows if "0.010001" in line)
    assert re.search(rf"0\.010001 +{NONE} ", point), point


def test_items_that_brought_nothing_have_a_bound(rare: str) -> None:
    items = json.loads(shown("coach", rare, "-n", "40", "--json"))["values"]["items"]
    call = next(row for row in items if row["item"] == "calls")
    for figure in (call["average"], call["one_more"]):
        assert (figure["estimate"], figure["se"]) == (0, None)
        assert 0 < figure["high"] < 10
    # A win in none of 40 worlds: at most -log(0.05) / 40 of them in a world, of 10 JPY, over its calls.
    assert call["average"]["high"] == pytest.approx(10 * 2.995732 / 40 / 520, rel=1e-4)
    assert "one of calls" in shown("coach", rare, "-n", "40")
    assert re.search(r"one of calls +0 \(below 0\.0\d+\)", shown("coach", rare, "-n", "40"))


def test_a_chance_that_was_never_seen_is_told_by_its_bound_in_a_plan(rare: str) -> None:
    told = " ".join(shown("plan", rare, "--target", "1M", "--no-frontier", "-n", "40").split())
    assert re.search(r"the chance is below [78][.\d]* %", told), told
    assert "the chance is 0 %" not in told


@pytest.mark.parametrize("error", ["± 1 %", "known to ±"])
def test_only_a_standard_error_stands_behind_the_sign(error: str) -> None:
    told = " ".join(shown("plan", "backward-from-100k", "--target", "100k", "--no-frontier", "-n", "64").split())
    assert "1 % is aimed at within a limit of cost" in told
    assert error not in told


def test_one_rep_is_no_reps_and_two_strategies_are_both(rare: str) -> None:
    table = shown("compare", rare)
    assert "the same for both strategies: 1 rep over 13 weeks" in table
    # No table of shares of bookings where nothing was booked.
    assert "Share of bookings" not in table


def test_nothing_is_said_of_reps_of_whom_nothing_is_known(tmp_path: Path) -> None:
    file = tmp_path / "few.yaml"
    file.write_text(RARE.replace("weeks: 13", "weeks: 26").replace("0.000001", "0.05"))
    found = simcore.luck(str(file), replications=128)
    assert found.dismissal is not None
    first, *others = found.dismissal.rules
    rules = [first.model_copy(update={"dismissed": UNKNOWN}), *others]
    unknown = found.dismissal.model_copy(update={"rules": rules, "weak": UNKNOWN})
    for part, is_known in ((found.dismissal, True), (unknown, False)):
        told = " ".join(lines_of(luck_details(found.model_copy(update={"dismissal": part})), width=80).split())
        assert f"{NONE} are" not in told
        assert f": {NONE} of reps" not in told
        assert ("Of reps who do not leave by themselves" in told) == is_known
        assert ("these worlds do not tell how many do" in told) != is_known
        assert " 1 times" not in told
