"""The server: granian, speaking WSGI to a few workers."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
from pathlib import Path

from stepdown.operate.console import Stopped
from stepdown.web import measures

THREADS = 2
"""Requests one worker answers at the same time. Each keeps a database connection.

More than two take the interpreter from each other: eight nurses who write at once are
answered by a sixth more slowly with four.
"""


def command(
    *, host: str, port: int, workers: int, pair: tuple[Path, Path] | None = None
) -> list[str]:
    """The words that start the server. It stops gracefully on SIGTERM and SIGINT.

    ``pair`` is the certificate and its key where the server speaks TLS itself. A worker that
    fails is started anew, so a fault of one takes nobody's page away for long.
    """
    secured = ["--ssl-certificate", str(pair[0]), "--ssl-keyfile", str(pair[1])] if pair else []
    if pair:
        secured += ["--ssl-protocol-min", "tls1.2"]
    return [
        sys.executable, "-m", "granian", "stepdown.wsgi:application",
        "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS),
        "--backlog", "2048", "--respawn-failed-workers", "--workers-kill-timeout", "20",
        "--log-level", "warning", *secured,
    ]  # fmt: skip


def require_free(host: str, port: int) -> None:
    """Return quietly when the port can be listened on.

    Raises:
        Stopped: it cannot, with the reason.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Stopped(
                f"Port {port} of {host} cannot be used ({error.strerror}). "
                f"Name another: --port {port + 1 if port < 65_535 else 8000}"
            ) from error


def begin_counting(data: Path) -> None:
    """A fresh folder in which the workers of this run count; those of earlier runs are removed."""
    before = data / "run"
    shutil.rmtree(before, ignore_errors=True)
    folder = before / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[measures.RUN] = str(folder)


def address(host: str, port: int, *, tls: bool = False) -> str:
    """Where to point a browser."""
    shown = "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0", "::") else host
    return f"{'https' if tls else 'http'}://{shown}:{port}/"
