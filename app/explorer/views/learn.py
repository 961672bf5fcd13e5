"""Learn: short lessons on bundled networks."""

from __future__ import annotations

import streamlit as st

from explorer import charts, learn, texts

titles = {lesson.title: lesson for lesson in learn.LESSONS}
chosen = st.pills(
    texts.LEARN_PICK,
    list(titles),
    key="lesson",
    default=next(iter(titles)),
    required=True,
    persist_state="session",
)
st.html(charts.note(texts.LEARN_NOTE))
learn.show(titles[chosen or next(iter(titles))])
