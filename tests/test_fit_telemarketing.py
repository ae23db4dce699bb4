"""The estimator of the scenario telemarketing: right on logs of known parameters; its page up to date.

The logs are simulated with fixed seeds, so a test that passes once passes always. Bounds are 5 standard
errors. The tests of the bank's log run where the data are.
"""

from __future__ import annotations

import gzip
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from benchmarks import fit_telemarketing as study
from benchmarks import market_model as model
from benchmarks.market_model import Ints, Parameters

TRUTH = Parameters(rate=0.08, sd=0.5, persistence=0.9, week_cv=0.4)
BLOCK = 100
DATA = Path(__file__).parents[2] / "shared" / "data" / "bank_additional_rows_1-20000.csv.gz"
with_data = pytest.mark.skipif(
    not DATA.exists(), reason=f"the bank's log is not here: {DATA.name} in shared/data beside the repository"
)


@lru_cache(maxsize=1)
def bank_log() -> study.Log:
    return study.read_log(DATA)


@lru_cache(maxsize=1)
def bank_fit() -> model.Fit:
    return model.fit(bank_log().success, study.scenario_parameters()[1])


def synthetic_log(parameters: Parameters, clients: int, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    log: Ints = model.simulate(parameters, clients, BLOCK, 1, rng)[0].astype(np.int64)
    return log


def deviance(log: Ints, result: model.Fit, parameters: Parameters) -> float:
    """Twice the log-likelihood by which the parameters fall short of the fit: chi-square(4) at the truth."""
    return 2 * (result.log_likelihood - model.log_likelihood(parameters, *model.block_counts(log, BLOCK)))


# ---------------------------------------------------------------------------------------------- likelihood


def test_likelihood_of_a_constant_rate_is_that_of_independent_draws() -> None:
    successes, clients = np.array([3, 0, 5]), np.array([40, 40, 20])
    found = model.log_likelihood(Parameters(0.1, 1e-9, 0.5, 1e-9), successes, clients)
    assert found == pytest.approx(8 * math.log(0.1) + 92 * math.log(0.9), abs=1e-6)


def test_likelihood_of_three_blocks_is_the_integral_over_the_market() -> None:
    """Against a plain sum over a fine three-dimensional grid of markets, without a filter."""
    rate, sd, persistence = 0.2, 0.4, 0.7
    successes, clients = np.array([1, 4, 2]), np.array([10, 12, 5])
    z = np.linspace(-6, 6, 161)
    a, b, c = np.meshgrid(z, z, z, indexing="ij", sparse=True)
    rest = 1 - persistence**2
    density = np.exp(-(a**2) / 2 - (b - persistence * a) ** 2 / (2 * rest) - (c - persistence * b) ** 2 / (2 * rest))
    chance = density / density.sum()
    for x, yes, calls in zip((a, b, c), successes, clients, strict=True):
        p = np.minimum(rate * np.exp(sd * x - sd**2 / 2), 1 - 1e-12)
        chance = chance * p**yes * (1 - p) ** (calls - yes)
    found = model.log_likelihood(Parameters(rate, sd, persistence, 1e-9), successes, clients)
    assert found == pytest.approx(math.log(chance.sum()), abs=1e-3)


def test_likelihood_of_one_block_is_the_integral_over_its_noise() -> None:
    rate, week_cv = 0.1, 0.6
    sigma = math.sqrt(math.log(1 + week_cv**2))
    z = np.linspace(-8, 8, 4001)
    p = np.minimum(rate * np.exp(sigma * z - sigma**2 / 2), 1.0)
    weights = np.exp(-(z**2) / 2)
    exact = math.log((p**4 * (1 - p) ** 26 * weights).sum() / weights.sum())
    found = model.log_likelihood(Parameters(rate, 1e-9, 0.5, week_cv), np.array([4]), np.array([30]))
    assert found == pytest.approx(exact, abs=1e-4)


def test_a_market_too_slow_for_the_grid_has_no_likelihood() -> None:
    assert model.log_likelihood(Parameters(0.1, 0.3, 0.99999, 0.1), np.array([1]), np.array([10])) == -math.inf


# ------------------------------------------------------------------------------------------------ estimates


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fit_finds_the_parameters_that_made_the_log(seed: int) -> None:
    """The truth is in the joint confidence region (chi-square with 4 degrees of freedom: 33.4 has 1e-6)."""
    log = synthetic_log(TRUTH, 30_000, seed)
    result = model.fit(log, BLOCK)
    assert 0 <= deviance(log, result, TRUTH) < 33.4
    for other in (  # or the region would be too wide to tell anything
        TRUTH._replace(rate=0.3),
        TRUTH._replace(sd=1.2),
        TRUTH._replace(persistence=0.2),
        TRUTH._replace(week_cv=0.9),
    ):
        assert deviance(log, result, other) > 33.4


def best_shortfall(log: Ints, result: model.Fit, name: str, value: float) -> float:
    """The least deviance with one parameter held, by another search than the module's (Powell's)."""
    limits = {"rate": (0.01, 0.5), "sd": (0.01, 2.0), "persistence": (0.05, 0.99), "week_cv": (0.01, 2.0)}
    others = [field for field in limits if field != name]

    def shortfall(values: model.Floats) -> float:
        chosen = {name: value} | dict(zip(others, map(float, values), strict=True))
        return deviance(log, result, Parameters(**chosen))

    start = [getattr(result.estimate, field) for field in others]
    found = optimize.minimize(shortfall, start, method="Powell", bounds=[limits[field] for field in others])
    return float(found.fun)


def test_interval_ends_where_the_profile_has_fallen() -> None:
    """At an end the best that the other parameters can do is 3.84 (chi-square, 95 %) short of the fit."""
    log = synthetic_log(TRUTH, 8000, seed=2)
    result = model.fit(log, BLOCK)
    low, high = model.interval(log, result, "rate")
    assert low < result.estimate.rate < high
    assert best_shortfall(log, result, "rate", low) == pytest.approx(3.8415, abs=0.1)
    assert best_shortfall(log, result, "rate", high) == pytest.approx(3.8415, abs=0.1)


def test_interval_is_open_where_the_log_cannot_tell() -> None:
    """In a short log a fast market explains all that noise could: no week noise cannot be excluded."""
    log = synthetic_log(TRUTH, 8000, seed=2)
    result = model.fit(log, BLOCK)
    low, _ = model.interval(log, result, "week_cv")
    assert low == pytest.approx(model.BOUNDS[3][0])
    assert best_shortfall(log, result, "week_cv", low) < 3.8415


@pytest.mark.parametrize("success", [np.zeros(5000, dtype=np.int64), np.ones(900, dtype=np.int64)])
def test_fit_refuses_a_log_that_tells_nothing(success: Ints) -> None:
    with pytest.raises(ValueError, match="need 20 blocks and a success"):
        model.fit(success, BLOCK)


def test_fit_says_when_the_likelihood_has_no_peak() -> None:
    constant = np.tile(np.array([1, 0, 0, 0, 0], dtype=np.int64), 400)
    with pytest.raises(RuntimeError, match="no peak"):
        model.fit(constant, BLOCK)


# ----------------------------------------------------------------------------------- simulation and spread


@pytest.mark.parametrize("window", [10, 50])
def test_simulated_spread_is_that_of_the_formula(window: int) -> None:
    """Inside a block, Var(successes) = n p (1 - p) + n (n - 1) Var(rate of the block)."""
    parameters = TRUTH
    rng = np.random.default_rng(3)
    logs = model.simulate(parameters, BLOCK, BLOCK, 40_000, rng)
    counts = logs[:, :window].sum(axis=1, dtype=np.int64)
    p = parameters.rate
    variance_of_rate = p**2 * (math.exp(parameters.sd**2) * (1 + parameters.week_cv**2) - 1)
    expected = window * p * (1 - p) + window * (window - 1) * variance_of_rate
    squares = (counts - window * p) ** 2
    assert abs(counts.mean() - window * p) < 5 * counts.std() / math.sqrt(len(counts))
    assert abs(squares.mean() - expected) < 5 * squares.std() / math.sqrt(len(counts))
    without_noise = window * p * (1 - p) + window * (window - 1) * p**2 * math.expm1(parameters.sd**2)
    assert abs(squares.mean() - without_noise) > 5 * squares.std() / math.sqrt(len(counts))


def test_simulated_market_has_the_stated_memory() -> None:
    """With all else off, covariance of two calls k blocks apart is p^2 (exp(sd^2 persistence^k) - 1)."""
    parameters = Parameters(rate=0.2, sd=0.4, persistence=0.6, week_cv=0.0)
    logs = model.simulate(parameters, 20 * BLOCK, BLOCK, 4000, np.random.default_rng(4))
    shares = logs.reshape(4000, 20, BLOCK).mean(axis=2) - parameters.rate
    for k in (1, 3):
        products = (shares[:, :-k] * shares[:, k:]).mean(axis=1)
        expected = parameters.rate**2 * math.expm1(parameters.sd**2 * parameters.persistence**k)
        assert abs(products.mean() - expected) < 5 * products.std() / math.sqrt(len(products))


def test_spread_drops_the_rest_and_compares_with_binomial() -> None:
    counts = study.spread(np.array([1, 1, 1, 0, 0, 0, 1]), 3)
    assert counts.sd == pytest.approx(math.sqrt(4.5))
    assert counts.ratio == pytest.approx(4.5 / (3 * 0.25))


# ------------------------------------------------------------------------------------------- files and page


def test_read_log_reads_what_it_needs(tmp_path: Path) -> None:
    text = '"age";"campaign";"y"\n30;2;"no"\n41;1;"yes"\n'
    plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    plain.write_text(text, encoding="utf-8")
    packed.write_bytes(gzip.compress(text.encode()))
    for path in (plain, packed):
        log = study.read_log(path)
        assert log.success.tolist() == [0, 1]
        assert log.contacts.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("campaign;z\n1;2\n", "no column y"),
        ("campaign;y\n1;maybe\n", "yes or no"),
        ("campaign;y\n", "yes or no"),
    ],
)
def test_read_log_refuses_other_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        study.read_log(path)


def test_markers_are_replaced_once() -> None:
    page = f"top\n{study.BEGIN}\nold\n{study.END}\nend\n"
    renewed = study.between_markers(page, "new\nlines")
    assert renewed == f"top\n{study.BEGIN}\nnew\nlines\n{study.END}\nend\n"
    assert study.between_markers(renewed) == "new\nlines"
    with pytest.raises(ValueError, match="once each"):
        study.between_markers(page + study.BEGIN)


def test_page_tells_the_figures_of_the_scenario() -> None:
    parameters, block = study.scenario_parameters()
    page = study.between_markers(study.PAGE.read_text(encoding="utf-8"))
    assert all(row in page for row in study.estimate_rows(parameters))
    assert f"\n| {block} | -" in page


# ------------------------------------------------------------------------------------------ the bank's log


@with_data
def test_scenario_holds_the_estimates() -> None:
    parameters, block = study.scenario_parameters()
    assert study.yaml_lines(parameters, block) == study.yaml_lines(bank_fit().estimate, block)


@with_data
def test_page_is_what_the_script_writes() -> None:
    page = study.between_markers(study.PAGE.read_text(encoding="utf-8"))
    assert study.facts(bank_log()) in page
    assert all(row in page for row in study.estimate_rows(bank_fit().estimate))
    assert study.spread_tables(bank_log().success, *study.scenario_parameters()) in page
    # Of the table of other lengths the quickest row, and that the shipped length is the best one.
    assert study.block_row(bank_log().success, 500) in page
    rows = [line for line in page.splitlines() if line.count("|") == 6 and "| -" in line and "--" not in line]
    likelihoods = {int(row.split("|")[1]): float(row.split("|")[2]) for row in rows}
    assert tuple(likelihoods) == study.BLOCKS
    assert max(likelihoods, key=likelihoods.__getitem__) == study.scenario_parameters()[1]


@with_data
def test_scenario_reproduces_the_spread_and_independent_draws_do_not() -> None:
    log = bank_log().success
    parameters, block = study.scenario_parameters()
    independent = parameters._replace(rate=float(log.mean()), sd=0.0, week_cv=0.0)
    ours = study.simulated_spreads(parameters, block, len(log))
    theirs = study.simulated_spreads(independent, block, len(log))
    for window in study.WINDOWS:
        real = study.spread(log, window).ratio
        low, high = np.quantile([one.ratio for one in ours[window]], [0.05, 0.95])
        assert low < real < high
        assert real > max(one.ratio for one in theirs[window])


@with_data
def test_main_prints_the_scenario_lines_and_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{study.BEGIN}\n{study.END}\n", encoding="utf-8")
    monkeypatch.setattr(study, "PAGE", page)
    monkeypatch.setattr(study, "BLOCKS", (500,))
    monkeypatch.setattr(study, "REPLICATIONS", 100)
    monkeypatch.setattr(study, "interval", lambda *_: (0.0, 1.0))
    assert study.main([str(DATA), "--write"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("plan: {calls_per_week: 48}\nfunnel:\n")
    assert study.between_markers(page.read_text(encoding="utf-8")) in printed
