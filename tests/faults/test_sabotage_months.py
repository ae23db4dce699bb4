"""Bugs planted in real months, which cut weeks: the comparison with the twin tells each."""

from __future__ import annotations

import pytest

from tests.support.month_cases import REACTING, STEADY
from tests.support.planted import Checked, Fault, every_other

CHECKED = Checked(STEADY | REACTING)
FAULTS: dict[str, Fault] = {
    "months end a day early": Fault(
        "real months", "month, close", "rows.windows.add_to_parts", "hour // hours_per_day",
        "min(hour // hours_per_day + 1, days - 1)",
    ),
    "parts of weeks for weeks": Fault(
        "real months", "longest dry spells", "rows.drive.tally_account",
        "windows.tally_dry_weeks(size, weeks, sums[1], sums[2], counters.conduct[LONGEST_DRY, groups])",
        "windows.tally_dry_weeks(size, parts, sums[1], sums[2], counters.conduct[LONGEST_DRY, groups])",
    ),
    "what was booked is kept within a week": Fault(
        "by the week in real months", "calls", "teams.team.Team._play_interval",
        "self._begin_period(first_hour + cut)", "pass",
    ),
    "the quota of the first period": Fault(
        "by the week in real months", "calls", "teams.team.Team._own_quota",
        "self._program.quota.of_day[hour // self._clock.hours_per_day]", "0",
    ),
    "pulled into the first period for ever": Fault(
        "pulled by the week into real months", "entries", "teams.pulling.Pulling._end_of_period",
        "hour // self._clock.hours_per_day", "0",
    ),
    "bookings of the whole week in each part": Fault(
        "by the day in real months", "month", "teams.booking.count_parts",
        "memory.lanes.per_hour[first:last]", "memory.lanes.per_hour",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", every_other(sorted({fault.case for fault in FAULTS.values()})))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
