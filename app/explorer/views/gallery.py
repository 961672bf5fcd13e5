"""Gallery: bundled networks and lessons."""

from __future__ import annotations

from explorer import gallery

gallery.page()
