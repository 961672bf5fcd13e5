"""The reference of the model file, and its JSON Schema for editors: both written from the reader's own tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from etiograph.formats.native.keys import PROSE, TABLES, Key
from etiograph.formats.native.schema import FORMAT, Schema, file_schema

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The version that editors of TOML know."""


def title_of(schema: Schema) -> str:
    """The title of a table; "" of what has none."""
    return str(schema.get("metadata", {}).get("title", ""))


def tables() -> dict[str, Schema]:
    """Every table with a title, in the order in which the file leads to them."""
    found: dict[str, Schema] = {}
    waiting = [file_schema()]
    while waiting:
        schema = waiting.pop(0)
        title = title_of(schema)
        if title in found:
            continue
        if title:
            found[title] = schema
        waiting = [*_inside(schema), *waiting]
    return found


def _inside(schema: Schema) -> Iterator[Schema]:
    if schema["type"] == "typed-dict":
        yield from (field["schema"] for field in schema["fields"].values())
    elif schema["type"] == "tagged-union":
        yield from schema["choices"].values()
    for key in ("values_schema", "items_schema"):
        if key in schema:
            yield schema[key]


# -- the page -------------------------------------------------------------------------------------


def markdown() -> str:
    """Every table of a model file with its keys: type, default, meaning, example."""
    lines = []
    for title, schema in tables().items():
        lines += [f"## {title}", "", PROSE[title], ""]
        if schema["type"] == "typed-dict":
            lines += [*_keys(title, schema), ""]
    return "\n".join(lines)


def _keys(title: str, schema: Schema) -> Iterator[str]:
    fields = schema["fields"]
    yield from key_table(
        (name, TABLES[title][name], type_words(fields[name]["schema"]), fields[name]["required"])
        for name in sorted(fields, key=lambda each: not fields[each]["required"])
    )


def key_table(rows: Iterable[tuple[str, Key, str, bool]]) -> Iterator[str]:
    """A Markdown table of keys: name, what is said of it, its type in words, whether it is needed."""
    yield "| key | type | default | meaning | example |"
    yield "|---|---|---|---|---|"
    for name, key, kind, needed in rows:
        chosen = f"one of {', '.join(f'`{c}`' for c in key.choices)}" if key.choices else kind
        default = "**needed**" if needed else key.default or "-"
        cells = (f"`{name}`", chosen, default, key.text, f"`{key.example}`")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def type_words(schema: Schema) -> str:
    """What kind of value a place holds."""
    if words := schema.get("metadata", {}).get("words"):
        return _link(str(words))
    if title := title_of(schema):
        return _link(title)
    kind = schema["type"]
    if kind == "tagged-union":
        words = [type_words(each) for tag, each in schema["choices"].items()]
        return " or ".join(dict.fromkeys(words))
    if kind == "dict":
        return f"table of {type_words(schema['values_schema'])}"
    if kind == "list":
        inside = schema.get("items_schema")
        return f"list of {type_words(inside)}" if inside else "list"
    return {"str": "text", "float": "number", "int": "whole number", "bool": "true or false"}[kind]


def _link(title: str) -> str:
    return f"[{title}](#{title.replace(' ', '-')})"


# -- the schema for editors -----------------------------------------------------------------------


def json_schema() -> dict[str, Any]:
    """The shape of a model file as a JSON Schema (draft 7).

    It refuses no file that the reader takes. What it cannot say (names that must be known, rows that sum to
    1) the reader says.
    """
    return {
        "$schema": DRAFT,
        "title": f"etiograph model file, format {FORMAT}",
        "$ref": f"#/definitions/{_slug('file')}",
        "definitions": {
            _slug(title): _definition(title, schema) for title, schema in tables().items()
        },
    }


def _slug(title: str) -> str:
    return title.replace(" ", "_")


def _definition(title: str, schema: Schema) -> dict[str, Any]:
    if schema["type"] != "typed-dict":
        return {"description": PROSE[title], **_shape(schema)}
    properties = {}
    for name, field in schema["fields"].items():
        key = TABLES[title][name]
        shape = _shape(field["schema"])
        if key.choices:
            shape = {**shape, "enum": list(key.choices)}
        if name == "kind" and title.startswith("mechanism "):
            shape = {"const": title.removeprefix("mechanism ")}
        if name == "format":
            shape = {"const": FORMAT}
        said = key.text + (f" Default: {key.default}." if key.default else "")
        # Beside a reference everything else is ignored in draft 7.
        shape = {"allOf": [shape]} if "$ref" in shape else shape
        properties[name] = {**shape, "description": said}
    return {
        "type": "object",
        "description": PROSE[title],
        "properties": properties,
        "required": [name for name, field in schema["fields"].items() if field["required"]],
        "additionalProperties": False,
    }


def _refer(schema: Schema) -> dict[str, Any]:
    if title := title_of(schema):
        return {"$ref": f"#/definitions/{_slug(title)}"}
    return _shape(schema)


def _shape(schema: Schema) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "typed-dict":
        return _refer(schema)
    if kind == "tagged-union":
        shapes: list[dict[str, Any]] = []
        for each in schema["choices"].values():
            if (shape := _refer(each)) not in shapes:
                shapes.append(shape)
        return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    if kind == "dict":
        return {"type": "object", "additionalProperties": _refer(schema["values_schema"])}
    if kind == "list":
        inside = schema.get("items_schema")
        return {"type": "array", **({"items": _refer(inside)} if inside else {})}
    return {"type": {"str": "string", "float": "number", "int": "integer", "bool": "boolean"}[kind]}
