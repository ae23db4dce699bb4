"""Bugs planted in the kernels of strategies that react, by changing a line: the comparison with the twin tells each.

The kernels are run without a compiler (`tests.support.uncompiled`). A quoted line that was rewritten must be quoted
anew here: a bug that cannot be planted fails.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from tests.support.both_engines import Counts, assert_agree, compiled, counts_of_engine, counts_of_twin, play
from tests.support.reactive_cases import REACTIVE
from tests.support.uncompiled import LineNotFoundError, change_line, engine
from tests.twin import simulate

SEED = 5


class Fault(NamedTuple):
    """A bug: the case that it is planted in, a count that must betray it, and what is written for what."""

    case: str
    shows: str
    old: str
    new: str


FAULTS: dict[str, Fault] = {
    # Drives
    "levels that are never forgotten": Fault(
        "peers", "calls", "x = reaction.memory[drive] * levels[drive]", "x = levels[drive]"
    ),
    "levels without a top": Fault(
        "referrals",
        "entries",
        "levels[drive] = min(max(x, reaction.level[drive, 0]), reaction.level[drive, 1])",
        "levels[drive] = max(x, reaction.level[drive, 0])",
    ),
    "levels without a bottom": Fault(
        "surprise by the day", "calls", "min(max(x, reaction.level[drive, 0]), ", "min(x, "
    ),
    "responses without limits": Fault(
        "surprise by the day", "calls", "min(max(wanted, reaction.change[i, 2]), reaction.change[i, 3])", "wanted"
    ),
    "a curve that is straight": Fault(
        "behind by the hour", "calls", "reaction.change[i, 1] * (x * x)", "reaction.change[i, 1] * x"
    ),
    "the last drive alone": Fault("tired by the week", "calls", "response[channel] *= ", "response[channel] = "),
    "a decision before its signals": Fault(
        "peers",
        "calls",
        "fill_signals(program, minds, who",
        "respond(reaction, minds, trouble, who, hour); fill_signals(program, minds, who",
    ),
    "a decision on the first hour": Fault(
        "new people", "calls", "    elif seat.person[week] >= 0:", "    if seat.person[week] >= 0:"
    ),
    # Signals
    "surprise that expects a call more": Fault(
        "tired by the week",
        "calls",
        "expected = float(planned) * reaction.call_value",
        "expected = float(planned + 1) * reaction.call_value",
    ),
    "surprise that expects the week so far": Fault(
        "surprise by the day", "calls", "before[until] - before[until - program.reaction.interval]", "before[until]"
    ),
    "surprise that expects the new week's plan": Fault(
        "tired by the week", "calls", "week if of_week > 0 else week - 1]]", "week]]"
    ),
    "surprise at all since the start": Fault("tired by the week", "calls", "minds.known[SOLE, RESULT] = 0", "pass"),
    "the same, hour by hour": Fault("peers", "calls", "memory.minds.known[at, RESULT] = 0", "pass"),
    "a dry spell an hour short": Fault(
        "surprise by the day", "calls", "float(hour - count[MARK])", "float(hour - 1 - count[MARK])"
    ),
    "a deal marked in its own hour": Fault(
        "surprise by the day", "calls", "max(minds.known[at, MARK], hour + 1)", "max(minds.known[at, MARK], hour)"
    ),
    "the deal marked that is followed last": Fault(
        "new people", "rep-weeks", "max(minds.known[at, MARK], hour + 1)", "hour + 1"
    ),
    "rejections before they are due": Fault(
        "surprise by the day",
        "calls",
        "float(count[UNANSWERED]) * program.rates.base[1] - 1.0",
        "float(count[UNANSWERED]) * program.rates.base[1]",
    ),
    "calls before a booking unanswered": Fault(
        "surprise by the day", "calls", "planned[count[LAST_BOOKING] + 1]", "planned[count[LAST_BOOKING]]"
    ),
    "overwork at the plan": Fault(
        "tired by the week",
        "calls",
        "signal[OVERWORK] = max(0.0, minds.response[at, ACTIVITY] - 1.0)",
        "signal[OVERWORK] = minds.response[at, ACTIVITY]",
    ),
    "peers without oneself": Fault(
        "peers",
        "calls",
        "peers = float(team) / float(program.team.reps)",
        "peers = float(team - count[BOOKED]) / float(program.team.reps - 1)",
    ),
    "peers who envy both ways": Fault("peers", "calls", "signal[PEERS] = max(0.0, (peers", "signal[PEERS] = ((peers"),
    "time before the run elapsed": Fault(
        "new people", "calls", "hour - max(0, reaction.period_first[week])", "hour - reaction.period_first[week]"
    ),
    "a deadline that is always near": Fault(
        "behind by the hour",
        "calls",
        "signal[DEADLINE] = signal[BEHIND] * elapsed",
        "signal[DEADLINE] = signal[BEHIND]",
    ),
    "ahead by being behind": Fault(
        "behind by the hour", "calls", "signal[AHEAD] = max(0.0, -gap)", "signal[AHEAD] = max(0.0, gap)"
    ),
    "booked at the list price": Fault(
        "referrals", "rep-weeks", "minds.known[at, BOOKED] += cents", "minds.known[at, BOOKED] += listed"
    ),
    # Periods, people, and the end
    "a quota period that does not end": Fault("peers", "calls", "counts[at, BOOKED] = 0", "pass"),
    "a period that goes on, item by item": Fault("new people", "calls", "memory.minds.known[SOLE, BOOKED] = 0", "pass"),
    "levels of the leaver": Fault(
        "new people", "calls", "    calm(minds, at)\n    count = minds.known[at]", "    count = minds.known[at]"
    ),
    "dry spell of the leaver": Fault(
        "new people",
        "calls",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[UNANSWERED], count[CARRY] = 0, 0",
    ),
    "rejections of the leaver": Fault(
        "new people",
        "calls",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[MARK], count[CARRY] = hour, 0",
    ),
    "fraction of a call of the leaver": Fault(
        "new people",
        "calls",
        "count[MARK], count[UNANSWERED], count[CARRY] = hour, 0, 0",
        "count[MARK], count[UNANSWERED] = hour, 0",
    ),
    "bookings of the seat before": Fault("new people", "calls", "memory.minds.known[at, i] = 0", "pass"),
    "responses after the end": Fault(
        "referrals", "rep-weeks", "        else:\n            calm(memory.minds, at)", "        else:\n            pass"
    ),
    "the same, item by item": Fault(
        "surprise by the day", "rep-weeks", "            calm(memory.minds, SOLE)", "            pass"
    ),
    # Calls and their candidates
    "fractions of a call lost": Fault(
        "tired by the week", "calls", "count[CARRY] = (carry +", "count[CARRY] = 0 * (carry +"
    ),
    "no ramp under a drive": Fault(
        "new people", "calls", "float(ledgers.activity[at, week]) * minds", "float(FULL_ACTIVITY) * minds"
    ),
    "a sheet short": Fault("new people", "calls", "- (1 if full else 0)", "- 1"),
    "a band short": Fault(
        "surprise by the day", "calls", "response > float(1 << bands)", "response > float(2 << bands)"
    ),
    "a second sheet before the plan": Fault(
        "tired by the week", "calls", "rank < above - (sheet - 1)", "rank < calls - (sheet - 1)"
    ),
    "higher bands at a response of 1": Fault(
        "far above the plan",
        "calls",
        "response == 1.0 and habit == 1.0 and candidates.state[at, BAND] == 0",
        "response == 1.0",
    ),
    "all calls of the plan made by whom slows down": Fault(
        "surprise by the day", "calls", "at_plan = full and activity >= FULL_ACTIVITY", "at_plan = full"
    ),
    "all sheets called": Fault(
        "surprise by the day",
        "calls",
        "sole_sheet = at_plan and candidates.state[SOLE, SHEET] == 0",
        "sole_sheet = at_plan",
    ),
    "higher bands at a response of 1, item by item": Fault(
        "surprise by the day", "calls", "response == 1.0 and candidates.state[SOLE, BAND] == 0", "response == 1.0"
    ),
    "a week with the candidates of the week before": Fault(
        "tired by the week", "calls", "first += weeks.successes[in_stride]", "pass"
    ),
    "the booking counted last taken for the latest": Fault(
        "surprise by the day", "calls", "latest = max(latest, int64(hour))", "latest = int64(hour)"
    ),
    "bookings of an hour not squared": Fault(
        "tired by the week", "hour", "SQUARE, HOUR] += squares(per_hour)", "SQUARE, HOUR] += bookings"
    ),
    "bookings of an hour kept for the next week": Fault(
        "tired by the week",
        "day",
        "range(clock.hours_per_week):\n        per_hour[hour] = 0",
        "range(0):\n        pass",
    ),
    "bands thinned from zero": Fault(
        "surprise by the day",
        "calls",
        "limit = q / high if band == 0 else (q - low) / (high - low)",
        "limit = q / high",
    ),
    "thinning by the word of the slot": Fault("tired by the week", "calls", "(THIN - ITEM) << 24", "0"),
    "a shuffle begun anew by each band": Fault(
        "surprise by the day", "calls", "uint64(start + k)], taken + k,", "uint64(start + k)], k,"
    ),
    "a band at its own rate": Fault(
        "surprise by the day", "entries", "(edge(rate, band) - low) / (1.0 - low)", "(edge(rate, band) - low)"
    ),
    "cells that share words": Fault(
        "surprise by the day", "calls", "decision(ITEM, cell, k)", "decision(ITEM, cell & 15, k)"
    ),
    "rank in the week": Fault("tired by the week", "calls", "slot - before[there]", "slot"),
    "calls below plan counted against": Fault(
        "tired by the week", "calls above plan", "above = max(0, calls", "above = (calls"
    ),
    "the same under a ramp": Fault("new people", "calls above plan", "above += max(0, ", "above += (0 + "),
    "cuts told without the response": Fault(
        "far above the plan", "rates clipped", "if uncut * memory.minds.response[at, 1] > 1.0", "if uncut > 1.0"
    ),
    # Items
    "a response taken on leaving": Fault(
        "behind by the hour",
        "calls",
        "pool.factor[at, item, RESPONSE] * pool",
        "memory.minds.response[at, step] * pool",
    ),
    "a step decided at once without its response": Fault(
        "tired by the week", "calls", "* memory.minds.response[SOLE, step]", ""
    ),
    "the response of the stage entered": Fault(
        "surprise by the day", "calls", "= response[stage + 1]", "= response[stage]"
    ),
    "lags that nobody stretches": Fault(
        "surprise by the day", "calls", "hour, response[clock.steps + LAG])", "hour, 1.0)"
    ),
    "the same before stage 1": Fault(
        "new people", "rep-weeks", "stretch = memory.minds.response[at, clock.steps + LAG]", "stretch = 1.0"
    ),
    "a price paid twice": Fault(
        "surprise by the day", "calls", "float(listed) * price", "float(listed) * price * price"
    ),
    "a premium counted as a discount": Fault(
        "surprise by the day", "discount", "max(0, min(listed, MAX_CENTS) - cents)", "min(listed, MAX_CENTS) - cents"
    ),
    "arrivals in no order under a cap": Fault(
        "referrals", "entries", "if is_capped(program, stage) and n > 1:", "if False:"
    ),
    "referrals before the called": Fault("referrals", "entries", "(2 << KIND_BITS) |", "(0 << KIND_BITS) |"),
    # Referrals
    "referrals whatever the response": Fault(
        "referrals",
        "entries",
        "program.reaction.referrals * minds.response[at, clock.steps + REFERRALS]",
        "program.reaction.referrals",
    ),
    "referrals an hour late": Fault("referrals", "entries", "due = max(hour + 1, ", "due = max(hour + 2, "),
    "referrals that are copies": Fault(
        "referrals", "entries", "uint32(int64(words[1]) + j)", "uint32(int64(words[1]))"
    ),
    "referrals dated by the deal": Fault("referrals", "rep-weeks", "= pool.number[at, win, ORIGIN]", "= hour"),
    "a referral's lag by another word": Fault(
        "referrals",
        "entries",
        "drawn = step if step <= clock.steps else 1",
        "drawn = step if step <= clock.steps else 2",
    ),
    # Pulling forward
    "pulled items that win as ever": Fault("pulls", "entries", "* pool.factor[at, item, WIN_FACTOR]", ""),
    "pulled by the word that decides the win": Fault("pulls", "rep-weeks", "PULL, p)", "2, 3)"),
    "drives that pull by one word": Fault("pulls", "rep-weeks", "PULL, p)", "PULL, 0)"),
    "a reach that moves on": Fault(
        "pulls", "rep-weeks", "due < end + reaction.pull_hours[p, 1]", "due < hour + reaction.pull_hours[p, 1]"
    ),
    "a window an hour short": Fault(
        "behind by the hour", "calls", "if hour < end - window:", "if hour <= end - window:"
    ),
    "pulled at the list price": Fault("pulls", "rep-weeks", "= 1.0 - reaction.pull[p, 4]", "= 1.0"),
    "pulled from every stage": Fault(
        "behind by the hour", "calls", "pool.number[at, item, STAGE] == last:", "pool.number[at, item, STAGE] >= 0:"
    ),
    "what is new in the window left out": Fault(
        "pulls", "rep-weeks", "if pulled[0] > 0 and stage", "if False and stage"
    ),
    "a larger share later that is ignored": Fault(
        "pulls", "rep-weeks", "0 if share > work.pull_share[at, p] else seen", "seen"
    ),
    "a vacant seat that pulls": Fault("pulls", "entries", "0.0 if vacant or hour", "0.0 if hour"),
    "a share without its least": Fault(
        "pulls",
        "rep-weeks",
        "min(max(wanted, reaction.pull[pull, 2]), reaction.pull[pull, 3])",
        "min(wanted, reaction.pull[pull, 3])",
    ),
    "pulled items open at the end": Fault(
        "behind by the hour",
        "open at the end",
        "tally.stages[who.group, OPEN_AT_END, last] -= due >= clock.end_hour",
        "pass",
    ),
    "a discount that outlives its item": Fault(
        "pulls",
        "rep-weeks",
        "    pool.factor[at, item, PRICE] = 1.0\n",
        "    pool.factor[at, item, PRICE] = 1.0 if pool.size[at, 0] == 0 else pool.factor[at, item, PRICE]\n",
    ),
}


@cache
def twin(name: str) -> Counts:
    """Return what the twin counts in a case."""
    return counts_of_twin(simulate(REACTIVE[name], 0, SEED), compiled(REACTIVE[name]).deals.unit)


@pytest.mark.parametrize("name", REACTIVE)
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    counts = engine().counts(REACTIVE[name], SEED)
    assert_agree(counts, twin(name))
    assert_agree(counts, counts_of_engine(play(compiled(REACTIVE[name]), SEED)))


@pytest.mark.parametrize("name", FAULTS)
def test_a_bug_planted_in_the_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    change_line(monkeypatch, fault.old, fault.new)
    counts = engine().counts(REACTIVE[fault.case], SEED)
    with pytest.raises(AssertionError) as raised:
        assert_agree(counts, twin(fault.case))
    assert fault.shows in {line.split(":")[0].split("[")[0] for line in str(raised.value).splitlines()}


def test_a_line_that_is_gone_or_not_alone_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("no such line", "program: Program"):
        with pytest.raises(LineNotFoundError, match="must be once"):
            change_line(monkeypatch, text, "")
