"""No title and no address says who is in care: tabs, histories and logs of shared devices show both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stepdown.records.models import (
    AllergyEntry,
    Bed,
    FluidEntry,
    PregnancyEntry,
    Role,
    SafetyRound,
    SubstanceUse,
)
from tests.factories import (
    AssignmentFactory,
    BedFactory,
    CowsFactory,
    EpisodeFactory,
    UnitFactory,
    UserFactory,
    VitalsFactory,
)
from tests.support import sign_in

pytestmark = pytest.mark.django_db

NAMES = re.compile("Zebedee|Quillfeather|Zeb\\b|Quill", re.IGNORECASE)
READERS = [Role.RN, Role.MD, Role.BHT, Role.COUN, Role.ADM, Role.DIR, Role.PRIV, Role.SYS]


@pytest.fixture
def in_bed(house, watch):
    """Somebody whose name stands in no word of the interface, in bed 7, with a history."""
    bed = BedFactory(unit=UnitFactory(facility=house, code="main"), label="7")
    return _told_of(house, watch, in_bed=bed)


@pytest.fixture
def without_bed(house, watch):
    """The same, before a bed was found."""
    UnitFactory(facility=house, code="main", with_beds=1)
    return _told_of(house, watch)


def _told_of(house: Any, watch: Any, **said: Any) -> Any:
    stay = EpisodeFactory(
        person__facility=house, person__legal_name="Zebedee Quillfeather",
        person__preferred_name="Zeb", arrived_at=watch.now - timedelta(days=1), code="K7RM", **said,
    )  # fmt: skip
    CowsFactory(episode=stay, occurred_at=watch.now - timedelta(hours=2), scored=9)
    VitalsFactory(episode=stay, occurred_at=watch.now - timedelta(hours=2))
    entry = {
        "facility": house, "episode": stay, "actor": UserFactory(), "role": "RN",
        "occurred_at": stay.arrived_at, "recorded_at": stay.arrived_at,
    }  # fmt: skip
    for model, fields in (
        (AllergyEntry, {"statement": "listed", "substance": "penicillin"}),
        (PregnancyEntry, {"applies": "no", "reason": "told so"}),
        (SubstanceUse, {"category": "opioid", "substance": "heroin", "certainty": "unknown"}),
    ):
        model.objects.create(submission_id=uuid4(), **entry, **fields)
    SafetyRound.objects.create(submission_id=uuid4(), place="dining", **entry)
    FluidEntry.objects.create(submission_id=uuid4(), kind="drunk", what="water", **entry)
    return stay


def patterns(found: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address there is, with the parts that it names."""
    for each in found or get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, before + str(each.pattern))
        else:
            yield before + str(each.pattern), each


def addresses(stay: Any) -> list[str]:
    """Every address, filled with what there is to be shown."""
    fill = {
        "episode_id": [stay.pk], "unit": ["main"], "bed_id": list(Bed.objects.values_list("pk", flat=True)[:1]),
        "observation_id": list(stay.observations.values_list("pk", flat=True)),
        "entry_id": [
            row.pk
            for model in (AllergyEntry, PregnancyEntry, SubstanceUse, FluidEntry)
            for row in model.objects.filter(episode=stay)
        ],
        "slug": ["identity", "allergies", "use", "pregnancy", "consents", "goal", "order"],
        "key": ["cows", "cssrs_screener", "idle_lock_minutes"], "folder": ["instruments"],
        "user_id": [uuid4()], "assignment_id": [uuid4()], "opening_id": [uuid4()], "role": ["RN"],
        "handover_id": [uuid4()], "kind": ["drunk"],
        "round_id": list(stay.rounds.values_list("pk", flat=True)),
    }  # fmt: skip
    made = []
    for route, _pattern in patterns():
        filled = [f"/{route}"]
        for part in re.findall(r"<\w+:(\w+)>", route):
            if part not in fill:
                pytest.fail(f"{route} names {part}: say here with what it is filled.")
            filled = [
                re.sub(rf"<\w+:{part}>", str(value), each)
                for each in filled
                for value in fill[part]
            ]
        made += filled
    return made


def told(page: Any) -> list[str]:
    """The title of a page, every address on it, and where it sends somebody."""
    if page.streaming or "html" not in page.headers.get("Content-Type", ""):
        return [page.headers.get("Location", "")]
    titles = re.findall(r"<title>(.*?)</title>", page.text, re.DOTALL)
    links = re.findall(r'(?:href|action|src|hx-\w+|data-[\w-]*url)="([^"]*)"', page.text)
    return [unescape(each) for each in (*titles, *links, page.headers.get("Location", ""))]


def walk(stay: Any, house: Any, role: str) -> tuple[int, list[str]]:
    """How many pages named the person somewhere, and what of titles and addresses did."""
    browser = Client(raise_request_exception=False)
    sign_in(browser, AssignmentFactory(facility=house, role=role))
    named, wrong = 0, []
    for url in addresses(stay):
        if url.startswith(("/account/logout", "/screen/", "/role/")):
            continue
        page = browser.get(url)
        named += page.status_code == 200 and bool(NAMES.search(page.text))
        wrong += [f"{url}: {words}" for words in [url, *told(page)] if NAMES.search(words)]
    return named, wrong


@pytest.mark.parametrize("role", READERS)
def test_no_title_and_no_address_names_who_is_in_care(in_bed, house, role):
    named, wrong = walk(in_bed, house, role)
    assert wrong == []
    assert named >= {"RN": 8, "MD": 8, "PRIV": 2, "SYS": 0}.get(role, 1)


def test_nor_while_no_bed_is_found(without_bed, house):
    named, wrong = walk(without_bed, house, Role.RN)
    assert wrong == []
    assert named >= 5


def test_a_title_says_the_bed_or_else_the_code(client, in_bed, house):
    sign_in(client, AssignmentFactory(facility=house, nurse=True))
    pages = ["", "observations", "observe/", "observe/cows/", "intake/", "intake/use", "move"]
    assert all("bed 7" in title_of(client, in_bed, page) for page in pages)
    in_bed.bed_stays.update(ended_at=in_bed.arrived_at)
    assert all("K7RM" in title_of(client, in_bed, page) for page in pages)


def title_of(client: Client, stay: Any, page: str) -> str:
    found = re.findall(r"<title>(.*?)</title>", client.get(f"/people/{stay.pk}/{page}").text)
    return str(found[0])
