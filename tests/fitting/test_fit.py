"""From files to a scenario that runs: through every dialect, with what is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
from jsonschema import validate

import simcore
from simcore.fitting.document import Fit
from simcore.fitting.fit import FitRequest, Fitted
from simcore.forecasting.sources import known_of
from simcore.schema import document_schema
from tests.crm.test_dialects import EXPORTS, read
from tests.support.broken_exports import BROKEN, Broken, sound_files
from tests.support.crm_worlds import STAGES, plain_rows, plain_stage_rows, written
from tests.support.export_files import example_data
from tests.support.fit_worlds import Truth, made_deals

TRUTH = Truth(weeks=45, per_week=25.0)
WORLD = made_deals(TRUTH, 4)
SURE = 4.5
"""Standard deviations: of 20 figures one lies beyond in 7,000 worlds."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """Return the fit of the plain files of a known world."""
    files = {"deals": written(plain_rows(WORLD)), "history": written(plain_stage_rows(WORLD))}
    return FitRequest(read(files, tmp_path_factory.mktemp("plain")), draws=200).run()


def test_the_scenario_that_made_the_deals_is_found(plain: Fitted) -> None:
    truth = TRUTH.figures()
    found = {figure.path: figure.draws for figure in plain.figures}
    assert {path for path in truth if path not in found and "lost_lag" not in path} == set()
    assert "funnel.won.lost_lag.median" in found, "losses of the last stage wait longer"
    off = {path: abs(draws.mean() - truth[path]) / draws.std() for path, draws in found.items() if path in truth}
    assert {path: each for path, each in off.items() if each > SURE} == {}
    assert not any(check.fails for check in plain.document.checks), "a right model is not told to be wrong"


@pytest.mark.parametrize("name", EXPORTS)
def test_every_dialect_gives_the_same_scenario(name: str, plain: Fitted, tmp_path: Path) -> None:
    """What a fit is made of is the same to the bit, so the fit is."""
    one, other = plain.learned.known, known_of(read(EXPORTS[name][1](WORLD), tmp_path, map=EXPORTS[name][2]))
    assert (one.as_of, one.owner_names, one.currency) == (other.as_of, other.owner_names, other.currency)
    assert [each[:15] for each in other.ids] == list(one.ids)
    assert one.history.stages == other.history.stages
    np.testing.assert_array_equal(one.owner, other.owner)
    for part in ("created", "closed", "outcome", "value", "visit_deal", "visit_stage", "visit_day"):
        np.testing.assert_array_equal(getattr(one.history, part), getattr(other.history, part), err_msg=part)


class Example(NamedTuple):
    """What was written of the example."""

    folder: Path
    found: Fit


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Fit the example."""
    folder = tmp_path_factory.mktemp("example")
    return Example(folder, simcore.fit(example_data(), folder / "team.yaml", draws=150))


def test_the_written_scenario_loads_runs_and_says_where_it_comes_from(example: Example) -> None:
    tmp_path, found = example
    path = tmp_path / "team.yaml"
    assert found.files == ["team.yaml", "team.fit.json", "team.draws.parquet", "team.open.csv"]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(found.files)
    scenario = simcore.load_scenario(path)
    assert [stage.stage for stage in scenario.funnel] == ["calls", "qualification", "proposal", "negotiation", "won"]
    assert (scenario.calendar.start, scenario.team.reps) == ("2026-10-05", 5)
    for place, figure in enumerate(found.figures):
        assert figure.low <= figure.mean <= figure.high, place
    rate = scenario.funnel[2].rate
    assert rate is not None
    assert float(rate.mean) == pytest.approx(found.figure("funnel.proposal.rate").mean, rel=1e-3), (
        "the mean of its rows"
    )
    assert scenario.knowledge is not None
    assert scenario.knowledge.rows == found.replications
    source = rate.source_of("mean") or ""
    assert source.startswith("fitted, deals.csv, 829 deals in qualification to 2026-09-30; mean 0.5")
    assert "90 %:" in source
    text = path.read_text()
    assert "turnover" in text
    assert "rep 1" not in text
    result = simcore.simulate(scenario, replications=200)
    assert result.summary.replications == 200
    document = json.loads((tmp_path / "team.fit.json").read_text())
    validate(document, document_schema("fit"))
    assert Fit.model_validate(document) == found
    rows = (tmp_path / "team.open.csv").read_text().splitlines()
    assert rows[0] == "id,stage,rep,age,value"
    assert len(rows) - 1 == found.open_deals == 49


def test_draws_have_a_row_each_and_means_that_are_written(example: Example) -> None:
    table = pq.read_table(example.folder / "team.draws.parquet")
    assert table.num_rows == example.found.replications == 150
    assert "funnel.won.rate" in table.column_names
    assert not any("lag" in name for name in table.column_names), "deals with ages are open in all stages"
    for name in table.column_names:
        column = table[name].to_numpy()
        assert np.isfinite(column).all()
        assert column.mean() == pytest.approx(example.found.figure(name).mean, rel=1e-3)


def test_the_same_seed_gives_the_same_bits_and_nothing_is_overwritten(example: Example, tmp_path: Path) -> None:
    names = {each: (example.folder / each).read_bytes() for each in example.found.files if each != "team.fit.json"}
    again = simcore.fit(example_data(), tmp_path / "team.yaml", draws=150)
    assert again == example.found
    assert {each: (tmp_path / each).read_bytes() for each in names} == names
    with pytest.raises(simcore.FileError, match="exists already"):
        simcore.fit(example_data(), tmp_path / "team.yaml", draws=100)


def test_people_have_names_only_if_asked(plain: Fitted, tmp_path: Path) -> None:
    plain.write(tmp_path / "team.yaml", names=True, replace=False)
    scenario = simcore.load_scenario(tmp_path / "team.yaml")
    assert {person.name for person in scenario.team.people or ()} == {f"Rep {seat}" for seat in range(1, 13)}
    plain.write(tmp_path / "team.yaml", names=False, replace=True)
    assert "Rep 1" not in (tmp_path / "team.yaml").read_text()
    assert "Holding" not in "".join((tmp_path / each).read_text() for each in ("team.open.csv", "team.fit.json"))


@pytest.mark.parametrize("broken", [each for each in BROKEN if each.grade == "E"][::3], ids=lambda each: each.name)
def test_what_is_broken_is_refused_with_its_place(broken: Broken, tmp_path: Path) -> None:
    files = sound_files()
    broken.change(files)
    with pytest.raises(simcore.ScenarioError) as refused:
        simcore.fit(files.read(tmp_path), tmp_path / "team.yaml")
    told = [problem for problem in refused.value.problems if problem.path == broken.check]
    assert told, broken.check
    if broken.row is not None:
        assert f"row {broken.row}" in told[0].message
    if broken.column is not None:
        assert f"column {broken.column}" in told[0].message
    assert not (tmp_path / "team.yaml").exists()


def test_deals_without_stages_values_or_owners_make_a_scenario_all_the_same(tmp_path: Path) -> None:
    rows = [row[:1] + row[2:5] for row in plain_rows(WORLD)]
    found = simcore.fit(read({"deals": written(rows)}, tmp_path), tmp_path / "team.yaml", draws=100)
    scenario = simcore.load_scenario(tmp_path / "team.yaml")
    assert [stage.stage for stage in scenario.funnel] == ["calls", "open", "won"]
    for words in ("how reps differ", "what a win is worth", "stages: too few"):
        assert any(line.startswith(words) for line in found.not_told), words


def test_calls_that_bring_the_deals_are_the_first_step(tmp_path: Path) -> None:
    files = {"deals": written(plain_rows(WORLD)), "history": written(plain_stage_rows(WORLD)), "calls": _calls(50)}
    found = simcore.fit(read(files, tmp_path), tmp_path / "team.yaml", draws=200)
    rate = found.figure(f"funnel.{STAGES[0]}.rate")
    assert rate.low < 0.02 < rate.high
    scenario = simcore.load_scenario(tmp_path / "team.yaml")
    assert not scenario.inflow
    assert scenario.plan.calls_per_week == round(found.figure("plan.calls_per_week").mean)


def _calls(calls: int, each: int = 1) -> bytes:
    """Return a log with so many calls for each deal, of which so many succeed."""
    rows: list[list[str]] = [["at", "rep", "calls", "successes"]]
    rows += [[str(deal.created.date()), deal.owner, str(calls), str(each)] for deal in WORLD]
    return written(rows)


@pytest.mark.parametrize(("options", "words"), [({"draws": 5}, "draws"), ({"seed": -1}, "seed")])
def test_arguments_out_of_range_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(simcore.UsageError, match=words):
        simcore.fit(example_data(), **({"draws": 100} | options))


def test_a_scenario_is_a_yaml_file(plain: Fitted, tmp_path: Path) -> None:
    with pytest.raises(simcore.UsageError, match="YAML"):
        plain.write(tmp_path / "team.csv", names=False, replace=False)
