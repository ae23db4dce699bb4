"""Needs of deals as a file writes them: defaults, and what is refused, with its path."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import validate
from simcore.scenario.needs import at_once, needs_step
from tests.support.needs_cases import ALL, MAKER, needing
from tests.support.reactive_cases import MONTHLY, drive, playing
from tests.support.scenario_cases import Scenario, funnel, scenario

SHORT = {"at_start": 0.5, "without": 0.2}
PULL = {"pull_forward": {"slope": 0.2, "window": "1w", "reach": "1w"}}


def problems(plain: Scenario) -> dict[str | None, str]:
    """Return what is wrong by path."""
    with pytest.raises(ScenarioError) as raised:
        validate(plain)
    return {problem.path: problem.message for problem in raised.value.problems}


def test_a_need_has_few_required_keys_and_neutral_defaults() -> None:
    need = validate(needing({"maker": SHORT | {"qualify": {"share": 0.5, "works": 1}}})).funnel[3].needs
    assert need is not None
    maker = need["maker"]
    assert (maker.slows, maker.calls, maker.rescue) == (1.0, None, None)
    assert maker.qualify is not None
    assert (maker.qualify.calls, str(maker.qualify.takes), maker.qualify.drop) == (0, "0d", 0.0)


def test_the_step_with_needs() -> None:
    assert needs_step(validate(needing(ALL)).funnel) == 3
    assert needs_step(validate(scenario()).funnel) == 0


def test_files_without_needs_keep_their_digest_and_others_have_their_own() -> None:
    """The digest is that of the text, which has no key for what is left out."""
    assert "needs" not in str(validate(scenario()).resolved())
    digests = {scenario_digest(validate(needing(needs))) for needs in (ALL, {"maker": SHORT}, {"other": SHORT})}
    assert len(digests) == 3


def test_every_figure_of_a_need_is_told_with_its_source() -> None:
    need = deepcopy(MAKER) | {"source": "our log"}
    told = {row.path: row.source for row in assumptions(validate(needing({"maker": need})))}
    at = "funnel.wins.needs.maker"
    assert told[f"{at}.at_start"] == "our log"
    assert {f"{at}.calls.surfaces", f"{at}.rescue.rate", f"{at}.qualify.share", f"{at}.qualify.takes"} <= told.keys()


@pytest.mark.parametrize(
    ("need", "key", "said"),
    [
        ({"without": 0.2}, "at_start", "is missing"),
        ({"at_start": 0.2}, "without", "is missing"),
        (SHORT | {"slows": 0.5}, "slows", "out of range"),
        (SHORT | {"without": 1.5}, "without", "out of range"),
        (SHORT | {"rescue": {"rate": 1, "lag": "1d"}}, "rescue", "without calls the gap never shows"),
        (SHORT | {"calls": {"every": "0.4h", "surfaces": 1}}, "calls.every", "less than an hour"),
        (SHORT | {"calls": {"every": "6000w", "surfaces": 1}}, "calls.every", "longer than five years"),
        (SHORT | {"calls": {"every": "1w", "surfaces": 2}}, "calls.surfaces", "out of range"),
        (SHORT | {"qualify": {"share": 1, "works": 1, "takes": "900w"}}, "qualify.takes", "longer than five years"),
        (SHORT | {"qualify": {"share": 1}}, "qualify.works", "is missing"),
        (
            SHORT | {"calls": {"every": "1w", "surfaces": 0}, "rescue": {"rate": 1, "lag": "999w"}},
            "rescue.lag",
            "years",
        ),
    ],
)
def test_a_need_that_cannot_be(need: dict[str, Any], key: str, said: str) -> None:
    found = problems(needing({"maker": need}))
    assert said in found[f"funnel.wins.needs.maker.{key}"]


def test_needs_belong_to_one_later_step() -> None:
    needs: Scenario = {"needs": {"maker": SHORT}}
    assert "not for the first step" in problems(scenario(funnel=funnel(needs)))["funnel.meetings.needs"]
    assert "second stage with needs" in problems(scenario(funnel=funnel({}, needs, needs)))["funnel.wins.needs"]
    first = [{"stage": "calls", **needs}, *funnel()[1:]]
    assert "not for the first stage" in problems(scenario(funnel=first))["funnel.calls.needs"]
    assert "has 0 needs" in problems(needing({}))["funnel.wins.needs"]
    assert "has 4 needs" in problems(needing(ALL | {"more": SHORT}))["funnel.wins.needs"]


def test_what_a_strategy_can_do_with_needs() -> None:
    qualify, needs = {"qualify": {"slope": -0.4}}, {"needs": {"maker": SHORT}}
    plain = playing("day", {"one": drive({"dry_spell": 1}, qualify)}, funnel=funnel({}, {}, needs))
    at = "strategies.reacting.drives.one.changes"
    assert "no stage of this funnel has needs with qualify" in problems(plain)[f"{at}.qualify"]
    unheard = playing("day", {"one": drive({"surprised": 1}, {"activity": {"slope": 1}})})
    assert "no stage of this funnel has needs" in problems(unheard)[at.replace("changes", "signals.surprised")]
    pulling = playing(
        "day",
        {"one": drive({"dry_spell": 1}, PULL)},
        quota=MONTHLY,
        funnel=funnel({}, {}, {"lag": "2w", "needs": {"maker": SHORT}}),
    )
    assert "decides deals early" in problems(pulling)[f"{at}.pull_forward"]
    earlier = pulling | {"funnel": funnel({}, needs, {"lag": "2w"})}
    assert validate(earlier).strategy.drives.keys() == {"one"}


def test_deals_that_are_decided_at_once_show_no_gap() -> None:
    needs = validate(needing({"maker": MAKER})).funnel[3].needs
    assert at_once(None) is None
    (need,) = (at_once(needs) or {}).values()
    assert (need.calls, need.rescue, need.slows, need.without) == (None, None, 1.0, 0.3)
    assert need.qualify is not None
    assert (need.qualify.takes.amount, need.qualify.calls) == (0.0, 4)
