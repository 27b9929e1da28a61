"""What a backup is not restored into, and what is said instead. N22 above all."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from stepdown.operate import moved, readiness
from stepdown.operate.backups import apart, archive, files, rebuilding
from stepdown.operate.backups.sealing import NotOpened, Opener, Sealer, Secret
from stepdown.operate.commands import restore
from stepdown.operate.console import Stopped
from stepdown.records.actions.beds import founding
from stepdown.records.models import Deployment
from tests.operate.backups.conftest import FROZEN
from tests.operate.conftest import Call
from tests.records.world import World


@pytest.fixture
def key_words(key: Path) -> list[str]:
    return ["--key-file", str(key)]


def made(folder: Path, secret: Secret, **changes: object) -> Path:
    """The frozen backup again, saying something else of itself."""
    file = folder / "changed.backup"
    whole = io.BytesIO()
    with FROZEN.open("rb") as source:
        plain = io.BufferedReader(Opener(source, secret))
        with archive.parts(plain) as parts:
            begin = archive.begun(parts) | changes
            with tarfile.open(mode="w|", fileobj=whole) as tar:
                writer = archive._Parts(tar, 0)
                writer.add(archive.BEGIN, json.dumps(begin).encode())
                for name, part in parts:
                    writer.add(name, part.read())
    with file.open("wb") as stream:
        sealer = Sealer(stream, secret)
        sealer.write(gzip.compress(whole.getvalue()))
        sealer.finish()
    return file


# --- N22 --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_n22_a_demonstrations_backup_is_restored_only_by_who_says_so(call: Call, key_words):
    answer = call("restore", FROZEN, *key_words)

    assert answer.status == 1
    assert "this is a demonstration's backup" in answer.err


@pytest.mark.django_db
def test_n22_a_backup_of_real_people_never_becomes_a_demonstration(
    call: Call, key_words, tmp_path: Path, secret: Secret
):
    answer = call("restore", made(tmp_path, secret, demo=False), "--demo", *key_words)

    assert answer.status == 1
    assert "is of real people, never for a demonstration" in answer.err


@pytest.mark.parametrize("here", [True, False])
def test_n22_real_and_invented_people_never_take_each_others_place(db, now: datetime, here):
    founding.deploy(demo=here, at=now)

    restore._same_kind({"demo": here})
    with pytest.raises(Stopped, match="They never take each other's place"):
        restore._same_kind({"demo": not here})
    assert Deployment.objects.get().demo == here


# --- older, newer, in the way -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_backup_of_a_newer_release_is_refused_with_its_release(
    call: Call, key_words, tmp_path: Path, secret: Secret
):
    newer = made(tmp_path, secret, release="9.0", migrations=[["records", "9999_tomorrow"]])

    answer = call("restore", newer, "--demo", *key_words)

    assert answer.status == 1
    assert "made by release 9.0, which is newer" in answer.err
    assert "records 9999_tomorrow" in answer.err


def test_a_database_with_anything_in_it_is_not_filled(world: World):
    before = Deployment.objects.get()

    with pytest.raises(Stopped, match="There is something in this database already"):
        rebuilding.rebuild(io.BytesIO(), rebuilding.Wish(), lambda *_all: None)
    assert Deployment.objects.get() == before


@pytest.mark.skipif(settings.SQLITE, reason="a server says it in other words")
def test_a_server_with_anything_in_it_is_not_filled(world: World, call: Call, key_words):
    answer = call("restore", FROZEN, "--demo", *key_words)

    assert answer.status == 1
    assert "is not empty. Make a new one" in answer.err


def test_a_database_that_was_moved_is_not_served(
    world: World, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings, "SQLITE", True)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "x.sqlite3"))
    assert moved.said() == ""

    moved.note(tmp_path / "x.sqlite3", "postgres://me:secret@db.example/ward", at=now)

    assert "was moved to ward on db.example at 2027-01-07" in next(iter(readiness.troubles()))
    assert "secret" not in (tmp_path / "x.sqlite3.moved").read_text()


# --- the file ---------------------------------------------------------------------------------


def test_another_key_a_missing_file_and_no_key_are_each_said(
    call: Call, db: None, tmp_path: Path, key_words, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "k").write_bytes(bytes(64))
    monkeypatch.setattr("sys.stdin", io.StringIO("a passphrase of mine\n"))
    typed = call("restore", FROZEN, "--passphrase-from-stdin")
    assert "was encrypted with a key file" in typed.err

    other = call("restore", FROZEN, "--key-file", tmp_path / "k")
    assert "another passphrase or key, or its beginning was damaged. Nothing was rest" in other.err
    assert "cannot be read" in call("restore", tmp_path / "none", *key_words).err
    assert "A backup is encrypted: name a key" in call("restore", FROZEN).err
    assert "is not a backup of Stepdown" in call("restore", __file__, *key_words).err
    assert call("restore").status == call("backup", "verify").status == 2
    assert "--keep keeps at least 1" in call("backup", "--keep", 0, *key_words).err


def test_a_key_is_made_by_command_and_not_twice(call: Call, tmp_path: Path):
    assert "is a new key" in call("backup", "key", tmp_path / "k").out
    again = call("backup", "key", tmp_path / "k")
    assert (again.status, "No key was made" in again.err) == (1, True)


def contents(file: Path, secret: Secret) -> dict[str, bytes]:
    """Every part of a backup, by name."""
    plain = io.BufferedReader(Opener(io.BytesIO(file.read_bytes()), secret))
    with archive.parts(plain) as parts:
        return {name: part.read() for name, part in parts}


def read_whole(data: bytes, secret: Secret) -> int:
    with archive.parts(io.BufferedReader(Opener(io.BytesIO(data), secret))) as parts:
        return sum(len(part.read()) for _name, part in parts)


@bounds(
    max_examples=60, derandomize=True, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_a_real_backup_altered_or_cut_anywhere_is_not_read_to_its_end(secret: Secret, data):
    whole = FROZEN.read_bytes()
    if data.draw(st.booleans()):
        changed = bytearray(whole)
        changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        changed = bytearray(whole[: data.draw(st.integers(0, len(whole) - 1))])

    with pytest.raises(NotOpened):
        read_whole(bytes(changed), secret)


def test_it_reads_to_its_end_as_it_is(secret: Secret):
    assert read_whole(FROZEN.read_bytes(), secret) > 100_000


@pytest.mark.parametrize("name", ["attachments/../../x", "attachments/", "attachments"])
def test_no_attachment_lies_outside_its_folder(name):
    with pytest.raises(NotOpened):
        archive.file_of(name)
    assert archive.file_of("tables/x") is None
    assert str(archive.file_of("attachments/ab/cd")) == "ab/cd"


def test_attachments_are_in_a_backup_with_their_digests(
    call: Call, world: World, data: Path, key_words, secret: Secret
):
    """And go where they were; another file of that name is never written over."""
    (data / "attachments" / "ab").mkdir(parents=True)
    (data / "attachments" / "ab" / "cdef").write_bytes(b"a consent, scanned")
    (data / "attachments" / ".part").write_bytes(b"being written")
    assert call("backup", "--unverified", "--to", data / "to", *key_words).status == 0
    (file,) = (data / "to").iterdir()
    found = contents(file, secret)
    assert found["attachments/ab/cdef"] == b"a consent, scanned"
    assert "attachments/.part" not in found

    wish = rebuilding.Wish(files=True)
    inside = data / "attachments" / "ab" / "cdef"
    inside.unlink()
    rebuilding._file(io.BytesIO(b"a consent, scanned"), "ab/cdef", wish)
    rebuilding._file(io.BytesIO(b"a consent, scanned"), "ab/cdef", wish)
    with pytest.raises(Stopped, match="is another file"):
        rebuilding._file(io.BytesIO(b"another"), "ab/cdef", wish)
    assert inside.read_bytes() == b"a consent, scanned"
    assert inside.stat().st_mode & 0o777 == 0o600
    assert len(list(inside.parent.iterdir())) == 1


def test_a_backup_names_nobody_and_holds_no_key_and_no_sign_in(
    call: Call, world: World, data: Path, key_words, secret: Secret
):
    world.arrive("Alan Test")
    (data / "keys").mkdir()
    (data / "keys" / "audit.key").write_text("the key that seals")
    assert call("backup", "--unverified", "--to", data / "to", *key_words).status == 0
    (file,) = (data / "to").iterdir()

    begin = apart.opened(file, secret).begin
    names = set(contents(file, secret))

    assert "Alan" not in json.dumps(begin)
    assert begin["demo"] is True
    assert [each["code"] for each in begin["facilities"]] == ["harbor"]
    assert archive.ends_in(begin)[0].anchor.writes[0] == 2
    assert not [name for name in names if "keys" in name or "django_session" in name]
    assert file.name.startswith(f"stepdown-{begin['deployment']}-")
    assert file.name.endswith(files.UNVERIFIED)
