"""Small tools for immutable values: a frozen mapping, walks over numbers, a canonical digest."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork, UnknownName

SHOWN = 8
"""Items of a mapping that its text shows."""
LONGEST = 360
"""Characters of that text."""

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A dict that refuses to be changed; hashable when its values are, and it can be pickled."""

    __slots__ = ()

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("this mapping cannot be changed")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __missing__(self, key: object) -> NoReturn:
        raise UnknownName(key, "entry", [str(each) for each in self])

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (dict(self),))

    def __repr__(self) -> str:
        whole = len(self) <= SHOWN
        items = [f"{k!r}: {v!r}" for k, v in islice(self.items(), SHOWN if whole else 2)]
        if not whole:
            items = [i if len(i) <= LONGEST // 3 else f"{i[: LONGEST // 3]}..." for i in items]
        text = "{" + ", ".join(items if whole else [*items, f"... {len(self) - 2} more"]) + "}"
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...}}"

    def __copy__(self) -> FrozenMap[K, V]:
        return self

    def __deepcopy__(self, memo: object) -> FrozenMap[K, V]:
        return self


def frozen(value: Any) -> Any:
    """Freeze plain data: mappings, lists and tuples, all the way down."""
    if isinstance(value, Mapping):
        return FrozenMap({k: frozen(v) for k, v in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(v) for v in value)
    return value


def clean_name(name: object, what: str) -> str:
    """Return a name in Unicode normal form C, refused if empty or with control characters."""
    if not isinstance(name, str):
        raise InvalidNetwork(f"{what} must be text, not {type(name).__name__} {name!r}")
    if name.isascii() and name.isidentifier():
        return name
    if not name.strip():
        raise InvalidNetwork(f"{what} is empty")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name):
        raise InvalidNetwork(f"{what} {name!r} has control characters")
    return unicodedata.normalize("NFC", name)


def same_name(name: Any, known: Container[str]) -> Any:
    """Return the known name that is the same text in Unicode normal form C, else the name as it is.

    Names are kept in that form; a keyboard or a file system may give the other one.
    """
    if isinstance(name, str) and not name.isascii():
        composed = unicodedata.normalize("NFC", name)
        if composed in known:
            return composed
    return name


def duplicates(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once."""
    seen: set[str] = set()
    return list(dict.fromkeys(n for n in names if n in seen or seen.add(n)))  # type: ignore[func-returns-value]


def walk(value: Any, kind: type[V]) -> Iterator[V]:
    """Yield every instance of ``kind`` inside a value, in declared order."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from walk(each, kind)
    elif isinstance(value, tuple):
        for each in value:
            yield from walk(each, kind)
    elif is_dataclass(value):
        for field in fields(value):
            yield from walk(getattr(value, field.name), kind)


def rebuilt(value: Any, kind: type[V], change: Callable[[V], object]) -> Any:
    """Return the value with every instance of ``kind`` inside it passed through ``change``."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, Mapping):
        mapped = {k: rebuilt(v, kind, change) for k, v in value.items()}
        return value if all(mapped[k] is v for k, v in value.items()) else FrozenMap(mapped)
    if isinstance(value, tuple):
        listed = tuple(rebuilt(v, kind, change) for v in value)
        same = all(new is old for new, old in zip(listed, value, strict=True))
        return value if same else listed
    if is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        new = {name: rebuilt(v, kind, change) for name, v in old.items()}
        return value if all(new[n] is old[n] for n in old) else replace(value, **new)
    return value


def canonical(value: Any, feed: Callable[[bytes], object]) -> None:
    """Feed a value to a digest so that equal values, and only they, give equal bytes."""
    if isinstance(value, np.ndarray):
        feed(f"a{value.shape}".encode())
        feed(np.ascontiguousarray(value, dtype=np.float64).tobytes())
    elif isinstance(value, str):
        data = value.encode()
        feed(f"s{len(data)}:".encode())
        feed(data)
    elif isinstance(value, Mapping):
        feed(f"m{len(value)}:".encode())
        for key, each in value.items():
            canonical(key, feed)
            canonical(each, feed)
    elif isinstance(value, tuple | list):
        feed(f"t{len(value)}:".encode())
        for each in value:
            canonical(each, feed)
    elif is_dataclass(value):
        feed(f"d{type(value).__name__}:".encode())
        for field in fields(value):
            canonical(getattr(value, field.name), feed)
    elif isinstance(value, bool) or value is None:
        feed(f"c{value};".encode())
    elif isinstance(value, int | float):
        # A model file may write 1 for 1.0: the same number.
        feed(f"f{float(value).hex()};".encode())
    else:
        feed(f"r{value!r};".encode())


def read_only(array: object) -> NDArray[np.float64]:
    """Return a C-ordered, read-only float64 array (a copy unless it is one already)."""
    result = np.ascontiguousarray(array, dtype=np.float64)
    if result.flags.writeable:
        result = result.copy()
        result.setflags(write=False)
    return result
