"""The part of a large network that lies around one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.network.network import Network


def surroundings(network: Network, name: str, most: int) -> tuple[str, ...]:
    """The variables nearest to one, over arrows of either direction.

    Parameters
    ----------
    network : Network
    name : str
        Where to start; it is one of them.
    most : int
        How many at most. At one distance parents come before children, each in their order.

    Returns
    -------
    tuple of str
        In the order of the network.

    Raises
    ------
    UnknownName
        With the nearest name.
    """
    start = network.variable(name).name
    found, near = {start: None}, [start]
    while near and len(found) < most:
        steps = (
            other
            for at in near
            for other in (*network.parents(at), *network.children(at))
            if other not in found
        )
        near = list(dict.fromkeys(steps))[: most - len(found)]
        found |= dict.fromkeys(near)
    return tuple(n for n in network.variables if n in found)
