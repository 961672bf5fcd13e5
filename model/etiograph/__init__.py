"""etiograph: probabilistic causal models of symptoms.

Start with ``net = etiograph.load("leg_cramps")`` and ``case = net.case(diuretic="thiazide")``.
For research and teaching; not a medical device.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etiograph.case import Case as Case
    from etiograph.curation.published import evidence as evidence
    from etiograph.curation.revision import diff as diff
    from etiograph.engine.memory import memory_limit as memory_limit
    from etiograph.errors import (
        EtiographError as EtiographError,
        ImpossibleFindings as ImpossibleFindings,
        InvalidChange as InvalidChange,
        InvalidFinding as InvalidFinding,
        InvalidNetwork as InvalidNetwork,
        NotIdentifiable as NotIdentifiable,
        TooLarge as TooLarge,
        UnknownName as UnknownName,
        UnreadableFile as UnreadableFile,
    )
    from etiograph.formats.pgmpy import from_pgmpy as from_pgmpy
    from etiograph.learning.compare import compare as compare
    from etiograph.learning.structure import learn_structure as learn_structure
    from etiograph.learning.validate import validate as validate
    from etiograph.network.event import Event as Event
    from etiograph.network.finding import (
        likelihood as likelihood,
        measured as measured,
        not_ as not_,
        unknown as unknown,
    )
    from etiograph.network.logit import (
        CumulativeLogit as CumulativeLogit,
        LevelOdds as LevelOdds,
        Logit as Logit,
        OddsRatios as OddsRatios,
    )
    from etiograph.network.mechanism import (
        Deterministic as Deterministic,
        Row as Row,
        Table as Table,
    )
    from etiograph.network.network import Network as Network
    from etiograph.network.noisy import (
        MaxLink as MaxLink,
        NoisyLink as NoisyLink,
        NoisyMax as NoisyMax,
        NoisyOr as NoisyOr,
        Opposing as Opposing,
    )
    from etiograph.network.parameter import Parameter as Parameter
    from etiograph.network.quantity import Quantity as Quantity
    from etiograph.network.reading import LevelShift as LevelShift, Reading as Reading
    from etiograph.network.variable import Variable as Variable
    from etiograph.resources import load as load, networks as networks
    from etiograph.uncertainty.tuning import Belief as Belief

__version__ = "0.1.0"

# Imported when first used, so that `import etiograph` costs nothing.
_HOMES = {
    "Belief": "etiograph.uncertainty.tuning",
    "Case": "etiograph.case",
    "CumulativeLogit": "etiograph.network.logit",
    "Deterministic": "etiograph.network.mechanism",
    "EtiographError": "etiograph.errors",
    "Event": "etiograph.network.event",
    "ImpossibleFindings": "etiograph.errors",
    "InvalidChange": "etiograph.errors",
    "InvalidFinding": "etiograph.errors",
    "InvalidNetwork": "etiograph.errors",
    "LevelOdds": "etiograph.network.logit",
    "LevelShift": "etiograph.network.reading",
    "Logit": "etiograph.network.logit",
    "MaxLink": "etiograph.network.noisy",
    "Network": "etiograph.network.network",
    "NoisyLink": "etiograph.network.noisy",
    "NoisyMax": "etiograph.network.noisy",
    "NoisyOr": "etiograph.network.noisy",
    "NotIdentifiable": "etiograph.errors",
    "OddsRatios": "etiograph.network.logit",
    "Opposing": "etiograph.network.noisy",
    "Parameter": "etiograph.network.parameter",
    "Quantity": "etiograph.network.quantity",
    "Reading": "etiograph.network.reading",
    "Row": "etiograph.network.mechanism",
    "Table": "etiograph.network.mechanism",
    "TooLarge": "etiograph.errors",
    "UnknownName": "etiograph.errors",
    "UnreadableFile": "etiograph.errors",
    "Variable": "etiograph.network.variable",
    "diff": "etiograph.curation.revision",
    "from_pgmpy": "etiograph.formats.pgmpy",
    "evidence": "etiograph.curation.published",
    "learn_structure": "etiograph.learning.structure",
    "likelihood": "etiograph.network.finding",
    "load": "etiograph.resources",
    "measured": "etiograph.network.finding",
    "memory_limit": "etiograph.engine.memory",
    "networks": "etiograph.resources",
    "not_": "etiograph.network.finding",
    "unknown": "etiograph.network.finding",
    "compare": "etiograph.learning.compare",
    "validate": "etiograph.learning.validate",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'etiograph' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
