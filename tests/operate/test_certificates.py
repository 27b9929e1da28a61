"""A certificate that will not do is told apart before any tablet meets it."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stepdown.operate import certificates
from stepdown.operate.console import Stopped

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


def made(
    folder, *names, begins=NOW - timedelta(days=1), ends=NOW + timedelta(days=90), other=False
):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented ward")])
    alternatives = [_name(each) for each in names]
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key()).serial_number(7)
        .not_valid_before(begins).not_valid_after(ends)
    )  # fmt: skip
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), False)
    cert = builder.sign(key, hashes.SHA256())
    (folder / "house.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    shown = ec.generate_private_key(ec.SECP256R1()) if other else key
    written = shown.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "house.key").write_bytes(written)
    (folder / "house.key").chmod(0o600)
    return folder / "house.pem", folder / "house.key"


def _name(told: str):
    try:
        return x509.IPAddress(ipaddress.ip_address(told))
    except ValueError:
        return x509.DNSName(told)


def check(pair, *hosts):
    return certificates.check(*pair, hosts=list(hosts), now=NOW)


def test_one_that_will_do_says_until_when(tmp_path):
    pair = made(tmp_path, "ward.example.org", "10.0.0.5")

    checked = check(pair, "localhost", "ward.example.org", "10.0.0.5")

    assert checked.ends == NOW + timedelta(days=90)
    assert checked.warnings == ()


@pytest.mark.parametrize(
    ("made_with", "hosts", "said"),
    [
        ({"other": True}, ["ward.example.org"], "is not the key of"),
        ({"ends": NOW - timedelta(hours=1)}, ["ward.example.org"], "ran out on 2027-01-07 13:30 UTC. Renew"),
        ({"begins": NOW + timedelta(hours=1)}, ["ward.example.org"], "begins on 2027-01-07 15:30"),
        ({}, ["other.example.org"], "does not name other.example.org, which STEPDOWN_HOSTS does"),
        ({}, ["10.0.0.6"], "It names ward.example.org"),
    ],
)  # fmt: skip
def test_one_that_will_not_do_is_a_sentence(tmp_path, made_with, hosts, said):
    pair = made(tmp_path, "ward.example.org", **made_with)

    with pytest.raises(Stopped, match=said.replace(".", r"\.")) as caught:
        check(pair, *hosts)
    assert caught.value.status == 2


def test_a_wildcard_names_one_level(tmp_path):
    pair = made(tmp_path, "*.example.org")

    check(pair, "ward.example.org")
    with pytest.raises(Stopped):
        check(pair, "a.ward.example.org")


def test_what_is_not_a_certificate_or_not_a_key(tmp_path):
    cert, key = made(tmp_path, "ward.example.org")
    with pytest.raises(Stopped, match="cannot be read"):
        check((tmp_path / "none.pem", key))
    with pytest.raises(Stopped, match="holds no certificate in PEM"):
        check((key, key))
    with pytest.raises(Stopped, match="openssl pkcs8 -topk8 -nocrypt"):
        check((cert, cert))
    key.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")
    with pytest.raises(Stopped, match="cannot be read. Make the pair anew"):
        check((cert, key))


def test_what_should_be_known_is_warned_of(tmp_path):
    pair = made(tmp_path, "ward.example.org", ends=NOW + timedelta(days=5))
    pair[1].chmod(0o644)

    told = " ".join(check(pair, "localhost").warnings)

    assert "runs out on 2027-01-12" in told
    assert "names this machine only" in told
    assert "chmod 600" in told


@pytest.mark.django_db
def test_one_file_without_the_other_serves_nothing(call, tmp_path):
    cert, key = made(tmp_path, "ward.example.org")

    for words in (("--certificate", cert), ("--key", key)):
        answer = call("serve", *words)
        assert (answer.status, answer.out) == (2, "")
        assert "A certificate comes with its key" in answer.err


@pytest.mark.django_db
def test_a_house_that_should_speak_tls_never_speaks_without(call, settings):
    settings.STEPDOWN_TLS = "own"

    answer = call("serve")

    assert answer.status == 2
    assert "there is no certificate" in answer.err
