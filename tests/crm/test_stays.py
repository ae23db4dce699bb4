"""Stays in stages, counted by hand: left, passed over, entered again, reopened; and flows that balance."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import simcore
from simcore.crm.columns import LOST, NOWHERE, WON
from simcore.crm.stays import flows_of
from tests.support.crm_worlds import written

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.crm.data import DealData

DEALS = ["id", "created", "closed", "outcome", "stage"]


def read(folder: Path, deals: list[str], stages: list[str]) -> DealData:
    """Read deals and stages, each a line."""
    rows = {"deals": [DEALS, *(line.split() for line in deals)]}
    rows["stages"] = [["id", "stage", "entered"], *(line.split() for line in stages)]
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_bytes(
            written([["" if cell == "-" else cell for cell in line] for line in lines])
        )
    return simcore.read_deals(folder / "deals.csv", history=folder / "stages.csv")


def told(data: DealData) -> list[tuple[int, str, str, int, int, bool, bool]]:
    """Return all stays: deal, stage, day of leaving, where to, visit, skipped, reopened."""
    part = data.entries
    days = part.left.astype("M8[D]").astype(str)
    names = [data.stages[code] for code in part.stage]
    return list(
        zip(
            *(part.deal.tolist(), names, days.tolist(), part.to.tolist(), part.visit.tolist()),
            *(part.skipped.tolist(), part.reopened.tolist()),
            strict=True,
        )
    )


def test_stays_end_where_the_next_begins_or_the_deal_ends(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        ["1 2026-01-01 2026-01-09 won b", "2 2026-01-01 2026-01-05 lost a", "3 2026-01-02 - open b"],
        ["1 a 2026-01-01", "1 b 2026-01-04", "2 a 2026-01-01", "3 a 2026-01-02", "3 b 2026-01-08"],
    )
    assert data.stages == ("a", "b")
    assert told(data) == [
        (0, "a", "2026-01-04", 1, 1, False, False),
        (0, "b", "2026-01-09", WON, 1, False, False),
        (1, "a", "2026-01-05", LOST, 1, False, False),
        (2, "a", "2026-01-08", 1, 1, False, False),
        (2, "b", "NaT", NOWHERE, 1, False, False),
    ]


def test_a_stage_that_most_go_through_is_passed_over_with_a_wait_of_0(tmp_path: Path) -> None:
    usual = [f"{n} {s} 2026-01-0{at}" for n in (1, 2) for s, at in (("a", 1), ("b", 2), ("c", 3))]
    deals = [f"{n} 2026-01-01 2026-01-09 won c" for n in (1, 2, 3)]
    data = read(tmp_path, deals, [*usual, "3 a 2026-01-01", "3 c 2026-01-05"])
    assert told(data)[6:] == [
        (2, "a", "2026-01-05", 2, 1, False, False),
        (2, "b", "2026-01-05", 2, 1, True, False),
        (2, "c", "2026-01-09", WON, 1, False, False),
    ]


def test_a_stage_that_few_go_through_is_a_side_way(tmp_path: Path) -> None:
    deals = [f"{n} 2026-01-01 2026-01-09 won c" for n in (1, 2, 3)]
    stages = ["1 a 2026-01-01", "1 b 2026-01-02", "1 c 2026-01-03"]
    stages += [f"{n} {s} 2026-01-0{at}" for n in (2, 3) for s, at in (("a", 1), ("c", 3))]
    assert not read(tmp_path, deals, stages).entries.skipped.any()


def test_what_is_entered_again_is_a_stay_of_its_own(tmp_path: Path) -> None:
    deals = ["1 2026-01-01 - open b", "2 2026-01-01 - open b", "3 2026-01-01 - open b"]
    stages = ["1 a 2026-01-01", "1 b 2026-01-02", "1 a 2026-01-03", "1 b 2026-01-05"]
    stages += [f"{n} {s} 2026-01-0{at}" for n in (2, 3) for s, at in (("a", 1), ("b", 2))]
    data = read(tmp_path, deals, stages)
    assert [(row[1], row[2], row[4]) for row in told(data)[:4]] == [
        ("a", "2026-01-02", 1), ("b", "2026-01-03", 1), ("a", "2026-01-05", 2), ("b", "NaT", 2)
    ]  # fmt: skip


def test_what_was_lost_and_came_back_was_there_all_the_time(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        ["1 2026-01-01 2026-02-01 won b", "2 2026-01-01 - open b"],
        ["1 a 2026-01-01", "1 lost 2026-01-03", "1 b 2026-01-20", "2 a 2026-01-01", "2 b 2026-01-02"],
    )
    assert told(data)[:2] == [
        (0, "a", "2026-01-20", 1, 1, False, False),
        (0, "b", "2026-02-01", WON, 1, False, True),
    ]
    assert "reopened" in {finding.check for finding in data.findings}
    # On an evening between, it was lost.
    between = data.known_at("2026-01-10")
    assert between.deals.outcome.tolist() == [2, 0]
    assert str(between.deals.closed[0].astype("M8[D]")) == "2026-01-03"


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), st.sampled_from(["open", "won", "lost"])),
        min_size=1,
        max_size=8,
    )
)
def test_flows_balance_whatever_deals_do(
    tmp_path_factory: pytest.TempPathFactory, ways: list[tuple[list[str], str]]
) -> None:
    folder = tmp_path_factory.mktemp("flows")
    deals, stages = [], []
    for number, (way, outcome) in enumerate(ways):
        closed = "-" if outcome == "open" else "2026-02-01"
        deals.append(f"{number} 2026-01-01 {closed} {outcome} {way[-1]}")
        stages += [f"{number} {stage} 2026-01-{day:02d}" for day, stage in enumerate(way, start=1)]
    data = read(folder, deals, stages)
    flows = flows_of(data.entries, data.stages)
    for flow in flows:
        assert flow.entered == flow.on + flow.back + flow.won + flow.lost + flow.open
    for outcome in ("won", "lost", "open"):
        assert sum(getattr(flow, outcome) for flow in flows) == sum(each == outcome for _, each in ways)
    steps = sum(sum(one != other for one, other in pairwise(way)) for way, _ in ways)
    assert sum(flow.on + flow.back for flow in flows) == steps
