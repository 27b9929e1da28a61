"""The certificate a house serves with: whether it belongs to the key, runs, and names the house."""

from __future__ import annotations

import ipaddress
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from stepdown.operate.console import Stopped

SOON = timedelta(days=21)
"""A certificate that ends within so long is warned of at each start."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

READ_BY_OTHERS = stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate that will do, until when, and what should be known of it."""

    ends: datetime
    warnings: tuple[str, ...]


def check(certificate: Path, key: Path, *, hosts: list[str], now: datetime) -> Checked:
    """Return what is known of a certificate that will do.

    Raises:
        Stopped: it cannot be read, is not for this key, has run out or not begun, or
            names none of the hosts under which the house is asked.
    """
    leaf = _leaf(certificate)
    private = _private(key)
    plain = serialization.PublicFormat.SubjectPublicKeyInfo
    der = serialization.Encoding.DER
    if leaf.public_key().public_bytes(der, plain) != private.public_bytes(der, plain):
        raise Stopped(
            f"{key} is not the key of {certificate}. Name the pair that was made together; in a "
            "file with several certificates that of the house stands first.",
            status=2,
        )
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if now >= ends:
        raise Stopped(
            f"The certificate {certificate} ran out on {ends:%Y-%m-%d %H:%M} UTC. Renew it; "
            "docs/guide/tablets.md says how.",
            status=2,
        )
    if now < begins:
        raise Stopped(
            f"The certificate {certificate} begins on {begins:%Y-%m-%d %H:%M} UTC, and this "
            f"machine's clock says {now:%Y-%m-%d %H:%M} UTC. Set the clock, or wait.",
            status=2,
        )
    warnings = []
    if ends - now < SOON:
        warnings.append(f"The certificate runs out on {ends:%Y-%m-%d}. Renew it now.")
    unnamed = [host for host in hosts if host not in LOOPBACK and not _names(leaf, host)]
    if unnamed:
        raise Stopped(
            f"The certificate {certificate} does not name {', '.join(unnamed)}, which "
            f"STEPDOWN_HOSTS does. It names {', '.join(_named(leaf)) or 'nothing'}. Have one made "
            "for the names tablets use, or take them out of STEPDOWN_HOSTS.",
            status=2,
        )
    if all(host in LOOPBACK for host in hosts):
        warnings.append(
            "STEPDOWN_HOSTS names this machine only: a tablet that asks by another name is "
            f"refused. Set it to {', '.join(_named(leaf)) or 'the names in the certificate'}."
        )
    if key.stat().st_mode & READ_BY_OTHERS:
        warnings.append(f"Everybody on this machine can read {key}. Run: chmod 600 {key}")
    return Checked(ends, tuple(warnings))


def _leaf(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except OSError as error:
        raise Stopped(f"{file} cannot be read ({error.strerror}).", status=2) from error
    except ValueError as error:
        raise Stopped(
            f"{file} holds no certificate in PEM. It begins with -----BEGIN CERTIFICATE-----",
            status=2,
        ) from error


def _private(file: Path) -> Any:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Stopped(f"{file} cannot be read ({error.strerror}).", status=2) from error
    if b"-----BEGIN PRIVATE KEY-----" not in data:
        raise Stopped(
            f"{file} holds no key in PKCS#8 (-----BEGIN PRIVATE KEY-----). Turn it into one: "
            f"openssl pkcs8 -topk8 -nocrypt -in {file} -out house.key",
            status=2,
        )
    try:
        return serialization.load_pem_private_key(data, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Stopped(f"{file} holds a key that cannot be read. Make the pair anew.", 2) from error


def _named(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    return [*names.get_values_for_type(x509.DNSName), *addresses]


def _names(leaf: x509.Certificate, host: str) -> bool:
    plain = host.strip("[]")
    named = [each.lower() for each in _named(leaf)]
    try:
        return str(ipaddress.ip_address(plain)) in named
    except ValueError:
        pass
    if plain.startswith("."):
        return f"*{plain}" in named
    return plain in named or f"*.{plain.partition('.')[2]}" in named
