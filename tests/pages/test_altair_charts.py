"""Charts for Python: the specification of the page, as Altair checks it, in colours that any renderer knows."""

from __future__ import annotations

import json

import pytest

from simcore.base.frames import MissingPackageError
from simcore.charts.documents import pictures_of
from simcore.charts.shapes.theme import NARROW
from simcore.pages import altair_charts
from simcore.pages.altair_charts import charts_of, on_light_paper
from tests.support.documents import NAMES, asked

alt = pytest.importorskip("altair", reason='no Altair: pip install "simcore[report]"')


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_a_chart_of_the_same_marks(name: str) -> None:
    found = asked(name)
    charts = charts_of(found.document, found.scenario)
    pictures = pictures_of(found.document, found.scenario)
    assert list(charts) == [picture.name for picture in pictures]
    for picture in pictures:
        chart = charts[picture.name](NARROW)
        assert isinstance(chart, alt.LayerChart)
        spec = chart.to_dict()
        wanted = on_light_paper(picture.draw(NARROW))
        assert spec["width"] == NARROW
        assert spec["description"] == picture.says
        assert [layer["mark"]["type"] for layer in spec["layer"]] == [each["mark"]["type"] for each in wanted["layer"]]
        assert wanted["data"]["values"] in spec["datasets"].values()
        assert "var(" not in json.dumps(spec)
        assert picture.says in (charts[picture.name].__doc__ or "")


def test_without_altair_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(altair_charts, "find_spec", lambda _: None)
    chart = next(iter(charts_of(asked("coach").document).values()))
    with pytest.raises(MissingPackageError, match=r'pip install "simcore\[report\]"'):
        chart()
