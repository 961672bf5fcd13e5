"""What the page Model shows, as tables to take away."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from etiograph import Network

from . import sources, texts
from .meaning import named

if TYPE_CHECKING:
    import pandas as pd

LISTED = 20_000  # entries of a table that is written out


def numbers_frame(network: Network, names: Iterable[str]) -> pd.DataFrame:
    """Some numbers that have names, a row each, under readable headings."""
    import pandas as pd

    rows = [
        (
            named(network, p.name),
            p.value,
            p.low,
            p.high,
            p.grade,
            "; ".join(" ".join(filter(None, (s.who, s.name))) for s in sources.listed(p.evidence)),
            texts.KIND_WORDS.get(p.kind, p.kind),
            p.name,
        )
        for p in (network.parameters[name] for name in names)
    ]
    return pd.DataFrame(rows, columns=list(texts.PRIORS_COLUMNS))


def full_size(network: Network, name: str) -> int:
    """Entries of the whole table of a variable."""
    variables = network.variables
    return prod(variables[each].card for each in (*network.parents(name), name))


def table_frame(network: Network, name: str) -> pd.DataFrame:
    """The whole table of a variable: a row a combination of its parents, a column a state of its own."""
    import pandas as pd

    variables, parents = network.variables, network.parents(name)
    own = variables[name].states
    table = network.table(name).reshape(-1, len(own))
    where = product(*(variables[parent].states for parent in parents))
    rows = [(*states, *line) for states, line in zip(where, table.tolist(), strict=True)]
    return pd.DataFrame(rows, columns=[*parents, *(f"{name}={state}" for state in own)])
