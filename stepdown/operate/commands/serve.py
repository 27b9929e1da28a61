"""Serve the pages.

Content is checked and the database looked at first; what is wrong is said, and nothing
is served. Stops on Ctrl-C or SIGTERM, after the requests under way are answered.
"""

from __future__ import annotations

import argparse
import os

from django.db import connections

from stepdown.operate import readiness, serving
from stepdown.operate.console import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """--host, --port, --workers."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Become the server."""
    readiness.require()
    serving.require_free(args.host, args.port)
    connections.close_all()
    say(f"Serving at {serving.address(args.host, args.port)} (Ctrl-C ends it)")
    words = serving.command(host=args.host, port=args.port, workers=args.workers)
    os.execv(words[0], words)
