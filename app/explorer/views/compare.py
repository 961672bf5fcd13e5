"""Compare: a change beside no change."""

from __future__ import annotations

import streamlit as st

from explorer import changes, compare, current, helps, results

network = current.network()
results.warnings(network)
kind = compare.mode(network)
chosen, answer = st.columns([2, 5], gap="large")
with chosen, st.container(key="to-change"):
    changes.panel(network, kind)
    results.entered(network)
with answer:
    shown = compare.show(network, kind)
    # Nothing chosen yet: there all changes stand side by side, in the order of what they do.
    offer = helps.Helps(network) if compare.is_empty(network, kind) else None
compare.diagram(network, kind)
if shown is not None:
    shown.finish()  # last: everything else is on the screen by then
if offer is not None:
    offer.finish()
