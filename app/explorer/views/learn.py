"""Learn: short lessons on bundled networks, and lessons from a file."""

from __future__ import annotations

from explorer import learn

learn.page()
