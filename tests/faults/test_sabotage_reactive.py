"""Bugs planted in the kernels of strategies that react: the comparison with the twin tells each.

The kernels are run without a compiler (`tests.support.uncompiled`). A bug names a kernel and an expression or a
statement in it; one that is no longer there cannot be planted, and the test fails.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from tests.support.both_engines import Counts, assert_agree, compiled, counts_of_engine, counts_of_twin, play
from tests.support.reactive_cases import ALONE, REACTIVE
from tests.support.uncompiled import CodeNotFoundError, change, engine
from tests.twin import simulate

SEED = 5


class Fault(NamedTuple):
    """A bug: the case that it is planted in, a count that must betray it, the kernel, and what replaces what in it."""

    case: str
    shows: str
    function: str
    old: str
    new: str


CASES = REACTIVE | ALONE

FAULTS: dict[str, Fault] = {
    # Drives
    "levels that are never forgotten": Fault(
        "peers", "calls", "reactive.drives.update_responses", "reaction.memory[drive] * levels[drive]", "levels[drive]"
    ),
    "levels without a top": Fault(
        "referrals",
        "entries",
        "reactive.drives.update_responses",
        "levels[drive] = min(max(x, reaction.level[drive, LOW]), reaction.level[drive, HIGH])",
        "levels[drive] = max(x, reaction.level[drive, LOW])",
    ),
    "levels without a bottom": Fault(
        "surprise by the day",
        "calls",
        "reactive.drives.update_responses",
        "min(max(x, reaction.level[drive, LOW]), reaction.level[drive, HIGH])",
        "min(x, reaction.level[drive, HIGH])",
    ),
    "responses without limits": Fault(
        "surprise by the day",
        "calls",
        "reactive.drives.apply_channels",
        "min(max(wanted, reaction.change[i, LEAST]), reaction.change[i, MOST])",
        "wanted",
    ),
    "a curve that is straight": Fault(
        "behind by the hour",
        "calls",
        "reactive.drives.apply_channels",
        "reaction.change[i, CURVE] * (x * x)",
        "reaction.change[i, CURVE] * x",
    ),
    "the last drive alone": Fault(
        "tired by the week",
        "calls",
        "reactive.drives.apply_channels",
        "response[channel] *= min(max(wanted, reaction.change[i, LEAST]), reaction.change[i, MOST])",
        "response[channel] = min(max(wanted, reaction.change[i, LEAST]), reaction.change[i, MOST])",
    ),
    "a decision before its signals": Fault(
        "peers",
        "calls",
        "reactive.drives.decide",
        "fill_signals(program, drives, index.place, hour, week, team)",
        "update_responses(program, drives, breach, index, hour)\n"
        "fill_signals(program, drives, index.place, hour, week, team)",
    ),
    "a decision on the first hour": Fault(
        "new people",
        "calls",
        "reactive.by_interval.decide_interval",
        "begin_person(drives, SOLE, hour)",
        "begin_person(drives, SOLE, hour)\n"
        "if seat.person[week] >= 0:\n    decide(program, drives, memory.breach, index, hour, week, 0)",
    ),
    # Signals
    "surprise that expects a call more": Fault(
        "tired by the week",
        "calls",
        "reactive.drives.fill_signals",
        "expected = float(planned) * reaction.call_value",
        "expected = float(planned + 1) * reaction.call_value",
    ),
    "surprise that expects the week so far": Fault(
        "surprise by the day",
        "calls",
        "reactive.drives.planned_before",
        "before[until] - before[until - program.reaction.interval]",
        "before[until]",
    ),
    "surprise that expects the new week's plan": Fault(
        "tired by the week", "calls", "reactive.drives.planned_before", "week if of_week > 0 else week - 1", "week"
    ),
    "surprise at all since the start": Fault(
        "tired by the week", "calls", "reactive.by_interval.decide_interval", "drives.known[SOLE, RESULT] = 0", "pass"
    ),
    "the same, hour by hour": Fault(
        "peers", "calls", "reactive.by_hour.begin_interval", "memory.drives.known[at, RESULT] = 0", "pass"
    ),
    "a dry spell an hour short": Fault(
        "surprise by the day",
        "calls",
        "reactive.drives.fill_signals",
        "float(hour - count[MARK])",
        "float(hour - 1 - count[MARK])",
    ),
    "a deal marked in its own hour": Fault(
        "surprise by the day",
        "calls",
        "reactive.hours.close_deal",
        "max(drives.known[at, MARK], hour + 1)",
        "max(drives.known[at, MARK], hour)",
    ),
    "the deal marked that is followed last": Fault(
        "new people", "rep-weeks", "reactive.hours.close_deal", "max(drives.known[at, MARK], hour + 1)", "hour + 1"
    ),
    "rejections before they are due": Fault(
        "surprise by the day",
        "calls",
        "reactive.drives.fill_signals",
        "float(count[UNANSWERED]) * program.rates.base[1] - 1.0",
        "float(count[UNANSWERED]) * program.rates.base[1]",
    ),
    "calls before a booking unanswered": Fault(
        "surprise by the day",
        "calls",
        "reactive.calling.end_calls",
        "planned[count[LAST_BOOKING] + 1]",
        "planned[count[LAST_BOOKING]]",
    ),
    "overwork at the plan": Fault(
        "tired by the week",
        "calls",
        "reactive.drives.fill_signals",
        "max(0.0, drives.response[at, ACTIVITY] - 1.0)",
        "drives.response[at, ACTIVITY]",
    ),
    "peers without oneself": Fault(
        "peers",
        "calls",
        "reactive.drives.fill_signals",
        "peers = float(team) / float(program.team.reps)",
        "peers = float(team - count[BOOKED]) / float(program.team.reps - 1)",
    ),
    "peers who envy both ways": Fault(
        "peers",
        "calls",
        "reactive.drives.fill_signals",
        "max(0.0, (peers - float(count[BOOKED])) / reaction.quota)",
        "(peers - float(count[BOOKED])) / reaction.quota",
    ),
    "time before the run elapsed": Fault(
        "new people",
        "calls",
        "reactive.drives.fill_signals",
        "hour - max(0, reaction.period_first[week])",
        "hour - reaction.period_first[week]",
    ),
    "a deadline that is always near": Fault(
        "behind by the hour", "calls", "reactive.drives.fill_signals", "signal[BEHIND] * elapsed", "signal[BEHIND]"
    ),
    "ahead by being behind": Fault(
        "behind by the hour", "calls", "reactive.drives.fill_signals", "max(0.0, -gap)", "max(0.0, gap)"
    ),
    "booked at the list price": Fault(
        "referrals",
        "rep-weeks",
        "reactive.hours.close_deal",
        "drives.known[at, BOOKED] += cents",
        "drives.known[at, BOOKED] += listed",
    ),
    # Periods, people, and the end
    "a quota period that does not end": Fault(
        "peers", "calls", "reactive.by_hour.booked_by_team", "counts[at, BOOKED] = 0", "pass"
    ),
    "a period that goes on, item by item": Fault(
        "new people", "calls", "reactive.by_interval.play_seat", "memory.drives.known[SOLE, BOOKED] = 0", "pass"
    ),
    "levels of the leaver": Fault(
        "new people", "calls", "reactive.drives.begin_person", "reset_responses(drives, at)", "pass"
    ),
    "dry spell of the leaver": Fault(
        "new people",
        "calls",
        "reactive.drives.begin_person",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[UNANSWERED], count[CARRY] = 0, 0",
    ),
    "rejections of the leaver": Fault(
        "new people",
        "calls",
        "reactive.drives.begin_person",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[MARK], count[CARRY] = hour, 0",
    ),
    "fraction of a call of the leaver": Fault(
        "new people",
        "calls",
        "reactive.drives.begin_person",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[MARK], count[UNANSWERED] = hour, 0",
    ),
    "bookings of the seat before": Fault(
        "new people", "calls", "reactive.seats.begin_seat", "memory.drives.known[at, i] = 0", "pass"
    ),
    "responses after the end": Fault(
        "referrals", "rep-weeks", "reactive.by_hour.play_hours", "reset_responses(memory.drives, at)", "pass"
    ),
    "the same, item by item": Fault(
        "surprise by the day",
        "rep-weeks",
        "reactive.by_interval.play_seat",
        "reset_responses(memory.drives, SOLE)",
        "pass",
    ),
    # Calls and their candidates
    "fractions of a call lost": Fault(
        "tired by the week",
        "calls",
        "reactive.calling.end_calls",
        "(carry + activity * (planned[last] - planned[first])) & (FULL_ACTIVITY - 1)",
        "0",
    ),
    "no ramp under a drive": Fault(
        "new people",
        "calls",
        "reactive.calling.fix_activity",
        "float(ledgers.activity[at, week])",
        "float(FULL_ACTIVITY)",
    ),
    "a sheet short": Fault("new people", "calls", "reactive.calling.draw_as_needed", "1 if full else 0", "1"),
    "a band short": Fault(
        "surprise by the day",
        "calls",
        "reactive.calling.draw_as_needed",
        "response > float(1 << bands)",
        "response > float(2 << bands)",
    ),
    "a second sheet before the plan": Fault(
        "tired by the week",
        "calls",
        "reactive.candidates.is_called",
        "above - (sheet - 1) * plan.per_hour[row, hour]",
        "calls - (sheet - 1) * plan.per_hour[row, hour]",
    ),
    "higher bands at a response of 1": Fault(
        "far above the plan",
        "calls",
        "reactive.calling.make_calls",
        "response == 1.0 and habit == 1.0 and candidates.state[at, BAND] == 0",
        "response == 1.0",
    ),
    "all calls of the plan made by whom slows down": Fault(
        "surprise by the day",
        "calls",
        "reactive.by_interval.keep_successes",
        "full and activity >= FULL_ACTIVITY",
        "full",
    ),
    "all sheets called": Fault(
        "surprise by the day",
        "calls",
        "reactive.by_interval.keep_successes",
        "at_plan and candidates.state[SOLE, SHEET] == 0",
        "at_plan",
    ),
    "higher bands at a response of 1, item by item": Fault(
        "surprise by the day",
        "calls",
        "reactive.by_interval.keep_successes",
        "response == 1.0 and candidates.state[SOLE, BAND] == 0",
        "response == 1.0",
    ),
    "a week with the candidates of the week before": Fault(
        "tired by the week", "calls", "reactive.by_interval.play_seat", "first += weeks.successes[in_stride]", "pass"
    ),
    "the booking counted last taken for the latest": Fault(
        "surprise by the day", "calls", "reactive.by_interval.count_bookings", "max(latest, int64(hour))", "int64(hour)"
    ),
    "bookings of an hour not squared": Fault(
        "tired by the week", "hour", "reactive.by_interval.count_week_bookings", "squares(per_hour)", "bookings"
    ),
    "bookings of an hour kept for the next week": Fault(
        "tired by the week",
        "day",
        "reactive.by_interval.count_week_bookings",
        "range(clock.hours_per_week)",
        "range(0)",
    ),
    "bands thinned from zero": Fault(
        "surprise by the day",
        "calls",
        "reactive.candidates.latent_below_rate",
        "limit = q / high if band == 0 else (q - low) / (high - low)",
        "limit = q / high",
    ),
    "thinning by the word of the slot": Fault(
        "tired by the week", "calls", "reactive.candidates.latent_below_rate", "(THIN - ITEM) << 24", "0"
    ),
    "a shuffle begun anew by each band": Fault(
        "surprise by the day", "calls", "reactive.candidates.draw_cell", "taken + k", "k"
    ),
    "a band at its own rate": Fault(
        "surprise by the day",
        "entries",
        "reactive.candidates.draw_cell",
        "(edge(rate, band) - low) / (1.0 - low)",
        "edge(rate, band) - low",
    ),
    "cells that share words": Fault(
        "surprise by the day",
        "calls",
        "reactive.candidates.draw_cell",
        "decision(ITEM, cell, k)",
        "decision(ITEM, cell & 15, k)",
    ),
    "rank in the week": Fault(
        "tired by the week", "calls", "reactive.candidates.push_candidate", "slot - before[there]", "slot"
    ),
    "calls below plan counted against": Fault(
        "tired by the week",
        "calls above plan",
        "reactive.calling.end_calls",
        "max(0, calls - (made[last] - made[first]))",
        "calls - (made[last] - made[first])",
    ),
    "the same under a ramp": Fault(
        "new people",
        "calls above plan",
        "reactive.calling.end_calls",
        "max(0, until - so_far - (made[hour + 1] - made[hour]))",
        "until - so_far - (made[hour + 1] - made[hour])",
    ),
    "cuts told without the response": Fault(
        "far above the plan",
        "rates clipped",
        "reactive.calling.end_calls",
        "uncut * memory.drives.response[at, 1]",
        "uncut",
    ),
    # Items
    "a response taken on leaving": Fault(
        "behind by the hour",
        "calls",
        "reactive.hours.is_decided",
        "pool.factor[at, item, RESPONSE]",
        "memory.drives.response[at, step]",
    ),
    "a step decided at once without its response": Fault(
        "tired by the week",
        "calls",
        "reactive.by_interval.decide_untimed_steps",
        "memory.drives.response[SOLE, step]",
        "1.0",
    ),
    "the response of the stage entered": Fault(
        "surprise by the day", "calls", "reactive.hours.enter_stage", "response[stage + 1]", "response[stage]"
    ),
    "lags that nobody stretches": Fault(
        "surprise by the day", "calls", "reactive.hours.enter_stage", "response[clock.steps + LAG]", "1.0"
    ),
    "the same before stage 1": Fault(
        "new people", "rep-weeks", "reactive.calling.book_call", "memory.drives.response[at, clock.steps + LAG]", "1.0"
    ),
    "a price paid twice": Fault(
        "surprise by the day",
        "calls",
        "reactive.hours.close_deal",
        "float(listed) * price",
        "float(listed) * price * price",
    ),
    "a premium counted as a discount": Fault(
        "surprise by the day",
        "discount",
        "reactive.hours.close_deal",
        "max(0, min(listed, MAX_CENTS) - cents)",
        "min(listed, MAX_CENTS) - cents",
    ),
    "arrivals in no order under a cap": Fault(
        "referrals", "entries", "reactive.hours.play_hour", "is_capped_stage(program, stage) and n > 1", "False"
    ),
    "referrals before the called": Fault(
        "referrals", "entries", "reactive.hours.add_referrals", "2 << KIND_BITS", "0 << KIND_BITS"
    ),
    # Referrals
    "referrals whatever the response": Fault(
        "referrals",
        "entries",
        "reactive.hours.add_referrals",
        "program.reaction.referrals * drives.response[at, clock.steps + REFERRALS]",
        "program.reaction.referrals",
    ),
    "referrals an hour late": Fault("referrals", "entries", "reactive.hours.add_referrals", "hour + 1", "hour + 2"),
    "referrals that are copies": Fault(
        "referrals", "entries", "reactive.hours.add_referrals", "uint32(int64(words[1]) + j)", "uint32(int64(words[1]))"
    ),
    "referrals dated by the deal": Fault(
        "referrals",
        "rep-weeks",
        "reactive.hours.add_referrals",
        "pool.number[at, item, ORIGIN] = pool.number[at, win, ORIGIN]",
        "pool.number[at, item, ORIGIN] = hour",
    ),
    "a referral's lag by another word": Fault(
        "referrals",
        "entries",
        "reactive.pipeline.due_after",
        "step if step <= clock.steps else 1",
        "step if step <= clock.steps else 2",
    ),
    # Pulling forward
    "pulled items that win as ever": Fault(
        "pulls", "entries", "reactive.hours.is_decided", "pool.factor[at, item, WIN_FACTOR]", "1.0"
    ),
    "pulled by the word that decides the win": Fault(
        "pulls",
        "rep-weeks",
        "reactive.pull_forward.pull_forward",
        "word_of(pool, stream, at, item, PULL, p)",
        "word_of(pool, stream, at, item, 2, 3)",
    ),
    "drives that pull by one word": Fault(
        "pulls",
        "rep-weeks",
        "reactive.pull_forward.pull_forward",
        "word_of(pool, stream, at, item, PULL, p)",
        "word_of(pool, stream, at, item, PULL, 0)",
    ),
    "a reach that moves on": Fault(
        "pulls",
        "rep-weeks",
        "reactive.pull_forward.pull_forward",
        "due < end + reaction.pull_hours[p, REACH]",
        "due < hour + reaction.pull_hours[p, REACH]",
    ),
    "a window an hour short": Fault(
        "behind by the hour",
        "calls",
        "reactive.pull_forward.pull_forward",
        "hour < end - window",
        "hour <= end - window",
    ),
    "pulled at the list price": Fault(
        "pulls", "rep-weeks", "reactive.pull_forward.pull_forward", "1.0 - reaction.pull[p, DISCOUNT]", "1.0"
    ),
    "pulled from every stage": Fault(
        "behind by the hour",
        "calls",
        "reactive.pull_forward.pull_forward",
        "pool.number[at, item, STAGE] == last",
        "pool.number[at, item, STAGE] >= 0",
    ),
    "what is new in the window left out": Fault(
        "pulls", "rep-weeks", "reactive.hours.wait_in_stage", "pulled[0] > 0", "False"
    ),
    "a larger share later that is ignored": Fault(
        "pulls",
        "rep-weeks",
        "reactive.pull_forward.pull_forward",
        "0 if share > work.pull_share[at, p] else seen",
        "seen",
    ),
    "a vacant seat that pulls": Fault(
        "pulls",
        "entries",
        "reactive.pull_forward.pull_forward",
        "vacant or hour < end - reaction.pull_hours[p, WINDOW]",
        "hour < end - reaction.pull_hours[p, WINDOW]",
    ),
    "a share without its least": Fault(
        "pulls",
        "rep-weeks",
        "reactive.drives.pulled_share",
        "min(max(wanted, reaction.pull[pull, LEAST]), reaction.pull[pull, MOST])",
        "min(wanted, reaction.pull[pull, MOST])",
    ),
    "pulled items open at the end": Fault(
        "behind by the hour",
        "open at the end",
        "reactive.pull_forward.pull_forward",
        "tally.stages[index.group, OPEN_AT_END, last] -= due >= clock.end_hour",
        "pass",
    ),
    "a discount that outlives its item": Fault(
        "pulls",
        "rep-weeks",
        "reactive.pipeline.allocate",
        "pool.factor[at, item, PRICE] = 1.0",
        "pool.factor[at, item, PRICE] = 1.0 if pool.size[at, 0] == 0 else pool.factor[at, item, PRICE]",
    ),
}


@cache
def twin(name: str) -> Counts:
    """Return what the twin counts in a case."""
    return counts_of_twin(simulate(CASES[name], 0, SEED), compiled(CASES[name]).deals.unit)


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    counts = engine().counts(CASES[name], SEED)
    assert_agree(counts, twin(name))
    assert_agree(counts, counts_of_engine(play(compiled(CASES[name]), SEED)))


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_the_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    change(monkeypatch, fault.function, fault.old, fault.new)
    counts = engine().counts(CASES[fault.case], SEED)
    with pytest.raises(AssertionError) as raised:
        assert_agree(counts, twin(fault.case))
    assert fault.shows in {line.split(":")[0].split("[")[0] for line in str(raised.value).splitlines()}


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        pytest.param("reactive.drives.decide", "no_such_name", "0", id="an expression that is gone"),
        pytest.param("reactive.drives.decide", "program", "0", id="an expression that is there several times"),
        pytest.param("reactive.drives.decide", "program.reaction.memory", "pass", id="a statement for an expression"),
        pytest.param("reactive.drives.no_such_kernel", "program", "0", id="a function that is gone"),
        pytest.param("reactive.drives.ACTIVITY", "program", "0", id="a constant"),
        pytest.param("reactive.by_hour.decide", "program.reaction.memory", "0", id="a function of another module"),
    ],
)
def test_what_is_not_there_exactly_once_cannot_be_changed(
    function: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CodeNotFoundError):
        change(monkeypatch, function, old, new)
