"""The server: granian, speaking WSGI to a few workers."""

from __future__ import annotations

import socket
import sys

from stepdown.operate.console import Stopped

THREADS = 2
"""Requests one worker answers at the same time. Each keeps a database connection.

More than two take the interpreter from each other: eight nurses who write at once are
answered by a sixth more slowly with four.
"""


def command(*, host: str, port: int, workers: int) -> list[str]:
    """The words that start the server. It stops gracefully on SIGTERM and SIGINT."""
    return [
        sys.executable, "-m", "granian", "stepdown.wsgi:application",
        "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS),
        "--backlog", "2048", "--respawn-failed-workers", "--workers-kill-timeout", "20",
        "--log-level", "warning",
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


def address(host: str, port: int) -> str:
    """Where to point a browser."""
    shown = "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0", "::") else host
    return f"http://{shown}:{port}/"
