"""A sealed file: whatever is done to it, it opens as it was or not at all."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.operate.backups import sealing
from stepdown.operate.backups.sealing import NotOpened, Opener, Sealer, Secret

SECRET = Secret("key-file", bytes(range(32)))
CHUNK = 64


def sealed(plain: bytes, secret: Secret = SECRET, chunk: int = CHUNK) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, secret, chunk=chunk)
    sealer.write(plain)
    sealer.finish()
    return target.getvalue()


def opened(data: bytes, secret: Secret = SECRET) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(data), secret)).read()


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    """The first line, and the chunks after it."""
    head, _line, rest = data.partition(b"\n")
    size = CHUNK + sealing.TAG
    return head + b"\n", [rest[n : n + size] for n in range(0, len(rest), size)]


@given(st.binary(max_size=400), st.lists(st.integers(1, 100), max_size=5))
def test_what_was_sealed_opens_again_however_it_was_written(plain, cuts):
    target = io.BytesIO()
    sealer = Sealer(target, SECRET, chunk=CHUNK)
    rest = plain
    for cut in cuts:
        sealer.write(rest[:cut])
        rest = rest[cut:]
    sealer.write(rest)
    sealer.finish()

    assert opened(target.getvalue()) == plain


@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_flipped_bit_anywhere_does_not_open(plain, data):
    whole = bytearray(sealed(plain))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8

    with pytest.raises(NotOpened):
        opened(bytes(whole))


@given(st.binary(max_size=300), st.data())
def test_a_file_cut_short_or_made_longer_does_not_open(plain, data):
    whole = sealed(plain)
    end = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(NotOpened):
        opened(whole[:end])
    with pytest.raises(NotOpened):
        opened(whole + whole[end:])


@given(st.data())
def test_chunks_moved_doubled_left_out_or_taken_from_another_file_do_not_open(data):
    head, mine = chunks(sealed(bytes(CHUNK * 4)))
    _head, others = chunks(sealed(bytes(CHUNK * 4)))
    wrong = data.draw(
        st.lists(st.sampled_from([*mine, *others]), max_size=6).filter(lambda each: each != mine)
    )

    with pytest.raises(NotOpened):
        opened(head + b"".join(wrong))


def test_nothing_is_in_it_in_the_clear():
    data = sealed(b"Alan Test " * 50)

    assert b"Alan" not in data
    assert data != sealed(b"Alan Test " * 50)  # a salt of its own each time


def test_another_key_does_not_open_it_and_the_answer_says_so():
    with pytest.raises(NotOpened, match="another passphrase or key"):
        opened(sealed(b"x"), Secret("key-file", bytes(32)))


def test_a_passphrase_opens_it_also_typed_on_another_keyboard(monkeypatch):
    monkeypatch.setattr(sealing, "SCRYPT_N", 2**4)
    data = sealed(b"x", Secret.passphrase("caf\u00e9 by the harbour"))

    assert opened(data, Secret.passphrase("cafe\u0301 by the harbour")) == b"x"
    with pytest.raises(NotOpened, match="another passphrase"):
        opened(data, Secret.passphrase("a cafe by the harbour"))
    with pytest.raises(NotOpened, match="encrypted with a passphrase"):
        opened(data)


def test_a_passphrase_that_is_guessed_too_soon_is_refused():
    with pytest.raises(ValueError, match="at least 12"):
        Secret.passphrase("short")


@pytest.mark.parametrize("size", [0, 31, 70_000])
def test_a_key_file_that_is_no_key_is_refused(tmp_path, size):
    (tmp_path / "k").write_bytes(bytes(size))

    with pytest.raises(ValueError, match=f"has {size if size < 70_000 else 65537} bytes"):
        Secret.key_file(tmp_path / "k")


def test_a_key_is_made_once_for_its_owner_only_and_never_written_over(tmp_path):
    sealing.make_key_file(tmp_path / "k")

    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert Secret.key_file(tmp_path / "k").secret != bytes(64)
    with pytest.raises(FileExistsError):
        sealing.make_key_file(tmp_path / "k")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "of format 2; this release reads 1"),
        ({"format": "other"}, "not a backup of Stepdown"),
        ({"chunk": 2**40}, "not a backup of Stepdown"),
        ({"chunk": "64"}, "not a backup of Stepdown"),
        ({"cipher": "none"}, "not a backup of Stepdown"),
        ({"key": {"from": "key-file", "by": "scrypt", "salt": "00" * 32}}, "not a backup"),
        ({"key": []}, "not a backup"),
    ],
)
def test_a_first_line_that_is_not_ours_is_not_followed(change, said):
    head, body = sealed(b"x").split(b"\n", 1)
    changed = json.dumps(json.loads(head) | change).encode()

    with pytest.raises(NotOpened, match=said):
        opened(changed + b"\n" + body)


@pytest.mark.parametrize("n", [2**40, 1000, -1, 0, 1.5, True])
def test_a_file_cannot_make_us_work_without_end(n):
    made = {"from": "passphrase", "by": "scrypt", "salt": "00" * 32, "n": n, "r": 8, "p": 1}
    head, body = sealed(b"x").split(b"\n", 1)
    changed = json.dumps(json.loads(head) | {"key": made}).encode()

    with pytest.raises(NotOpened, match="not a backup"):
        opened(changed + b"\n" + body, Secret.passphrase("a long passphrase"))


@pytest.mark.parametrize("data", [b"", b"\n", b"PK\x03\x04", b"[" * 5000, b"[]\n", b"\xff\xfe\n"])
def test_any_other_file_is_said_not_to_be_a_backup(data):
    with pytest.raises(NotOpened, match="not a backup of Stepdown"):
        opened(data)
