"""Checks: the network beside what was published and what is expected of cases."""

from __future__ import annotations

from explorer import current, published

network = current.network()
published.finish(network, published.page(network))
