"""The registry of the questions that simcore answers: what each is called, and where its function and document live.

Public functions, published schemas, `simcore schema`, the list of commands and the index of the documents all read
`STUDIES`. It holds names only: what they stand for is imported when it is used, so that ``import simcore`` and
``simcore --help`` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.results.header import StudyHeader


class Study(NamedTuple):
    """A question, and what answers it.

    Examples
    --------
    >>> study = STUDIES["luck"]
    >>> study.function, study.document_name, study.load_document().__name__
    ('luck', 'Luck', 'Luck')
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
    document_name: str
    """The public class of the document."""
    document_home: str
    """The module of the document, without ``simcore.``."""

    def load_function(self) -> Callable[..., Any]:
        """Return the function, as it is in its module: with a `Scenario` first, and without limits on cost."""
        return cast("Callable[..., Any]", _loaded(self.home, self.function))

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
            *("Summary", "results.summary"),
        ),
        Study(
            "comparison",
            "compare",
            "Compare strategies: every difference with its error.",
            *("compare", "studies.compare.study"),
            *("Comparison", "studies.compare.document"),
        ),
        Study(
            "sweep",
            "sweep",
            "Run strategies over a grid of values.",
            *("sweep", "studies.sweep.study"),
            *("Sweep", "studies.sweep.document"),
        ),
        Study(
            "breakeven",
            "breakeven",
            "Find the value at which two strategies tie.",
            *("breakeven", "studies.sweep.breakeven"),
            *("Breakeven", "studies.sweep.document"),
        ),
        Study(
            "plan",
            "plan",
            "Find the calls, reps or weeks that a target takes.",
            *("plan", "studies.plan.study"),
            *("BackwardPlan", "studies.plan.document"),
        ),
        Study(
            "luck",
            "luck",
            "Tell what of a rep's results is luck, what skill.",
            *("luck", "studies.luck.study"),
            *("Luck", "studies.luck.document"),
        ),
        Study(
            "coach",
            "coach",
            "Tell whom to coach, and which step to improve.",
            *("coach", "studies.coach.study"),
            *("Coach", "studies.coach.document"),
        ),
        Study(
            "steadiness",
            "bench steadiness",
            "Split the variance of results by where it comes from.",
            *("steadiness", "studies.steadiness.study"),
            *("Steadiness", "studies.steadiness.document"),
        ),
        Study(
            "variance",
            "bench variance",
            "Find the technique that reduces variance cheapest.",
            *("bench_variance", "variance_reduction.benchmark"),
            *("VarianceBench", "variance_reduction.document"),
        ),
    )
}
"""All questions, by the name of their document, in the order in which they are listed."""
