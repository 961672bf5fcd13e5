"""Entry of the explorer: navigation, nothing else. Start it with ``etiograph explore``."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from explorer import frame  # noqa: E402  the folder must be on the path first

frame.navigate()
