"""The client: keep-alive connections that ask, wait for the whole answer and ask again."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from stepdown.clock import ticks

Ask = Callable[[int], tuple[str, str, bytes | None, dict[str, str]]]
"""Number of the request -> (method, path, body, headers)."""


@dataclass
class Heard:
    """What one run of a scenario measured."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bytes_each: int = 0
    took: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers in a second of the clock, over all clients."""
        return len(self.seconds) / self.took if self.took else 0.0

    def quantile(self, q: float) -> float:
        """The q-th quantile of the times, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))] * 1000


def run(port: int, ask: Ask, *, count: int, clients: int, warm: int = 20) -> Heard:
    """Ask ``count`` times in all with so many clients at once, after ``warm`` unmeasured."""
    heard, lock, turn = Heard(), threading.Lock(), iter(range(count))
    _loop(port, ask, iter(range(-warm, 0)), Heard(), threading.Lock())
    threads = [
        threading.Thread(target=_loop, args=(port, ask, turn, heard, lock))
        for _each in range(clients)
    ]
    start = ticks()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard.took = ticks() - start
    return heard


def _loop(port: int, ask: Ask, numbers: object, heard: Heard, lock: threading.Lock) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        with lock:
            number = next(numbers, None)  # type: ignore[call-overload]
        if number is None:
            break
        method, path, body, headers = ask(number)
        began = ticks()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        took = ticks() - began
        with lock:
            heard.seconds.append(took)
            heard.statuses[answer.status] = heard.statuses.get(answer.status, 0) + 1
            heard.bytes_each = len(content)
    connection.close()


def tag(port: int, ask: Ask) -> str:
    """The ETag of a page as it stands now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    method, path, body, headers = ask(0)
    headers = {k: v for k, v in headers.items() if k != "If-None-Match"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers.get("ETag", "")
