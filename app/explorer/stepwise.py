"""An exact answer step by step on the page: which tables, their product, the sum, the tree of cliques."""

from __future__ import annotations

from itertools import product

import streamlit as st

import etiograph as eg
from etiograph.teaching.elimination import Elimination, Factor, eliminate, tree_svg

from . import charts, current, state, texts
from .cases import Pairs
from .kept import kept
from .markup import md


@kept
def _worked(network: eg.Network, target: str, findings: Pairs) -> Elimination | str:
    try:
        return eliminate(network, target, dict(findings))
    except eg.EtiographError as error:
        return str(error)


def section() -> None:
    """The answer for a chosen variable of the network that is open, given what is known of the case."""
    network = current.shipped()
    st.html(charts.part(texts.STEPWISE_TITLE, texts.STEPWISE_NOTE))
    if not st.toggle(
        texts.STEPWISE_SHOW, key="stepwise-on", persist_state="session", on_change=state.stay
    ):
        return
    plain = tuple((n, s) for n, s in current.seen() if s in network.variables[n].states)
    known = dict(plain)
    names = [n for n, v in network.variables.items() if v.card > 1 and n not in known]
    target = st.selectbox(
        texts.STEPWISE_OF,
        names,
        key="stepwise-of",
        format_func=lambda n: network.variables[n].label,
        persist_state="session",
        on_change=state.stay,
    )
    if target is None:
        return
    found = _worked(network, target, plain)
    if isinstance(found, str):
        st.info(md(found))
        return
    last = len(found.steps)
    number = 0
    if last:
        number = st.slider(
            texts.STEPWISE_STEP, 1, last + 1, key="stepwise-step", on_change=state.stay
        ) - 1  # fmt: skip
    _step(network, found, min(number, last))
    st.html(charts.picture(tree_svg(network, found, min(number, last)), _cliques(network, found)))
    st.html(charts.note(texts.STEPWISE_TREE, small=True))


def _step(network: eg.Network, found: Elimination, k: int) -> None:
    """One step: what is multiplied, the product with the numbers it came from, the sum."""
    label = {n: network.variables[n].label for n in network.variables}
    if k == len(found.steps):
        st.html(charts.part(texts.STEPWISE_LAST))
        st.html(charts.lines(_rows(network, found, found.last, " x ")))
        st.html(
            charts.note(
                texts.stepwise_end(
                    found.p_findings,
                    [
                        (network.variables[found.target].state_label(s), p)
                        for s, p in found.answer.items()
                    ],
                )
            )
        )
        return
    step = found.steps[k]
    st.html(charts.part(texts.stepwise_step(k + 1, label[step.variable])))
    used = [found.factors[n] for n in step.inputs]
    st.html(charts.note(texts.stepwise_inputs([_named(f, label) for f in used])))
    st.html(charts.part(texts.STEPWISE_PRODUCT))
    st.html(charts.lines(_rows(network, found, step.product, " x ")))
    st.html(charts.part(texts.stepwise_sum(label[step.variable])))
    st.html(charts.lines(_rows(network, found, step.result, " + ")))


def _cliques(network: eg.Network, found: Elimination) -> str:
    """The tree in words."""
    scopes = [*(step.product.scope for step in found.steps), found.last.scope]
    told = [[network.variables[n].label for n in scope] for scope in scopes]
    return texts.stepwise_tree(told, found.edges)


def _named(factor: Factor, label: dict[str, str]) -> str:
    """A table of the network by what it says, one that a step made by its step and scope."""
    if factor.source:
        return factor.source
    return texts.stepwise_made([label[n] for n in factor.scope])


def _rows(
    network: eg.Network, found: Elimination, factor: Factor, sign: str
) -> list[tuple[str, ...]]:
    """States, the sum or product, the number."""
    heads = [network.variables[n].label for n in factor.scope] or [texts.STEPWISE_ALL]
    rows: list[tuple[str, ...]] = [(*heads, texts.STEPWISE_FROM, texts.STEPWISE_NUMBER)]
    for states in product(*(range(k) for k in factor.table.shape)):
        told = [
            network.variables[n].state_label(network.variables[n].states[s])
            for n, s in zip(factor.scope, states, strict=True)
        ] or [""]
        terms = sign.join(f"{t:.4g}" for t in found.terms(network, factor, states))
        rows.append((*told, terms, f"{float(factor.table[states]):.4g}"))
    return rows
