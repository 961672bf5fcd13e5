"""The page ``docs/model_file.md``: every key of the model file and of the tables that stand beside it."""

from __future__ import annotations

from dataclasses import replace

from etiograph.curation.keys import CHECKS, EVIDENCE, KINDS, NEEDED, NUMBERS, VIGNETTES
from etiograph.curation.provenance import ODDS, RISKS
from etiograph.curation.statistics import STATISTICS
from etiograph.formats.native.reference import key_table, markdown, tables

INTRODUCTION = """\
# The model file

<!-- Written by `etiograph schema --page -o docs/model_file.md`; do not edit. -->

A network is one text file (TOML). `etiograph new NAME` writes one to start from, `etiograph check FILE` says what is
in a file or where it is wrong, `etiograph diff A B` what differs between two. `etiograph schema -o model.schema.json`
writes a JSON Schema; editors that know TOML show these texts and mark mistakes once the file's first line is
`#:schema ./model.schema.json`. Whatever is not listed here is refused, with its line and the nearest name.
"""


def page() -> str:
    """The whole page."""
    names = [f"[{title}](#{title.replace(' ', '-')})" for title in tables()]
    beside = [
        "[evidence table](#evidence-table)",
        "[published statistics](#published-statistics)",
        "[cases](#cases)",
    ]
    ratios = ", ".join(f"`{unit}`" for unit in sorted(ODDS | RISKS))
    unit = replace(EVIDENCE["unit"], text=f"`proportion`, a ratio ({ratios}), or the value's unit.")
    statistic = replace(CHECKS["statistic"], choices=STATISTICS)
    columns, checks = {**EVIDENCE, "unit": unit}, {**CHECKS, "statistic": statistic}
    lines = [INTRODUCTION, f"Tables: {', '.join(names)}. Beside the file: {', '.join(beside)}.", ""]
    lines += [markdown()]
    lines += [
        "# Beside the model file",
        "",
        "## evidence table",
        "",
        "`evidence.csv` beside the model file, or what `about.evidence` names: a row a published figure. Other "
        "columns are left alone. `etiograph check` holds every number against the rows it cites.",
        "",
        *key_table(
            (name, key, "number" if name in NUMBERS else "text", name == "id")
            for name, key in columns.items()
        ),
        "",
        "## published statistics",
        "",
        "`checks.toml` beside the model file, `[[checks]]`: what the network should say without having been told; "
        "`etiograph check FILE --against evidence` prints them, `etiograph diff` says which came in or went out.",
        "",
        *key_table(
            (name, key, KINDS.get(name, "text"), name in NEEDED) for name, key in checks.items()
        ),
        "",
        "## cases",
        "",
        "`vignettes.toml` beside the model file, `[[cases]]`: `etiograph diff` asks both networks about them.",
        "",
        *key_table(
            (name, key, KINDS.get(name, "text"), name == "findings")
            for name, key in VIGNETTES.items()
        ),
    ]
    return "\n".join(lines) + "\n"
