"""What the public methods take: plain mistakes in it are said by name, before any work begins.

A rule belongs to the name of an argument, which means the same in every method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

import numpy as np

from etiograph.errors import InvalidFinding

F = TypeVar("F", bound=Callable[..., Any])

LEAST = {
    "draws": 1, "cases": 1, "k": 1, "points": 2, "n": 0, "seed": 0, "limit": 1, "together": 1,
    "longest": 1, "threads": 1,
}  # fmt: skip
"""Arguments that are whole numbers, and the smallest each may be."""
MAPPINGS = frozenset(
    (
        "changes", "findings", "utilities", "evidence", "do", "after", "holding", "units", "codes", "costs",
    )
)  # fmt: skip
"""Arguments that are mappings."""
INSIDE = frozenset(("utilities", "evidence", "codes"))
"""Those of them whose values are mappings, too."""
BY_NAME = frozenset(("case", "do", "had", "after", "with_findings"))
"""Methods that take findings or changes by name."""
TEXTS = frozenset(("from_", "to", "exposed", "unexposed"))
WORDS = frozenset(("title", "grade", "cohort", "date", "note", "zeros", "method", "on_error"))
"""Arguments that are a text."""
SWITCHES = frozenset(
    (
        "bounds", "detail", "acted", "acted_only", "groups", "needed", "weighted", "causes_only", "pairs", "minimal",
        "only_open", "helps",
    )
)  # fmt: skip


def checked(method: F) -> F:
    """Check the arguments of a method by their names.

    Raises (when the method is called)
    ------
    TypeError
        An argument of the wrong type.
    InvalidFinding
        A number that is too small.
    """
    told = signature(method)

    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        for name, value in _named(method.__name__, told, args, kwargs):
            _check(name, value)
        return method(*args, **kwargs)

    return called  # type: ignore[return-value]


def form_shown(method: F) -> F:
    """Say how a method is called, where it was called in another form; costs nothing where it was not."""

    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            own = error.__traceback__
            if own is not None and own.tb_next is not None:
                raise  # it had begun
            name = method.__name__
            raise TypeError(f"{name}: {error}{_form(name, args)}") from None

    return called  # type: ignore[return-value]


def _named(method: str, told: Signature, args: Any, kwargs: Any) -> list[tuple[str, Any]]:
    """Arguments that are not at their defaults, by name."""
    try:
        bound = told.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{method}: {error}{_form(method, args)}") from None
    pairs: list[tuple[str, Any]] = []
    for name, value in bound.arguments.items():
        given = told.parameters[name]
        if given.kind is Parameter.VAR_KEYWORD:
            # Names of findings and changes, or options by name.
            pairs.extend(value.items() if name == "options" else ())
        elif value is not given.default:
            pairs.append((name, value))
    return pairs


def _form(method: str, args: Any) -> str:
    """How it is written, where what was written shows what was meant."""
    said = [each for each in args[1:] if isinstance(each, str)]
    if method in BY_NAME and len(said) >= 2:
        return f"; write {method}({said[0]}={said[1]!r}), or {method}({{{said[0]!r}: {said[1]!r}}})"
    if method == "posterior" and said:
        return f"; it answers every variable at once: posterior()[{said[0]!r}]"
    return ""


def _check(name: str, value: Any) -> None:
    if name == "longest" and value is None:
        return
    if name in LEAST:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"{name} must be a whole number, not {value!r}")
        if value < LEAST[name]:
            raise InvalidFinding(f"{name} must be at least {LEAST[name]}, got {value}")
    elif name in MAPPINGS:
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} must be a mapping, not {type(value).__name__} {value!r}")
        wrong = [x for x in value.values() if not isinstance(x, Mapping)]
        if name in INSIDE and wrong:
            raise TypeError(f"{name} must hold mappings, not {type(wrong[0]).__name__}")
    elif name in WORDS and not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {value!r}")
    elif name == "beliefs":
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise TypeError(f"beliefs must be a list, not {type(value).__name__} {value!r}")
        if wrong := [x for x in value if not hasattr(x, "low")]:
            raise TypeError(f"beliefs must be values of the type Belief, not {wrong[0]!r}")
    elif name == "scenarios":
        if isinstance(value, Mapping) or not all(isinstance(x, Mapping) for x in value):
            raise TypeError("scenarios must be a list of mappings, the changes of each")
    elif name in TEXTS and value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a state, not {value!r}")
    elif name == "acted" and value is None:
        return  # where it is a question
    elif name in SWITCHES and not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    elif name == "rng" and isinstance(value, int) and value < 0:
        raise InvalidFinding(f"a seed must not be negative, got {value}")
    elif name == "rng" and value is not None:
        if not isinstance(value, int | np.integer | np.random.Generator):
            raise TypeError(f"rng must be a seed or a numpy Generator, not {value!r}")
    elif name == "original" and value is not None and not hasattr(value, "parameters"):
        raise TypeError(f"original must be a Network, not {type(value).__name__}")
