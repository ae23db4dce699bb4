"""Pictures of a forecast: how it may add up, what it and its width are made of, its deals, and any weather."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simcore.base.text import printable
from simcore.charts.picture import Picture, estimated, exact, interval, table, words
from simcore.charts.rows import Unit, between, forest_picture, row_of
from simcore.charts.shapes.fan import Spoke, fan
from simcore.charts.shapes.stacked import Slice, stacked
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.exported.forecast_answer import WEATHERS, amount, parts_of, source_words

if TYPE_CHECKING:
    from simcore.forecasting.forecast_document import Forecast

_PERCENT: Final = Unit(scale=100.0, suffix=" %")
_FORM: Final = ",~f"


def forecast_pictures(found: Forecast) -> list[Picture | None]:
    """Return the pictures of a forecast."""
    return [_fan(found), _parts(found), _width(found), _deals(found), _weather(found)]


def _unit(found: Forecast) -> str:
    return "wins" if found.measure == "wins" else f"value of wins, {printable(found.currency)}".rstrip(", ")


def _fan(found: Forecast) -> Picture:
    quota = found.quota
    spokes = []
    for week, point in enumerate(found.fan, start=1):
        low, median, high = (amount(each, found) for each in (point.low, point.median, point.high))
        says = f"by {point.until}: middle {median}, nine of ten between {low} and {high}"
        spokes.append(Spoke(week, point.low, point.low, point.median, point.high, point.high, says, quota))
    asked = "" if quota is None else f" The dashed line is the quota of {amount(quota, found)}."
    says = f"What has come by the end of each week: the line is the middle, nine of ten worlds lie in the band.{asked}"
    across, up = Axis(f"week from {found.first_day}", "d"), Axis(_unit(found), _FORM)
    lines = [(words(each.until), exact(each.low), exact(each.median), exact(each.high)) for each in found.fan]
    return Picture(
        "fan",
        "How it may add up",
        says,
        lambda width: fan(spokes, Canvas(width), across, up, about=says),
        table(("by", "5 %", "median", "95 %"), lines),
    )


def _parts(found: Forecast) -> Picture:
    means = [("closed already", found.closed)]
    means += [(name, each.mean.estimate or 0.0) for name, each in parts_of(found)[:-1]]
    slices = [
        Slice("in the mean", name, max(value, 0.0), f"{name}: {amount(value, found)} in the mean")
        for name, value in means
    ]
    lines = [
        (words(name), estimated(each.mean), interval(each.low, each.high), exact(each.median))
        for name, each in parts_of(found)
    ]
    closed = found.history_weeks is not None
    if closed:
        lines.insert(0, (words("closed already"), exact(found.closed), words("\u2013"), exact(found.closed)))
    made_of = "closed, from open deals, and from deals to come" if closed else "from open deals, and from deals to come"
    says = f"What the total is made of in the mean, since {found.since}: {made_of}."
    axis = Axis(_unit(found), _FORM)
    return Picture(
        "parts",
        "What it is made of",
        says,
        lambda width: stacked(slices, Canvas(width), axis, about=says),
        table(("part", "mean", "5 to 95 %", "median"), lines),
    )


def _width(found: Forecast) -> Picture | None:
    shares = sorted(found.width, key=lambda each: -(each.share.estimate or 0.0))
    rows = [row_of(source_words(each.source, found), each.share, _PERCENT) for each in shares]
    lines = [(words(source_words(each.source, found)), estimated(each.share, percent=True)) for each in shares]
    says = "Shares in the variance of the total, with 95 % intervals: what would have to be known for a narrower range."
    name = ("width", "What the width is made of", says)
    return forest_picture(name, rows, Axis("% of the variance"), table(("what", "share"), lines), bars=True)


def _deals(found: Forecast) -> Picture | None:
    rows = [
        between(each.id, each.chance.estimate or 0.0, each.chance_low, each.chance_high, _PERCENT)
        for each in found.largest
    ]
    rows = [row._replace(says=row.says.replace("95 % interval", "90 % of what is not known:")) for row in rows]
    lines = [
        (
            words(printable(each.id)),
            words(printable(each.stage)),
            exact(each.value),
            estimated(each.chance, percent=True),
            interval(each.chance_low, each.chance_high, percent=True),
            estimated(each.p_quota_without, percent=True),
        )
        for each in found.largest
    ]
    headings = ("deal", "stage", "value", "chance", "90 % of what is not known", "quota without it")
    says = f"The chance of each to be won by {found.by}; the lines are 90 % of what is not known of rates and market."
    name = ("deals", "Open deals that matter most", says)
    return forest_picture(name, rows, Axis("chance, %"), table(headings, lines, left=2))


def _weather(found: Forecast) -> Picture | None:
    rows = [row_of(WEATHERS[each.market], each.p_quota, _PERCENT) for each in found.weather]
    lines = [
        (words(WEATHERS[each.market]), exact(each.factor, ".3g"), estimated(each.p_quota, percent=True))
        for each in found.weather
    ]
    says = "The chance of the quota by the market until the day, with 95 % intervals of the simulation."
    headings = ("the market until then", "wins over the past", "quota reached")
    return forest_picture(("weather", "Any weather", says), rows, Axis("quota reached, %"), table(headings, lines))
