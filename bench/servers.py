"""Starting the measured server and the floor, both with two workers, and weighing them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stepdown.operate.serving import THREADS

WORKERS = 2


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(application: str, port: int, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a WSGI application until the block ends.

    Raises:
        RuntimeError: it did not answer within 30 s.
    """
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", application, "--interface", "wsgi", "--http", "1",
            "--no-ws", "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS),
            "--blocking-threads", str(THREADS), "--backlog", "2048", "--log-level", "error",
        ],
        env=env,
    )  # fmt: skip
    try:
        for _each in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{application} did not answer on port {port}.")
        time.sleep(1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of the heaviest worker, in MB (shared pages counted)."""
    heaviest = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        if lines.get("PPid", "").strip() == str(process.pid):
            heaviest = max(heaviest, int(lines.get("VmRSS", "0 kB").split()[0]))
    return heaviest / 1024
