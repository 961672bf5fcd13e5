"""A case beside its baseline, for a process that asks once and ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from etiograph.engine.dense import propagate_dense
from etiograph.network.likelihoods import encode, settle_shown
from etiograph.query.posterior import Posterior, posterior

if TYPE_CHECKING:
    from etiograph.network.network import Network


def with_baseline(
    network: Network, findings: Mapping[str, object], shared: Mapping[str, object] | None = None
) -> tuple[Posterior, Posterior]:
    """The posterior with the findings and the one with what the baseline shares, by default nothing.

    Both are rows of one plain sweep where that is possible, which spares loading the compiled
    kernels; else two ordinary answers.

    Raises
    ------
    ImpossibleFindings, UnknownName, InvalidFinding, TooLarge
    """
    row, _, shown = encode(network, findings)
    shared = shared or {}
    base = encode(network, shared)[0]
    found = propagate_dense(network.model, np.stack([row, base]))
    if found is None:
        return posterior(network, findings), posterior(network, shared)
    log_evidence, marginals = found
    settle_shown(network, findings, shown, marginals[0])
    known, baseline = (
        Posterior(network, p, float(log_p))
        for p, log_p in zip(marginals, log_evidence, strict=True)
    )
    return known, baseline
