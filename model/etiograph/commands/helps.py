"""What could help, as the command line prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etiograph.console import console
from etiograph.decision.intervention_words import change_words, effect_words, helps_words
from etiograph.decision.words import FLAG_LEVELS

if TYPE_CHECKING:
    from etiograph.case import Case
    from etiograph.decision.interventions import Intervention

TOP = 10
"""Changes printed of those that help, and half as many of those that harm."""
DRAWS = 200


def show_helps(case: Case, *, intervals: bool) -> None:
    """Every change by its effect, what helps first; a caution stands under its change."""
    from rich.table import Table
    from rich.text import Text

    network = case.network
    found = case.what_helps()
    helping, harming = found.helping()[:TOP], found.harming()[: TOP // 2]
    if intervals and network.has_ranges:
        pairs = [(each.variable, each.state) for each in (*helping, *harming)]
        ranged = case.what_helps(found.event, among=pairs, draws=DRAWS)
        helping, harming = ranged.helping(), ranged.harming()
    out = console()
    out.print()
    for line in helps_words(network, found)[: None if not helping else 1]:
        out.print(Text(line))
    for heading, rows in (("What could help", helping), ("What would make it worse", harming)):
        if not rows:
            continue
        table = Table(box=None, pad_edge=False, title=heading, title_justify="left")
        table.add_column("Change")
        table.add_column("people with it", no_wrap=True)
        for row in rows:
            table.add_row(Text(_change(case, row)), effect_words(row))
        out.print(table)
    rest = len(found.changes) - len(found.helping()) - len(found.harming())
    if rest:
        out.print(f"{rest} other changes would make no visible difference.")
    for name, state, why in found.refused:
        out.print(Text(f"not answered: {name} = {state} ({why})"))


def _change(case: Case, row: Intervention) -> str:
    cautions = (f"\n  {FLAG_LEVELS[flag.level]}: {flag.message}" for flag in row.cautions)
    return change_words(case.network, row) + "".join(cautions)
