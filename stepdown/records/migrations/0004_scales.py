"""What a scale of parts comes to, and what answers raised: two columns and an index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty in every row so far, and of no default: neither engine writes a row anew."""

    dependencies = [
        ("records", "0003_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="parts",
            field=models.JSONField(null=True, verbose_name="subscale -> points, band, severity"),
        ),
        migrations.AddField(
            model_name="observation",
            name="raised",
            field=models.JSONField(
                null=True, verbose_name="what the answers raised -> the look that ends it"
            ),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(
                condition=models.Q(("raised__isnull", False)),
                fields=["episode"],
                name="what_was_raised",
            ),
        ),
    ]
