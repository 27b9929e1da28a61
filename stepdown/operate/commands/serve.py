"""Serve the pages.

Content is checked and the database looked at first; what is wrong is said, and nothing
is served. Stops on Ctrl-C or SIGTERM, after the requests under way are answered.

With --certificate and --key it speaks TLS itself: what tablets of a ward ask needs no proxy
then. Passkeys and secure cookies need TLS. docs/guide/tablets.md says where certificates
come from.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from django.conf import settings
from django.db import connections

from stepdown import clock
from stepdown.operate import certificates, readiness, serving
from stepdown.operate.console import Stopped, say, warn


def arguments(parser: argparse.ArgumentParser) -> None:
    """--host, --port, --workers, --certificate, --key."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="PEM, the house's first")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its key, PKCS#8 in PEM")


def run(args: argparse.Namespace) -> int:
    """Become the server."""
    pair = _pair(args)
    readiness.require()
    serving.require_free(args.host, args.port)
    connections.close_all()
    serving.begin_counting(Path(settings.STEPDOWN_DATA))
    address = serving.address(args.host, args.port, tls=pair is not None)
    say(f"Serving at {address} (Ctrl-C ends it)")
    words = serving.command(host=args.host, port=args.port, workers=args.workers, pair=pair)
    os.execv(words[0], words)


def _pair(args: argparse.Namespace) -> tuple[Path, Path] | None:
    """The certificate and its key, checked; the workers are told that TLS is spoken here.

    Raises:
        Stopped: one without the other, or they will not do.
    """
    if args.certificate is None and args.key is None:
        if settings.STEPDOWN_TLS == "own":
            raise Stopped(
                "STEPDOWN_TLS is own, and there is no certificate: --certificate FILE --key FILE. "
                "Behind a proxy that speaks TLS, set it to yes.",
                status=2,
            )
        return None
    if args.certificate is None or args.key is None:
        raise Stopped("A certificate comes with its key: --certificate FILE --key FILE.", status=2)
    checked = certificates.check(
        args.certificate, args.key, hosts=settings.ALLOWED_HOSTS, now=clock.now()
    )
    for words in checked.warnings:
        warn(words)
    os.environ["STEPDOWN_TLS"] = "own"
    return args.certificate, args.key
