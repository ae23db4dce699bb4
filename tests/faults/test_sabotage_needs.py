"""Bugs planted in what deals need: the comparison with the twin tells each.

The kernels are run without a compiler, see `tests.faults.test_sabotage_reactive`.
"""

from __future__ import annotations

import pytest

from tests.support.needs_cases import NEEDS
from tests.support.planted import Checked, Fault

CHECKED = Checked(NEEDS)
CHECK, GAPS = "reacting.needs.check_needs", "reacting.needs.show_gaps"

FAULTS: dict[str, Fault] = {
    # At entry
    "all needs met": Fault("hidden", "needs", CHECK, "law[j, AT_START]", "1.0"),
    "a check that always works": Fault("checked", "needs", CHECK, "law[j, WORKS]", "1.0"),
    "every deal checked": Fault("checked", "needs", CHECK, "min(1.0, law[j, SHARE] * q)", "1.0"),
    "a share without the response": Fault("pressure", "needs", CHECK, "law[j, SHARE] * q", "law[j, SHARE]"),
    "the response of the lag": Fault("pressure", "needs", "teams.needs.Needing._follow_needs", "QUALIFY", "1"),
    "a check that takes no time": Fault("one need", "needs", CHECK, "takes += law[j, TAKES]", "pass"),
    "time of a check that is not slowed": Fault(
        "the second step", "open at the end", CHECK, "(lag[i] + takes) * slows", "lag[i] * slows + takes"
    ),
    "an unmet need that slows nothing": Fault("slow", "open at the end", CHECK, "slows *= law[j, SLOWS]", "pass"),
    "the last need that slows": Fault(
        "slow for three reasons", "rep-weeks", CHECK, "slows *= law[j, SLOWS]", "slows = law[j, SLOWS]"
    ),
    "a deal that is given up although its need is met": Fault(
        "one need",
        "needs",
        CHECK,
        "not met and int64(words[j, DROPPED, i]) < threshold(law[j, DROP])",
        "int64(words[j, DROPPED, i]) < threshold(law[j, DROP])",
    ),
    "nobody is disqualified": Fault("one need", "needs", CHECK, "threshold(law[j, DROP])", "0"),
    "a disqualified deal that waits its time": Fault(
        "one need", "open at the end", CHECK, "lag[i], unmet[i] = takes, -1", "unmet[i] = -1"
    ),
    "calls of the last check alone": Fault(
        "three needs", "calls", CHECK, "owed[i] += int64(law[j, COST])", "owed[i] = int64(law[j, COST])"
    ),
    "a given due hour that is slowed": Fault(
        "slow and open at the start",
        "open at the end",
        CHECK,
        "lag[i] = float(due) if due >= 0 else np.floor(lag[i] * slows + 0.5)",
        "lag[i] = np.floor(lag[i] * slows + 0.5)",
    ),
    # Gaps
    "a gap that shows at the first call": Fault(
        "a gap that shows",
        "needs",
        "reacting.needs.gap_hours",
        "1.0 + np.floor(log(1.0 - uniform32(word)) / quiet)",
        "1.0",
    ),
    "a gap that shows a call early": Fault(
        "a gap that shows",
        "needs",
        "reacting.needs.gap_hours",
        "1.0 + np.floor(log(1.0 - uniform32(word)) / quiet)",
        "np.floor(log(1.0 - uniform32(word)) / quiet)",
    ),
    "a gap that shows when it is too late": Fault("just in time", "needs", GAPS, "shows < at", "shows <= at"),
    "the last gap first": Fault("three needs", "needs", GAPS, "min(at, shows)", "at"),
    "nobody is rescued": Fault("a rescue", "needs", GAPS, "threshold(law[first, RESCUE])", "0"),
    "everybody is rescued": Fault("a rescue", "needs", GAPS, "threshold(law[first, RESCUE])", "1 << 32"),
    "a rescue at once": Fault("a rescue", "rep-weeks", GAPS, "at + law[first, RESCUE_LAG]", "at"),
    "a rescue with the need unmet": Fault("a rescue", "needs", GAPS, "left &= ~(1 << first)", "pass"),
    "one gap of several": Fault("three needs", "needs", GAPS, "0 if lost else hidden & ~(1 << first)", "0"),
    "a rate that needs leave as it is": Fault(
        "hidden", "needs", GAPS, "law[j, WITHOUT] if left >> j & 1 else 1.0", "1.0"
    ),
    "the rate of the last need": Fault(
        "three needs",
        "needs",
        GAPS,
        "of_rate *= law[j, WITHOUT] if left >> j & 1 else 1.0",
        "of_rate = law[j, WITHOUT] if left >> j & 1 else 1.0",
    ),
    "a surprise that is decided": Fault("a gap that shows", "needs", GAPS, "BY_SURPRISE", "response[i]"),
    "unmet deals that count as met": Fault("hidden", "needs", GAPS, "-max(response[i], LEAST)", "response[i]"),
    "a rate of zero that counts as met": Fault(
        "worthless without", "needs", GAPS, "max(response[i], LEAST)", "response[i]"
    ),
    # Ends
    "surprises that are given up": Fault(
        "one need", "needs", "reacting.needs.read_fates", "kept < BY_SURPRISE", "kept <= BY_SURPRISE"
    ),
    "lost ones that are decided": Fault(
        "a gap that shows", "needs", "reacting.needs.read_fates", "0.0 if ends else abs(kept)", "1.0"
    ),
    "ends before the counted weeks": Fault(
        "one need", "needs", "reacting.needs.count_fates", "first_hour <= hours[i] < end_hour", "hours[i] < end_hour"
    ),
    "ends after the run": Fault(
        "slow", "needs", "reacting.needs.count_fates", "first_hour <= hours[i] < end_hour", "first_hour <= hours[i]"
    ),
    "an end that is no decision to a manager": Fault(
        "coached",
        "sessions",
        "reacting.items.count_decisions",
        "week < decided.shape[1]",
        "week < decided.shape[1] and step < 3",
    ),
    "surprised by all that ended": Fault(
        "burnt", "calls", "reacting.deciding.hear_surprised", "float(surprises[s]) / float(ended[s])", "1.0"
    ),
    "surprised at all since the start": Fault(
        "burnt", "calls", "teams.team.Team._decide", "known[ENDED][:], known[SURPRISES][:] = 0, 0", "pass"
    ),
    "surprised by late losses": Fault(
        "burnt",
        "calls",
        "reacting.needs.hear_of_ends",
        "fate[i] == ENDS_BY_SURPRISE",
        "fate[i] == ENDS_BY_SURPRISE or fate[i] == UNMET",
    ),
    # Calls that are owed
    "nobody owes calls": Fault(
        "one need", "calls", "teams.needs.Needing._owe_checks", "self._program.needs.owing", "False"
    ),
    "who comes owes what who left owed": Fault(
        "people and weeks",
        "calls",
        "teams.needs.Owing.begin_week",
        "self._known[OWED][self._lanes.starts > 0] = 0",
        "pass",
    ),
    "more calls worked off than there are": Fault(
        "checks that take all calls",
        "calls",
        "reacting.needs.work_off",
        "min(owed[s], calls_until(carry[s], active[s], planned))",
        "owed[s]",
    ),
    "calls that are owed for ever": Fault(
        "one need", "calls", "reacting.needs.work_off", "owed[s] -= left_out[s]", "pass"
    ),
    "what is left is forgotten": Fault(
        "checks that take all calls", "calls", "reacting.needs.work_off", "owed[s] -= left_out[s]", "owed[s] = 0"
    ),
    "calls that find somebody all the same": Fault(
        "one need", "entries", "reacting.needs.leave_out", "place >= left_out[s]", "True"
    ),
    "a call too many dropped": Fault(
        "one need", "entries", "reacting.needs.leave_out", "place >= left_out[s]", "place > left_out[s]"
    ),
    "the first calls of the hour": Fault(
        "one need",
        "entries",
        "reacting.needs.leave_out",
        "place += calls_until(carry[s], active[s], plan_before[hour] - plan_before[first])",
        "pass",
    ),
    "calls of other sheets from the first on": Fault(
        "pressure", "entries", "reacting.needs.leave_out", "place += base + (sheet - 1) * planned", "pass"
    ),
    "calls above plan before what is owed": Fault(
        "pressure",
        "calls above plan",
        "reacting.needs.end_calls_owing",
        "max(0, dialled - of_hour)",
        "max(0, until - of_hour)",
    ),
    "calls of an hour that are owed, and count": Fault(
        "one need",
        "calls",
        "reacting.needs.end_calls_owing",
        "calls_until(carry[s], active[s], planned) - left_out[s]",
        "calls_until(carry[s], active[s], planned)",
    ),
    "calls that count though they are not dialled": Fault(
        "pressure",
        "calls",
        "reacting.needs.end_calls_owing",
        "max(0, until - left_out[s]) - max(0, before_hour - left_out[s])",
        "until - before_hour",
    ),
    "rejections of calls that were not made": Fault(
        "pressure", "entries", "reacting.needs.end_calls_owing", "since + dialled", "since + until"
    ),
    "a carry that begins anew": Fault(
        "people and weeks",
        "calls",
        "reacting.needs.end_calls_owing",
        "(carry[s] + active[s] * planned) & (FULL_ACTIVITY - 1)",
        "0",
    ),
    "calls of the warm-up": Fault(
        "one need", "needs", "teams.needs.Owing.begin", "week >= self._row.program.clock.warmup_weeks", "True"
    ),
    # Where it meets the rest
    "decided before it waits": Fault(
        "one need", "needs", "teams.listing.Listing._is_early", "step != program.needs.step", "True"
    ),
    "turned away by the wait of others": Fault(
        "capped and given up",
        "turned away",
        "teams.funnel.Funnel._admit",
        "self._fill_waits(stage + 1, n)",
        "(self._find(n), self._fill_lags(stage + 1, n), self._stretch(n))",
    ),
    "open at the start without needs": Fault(
        "open at the start",
        "needs",
        "teams.funnel.Funnel.begin",
        "if stage + 1 == self._program.needs.step:\n    self._follow_needs(n, opened=True)",
        "pass",
    ),
}


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_what_deals_need_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
