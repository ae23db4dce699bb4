"""What was known on an evening: nothing that came later, whatever the file says of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import simcore
from simcore.base.errors import UsageError
from simcore.crm.cells.words import Outcome
from simcore.crm.columns import Labels
from tests.support.crm_worlds import iso, plain_rows, plain_stage_rows, small_world, written

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.crm.data import DealData

WORLD = small_world()
EVENING = "2026-06-10"
NEXT = f"{EVENING}T23:59:59"


def read(folder: Path, deals: list[list[str]], stages: list[list[str]]) -> DealData:
    (folder / "deals.csv").write_bytes(written(deals))
    (folder / "stages.csv").write_bytes(written(stages))
    calls = [["at", "rep", "calls", "successes"], ["2026-03-02", "Rep 1", "9", "1"], ["2026-07-01", "Rep 1", "8", "2"]]
    (folder / "calls.csv").write_bytes(written(calls))
    return simcore.read_deals(folder / "deals.csv", history=folder / "stages.csv", calls=folder / "calls.csv")


def assert_same(one: Any, other: Any) -> None:  # noqa: ANN401
    """Fail where two columns, or parts of columns, differ in a bit."""
    for name in type(one).__dataclass_fields__:
        mine, yours = getattr(one, name), getattr(other, name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, yours, err_msg=name)
        elif isinstance(mine, Labels):
            assert mine.names == yours.names, name
            np.testing.assert_array_equal(mine.codes, yours.codes, err_msg=name)
        elif isinstance(mine, pa.Array):
            assert mine.equals(yours), name


def test_what_comes_later_changes_nothing_that_was_known(tmp_path: Path) -> None:
    """The future of the file is changed in every way; values and owners, of which no file says what they were, stay."""
    deals, stages = plain_rows(WORLD), plain_stage_rows(WORLD)
    known = read(tmp_path, deals, stages).known_at(EVENING)
    changed = [deals[0]]
    for row, deal in zip(deals[1:], WORLD, strict=True):
        if iso(deal.created) > NEXT:
            continue
        later = [*row]
        if deal.closed is None or iso(deal.closed) > NEXT:
            later[3:6] = ["2026-08-08T08:00:00", "won" if deal.outcome != "won" else "lost", "Proposal"]
        changed.append(later)
    changed.append(["new", "A new rep", "2026-09-09T09:00:00", "", "open", "Prospecting", "1", "USD", "a new segment"])
    past = [row for row in stages[1:] if row[2] <= NEXT]
    # Stages that nobody knew, in an order that turns the known one round.
    future = [[row[0], "Proposal", "2026-07-07T07:07:07"] for row in changed[1:60]]
    future += [[row[0], "Afterthought", "2026-07-08T07:07:07"] for row in changed[1:60]]
    other = read(tmp_path, changed, [stages[0], *past, *future]).known_at(EVENING)
    assert known.as_of == other.as_of == np.datetime64(EVENING)
    assert known.stages == other.stages
    assert 0 < (known.deals.outcome == Outcome.OPEN).sum() < len(known.deals) < len(WORLD)
    assert_same(known.deals, other.deals)
    assert_same(known.entries, other.entries)
    assert known.calls is not None
    assert other.calls is not None
    assert known.calls.calls.tolist() == other.calls.calls.tolist() == [9]


def test_it_is_what_an_export_of_that_evening_would_have_held(tmp_path: Path) -> None:
    deals, stages = plain_rows(WORLD), plain_stage_rows(WORLD)
    whole = read(tmp_path, deals, stages)
    known = whole.known_at(EVENING)
    then = [deals[0]]
    for row, deal in zip(deals[1:], WORLD, strict=True):
        if iso(deal.created) <= NEXT:
            stage = [name for name, at in deal.entries if iso(at) <= NEXT][-1]
            is_closed = deal.closed is not None and iso(deal.closed) <= NEXT
            then.append([*row[:3], *(row[3:5] if is_closed else ["", "open"]), stage, *row[6:]])
    export = read(tmp_path, then, [stages[0], *(row for row in stages[1:] if row[2] <= NEXT)])
    np.testing.assert_array_equal(known.deals.outcome, export.deals.outcome)
    np.testing.assert_array_equal(known.deals.closed, export.deals.closed)
    np.testing.assert_array_equal(known.deals.stage, export.deals.stage)
    assert_same(known.entries, export.entries)
    assert_same(known.events, whole.known_at("2026-09-09").known_at(EVENING).events)


@pytest.mark.parametrize("day", [EVENING, date(2026, 6, 10), np.datetime64(EVENING), np.datetime64(f"{EVENING}T10:00")])
def test_a_day_is_given_in_many_forms(day: Any, tmp_path: Path) -> None:  # noqa: ANN401
    data = read(tmp_path, plain_rows(WORLD), plain_stage_rows(WORLD))
    assert str(data.known_at(day).as_of) == EVENING


@pytest.mark.parametrize("day", ["soon", "10/06/2026", "2026-06-31", None, 5, np.datetime64("NaT")])
def test_what_is_no_day_is_refused(day: Any, tmp_path: Path) -> None:  # noqa: ANN401
    data = read(tmp_path, plain_rows(WORLD), plain_stage_rows(WORLD))
    with pytest.raises(UsageError, match="day: is no day"):
        data.known_at(day)
