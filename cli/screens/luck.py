"""What of a rep's results is luck, as text: a part for each question; no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, count, counted, significant
from simcore.base.text import printable
from simcore.cli.screens.layout import cell, grid, inline, note, percent, spaced, stacked, titled
from simcore.cli.screens.luck_streaks import streaks_part
from simcore.cli.tables import Paragraph, fits
from simcore.results.sentences import in_percent, money

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.luck.document import Dismissal, Luck, Regression, Reliability, Retest, RuleRow, WeeksUntil

_QUESTIONS = {
    "reliability": "How long until a rep's own results mean something",
    "streaks": "Streaks, and when they are evidence",
    "regression": "Regression to the mean",
    "dismissal": "Dismissal on results",
}


def luck_details(found: Luck) -> RenderableType:
    """Return the answers as text for 80 columns."""
    parts: list[RenderableType] = [Paragraph(_differ(found))]
    if found.who is not None:
        title = f"Is {printable(found.who_name or f'rep {found.who}')} ahead?"
        parts.append(titled(title, _against(found)))
    if found.reliability is not None:
        parts += _reliability(found.reliability, found)
    parts += [] if found.streaks is None else streaks_part(found.streaks)
    if found.regression is not None:
        parts += [_regression(found.regression, found.currency)]
    if found.dismissal is not None:
        parts += [_dismissal(found.dismissal, found)]
    parts += [
        titled(_QUESTIONS[each.part], Paragraph(f"Not here: {printable(each.reason)}.")) for each in found.skipped
    ]
    parts.append(note(_note(found)))
    return Group(*spaced(parts))


def _differ(found: Luck) -> str:
    passing = (
        f" Bad habits come and go at the steps into: {printable(', '.join(found.habits))}. They are no part of a "
        "rep's own rate: what they do counts as luck here, though it lasts for weeks."
        if found.habits
        else ""
    )
    if found.unlike:
        return (
            "People have something of their own in this file: who is better is said in it, and not to be found out "
            f"from results.{passing}"
        )
    if not found.differ:
        return (
            "Reps do not differ in this scenario (no rep_cv): whatever ranks them is luck, all of it, and no number of "
            f"weeks changes that.{passing}"
        )
    return f"Reps differ in the steps into: {printable(', '.join(found.differ))}.{passing}"


def _reliability(found: Reliability, whole: Luck) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if whole.differ:
        parts.append(titled(_QUESTIONS["reliability"], _weights(found)))
        parts.append(Paragraph(_weights_text(found)))
        parts.append(titled("Is the better of two reps of a team ahead?", _pairs(found)))
    parts.append(titled("A team ranked by revenue", _rankings(found)))
    if found.retest is not None:
        parts.append(Paragraph(_retest_text(found.retest, differs=bool(whole.differ))))
    return parts


@fits
def _weights(found: Reliability) -> RenderableType:
    table = grid(["weight of own results, %", "1 week", "quarter", "year", "weeks to 50 %", "to 80 %"])
    for row in found.weights:
        by_weeks = {point.weeks: point.weight for point in row.points}
        cells = [cell(by_weeks.get(weeks), scale=100.0) if row.differs else Text("0") for weeks in (1, 13, 52)]
        table.add_row(printable(row.measure), *cells, *(_weeks(each, differs=row.differs) for each in row.until))
    return table


def _weeks(until: WeeksUntil, *, differs: bool) -> Text:
    if not differs:
        return Text("never")
    return inline(until.weeks) if until.weeks.estimate is not None else Text("not seen")


def _weights_text(found: Reliability) -> str:
    calls = [row for row in found.weights if row.kind != "step" and row.differs]
    known = [
        f"{printable(row.measure)} {significant(row.until[0].known, 3)}"
        for row in calls
        if row.until[0].known is not None
    ]
    beyond = any(each.beyond_run for row in found.weights for each in row.until)
    tail = " Weeks beyond the run are extrapolated." if beyond else ""
    return (
        "The rest of the weight belongs to the team's rate of the same weeks. By chance alone, in closed form, weeks "
        f"to 50 %: {', '.join(known)}; week noise, market, habits and lags, where there are any, make it longer.{tail}"
    )


@fits
def _pairs(found: Reliability) -> RenderableType:
    table = grid(["after a", "ranked by", "ahead", "level", "behind"], left=2)
    for row in found.pairs:
        cells = (percent(each) for each in (row.ahead, row.tied, row.behind))
        table.add_row(row.horizon, printable(row.measure), *cells)
    return table


@fits
def _against(found: Luck) -> RenderableType:
    table = grid(["after a", "of rep", "ahead", "level", "behind"], left=2)
    for row in found.people:
        cells = (percent(each) for each in (row.ahead, row.tied, row.behind))
        table.add_row(row.horizon, printable(row.name or str(row.rep)), *cells)
    return table


@fits
def _rankings(found: Reliability) -> RenderableType:
    table = grid(["of one", "luck", "top quarter right", "by lot"])
    for row in found.rankings:
        chance = Text(f"{100.0 * row.overlap_by_chance:.0f} %")
        table.add_row(row.horizon, percent(row.luck), percent(row.overlap), chance)
    return table


def _retest_text(retest: Retest, *, differs: bool) -> str:
    if retest.quarters.estimate is None:
        return "How a quarter's revenue goes with the next one's these worlds do not tell."
    text = f"A quarter's revenue correlates with the next one's, within teams, at {_plain(retest.quarters)}"
    if not differs:
        lasting = abs(retest.quarters.estimate) > 3.0 * (retest.quarters.se or 0.0)
        return f"{text}: " + ("no skill, but luck that carries over." if lasting else "nothing that lasts is seen.")
    if retest.quarters_exact is not None:
        text += f" (in closed form {retest.quarters_exact:.3f})"
    text += f"; two half-years should at {_plain(retest.half_years_foretold)} (Spearman and Brown)"
    if retest.half_years is not None:
        text += f", and do at {_plain(retest.half_years)}"
    if retest.quarters_for_80.estimate is not None:
        text += f". A reliability of 0.8 takes {_plain(retest.quarters_for_80)} quarters"
    return f"{text}."


def _plain(estimate: Estimate) -> str:
    return inline(estimate).plain


@fits
def _regression(found: Regression, currency: str) -> RenderableType:
    headings = ["if left alone", "this quarter", "next quarter", "change", "if normal", "coached by lot"]
    table = grid(headings)
    for row in found.tenths:
        cells = (row.before, row.after, row.change, row.normal, row.coached_by_lot)
        table.add_row(f"{row.who} tenth", *(_stacked(cell, 1e-3) for cell in cells))
    text = (
        f"In thousands of {printable(currency)} above the own team's mean; a quarter brings {_plain(found.mean)}. "
        "Whoever coaches the bottom tenth sees the change and has done nothing; coached by lot is what a control "
        "shows: half of the tenth against the other half, nobody having done anything. If normal: (1 - r) x 1.755 sd, "
        f"r = {_plain(found.correlation)}."
    )
    return titled(_QUESTIONS["regression"], Group(table, Text(), Paragraph(text)))


def _stacked(estimate: Estimate, scale: float) -> Text:
    if estimate.estimate is None:
        return Text(NONE)
    return stacked(estimate, scale=scale)


@fits
def _dismissal(found: Dismissal, whole: Luck) -> RenderableType:
    table = grid(["dismissed on", "sound go", "weak stay", "sound of them", "year 1", "later years", "pays after"])
    for row in found.rules if whole.differ else found.rules[:1]:
        shares = (_stacked(each, 100.0) for each in (row.sound_dismissed, row.weak_kept, row.sound_among))
        amounts = (_stacked(each, 1e-3) for each in (row.first_year, row.later_years))
        pays = _pays(row)
        table.add_row(row.rule, *shares, *amounts, pays)
    quota, results = money(found.quota, whole.currency), found.rules[0]
    times = "a quarter" if found.quarters == 1 else f"{found.quarters} quarters on end"
    rule = f"below {in_percent(found.below)} of quota ({quota}) {times} within {whole.weeks // 13} quarters"
    goes = (
        f"Whoever is {rule} goes; these worlds do not tell how many do."
        if results.dismissed.estimate is None
        else f"Of reps who do not leave by themselves {_plain_percent(results.dismissed)} are {rule}."
    )
    goes += f" Weak is a true expected attainment below {in_percent(found.weak_below)}"
    goes += "." if found.weak.estimate is None else f": {_plain_percent(found.weak)} of reps."
    assumed = f" Assumed, since the scenario does not say: {' and '.join(found.assumed)}." if found.assumed else ""
    reads = (
        "Shares in %. The other rules dismiss as many. Year 1, later years: expected revenue a year that a dismissal "
        f"brings, thousands of {printable(whole.currency)}; pays after so many weeks. The seat is vacant for "
        f"{found.vacancy_weeks} weeks, then ramps up over {found.ramp_weeks} from {in_percent(found.ramp_start)}."
        f"{assumed}"
    )
    if not whole.differ:
        reads = f"Whoever goes is sound, and no other rule would do better: reps do not differ. {reads}"
    return titled(_QUESTIONS["dismissal"], Group(Paragraph(goes), Text(), table, Text(), Paragraph(reads)))


def _pays(row: RuleRow) -> Text:
    """Return after how many weeks a dismissal has paid; never, only where later years bring no more for certain."""
    if row.pays_after.estimate is not None:
        return _stacked(row.pays_after, 1.0)
    if row.later_years.high is None:
        return Text(NONE)
    return Text("never" if row.later_years.high <= 0.0 else "not seen")


def _plain_percent(estimate: Estimate) -> str:
    return percent(estimate).plain


def _note(found: Luck) -> str:
    return (
        f"{count(found.replications)} worlds of {counted(found.reps, 'rep')} over {count(found.weeks)} weeks, seed "
        f"{found.seed}. Reps are the first holders of their seats, from a ramp's end until they leave. ± is one "
        "standard error, over worlds."
    )
