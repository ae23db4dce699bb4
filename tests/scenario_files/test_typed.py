"""What people type into scenario files: one plain reading is read as if typed plainly, all else is told in words.

The lines of the tables are as long as what is typed and said.
"""
# ruff: noqa: E501

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.base.errors import Problem, ScenarioError
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario
from simcore.scenario_files.scenario_file import dump_yaml, load_scenario, parse_scenario

PLAIN = """\
simcore: 1
name: Typed
team: {reps: 10}
plan: {calls_per_week: 500}
funnel:
  - {stage: calls}
  - {stage: meetings, rate: 0.02}
  - {stage: opportunities, rate: 0.2, lag: 30d}
  - {stage: wins, rate: 0.5}
deal: 10000
quota: {per: quarter, amount: 130000}
"""
JARGON = ("mapping", "scalar", "token", "block", "YAML", "codec", "pydantic", "Traceback", "parsing")


def typed(*changes: tuple[str, str]) -> str:
    text = PLAIN
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def same(text: str) -> Scenario:
    found, plain = parse_scenario(text), parse_scenario(PLAIN)
    assert found == plain
    assert scenario_digest(found) == scenario_digest(plain)
    assert dump_yaml(found) == dump_yaml(plain)
    return found


def problem(text: str) -> Problem:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(text, "team.yaml")
    (found,) = error.value.problems
    assert not any(word in found.message + str(found.hint) for word in JARGON), str(found)
    return found


@pytest.mark.parametrize(
    ("plain", "new"),
    [
        *(("deal: 10000", f"deal: {text}") for text in (
            "10k", "$10,000", "10,000", "10 000", "10\u00a0000", "10\u202f000", "10'000", "10.0k", "1e4", "0.01M", "$10k",
            "10,000.00", '"10000"', "10,000 USD", "USD 10,000", "10 thousand", "\u201c10,000\u201d", "{fixed: $10k}",
            '{fixed: "10,000"}', "{fixed: 10 000}", "{fixed: {value: 10k}}")),
        *(("rate: 0.02", f"rate: {text}") for text in (
            "2%", "2 %", "2.0%", '"2%"', '"0.02"', ".02", "2e-2", "{mean: 2%}", "{mean: {value: 2 %}}", "2 percent")),
        ("rate: 0.02", "rate:\u00a00.02"), ("rate: 0.02", "rate:\u00a0 0.02"), ("rate: 0.02", "\u00a0rate: 0.02"),
        ("calls_per_week: 500", "calls_per_week: 0.5k"), ("reps: 10", 'reps: "10"'),
        ("amount: 130000", "amount: 130k"), ("amount: 130000", "amount: $130k"), ("amount: 130000", "amount: 0.13M"),
        ("name: Typed", "name: \u201cTyped\u201d"), ("team:", "\u201cteam\u201d:"),
        ("  - {stage: calls}", "\u00a0 - {stage: calls}"),
    ],
)  # fmt: skip
def test_one_plain_reading_is_read_as_if_typed_plainly(plain: str, new: str) -> None:
    same(typed((plain, new)))


AMOUNTS = st.integers(1, 10**6)


@settings(max_examples=60)
@given(
    AMOUNTS,
    st.sampled_from(["{:,}", "${:,}", "{:,} USD", "{}", "${}", "{:,}.00"]),
    st.sampled_from([",", " ", "\u00a0", "'"]),
)
def test_amounts_in_every_spelling_give_one_digest(amount: int, form: str, mark: str) -> None:
    written = form.format(amount).replace(",", mark)
    found = parse_scenario(typed(("deal: 10000", f"deal: {written}")))
    assert scenario_digest(found) == scenario_digest(parse_scenario(typed(("deal: 10000", f"deal: {amount}"))))


@settings(max_examples=60)
@given(st.integers(1, 100_000), st.sampled_from(["{}%", "{} %", '"{}%"', "{} percent"]))
def test_percentages_in_every_spelling_give_one_digest(parts: int, form: str) -> None:
    percent, share = f"{Decimal(parts).scaleb(-3):f}", f"{Decimal(parts).scaleb(-5):f}"
    found = parse_scenario(typed(("rate: 0.02", f"rate: {form.format(percent)}")))
    assert scenario_digest(found) == scenario_digest(parse_scenario(typed(("rate: 0.02", f"rate: {share}"))))


@pytest.mark.parametrize(
    ("plain", "new", "path", "line", "hint"),
    [
        ("deal: 10000", "deal: {fixed: 10,000}", "deal.fixed", 10, "write 10000"),
        ("deal: 10000", "deal: {fixed: 1,250,000}", "deal.fixed", 10, "write 1250000"),
        ("deal: 10000", "deal: {fixed: $10,000}", "deal.fixed", 10, "write 10000"),
        ("deal: 10000", "deal: {fixed: 10,5k}", "deal.fixed", 10, "write 10500"),
        ("deal: 10000", "deal: {values: [12,500]}", "deal.values.1", 10, "write 12500, or 12, 500 if they are entries of their own"),
        ("deal: 10000", "deal: 10.000", "deal", 10, "write 10 or 10000"),
        ("deal: 10000", "deal: 12.500,00", "deal", 10, "write 12500"),
        ("deal: 10000", "deal: 1.250.000", "deal", 10, "write 1250000"),
        ("deal: 10000", "deal: \u20ac10,000", "deal", 10, "write deal: {fixed: 10000, currency: EUR}, or leave the sign out"),
        ("deal: 10000", "deal: 10%", "deal", 10, None),
        ("amount: 130000", "amount: \u20ac130k", "quota.amount", 11, "write currency: EUR in deal, or leave the sign out"),
        ("amount: 130000", "amount: 130.000", "quota.amount", 11, "write 130 or 130000"),
        ("reps: 10", "reps: 1.000", "team.reps", 3, "write 1 or 1000"),
        ("rate: 0.02", "rate: 0,02", "funnel.meetings.rate", 7, "write 0.02"),
        ("rate: 0.02", "rate: 0,5%", "funnel.meetings.rate", 7, "write 0.5%"),
        ("rate: 0.02", "rate: 2", "funnel.meetings.rate", 7, "for 2 % write 0.02 or 2%"),
        ("rate: 0.02", "rate: 12.5", "funnel.meetings.rate", 7, "for 12.5 % write 0.125 or 12.5%"),
        ("rate: 0.02", "rate: 1/50", "funnel.meetings.rate", 7, "write 0.02"),
        ("rate: 0.02", "rate: 1 in 5", "funnel.meetings.rate", 7, "write 0.2"),
        ("rate: 0.02", "rate: $2", "funnel.meetings.rate", 7, None),
        ("lag: 30d", "lag: 30 days", "funnel.opportunities.lag", 8, "write 30d for working days, 30cd for calendar days"),
        ("lag: 30d", "lag: 1,5d", "funnel.opportunities.lag", 8, "write 1.5d"),
        ("lag: 30d", "lag: 2 weeks", "funnel.opportunities.lag", 8, "write 2w"),
        ("lag: 30d", "lag: 30 calendar days", "funnel.opportunities.lag", 8, "write 30cd"),
        ("lag: 30d", "lag: 5 business days", "funnel.opportunities.lag", 8, "write 5d"),
        ("team: {reps: 10}", "team:\nreps: 10", "reps", 4, "did you mean team.reps? To belong to team, it is indented under it"),
        ("plan: {", "plan: {ra\u200bte: 1, ", "plan.ra\u200bte".replace("\u200b", ""), 4, "write rate anew"),
    ],
)  # fmt: skip
def test_what_has_no_plain_reading_is_told_with_what_to_write(
    plain: str, new: str, path: str, line: int, hint: str | None
) -> None:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(typed((plain, new)), "team.yaml")
    found = next(each for each in error.value.problems if each.path == path)
    assert (found.path, found.file, found.line, found.hint) == (path, "team.yaml", line, hint)
    assert not any(word in str(found) for word in JARGON), str(found)


@settings(max_examples=60)
@given(st.integers(0, 99), st.integers(0, 99_999))
def test_a_decimal_comma_never_becomes_a_number(whole: int, part: int) -> None:
    for new in (f"rate: {whole},{part:02d}", f'rate: "{whole},{part:02d}"'):
        with pytest.raises(ScenarioError):
            parse_scenario(typed(("rate: 0.02", new)))


@pytest.mark.parametrize(
    ("plain", "new", "line", "said"),
    [
        ("  - {stage: calls}\n  - {stage: meetings, rate: 0.02}", "  - stage: calls\n  - stage: meetings\n  rate: 0.02", 8,
         '"rate" stands beside the entries of a list, not in one; to belong to the entry above, indent it by 4 spaces'),
        ("name: Typed", "name: Typed\n  about: x", 3, '"about" is indented under "name", which has a value already'),
        ("name: Typed", "name: Typed: a tale", 2, "a text holds a colon and a space; put the text in quotes"),
        ("name: Typed", "name Typed", 3, 'a key without a colon and a space: "name Typed"; write key: value'),
        ("name: Typed", "name:Typed", 3, 'a key without a space after its colon: "name:Typed"; write key: value'),
        ("name: Typed", "name: 'Typed", 2, "a quotation mark is opened on this line and never closed"),
        ("name: Typed", "\tname: Typed", 2, "indent with spaces, not with tabs"),
        ("team: {reps: 10}", "team:\n\treps: 10", 4, "indent with spaces, not with tabs"),
        ("team: {reps: 10}", "team: {reps: 10", 4, "the brace { opened on line 3 is not closed before this"),
        ("team: {reps: 10}", "team: {reps: 10}}", 3, "a } closes nothing; leave it out"),
        ("name: Typed", "name: @Typed", 2, "a text cannot begin with @; put it in quotes"),
    ],
)  # fmt: skip
def test_indentation_and_punctuation_are_told_in_plain_words(plain: str, new: str, line: int, said: str) -> None:
    found = problem(typed((plain, new)))
    assert found.line == line, str(found)
    assert said in str(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_editors_write_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "team.yaml"
    path.write_bytes(PLAIN.replace("\n", "\r\n").encode(encoding))
    assert load_scenario(path) == parse_scenario(PLAIN)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (PLAIN.replace("Typed", "Caf\u00e9").encode("latin-1"), ":2:10: is not UTF-8 text: byte 0xe9 (\u00e9 in"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "is a spreadsheet or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Office file"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"Opportunity Name,Stage,Amount\nOne,Proposal,\"$12,000\"\n", "is a table (columns parted by commas)"),
        (b"Name;Stage;Betrag\nEins;Angebot;12.000,00\n", "is a table (columns parted by semicolons)"),
        (b"Name\tStage\nOne\tProposal\n", "is a table (columns parted by tabs)"),
        (b"just some words\n", "must be a mapping of keys such as simcore"),
    ],
)  # fmt: skip
def test_what_is_no_scenario_is_told_for_what_it_is(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "export"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    assert said in str(error.value)


def test_the_command_line_says_the_same_with_status_3(tmp_path: Path) -> None:
    path = tmp_path / "typed.yaml"
    path.write_text(typed(("deal: 10000", "deal: {fixed: 10,000}")))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", "from simcore.cli.main import main; main()", "check", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "typed.yaml:10:15: deal.fixed:" in done.stderr
    assert done.stderr.rstrip().endswith("got 10,000; write 10000")


@pytest.mark.parametrize(
    ("change", "right"),
    [("deal=10k", "deal=10000"), ("deal=$12,500", "deal=12500"), ("funnel.meetings.rate=3%", "funnel.meetings.rate=0.03"),
     ("plan.calls_per_week=1,000", "plan.calls_per_week=1000"), ("funnel.opportunities.lag=7cd", "funnel.opportunities.lag=1w")],
)  # fmt: skip
def test_changes_are_typed_like_files(change: str, right: str) -> None:
    found, plain = parse_scenario(PLAIN, overrides=[change]), parse_scenario(PLAIN, overrides=[right])
    assert found.deal == plain.deal
    assert found.plan == plain.plan
    assert found.funnel[1] == plain.funnel[1]


def test_compact_json_is_left_alone() -> None:
    text = (
        '{"simcore":1,"name":"J","funnel":[{"stage":"calls"},{"stage":"wins","rate":0.5}],"deal":{"values":[12,500]}}'
    )
    assert parse_scenario(text).deal == parse_scenario(text.replace("12,500", "12, 500")).deal


@pytest.mark.parametrize("days", range(1, 8))
def test_calendar_days_are_the_working_time_of_so_many_weeks(days: int) -> None:
    text = typed(("team:", f"calendar: {{days_per_week: {days}}}\nteam:"), ("lag: 30d", "lag: 28cd"))
    lag = parse_scenario(text).funnel[2].lag
    in_weeks = parse_scenario(text.replace("28cd", "4w"))
    assert lag is not None
    assert lag.fixed.hours(in_weeks.calendar) == in_weeks.funnel[2].lag.fixed.hours(in_weeks.calendar)  # type: ignore[union-attr]
