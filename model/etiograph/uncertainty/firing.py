"""The same network with "this cause acted" as a variable of its own.

In a noisy-OR the links of one cause can be taken out and put before a variable that says whether one
of them fired; that variable then brings about the outcome with certainty. Nothing else changes, so
whatever can be asked of a variable can be asked of a cause having acted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable
from etiograph.store import STORE
from etiograph.uncertainty.acted import Acting

if TYPE_CHECKING:
    from etiograph.query.worlds import Kind

STATES = ("absent", "present")


def with_firing(
    network: Network, findings: Mapping[str, object], causes: Sequence[str], kind: Kind = "see"
) -> tuple[Network, tuple[str, ...]] | None:
    """The network with a variable "a link of this cause fired" for each of some causes, and their names.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
        The outcome among them.
    causes : sequence of str
    kind : {"see", "do", "had", "after"}

    Returns
    -------
    (Network, tuple of str) or None
        None where it is no question which cause acted (see :meth:`Acting.of`), or if one is no named
        cause.
    """
    asked = Acting.of(network, findings, kind)
    if asked is None or not set(causes) <= set(asked.causes):
        return None
    key = ("firing", network.model, asked.target, tuple(causes))
    return STORE.get(key, lambda: _split(network, asked.target, causes))


def _split(network: Network, target: str, causes: Sequence[str]) -> tuple[Network, tuple[str, ...]]:
    whole = network.mechanisms[target]
    assert isinstance(whole, NoisyOr)
    links = [link for link in whole.links if link.parents[0] not in causes]
    variables, mechanisms = dict(network.variables), dict(network.mechanisms)
    names = []
    for cause in causes:
        name = f"{cause}_acted"
        while name in variables or name in network.flags:
            name += "_"
        names.append(name)
        variables[name] = Variable(name, STATES, observable=False)
        own = tuple(link for link in whole.links if link.parents[0] == cause)
        mechanisms[name] = NoisyOr(links=own)
        links.append(NoisyLink.of(name, {STATES[1]: 1.0}))
    mechanisms[target] = NoisyOr(leak=whole.leak, links=tuple(links))
    split = Network(variables, mechanisms, network.flags, network.rules, network.about)
    return split, tuple(names)
