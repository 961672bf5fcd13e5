"""A small model file to start a network of one's own from."""

from __future__ import annotations

TEXT = """\
# {name}: a network to start from. All numbers are made up. Every key: docs/model_file.md (etiograph schema --page).
format = 1
[about]
name = "{name}"
target = "headache"                      # the outcome whose causes are asked for
causes = ["short_sleep", "missed_coffee"]

[variables.short_sleep]                  # a cause: how common it is, with its range
states = ["no", "yes"]                   # the first state is the usual one
mechanism = {{kind = "table", rows = [{{p = {{yes = {{value = 0.3, low = 0.2, high = 0.4, grade = "D", note = "a guess"}}}}}}]}}
[variables.missed_coffee]
states = ["no", "yes"]
mechanism = {{kind = "table", rows = [{{p = {{yes = {{value = 0.1, low = 0.05, high = 0.2, grade = "D"}}}}}}]}}

[variables.headache]                     # the outcome: each cause acts by itself, the leak is all that has no name
states = ["absent", "present"]
role = "outcome"
mechanism.kind = "noisy_or"
mechanism.leak = {{value = 0.05, low = 0.02, high = 0.1, grade = "D"}}
mechanism.links = [
    {{parent = "short_sleep", strength = {{yes = {{value = 0.3, low = 0.1, high = 0.5, grade = "D"}}}}}},
    {{parent = "missed_coffee", strength = {{yes = {{value = 0.4, low = 0.2, high = 0.6, grade = "D"}}}}}},
]
"""


def starter(name: str) -> str:
    """A model file with two causes and an outcome, commented, under a name.

    Parameters
    ----------
    name : str
        What the network is called; letters, digits, ``_``, ``-`` and ``.``.
    """
    return TEXT.format(name=name)
