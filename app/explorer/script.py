"""What runs for a session at every step: navigation, nothing else."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

APP = str(Path(__file__).resolve().parents[1])
if APP not in sys.path:
    sys.path.insert(0, APP)

import streamlit as st  # noqa: E402

from explorer import frame  # noqa: E402  the folder must be on the path first


@st.cache_resource(show_spinner=False)
def _keep_what_stays() -> None:
    """Take what is loaded by now out of the collection of garbage after each run, which goes through all."""
    gc.collect()
    gc.freeze()


frame.navigate()
_keep_what_stays()
