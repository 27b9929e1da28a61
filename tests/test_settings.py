"""What the environment decides about the database."""

from __future__ import annotations

import pytest

from stepdown import environment


@pytest.mark.parametrize(
    ("query", "threshold"), [("", 1), ("?prepare_threshold=5", 5), ("?prepare_threshold=", None)]
)
def test_a_pooler_that_keeps_no_plans_can_be_served(query, threshold):
    found = environment.database(f"postgres://me:secret@db.example:5433/ward{query}")

    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "ward")
    assert found["OPTIONS"] == {
        "options": "-c jit=off", "server_side_binding": True, "prepare_threshold": threshold,
    }  # fmt: skip


def test_what_else_the_address_says_goes_to_the_driver():
    found = environment.database("postgres://db/ward?sslmode=require")

    assert found["OPTIONS"]["sslmode"] == "require"


def test_the_records_wait_for_the_disk_and_the_log_of_looks_does_not():
    records = environment.database("sqlite:///var/ward.sqlite3")
    looks = environment.database("sqlite:///var/looks.sqlite3", synchronous="NORMAL")

    assert "synchronous=FULL" in records["OPTIONS"]["init_command"]
    assert "synchronous=NORMAL" in looks["OPTIONS"]["init_command"]


def test_another_kind_of_database_is_named_with_what_would_do():
    with pytest.raises(ValueError, match=r"begins with 'mysql'. Use sqlite:///.* or postgres://"):
        environment.database("mysql://db/ward")
