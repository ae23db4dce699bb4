"""Estimate the scenario ``telemarketing`` from a bank's real campaign log, and show how well it fits.

Run ``python -m benchmarks.fit_telemarketing bank_additional_rows_1-20000.csv.gz`` from the root of the
repository; ``--write`` renews the tables in ``docs/telemarketing.md``. The log is the first 20,000 rows of
``bank-additional-full.csv`` (S. Moro, P. Cortez and P. Rita 2014, Decision Support Systems 62, 22-31; UCI
Bank Marketing, CC BY 4.0), a row a client, in date order. A call is a row; `benchmarks.market_model` is the
model.
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

from benchmarks.market_model import Fit, Ints, Parameters, fit, interval, simulate
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "scenarios" / "telemarketing.yaml"
PAGE = ROOT / "docs" / "telemarketing.md"
BEGIN, END = "<!-- begin: fit_telemarketing.py -->", "<!-- end: fit_telemarketing.py -->"

WINDOWS = (12, 60, 500, 2000)
BLOCKS = (12, 24, 36, 48, 60, 120, 240, 500)
REPLICATIONS = 2000
SEED = 2014


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
    if rate is None or market is None or market.sd is None or scenario.team.reps != 1:
        raise ValueError(f"{path.name}: needs a rate, a market that comes back and one rep")
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


def estimate_rows(estimate: Parameters) -> list[str]:
    """Return the beginning of each row of `estimate_table`."""
    return [
        f"| rate of a call | {estimate.rate:.4f} |",
        f"| market, sd of the logarithm | {estimate.sd:.2f} |",
        f"| market, persistence a week | {estimate.persistence:.4f} |",
        f"| `week_cv` | {estimate.week_cv:.2f} |",
    ]


def estimate_table(success: Ints, result: Fit) -> str:
    """Return the estimates with their 95 % intervals, in Markdown."""
    digits = (3, 2, 4, 2)
    rows = []
    for row, name, places in zip(estimate_rows(result.estimate), Parameters._fields, digits, strict=True):
        low, high = interval(success, result, name)
        rows.append(f"{row} {low:.{places}f} to {high:.{places}f} |")
    return "\n".join(["| figure | estimate | 95 % interval |", "|---|--:|--:|", *rows])


def block_row(success: Ints, block: int) -> str:
    """Return what the log says with weeks of one length, as a row of `block_table`."""
    one = fit(success, block)
    half_life = block * one.estimate.half_life
    cells = f"{one.estimate.week_cv:.2f} | {one.estimate.sd:.2f} | {round(half_life, -2):,.0f}"
    return f"| {block} | {one.log_likelihood:.1f} | {cells} |"


def block_table(success: Ints) -> str:
    """Return what the log says with other lengths of a week, in Markdown."""
    head = [
        "| week, calls | log-likelihood | `week_cv` | market sd | half-life, calls |",
        "|--:|--:|--:|--:|--:|",
    ]
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
    parts = [facts(log), "### Estimates", estimate_table(log.success, result)]
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
