from __future__ import annotations

import tomllib
from typing import Any

import pytest

from etiograph.errors import UnreadableFile
from etiograph.formats.native.toml_text import key_lines, line_of, read_toml
from etiograph.formats.native.toml_write import value_text

TEXT = '''\
# [not.a.table]
a = 1
b.c = "x # no comment"  # a comment with "quotes"
d = [
  1, # one
  [2, {e = 3, f = [
4]}],
]
"g.h" = """
k = 5
"""
l = 'm\\'
[n]
o = \'\'\'
p = 1\'\'\'
"q \\" r" = 6
[[s.t]]
u = 7
[[s.t]]
[s.t.v]
w = 8
[n.x]
y = """a\\"""b""""
z = 1979-05-27T07:32:00Z
'''


def test_every_key_has_its_line() -> None:
    lines = key_lines(TEXT)
    expected: dict[tuple[Any, ...], int] = {
        ("a",): 2, ("b",): 3, ("b", "c"): 3, ("d",): 4, ("d", 0): 5, ("d", 1): 6, ("d", 1, 1, "e"): 6,
        ("d", 1, 1, "f"): 6, ("d", 1, 1, "f", 0): 7, ("g.h",): 9, ("l",): 12, ("n",): 13, ("n", "o"): 14, ("n", 'q " r'): 16,
        ("s", "t", 0, "u"): 18, ("s", "t", 1): 19, ("s", "t", 1, "v"): 20, ("s", "t", 1, "v", "w"): 21,
        ("n", "x", "y"): 23, ("n", "x", "z"): 24,
    }  # fmt: skip
    assert {path: lines.get(path) for path in expected} == expected
    assert ("k",) not in lines


def test_every_path_of_the_data_is_found() -> None:
    lines = key_lines(TEXT)

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        assert not path or path in lines
        if isinstance(value, dict):
            for key, each in value.items():
                walk(each, (*path, key))
        elif isinstance(value, list):
            for i, each in enumerate(value):
                walk(each, (*path, i))

    walk(tomllib.loads(TEXT), ())


def test_the_nearest_line_around() -> None:
    assert line_of(key_lines(TEXT), ("n", "x", "y", "nothing")) == 23
    assert line_of(key_lines(TEXT), ("nothing",)) is None


def test_the_line_of_a_syntax_error() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_toml("a = 1\nb = = 2\n", "f")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        1e-05,
        1e22,
        5e-324,
        -0.0,
        float("inf"),
        3,
        True,
        'a"\\\n\t\x00\x7f\u2028é😀',
        [],
        {},
        {"a b": [1.0]},
    ],
)
def test_values_read_back(value: Any) -> None:
    again = tomllib.loads(f"x = {value_text(value)}")["x"]
    assert again == value
    assert repr(again) == repr(value)
