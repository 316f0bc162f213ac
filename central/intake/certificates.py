"""X.509 with private authorities: one for our own TLS, one for stations."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from central.errors import StationRefusedError
from wire.api import ErrorCode
from wire.keys import SoftwareSigner

_ONE_DAY = timedelta(days=1)  # a clock that lags must not see a certificate from the future


class CertificateOffice:
    """Issues certificates of stations from a private authority of their own.

    They are an optional second lock at the proxy; what proves a station is its signed requests.
    """

    def __init__(self, signer: SoftwareSigner, certificate_pem: bytes, days: int) -> None:
        self._signer = signer
        self._authority = x509.load_pem_x509_certificate(certificate_pem)
        self._days = days

    def issue(self, station: str, public_key_pem: str, now: datetime) -> str:
        """Certify a station's key; its name is a URI of the subject's alternative names.

        Raises:
            StationRefusedError: Not a P-256 key.
        """
        key = serialization.load_pem_public_key(public_key_pem.encode("ascii"))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise StationRefusedError("not a P-256 key", code=ErrorCode.CLAIM, status=403)
        uri = x509.UniformResourceIdentifier(f"urn:acopio:station:{station}")
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _leaf(station, [uri], usage, key, now, self._days)
        signed = builder.issuer_name(self._authority.subject).sign(
            self._signer.private_key, hashes.SHA256()
        )
        return signed.public_bytes(serialization.Encoding.PEM).decode("ascii")


def make_authority(name: str, now: datetime, days: int) -> tuple[bytes, bytes]:
    """Make a private certificate authority; give its key and its certificate, both PEM."""
    signer = SoftwareSigner.generate()
    subject = _name(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(signer.private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _ONE_DAY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_authority_usage(), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(signer.private_key.public_key()),
            critical=False,
        )
        .sign(signer.private_key, hashes.SHA256())
    )
    return signer.to_pem(), certificate.public_bytes(serialization.Encoding.PEM)


def make_server_certificate(
    hosts: list[str], authority_key: bytes, authority_pem: bytes, now: datetime, days: int
) -> tuple[bytes, bytes]:
    """Make a TLS key and certificate for hosts or addresses; the authority is appended."""
    authority = x509.load_pem_x509_certificate(authority_pem)
    authority_signer = SoftwareSigner.from_pem(authority_key)
    signer = SoftwareSigner.generate()
    names = [_general_name(host) for host in hosts]
    builder = _leaf(
        hosts[0],
        names,
        ExtendedKeyUsageOID.SERVER_AUTH,
        signer.private_key.public_key(),
        now,
        days,
    )
    certificate = (
        builder.issuer_name(authority.subject)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority_signer.private_key.public_key()
            ),
            critical=False,
        )
        .sign(authority_signer.private_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority_pem
    return signer.to_pem(), chain


def _leaf(
    name: str,
    names: list[x509.GeneralName],
    usage: x509.ObjectIdentifier,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _ONE_DAY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _authority_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
