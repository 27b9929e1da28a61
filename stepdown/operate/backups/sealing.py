"""Encryption of a backup: AES-256-GCM in chunks, so that memory stays flat and nothing is believed
before it was authenticated.

A file is one line of JSON (how the key was made), then chunks. Each chunk has its number
in its nonce and the digest of the first line beside it, and only the last is marked as the
last: a chunk that is altered, moved, doubled, left out or taken from another file does not
open, and a file that was cut short has no end.

Source of the construction: STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance").
"""

from __future__ import annotations

import io
import json
import os
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

FORMAT = "stepdown-backup"
VERSION = 1
CHUNK = 256 * 1024
TAG = 16
LONGEST_LINE = 4096

SHORTEST_PASSPHRASE = 12
SHORTEST_KEY_FILE, LONGEST_KEY_FILE = 32, 64 * 1024
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
LARGEST_N = 2**20
"""No file makes us take more than a gigabyte to find out that it is not ours."""


class NotOpened(Exception):
    """A backup cannot be read: not one of ours, another key, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens a backup: a passphrase, or the bytes of a key file."""

    kind: str
    secret: bytes

    @classmethod
    def passphrase(cls, words: str) -> Secret:
        """A passphrase somebody typed.

        Raises:
            ValueError: it is too short.
        """
        if len(words) < SHORTEST_PASSPHRASE:
            raise ValueError(
                f"A passphrase of {len(words)} characters is guessed too soon. "
                f"Take at least {SHORTEST_PASSPHRASE}."
            )
        return cls("passphrase", unicodedata.normalize("NFC", words).encode())

    @classmethod
    def key_file(cls, file: Path) -> Secret:
        """A file of random bytes, taken exactly as it is.

        Raises:
            ValueError: it cannot be read, or is too short or too long to be a key.
        """
        try:
            with file.open("rb") as stream:
                found = stream.read(LONGEST_KEY_FILE + 1)
        except OSError as error:
            raise ValueError(f"The key file {file} cannot be read ({error.strerror}).") from error
        if not SHORTEST_KEY_FILE <= len(found) <= LONGEST_KEY_FILE:
            raise ValueError(
                f"The key file {file} has {len(found)} bytes; a key has {SHORTEST_KEY_FILE} to "
                f"{LONGEST_KEY_FILE}. Make one: head -c 64 /dev/urandom > {file.name}"
            )
        return cls("key-file", found)

    def begin(self) -> dict[str, Any]:
        """How a new file's key is made from this: a salt of its own, and the cost."""
        salt = secrets.token_hex(32)
        if self.kind == "passphrase":
            cost = {"n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P}
            return {"from": self.kind, "by": "scrypt", "salt": salt, **cost}
        return {"from": self.kind, "by": "hkdf-sha256", "salt": salt}

    def key(self, made: dict[str, Any]) -> bytes:
        """The 32 bytes that encrypt one file.

        Raises:
            NotOpened: the file was encrypted with the other kind of secret.
        """
        if made["from"] != self.kind:
            asked = {"passphrase": "a passphrase", "key-file": "a key file (--key-file)"}
            raise NotOpened(f"This backup was encrypted with {asked[made['from']]}.")
        salt = bytes.fromhex(made["salt"])
        if made["by"] == "scrypt":
            return Scrypt(salt=salt, length=32, n=made["n"], r=made["r"], p=made["p"]).derive(
                self.secret
            )
        return HKDF(SHA256(), 32, salt=salt, info=FORMAT.encode()).derive(self.secret)


class Sealer(io.RawIOBase):
    """Takes plain bytes, writes sealed chunks. Only ``finish`` makes the file whole."""

    def __init__(self, target: IO[bytes], secret: Secret, *, chunk: int = CHUNK) -> None:
        made = {"format": FORMAT, "version": VERSION, "cipher": "AES-256-GCM", "chunk": chunk}
        line = json.dumps(made | {"key": secret.begin()}).encode() + b"\n"
        header = _header(line)
        self._target, self._chunk = target, chunk
        self._chunks = _Chunks(secret.key(header["key"]), line)
        self._waiting = bytearray()
        target.write(line)

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """Keep it until a chunk is full. The last chunk waits for ``finish``."""
        self._waiting += data
        while len(self._waiting) > self._chunk:
            self._target.write(self._chunks.seal(bytes(self._waiting[: self._chunk])))
            del self._waiting[: self._chunk]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk, marked as the last."""
        self._target.write(self._chunks.seal(bytes(self._waiting), last=True))
        self._waiting.clear()


class Opener(io.RawIOBase):
    """Reads a sealed file; every byte it gives was authenticated.

    Raises, at once or while reading:
        NotOpened: see there.
    """

    def __init__(
        self, source: IO[bytes], secret: Secret | Callable[[dict[str, Any]], bytes]
    ) -> None:
        line = source.readline(LONGEST_LINE)
        header = _header(line)
        key = secret.key(header["key"]) if isinstance(secret, Secret) else secret(header["key"])
        self.key = key
        self._source, self._size = source, int(header["chunk"]) + TAG
        self._chunks = _Chunks(key, line)
        self._ahead = source.read(self._size)
        self._plain = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as there are in this chunk, at most; 0 after the last."""
        while not self._plain and not self._ended:
            this, self._ahead = self._ahead, self._source.read(self._size)
            self._ended = not self._ahead
            self._plain = self._chunks.open(this, last=self._ended)
        given = self._plain[: len(buffer)]
        buffer[: len(given)] = given
        self._plain = self._plain[len(given) :]
        return len(given)


class _Chunks:
    """The chunks of one file, each with its number."""

    def __init__(self, key: bytes, line: bytes) -> None:
        self._cipher, self._beside, self._number = AESGCM(key), sha256(line).digest(), 0

    def _nonce(self, last: bool) -> bytes:
        number = self._number
        self._number += 1
        return number.to_bytes(11, "big") + bytes([last])

    def seal(self, plain: bytes, *, last: bool = False) -> bytes:
        return self._cipher.encrypt(self._nonce(last), plain, self._beside)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        first = self._number == 0
        try:
            return self._cipher.decrypt(self._nonce(last), sealed, self._beside)
        except (InvalidTag, ValueError) as error:
            if first:
                raise NotOpened(
                    "This backup does not open: another passphrase or key, or its beginning "
                    "was damaged."
                ) from error
            raise NotOpened(
                f"This backup is not as it was written: part {self._number} was altered, or the "
                "file was cut short. Take another copy."
            ) from error


def _header(line: bytes) -> dict[str, Any]:
    """The first line of a file, checked before anything in it is used.

    Raises:
        NotOpened: not ours, or not to be read by this release.
    """
    try:
        header: dict[str, Any] = json.loads(line)
        if header["format"] != FORMAT or not line.endswith(b"\n"):
            raise ValueError
        if header["version"] != VERSION:
            raise NotOpened(
                f"This backup is of format {header['version']!r}; this release reads {VERSION}. "
                "Use the release that wrote it, or a newer one."
            )
        if not _sound(header):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotOpened(
            "This file is not a backup of Stepdown, or its first line is damaged."
        ) from error
    return header


def _sound(header: dict[str, Any]) -> bool:
    """Whether the costs named are costs that we would have named."""
    made = header["key"]
    salted = len(bytes.fromhex(made["salt"])) == 32
    if (made["from"], made["by"]) == ("passphrase", "scrypt"):
        n, r, p = (int(made[name]) for name in "nrp")
        dear = n > LARGEST_N or n < 2 or n & (n - 1) or r != SCRYPT_R or p != SCRYPT_P
        salted = salted and not dear and {type(made[name]) for name in "nrp"} == {int}
    elif (made["from"], made["by"]) != ("key-file", "hkdf-sha256"):
        return False
    chunk = header["chunk"]
    return (
        salted and header["cipher"] == "AES-256-GCM" and type(chunk) is int and 0 < chunk <= 2**24
    )


def make_key_file(file: Path) -> None:
    """A new key file of random bytes, readable by its owner only.

    Raises:
        FileExistsError: there is a file already; a key is never written over.
    """
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secrets.token_bytes(64))
