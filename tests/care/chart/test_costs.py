"""What a chart costs: the same few queries whatever the history, and a page that fits the wire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests import factories
from tests.care.chart.conftest import NOW

pytestmark = pytest.mark.django_db

LESS = 3 if connection.vendor == "postgresql" else 0
"""A look is one statement there, with no savepoint around it (``records/looking.py``)."""

COURSE = 10 - LESS
"""Session, role, stay, readings; then the log of looks: chain's end, savepoint, head, event, head, release."""

LIST = 11 - LESS
"""As the course, and the count beside the entries of one page."""

ON_THE_WIRE = 100_000


@pytest.fixture
def long_stay(stay):
    """Fourteen days with five hundred entries."""
    stay.arrived_at = stay.admitted_at = NOW - timedelta(days=14)
    stay.save()
    nurse = factories.UserFactory()
    for n in range(250):
        at = stay.arrived_at + timedelta(minutes=80 * n + 10)
        factories.CowsFactory(episode=stay, occurred_at=at, scored=6 + (n * 7) % 13, actor=nurse)
        factories.VitalsFactory(
            episode=stay, occurred_at=at, actor=nurse,
            taken={
                "heart_rate_bpm": 80 + n % 20, "systolic_mmhg": 120 + n % 15,
                "diastolic_mmhg": 78, "temperature_c": "36.8", "spo2_percent": 97,
                "respiratory_rate_bpm": 14,
            },
        )  # fmt: skip
    return stay


def test_a_course_costs_the_same_queries_with_one_entry_and_with_five_hundred(
    chart, enter, scored, django_assert_num_queries, request
):
    enter(nurse=True)
    scored(1, 12)
    chart()
    with django_assert_num_queries(COURSE):
        chart()
    request.getfixturevalue("long_stay")
    with django_assert_num_queries(COURSE):
        chart("?span=stay")


def test_a_page_of_the_list_costs_the_same_queries_on_any_page(
    listed, enter, long_stay, django_assert_num_queries
):
    enter(nurse=True)
    listed()
    for query in ("", "?page=7"):
        with django_assert_num_queries(LIST):
            listed(query)


def test_five_hundred_entries_fit_the_wire(chart, listed, enter, long_stay):
    enter(nurse=True)

    assert len(chart("?span=stay").content) <= ON_THE_WIRE
    assert len(listed().content) <= ON_THE_WIRE
