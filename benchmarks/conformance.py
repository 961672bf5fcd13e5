"""``python -m benchmarks conformance``: ``etiograph check-engine ours pgmpy pyagrum``."""

from __future__ import annotations

from etiograph.conformance.check_engine import adaptor, check_engine, side_by_side


def main() -> None:
    """Print each card, then the table of docs/measured.md."""
    cards = []
    for name in ("ours", "pgmpy", "pyagrum"):
        cards.append(check_engine(adaptor(name)))
        print(cards[-1], end="\n\n", flush=True)
    print(side_by_side(cards))
