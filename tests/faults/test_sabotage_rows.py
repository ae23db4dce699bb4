"""Bugs planted in the kernels of rows, and in what puts them in order: a comparison tells each.

The kernels are run without a compiler (`tests.support.uncompiled`): two blocks, in rows that end at the groups of a
tally, over strides of a part of the weeks, with lists that are full soon. What they count, in all and by group, is
compared with that of the compiled kernels, in one block and over all weeks; these agree with the twin seat by seat
(tests/agreement/test_agreement.py).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from simcore.kernels.caps import is_capped
from tests.support import both_engines
from tests.support.both_engines import Counts, Played, assert_agree, counts_of_engine
from tests.support.planted import every_other
from tests.support.scenario_cases import CASES, DRAWN
from tests.support.uncompiled import change, engine

SEED = 2026
FIRST, BLOCKS = 253, (4, 3)
"""The first replication, and the replications of each block: the first block goes on beyond a multiple of 256."""
ROW, STRIDE = 4, 4
SMALL = {"PLACES": 64, "DEALS": 2}
"""Of `simcore.kernels.rows.memory`: how long lists are before they grow, or are emptied."""


class Fault(NamedTuple):
    """A bug: the case that it is planted in, a count or an error that must betray it, the function, and the change."""

    case: str
    shows: str
    function: str
    old: str
    new: str


FAULTS: dict[str, Fault] = {
    "rows that all begin in the group of the first one": Fault(
        "fixed lags",
        "by group",
        "rows.row.new_row",
        "(first + begin) % memory.counters.conduct.shape[1]",
        "first % memory.counters.conduct.shape[1]",
    ),
    "a row that straddles the groups": Fault(
        "fixed lags", "out of bounds", "rows.row.sizes_of", "groups - (first + begin) % groups", "groups"
    ),
    "a row beyond the block": Fault(
        "fixed lags", "could not broadcast", "rows.row.sizes_of", "min(most, left, count - begin)", "min(most, left)"
    ),
    "one address for the weeks of all replications": Fault(
        "fixed lags", "entries", "rows.words.draw_weeks", "number + r", "number"
    ),
    "one address for the items of all replications": Fault(
        "fixed lags", "entries", "rows.words.draw_items", "number + int64(who[i])", "number"
    ),
    "lags by the words of the steps": Fault(
        "log-normal lags", "entries", "rows.words.draw_items", "uint32((purpose - ITEM) << 24)", "uint32(0)"
    ),
    "the last week of a stride is not played": Fault(
        "fixed lags",
        "calls",
        "rows.drive._play_rep",
        "min(stride, simulated - first_week)",
        "min(stride - 1, simulated - first_week)",
    ),
    "strides share their addresses": Fault(
        "fixed lags", "entries", "rows.calls.list_items", "place(rep, first_week + i)", "place(rep, i)"
    ),
    "weeks of a stride share their draws": Fault(
        "fixed lags", "entries", "rows.words.draw_weeks", "uint32(rep << 16 | first_week + i)", "uint32(rep << 16 | i)"
    ),
    "a tag that replications share": Fault(
        "a plan of 7 calls", "hour", "rows.calls.slot_of", "tag + int64(r) * most_calls", "tag"
    ),
    "a tag that weeks share": Fault(
        "a plan of 7 calls", "out of bounds", "rows.calls.place_calls", "tag += most_calls * size", "pass"
    ),
    "a tag that strides share": Fault(
        "a plan of 7 calls", "out of bounds", "rows.calls.place_calls", "slots[most_calls] = tag", "pass"
    ),
    "every item is the first of its week": Fault(
        "a plan of 7 calls", "hour", "rows.calls.slot_of", "int64(c0[item] & NUMBER)", "0"
    ),
    "calls of others under a ramp": Fault(
        "new reps",
        "hour",
        "rows.calls.place_calls",
        "own != FULL_ACTIVITY",
        "False",
    ),
    "a call under a ramp a call of the plan too late": Fault(
        "new reps",
        "out of bounds",
        "rows.calls.planned_call",
        "((call + 1 << 20) - carried + activity - 1) // activity - 1",
        "((call + 1 << 20) - carried + activity - 1) // activity",
    ),
    "a call under a ramp a call of the plan too early": Fault(
        "new reps",
        "hour",
        "rows.calls.planned_call",
        "(call + 1 << 20) - carried",
        "((call + 1) << 20) - min(carried + activity, 1048575)",
    ),
    "fractions of a call that are lost": Fault(
        "new reps",
        "calls",
        "rows.calls.fill_calls",
        "carry[r] + int64(activity[week, r]) * planned[row]",
        "int64(activity[week, r]) * planned[row]",
    ),
    "fractions of a call that strides lose": Fault(
        "new reps", "calls", "rows.calls.fill_calls", "carry[r] = until & FULL_ACTIVITY - 1", "carry[r] = 0"
    ),
    "fractions of a call that outlive the person": Fault(
        "turnover, vacancy and ramp", "calls", "rows.calls.fill_calls", "carry[r] = 0", "pass"
    ),
    "calls of a vacant seat": Fault(
        "turnover, vacancy and ramp",
        "calls",
        "rows.calls.fill_calls",
        "planned[row] if person[week, r] >= 0 else 0",
        "planned[row]",
    ),
    "a table for any number of calls": Fault(
        "holidays", "out of bounds", "rows.calls.count_tabulated", "n == planned", "True"
    ),
    "calls at a rate above one count once": Fault(
        "rates cut at one",
        "rates clipped",
        "rows.calls.count_at_rates",
        "n if p > 1.0 else 0",
        "1 if p > 1.0 else 0",
    ),
    "rates of step 1 of the first weeks": Fault(
        "noise", "entries", "rows.calls.count_at_rates", "rate[first_week + i]", "rate[i]"
    ),
    "counts of the week before": Fault(
        "noise", "out of bounds", "rows.calls.binomial_in_lanes", "successes[r] = 0", "pass"
    ),
    "a uniform that is not mirrored": Fault(
        "rates cut at one",
        "call: first step",
        "rows.calls.binomial_in_lanes",
        "LAST_53 - u53 if own > 0.5 else u53",
        "u53",
    ),
    "replications that end with the first": Fault(
        "noise", "call: first step", "rows.calls.binomial_in_lanes", "left += more", "left = more"
    ),
    "parts that are left out": Fault(
        "rates above one half", "call: first step", "rows.calls.count_at_rates", "parts > 1", "False"
    ),
    "squares of the warm-up": Fault(
        "warm-up", "hour", "rows.calls.square_hours", "first_week + i >= warmup_weeks", "True"
    ),
    "counts by hour that are not emptied": Fault(
        "fixed lags", "hour", "rows.calls.add_squares", "counts[r] = uint32(0)", "pass"
    ),
    "counts by day that are not emptied": Fault(
        "fixed lags", "day", "rows.calls.square_hours", "of_day[r] = uint32(0)", "pass"
    ),
    "squares that are not emptied": Fault(
        "fixed lags", "hour", "rows.calls.square_hours", "squares[r] = days[r] = uint32(0)", "pass"
    ),
    "hours of the first stride": Fault(
        "fixed lags", "entries", "rows.calls.square_hours", "(first_week + i) * hours_per_week", "i * hours_per_week"
    ),
    "open items with the due hour of others": Fault(
        "open at the start", "rep-weeks", "rows.items.wait_as_given", "first + int64(c0[i] & uint32(65535))", "first"
    ),
    "given hours at any step": Fault(
        "open at the start",
        "hour, close",
        "rows.items.wait_as_given",
        "began[i] > 0 and began[i] == step - 1",
        "began[i] > 0",
    ),
    "lags that are cut are not counted": Fault(
        "lags beyond the clock", "lags clipped", "rows.items.cut_dues", "cut += due[i] > last", "pass"
    ),
    "due at the end is not open": Fault(
        "fixed lags",
        "open at the end",
        "rows.items.count_open",
        "now[i] < end_hour <= until[i]",
        "now[i] < end_hour < until[i]",
    ),
    "rates of the first week": Fault(
        "market", "entries", "rows.items.rates_of_weeks", "min(int64(week[i]), last)", "0"
    ),
    "rates of the replication before": Fault(
        "market", "entries", "rows.items.rates_of_weeks", "uint64(who[i])", "uint64(max(int64(who[i]) - 1, 0))"
    ),
    "open items are decided again": Fault(
        "open at the start",
        "entries",
        "rows.items.pass_at_rates",
        "not concerned or int64(words[i]) < threshold(min(own[i], 1.0))",
        "int64(words[i]) < threshold(min(own[i], 1.0))",
    ),
    "due exactly at the end does not wait": Fault(
        "fixed lags", "open at the end", "rows.items.keep_late", "now[i] >= after", "now[i] > after"
    ),
    "those that wait all pass": Fault("log-normal lags", "entries", "rows.items.drop_lost", "lost[i] == 0", "True"),
    "a list that is not put in the order of arrival": Fault(
        "caps on both", "entries", "rows.caps.apply_caps", "sort_stable(mine, now, spare, n)", "pass"
    ),
    "weekly counts that are not emptied": Fault(
        "cap a week", "entries", "rows.caps.apply_caps", "entries[now[mine[i]] // hours_per_week] = 0", "pass"
    ),
    "a place that is free an hour late": Fault(
        "cap on open items", "entries", "rows.caps.apply_caps", "dues[0] <= hour", "dues[0] < hour"
    ),
    "turned away in the warm-up": Fault(
        "cap a week",
        "turned away",
        "rows.caps.count_turned_away",
        "first_hour <= now[i] < end_hour",
        "now[i] < end_hour",
    ),
    "items of a seat in the order of another": Fault(
        "caps on both",
        "entries",
        "rows.caps.order_by_seat",
        "ends[r + 1] += ends[r]",
        "ends[r + 1] += ends[r] * (r == 0)",
    ),
    "revenue by hour that is not emptied": Fault(
        "fixed lags", "longest dry spells", "rows.windows.tally_deals", "booked[hour, r] = 0", "pass"
    ),
    "revenue by day that is not emptied": Fault(
        "fixed lags", "longest dry spells", "rows.windows.tally_deals", "booked[day, r] = 0", "pass"
    ),
    "a week with its last day alone": Fault(
        "fixed lags",
        "cents by week of the quarter",
        "rows.windows.tally_deals",
        "weeks[week, r] += amount",
        "weeks[week, r] = amount",
    ),
    "weeks that the next seat has, too": Fault(
        "fixed lags", "longest dry spells", "rows.windows.clear_weeks", "weeks[week, r] = 0", "pass"
    ),
    "periods that are not whole": Fault("warm-up", "call", "rows.windows.add_week", "period < 0", "False"),
    "a period that is never over": Fault("quota a month", "call", "rows.windows.tally_periods", "sums[r] = 0", "pass"),
    "quota must be exceeded by one": Fault(
        "quota a week", "quota reached", "rows.windows.tally_quota", "sums[r] >= units", "sums[r] > units * 1.5"
    ),
    "the team's periods that are not emptied": Fault(
        "quota a week", "quota reached by the team", "rows.windows.tally_team", "team[period, r] = 0", "pass"
    ),
    "a dry spell that goes on": Fault(
        "fixed lags",
        "longest dry spells",
        "rows.windows.tally_dry_weeks",
        "0 if weeks[week, r] > 0 else dry[r] + 1",
        "dry[r] + 1",
    ),
    "weeks of the quarter from the second on": Fault(
        "fixed lags",
        "cents by week of the quarter",
        "rows.windows.tally_weeks_of_quarter",
        "week % WEEKS_PER_QUARTER",
        "(week + 1) % WEEKS_PER_QUARTER",
    ),
    "bins of another section": Fault(
        "fixed lags", "by section", "rows.windows.count_window", "group & SECTIONS - 1", "0"
    ),
    "sections that begin where others do": Fault(
        "fixed lags",
        "out of bounds for axis 0 with size 32",
        "rows.windows.add_to_bins",
        "ends[section + 1] += ends[section]",
        "pass",
    ),
    "squares of bookings by week alone": Fault(
        "fixed lags",
        "call",
        "rows.windows.tally_first_step_of_weeks",
        "first[SQUARE, CALL, first_group + r] += sums[r]",
        "pass",
    ),
    "counters that are not handed over": Fault(
        "fixed lags",
        "longest dry spells",
        "rows.memory.flush",
        "tally.conduct[...] += counters.conduct[:, part].T",
        "pass",
    ),
    "counters that are handed over twice": Fault("fixed lags", "calls", "rows.memory.flush", "each[...] = 0", "pass"),
    "who has just come leaves at once": Fault(
        "turnover at once", "entries", "rows.conditions.fill_seats", "week > started", "week >= started"
    ),
    "a vacancy a week longer": Fault(
        "turnover, vacancy and ramp",
        "calls",
        "rows.conditions.fill_seats",
        "week + vacancy_weeks",
        "week + vacancy_weeks + 1",
    ),
    "a replacement with the rates of the leaver": Fault(
        "turnover, vacancy and ramp", "entries", "rows.conditions.fill_own_rates", "now != before", "before == -2"
    ),
    "the last rate with the market in it": Fault(
        "market far beyond the end",
        "rates clipped",
        "rows.seats._fill_own_rates",
        "seats.last_rate[step, :row.size] = rate[simulated - 1, :row.size]\n"
        "if rates.in_market[step]:\n    conditions.multiply(simulated, row.size, seats.factor, rate)",
        "if rates.in_market[step]:\n    conditions.multiply(simulated, row.size, seats.factor, rate)\n"
        "seats.last_rate[step, :row.size] = rate[simulated - 1, :row.size]",
    ),
    "rates after the run without the market": Fault(
        "market far beyond the end",
        "rates clipped",
        "rows.conditions.rates_after_run",
        "own_rate *= factor[week[i], r]",
        "pass",
    ),
    "noise that steps share": Fault("noise", "entries", "rows.seats.settle", "words[step - first]", "words[0]"),
    "entries of the warm-up": Fault(
        "warm-up", "entries", "rows.items.count_entries", "first_hour <= now[i] < end_hour", "now[i] < end_hour"
    ),
    "entries by week of the first replication": Fault(
        "fixed lags",
        "rep-weeks",
        "rows.items.detail_entries",
        "entered[uint64(who[i]), rep, (int64(now[i]) - first_hour) // hours_per_week, stage]",
        "entered[0, rep, (int64(now[i]) - first_hour) // hours_per_week, stage]",
    ),
    "deals by week in units": Fault(
        "fixed lags",
        "rep-weeks",
        "rows.deals.detail_deals",
        "kept[uint64(who[i]), account, rep, (int64(hours[i]) - first_hour) // hours_per_week]",
        "kept[uint64(who[i]), account, rep, 0]",
    ),
    "values that are not cut": Fault(
        "deals cut at the top", "rep-weeks", "rows.deals.count_units", "min(cents[i], MAX_CENTS)", "cents[i]"
    ),
    "given values of other items": Fault(
        "open at the start", "rep-weeks", "rows.deals.price_given", "first + int64(c0[i] & uint32(65535))", "first"
    ),
    "a list of deals that loses its last one": Fault(
        "warm-up", "cents by week of the quarter", "rows.memory.Closed._grow", "n = self.n", "n = self.n - 1"
    ),
    "a market without memory": Fault("market", "entries", "rows.conditions.extend_market", "state[r] = x", "pass"),
    "losers who wait as winners": Fault(
        "lost otherwise", "open at the end", "rows.items.wait_as_lost", "other[i] if lost[i] else due[i]", "due[i]"
    ),
    "losers who leave their place as winners": Fault(
        "lost otherwise and capped", "turned away", "rows.funnel.Funnel._cap", "self._foretell(stage + 1, n)", "pass"
    ),
    "ages that change no wait": Fault(
        "open and waiting", "rep-weeks", "rows.waits.Ages._left", "self._moved(law, age, own)", "own"
    ),
    "ages that are not over": Fault(
        "open and waiting",
        "rep-weeks",
        "rows.waits.Ages._left",
        "waits_of(self._lags, law, self._moved(law, age, own)) - age",
        "waits_of(self._lags, law, self._moved(law, age, own))",
    ),
    "an age that tells nothing of the end": Fault(
        "open and waiting, lost otherwise",
        "entries",
        "rows.waits.Ages.chances",
        "self._many(int(self._lags.lost[step]), age)",
        "self._many(step, age)",
    ),
    "losers who are forgotten before the end": Fault(
        "lost otherwise",
        "open at the end",
        "rows.funnel.Funnel._decide_before_wait",
        "self._lost[step] if parted else step",
        "step",
    ),
    "rates cut that are counted for who is turned away": Fault(
        "lost otherwise and capped",
        "rates clipped",
        "rows.funnel.Funnel._foretell",
        "items.pass_at_rates(n, step, own, items_.own, hours[BEGAN], hours[KEEP], self._uncounted)",
        "items.pass_at_rates(n, step, own, items_.own, hours[BEGAN], hours[KEEP], self._row.clipped)",
    ),
    "a walk that is not held to its mean": Fault(
        "market without return",
        "entries",
        "rows.conditions.extend_market",
        "persistence * state[r] + innovation * z - drift",
        "persistence * state[r] + innovation * z",
    ),
    "a start by the word of week 0": Fault(
        "market from a level",
        "entries",
        "rows.conditions.begin_market",
        "words_at(decision(MARKET, 0, 0), place(0, 0), number + r, flip, k0, k1)[1]",
        "words_at(decision(MARKET, 0, 0), place(0, 0), number + r, flip, k0, k1)[0]",
    ),
    "a start whose mean is not its level": Fault(
        "market from a level",
        "entries",
        "rows.conditions.begin_market",
        "sd * normal(word) - sd * sd * 0.5",
        "sd * normal(word)",
    ),
    "counts that leave all replications one rate": Fault(
        "rates by counts", "entries", "rows.knowledge.draw_from_table", "number + r", "number"
    ),
    "two ends that leave all replications one rate": Fault(
        "a rate between", "entries", "rows.knowledge.draw_logit_normal", "number + r", "number"
    ),
    "one word for all that is not known": Fault(
        "rates by counts",
        "entries",
        "rows.knowledge.draw_from_table",
        "decision(KNOWLEDGE, 0, item)",
        "decision(KNOWLEDGE, 0, 1)",
    ),
    "the rate of the first replication": Fault(
        "rates by counts", "entries", "rows.knowledge.fill_means", "mean[r]", "mean[0]"
    ),
    "all replications with one price": Fault(
        "a price between", "cents", "rows.knowledge.draw_log_normal", "number + r", "number"
    ),
    "deals of others at the price of the first replication": Fault(
        "a mean price between", "cents", "rows.knowledge.price_lognormal_about", "int64(who[i]) & mask", "0"
    ),
    "a gamma price about the mean of the first replication": Fault(
        "a gamma price between", "cents", "rows.knowledge.price_gamma_about", "int64(who[i]) & mask", "0"
    ),
    "reps about the rate of the first replication": Fault(
        "rates by counts that differ",
        "entries",
        "rows.knowledge.fill_rates_about",
        "own = beta_about(mean[r], cv, word)",
        "own = beta_about(mean[0], cv, word)",
    ),
    "a vacant seat at the rate of the first replication": Fault(
        "rates by counts that differ",
        "entries",
        "rows.knowledge.fill_rates_about",
        "before, own = now, mean[r]",
        "before, own = now, mean[0]",
    ),
    "a spread that is cut too early": Fault(
        "rates by counts that differ",
        "entries",
        "rows.knowledge.beta_about",
        "max((1.0 - mean) / (mean * cv * cv) - 1.0, LEAST_SIZE)",
        "max((1.0 - mean) / (mean * cv * cv) - 1.0, 1.0)",
    ),
    "cuts of spreads that are not counted": Fault(
        "rates by counts that differ",
        "spreads clipped",
        "rows.seats.know_parameters",
        "row.clipped[0] += int((1.0 - row.means < (1.0 + LEAST_SIZE) * spread).sum())",
        "pass",
    ),
    "lags of the first replication's row": Fault(
        "times by rows", "entries", "rows.knowledge.lag_lognormal_about", "int64(lane[i]) & mask", "0"
    ),
    "a market that swings as in the first replication's row": Fault(
        "times by rows",
        "entries",
        "rows.knowledge.extend_market_about",
        "own[1 + min(week, 1), r]",
        "own[1 + min(week, 1), 0]",
    ),
    "a flow as in the first replication's row": Fault(
        "times by rows", "entries", "inflow.count_arrivals", "drawn[r]", "drawn[0]"
    ),
    "all worlds at the first row": Fault(
        "rates and prices by rows",
        "entries",
        "rows.row.rows_taken",
        "np.arange(size, dtype=np.int64)",
        "np.zeros(size, np.int64)",
    ),
    "windows that wait and are added twice": Fault(
        "six days of 24 hours", "out of bounds", "rows.drive.add_waiting_windows", "waiting.n = 0", "pass"
    ),
    "late lags by the words of early ones": Fault(
        "eight stages",
        "open at the end",
        "rows.words.draw_items",
        "uint32((purpose - ITEM) << 24)",
        "uint32((min(purpose, 4) - ITEM) << 24)",
    ),
}


def with_groups(played: Played) -> Counts:
    """Return all counts, and what each group and section has of them."""
    arrays = played.tally.arrays
    of_groups = np.stack(
        [array.reshape(256, -1).sum(axis=1) for array in (arrays.stages, arrays.first, arrays.moments)]
    )
    by_section = arrays.bins.reshape(32, -1).sum(axis=1)
    return counts_of_engine(played) | {"by group": of_groups.T.tolist(), "by section": by_section.tolist()}


@cache
def honest(name: str) -> Counts:
    """Return what the compiled kernels count."""
    return with_groups(both_engines.play(both_engines.compiled((CASES | DRAWN)[name]), SEED, FIRST, sum(BLOCKS)))


def uncompiled(name: str, patch: pytest.MonkeyPatch) -> Counts:
    """Return what the kernels count without a compiler, in small rows, strides, blocks and lists."""
    copy = engine()
    both: Any = copy.both
    for constant, value in SMALL.items():
        patch.setattr(copy.modules["simcore.kernels.rows.memory"], constant, value)
    program = both.compiled((CASES | DRAWN)[name])
    stride = None if is_capped(program) else STRIDE
    return with_groups(both.play(program, SEED, FIRST, blocks=BLOCKS, stride=stride, row=ROW))


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_rows_of_any_size_agree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_agree(uncompiled(name, monkeypatch), honest(name))


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_rows_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    expected = honest(fault.case)
    change(monkeypatch, fault.function, fault.old, fault.new)
    with pytest.raises((AssertionError, IndexError, ValueError), match=fault.shows):
        assert_agree(uncompiled(fault.case, monkeypatch), expected)
