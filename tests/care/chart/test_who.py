"""Who opens a chart, what each role sees of it, and that every look is on record."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from stepdown.content import library
from stepdown.records.models import (
    AccessEvent,
    AllergyEntry,
    BreakGlass,
    GoalEntry,
    PregnancyEntry,
    Role,
    SubstanceUse,
)
from tests import factories
from tests.care.chart.conftest import NOW

pytestmark = pytest.mark.django_db

PAGES = ("", "observations")


def told(stay, model, **fields):
    return model.objects.create(
        facility=stay.facility,
        episode=stay,
        actor=factories.UserFactory(),
        role="RN",
        submission_id=uuid4(),
        occurred_at=NOW - timedelta(hours=40),
        recorded_at=NOW - timedelta(hours=40),
        **fields,
    )


@pytest.fixture
def full(stay, scored, measured):
    """A stay about which everything was told."""
    scored(4, 12)
    measured(4, heart_rate_bpm=88)
    told(stay, AllergyEntry, statement="listed", substance="penicillin", reaction="rash")
    told(stay, PregnancyEntry, applies="yes", result="positive")
    told(stay, GoalEntry, words="Sleep in my own bed")
    told(
        stay, SubstanceUse, category="opioid", substance="heroin", certainty="exact",
        last_used_at=NOW - timedelta(hours=50),
    )  # fmt: skip
    return stay


MARKS = {
    "observations": "12 Mild",
    "allergies": "Allergy: penicillin (rash)",
    "pregnancy_test": "Pregnancy test positive",
    "goals": "Sleep in my own bed",
    "substance_use": "since the last opioid use told",
}
"""A row of the permission matrix -> what its readers find on the page."""


def reads(row: str, role: str) -> bool:
    cell = library.permissions().cell(row, role)
    return cell.allows("R") and cell.condition("R") in (None, "goals_only")


@pytest.mark.parametrize("role", Role.values)
def test_each_role_sees_its_cells_of_the_matrix_and_no_more(client, enter, full, role):
    enter(role=role)

    response = client.get(f"/people/{full.pk}/")

    if not (reads("demographics", role) or reads("rounds", role)) or role in (Role.PT, Role.FAM):
        assert response.status_code == 404
        return
    assert response.status_code == 200
    seen = {row for row, mark in MARKS.items() if mark in response.text}
    assert seen == {row for row in MARKS if reads(row, role)}


@pytest.mark.parametrize("role", [Role.ADM, Role.DIR, Role.PRIV])
def test_a_role_without_scores_finds_none_and_no_way_to_them(client, enter, full, role):
    enter(role=role)

    text = client.get(f"/people/{full.pk}/").text
    listed = client.get(f"/people/{full.pk}/observations")

    assert "not part of your role" in text
    for trace in ("COWS", "plot", "data-present", "Observations</a>", "observe/"):
        assert trace not in text
    assert listed.status_code == 403
    assert "12 Mild" not in listed.text


@pytest.mark.parametrize("page", PAGES)
def test_a_chart_elsewhere_a_patient_and_nobodys_look_the_same(client, enter, stay, page):
    other = factories.EpisodeFactory(arrived_at=NOW - timedelta(days=1), admitted=True)
    mine = enter(patient=True)
    stay.person.account = mine.user
    stay.person.save()
    assert client.get(f"/people/{stay.pk}/{page}").status_code == 404

    enter(nurse=True)
    answers = [client.get(f"/people/{key}/{page}") for key in (other.pk, uuid4())]

    assert [each.status_code for each in answers] == [404, 404]
    assert other.person.called not in answers[0].text


@pytest.mark.parametrize("page", PAGES)
def test_nobody_signed_in_sees_nothing(client, stay, page):
    response = client.get(f"/people/{stay.pk}/{page}")

    assert response.status_code == 302
    assert stay.person.called not in response.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.RN, 403), (Role.PRES, 403), (Role.MD, 403), (Role.LVN, 404), (Role.COUN, 404), (Role.PRIV, 404)],
)  # fmt: skip
def test_a_restricted_chart_shows_its_emergency_door_only_to_who_may_use_it(
    client, enter, stay, page, role, status
):
    stay.is_restricted = True
    stay.save()
    enter(role=role)

    response = client.get(f"/people/{stay.pk}/{page}")

    assert response.status_code == status
    assert stay.person.called not in response.text
    assert (f"/people/{stay.pk}/emergency/" in response.text) == (status == 403)


def test_an_invited_reader_and_an_emergency_open_a_restricted_chart_and_say_so(client, enter, stay):
    stay.is_restricted = True
    stay.save()
    nurse = enter(nurse=True)
    stay.invited.add(nurse.user)
    assert "Restricted chart" in client.get(f"/people/{stay.pk}/").text

    stay.invited.clear()
    BreakGlass.objects.create(
        facility=stay.facility, episode=stay, actor=nurse.user, role="RN", reason="unconscious",
        submission_id=uuid4(), occurred_at=NOW, recorded_at=NOW, until=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert "Opened in an emergency until 07:30" in client.get(f"/people/{stay.pk}/").text


def test_every_look_and_every_refusal_is_on_record(client, enter, stay):
    enter(nurse=True)
    client.get(f"/people/{stay.pk}/")
    client.get(f"/people/{stay.pk}/observations")
    stranger = uuid4()
    client.get(f"/people/{stranger}/")
    enter(director=True)
    client.get(f"/people/{stay.pk}/observations")

    events = AccessEvent.objects.order_by("seq").values_list("what", "episode_id", "detail")

    assert list(events) == [
        ("chart", stay.pk, ""),
        ("observations", stay.pk, ""),
        ("refused", None, f"chart {stranger}"),
        ("refused", stay.pk, f"chart {stay.pk}"),
    ]


def test_what_fails_to_be_drawn_was_not_looked_at(client, enter, stay, monkeypatch):
    from stepdown.care.chart import verdict

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr(verdict, "of", broken)
    enter(nurse=True)
    client.raise_request_exception = False

    assert client.get(f"/people/{stay.pk}/").status_code == 500
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_chart_is_only_read(client, enter, stay, page):
    enter(nurse=True)

    assert client.post(f"/people/{stay.pk}/{page}").status_code == 405


ELSEWHERE = ("observe/", "observe/cows/", "intake/", "intake/use")
"""Pages of a stay in other rooms."""


@pytest.mark.parametrize("page", ELSEWHERE)
@pytest.mark.parametrize(
    ("role", "door"),
    [(Role.RN, True), (Role.PRES, True), (Role.LVN, False), (Role.PT, False), (Role.FAM, False)],
)
def test_the_emergency_door_stands_on_every_page_of_a_refused_stay(
    client, enter, stay, page, role, door
):
    stay.is_restricted = True
    stay.save()
    enter(role=role)

    response = client.get(f"/people/{stay.pk}/{page}")

    for word in (stay.person.called, stay.person.legal_name, stay.code):
        assert word not in response.text
    assert (f"/people/{stay.pk}/emergency/" in response.text) == door
    assert response.status_code == 403 if door else response.status_code in {403, 404}
    if door:
        event = AccessEvent.objects.get(what="refused")
        assert (event.episode_id, event.role) == (stay.pk, role)


def test_a_stay_that_is_not_there_has_no_emergency_door(client, enter, stay):
    enter(nurse=True)
    other = factories.EpisodeFactory(
        arrived_at=NOW - timedelta(days=1), admitted=True, is_restricted=True
    )
    stay.closed_at = NOW
    stay.save()
    for key in (other.pk, uuid4(), stay.pk):
        assert client.get(f"/people/{key}/observe/").status_code == 404
