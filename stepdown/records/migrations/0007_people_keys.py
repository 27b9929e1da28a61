"""What finds the people already on record by name, worked out from their names."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from stepdown.records import names

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    """Keys of everybody; in the database of the records only."""
    alias = schema_editor.connection.alias
    if alias != "default":
        return
    person, key = apps.get_model("records", "Person"), apps.get_model("records", "PersonKey")
    everybody = person.objects.using(alias).values_list(
        "pk", "facility_id", "legal_name", "preferred_name"
    )
    rows: list[Any] = []
    for person_id, facility_id, legal, preferred in everybody.iterator(chunk_size=BATCH):
        for each in names.keys(legal, preferred):
            rows.append(
                key(
                    person_id=person_id,
                    facility_id=facility_id,
                    word=each.word,
                    head=each.head,
                    tail=each.tail,
                    letters=each.letters,
                    sound=each.sound,
                )
            )
    key.objects.using(alias).bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_people_search"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
    ]
