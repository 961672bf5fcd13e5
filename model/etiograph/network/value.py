"""What all answers are: values, equal when they say the same, with a short text of their own.

What dataclasses make of themselves does not do for answers: ``==`` fails on arrays, ``hash`` on
mappings, and the text of a tornado is a quarter of a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from etiograph.errors import EtiographError

T = TypeVar("T")

TEXT = 48
"""Characters of a text that are shown."""
ITEMS = 2
"""Items of a sequence or mapping that are shown."""
LONGEST = 360
"""Characters of the text of a value."""


def value_type(cls: type[T]) -> type[T]:
    """Give a frozen dataclass equality, a hash and a short text, all by its fields."""
    names = tuple(f.name for f in fields(cls) if f.compare)  # type: ignore[arg-type]

    def equal(self: Any, other: object) -> Any:
        if type(other) is not type(self):
            # An array would compare each of its entries.
            return False if isinstance(other, np.ndarray) else NotImplemented
        return self is other or all(same(getattr(self, n), getattr(other, n)) for n in names)

    def hashed(self: Any) -> int:
        return hash((type(self), *(_fixed(getattr(self, n)) for n in names)))

    for name, method in (("__eq__", equal), ("__hash__", hashed)):
        setattr(cls, name, method)
    return short_text(cls)


def short_text(cls: type[T]) -> type[T]:
    """Give a dataclass a text that fits a few lines: its ``sentence``, or the fields that say something."""
    shown = [(f.name, f.default) for f in fields(cls) if f.repr]  # type: ignore[arg-type]

    def text(self: Any) -> str:
        if hasattr(type(self), "sentence"):  # it tells the answer itself
            return cut(f"{type(self).__name__}: {self.sentence}", LONGEST)
        told = [(name, getattr(self, name), default) for name, default in shown]
        said = [f"{n}={brief(x)}" for n, x, default in told if not n.startswith("_")
                and not (type(x) is type(default) and x in ("", (), None))]  # fmt: skip
        return cut(f"{type(self).__name__}({', '.join(said)})", LONGEST, ")")

    cls.__repr__ = text  # type: ignore[method-assign]
    return cls


def same(a: Any, b: Any) -> bool:
    """Whether two values say the same: arrays entry by entry, NaN equal to NaN."""
    if a is b:
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)) or a.shape != b.shape:
            return False
        return all(same(x, y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    if isinstance(a, Mapping) and isinstance(b, Mapping) and not hasattr(a, "marginals"):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list) and type(a) is type(b):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and isinstance(b, float) and a != a:
        return b != b
    if isinstance(a, EtiographError):
        return type(a) is type(b) and same(a.args, b.args)
    if hasattr(a, "equals"):  # an index of a frame
        return bool(type(a) is type(b) and a.equals(b))
    return bool(a == b)


def _fixed(obj: Any) -> Any:
    """Something hashable that is equal where the values are."""
    if isinstance(obj, np.ndarray):
        return obj.shape
    if isinstance(obj, Mapping):
        return tuple(obj)
    if isinstance(obj, tuple | list):
        return (len(obj), *(_fixed(x) for x in obj[:ITEMS]))
    if isinstance(obj, float) and obj != obj:
        return "nan"
    if isinstance(obj, EtiographError):
        return (type(obj), str(obj))
    try:
        hash(obj)
    except TypeError:
        return type(obj).__name__
    return obj


def brief(obj: Any, deep: int = 1) -> str:
    """The text of a field: numbers short, long things by their first items and how many there are."""
    if isinstance(obj, str):
        return repr(cut(obj, TEXT))
    if isinstance(obj, float):
        return f"{obj:.6g}"
    if isinstance(obj, np.ndarray):
        few = obj.size <= 4 and obj.ndim == 1
        return f"[{_listed(obj.tolist(), deep)}]" if few else f"<{' x '.join(map(str, obj.shape))}>"
    if isinstance(obj, Mapping) and type(obj).__repr__ in (dict.__repr__, Mapping.__repr__):
        if len(obj) > 4 * ITEMS or not deep:
            return f"{{{len(obj)} items}}" if obj else "{}"
        inside = [f"{k!r}: {brief(obj[k], deep - 1)}" for k in list(obj)[:ITEMS]]
        return "{" + ", ".join([*inside, *["..."] * (len(obj) > ITEMS)]) + "}"
    if isinstance(obj, tuple | list):
        if not deep:
            return f"({len(obj)} items)" if obj else "()"
        return f"({_listed(obj, deep)}{',' * (len(obj) == 1)})"
    if is_dataclass(obj) and not deep:
        return f"{type(obj).__name__}(...)"
    return cut(repr(obj), 2 * TEXT)


def _listed(items: Sequence[Any] | Iterable[Any], deep: int) -> str:
    listed = list(items)
    inside = [brief(x, deep - 1) for x in listed[: ITEMS + 2 * (len(listed) <= 2 * ITEMS)]]
    rest = len(listed) - len(inside)
    return ", ".join([*inside, *[f"... {rest} more"] * (rest > 0)])


def cut(text: str, most: int, end: str = "") -> str:
    """A text, or its beginning with dots where it is longer."""
    return text if len(text) <= most else f"{text[: most - 3 - len(end)]}...{end}"
