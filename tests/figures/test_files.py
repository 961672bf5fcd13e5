"""Answers as files: tables and pictures in memory."""

from __future__ import annotations

from io import StringIO

import pandas as pd
import pytest

import etiograph as eg
from etiograph.errors import UnknownName
from etiograph.figures.files import csv_of, picture_of

PNG = b"\x89PNG"


def test_a_table_comes_back_in_full() -> None:
    found = eg.load("asia").case(dyspnoea="present").posterior()
    read = pd.read_csv(StringIO(csv_of(found)))
    pd.testing.assert_frame_equal(read, found.to_frame(), check_exact=True)


def test_no_cell_is_a_formula() -> None:
    frame = pd.DataFrame({"name": ["=1+1", "-2", "plain"], "@state": [-0.5, 1.0, 0.0]})
    lines = csv_of(frame).splitlines()
    assert lines[0] == "name,'@state"
    assert lines[1:] == ["'=1+1,-0.5", "'-2,1.0", "plain,0.0"]
    assert csv_of(pd.DataFrame({"=cmd": [1]})) == "'=cmd\n1\n"


def test_pictures_of_answers_and_diagrams() -> None:
    case = eg.load("sprinkler").case(wet_grass="yes")
    for asked in (case.posterior(), case.what_helps(), case.plot()):
        assert picture_of(asked, "svg").lstrip().startswith(b"<svg")
        assert picture_of(asked, "png").startswith(PNG)
    with pytest.raises(UnknownName):
        picture_of(case.plot(), "gif")
