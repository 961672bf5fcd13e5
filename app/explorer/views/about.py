"""About: what the open network is, on one screen, from its own file."""

from __future__ import annotations

import streamlit as st

import etiograph as eg
from explorer import charts, current, sources, texts
from explorer.markup import md

network = current.network()
about = network.about


def stated(key: str) -> str:
    """A text of the model file, or that there is none."""
    return str(about.get(key) or texts.NOT_STATED)


def bullets(items: list[str]) -> str:
    """A Markdown list of escaped texts."""
    return "\n".join(f"- {md(item)}" for item in items)


silent = not any(about.get(key) for key in ("purpose", "users", "population", "validated_on"))
if silent:
    st.warning(texts.SILENT)
else:
    st.warning(md(texts.sentence(stated("validated_on"))), title=texts.FACT_VALIDATED)
use, avoid = st.columns(2, gap="large")
with use:
    st.subheader(texts.USE_WHEN, anchor=False)
    st.markdown(bullets(list(texts.USE_POINTS)))
with avoid:
    st.subheader(texts.NOT_WHEN, anchor=False)
    groups = [str(g) for g in about.get("exclusions") or ()]
    people = [f"{texts.NOT_PEOPLE}: {'; '.join(map(texts.not_covered, groups))}"] if groups else []
    st.markdown(bullets([*texts.NOT_POINTS, *people]))

facts, limits = st.columns(2, gap="large")
with facts:
    st.subheader(md(str(about.get("title") or current.identity())), anchor=False)
    arrows = sum(len(network.parents(name)) for name in network.variables)
    named = [
        (texts.FACT_PURPOSE, stated("purpose")),
        (texts.FACT_USERS, stated("users")),
        (texts.FACT_POPULATION, stated("population")),
        (texts.FACT_SEARCH, stated("literature_search")),
        (texts.FACT_VERSION, stated("version")),
    ]
    rows = [
        *([] if silent else named),
        (texts.FACT_SIZE, texts.nodes_and_arrows(len(network.variables), arrows)),
        (texts.FACT_SOFTWARE, f"etiograph {eg.__version__}"),
        (texts.FACT_DIGEST, network.digest()),
    ]
    st.html(charts.facts(rows))
    grades = [p.grade for p in network.parameters.values()]
    if grades:
        st.subheader(texts.EVIDENCE, anchor=False)
        counts = [(g, texts.GRADES[g], grades.count(g)) for g in texts.GRADES if g in grades]
        weak = sum(grade in ("C", "D") for grade in grades)
        if weak:
            st.html(charts.caveat(texts.weak_numbers(weak, len(grades))))
        st.html(charts.grades(counts, len(grades)))
weaknesses = [str(each) for each in about.get("weaknesses") or ()]
if weaknesses or not silent:
    with limits:
        st.subheader(texts.LIMITS, anchor=False)
        st.markdown(bullets(weaknesses or [texts.NOT_STATED]))
sources.listing(network)
