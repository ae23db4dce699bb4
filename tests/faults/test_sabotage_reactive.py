"""Bugs planted in the kernels of teams that react: the comparison with the twin tells each.

The kernels are run without a compiler (`tests.support.uncompiled`). A bug names a kernel or a method, and an expression
or statements in it; one that is no longer there cannot be planted, and the test fails. See also
`tests.faults.test_sabotage_teams`: what only rows can get wrong.
"""

from __future__ import annotations

import pytest

from tests.support.planted import Checked, Fault, every_other
from tests.support.reactive_cases import ALONE, REACTIVE
from tests.support.uncompiled import CodeNotFoundError, change

CHECKED = Checked(REACTIVE | ALONE)

FAULTS: dict[str, Fault] = {
    # Drives
    "levels that are never forgotten": Fault(
        "peers", "calls", "reacting.deciding.update_levels", "memory[drive] * level[drive, s]", "level[drive, s]"
    ),
    "levels without a top": Fault(
        "referrals", "entries", "reacting.deciding.update_levels", "min(max(x[s], low), high)", "max(x[s], low)"
    ),
    "levels without a bottom": Fault(
        "surprise by the day",
        "calls",
        "reacting.deciding.update_levels",
        "min(max(x[s], low), high)",
        "min(x[s], high)",
    ),
    "responses without limits": Fault(
        "surprise by the day", "calls", "reacting.deciding.respond", "min(max(wanted, least), most)", "wanted"
    ),
    "a curve that is straight": Fault(
        "behind by the hour", "calls", "reacting.deciding.respond", "curve * (x[s] * x[s])", "curve * x[s]"
    ),
    "the last drive alone": Fault(
        "tired by the week",
        "calls",
        "reacting.deciding.respond",
        "out[s] * min(max(wanted, least), most)",
        "min(max(wanted, least), most)",
    ),
    "a decision before its signals": Fault(
        "peers",
        "calls",
        "teams.team.Team._decide",
        "self._hear(hour, week)",
        (
            "deciding.update_levels(n, reaction.memory, reaction.level, reaction.first_gain, "
            "reaction.gain_signal, reaction.gain, lanes.decides, lanes.signal, lanes.scratch, "
            "lanes.level)\n"
            "self._hear(hour, week)"
        ),
    ),
    "a decision on the first hour": Fault(
        "new people",
        "calls",
        "reacting.deciding.who_decides",
        "person[s] >= 0 and not (new_week and starts[s] > 0)",
        "person[s] >= 0",
    ),
    # Signals
    "surprise that expects a call more": Fault(
        "tired by the week",
        "calls",
        "reacting.deciding.hear_surprise",
        "float(planned) * call_value",
        "float(planned + 1) * call_value",
    ),
    "surprise that expects the week so far": Fault(
        "surprise by the day",
        "calls",
        "teams.crews.Crew.planned_before",
        "before[until] - before[until - interval]",
        "before[until]",
    ),
    "surprise that expects the new week's plan": Fault(
        "tired by the week", "calls", "teams.crews.Crew.planned_before", "week if of_week > 0 else week - 1", "week"
    ),
    "surprise that expects the plan of the week before": Fault(
        "surprise by the day",
        "calls",
        "teams.crews.Crew.planned_before",
        "week if of_week > 0 else week - 1",
        "max(0, week - 1)",
    ),
    "surprise at all since the start": Fault(
        "tired by the week", "calls", "teams.team.Team._decide", "known[RESULT][:] = 0", "pass"
    ),
    "surprise at the last deal alone": Fault(
        "peers", "calls", "reacting.closing.hear_of_deals", "result[s] += cents[i]", "result[s] = cents[i]"
    ),
    "a dry spell an hour short": Fault(
        "surprise by the day",
        "calls",
        "reacting.deciding.hear_dry_spell",
        "float(hour - mark[s])",
        "float(hour - 1 - mark[s])",
    ),
    "a deal marked in its own hour": Fault(
        "surprise by the day", "calls", "reacting.closing.hear_of_deals", "int64(hours[i]) + 1", "int64(hours[i])"
    ),
    "the deal marked that is followed last": Fault(
        "new people",
        "rep-weeks",
        "reacting.closing.hear_of_deals",
        "max(mark[s], int64(hours[i]) + 1)",
        "int64(hours[i]) + 1",
    ),
    "rejections before they are due": Fault(
        "surprise by the day",
        "calls",
        "reacting.deciding.hear_rejections",
        "float(unanswered[s]) * rate - 1.0",
        "float(unanswered[s]) * rate",
    ),
    "calls before a booking unanswered": Fault(
        "surprise by the day",
        "calls",
        "reacting.calling.end_calls",
        "plan_before[last_booking[s] + 1]",
        "plan_before[last_booking[s]]",
    ),
    "overwork at the plan": Fault(
        "tired by the week", "calls", "reacting.deciding.hear_overwork", "max(0.0, activity[s] - 1.0)", "activity[s]"
    ),
    "peers without oneself": Fault(
        "peers",
        "calls",
        "reacting.deciding.hear_peers",
        "float(team[r]) / float(reps)",
        "float(team[r] - booked[s]) / max(1.0, float(reps - 1))",
    ),
    "peers who envy both ways": Fault(
        "peers",
        "calls",
        "reacting.deciding.hear_peers",
        "max(0.0, (float(team[r]) / float(reps) - float(booked[s])) / quota)",
        "(float(team[r]) / float(reps) - float(booked[s])) / quota",
    ),
    "time before the run elapsed": Fault(
        "new people",
        "calls",
        "teams.team.Team._elapsed",
        "max(0, reaction.period_first[day])",
        "reaction.period_first[day]",
    ),
    "a deadline that is always near": Fault(
        "behind by the hour", "calls", "reacting.deciding.hear_quota", "behind[s] * elapsed", "behind[s]"
    ),
    "ahead by being behind": Fault(
        "behind by the hour", "calls", "reacting.deciding.hear_quota", "max(0.0, -gap)", "max(0.0, gap) + 0.0"
    ),
    "booked at the list price": Fault(
        "referrals",
        "rep-weeks",
        "teams.selling.Selling._close",
        ("closing.hear_of_deals(n, clock.end_hour, hours, lane, cents, known[BOOKED], known[RESULT], known[MARK])"),
        ("closing.hear_of_deals(n, clock.end_hour, hours, lane, values, known[BOOKED], known[RESULT], known[MARK])"),
    ),
    # Periods, people, and the end
    "a quota period that does not end": Fault(
        "peers", "calls", "teams.team.Team._begin_period", "self._known[BOOKED][:] = 0", "pass"
    ),
    "a quota period that begins an interval late": Fault(
        "peers",
        "calls",
        "teams.team.Team._begin_period",
        "reaction.period_first[hour // self._clock.hours_per_day]",
        "reaction.period_first[hour // self._clock.hours_per_day] + reaction.interval",
    ),
    "levels of the leaver": Fault(
        "new people",
        "calls",
        "reacting.deciding.begin_persons",
        "0.0 if starts[s] > 0 else level[drive, s]",
        "level[drive, s]",
    ),
    "responses of the leaver": Fault(
        "new people",
        "calls",
        "reacting.deciding.begin_persons",
        "1.0 if starts[s] > 0 else response[channel, s]",
        "response[channel, s]",
    ),
    "dry spell of the leaver": Fault(
        "new people",
        "calls",
        "reacting.deciding.begin_persons",
        "mark[s], unanswered[s], carry[s] = hour, 0, 0",
        "unanswered[s], carry[s] = 0, 0",
    ),
    "rejections of the leaver": Fault(
        "new people",
        "calls",
        "reacting.deciding.begin_persons",
        "mark[s], unanswered[s], carry[s] = hour, 0, 0",
        "mark[s], carry[s] = hour, 0",
    ),
    "fraction of a call of the leaver": Fault(
        "new people",
        "calls",
        "reacting.deciding.begin_persons",
        "mark[s], unanswered[s], carry[s] = hour, 0, 0",
        "mark[s], unanswered[s] = hour, 0",
    ),
    "the ramp's fraction of the leaver": Fault(
        "new people",
        "calls above plan",
        "reacting.calling.begin_week",
        "0 if starts[s] > 0 else base_carry[s]",
        "base_carry[s]",
    ),
    "responses after the end": Fault(
        "referrals", "rep-weeks", "teams.team.Team.play", "self._lanes.response[:] = 1.0", "pass"
    ),
    "responses after the end, item by item": Fault(
        "surprise by the day", "rep-weeks", "teams.team.Team.play", "self._lanes.response[:] = 1.0", "pass"
    ),
    # Calls and their candidates
    "fractions of a call lost": Fault(
        "tired by the week",
        "calls",
        "reacting.calling.end_calls",
        "carry[s] + active[s] * planned & FULL_ACTIVITY - 1",
        "0",
    ),
    "no ramp under a drive": Fault(
        "new people", "calls", "reacting.calling.fix_activity", "float(ramp[s])", "float(FULL_ACTIVITY)"
    ),
    "a seat of nobody that calls": Fault(
        "new people",
        "calls",
        "reacting.calling.fix_activity",
        "int64(np.floor(float(ramp[s]) * response[s] + 0.5)) if person[s] >= 0 else 0",
        "int64(np.floor(float(ramp[s]) * response[s] + 0.5))",
    ),
    "a sheet short": Fault(
        "new people", "calls", "reacting.calling.find_needs", "1 if ramp[s] == FULL_ACTIVITY else 0", "1"
    ),
    "a band short": Fault(
        "surprise by the day",
        "calls",
        "reacting.calling.find_needs",
        "response[s] > float(1 << bands)",
        "response[s] > float(2 << bands)",
    ),
    "a second sheet before the plan": Fault(
        "tired by the week",
        "calls",
        "reacting.calling.list_called",
        "calls - base - (sheet - 1) * planned",
        "calls - (sheet - 1) * planned",
    ),
    "a sheet at the plan of a person of full ramp": Fault(
        "new people", "calls", "reacting.calling.list_called", "ramp[s] != FULL_ACTIVITY", "False"
    ),
    "higher bands at a response of 1": Fault(
        "far above the plan", "calls", "reacting.calling.list_thinned", "q >= high", "q >= high or response[s] == 1.0"
    ),
    "higher bands at a response of 1, item by item": Fault(
        "surprise by the day", "calls", "reacting.calling.list_thinned", "q >= high", "q >= high or response[s] == 1.0"
    ),
    "a band whose top is that of the next": Fault(
        "surprise by the day", "calls", "reacting.calling.list_thinned", "edge(p, band)", "edge(p, band + 1)"
    ),
    "all calls of the plan made by whom slows down": Fault(
        "surprise by the day", "calls", "reacting.calling.list_called", "rank < calls", "rank < calls or sheet == 0"
    ),
    "all sheets called": Fault(
        "surprise by the day", "calls", "reacting.calling.list_called", "rank < calls", "rank < calls or sheet > 0"
    ),
    "a call more in each hour": Fault(
        "tired by the week", "entries", "reacting.calling.list_called", "rank < calls", "rank <= calls"
    ),
    "a week with the candidates of the week before": Fault(
        "tired by the week",
        "calls",
        "teams.team.Team._begin_week",
        "candidates.n, candidates.used = 0, 0",
        "candidates.n = 0",
    ),
    "bands of the week before taken for drawn": Fault(
        "surprise by the day",
        "calls",
        "teams.team.Team._begin_week",
        "lanes.drawn[:], lanes.counts[:] = 0, 0",
        "lanes.counts[:] = 0",
    ),
    "the booking counted last taken for the latest": Fault(
        "surprise by the day", "calls", "reacting.calling.count_bookings", "max(last_booking[s], hour)", "hour"
    ),
    "bookings of an hour not squared": Fault(
        "tired by the week",
        "hour",
        "reacting.calling.squares_of_seats",
        "by_hour[r] += count * count",
        "by_hour[r] += count",
    ),
    "bookings of an hour kept for the next week": Fault(
        "tired by the week", "day", "reacting.calling.squares_of_seats", "per_hour[hour, s] = 0", "pass"
    ),
    "bands thinned from zero": Fault(
        "surprise by the day",
        "calls",
        "reacting.calling.list_thinned",
        "q / high if band == 0 else (q - low) / (high - low)",
        "q / high",
    ),
    "thinning by the word of the slot": Fault(
        "tired by the week", "calls", "reacting.calling.draw_thinning", "(purpose - ITEM) << 24", "0"
    ),
    "a thinning word shared by two bands": Fault(
        "surprise by the day",
        "calls",
        "reacting.calling.draw_thinning",
        "cards[at, CARD_C0] + other",
        "(cards[at, CARD_C0] & np.uint32(0xFF0FFFFF)) + other",
    ),
    "a shuffle begun anew by each band": Fault(
        "surprise by the day", "calls", "reacting.candidates.place_cell", "taken + k", "k"
    ),
    "lower bands not taken again": Fault(
        "surprise by the day",
        "calls",
        "reacting.candidates.place_cell",
        "take_slot(words[uint64(begin + k)], taken, n, tag, slots)",
        "0",
    ),
    "a shuffle that begins where the last one ended": Fault(
        "behind by the hour", "calls", "reacting.candidates.place_cell", "tag += most_calls", "pass"
    ),
    "a band at its own rate": Fault(
        "surprise by the day",
        "entries",
        "reacting.candidates.count_cell",
        "(edge(p, band) - low) / (1.0 - low)",
        "edge(p, band) - low",
    ),
    "cells that share words": Fault(
        "surprise by the day",
        "calls",
        "reacting.candidates.list_cell",
        "decision(ITEM, cell, k)",
        "decision(ITEM, cell & 15, k)",
    ),
    "rank in the week": Fault(
        "tired by the week",
        "calls",
        "reacting.candidates.place_sheet",
        "int64(slot) - plan_before[hour]",
        "int64(slot)",
    ),
    "one shuffle for all lanes": Fault(
        "surprise by the day", "calls", "reacting.candidates.place_sheet", "tag + int64(s) * most_calls", "tag"
    ),
    "the first candidate's place for all": Fault(
        "surprise by the day", "calls", "reacting.candidates.place_sheet", "int64(c0[at] & NUMBER)", "0"
    ),
    "sheets of who has just come cut short": Fault(
        "far above the plan", "calls", "reacting.candidates.count_tabulated", "sheet == 0", "True"
    ),
    "cards for calls of the plan alone": Fault(
        "behind by the hour",
        "entries",
        "teams.crews.Crew.most_made",
        "np.ceil(per_hour * self._activity)",
        "(1.0 * per_hour)",
    ),
    "the same under a ramp": Fault(
        "new people", "calls", "reacting.candidates.place_cell", "slot - before[s, hour]", "slot"
    ),
    "calls below plan counted against": Fault(
        "tired by the week",
        "calls above plan",
        "reacting.calling.end_calls",
        "max(0, calls - planned)",
        "calls - planned",
    ),
    "calls below plan counted against under a ramp": Fault(
        "new people",
        "calls above plan",
        "reacting.calling.end_calls",
        "max(0, until - so_far - int64(before[s, hour + 1] - before[s, hour]))",
        "until - so_far - int64(before[s, hour + 1] - before[s, hour])",
    ),
    "cuts told without the response": Fault(
        "far above the plan",
        "rates clipped",
        "reacting.calling.end_calls",
        "rate[s] * habit[s] * response[s]",
        "rate[s] * habit[s]",
    ),
    "candidates in the wrong interval": Fault(
        "surprise by the day",
        "calls",
        "reacting.candidates.sort_candidates",
        "1.0 / float(span)",
        "1.0 / float(span + 1)",
    ),
    # Items
    "a response taken on leaving": Fault(
        "behind by the hour",
        "calls",
        "teams.funnel.Funnel._fill_step_rates",
        "items.apply_responses(n, listed.lane, self._habits[step], listed.response, listed.rate)",
        "items.apply_responses(n, listed.lane, self._habits[step], self._response[step][listed.lane[:n]], listed.rate)",
    ),
    "a step decided at once without its response": Fault(
        "tired by the week",
        "calls",
        "teams.funnel.Funnel._enter",
        "items.uncut_rates(n, listed.lane, self._response[stage + 1], listed.response)",
        "items.fill_ones(n, listed.response)",
    ),
    "the response of the stage entered": Fault(
        "surprise by the day",
        "calls",
        "teams.funnel.Funnel._enter",
        "self._response[stage + 1]",
        "self._response[stage]",
    ),
    "lags that nobody stretches": Fault(
        "surprise by the day", "calls", "teams.listing.Listing._stretch", "self._running", "False"
    ),
    "the same before stage 1": Fault(
        "new people", "rep-weeks", "teams.booking.Booking._book", "self._stretch(n)", "pass"
    ),
    "a price paid twice": Fault(
        "surprise by the day",
        "calls",
        "reacting.closing.price_deals",
        "response[uint64(lane[i])] * price[i]",
        "response[uint64(lane[i])] * response[uint64(lane[i])] * price[i]",
    ),
    "a premium counted as a discount": Fault(
        "surprise by the day",
        "discount",
        "reacting.closing.add_discounts",
        "max(0, min(listed[i], MAX_CENTS) - cents[i])",
        "min(listed[i], MAX_CENTS) - cents[i]",
    ),
    # Caps
    "referrals before the called": Fault(
        "referrals", "entries", "reacting.items.arrival_keys", "3 << KIND_BITS", "0 << KIND_BITS"
    ),
    "what is due stays in a capped stage": Fault(
        "referrals", "turned away", "teams.funnel.Funnel._pass_through", "self._leave_stages(first)", "pass"
    ),
    "a cap on those who are turned away, too": Fault(
        "referrals", "turned away", "reacting.limits.admit", "waits and not full", "waits"
    ),
    "a place more under a cap": Fault(
        "referrals", "turned away", "reacting.limits.admit", "open_now[s] >= most_open", "open_now[s] > most_open"
    ),
    "what is open at the start has room beside the cap": Fault(
        "referrals",
        "turned away",
        "teams.funnel.Funnel.begin",
        "np.add.at(self._memory.capped[stage].open, listed.words[LANE, :n], 1)",
        "pass",
    ),
    # Referrals
    "referrals whatever the response": Fault(
        "referrals", "entries", "reacting.closing.count_referrals", "per_win * response[uint64(lane[i])]", "per_win"
    ),
    "referrals an hour late": Fault(
        "referrals",
        "entries",
        "teams.selling.Selling._refer",
        "self._fill_dues(0, m, 1)",
        "self._fill_dues(0, m, 2)",
    ),
    "referrals due in the hour of their deal": Fault(
        "referrals",
        "entries",
        "teams.selling.Selling._refer",
        "self._fill_dues(0, m, 1)",
        "self._fill_dues(0, m, 0)",
    ),
    "referrals that are copies": Fault(
        "referrals", "entries", "reacting.closing.add_referrals", "int64(x1[i]) + j", "int64(x1[i])"
    ),
    "referrals dated by the deal": Fault(
        "referrals", "rep-weeks", "reacting.closing.add_referrals", "origin[i]", "hours[i] + 0"
    ),
    "a referral's lag by another word": Fault(
        "referrals",
        "entries",
        "teams.listing.Listing._lag_words",
        "step if step <= self._clock.steps else 1",
        "step if step <= self._clock.steps else 2",
    ),
    # Pulling forward
    "pulled items that win as ever": Fault(
        "pulls", "entries", "teams.funnel.Funnel._pass", "items.multiply(n, listed.win_factor, rate)", "pass"
    ),
    "pulled by the word that decides the win": Fault(
        "pulls",
        "rep-weeks",
        "teams.pulling.Pulling._draw_pulled",
        "self._draw(PULL, m)[:, :m]",
        "self._items.step_words[1][:m]",
    ),
    "drives that pull by one word": Fault(
        "pulls", "rep-weeks", "reacting.limits.pull_items", "own[number, i]", "own[0, i]"
    ),
    "a reach that moves on": Fault(
        "pulls",
        "rep-weeks",
        "teams.pulling.Pulling.pull",
        "end + int(reaction.pull_hours[number, REACH])",
        "hour + int(reaction.pull_hours[number, REACH])",
    ),
    "a window an hour short": Fault(
        "behind by the hour",
        "calls",
        "teams.pulling.Pulling.pull",
        "hour >= end - reaction.pull_hours[number, WINDOW]",
        "hour > end - reaction.pull_hours[number, WINDOW]",
    ),
    "pulled at the list price": Fault(
        "pulls", "rep-weeks", "reacting.limits.finish_pulls", "1.0 - pull[by[i], DISCOUNT]", "1.0"
    ),
    "what is new in the window left out": Fault(
        "pulls", "rep-weeks", "teams.waiting.Waiting._put_away", "pulls.end > 0", "False"
    ),
    "a larger share later that is ignored": Fault(
        "pulls", "rep-weeks", "reacting.limits.fill_shares", "risen or now > limit[s]", "False"
    ),
    "a vacant seat that pulls": Fault(
        "pulls", "entries", "reacting.limits.fill_shares", "active and person[s] >= 0", "active"
    ),
    "a share without its least": Fault(
        "pulls",
        "rep-weeks",
        "reacting.limits.fill_shares",
        "min(max(wanted, pull[number, LEAST]), pull[number, MOST])",
        "min(wanted, pull[number, MOST])",
    ),
    "pulled items open at the end": Fault(
        "behind by the hour",
        "open at the end",
        "reacting.limits.pull_items",
        "open_at_end[int64(lane) & mask] -= due >= end_hour",
        "pass",
    ),
    "pulled and still due": Fault(
        "pulls", "entries", "reacting.limits.finish_pulls", "entries[uint64(pulled[i]), ENTRY_LANE] = DEAD", "pass"
    ),
    "a discount that outlives its item": Fault(
        "pulls",
        "rep-weeks",
        "teams.pulling.Pulling._take_pulled",
        "listed.floats[WIN_FACTOR, :n], listed.floats[PRICE, :n] = 1.0, 1.0",
        (
            "listed.floats[WIN_FACTOR, :n] = 1.0\n"
            "price = listed.floats[PRICE, :n]\n"
            "price[~((price > 0.5) & (price < 1.0))] = 1.0"
        ),
    ),
}


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_the_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        pytest.param("reacting.deciding.respond", "no_such_name", "0", id="an expression that is gone"),
        pytest.param("reacting.deciding.respond", "channel", "0", id="an expression that is there several times"),
        pytest.param("reacting.deciding.respond", "level.shape", "pass", id="a statement for an expression"),
        pytest.param("reacting.deciding.no_such_kernel", "s", "0", id="a function that is gone"),
        pytest.param("reacting.deciding.MAX_LEVEL", "s", "0", id="a constant"),
        pytest.param("teams.listing.draw_items", "s", "0", id="a function of another module"),
        pytest.param("teams.team.Team.no_such_method", "s", "0", id="a method that is gone"),
        pytest.param("teams.team.NoSuchClass.play", "s", "0", id="a class that is gone"),
        pytest.param("teams.coach.Coach.no_such_method", "s", "0", id="another method that is gone"),
    ],
)
def test_what_is_not_there_exactly_once_cannot_be_changed(
    function: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CodeNotFoundError):
        change(monkeypatch, function, old, new)
