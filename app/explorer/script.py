"""What runs for a session at every step: navigation, nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

APP = str(Path(__file__).resolve().parents[1])
if APP not in sys.path:
    sys.path.insert(0, APP)

from explorer import frame, heap  # noqa: E402  the folder must be on the path first

heap.keep_what_stays()
frame.navigate()
