"""The shape of a model file: which keys stand where, and what kind of value each holds.

Checked by pydantic's compiled core from a plain schema: the same strict checks and messages as pydantic's
models, for a fifth of their start-up time. What the values mean is checked where the network is built.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from etiograph.errors import EtiographError
from etiograph.formats.native.places import Places, in_words
from etiograph.formats.native.toml_text import Path
from etiograph.network.rules import LIMITS

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator

Schema = dict[str, Any]

FORMAT = 1
"""The version of the model file this package reads and writes."""

TEXT: Schema = {"type": "str", "strict": True}
NUMBER: Schema = {"type": "float", "strict": True, "allow_inf_nan": False}
FLAG: Schema = {"type": "bool", "strict": True}

ABOUT_TEXTS = (
    *("name", "title", "version", "purpose", "users", "population", "literature_search"),
    *("validated_on", "target", "evidence", "source", "licence", "language", "cases", "horizon"),
)
ABOUT_LISTS = ("exclusions", "weaknesses", "causes", "groups", "authors", "baseline")


def _table(title: str, needed: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    """A table with these keys and no others; what they mean stands under its title in `keys`."""
    fields = {
        key: {"type": "typed-dict-field", "schema": schema, "required": key in needed}
        for key, schema in {**needed, **optional}.items()
    }
    return {
        "type": "typed-dict",
        "strict": True,
        "extra_behavior": "forbid",
        "fields": fields,
        "metadata": {"title": title},
    }


def _each(schema: Schema, keys: str) -> dict[str, Schema]:
    return dict.fromkeys(keys.split(), schema)


def _mapping(values: Schema) -> Schema:
    return {"type": "dict", "strict": True, "keys_schema": TEXT, "values_schema": values}


def _list(items: Schema) -> Schema:
    return {"type": "list", "strict": True, "items_schema": items}


def _choice(tag: Callable[[Any], str | None], choices: dict[str, Schema]) -> Schema:
    return {"type": "tagged-union", "discriminator": tag, "choices": choices}


# Tags start with a tilde, so that none is taken for a key in the place of an error.


def _number_tag(value: Any) -> str:
    if not isinstance(value, dict):
        return "~number"
    if "constant" in value:
        return "~constant"
    return "~rows" if "rows" in value else "~parameter"


def _list_or_one(value: Any) -> str:
    return "~list" if isinstance(value, list) else "~table" if isinstance(value, dict) else "~one"


def _link_tag(value: Any) -> str:
    return "~rows" if isinstance(value, dict) and isinstance(value.get("rows"), list) else "~parent"


def is_one_number(value: Any) -> bool:
    """Whether an odds ratio is one number, not one for each state (which may be called "value")."""
    if not isinstance(value, dict):
        return True
    return any(key in value and not isinstance(value[key], dict) for key in ("value", "constant"))


def _ratio_tag(value: Any) -> str:
    return _number_tag(value) if is_one_number(value) else "~states"


def _kind_tag(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else None
    return None if kind is None else f"~{kind}"


TEXTS = _list(TEXT)
_PARAMETER = _table(
    "number",
    {"value": NUMBER},
    {
        **_each(NUMBER, "low high coverage baseline"),
        **_each(TEXT, "kind grade note unit name"),
        "evidence": TEXTS,
        "local": FLAG,
    },
)
_CONSTANT = _table("constant", {"constant": NUMBER}, {})
_NUMBERS = {"~number": NUMBER, "~parameter": _PARAMETER, "~constant": _CONSTANT}
P = {**_choice(_number_tag, {**_NUMBERS, "~rows": _PARAMETER}), "metadata": {"words": "number"}}
"""One number: bare, or with its range and sources."""
PS = _mapping(P)
WHEN = _mapping(_choice(_list_or_one, {"~one": TEXT, "~table": TEXT, "~list": TEXTS}))
ARRAY: Schema = {"type": "list", "strict": True}


def _row(p: Schema) -> Schema:
    return _table("row" if p is PS else "rate", {"p": p}, {"when": WHEN})


def _by_rows(title: str, p: Schema, more: dict[str, Schema]) -> Schema:
    return _table(title, {"parents": TEXTS, "rows": _list(_row(p))}, more)


def _links(title: str, p: Schema, more: dict[str, Schema]) -> Schema:
    one = _table(title, {"parent": TEXT, "strength": _mapping(p)}, more)
    return _list(
        _choice(_link_tag, {"~parent": one, "~rows": _by_rows(f"{title} by rows", p, more)})
    )


_LESS_WITH = {"less_with": _mapping(PS)}
_LEAK = _choice(_number_tag, {**_NUMBERS, "~rows": _by_rows("leak by rows", P, {})})
_CAUSES = {"leak": _LEAK, **dict.fromkeys(("links", "preventers"), _links("link", P, _LESS_WITH))}
_LEAK_MAX = _choice(_link_tag, {"~parent": PS, "~rows": _by_rows("graded link by rows", PS, {})})
_RATIOS = _mapping(_choice(_ratio_tag, {**_NUMBERS, "~rows": _PARAMETER, "~states": PS}))

MECHANISMS: dict[str, tuple[dict[str, Schema], dict[str, Schema]]] = {
    "table": ({}, {"rows": _list(_row(PS)), "array": ARRAY}),
    "noisy_or": ({}, _CAUSES),
    "noisy_max": ({}, {"leak": _LEAK_MAX, "links": _links("graded link", PS, {})}),
    "opposing": (
        {"lowering": _table("one side", {}, {**_CAUSES, "parents": TEXTS})}
        | {"raising": _table("one side", {}, {**_CAUSES, "parents": TEXTS})},
        {"low": TEXT, "high": TEXT},
    ),
    "logit": (
        {"baseline": PS},
        {"effects": _list(_table("effect", {"parent": TEXT, "odds_ratio": _RATIOS}, {}))},
    ),
    "cumulative_logit": (
        {"baseline": PS},
        {
            "effects": _list(
                _table("shift of the levels", {"parent": TEXT}, {"lower": PS, "higher": PS})
            )
        },
    ),
    "deterministic": (
        {},
        {"rows": _list(_table("line of a rule", {"state": TEXT}, {"when": WHEN})), "default": TEXT},
    ),
    "reading": (
        {"mean": P, "sd": P, "cutpoints": _list(NUMBER)},
        {
            **_each(TEXT, "unit distribution"),
            "bins": TEXTS,
            "error": P,
            "defines": _table("defines", {"parent": TEXT, "limits": _list(NUMBER)}, {}),
            "plausible": _list({"type": "float", "strict": True}),
            "units": _mapping(NUMBER),
            "offsets": _mapping(NUMBER),
            "shifts": _list(_table("shift", {"parent": TEXT, "shift": PS}, {"when": WHEN})),
        },
    ),
}
"""Kind of mechanism to the keys it needs and the keys it may have."""

_VARIABLE = {
    **_each(TEXT, "role label definition group burden turnaround"),
    **_each(TEXTS, "states order synonyms"),
    **_each(FLAG, "recurring observable"),
    "cost": NUMBER,
    "persistence": P,
    "lasting": _choice(_list_or_one, {"~table": _mapping(TEXT), "~one": TEXT, "~list": TEXTS}),
    "state_labels": _mapping(TEXT),
    "codes": _choice(
        _list_or_one, {"~table": _mapping(TEXT), "~one": _mapping(TEXT), "~list": _list(TEXTS)}
    ),
}
_LIMITS = _table("limits", {}, dict.fromkeys(LIMITS, NUMBER))


def _wanted_tag(value: Any) -> str:
    if isinstance(value, list):
        return "~conditions" if any(isinstance(each, dict) for each in value) else "~list"
    if not isinstance(value, dict):
        return "~one"
    numbers = any(isinstance(each, int | float) for each in value.values())
    return "~limits" if numbers or not value else "~condition"


def _condition(depth: int) -> Schema:
    """A condition that may hold others, so many storeys high."""
    wanted = {"~one": TEXT, "~list": TEXTS, "~limits": _LIMITS}
    if depth:
        inner = _condition(depth - 1)
        wanted |= {"~condition": inner, "~conditions": _list(inner)}
    return {**_mapping(_choice(_wanted_tag, wanted)), "metadata": {"title": "condition"}}


_CONDITION = _condition(4)
_RULE = _table(
    "rule",
    _each(TEXT, "id level message"),
    {
        "when": _CONDITION,
        "any": _list(_CONDITION),
        "change": WHEN,
        **_each(TEXTS, "silences evidence"),
        **_each(TEXT, "source note"),
    },
)
_CALIBRATION = _table(
    "target of calibration",
    {"solve": TEXT, "of": _mapping(TEXT), "value": NUMBER},
    {
        **_each(WHEN, "given do"),
        **_each(NUMBER, "low high"),
        **_each(TEXT, "id note"),
        "evidence": TEXTS,
    },
)
_PANEL = _table(
    "panel",
    _each(TEXT, "id label"),
    {
        **_each(NUMBER, "money burden time worth"),
        **_each(TEXT, "why note"),
        "readings": TEXTS,
        "when": _CONDITION,
    },
)
_HARM = _table(
    "harm",
    {"id": TEXT, **_each(NUMBER, "missed needless")},
    {
        **_each(TEXT, "label why grade note"),
        **_each(TEXTS, "ask test evidence"),
        "of": WHEN,
        "when": _CONDITION,
        "p": NUMBER,
    },
)
_BETWEEN_SOURCES = _table(
    "between_sources",
    {"grades": TEXTS},
    {**_each(NUMBER, "probability ratio"), "questions": _list(TEXTS), "note": TEXT},
)
_NEXT_STEPS = _table(
    "next_steps",
    {},
    {
        **_each(TEXT, "unit note"),
        **_each(NUMBER, "question information"),
        "panels": _list(_PANEL),
        "harms": _list(_HARM),
    },
)


_COHORT = _table(
    "cohort",
    {**_each(TEXT, "cohort how"), "n": NUMBER},
    {"date": TEXT, "given": _mapping(TEXT), "before": _mapping(_list(NUMBER)), "mark": TEXT},
)


def file_schema() -> Schema:
    """The shape of a whole file."""
    mechanisms = {
        f"~{kind}": _table(
            f"mechanism {kind}", {"kind": TEXT, **needed}, {"parents": TEXTS, **optional}
        )
        for kind, (needed, optional) in MECHANISMS.items()
    }
    states = {"states": _VARIABLE["states"], "mechanism": _choice(_kind_tag, mechanisms)}
    about = _each(TEXT, " ".join(ABOUT_TEXTS)) | _each(TEXTS, " ".join(ABOUT_LISTS))
    about["forbidden"] = _mapping(_list(TEXTS))
    about["learned"] = _list(_COHORT)
    about["blamed"] = _mapping(TEXT)
    return _table(
        "file",
        {
            "format": {"type": "int", "strict": True},
            "variables": _mapping(_table("variable", states, _VARIABLE | states)),
        },
        {
            "about": _table("about", {}, about),
            "flags": _mapping(_table("flag", {}, _VARIABLE)),
            "rules": _list(_RULE),
            "calibration": _list(_CALIBRATION),
            "next_steps": _NEXT_STEPS,
            "between_sources": _BETWEEN_SOURCES,
        },
    )


@cache
def _validator() -> tuple[SchemaValidator, Schema]:
    from pydantic_core import SchemaValidator

    schema = file_schema()
    return SchemaValidator(schema), schema


def checked(data: dict[str, Any], places: Places) -> dict[str, Any]:
    """The data of a file, every key and type as it should be and every number a float.

    Raises
    ------
    UnreadableFile
        A value of the wrong type, or a needed key that is missing.
    UnknownName
        A key that is not known here, with the nearest one.
    InvalidNetwork
        A number that is infinite or not a number.
    """
    from pydantic_core import ValidationError

    if data.get("format") != FORMAT:
        if "format" not in data:
            raise places.unreadable((), f"no model file: 'format = {FORMAT}' is missing")
        found = data["format"]
        message = f"format {found!r} is not known; this package reads format {FORMAT}"
        raise places.unreadable(("format",), message)
    validator, schema = _validator()
    try:
        result: dict[str, Any] = validator.validate_python(data)
    except ValidationError as error:
        found_errors = error.errors(include_url=False, include_context=False)
        raise _first(found_errors, data, schema, places) from None  # type: ignore[arg-type]
    # The validator puts keys in its own order; what the network keeps as it is keeps the file's.
    for part in ("about", "rules", "calibration", "next_steps", "between_sources"):
        if part in result:
            result[part] = _in_order_of(data[part], result[part])
    return result


def _in_order_of(given: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order_of(each, value[key]) for key, each in given.items()}
    if isinstance(value, list):
        return [_in_order_of(g, v) for g, v in zip(given, value, strict=True)]
    return value


def _first(
    errors: list[dict[str, Any]], data: dict[str, Any], schema: Schema, places: Places
) -> EtiographError:
    """The error that stands first in the file."""
    placed = []
    for number, error in enumerate(errors[:100]):
        path, here = _data_path(error["loc"], data, schema)
        placed.append((places.line(path) or 0, number, path, here, error))
    _, _, path, here, error = min(placed, key=lambda p: p[:2])
    return _translated(error, path, here, places)


def _data_path(loc: tuple[str | int, ...], data: Any, schema: Schema) -> tuple[Path, Schema]:
    """The path of an error in the data, and the schema of the table around it."""
    path: list[str | int] = []
    around = schema
    for step in loc:
        kind = schema["type"]
        if kind == "tagged-union":
            schema = schema["choices"][step]
            continue
        around = schema
        path.append(step)
        if kind == "typed-dict":
            schema = schema["fields"].get(step, {"schema": {"type": "any"}})["schema"]
        else:
            schema = schema.get("values_schema") or schema.get("items_schema") or {"type": "any"}
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
    return tuple(path), schema if schema["type"] == "tagged-union" else around


def _translated(error: dict[str, Any], path: Path, here: Schema, places: Places) -> EtiographError:
    kind, found = error["type"], error["input"]
    where = in_words(path)
    if kind == "extra_forbidden":
        return places.unknown(
            path, str(path[-1]), f"key {in_words(path[:-1])}".rstrip(), here["fields"]
        )
    if kind == "missing":
        return places.unreadable(
            path[:-1], f"{in_words(path[:-1])}: '{path[-1]}' is missing".lstrip(": ")
        )
    if kind == "union_tag_invalid":
        kinds = tuple(tag[1:] for tag in here["choices"])
        return places.unknown((*path, "kind"), str(found["kind"]), f"kind {where}", kinds)
    if kind == "union_tag_not_found":
        if isinstance(found, dict):
            return places.unreadable(path, f"{where}: 'kind' is missing")
        return places.unreadable(path, f"{where}: expected a table, found {_shown(found)}")
    if kind == "finite_number":
        return places.invalid(path, f"{where}: {found} is not a finite number")
    expected = error["msg"].removeprefix("Input should be ").replace("dictionary", "table")
    return places.unreadable(path, f"{where}: expected {expected}, found {_shown(found)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
