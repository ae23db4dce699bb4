"""Bugs planted in rows of teams that react: calendar, lists, lanes, the row before, room that grows.

As in `tests.faults.test_sabotage_reactive`, in cases with more that happens at once; several replications are played
where a bug needs them.
"""

from __future__ import annotations

import pytest

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.planted import Checked, Fault, Replications
from tests.support.reactive_cases import MONTHLY, drive, playing
from tests.support.scenario_cases import RAMP, Scenario, chain, funnel
from tests.support.uncompiled import engine

LANES_TO_SPARE = Replications(number=3, row=4)
"""A lane of each rep plays no replication."""
TWO_ROWS = Replications(number=2, row=1)
AFTER_A_SMALLER_ONE = Replications(first=255, number=3, row=2)
"""Rows end where the groups of a tally do: one of one replication, then one of two."""

LITTLE = 32
"""Items and entries that there is room for at first, where room must grow."""

CASES: dict[str, Scenario] = {
    "much by the day": playing(
        "day",
        {
            "urge": drive(
                {"surprise": -0.2, "dry_spell": 0.4},
                {
                    "activity": {"slope": 0.4},
                    "meetings": {"slope": 0.8, "min": 1},
                    "opportunities": {"slope": -0.2},
                    "wins": {"slope": 0.3},
                    "lag": {"slope": 0.5},
                    "deal_value": {"slope": -0.1},
                },
            )
        },
        horizon={"weeks": 3},
        team={"reps": 3},
        plan={"calls_per_week": 120},
        funnel=funnel({"rate": 0.3, "lag": "3h"}, {"rate": 0.6, "lag": GAMMA_LAG}, {"rate": 0.6, "lag": LOGNORMAL_LAG}),
        deal={"mean": 50, "cv": 0.7},
    ),
    "much by the week": playing(
        "week",
        {"urge": drive({"surprise": -0.5}, {"meetings": {"slope": 0.4}, "wins": {"slope": 0.3}})},
        horizon={"weeks": 4},
        plan={"calls_per_week": 200},
        funnel=funnel(
            {"rate": 0.4, "lag": "3d"}, {"rate": 0.6, "lag": "1w"}, {"rate": 0.6, "lag": {"median": "1w", "p90": "2w"}}
        ),
    ),
    "caps": playing(
        "day",
        {"urge": drive({"surprise": -0.2, "dry_spell": 0.2}, {"lag": {"slope": 0.3}, "wins": {"slope": 0.2}})},
        horizon={"weeks": 3},
        plan={"calls_per_week": 200},
        funnel=funnel(
            {"rate": 0.3, "cap": {"open": 9}, "lag": {"values": ["1h", "5h", "2d", "1w"]}},
            {"rate": 0.7, "cap": {"per_week": 9, "open": 6}, "lag": GAMMA_LAG},
            {"rate": 0.6, "lag": {"median": "3d", "p90": "4w"}},
        ),
    ),
    "pulls at each stage": playing(
        "day",
        {
            "ups and downs": drive(
                {"surprise": -0.5},
                {"pull_forward": {"slope": 0.5, "window": "2w", "reach": "3w", "discount": 0.2, "win_rate": 0.8}},
                memory=0.2,
            ),
            "habit": drive(
                {"behind": 0.1},
                {"pull_forward": {"slope": 0.1, "min": 0.15, "window": "2w", "reach": "2w", "discount": 0.1}},
            ),
        },
        horizon={"weeks": 5},
        quota=MONTHLY | {"amount": 30000},
        plan={"calls_per_week": 150},
        funnel=funnel({"lag": "3h"}, {"lag": "1d"}, {"lag": {"median": "2w", "p90": "4w"}}),
    ),
    "pulls that overlap": playing(
        "day",
        {
            "ups and downs": drive(
                {"surprise": -0.5},
                {"pull_forward": {"slope": 0.3, "window": "1w", "reach": "3w", "discount": 0.2, "win_rate": 0.8}},
                memory=0.5,
            ),
            "habit": drive(
                {"behind": 0.1},
                {"pull_forward": {"slope": 0.1, "min": 0.5, "window": "1w", "reach": "3w", "discount": 0.1}},
            ),
        },
        horizon={"weeks": 3},
        quota={"per": "week", "amount": 30000},
        plan={"calls_per_week": 200},
        funnel=funnel({"rate": 0.8}, {"rate": 0.8}, {"lag": {"median": "2w", "p90": "4w"}}),
    ),
    "all pulled at once": playing(
        "day",
        {"close": drive({"behind": 0.1}, {"pull_forward": {"slope": 0, "min": 1, "window": "1d", "reach": "8w"}})},
        horizon={"weeks": 4},
        quota=MONTHLY,
        plan={"calls_per_week": 90},
        funnel=funnel({"rate": 0.5}, {"rate": 0.95}, {"lag": "6w"}),
    ),
    "seven steps": playing(
        "day",
        {"urge": drive({"dry_spell": 0.4}, {"s1": {"slope": 0.4}, "s6": {"slope": -0.4}, "s7": {"slope": -0.1}})},
        horizon={"weeks": 2},
        plan={"calls_per_week": 40},
        funnel=chain(
            [0.8, 0.9, 0.8, 0.8, 0.7, 0.9, 0.8],
            s2={"lag": {"values": ["0h", "1d"]}},
            s4={"lag": "2h"},
            s6={"lag": {"values": ["0h", "5h"]}},
            s7={"lag": GAMMA_LAG},
        ),
    ),
    "few calls": playing(
        "week",
        {
            "urge": drive(
                {"dry_spell": 0.5, "rejections": 0.3, "behind": 0.5},
                {"activity": {"slope": 0.7}, "meetings": {"slope": 0.3}},
            )
        },
        horizon={"weeks": 6, "warmup_weeks": 2},
        quota=MONTHLY,
        plan={"calls_per_week": 33},
        team={"reps": 2, "new": 1, "ramp": RAMP},
        funnel=funnel({"lag": "1h"}, {"rate": 0.7}, {"lag": "1d"}),
    ),
}
CHECKED = Checked(CASES)

FAULTS: dict[str, Fault] = {
    # The calendar
    "a chunk given back twice": Fault(
        "seven steps",
        "entries",
        "reacting.calendar.take_due",
        "size[0] += 1",
        "free[uint64(size[0] + 1)] = chunk\nsize[0] += 2",
    ),
    "a chunk that is not linked": Fault(
        "much by the week", "entries", "reacting.calendar.take_due", "left -= CHUNK", "left = 0"
    ),
    "the last entry of a chunk lost": Fault(
        "much by the week",
        "entries",
        "reacting.calendar.take_due",
        "range(min(left, CHUNK))",
        "range(min(left, CHUNK - 1))",
    ),
    "an entry lost": Fault(
        "much by the day",
        "entries",
        "reacting.calendar.take_due",
        "int64(count[bucket, stage])",
        "int64(count[bucket, stage]) - 1",
    ),
    "a bucket that begins an hour early": Fault(
        "much by the day", "calls", "reacting.calendar.bucket_of", "due // span", "(due + 1) // span"
    ),
    "what is due in the bucket before": Fault(
        "much by the week", "entries", "reacting.calendar.bucket_of", "due // span", "max(0, due // span - 1)"
    ),
    "what is due far away decided in the wrong order": Fault(
        "caps", "rep-weeks", "teams.funnel.Funnel.play_out", "range(kept.far)", "range(kept.far - 1, -1, -1)"
    ),
    "what is due soon after the end left out": Fault(
        "pulls at each stage",
        "rep-weeks",
        "teams.funnel.Funnel.play_out",
        "range(self._clock.end_hour, kept.far)",
        "range(0)",
    ),
    "an entry with the hour of its call for the due hour": Fault(
        "much by the day",
        "entries",
        "reacting.calendar.put_away",
        "entries[entry, ENTRY_DUE] = uint32(due[i])",
        "entries[entry, ENTRY_DUE] = uint32(int64(hours[ORIGIN, i]))",
    ),
    "the response of the first entry": Fault(
        "seven steps",
        "entries",
        "reacting.calendar.read_entry",
        "entries[entry, ENTRY_RESPONSE + 1]",
        "entries[0, ENTRY_RESPONSE + 1]",
    ),
    # Lists
    "words that do not move up": Fault(
        "much by the day",
        "rep-weeks",
        "teams.listing.Listing._keep",
        "items.keep_words(m, keep, KEPT_WORDS, listed.words)",
        "pass",
    ),
    "words of later steps that do not move up": Fault(
        "seven steps", "entries", "teams.listing.Listing._keep", "KEPT_WORDS", "KEPT_WORDS - 1"
    ),
    "hours that do not move up": Fault(
        "much by the day",
        "rep-weeks",
        "teams.listing.Listing._keep",
        "items.keep_hours(m, keep, KEPT_HOURS, listed.hours)",
        "pass",
    ),
    "responses that do not move up": Fault(
        "seven steps",
        "rep-weeks",
        "teams.listing.Listing._keep",
        "items.keep_floats(m, keep, KEPT_FLOATS if self._pulls else 1, listed.floats)",
        "pass",
    ),
    "discounts that do not move up": Fault(
        "pulls at each stage", "rep-weeks", "teams.listing.Listing._keep", "KEPT_FLOATS if self._pulls else 1", "1"
    ),
    "late steps by the words of the early ones": Fault(
        "seven steps", "entries", "teams.funnel.Funnel._fill_step_rates", "ITEM_LATE", "ITEM_LATE - 1"
    ),
    "late steps by the word of the one before": Fault(
        "seven steps",
        "entries",
        "teams.funnel.Funnel._fill_step_rates",
        "step - LATE_STEP - 1",
        "max(0, step - LATE_STEP - 2)",
    ),
    "the response of the stage after next": Fault(
        "much by the day",
        "entries",
        "teams.funnel.Funnel._enter",
        "self._response[stage + 1]",
        "self._response[stage + 2]",
    ),
    "decided before the wait at the rate of another lane": Fault(
        "much by the day", "entries", "reacting.items.uncut_rates", "rate[uint64(lane[i])]", "rate[uint64(lane[0])]"
    ),
    "losers that stay open left out": Fault(
        "much by the day", "open at the end", "teams.funnel.Funnel._lose_early", "self._count_lost(stage, n)", "pass"
    ),
    "losers whose long wait is overlooked": Fault(
        "much by the day",
        "open at the end",
        "teams.waiting.Waiting._count_lost",
        "max(0, number - 1)",
        "min(number + 64, 256) - 1",
    ),
    "losers that nobody stretches": Fault(
        "much by the day", "open at the end", "teams.waiting.Waiting._count_lost", "lag * stretch[lane]", "lag"
    ),
    "winners counted with the losers": Fault(
        "much by the day",
        "open at the end",
        "reacting.items.list_lost",
        "passed[i] == 0",
        "passed[i] >= 0",
    ),
    "what waits no time put away": Fault(
        "seven steps", "entries", "reacting.items.list_waiting", "m += now", "m += False"
    ),
    "a band among calls that lower ones took": Fault(
        "few calls", "calls", "reacting.candidates.count_cell", "left -= cells[sheet + 16 * lower, s, 1]", "pass"
    ),
    "arrivals in no order under a cap": Fault(
        "caps", "rep-weeks", "reacting.limits.admit", "sort_stable(order, keys, spare, n)", "pass"
    ),
    "arrivals in the order of their words alone": Fault(
        "caps",
        "rep-weeks",
        "reacting.items.arrival_keys",
        "(kind << KIND_BITS) | ((c1 & 0xFFFF) << 24) | low",
        "(kind << KIND_BITS) | low",
    ),
    "a week's entries that are never forgotten": Fault(
        "caps", "turned away", "reacting.limits.admit", "last_week[s], entries[s] = week, 0", "last_week[s] = week"
    ),
    "those who wait no time take a place": Fault(
        "caps", "turned away", "reacting.limits.admit", "longest > 0 and lag[i] >= 0.5", "True"
    ),
    "those who go on leave a capped stage twice": Fault(
        "caps",
        "turned away",
        "reacting.calendar.lanes_due",
        "open_now[uint64(lane)] -= 1",
        "open_now[uint64(lane)] -= 2",
    ),
    "open items counted after the arrivals of the hour": Fault(
        "caps",
        "turned away",
        "teams.funnel.Funnel._pass_through",
        "n = self._enter(stage, n)",
        (
            "kept, of_stage, due = self._calendar, self._memory.capped[stage].open, 0\n"
            "if len(of_stage) > 0:\n"
            "    before = of_stage.copy()\n"
            "    calendar.lanes_due(first, stage, kept.next, kept.chunks, kept.count, kept.entries, "
            "of_stage)\n"
            "    due = before - of_stage\n"
            "    of_stage += 2 * due\n"
            "n = self._enter(stage, n)\n"
            "of_stage -= due"
        ),
    ),
    # Pulls
    "pulled from every stage": Fault(
        "pulls at each stage",
        "rep-weeks",
        "teams.waiting.Waiting._put_away",
        "stage == self._clock.steps - 1",
        "True",
    ),
    "a share that fell and is still the largest": Fault(
        "pulls at each stage",
        "rep-weeks",
        "reacting.limits.fill_shares",
        "limit[s] = now",
        "limit[s] = max(limit[s], now)",
    ),
    "a share that rose again and looks at what is new alone": Fault(
        "pulls at each stage",
        "open at the end",
        "reacting.limits.fill_shares",
        "risen or now > limit[s]",
        "risen or (limit[s] == 0 and now > 0)",
    ),
    "the rest looked at by the next drive in old places": Fault(
        "pulls that overlap",
        "rep-weeks",
        "teams.pulling.Pulling.pull",
        "left == listed or start == before",
        "left >= before",
    ),
    "words that stay where a pulled item was": Fault(
        "pulls at each stage", "rep-weeks", "reacting.limits.pull_items", "own[p, kept] = own[p, i]", "pass"
    ),
    "hours in turn on the last day of a window alone": Fault(
        "pulls at each stage",
        "rep-weeks",
        "teams.pulling.Pulling.needs_hours",
        "until > end - int(reaction.pull_hours[:, WINDOW].max())",
        "until >= end",
    ),
    "a cap that looks at whole intervals": Fault(
        "caps", "turned away", "teams.pulling.Pulling.needs_hours", "self._capped", "False"
    ),
    "the first hour of an interval alone": Fault(
        "pulls at each stage", "entries", "reacting.calling.list_called", "ends[until]", "ends[chain + 1]"
    ),
    # Rows
    "replications that share the words of their counts": Fault(
        "few calls", "calls", "reacting.candidates.draw_counts", "number + (s & mask)", "number", LANES_TO_SPARE
    ),
    "replications that share candidates": Fault(
        "few calls", "calls", "reacting.candidates.draw_candidates", "number + (s & mask)", "number", LANES_TO_SPARE
    ),
    "replications that are thinned by the same words": Fault(
        "few calls", "calls", "reacting.calling.draw_thinning", "number + (s & mask)", "number", LANES_TO_SPARE
    ),
    "reps that share candidates": Fault(
        "few calls", "calls", "reacting.candidates.draw_candidates", "s >> bits", "0", LANES_TO_SPARE
    ),
    "items of one replication": Fault(
        "seven steps", "entries", "reacting.items.find_replications", "int64(lane[i]) & mask", "0", LANES_TO_SPARE
    ),
    "a team of all replications": Fault(
        "few calls",
        "call, close",
        "teams.team.Team._tally",
        "lane >> np.uint32(self._bits) == rep",
        "lane >> np.uint32(self._bits) >= rep",
        LANES_TO_SPARE,
    ),
    "deals of the row before": Fault(
        "few calls", "call, close", "teams.team.Team._begin", "memory.closed.n = 0", "pass", TWO_ROWS
    ),
    "what the row before knew": Fault(
        "few calls",
        "calls",
        "teams.team.Team._begin",
        "lanes.known[:], lanes.level[:], lanes.response[:], lanes.habit[:] = 0, 0.0, 1.0, 1.0",
        "pass",
        TWO_ROWS,
    ),
    "a row after a smaller one with empty lanes": Fault(
        "seven steps",
        "calls",
        "teams.team.Team._begin",
        "memory.persons[:, :, :row.size] = 0",
        "pass",
        AFTER_A_SMALLER_ONE,
    ),
    "bookings of an hour of the week before": Fault(
        "few calls", "hour", "reacting.calling.squares_of_seats", "per_hour[hour, s] = 0", "pass", TWO_ROWS
    ),
}
GROWN: dict[str, Fault] = {
    "hours lost when candidates grow": Fault(
        "much by the day",
        "entries",
        "reacting.state.Candidates.make_room",
        "cards[:self.n]",
        "0",
    ),
    "words lost when candidates grow": Fault(
        "much by the day", "entries", "reacting.state.Candidates.make_room", "words[:, :self.n]", "words[:1, :self.n]"
    ),
    "words of a window lost when its list grows": Fault(
        "pulls at each stage",
        "rep-weeks",
        "reacting.state.Pulls.make_room",
        "new[..., :old.shape[-1]] = old",
        "new[..., :old.shape[-1]] = old if name != 'words' else 0",
    ),
    "what was pulled forgotten when the list grows": Fault(
        "pulls that overlap",
        "rep-weeks",
        "reacting.state.Pulls.make_room",
        "new[..., :old.shape[-1]] = old",
        "new[..., :old.shape[-1]] = old if name != 'pulled' else 0",
    ),
    "entries lost when the calendar grows": Fault(
        "all pulled at once",
        "entries",
        "reacting.state.Calendar.make_room",
        "new[:rows] = old[:rows]",
        "new[:rows] = old[:rows] if name != 'entries' else 0",
    ),
}
ALL = FAULTS | GROWN


@pytest.fixture
def uncompiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let all that grows begin with little room, if that is asked for."""
    if request.param:
        monkeypatch.setattr(engine().modules["simcore.kernels.reacting.state"], "ROOM", LITTLE)
    return monkeypatch


@pytest.mark.parametrize(("name", "of"), sorted({(fault.case, fault.of) for fault in ALL.values()}))
@pytest.mark.parametrize("uncompiled", [False, True], indirect=True, ids=["as it is", "little room"])
@pytest.mark.usefixtures("uncompiled")
def test_without_a_bug_the_uncompiled_kernels_agree(name: str, of: Replications) -> None:
    CHECKED.agree(name, of)


@pytest.mark.parametrize(
    ("name", "uncompiled"),
    [*((name, False) for name in FAULTS), *((name, True) for name in GROWN)],
    indirect=["uncompiled"],
)
def test_a_bug_planted_in_rows_of_teams_is_caught(name: str, uncompiled: pytest.MonkeyPatch) -> None:
    CHECKED.catch(ALL[name], uncompiled)
