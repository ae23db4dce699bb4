"""Pages of answers that are about an export: forecasts, backtests, checks."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from simcore.answers.numbers import count
from simcore.base.text import printable
from simcore.crm.document import DataCheck
from simcore.exported.check_pictures import findings_table
from simcore.forecasting.backtest_document import Backtest
from simcore.pages.explained import words_of
from simcore.pages.markup import Markup, element, lines
from simcore.pages.page import answer_section, picture_section, whole_page
from simcore.pages.tables import table_of
from simcore.results.exported import exported

if TYPE_CHECKING:
    from simcore.answers.answer import Answer
    from simcore.charts.picture import Picture
    from simcore.forecasting.forecast_document import Forecast

_COMMANDS = {"forecast": "forecast", "backtest": "backtest", "data-check": "data check"}
_FOOTERS = {
    "forecast": "Learned from the export alone; what changes after its last day is in no range. How far such ranges "
    "can be believed is told by simcore backtest.",
    "backtest": "Each forecast is made from what was known on its day. What held so far may not hold for what comes.",
    "data-check": "Nothing was written or sent. Names of accounts, and cells that were not understood, are shown only "
    "where they were asked for.",
}


class ToldOfExport(NamedTuple):
    """What a page tells of."""

    document: Forecast | Backtest | DataCheck
    command: str
    """That makes the page again; empty if it is not known."""


def exported_page(told: ToldOfExport) -> str:
    """Return a page as HTML: self-contained, readable without scripts, the same bytes for the same answer."""
    document, kind = told.document, told.document.document
    found: Answer = exported(kind, "answer")(document)
    pictures: list[Picture | None] = exported(kind, "pictures")(document)
    check = isinstance(document, DataCheck)
    name = PurePath(document.files[0].file).name if isinstance(document, DataCheck) else document.scenario.name
    body = element(
        "main",
        element("p", f"simcore {_COMMANDS[kind]}", class_="kicker"),
        element("h1", printable(name)),
        answer_section(found),
        *(_findings(document) if isinstance(document, DataCheck) else ()),
        *(picture_section(picture) for picture in pictures if picture is not None),
        _identity(told),
        words_of(found.words),
        element("footer", _FOOTERS[kind] + ("" if check else " \u00b1 is one standard error of the simulation.")),
    )
    return whole_page(f"{printable(name)}: simcore {_COMMANDS[kind]}", body)


def _findings(document: DataCheck) -> list[Markup]:
    if not document.findings:
        return []
    listed = table_of(findings_table(document), "What has to be mended (E), and what is worth knowing (W)")
    return [element("section", element("h2", "Findings"), listed, id="findings")]


def _identity(told: ToldOfExport) -> Markup:
    """Return which files and worlds it rests on, and how to make it again."""
    document = told.document
    facts: list[tuple[str, str]] = []
    if isinstance(document, DataCheck):
        facts += [(each.holds, f"{PurePath(each.file).name}, {count(each.rows)} rows") for each in document.files]
    else:
        if document.deals is not None:
            facts += [("deals" if document.as_of else "calls", count(document.deals))]
        facts += [("worlds", f"{count(document.replications)} of each forecast"), ("seed", str(document.scenario.seed))]
        facts += [("digest", document.digest)]
    facts += [("as of the evening of", document.as_of)] if document.as_of else []
    facts += [("simcore", document.version)]
    listed = element(
        "dl", *(part for name, say in facts for part in (element("dt", name), element("dd", printable(say))))
    )
    again = [
        element("p", "The same command, files, version and seed give the same page, to the byte:"),
        element("pre", element("code", lines(told.command)), tabindex="0"),
    ]
    return element(
        "section",
        element("h2", "How to make it again"),
        Markup(listed.replace("<dl>", '<dl class="identity">', 1)),
        *(again if told.command else ()),
        id="identity",
    )
