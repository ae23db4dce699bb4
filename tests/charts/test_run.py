"""Pictures of a run beside those of the run before: both on the same axes, the earlier one as it was, in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simcore.charts.detail import detail_of
from simcore.charts.run import Played, averaging, before_and_after
from simcore.charts.run_weeks import ends
from simcore.charts.shapes.palette import colour
from simcore.charts.shapes.theme import WIDE
from simcore.engine.simulation import simulate
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from simcore.charts.picture import Picture
    from simcore.charts.shapes.theme import Spec


def played(change: str) -> Played:
    scenario = load_scenario("trust-the-process", ["horizon.weeks=26", "team.reps=4", change])
    return Played(simulate(scenario, replications=64).summary, detail_of(scenario, 64))


@pytest.fixture(scope="module")
def small() -> Played:
    return played("deal.fixed=4000")


@pytest.fixture(scope="module")
def large() -> Played:
    return played("funnel.meetings.rate=4%")


def layers(picture: Picture) -> list[Spec]:
    """Return what is drawn, from the back."""
    return list(picture.draw(WIDE)["layer"])


def grey(picture: Picture, mark: str, channel: str) -> Spec:
    """Return the layer of the run before."""
    (found,) = [
        each
        for each in layers(picture)
        if each["mark"]["type"] == mark and each["mark"].get(channel) == colour("muted")
    ]
    return found


def domain(picture: Picture) -> list[float]:
    """Return the ends of the axis of money, or of multiples of the mean."""
    return next(
        each["encoding"]["x"]["scale"]["domain"] for each in layers(picture) if "scale" in each["encoding"].get("x", {})
    )


def test_the_run_before_has_its_own_bars_behind_the_pyramid(small: Played, large: Played) -> None:
    picture = averaging(large.summary, small.summary)
    alone = averaging(small.summary)
    assert picture is not None
    assert alone is not None
    ghost = grey(picture, "bar", "stroke")["data"]["values"]
    own = {row["name"]: row for row in alone.draw(WIDE)["data"]["values"]}
    assert ghost
    assert {row["name"]: row["low"] for row in ghost} == {name: row["low"] for name, row in own.items()}
    assert max(row["end"] for row in ghost) <= domain(picture)[1]
    assert picture.table == averaging(large.summary).table  # type: ignore[union-attr]


@pytest.mark.parametrize("swapped", [False, True])
def test_how_a_period_ended_before_is_an_outline_on_the_same_axis(small: Played, large: Played, swapped: bool) -> None:
    now, before = (small, large) if swapped else (large, small)
    picture = ends(now.detail, now.summary, before.detail)
    alone = ends(now.detail, now.summary)
    assert picture is not None
    assert alone is not None
    outline = grey(picture, "line", "color")["data"]["values"]
    low, high = domain(picture)
    assert low <= outline[0]["place"] < outline[-1]["place"] <= high
    assert (outline[0]["size"], outline[-1]["size"]) == (0, 0)
    assert sum(point["size"] for point in outline) == pytest.approx(100)
    assert low <= domain(alone)[0] + 1e-6
    assert sum(row["size"] for row in picture.draw(WIDE)["data"]["values"]) == pytest.approx(100)


def test_without_a_run_before_nothing_is_grey(large: Played) -> None:
    pictures = before_and_after(large, None)
    alone = [ends(large.detail, large.summary), averaging(large.summary)]
    assert [picture.draw(WIDE) for picture in pictures] == [each.draw(WIDE) for each in alone if each is not None]
    assert [picture.name for picture in before_and_after(large, large)] == ["ends", "pyramid"]
