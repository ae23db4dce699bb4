"""Words of exports: what is read of a CRM, and how it is called."""

from __future__ import annotations

from simcore.glossary.word import Word

EXPORTS = (
    Word(
        "export",
        "A file that a CRM writes of its deals, of their history, or of calls. `simcore data check` tells what is in "
        "it and what is wrong with it.",
        "exports.md#reading-the-exports-of-a-crm",
        ("CSV of deals",),
    ),
    Word(
        "dialect",
        "Whose export a file is: plain, Salesforce, HubSpot or Pipedrive. It is told from the headers, and printed.",
        "exports.md#salesforce-hubspot-pipedrive",
    ),
    Word(
        "forecast",
        "What may come from deals by a day, as a range: from those that are open and from those that are not there "
        "yet. `simcore forecast` makes it of an export, or of a scenario with open deals.",
        "forecast.md#the-model",
    ),
    Word(
        "fit",
        "A scenario made of an export, each figure with the interval that so many deals leave open. `simcore fit` "
        "writes it, with open deals and draws beside it.",
        "fit.md#what-is-fitted-and-how",
    ),
    Word(
        "model check",
        "Worlds of a fitted model beside what was seen: a p-value near 0 or 1 says that the model hardly ever shows "
        "such data, whatever its figures.",
        "fit.md#what-is-printed",
        ("posterior predictive check", "p-value"),
    ),
    Word(
        "backtest",
        "Forecasts from days that lie behind, each from what was known on that day, beside what came: how often "
        "their intervals held, and how they compare with methods that need no model.",
        "forecast.md#backtests",
    ),
    Word(
        "CRPS",
        "Continuous ranked probability score of a forecast: how far its whole distribution lies from what came. The "
        "lower, the better; of a forecast without a range, the absolute error.",
        "forecast.md#backtests",
        ("continuous ranked probability score",),
    ),
    Word(
        "stage-weighted pipeline",
        "Every open deal times the win rate of its stage, as a CRM shows it. It asks not when, leaves out deals that "
        "are not there yet, and has no range.",
        "forecast.md#what-is-printed",
    ),
    Word(
        "mapping file",
        "A YAML file that says what columns, stages and words of an export mean, where its headers do not: `--map`.",
        "exports.md#the-mapping-file",
        ("simcore-map", "--map"),
    ),
    Word(
        "as-of day",
        "The day on whose evening an export stands: what is open then is open. That of the last event, or `--as-of`.",
        "exports.md#what-the-columns-become",
        ("as of", "--as-of"),
    ),
    Word(
        "planned day",
        "When an open deal is planned to close, by the CRM. It is a wish: never read as a closing.",
        "exports.md#the-plain-dialect",
        ("expected close date",),
    ),
    Word(
        "history",
        "Which stages a deal entered, and when. Without one only the stage of today is known.",
        "exports.md#the-plain-dialect",
        ("stage history", "--history"),
    ),
    Word(
        "stay",
        "The time that a deal spends in a stage, from entering to leaving it. One that comes back has a second stay.",
        "exports.md#what-the-columns-become",
        ("stage entry",),
    ),
    Word(
        "reopened",
        "A deal that was won or lost and came back to a stage; its last end counts.",
        "exports.md#what-the-columns-become",
    ),
    Word(
        "finding",
        "One thing that is wrong with an export, or worth knowing. Grade E has to be mended first, grade W is a "
        "warning; each has its count, three rows, and what was done.",
        "exports.md#what-is-checked",
        ("grade",),
    ),
)
