"""The one skeleton of a command that answers a question: options, scenario, limits, run, report, exit status.

A command module has the options of its own, makes the `simcore.studies.study.Request` of its question of them, and says
how the answer is shown; all else is here. The options that all of them share are listed once, in
`simcore.cli.options.STUDY_OPTIONS`.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import ARGUMENTS, STUDY_OPTIONS, ScenarioArgument, StudyOptions
from simcore.cli.session import Session, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from rich.console import RenderableType

    from simcore.answers.answer import Answer as FirstAnswer
    from simcore.results_folders.results_folder import ResultsFolder
    from simcore.scenario.model import Scenario
    from simcore.studies.study import Request

Answer = TypeVar("Answer")


def study_command(*, without: Collection[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the file, the options of its own and then those of `STUDY_OPTIONS`.

    Parameters
    ----------
    without
        Names of shared options that make no sense for the command, or that it defines itself.

    Returns
    -------
    Callable
        A decorator: the command gets the values of the shared options as one `StudyOptions`, its first argument.
    """
    shared = {name: option for name, option in STUDY_OPTIONS.items() if name not in without}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def typed(**values: Any) -> None:  # noqa: ANN401  (those of the signature below)
            common = {name: values.pop(name) for name in ("file", *shared)}
            arguments = values.pop("context").meta.get(ARGUMENTS, ())
            options = StudyOptions(**common, arguments=arguments)
            options.check()
            command(options, **values)

        own = list(signature(command).parameters.values())[1:]
        parameters = [
            Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context),
            Parameter("file", Parameter.KEYWORD_ONLY, annotation=ScenarioArgument),
            *own,
        ]
        for name, option in shared.items():
            default = StudyOptions._field_defaults[name]
            parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=option))
        typed.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        typed.__annotations__ = {each.name: each.annotation for each in parameters}
        return typed

    return decorate


class Prepared(NamedTuple, Generic[Answer]):
    """A question that is ready to be run, unless it costs too much."""

    request: Request[Any]
    """What it will cost; its answer, if `run` is not given."""
    scenario: Scenario
    """As the results folder keeps it."""
    digest: str | None = None
    """Identity of all that is run together; that of the scenario if not given."""
    run: Callable[[Session], Answer] | None = None
    """Runs it in a way of the command's own, as by a technique, or with a file that is written meanwhile."""

    def check_cost(self, options: StudyOptions) -> None:
        """Refuse what costs more than a run may, unless the limit is lifted.

        Raises
        ------
        ScenarioError
            With the figure, the limit, what would be cheaper, and the option that lifts it.
        """
        from simcore.base.machine import processors  # noqa: PLC0415

        if not options.no_limit:
            self.request.cost(options.threads or processors()).check()

    def answer(self, session: Session) -> Answer:
        """Return the answer."""
        if self.run is not None:
            return self.run(session)
        return cast("Answer", self.request.run(**session.how()))


def answer(
    options: StudyOptions,
    prepare: Callable[[], Prepared[Answer]],
    details: Callable[[Any], RenderableType],
    *,
    document: Callable[[Answer], Any] = lambda found: found,
    told: Callable[[Any], FirstAnswer] | None = None,
    footer: Callable[[Answer], str] | None = None,
    save: Callable[[Answer, ResultsFolder], Path | None] | None = None,
    status: Callable[[Answer], ExitStatus] | None = None,
) -> None:
    """Prepare a question, run it with progress and Ctrl-C, keep and show the answer, and end with its exit status.

    Parameters
    ----------
    options
        Those that all commands share.
    prepare
        Makes the request; called when the engine is loaded.
    details
        Returns what is printed of a document below its answer with ``--details``.
    document
        Returns the document of an answer, or a list of documents; the answer itself if not given.
    told
        Returns what is said first of a document; `simcore.answers.answer.answer_of` if not given.
    footer
        Returns a line for stderr below what is printed.
    save
        Writes the answer into the folder of ``--out`` and returns where it is, ``None`` if nothing is written; not
        given, the document is written.
    status
        Returns the exit status of an answer that is shown; not given, it says whether a document is interrupted, or
        there is none.

    Raises
    ------
    typer.Exit
        With the exit status, if all was not done or a stated precision not reached.
    """
    from simcore.cli.output import message, print_json, print_result, print_tables  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415
    from simcore.tables.documents import tables_of  # noqa: PLC0415

    if options.report is not None:
        from simcore.cli.report_option import check_report  # noqa: PLC0415

        check_report(options.report, overwrite=options.overwrite)
    load_engine(quiet=options.quiet, threads=options.threads)
    prepared = _nameless(prepare(), options)
    prepared.check_cost(options)
    found, kept = _run(options, prepared, save or (lambda found, folder: folder.finish_document(document(found))))
    whole = document(found)
    documents = whole if isinstance(whole, list) else [whole]
    form = options.form
    if form == "json":
        dumped = [each.model_dump(mode="json") for each in documents]
        print_json(dumped if isinstance(whole, list) else dumped[0])
    elif form is not None:
        if documents:
            print_tables(documents[0].scenario.name, tables_of(documents), form)
    else:
        for each in documents:
            print_result(_screen(each, prepared.scenario, told, details if options.details else None))
        if footer is not None and not options.quiet:
            message(footer(found))
    if kept is not None and not options.quiet:
        message(f"results are in {kept}")
    if options.report is not None and documents:
        from simcore.cli.report_option import write_report  # noqa: PLC0415

        write_report(options.report, documents, prepared.scenario, options.arguments)
        if not options.quiet:
            message(f"the report is in {options.report}")
    interrupted = not documents or any(each.interrupted for each in documents)
    ended = status_of(interrupted=interrupted) if status is None else status(found)
    if ended != ExitStatus.DONE:
        raise typer.Exit(int(ended))


def _nameless(prepared: Prepared[Answer], options: StudyOptions) -> Prepared[Answer]:
    """Return what is prepared as it is kept and shown: with numbers in place of names, unless these are asked for.

    Raises
    ------
    typer.BadParameter
        If names are asked for, and there are none.
    """
    if not options.by_name:
        return prepared._replace(scenario=prepared.scenario.without_names())
    if prepared.scenario.team.people is None:
        raise typer.BadParameter("this scenario does not name its people", param_hint="--names")
    return prepared


def _screen(
    document: Any,  # noqa: ANN401  (of whichever question)
    scenario: Scenario,
    told: Callable[[Any], FirstAnswer] | None,
    details: Callable[[Any], RenderableType] | None,
) -> RenderableType:
    """Return what is printed of a document: its answer, and all else if it was asked for."""
    from simcore.analytic.assumptions import assumptions  # noqa: PLC0415
    from simcore.answers.answer import answer_of  # noqa: PLC0415
    from simcore.answers.wording import assumed, few_worlds  # noqa: PLC0415
    from simcore.cli.screens.first import FirstScreen  # noqa: PLC0415

    told_of = [few_worlds(document.replications), assumed(assumptions(scenario, document.scenario.strategies))]
    return FirstScreen(
        document,
        (told or answer_of)(document),
        cautions=[each for each in told_of if each],
        details=None if details is None else details(document),
    )


def status_of(*, interrupted: bool, reached: bool = True) -> ExitStatus:
    """Return the exit status of an answer that is shown.

    Parameters
    ----------
    interrupted
        Whether it was stopped before all was done.
    reached
        Whether a precision was reached that was stated, if one was.

    Examples
    --------
    >>> status_of(interrupted=True, reached=False).name, status_of(interrupted=False, reached=False).name
    ('INTERRUPTED', 'NOT_REACHED')
    """
    if interrupted:
        return ExitStatus.INTERRUPTED
    return ExitStatus.DONE if reached else ExitStatus.NOT_REACHED


def _run(
    options: StudyOptions,
    prepared: Prepared[Answer],
    save: Callable[[Answer, ResultsFolder], Path | None],
) -> tuple[Answer, Path | None]:
    """Run what is prepared; return the answer, and where it is kept if it is."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.results_folder import results_folder  # noqa: PLC0415

    with ExitStack() as stack:
        folder = None
        if options.out is not None:
            from simcore.scenario.digest import scenario_digest  # noqa: PLC0415

            digest = prepared.digest or scenario_digest(prepared.scenario)
            opened = results_folder(options.out, prepared.scenario, digest, overwrite=options.overwrite)
            folder = stack.enter_context(opened)
        interrupt = stack.enter_context(stop_on_interrupt())
        with progress_bar(quiet=options.quiet) as progress:
            found = prepared.answer(Session(options.threads, progress, interrupt.is_set, folder))
        if options.by_name:
            from simcore.results.names import with_names  # noqa: PLC0415

            found = with_names(found, prepared.scenario)
        return found, None if folder is None else save(found, folder)
