"""F4: killed at any moment of a save, the old file or the new one is whole."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from etiograph.errors import UnreadableFile
from etiograph.formats.saving import write_atomically

KILLS = 1_000 if os.environ.get("ETIOGRAPH_LONG") else 20
OLD = "old\n" * 5_000
NEW = "new\n" * 8_000

SAVER = """
import sys
from etiograph.formats.saving import write_atomically
texts = ["old\\n" * 5_000, "new\\n" * 8_000]
print("ready", flush=True)
i = 0
while True:
    i += 1
    write_atomically(sys.argv[1], texts[i % 2])
"""


def test_killed_while_saving(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text(OLD)
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE, text=True
        ) as saver:
            assert saver.stdout is not None
            assert saver.stdout.readline() == "ready\n"
            # A different moment each time: in the first save, or some way into the second.
            start = path.stat().st_mtime_ns
            while kill % 2 and path.stat().st_mtime_ns == start:
                pass
            for _ in range(kill * 100):
                path.exists()
            saver.send_signal(signal.SIGKILL)
        assert saver.returncode == -signal.SIGKILL
        assert path.read_text() in (OLD, NEW)


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text(OLD)
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == OLD
    assert [p.name for p in tmp_path.iterdir()] == ["model.toml"]


def test_permissions_are_kept_and_links_followed(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text(OLD)
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    write_atomically(link, NEW)
    assert link.is_symlink()
    assert path.read_text() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        write_atomically(tmp_path / "nowhere" / "model.toml", NEW)
