"""Figures of how the house runs: how long pages take, how often they fail, how long writers wait.

Each worker counts in a small file of its own that lies in memory, so that whichever worker is
asked tells of all of them and a worker that was started anew loses nothing. Pages are told
apart by the name of their route, never by an address: nothing here says who is in care.
"""

from __future__ import annotations

import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

UP_TO_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper edges of the buckets, in seconds; one more has no edge."""

STATUSES = ("2xx", "3xx", "4xx", "5xx")
UNMATCHED = "unmatched"
SPAN = len(UP_TO_S) + 2
"""Cells of a histogram: its buckets and the sum, in seconds."""

PER_ROUTE = SPAN + len(STATUSES)
RUN = "STEPDOWN_RUN"
"""Set by ``stepdown serve``: the folder in which its workers count."""

SUFFIX = ".figures"


@cache
def routes() -> tuple[str, ...]:
    """The names of all routes, the same in every worker of a release."""
    return (UNMATCHED, *sorted(set(_names(get_resolver(settings.ROOT_URLCONF).url_patterns))))


def _names(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inside = f"{before}{each.namespace}:" if each.namespace else before
            yield from _names(each.url_patterns, inside)
        elif each.name:
            yield f"{before}{each.name}"


class Figures:
    """The cells of one worker, as floating-point numbers in a file or in plain memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.index = {name: number * PER_ROUTE for number, name in enumerate(routes())}
        self.waits = len(self.index) * PER_ROUTE
        self.faults = self.waits + SPAN
        size = (self.faults + 1) * 8
        self.lock = threading.Lock()
        self.held: mmap.mmap | bytearray = _mapped(path, size) if path else bytearray(size)
        self.cells = memoryview(self.held).cast("d")

    def request(self, route: str, status: int, took_s: float) -> None:
        """Count one answered request."""
        at = self.index.get(route, 0)
        with self.lock:
            self.cells[at + bisect_left(UP_TO_S, took_s)] += 1
            self.cells[at + SPAN - 1] += took_s
            if 200 <= status < 600:
                self.cells[at + SPAN + status // 100 - 2] += 1

    def waited(self, took_s: float) -> None:
        """Count how long a writer waited for its turn."""
        with self.lock:
            self.cells[self.waits + bisect_left(UP_TO_S, took_s)] += 1
            self.cells[self.waits + SPAN - 1] += took_s

    def failed(self) -> None:
        """Count an exception that no page answered."""
        with self.lock:
            self.cells[self.faults] += 1


def _mapped(path: Path, size: int) -> mmap.mmap:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(handle, size)
        return mmap.mmap(handle, size)
    finally:
        os.close(handle)


def folder() -> Path | None:
    """Where the workers of this run count; None outside of ``stepdown serve``."""
    named = os.environ.get(RUN)
    return Path(named) if named and Path(named).is_dir() else None


@cache
def mine() -> Figures:
    """The figures of this process."""
    where = folder()
    return Figures(where / f"{os.getpid()}{SUFFIX}" if where else None)


def together() -> tuple[list[float], list[int]]:
    """The sum of all workers' cells, and the process ids of those that counted."""
    own = mine()
    where = folder()
    if where is None:
        return list(own.cells), [os.getpid()]
    total = [0.0] * len(own.cells)
    pids = []
    for path in sorted(where.glob(f"*{SUFFIX}")):
        data = path.read_bytes()
        if len(data) == len(total) * 8:
            pids.append(int(path.stem))
            for n, count in enumerate(memoryview(data).cast("d")):
                total[n] += count
    return total, pids


def resident_bytes(pid: int) -> int | None:
    """Memory a process holds; None when it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
