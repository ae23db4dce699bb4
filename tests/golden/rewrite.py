"""Rewrites hashes.json, the SHA-256 of raw results: ``python -m tests.golden.rewrite``.

Run it only when results change on purpose (an address, a draw, a rule), and say so in the commit. The results are
integers and made without the C library's functions, so the hashes are the same on every machine.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.support.both_engines import Counts, compiled, counts_of_engine, play
from tests.support.reactive_cases import REACTIVE
from tests.support.scenario_cases import CASES

PATH = Path(__file__).with_name("hashes.json")
SEED = 20111115
REPLICATIONS = 20
NAMES = (
    "canonical",
    "eight stages",
    "everything",
    "everything from a list",
    "market far beyond the end",
    "the largest plan",
    "turnover, vacancy and ramp",
    *REACTIVE,
)
"""Some of the steady cases, and all that react."""


def digest(value: object) -> str:
    """Return the SHA-256 of counts, written in one canonical way that does not depend on the layout of arrays."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def hashes_of(name: str) -> dict[str, str]:
    """Simulate a case, and return the hash of its rep-weeks and that of all other counts."""
    counts: Counts = counts_of_engine(play(compiled((CASES | REACTIVE)[name]), SEED, count=REPLICATIONS))
    rep_weeks = counts.pop("rep-weeks")
    assert not counts.pop("spreads clipped")  # of rates that are not known exactly, which no case has
    return {"tally": digest(counts), "rep_weeks": digest(rep_weeks)}


def main() -> None:
    """Write the file."""
    PATH.write_text(json.dumps({name: hashes_of(name) for name in NAMES}, indent=2) + "\n")


if __name__ == "__main__":
    main()
