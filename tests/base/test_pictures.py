"""What documents show of themselves: pictures by name."""

from __future__ import annotations

import copy
import pickle

import pytest

import simcore
from simcore.charts.documents import pictures_of
from tests.support.documents import asked
from tests.support.study_cases import TEAM


def test_a_result_and_a_document_list_their_pictures() -> None:
    result = simcore.simulate(TEAM, replications=16)
    assert list(result.plot) == [picture.name for picture in pictures_of(result.summary, result.scenario)]
    assert list(result.summary.plot) == ["pyramid", "funnel"]
    assert dir(result.summary.plot) == ["funnel", "pyramid"]
    assert repr(asked("comparison").document.plot).startswith("Plots(differences, ")


def test_a_picture_that_is_not_there_is_named_with_those_that_are() -> None:
    plots = asked("luck").document.plot
    with pytest.raises(AttributeError, match="there is no picture 'weight' of this answer; there are dry"):
        plots.weight  # noqa: B018
    with pytest.raises(AttributeError, match="there are none"):
        asked("out of reach").document.plot.confidence  # noqa: B018


def test_documents_are_copied_and_kept_as_before() -> None:
    document = asked("coach").document
    assert copy.deepcopy(document) == document == pickle.loads(pickle.dumps(document))  # noqa: S301
    assert "plot" not in document.model_dump()
    assert list(copy.copy(document.plot)) == list(document.plot)
