"""The questions that simcore answers: what each is called, where its parts live, and what a request of one can do.

A question is asked by a `Request`: it knows what it will cost, and runs. So limits, progress, Ctrl-C and the
folder of results are written once: in `simcore.cli.study_command` for commands, in `simcore.api.limits` for Python.

Public functions, published schemas, `simcore schema`, the list of commands and the index of the documents all read
`STUDIES`. It holds names only: what they stand for is imported when it is used, so that ``import simcore`` and
``simcore --help`` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.analytic.run_cost import Bill
    from simcore.engine.runner import Report, Stop
    from simcore.results.header import StudyHeader

Answer = TypeVar("Answer", covariant=True)  # noqa: PLC0105  (one name for it in all modules)


class Request(Protocol[Answer]):
    """A question that is ready to be asked; frozen, so that what is priced is what is run."""

    def cost(self, threads: int) -> Bill:
        """Return what the runs will cost together on so many threads; nothing is run.

        Raises
        ------
        ScenarioError
            If what is asked has no runs, as where a strategy is unknown.
        """
        ...

    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Answer:
        """Return the answer.

        Parameters
        ----------
        threads
            Threads that share the work; default: the processors that this process may use. Does not change results.
        progress
            Called from the calling thread after each part.
        stop
            Asked before each part; what was done is reported as interrupted.

        Raises
        ------
        ScenarioError
            If the scenario or the question leave their ranges, or a drive explodes.
        """
        ...


class Study(NamedTuple):
    """A question, and what answers it.

    Examples
    --------
    >>> study = STUDIES["luck"]
    >>> study.function, study.document_name, study.load_document().__name__
    ('luck', 'Luck', 'Luck')
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> request = study.load_request()(load_scenario("trust-the-process"), replications=128)
    >>> request.cost(threads=1).cost.rep_weeks, request.run().replications
    (133120, 128)
    >>> study.load_document().model_fields["document"].default
    'luck'
    """

    name: str
    """Of the document and its schema: ``document`` in its header."""
    command: str
    """The words after `simcore` that ask for it."""
    title: str
    """What the command does, in a line that fits 80 columns with the command's name."""
    function: str
    """The public function that answers it."""
    home: str
    """The module of the function, without ``simcore.``."""
    request: str
    """What makes a `Request` of the arguments of the function, but for ``threads``, ``progress`` and ``stop``."""
    request_home: str
    """The module of the request, without ``simcore.``."""
    document_name: str
    """The public class of the document."""
    document_home: str
    """The module of the document, without ``simcore.``."""
    has_folder: bool = True
    """Whether ``--out`` keeps its answer: a folder of results holds one document."""

    def load_request(self) -> Callable[..., Request[Any]]:
        """Return what makes a request of the arguments of the function."""
        return cast("Callable[..., Request[Any]]", _loaded(self.request_home, self.request))

    def load_document(self) -> type[StudyHeader]:
        """Return the class of the document."""
        return cast("type[StudyHeader]", _loaded(self.document_home, self.document_name))


def _loaded(home: str, name: str) -> object:
    return getattr(import_module(f"simcore.{home}"), name)


STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        Study(
            "result",
            "run",
            "Simulate a scenario and show the results.",
            *("simulate", "engine.simulation"),
            *("SimulationRequest", "engine.simulation"),
            *("Summary", "results.summary"),
        ),
        Study(
            "comparison",
            "compare",
            "Compare strategies: every difference with its error.",
            *("compare", "studies.compare.study"),
            *("ComparisonRequest", "studies.compare.request"),
            *("Comparison", "studies.compare.document"),
        ),
        Study(
            "sweep",
            "sweep",
            "Run strategies over a grid of values.",
            *("sweep", "studies.sweep.study"),
            *("plan_sweep", "studies.sweep.study"),
            *("Sweep", "studies.sweep.document"),
        ),
        Study(
            "breakeven",
            "breakeven",
            "Find the value at which two strategies tie.",
            *("breakeven", "studies.sweep.breakeven"),
            *("BreakevenRequest", "studies.sweep.breakeven"),
            *("Breakeven", "studies.sweep.document"),
        ),
        Study(
            "plan",
            "plan",
            "Find the calls, reps or weeks that a target takes.",
            *("plan", "studies.plan.study"),
            *("plan_search", "studies.plan.study"),
            *("BackwardPlan", "studies.plan.document"),
        ),
        Study(
            "luck",
            "luck",
            "Tell what of a rep's results is luck, what skill.",
            *("luck", "studies.luck.study"),
            *("LuckRequest", "studies.luck.study"),
            *("Luck", "studies.luck.document"),
        ),
        Study(
            "coach",
            "coach",
            "Tell whom to coach, and which step to improve.",
            *("coach", "studies.coach.study"),
            *("plan_coach", "studies.coach.study"),
            *("Coach", "studies.coach.document"),
        ),
        Study(
            "steadiness",
            "bench steadiness",
            "Split the variance of results by where it comes from.",
            *("steadiness", "studies.steadiness.study"),
            *("SteadinessRequest", "studies.steadiness.study"),
            *("Steadiness", "studies.steadiness.document"),
        ),
        Study(
            "variance",
            "bench variance",
            "Find the technique that reduces variance cheapest.",
            *("bench_variance", "variance_reduction.benchmark"),
            *("VarianceRequest", "variance_reduction.benchmark"),
            *("VarianceBench", "variance_reduction.document"),
            has_folder=False,  # it answers with a document per metric
        ),
    )
}
"""All questions, by the name of their document, in the order in which they are listed."""
