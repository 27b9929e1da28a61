"""Make the floor's database and one session in it; prints the session key."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection

    from bench.floor.models import Note

    call_command("migrate", verbosity=0, run_syncdb=True)
    if Note._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Note)
    session = SessionStore()
    session["who"] = "a nurse"
    session.save()
    print(session.session_key)
