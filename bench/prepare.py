"""Fill the measured database and write down what a client needs to ask; run as a process.

Run again for a database that is filled, it signs the nurse in anew and adds nothing.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django


def main(target: Path, observations: int, current: int, past: int) -> None:
    """Migrate, build the history if there is none, sign a nurse in, and look at each page once."""
    from django.conf import settings
    from django.core.management import call_command

    from bench.history import build
    from stepdown import clock

    if target.exists():
        known = json.loads(target.read_text())
    else:
        call_command("migrate", verbosity=0)
        if settings.ACCESS_ALIAS != "default":
            call_command("migrate", database=settings.ACCESS_ALIAS, verbosity=0)
        known = build(observations, current=current, past=past, now=clock.now())
    target.write_text(json.dumps(known | _client(known)))


def _client(known: dict[str, Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from stepdown.records.models import Assignment
    from tests.support import fields_of, sign_in

    client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    assignment = Assignment.objects.select_related("user", "facility").get(pk=known["assignment"])
    sign_in(client, assignment)
    paths = {
        "board": f"/ward/{known['unit']}/",
        "live": f"/ward/{known['unit']}/live",
        "chart_36": f"/people/{known['short_stay']}/",
        "chart_500": f"/people/{known['long_stay']}/?span=stay",
    }
    form_path = f"/people/{known['short_stay']}/observe/"
    fields = fields_of(client.get(form_path).text, "sheet")
    fields |= {
        "systolic_mmhg": "124", "diastolic_mmhg": "78", "heart_rate_bpm": "88",
        "respiratory_rate_bpm": "16", "temperature_c": "36.9", "spo2_percent": "98",
        **_answers(),
    }  # fmt: skip
    seen = {}
    for name, path in paths.items():
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        seen[name] = {
            "status": answer.status_code, "queries": len(asked), "bytes": len(answer.content),
            "etag": answer.headers.get("ETag", ""),
        }  # fmt: skip
    return {
        "cookie": "; ".join(f"{k}={v.value}" for k, v in client.cookies.items()),
        "paths": paths,
        "fields": fields,
        "seen": seen,
        "queries_record": _statements_of_a_record(client, form_path, fields),
    }


def _answers() -> dict[str, str]:
    from stepdown.content import library

    return {
        f"cows-{item.key}": item.options[1].code
        for item in library.instrument("cows").items
        if item.derived_from is None
    }


def _statements_of_a_record(client: Any, path: str, fields: dict[str, Any]) -> int:
    from uuid import uuid4

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.support import fields_of

    for _each in range(2):
        fresh = fields_of(client.get(path).text, "sheet")
        posted = fields | {k: v for k, v in fresh.items() if "seen" in k or "csrf" in k}
        posted["submission"] = str(uuid4())
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(path, posted)
        if answer.status_code not in (302, 303):
            raise SystemExit(f"A measured record was answered {answer.status_code}: {answer.text}")
    return len(asked)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.settings")
    django.setup()
    main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5]))
