"""The explorer as a process of its own on a free port: for browser, load and safety tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The explorer, started as `etiograph explore` starts it, on one network."""

    def __init__(self, network, log, environment=None):
        self.network, self.log, self.environment = network, log, environment or {}
        self.start()

    def start(self):
        """Start on a port that was free a moment ago."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        command = [
            *(sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "streamlit_app.py")),
            "--server.headless=true",
            "--server.address=127.0.0.1",
            f"--server.port={self.port}",
        ]
        paths = [str(ROOT / "model"), os.environ.get("PYTHONPATH", "")]
        given = os.environ | {
            "ETIOGRAPH_NETWORK": str(self.network),
            "PYTHONPATH": os.pathsep.join(filter(None, reversed(paths))),
        }
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command,
                env=given | self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
            )

    def wait(self, seconds=180, starts=3):
        """Until the server answers; fail with its output if it stops, unless its port was taken."""
        for _ in range(seconds * 10):
            if self.process.poll() is not None:
                if starts > 1 and "is not available" in self.log.read_text():
                    self.start()
                    return self.wait(seconds, starts - 1)
                break
            try:
                with urllib.request.urlopen(f"{self.url}_stcore/health", timeout=2) as answer:
                    if answer.read() == b"ok":
                        return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # polling a starting process, not waiting out a race
        raise RuntimeError(self.log.read_text())

    def _processes(self):
        """The server and what it has started, by id."""
        found = [self.process.pid]
        for one in found:
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        return found

    def cpu_seconds(self):
        """Processor time the server and its processes have used, each."""
        found = []
        for one in self._processes():
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            found.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
        return found

    def megabytes(self):
        """Memory that the server and its processes hold, each."""
        found = []
        for one in self._processes():
            status = Path(f"/proc/{one}/status").read_text()
            line = next(row for row in status.splitlines() if row.startswith("VmRSS"))
            found.append(int(line.split()[1]) / 1024)
        return found

    def stop(self):
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
