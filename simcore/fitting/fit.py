"""The fit: from an export to a scenario that runs by itself, with the files that stand beside it."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from simcore.base.drawn import DrawsTable
from simcore.base.errors import FileError, Problem, UsageError
from simcore.base.spelling import count_of
from simcore.engine.runner import Progress, Report, Stop
from simcore.fitting.document import Fit, FittedFigure, FittedWaits
from simcore.fitting.figures import Figure, done, figures_of, not_told, stage_names
from simcore.fitting.learned import Learned, learn_scenario
from simcore.fitting.model_check import model_checks
from simcore.fitting.open_list import MOST_ROWS, columns_of_draws, open_text
from simcore.fitting.paths import DROPPED, PASSED, STILL
from simcore.fitting.scenario_text import Beside, first_day, scenario_text
from simcore.forecasting.sources import day_text, header_of_history, known_of, seed_of
from simcore.pipeline.history import LOST, WON, Floats
from simcore.results_folders.atomic import write_whole

if TYPE_CHECKING:
    from os import PathLike

    from simcore.crm.data import DealData

DRAWS: Final = 1000
_PARTS: Final = 3
_YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class FitRequest:
    """The question of a fit, with its arguments.

    Attributes
    ----------
    data
        The export.
    draws
        Rows of parameters that are drawn.
    seed
        Of the draws.
    names
        Whether the scenario calls people by their names.
    """

    data: DealData
    draws: int = DRAWS
    seed: int = 1
    names: bool = False

    def run(self, *, progress: Report | None = None, stop: Stop | None = None) -> Fitted:
        """Return what was fitted; nothing is written.

        Parameters
        ----------
        progress
            Called after each part.
        stop
            Asked before the model is checked: without it, the fit is reported as interrupted.

        Raises
        ------
        ScenarioError
            If something has to be mended in the export first, or fewer than ten deals were won.
        """
        started = time.perf_counter()

        def report(part: int) -> None:
            if progress is not None:
                progress(Progress(part, _PARTS, time.perf_counter() - started, 0.0))

        known = known_of(self.data)
        report(1)
        learned = learn_scenario(self.data, known, self.draws, self.seed)
        report(2)
        interrupted = stop is not None and stop()
        checks = [] if interrupted else model_checks(learned, self.seed)
        report(_PARTS)
        figures = figures_of(learned)
        opened, cut = open_text(learned, figures)
        history = learned.history
        closed = history.closed <= known.as_of
        document = Fit(
            **header_of_history(known, self.seed),
            replications=self.draws,
            weeks=0,
            first_day=day_text(first_day(learned.day)),
            interrupted=interrupted,
            seconds=time.perf_counter() - started,
            deals=history.deals,
            won=int((closed & (history.outcome == WON)).sum()),
            lost=int((closed & (history.outcome == LOST)).sum()),
            open_deals=len(learned.paths.open_deal),
            figures=[_figure(each) for each in figures],
            stages=_stages(learned),
            checks=checks,
            not_told=not_told(learned),
            done=done(learned, cut),
            warnings=[f"{each.check}: {each.what}" for each in self.data.check.findings],
            files=[],
        )
        return Fitted(document, learned, figures, opened)


class Fitted(NamedTuple):
    """A fit, and what its files are made of."""

    document: Fit
    learned: Learned
    figures: list[Figure]
    open_list: str | None

    def write(self, path: Path, *, names: bool, replace: bool) -> Fit:
        """Write the scenario and the files beside it, the scenario last, and return the document.

        Raises
        ------
        UsageError
            If the path does not end in `.yaml`, or more deals are open than a list holds.
        FileError
            If a file exists and is not to be replaced, or cannot be written.
        """
        if path.suffix not in _YAML:
            raise UsageError((Problem("a scenario is a YAML file", "out", value=path.name, allowed="team.yaml"),))
        if self.document.open_deals > MOST_ROWS:
            message = f"{self.document.open_deals:,} deals are open: a scenario takes {MOST_ROWS:,}"
            raise UsageError((Problem(message, "deals"),))
        columns = columns_of_draws(self.learned, self.figures)
        texts = {"fit.json": b"", "draws.parquet": _parquet(columns)}
        if self.open_list is not None:
            texts["open.csv"] = self.open_list.encode()
        beside = {ending: path.with_name(f"{path.stem}.{ending}") for ending in texts}
        for each in (path, *beside.values()):
            if each.exists() and not replace:
                raise FileError(f"{each} exists already; --force replaces it")
        draws = beside["draws.parquet"].name
        opened = beside["open.csv"].name if "open.csv" in beside else None
        written = Beside(opened, draws, DrawsTable(draws, columns).sha256)
        text = scenario_text(self.learned, self.figures, written, names=names, notes=self.document.not_told)
        files = [path.name, *(each.name for each in beside.values())]
        document = self.document.model_copy(update={"files": files})
        texts["fit.json"] = (document.model_dump_json(indent=2) + "\n").encode()
        for ending, content in texts.items():
            write_whole(beside[ending], content)
        write_whole(path, text.encode())
        return document


def fit(
    data: DealData,
    out: str | PathLike[str] | None = None,
    *,
    names: bool = False,
    replace: bool = False,
    draws: int | str = DRAWS,
    seed: int = 1,
    progress: Report | None = None,
    stop: Stop | None = None,
) -> Fit:
    """Fit a scenario to an export.

    Parameters
    ----------
    data
        What `simcore.read_deals` returned.
    out
        The scenario to write, ``team.yaml``; beside it ``team.open.csv`` (the open deals), ``team.draws.parquet`` (a
        row of parameters per draw) and ``team.fit.json`` (the document). By default nothing is written.
    names
        Whether the scenario calls people by their names; else seats have numbers.
    replace
        Whether files that exist are replaced.
    draws
        Rows of parameters, 100 to 10,000.
    seed
        Of the draws.
    progress, stop
        See `FitRequest.run`.

    Raises
    ------
    ScenarioError
        If something has to be mended in the export first, or fewer than ten deals were won.
    UsageError
        If an argument leaves its range.
    FileError
        If a file exists already, or cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import simcore
    >>> from simcore.forecasting.example import example_export
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     deals, stages = (pathlib.Path(folder) / name for name in ("deals.csv", "stages.csv"))
    ...     written = deals.write_text(example_export().deals), stages.write_text(example_export().stages)
    ...     found = simcore.fit(simcore.read_deals(deals, history=stages), pathlib.Path(folder) / "team.yaml")
    ...     scenario = simcore.load_scenario(pathlib.Path(folder) / "team.yaml")
    >>> scenario.team.reps, [stage.stage for stage in scenario.funnel]
    (5, ['calls', 'qualification', 'proposal', 'negotiation', 'won'])
    >>> found.figure("funnel.proposal.rate").low < 0.55 < found.figure("funnel.proposal.rate").high
    True
    """
    request = FitRequest(data, count_of(draws, "draws", low=100, high=10_000), seed_of(seed), names)
    fitted = request.run(progress=progress, stop=stop)
    return fitted.document if out is None else fitted.write(Path(out), names=names, replace=replace)


def _figure(figure: Figure) -> FittedFigure:
    low, high = figure.ends
    return FittedFigure(
        path=figure.path,
        mean=figure.mean,
        low=low,
        high=high,
        unit="days" if figure.days else "number",
        rests_on=figure.rests_on,
    )


def _stages(learned: Learned) -> list[FittedWaits]:
    names = stage_names(learned)
    return [
        FittedWaits(
            stage=each.step.name,
            into=names[place + 2],
            deals=len(each.step.deal),
            passed=each.step.count(PASSED),
            lost=each.step.count(DROPPED),
            open=each.step.count(STILL),
            skipped=each.step.skipped,
            law=each.fitted.law,
            lost_law=each.fitted.lost_law,
            scores={name: float(score) for name, score in each.fitted.scores.items()},
        )
        for place, each in enumerate(learned.steps)
    ]


def _parquet(columns: dict[str, Floats]) -> bytes:
    """Return draws as a Parquet file."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()
