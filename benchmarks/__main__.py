"""``python -m benchmarks``: everything; ``python -m benchmarks speed asia``: a part.

``--into PAGE`` puts the tables in their sections of a page, each as soon as it is whole.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import bnlearn, cold, conformance, inference, learning, leg_cramps, patterns, scale, speed

PARTS = (
    "speed",
    "patterns",
    "leg_cramps",
    "inference",
    "bnlearn",
    "learning",
    "scale",
    "cold",
    "conformance",
)


def main() -> None:
    """Run the parts named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("part", nargs="?", default="all", choices=("all", *PARTS))
    parser.add_argument("network", nargs="*")
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    for part in PARTS if asked.part == "all" else (asked.part,):
        if part == "inference":
            inference.main(asked.network)
        elif part == "learning":
            for table in learning.main(asked.network):
                if asked.into:
                    table.write(asked.into)
        elif part == "conformance":
            conformance.main()
        else:
            tables = {
                "speed": speed.main, "patterns": patterns.main, "bnlearn": bnlearn.main, "cold": cold.main, "scale": scale.main,
            }  # fmt: skip
            table = tables[part](asked.network) if part in tables else leg_cramps.main()
            if asked.into:
                table.write(asked.into)


if __name__ == "__main__":
    main()
