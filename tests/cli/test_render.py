"""The report at 80 columns: against kept texts, and with names that try to be more than text."""

from __future__ import annotations

import io
import unicodedata

import pytest
from rich.console import Console
from rich.text import Text

from simcore.answers.numbers import NONE
from simcore.cli.screens.layout import listing
from simcore.cli.screens.run import run_details
from simcore.statistics.estimate import Estimate
from tests.cli.golden import FOLDER, GOLDEN, plain_report
from tests.support.summaries import CALLS, averaging, estimate, summary

NASTY = "[/foo][bold]\x1b[31mred\x1b]8;;http://x\x07\u202egnp.exe\u2066\n\t\x00[link=http://x]"


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    assert GOLDEN[name]() == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GOLDEN)
def test_fits_80_columns(name: str) -> None:
    assert max(map(len, GOLDEN[name]().splitlines())) <= 80


def test_every_estimate_is_shown_with_its_error() -> None:
    text = plain_report()
    for shown in ("10.0012 ± 0.0014", "$20.0034 ± 0.0088", "53.660 % ± 0.080", "51.20 % ± 0.25"):
        assert shown in text
    lines = text.splitlines()
    week = next(number for number, line in enumerate(lines) if line.startswith("week"))
    assert lines[week].split() == ["week", "10,000", "9,990", "99.90", "0", "10,000", "30,000", "36.751"]
    assert lines[week + 1].split() == ["±", "14", "±", "14", "±", "0.14", "±", "0.053"]


def test_names_are_neither_markup_nor_commands() -> None:
    document = summary().model_dump()
    document["scenario"]["name"] = NASTY
    document["scenario"]["strategies"] = [NASTY]
    document["scenario"]["currency"] = "[b]"
    document["sentence"] = NASTY
    for row in document["funnel"]:
        row["stage"] = NASTY
    document["open_at_end"] = [{"stage": NASTY, "waiting_for": NASTY, "per_rep": {"estimate": 1.0, "se": 0.1}}]
    document["turned_away"] = [{"stage": NASTY, "per_rep_week": {"estimate": 1.0, "se": 0.1}}]
    document["clipped"] = [{"what": NASTY, "count": 3}]
    stream = io.StringIO()
    Console(file=stream, width=80, color_system=None).print(run_details(summary(**document), NASTY))
    Console(file=stream, width=80, color_system=None).print(listing([(NASTY, NASTY)]))
    text = stream.getvalue()
    assert "[/foo][bold]" in text
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


def test_no_colour_without_a_terminal_and_nothing_but_style_with_one() -> None:
    plain, styled = io.StringIO(), io.StringIO()
    Console(file=plain, width=80, color_system=None).print(run_details(summary()))
    Console(file=styled, width=80, force_terminal=True, color_system="standard", no_color=False).print(
        run_details(summary())
    )
    assert "\x1b" not in plain.getvalue()
    assert "\x1b" in styled.getvalue()
    assert Text.from_ansi(styled.getvalue()).plain.split() == plain.getvalue().split()


@pytest.mark.parametrize(("factor", "unit"), [(1.0, "USD"), (100.0, "thousand USD"), (1e5, "million USD")])
def test_large_amounts_change_the_unit_and_still_fit(factor: float, unit: str) -> None:
    rows = []
    for row in averaging():
        cells = {
            name: estimate(cell.estimate * factor)
            for name in ("mean", "sd", "q05", "q50", "q95")
            if (cell := getattr(row.revenue, name)).estimate is not None
        }
        rows.append(row.model_copy(update={"revenue": row.revenue.model_copy(update=cells)}).model_dump())
    text = plain_report(averaging={"close": rows, "origin": rows})
    assert f"revenue of one rep, {unit}\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_run_of_one_replication_says_that_it_has_no_errors() -> None:
    document = summary().model_dump()
    rows = [row.model_dump() for row in averaging()]
    for row in rows:
        for part in ("revenue", "first_step"):
            for cell in row[part].values():
                cell["se"] = None
    document["replications"] = 1
    text = plain_report(replications=1, averaging={"close": rows, "origin": rows})
    assert "1 replication of 10 reps" in text
    assert "One replication: no standard errors can be given." in text


def test_what_is_not_defined_is_a_dash() -> None:
    nothing = Estimate(estimate=None, se=None)
    zero = estimate(0.0, 0.0)
    cells = {"mean": zero, "sd": zero, "cv": nothing, "q95": zero}
    rows = [row.model_dump() for row in averaging(**dict.fromkeys(CALLS, cells))]
    quota = {"period": "year", "amount": 1.0, "p_hit": None, "p_hit_team": None}
    text = plain_report(averaging={"close": rows, "origin": rows}, quota=quota)
    assert "no whole year" in text
    assert next(line for line in text.splitlines() if line.startswith("year")).split()[:4] == [
        "year",
        "0",
        "0",
        NONE,
    ]
