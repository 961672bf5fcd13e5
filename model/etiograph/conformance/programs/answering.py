"""The conversation with :mod:`etiograph.conformance.elsewhere`: one line of JSON in, one out.

A task holds ``kind`` ("name", "see", "do" or "had"), ``states`` and ``parents`` by variable, ``tables``
with axes (parents..., variable), ``findings``, ``changes`` and ``target``. The reply is one of
``{"answer": [...]}``, ``{"impossible": why}``, ``{"not_offered": why}``, ``{"refused": why}``.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Task = Mapping[str, Any]
MARK = "answer:"
"""What a reply begins with: engines print, too."""


class Impossible(Exception):
    """The engine says that the findings have probability 0."""


class NotOffered(Exception):
    """The engine has no exact function for this question."""


def hard(findings: Mapping[str, Any]) -> dict[str, str]:
    """Findings that are all states.

    Raises
    ------
    NotOffered
        One of them is soft.
    """
    if soft := [name for name, found in findings.items() if not isinstance(found, str)]:
        raise NotOffered(f"no soft finding, as on {soft[0]}")
    return dict(findings)


def positions(task: Task, findings: Mapping[str, Any]) -> dict[str, int]:
    """The position of each state found; soft findings are not offered."""
    return {name: task["states"][name].index(s) for name, s in hard(findings).items()}


def in_order(task: Task) -> list[str]:
    """The variables, parents before children."""
    done: list[str] = []
    waiting = dict(task["parents"])
    while waiting:
        ready = [n for n, above in waiting.items() if all(p in done for p in above)]
        done += ready
        waiting = {n: above for n, above in waiting.items() if n not in ready}
    return done


def not_offered(why: str) -> Callable[[Task], Sequence[float]]:
    """A question that an engine does not answer."""

    def refuse(task: Task) -> Sequence[float]:
        raise NotOffered(why)

    return refuse


def serve(name: Callable[[], str], **questions: Callable[[Task], Sequence[float]]) -> None:
    """Answer line by line; whatever an engine raises is its answer."""
    for line in sys.stdin:
        task = json.loads(line)
        reply: dict[str, Any]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if task["kind"] == "name":
                    reply = {"answer": name()}
                else:
                    reply = {"answer": [float(p) for p in questions[task["kind"]](task)]}
        except Impossible as error:
            reply = {"impossible": str(error)}
        except NotOffered as error:
            reply = {"not_offered": str(error)}
        except Exception as error:
            reply = {"refused": f"{type(error).__name__}: {error}"}
        sys.stdout.write(MARK + json.dumps(reply) + "\n")
        sys.stdout.flush()
