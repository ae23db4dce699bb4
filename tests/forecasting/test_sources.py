"""From an export to a history: nothing lost, nothing made up; and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcore.base.errors import ScenarioError, UsageError
from simcore.crm.reading import read_deals
from simcore.forecasting.example import AS_OF, STAGES, example_export
from simcore.forecasting.sources import ALL, CREATED, known_of, number_of_day, weeks_of
from simcore.pipeline.history import LOST, NEVER, OPEN, OPEN_STAGE, WON
from tests.support.export_files import example_data, write_example


def test_the_history_is_that_of_the_file() -> None:
    known = known_of(example_data())
    rows = [line.split(",") for line in example_export().deals.splitlines()[1:]]
    history = known.history
    assert known.ids == tuple(row[0] for row in rows)
    assert history.created.astype("datetime64[D]").astype(str).tolist() == [row[2] for row in rows]
    codes = {"open": OPEN, "won": WON, "lost": LOST}
    assert history.outcome.tolist() == [codes[row[4]] for row in rows]
    assert [history.segments[place] for place in history.segment] == [row[8] for row in rows]
    assert history.value.tolist() == [float(row[6]) for row in rows]
    assert ((history.closed == NEVER) == (history.outcome == OPEN)).all()
    visits = [line.split(",") for line in example_export().stages.splitlines()[1:]]
    assert history.stages == STAGES
    assert len(history.visit_deal) == len(visits)
    assert [history.stages[place] for place in history.visit_stage] == [row[1] for row in visits]
    assert known.as_of == number_of_day(AS_OF, "day")
    assert (known.currency, known.owners, known.name) == ("USD", 5, "deals")
    assert 78.0 < known.weeks < 78.5


def test_what_came_after_the_as_of_day_is_not_there(tmp_path: Path) -> None:
    """A little may lie after it, as of a file that was written the next morning; more is refused by the check."""
    deals, stages = write_example(tmp_path)
    with deals.open("a", encoding="utf-8") as file:
        file.write("D-9001,rep 1,2026-10-02,2026-10-06,won,negotiation,5000,USD,small\n")
        file.write("D-9002,rep 2,2026-10-05,,open,qualification,7000,USD,small\n")
    known, before = known_of(read_deals(deals, history=stages, as_of="2026-09-30")), known_of(example_data())
    assert (known.ids, known.as_of, known.digest) == (before.ids, before.as_of, before.digest)


def _read(folder: Path, deals: str, stages: str | None = None) -> object:
    (folder / "d.csv").write_text(deals)
    if stages is not None:
        (folder / "s.csv").write_text(stages)
    return read_deals(folder / "d.csv", history=None if stages is None else folder / "s.csv")


def _deals(count: int, created: str = "2026-01-05", segment: str = "a") -> list[str]:
    rows = ["id,created,closed,outcome,segment"]
    return rows + [f"{place},{created},2026-02-{1 + place % 27:02d},won,{segment}" for place in range(count)]


def test_without_a_history_there_is_one_stage(tmp_path: Path) -> None:
    known = known_of(_read(tmp_path, "\n".join(_deals(40))))  # type: ignore[arg-type]
    assert known.history.for_forecasts(NEVER).stages == (OPEN_STAGE,)
    assert known.history.visit_day.tolist() == known.history.created.tolist()


def test_a_first_stage_that_comes_later_leaves_a_deal_created(tmp_path: Path) -> None:
    stages = ["id,stage,entered", *(f"{place},talk,2026-01-{6 + place % 4:02d}" for place in range(40))]
    known = known_of(_read(tmp_path, "\n".join(_deals(40)), "\n".join(stages)))  # type: ignore[arg-type]
    history = known.history
    assert history.stages == ("talk", CREATED)
    first = np.append(True, history.visit_deal[1:] != history.visit_deal[:-1])
    assert (history.visit_day[first] == history.created).all()
    assert (history.visit_stage[first] == 1).all()
    assert (np.diff(history.visit_day)[~first[1:]] >= 0).all()


def test_deals_without_a_segment_have_one(tmp_path: Path) -> None:
    rows = _deals(20)
    rows[3] = rows[3].removesuffix("a")
    known = known_of(_read(tmp_path, "\n".join(rows)))  # type: ignore[arg-type]
    assert known.history.segments == ("a", ALL)
    assert known.history.segment[2] == 1


def test_fewer_than_ten_wins_are_refused(tmp_path: Path) -> None:
    rows = _deals(9) + [f"x{place},2026-01-05,2026-02-03,lost,a" for place in range(30)]
    data = _read(tmp_path, "\n".join(rows))
    with pytest.raises(ScenarioError, match="9 wins, fewer than 10"):
        known_of(data)  # type: ignore[arg-type]


def test_what_has_to_be_mended_is_told_first(tmp_path: Path) -> None:
    rows = _deals(20)
    rows[5] = "4,2026-01-09,2026-03-03,lost,b"
    rows.append("4,2026-01-05,2026-02-05,won,a")
    with pytest.raises(ScenarioError, match="id"):
        known_of(_read(tmp_path, "\n".join(rows)))  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["0w", "-1", "1.5w", "4 months", 0, 200, True])
def test_what_is_no_number_of_weeks_is_refused(given: object) -> None:
    with pytest.raises(UsageError, match="1w to 156w"):
        weeks_of(given, "horizon")  # type: ignore[arg-type]


def test_the_example_is_the_same_everywhere() -> None:
    from hashlib import sha256  # noqa: PLC0415

    export = example_export()
    digest = sha256((export.deals + export.stages).encode()).hexdigest()
    assert digest[:16] == EXAMPLE_DIGEST


EXAMPLE_DIGEST = "4664cfefdf13e0d5"


def test_public_holidays_are_known_before_and_after() -> None:
    pytest.importorskip("holidays", reason='no holidays: pip install "simcore[dates]"')
    plain, known = known_of(example_data()), known_of(example_data(), "DE-BY")
    days = known.history.holidays.astype("datetime64[D]").astype(str).tolist()
    assert {"2025-12-25", "2026-01-06", "2028-12-26"} <= set(days)
    assert known.holidays is not None
    assert known.holidays.startswith("DE-BY, holidays ")
    assert (plain.holidays, len(plain.history.holidays)) == (None, 0)
    assert plain.digest != known.digest


@pytest.mark.parametrize("country", ["Germany", "DE-XX", ""])
def test_a_country_without_holidays_is_refused(country: str) -> None:
    pytest.importorskip("holidays", reason='no holidays: pip install "simcore[dates]"')
    with pytest.raises(UsageError, match="no holidays are known"):
        known_of(example_data(), country)
