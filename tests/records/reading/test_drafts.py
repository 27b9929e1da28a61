"""Unsigned content is a draft, here, until somebody here signs exactly it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.models import Signature
from stepdown.records.reading import board, drafts
from tests.factories import UnitFactory, actor

pytestmark = pytest.mark.django_db


def sign(content, by, now):
    Signature.objects.create(
        id=uuid4(), facility=by.facility, signer=by.user, role="MD", signed_at=now,
        meaning="reviewed and signed", subject_kind="str", digest="0" * 64, method="pin",
        subject_id=snapshots.digest_of(content),
    )  # fmt: skip


def unsigned(by):
    found = board.ward(by, "main")
    assert found is not None
    return found.drafts


def test_what_is_signed_here_is_no_draft_here(now):
    here, there = actor(nurse=True), actor(nurse=True)
    for each in (here, there):
        UnitFactory(facility=each.facility, code="main")
    sign(library.vital_signs(), here, now)

    assert "vitals" not in unsigned(here)
    assert "cows" in unsigned(here)
    assert "vitals" in unsigned(there)


def test_changed_content_is_a_draft_again_and_changes_every_tag(now, tmp_path):
    here = actor(nurse=True)
    UnitFactory(facility=here.facility, code="main")
    before = drafts.fingerprint()
    scale = (library.HERE / "instruments" / "cows.yaml").read_text()
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "mine.yaml").write_text(scale.replace("key: cows\n", "key: mine\n", 1))

    with library.using(tmp_path):
        assert drafts.fingerprint() != before
        assert "mine" in unsigned(here)
    assert drafts.fingerprint() == before
