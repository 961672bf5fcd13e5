"""``make notebooks``: runs the notebooks and keeps their outputs and pictures in the files.

``python notebooks/run.py [FILE...]``; by default every notebook of this folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh run, without the time it was run at."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    )
    client.execute()
    # The version of the Python that ran it is no part of what it shows.
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main() -> None:
    """Run and write."""
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else sorted(HERE.glob("*.ipynb")):
        nbformat.write(run(path), path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
