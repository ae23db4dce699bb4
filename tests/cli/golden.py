"""The report of a hand-made summary, kept as text; ``python -m tests.cli.golden`` writes it anew."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from simcore.cli.screens.run import run_details
from simcore.results.sentences import closing_sentence
from tests.support.summaries import averaging, estimate, summary

FOLDER = Path(__file__).parent


def plain_report(**changes: object) -> str:
    """Return the report as a pipe gets it."""
    stream = io.StringIO()
    console = Console(file=stream, width=80, color_system=None)
    document = summary(**changes)
    about = "500 calls a week earn $10,000 on average; see the bad weeks average out."
    console.print(run_details(document, about))
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def canonical() -> str:
    """Return the report of the canonical scenario."""
    return plain_report(sentence=closing_sentence(averaging(), "USD"))


def everything() -> str:
    """Return a report with every part that a summary can have."""
    close = averaging(year={"cv": estimate(0.31)})
    return plain_report(
        interrupted=True,
        averaging={
            "close": [row.model_dump() for row in close],
            "origin": [row.model_dump() for row in averaging()],
        },
        sentence=closing_sentence(close, "USD"),
        quantile_error_bound=0.00098,
        open_at_end=[
            {"stage": "meetings", "waiting_for": "opportunities", "per_rep": {"estimate": 10.1, "se": 0.013}},
            {"stage": "opportunities", "waiting_for": "wins", "per_rep": {"estimate": 24.72, "se": 0.021}},
        ],
        turned_away=[{"stage": "meetings", "per_rep_week": {"estimate": 0.4312, "se": 0.0021}}],
        clipped=[{"what": "rate of wins", "count": 1234}, {"what": "lag", "count": 2}],
    )


GOLDEN = {"canonical.txt": canonical, "everything.txt": everything}


if __name__ == "__main__":
    for name, make in GOLDEN.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
