"""Pages of the site that are made from the package itself, so that they cannot go stale."""

from __future__ import annotations

import base64
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
STYLES = re.compile(r"<style\b.*?</style>", re.S)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made: the command line, the README of the leg-cramp network, the notebooks."""
    made: dict[str, str | bytes] = {
        "reference/commands.md": commands(),
        "leg_cramps.md": leg_cramps(),
    }
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        made[f"notebooks/{path.stem}.md"], pictures = notebook(path)
        made |= {f"notebooks/{name}": picture for name, picture in pictures.items()}
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links to what is beside the site in the repository are left as names."""
    folder = posixpath.dirname(page.file.src_uri)
    return _as_names(
        markdown, lambda target: posixpath.normpath(posixpath.join(folder, target)).startswith("..")
    )


LINK = re.compile(r"\[([^\]]+)\]\((?!https?://|#)([^)]*)\)")


def _as_names(markdown: str, leaves: Callable[[str], bool]) -> str:
    """The text with the names of links in place of those whose target leaves the site."""
    return LINK.sub(lambda hit: f"`{hit[1]}`" if leaves(hit[2]) else hit[0], markdown)


def commands() -> str:
    """Every command with its help, as the command line prints it."""
    import click
    import typer

    from etiograph.commands.cli import app

    group = typer.main.get_command(app)
    parts = [
        "# The command line\n\nEvery command of `etiograph`, as `etiograph COMMAND --help` prints it. "
        "A misspelt name gets the nearest one and exit code 2.\n"
    ]
    parts += _help(group, "etiograph", click.Context(group, info_name="etiograph"), 2)
    return "\n".join(parts)


def _help(command: Any, name: str, context: Any, level: int) -> list[str]:
    found = []
    for word in command.list_commands(context):
        sub = command.get_command(context, word)
        if sub.hidden:
            continue
        inner = type(context)(sub, info_name=word, parent=context)
        if hasattr(sub, "list_commands"):
            found += _help(sub, f"{name} {word}", inner, level)
            continue
        found.append(f"{'#' * level} {name} {word}\n\n{_text(sub.help or '')}\n")
        rows = [f"| `{_names(p)}` | {_said(p)} |" for p in sub.params if _said(p)]
        if rows:
            found.append("\n".join(["| | |", "|---|---|", *rows, ""]))
    return found


def _text(text: str) -> str:
    return re.sub(r"\s*\b\n", "\n", text.replace("\f", "")).strip()


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return (parameter.metavar or parameter.name).upper()
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _said(parameter: Any) -> str:
    text = " ".join((getattr(parameter, "help", None) or "").split())
    return re.sub(r"[|<>]", lambda hit: f"&#{ord(hit.group())};", text)


def leg_cramps() -> str:
    """The README of the network; what it links to lies beside it, not in the site."""
    text = (ROOT / "data" / "leg_cramps" / "README.md").read_text(encoding="utf-8")
    return _as_names(text, lambda target: True)


# -- notebooks ------------------------------------------------------------------------------------


def notebook(path: Path) -> tuple[str, dict[str, bytes]]:
    """A notebook as a page, as it is stored, and its pictures by the name of their file."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parts, pictures = [], {}
    for n, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        for k, output in enumerate(cell["outputs"]):
            parts.append(_output(output, f"{path.stem}_{n}_{k}", pictures))
    where = (
        f"*This page is [notebooks/{path.name}](../../notebooks/{path.name}), with its outputs.*"
    )
    title, _, rest = "\n\n".join(filter(None, parts)).partition("\n")
    return f"{title}\n\n{where}\n{rest}\n", pictures


def _output(output: Mapping[str, Any], name: str, pictures: dict[str, bytes]) -> str:
    """One output: a picture, a table, or text."""
    data = {kind: "".join(text) for kind, text in output.get("data", {}).items()}
    if "image/svg+xml" in data:
        pictures[f"{name}.svg"] = data["image/svg+xml"].encode()
        return f"![output]({name}.svg)"
    if "image/png" in data:
        pictures[f"{name}.png"] = base64.b64decode(data["image/png"])
        return f"![output]({name}.png)"
    if "text/html" in data:
        return f'<div class="output" markdown="0">\n{STYLES.sub("", data["text/html"])}\n</div>'
    text = "".join(output.get("text", data.get("text/plain", ""))).rstrip("\n")
    return f"```text\n{text}\n```" if text else ""
