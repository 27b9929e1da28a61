"""Twenty presses of the same button at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from stepdown.records.models import AuditEvent, Observation

PRESSES = 20


@pytest.fixture
def shared_by_threads(tmp_path, transactional_db) -> Iterator[None]:
    """What the test committed, in a database that threads can share.

    SQLite in memory is one connection's; its content moves into a file meanwhile.
    """
    if connection.vendor != "sqlite":
        yield
        return
    settings = connection.settings_dict
    before = settings["NAME"]
    file = tmp_path / "shared.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    settings["NAME"] = str(file)
    try:
        yield
    finally:
        settings["NAME"] = before


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_of_one_form_at_once_make_one_record(client, bedside, enter, request):
    enter(nurse=True)
    sent = bedside.filled(heart_rate_bpm="88", spo2_percent="97")
    request.getfixturevalue("shared_by_threads")
    together = Barrier(PRESSES)

    def press(_turn: int) -> tuple[int, str]:
        try:
            browser = Client()
            browser.cookies = client.cookies.copy()
            together.wait(timeout=30)
            response: Any = browser.post(bedside.url, sent)
            return response.status_code, response.get("Location", "")
        finally:
            connections.close_all()

    def count() -> tuple[int, int]:
        try:
            recorded = AuditEvent.objects.filter(action="observations.record")
            return Observation.objects.count(), recorded.count()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PRESSES) as pool:
        answers = set(pool.map(press, range(PRESSES)))
        rows, events = pool.submit(count).result()

    assert len(answers) == 1
    assert answers.pop()[0] == 303
    assert (rows, events) == (2, 1)
