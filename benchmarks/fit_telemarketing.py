"""Estimate the scenario ``telemarketing`` from a bank's real campaign log, and show how well it fits.

Run ``python benchmarks/fit_telemarketing.py bank_additional_rows_1-20000.csv.gz``; ``--write`` renews the
tables in ``docs/telemarketing.md``. The log is the first 20,000 rows of ``bank-additional-full.csv``
(S. Moro, P. Cortez and P. Rita 2014, Decision Support Systems 62, 22-31; UCI Bank Marketing, CC BY 4.0), a
row a client, in date order.

Model: client ``i`` of block ``w`` says yes with probability ``rate * exp(x_w - sd^2 / 2) * noise_w``. The
market ``x`` is a stationary AR(1) with standard deviation ``sd`` and a ``persistence`` from block to block;
``noise`` is independent, log-normal, with mean one and coefficient of variation ``week_cv``. A block is a
week of the scenario, so that this is the model of ``docs/model.md`` with one rep.

Method: maximum likelihood. The noise is integrated out by Gauss-Hermite quadrature and the market by a filter
on a grid (Kitagawa 1987, JASA 82, 1032-1041): no normal approximation of counts, no random numbers. Intervals
are Wald's on the logarithm of rate, sd, half-life and week_cv, from the curvature of the likelihood.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize

from simcore.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios" / "telemarketing.yaml"
PAGE = ROOT / "docs" / "telemarketing.md"
BEGIN, END = "<!-- begin: fit_telemarketing.py -->", "<!-- end: fit_telemarketing.py -->"

WINDOWS = (12, 60, 500, 2000)
BLOCKS = (12, 24, 36, 48, 60, 120, 240, 500)
GRID_POINTS = 161
GRID_REACH = 4.0
QUADRATURE_POINTS = 15
REPLICATIONS = 2000
SEED = 2014


class Parameters(NamedTuple):
    """The model of one step.

    Attributes
    ----------
    rate
        Mean chance of a yes, 0 .. 1.
    sd
        Standard deviation of the market's logarithm.
    persistence
        Correlation of the market's logarithm from one block to the next, 0 .. 1.
    week_cv
        Coefficient of variation of a block's noise.
    """

    rate: float
    sd: float
    persistence: float
    week_cv: float


class Fit(NamedTuple):
    """An estimate with its 95 % interval.

    Attributes
    ----------
    block
        Clients in a block.
    estimate, low, high
        The estimate and the ends of the interval, each parameter by itself.
    log_likelihood
        Of the counts of all blocks, with the order of yes and no inside a block as given, so that fits with
        different blocks compare.
    """

    block: int
    estimate: Parameters
    low: Parameters
    high: Parameters
    log_likelihood: float


class Spread(NamedTuple):
    """How far the number of successes spreads over windows of one length.

    Attributes
    ----------
    sd
        Standard deviation of the number of successes in a window.
    ratio
        Its variance over that of independent draws at the mean rate.
    """

    sd: float
    ratio: float


class Log(NamedTuple):
    """A campaign log: a row a client, in date order.

    Attributes
    ----------
    success
        0 or 1, shape (clients,), int64.
    contacts
        Contacts made with the client, the last included, shape (clients,), int64.
    """

    success: Ints
    contacts: Ints


def read_log(path: Path) -> Log:
    """Read the bank's log, plain or gzipped, separated by semicolons.

    Raises
    ------
    ValueError
        If a column that is needed is not there, an outcome is neither yes nor no, or there is no row.
    OSError
        If the file cannot be read.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter=";")
        missing = {"y", "campaign"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(sorted(missing))}")
        rows = [(row["y"], int(row["campaign"])) for row in reader]
    outcomes = {outcome for outcome, _ in rows}
    if not rows or not outcomes <= {"yes", "no"}:
        raise ValueError(f"{path.name}: the outcomes y must be yes or no, found {sorted(outcomes)}")
    success = np.array([outcome == "yes" for outcome, _ in rows], dtype=np.int64)
    return Log(success, np.array([contacts for _, contacts in rows], dtype=np.int64))


def block_counts(success: Ints, block: int) -> tuple[Ints, Ints]:
    """Return successes and clients of each block; the last block holds what is left.

    Examples
    --------
    >>> successes, clients = block_counts(np.array([1, 0, 1, 1, 0]), 2)
    >>> successes.tolist(), clients.tolist()
    ([1, 2, 0], [2, 2, 1])
    """
    starts = np.arange(0, len(success), block)
    clients = np.diff(np.append(starts, len(success)))
    return np.add.reduceat(success, starts), clients


def _emissions(parameters: Parameters, grid: Floats, successes: Ints, clients: Ints) -> Floats:
    """Return the chance of each block's outcomes at each state of the market: shape (blocks, grid points)."""
    sigma = math.sqrt(math.log1p(parameters.week_cv**2))
    z, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_POINTS)
    logarithm = math.log(parameters.rate) + parameters.sd * grid[:, None] - parameters.sd**2 / 2
    rate = np.minimum(np.exp(logarithm + sigma * z - sigma**2 / 2), 1 - 1e-12)
    outcomes, index = np.unique(np.stack([successes, clients]), axis=1, return_inverse=True)
    yes, no = outcomes[0][:, None, None], (outcomes[1] - outcomes[0])[:, None, None]
    chances = np.exp(yes * np.log(rate) + no * np.log1p(-rate)) @ (weights / weights.sum())
    return np.asarray(chances[index.ravel()], dtype=np.float64)


def log_likelihood(parameters: Parameters, successes: Ints, clients: Ints) -> float:
    """Return the logarithm of the likelihood of block counts, shape (blocks,) each.

    Source: the filter of Kitagawa (1987), with the market standardised and held on a grid of 161 points to
    four standard deviations. Minus infinity where the market moves less than 3/4 of a grid step from block to
    block: nearer to a constant the sums on the grid are no longer exact to 1e-5.
    """
    grid = np.linspace(-GRID_REACH, GRID_REACH, GRID_POINTS)
    innovation = math.sqrt(1 - parameters.persistence**2)
    if innovation < 0.75 * (grid[1] - grid[0]):
        return -math.inf
    transition = np.exp(-0.5 * ((grid[None, :] - parameters.persistence * grid[:, None]) / innovation) ** 2)
    transition /= transition.sum(axis=1, keepdims=True)
    state = np.exp(-0.5 * grid**2)
    state /= state.sum()
    total = 0.0
    for chance in _emissions(parameters, grid, successes, clients):
        state = state * chance
        scale = float(state.sum())
        total += math.log(scale)
        state = (state / scale) @ transition
    return total


def _from_free(free: Floats) -> Parameters:
    """Turn logarithms of rate, sd, half-life (in blocks) and week_cv into parameters."""
    rate, sd, half_life, week_cv = (float(value) for value in np.exp(free))
    return Parameters(min(rate, 1 - 1e-9), sd, 0.5 ** (1 / half_life), week_cv)


def _curvature(function: Callable[[Floats], float], at: Floats, step: float = 0.05) -> Floats:
    """Return the matrix of second derivatives, shape (n, n), by central differences."""
    size = len(at)
    matrix = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            a, b = np.eye(size)[i] * step, np.eye(size)[j] * step
            second = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            matrix[i, j] = matrix[j, i] = second / (4 * step**2)
    return matrix


def fit(success: Ints, block: int) -> Fit:
    """Estimate the model by maximum likelihood, with 95 % intervals.

    Parameters
    ----------
    success
        0 or 1 for each client in order, shape (clients,).
    block
        Clients in a block, that is, in a week of the scenario.

    Raises
    ------
    ValueError
        If the log holds fewer than 20 blocks or no success: then there is nothing to estimate.
    RuntimeError
        If the search does not end, or ends where the likelihood has no peak.
    """
    successes, clients = block_counts(success, block)
    if len(clients) < 20 or not successes.any():
        raise ValueError(
            f"need 20 blocks and a success, got {len(clients)} blocks, {successes.sum()} successes"
        )

    def cost(free: Floats) -> float:
        return -log_likelihood(_from_free(free), successes, clients)

    start = np.log([success.mean(), 0.3, len(clients) / 3, 0.3])
    options = {"xatol": 0.003, "fatol": 0.001, "maxiter": 2000}
    found = optimize.minimize(cost, start, method="Nelder-Mead", options=options)
    if not found.success:
        raise RuntimeError(f"the search for the maximum did not end: {found.message}")
    free: Floats = found.x
    variance = np.diag(np.linalg.inv(_curvature(cost, free)))
    if not (variance > 0).all():
        raise RuntimeError("the likelihood has no peak inside its range; use more data or longer blocks")
    margin = 1.959964 * np.sqrt(variance)
    return Fit(
        block, _from_free(free), _from_free(free - margin), _from_free(free + margin), -float(found.fun)
    )


def simulate(
    parameters: Parameters, clients: int, block: int, replications: int, rng: np.random.Generator
) -> npt.NDArray[np.int8]:
    """Simulate logs of the model, call by call, independently of simcore's engine.

    Returns
    -------
    ndarray
        0 or 1 for each call in order, shape (replications, clients), int8.
    """
    blocks = -(-clients // block)
    innovation = math.sqrt(1 - parameters.persistence**2)
    sigma = math.sqrt(math.log1p(parameters.week_cv**2))
    market = np.empty((replications, blocks))
    market[:, 0] = rng.standard_normal(replications)
    for week in range(1, blocks):
        step = innovation * rng.standard_normal(replications)
        market[:, week] = parameters.persistence * market[:, week - 1] + step
    noise = sigma * rng.standard_normal((replications, blocks)) - sigma**2 / 2
    rate = np.minimum(parameters.rate * np.exp(parameters.sd * market - parameters.sd**2 / 2 + noise), 1.0)
    success = np.empty((replications, clients), dtype=np.int8)
    for row, rates in zip(success, rate, strict=True):
        row[:] = rng.random(clients) < np.repeat(rates, block)[:clients]
    return success


def spread(success: npt.NDArray[np.integer], window: int) -> Spread:
    """Measure how far success spreads over consecutive whole windows of a log.

    Examples
    --------
    >>> spread(np.array([1, 1, 0, 0, 1, 1, 0, 0]), 2)
    Spread(sd=1.1547005383792515, ratio=2.6666666666666665)
    """
    whole = success[: len(success) // window * window]
    counts = whole.reshape(-1, window).sum(axis=1, dtype=np.int64)
    mean = float(whole.mean())
    variance = float(counts.var(ddof=1))
    return Spread(math.sqrt(variance), variance / (window * mean * (1 - mean)))


def simulated_spreads(parameters: Parameters, block: int, clients: int) -> dict[int, list[Spread]]:
    """Return the spread of each window in each of many simulated logs as long as the real one."""
    rng = np.random.default_rng(SEED)
    spreads: dict[int, list[Spread]] = {window: [] for window in WINDOWS}
    for _ in range(REPLICATIONS // 100):
        for log in simulate(parameters, clients, block, 100, rng):
            for window in WINDOWS:
                spreads[window].append(spread(log, window))
    return spreads


def scenario_parameters(path: Path = SCENARIO) -> tuple[Parameters, int]:
    """Read the parameters and the calls of a week from the scenario as shipped."""
    scenario = load_scenario(path)
    rate, market = scenario.funnel[1].rate, scenario.market
    if rate is None or market is None or scenario.team.reps != 1:
        raise ValueError(f"{path.name}: needs a rate, a market and one rep")
    return Parameters(rate.mean, market.sd, market.persistence, rate.week_cv), scenario.plan.calls_per_week


def _middle(values: Sequence[float]) -> str:
    """Return median and 5 % to 95 % range in words."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def spread_tables(success: Ints, parameters: Parameters, block: int) -> str:
    """Return the spread in the log, in the scenario and with independent draws: two tables in Markdown."""
    model = simulated_spreads(parameters, block, len(success))
    constant = parameters._replace(rate=float(success.mean()), sd=0.0, week_cv=0.0)
    independent = simulated_spreads(constant, block, len(success))
    sds = ["| calls | windows | sd: log | scenario | independent |", "|--:|--:|--:|--:|--:|"]
    ratios = [
        "| calls | variance ratio: log | scenario | independent | scenario >= log | independent >= log |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for window in WINDOWS:
        log = spread(success, window)
        both = (model[window], independent[window])
        cells = " | ".join(_middle([one.sd for one in spreads]) for spreads in both)
        sds.append(f"| {window:,} | {len(success) // window:,} | {log.sd:.2f} | {cells} |")
        cells = " | ".join(_middle([one.ratio for one in spreads]) for spreads in both)
        shares = [float(np.mean([one.ratio >= log.ratio for one in spreads])) for spreads in both]
        tail = " | ".join(f"{100 * share:.1f} %" for share in shares)
        ratios.append(f"| {window:,} | {log.ratio:.2f} | {cells} | {tail} |")
    return "\n".join(sds) + "\n\n" + "\n".join(ratios)


def estimate_table(result: Fit) -> str:
    """Return the estimates with their 95 % intervals, in Markdown."""
    rows = [("rate of a call", *(f"{one.rate:.4f}" for one in result[1:4]))]
    rows.append(("market, sd of the logarithm", *(f"{one.sd:.2f}" for one in result[1:4])))
    rows.append(("market, persistence a week", *(f"{one.persistence:.4f}" for one in result[1:4])))
    rows.append(("`week_cv`", *(f"{one.week_cv:.2f}" for one in result[1:4])))
    lines = ["| figure | estimate | 95 % interval |", "|---|--:|--:|"]
    lines.extend(f"| {name} | {estimate} | {low} to {high} |" for name, estimate, low, high in rows)
    return "\n".join(lines)


def block_row(success: Ints, block: int) -> str:
    """Return what the log says with weeks of one length, as a row of `block_table`."""
    one = fit(success, block)
    half_life = block * math.log(0.5) / math.log(one.estimate.persistence)
    cells = f"{one.estimate.week_cv:.2f} | {one.estimate.sd:.2f} | {half_life:,.0f}"
    return f"| {block} | {one.log_likelihood:.1f} | {cells} |"


def block_table(success: Ints) -> str:
    """Return what the log says with other lengths of a week, in Markdown."""
    head = ["| week, calls | log-likelihood | `week_cv` | market sd | half-life, calls |", "|--:|--:|--:|--:|--:|"]
    return "\n".join(head + [block_row(success, block) for block in BLOCKS])


def yaml_lines(estimate: Parameters, block: int) -> str:
    """Return the lines of the scenario that come from the estimates."""
    return "\n".join(
        [
            f"plan: {{calls_per_week: {block}}}",
            "funnel:",
            "  - {stage: calls}",
            f"  - {{stage: wins, rate: {{mean: {estimate.rate:.4f}, week_cv: {estimate.week_cv:.2f}}}}}",
            f"market: {{sd: {estimate.sd:.2f}, persistence: {estimate.persistence:.4f}, acts_on: [wins]}}",
        ]
    )


def facts(log: Log) -> str:
    """Return the size of the log and its rates in a sentence."""
    clients, contacts, wins = len(log.success), int(log.contacts.sum()), int(log.success.sum())
    shares = f"{100 * wins / clients:.2f} % of clients, {100 * wins / contacts:.2f} % of contacts"
    return f"The log: {clients:,} clients, {contacts:,} contacts, {wins:,} yes: {shares}."


def page_block(log: Log, result: Fit) -> str:
    """Return what stands between the markers of docs/telemarketing.md."""
    parts = [facts(log), "### Estimates", estimate_table(result)]
    parts += ["### The spread of success", spread_tables(log.success, *scenario_parameters())]
    parts += ["### Other lengths of a week", block_table(log.success)]
    return "\n\n".join(parts)


def between_markers(page: str, content: str | None = None) -> str:
    r"""Return what stands between the markers of a page or, given content, the page with it in that place.

    Raises
    ------
    ValueError
        If the page has not each marker once.

    Examples
    --------
    >>> between_markers(f"a {BEGIN}\nold\n{END} z")
    'old'
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"the page must hold {BEGIN} and {END} once each")
    before, rest = page.split(BEGIN)
    inside, after = rest.split(END)
    return inside.strip("\n") if content is None else f"{before}{BEGIN}\n{content}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print estimates, scenario lines and tables; with ``--write`` renew the page."""
    parser = argparse.ArgumentParser(description="Fit the scenario telemarketing to the bank's campaign log.")
    parser.add_argument("log", type=Path, help="bank_additional_rows_1-20000.csv.gz")
    parser.add_argument("--write", action="store_true", help="renew the tables in docs/telemarketing.md")
    chosen = parser.parse_args(arguments)
    log = read_log(chosen.log)
    _, block = scenario_parameters()
    result = fit(log.success, block)
    content = page_block(log, result)
    print(yaml_lines(result.estimate, block), content, sep="\n\n")
    if chosen.write:
        PAGE.write_text(between_markers(PAGE.read_text(encoding="utf-8"), content), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
