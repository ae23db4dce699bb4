"""What a question from Python may cost: refused before anything is run, by the rules of `simcore.analytic.run_cost`.

Every question is a `simcore.studies.study.Request`, which tells what it costs. The command line checks the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcore.base.machine import processors
from simcore.engine.affordable import GoalRequest
from simcore.studies.study import STUDIES, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

HOW = ("threads", "progress", "stop")
"""Arguments that say how a question is run, not what it asks."""


def request_of(function: str, given: Mapping[str, Any]) -> Request[Any]:
    """Return the request of a public function, from its arguments.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> asked = {"scenario": load_scenario("trust-the-process"), "replications": 128, "threads": 1}
    >>> type(request_of("luck", asked)).__name__
    'LuckRequest'
    """
    from simcore.studies.compare.request import AttributionRequest  # noqa: PLC0415  (imports much)

    build = {study.function: study.load_request for study in STUDIES.values()}
    asked = {name: value for name, value in given.items() if name not in HOW}
    return AttributionRequest(**asked) if function == "attribute" else build[function]()(**asked)


def answer_of(request: Request[Any], how: Mapping[str, Any], *, limit: bool) -> Any:  # noqa: ANN401  (any document)
    """Return the answer, within the limits or without.

    Parameters
    ----------
    request
        The question.
    how
        Some of `HOW`.
    limit
        Whether what costs more than a run may is refused.

    Raises
    ------
    ScenarioError
        With the figure, the limit, what would be cheaper, and the option that lifts it.
    """
    threads, progress, stop = (how.get(name) for name in HOW)
    if limit:
        request.cost(threads or processors()).check()
        if isinstance(request, GoalRequest):
            return request.run_within_limit(threads=threads, progress=progress, stop=stop)
    return request.run(threads=threads, progress=progress, stop=stop)
