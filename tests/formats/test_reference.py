"""The reference of the model file and its JSON Schema say what the reader does, all of it and no more."""

from __future__ import annotations

import tomllib

import jsonschema
import pytest
from hypothesis import given, settings
from pydantic_core import SchemaValidator
from tests.formats.test_round_trip import rich_networks

from etiograph.errors import EtiographError
from etiograph.formats import reads
from etiograph.formats.native.keys import PROSE, TABLES
from etiograph.formats.native.reference import json_schema, markdown, tables
from etiograph.formats.native.write import document
from etiograph.network.network import Network
from etiograph.resources import networks

SHAPES = tables()
EDITOR = jsonschema.Draft7Validator(json_schema())
KEYS = [(title, name) for title, keys in TABLES.items() for name in keys]


def test_every_key_the_reader_knows_is_described_and_no_other() -> None:
    known = {
        title: set(shape["fields"])
        for title, shape in SHAPES.items()
        if shape["type"] == "typed-dict"
    }
    assert known == {title: set(keys) for title, keys in TABLES.items()}
    assert set(PROSE) == set(SHAPES)


@pytest.mark.parametrize(("title", "name"), KEYS)
def test_every_example_is_one_the_reader_takes(title: str, name: str) -> None:
    key = TABLES[title][name]
    value = tomllib.loads(f"x = {key.example}")["x"]
    SchemaValidator(SHAPES[title]["fields"][name]["schema"]).validate_python(value)
    assert not key.choices or value in key.choices
    assert key.text.endswith((".", ")"))


def test_the_page_has_a_section_for_every_table_and_a_line_for_every_key() -> None:
    page = markdown()
    for title, keys in TABLES.items():
        section = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
        for name in keys:
            assert f"| `{name}` |" in section


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", sorted(networks()))
def test_the_bundled_files_fit_the_schema(name: str) -> None:
    data = tomllib.loads(networks()[name].read_text(encoding="utf-8"))
    assert not list(EDITOR.iter_errors(data))


@settings(max_examples=200, deadline=None)
@given(rich_networks())
def test_the_schema_refuses_no_file_that_is_written(network: Network) -> None:
    assert not list(EDITOR.iter_errors(document(network)))


START = """format = 1
[variables.a]
states = ["x", "y"]
mechanism = {kind = "table", rows = [{p = {y = 0.2}}]}
[[rules]]
id = "r"
level = "urgent"
message = "m"
when = {all = [{a = "y"}, {not = {any = [{a = "x"}]}}]}
"""
WRONG = [
    ("format = 1", "format = 2"),
    ('states = ["x", "y"]', 'state = ["x", "y"]'),
    ('kind = "table"', 'kind = "tabel"'),
    ("p = {y = 0.2}", "p = 0.2"),
    ("0.2", '"0.2"'),
    ("0.2", '{value = 0.2, grade = "E"}'),
    ("0.2", "{low = 0.1}"),
    ('level = "urgent"', 'level = "now"'),
    ("rows", "links"),
    ('message = "m"\n', ""),
    ('a = "y"', "a = 1"),
]


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_an_editor_marks_what_the_reader_refuses(old: str, new: str) -> None:
    assert not list(EDITOR.iter_errors(tomllib.loads(START)))
    reads(START, "x.toml")
    text = START.replace(old, new, 1)
    assert text != START
    assert list(EDITOR.iter_errors(tomllib.loads(text)))
    with pytest.raises(EtiographError):
        reads(text, "x.toml")
