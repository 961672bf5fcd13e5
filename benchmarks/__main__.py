"""``python -m benchmarks``: everything; ``python -m benchmarks speed asia``: a part."""

from __future__ import annotations

import sys

from . import bnlearn, cold, conformance, inference, learning, leg_cramps, speed


def main() -> None:
    """Run the parts named on the command line, or all."""
    part, *rest = sys.argv[1:] or ["all"]
    if part in ("speed", "all"):
        speed.main(rest)
    if part in ("leg_cramps", "all"):
        leg_cramps.main()
    if part in ("inference", "all"):
        inference.main(rest)
    if part in ("bnlearn", "all"):
        bnlearn.main(rest)
    if part in ("learning", "all"):
        learning.main(rest)
    if part in ("cold", "all"):
        cold.main(rest)
    if part in ("conformance", "all"):
        conformance.main()


if __name__ == "__main__":
    main()
