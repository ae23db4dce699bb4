"""`simcore init`: a commented scenario to start from."""

from pathlib import Path
from typing import Annotated

import typer

from simcore.base.errors import FileError
from simcore.base.text import printable

TEMPLATE = """\
# A sales scenario for simcore. Check it with `simcore check`, run it with `simcore run`.
# Everything after a # is a comment. What is left out has a default or is off.
# Any figure can tell where it comes from; one that does not is shown as an assumption:
#   rate: {mean: 0.02, source: "team log, 2025"}

simcore: 1                      # version of this format
name: My team
about: What a year of steady work looks like.

horizon:
  weeks: 52                     # weeks that are counted
  warmup_weeks: 0               # weeks before them, to fill the pipeline where deals take time

team:
  reps: 10                      # people who do the same job
  # turnover: {yearly: 0.25, vacancy_weeks: 6}    # who leaves is replaced after a gap
  # ramp: {weeks: 12, start: 0.3}                 # a new rep starts at 30 % of the calls

plan: {calls_per_week: 500}     # per rep

# From activity to win: each stage turns into the next with its rate.
funnel:
  - {stage: calls}
  - {stage: meetings, rate: 0.02}
  - {stage: opportunities, rate: 0.20}
  - {stage: wins, rate: 0.50}
# More of what a stage can say:
#   rate: {mean: 0.20, rep_cv: 0.25, week_cv: 0.10}   # reps differ by 25 %, their weeks by 10 %
#   lag: 2d                                           # two working days until it is decided
#   lag: {median: 30d, p90: 75d}                      # log-normal: half within 30 working days, 90 % within 75
#   lag: {median: 42cd, p90: 105cd}                   # the same in calendar days, which a CRM counts: 7 are a week

# market: {sd: 0.10, persistence: 0.90, acts_on: [meetings, wins]}   # good and bad times for the whole team

deal: {fixed: 10000, currency: USD}   # or {mean: 10000, cv: 0.5, shape: lognormal}

quota: {per: quarter, amount: 130000} # per rep

run: {replications: 10000, seed: 2026}
"""
"""A scenario with a comment on each part; it runs as it is."""


def init(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="PATH", help="The file to write: scenario.yaml, or map.yaml with --from."),
    ] = None,
    *,
    deals: Annotated[
        Path | None,
        typer.Option("--from", metavar="DEALS.csv", help="Write the mapping file of this export instead."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented scenario to start from, or the mapping file of an export.

    With --from it says what was understood of the columns and stages of an export of deals; see `simcore data check`.
    """
    from simcore.cli.output import message  # noqa: PLC0415

    if deals is None:
        path = path or Path("scenario.yaml")
        write_new(path, TEMPLATE, force=force)
        message(f"wrote {path}: edit it, then `simcore check {path}` and `simcore run {path}`")
        return
    from simcore.cli.data.starting_map import starting_map  # noqa: PLC0415
    from simcore.crm.reading import read_deals  # noqa: PLC0415

    path = path or Path("map.yaml")
    write_new(path, starting_map(read_deals(deals).check, printable(str(deals)), printable(str(path))), force=force)
    message(f"wrote {path}: edit it, then `simcore data check {deals} --map {path}`")


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a text file that must not exist yet; with ``force`` one that does is replaced as a whole.

    Raises
    ------
    FileError
        If the file exists and ``force`` is not given, or cannot be written.
    """
    try:
        if force:
            from simcore.results_folders.atomic import write_whole  # noqa: PLC0415

            write_whole(path, text.encode())
        else:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except FileExistsError:
        raise FileError(f"{path} exists already; --force replaces it") from None
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from None
