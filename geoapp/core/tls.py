"""TLS for phones in the same network: a local authority, a certificate for our addresses, QR codes.

Phones give a page its position, its offline store and its service worker only over trusted TLS.
The authority is made once and kept in the data folder; each phone installs its certificate once.
The server's own certificate is renewed by us whenever it lacks an address or is about to end.
"""

import hashlib
import io
import os
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

import segno
import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature

VALID_DAYS = 397  # phones refuse certificates that live longer than 398 days
RENEW_DAYS = 60
FIB_TRIE = Path("/proc/net/fib_trie")
PROBE = ("192.0.2.1", 9)  # an address for documentation: connecting a UDP socket sends nothing
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Tls:
    """Ready to serve: *chain* holds key and certificates, *authority* is what phones install."""

    chain: Path
    authority: Path
    names: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority, as phones show it before they install it."""
        digest = hashlib.sha256(self.authority_der()).hexdigest().upper()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))

    def authority_der(self) -> bytes:
        """Return the authority's certificate in the binary form that phones install."""
        return ssl.PEM_cert_to_DER_cert(self.authority.read_text())

    def context(self) -> ssl.SSLContext:
        """Return the server side of TLS 1.2 or newer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self.chain)
        return context


def prepare_tls(folder: Path, *, names: Iterable[str], now: datetime) -> Tls:
    """Make or renew what TLS needs in *folder* for *names* (addresses and host names)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    wanted = tuple(dict.fromkeys(names))
    tls = Tls(chain=folder / "server.pem", authority=folder / "authority.pem", names=wanted)
    authority = _authority(tls.authority, folder / "authority.key")
    if not _serves(tls, authority, now):
        made = authority.issue_cert(
            *wanted,
            organization_name="geoapp",
            not_before=now - timedelta(days=1),  # phones with a slow clock
            not_after=now + timedelta(days=VALID_DAYS),
        )
        _write_secret(tls.chain, made.private_key_and_cert_chain_pem.bytes())
    return tls


def _authority(certificate: Path, key: Path) -> trustme.CA:
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made = trustme.CA(
        organization_name="geoapp", organization_unit_name=f"local CA of {socket.gethostname()}"
    )
    _write_secret(key, made.private_key_pem.bytes())
    _write_secret(certificate, made.cert_pem.bytes())
    return made


def _write_secret(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)


def _serves(tls: Tls, authority: trustme.CA, now: datetime) -> bool:
    """Tell whether the certificate there is ours, long enough valid, and for all names."""
    if not tls.chain.exists():
        return False
    found = x509.load_pem_x509_certificate(tls.chain.read_bytes())
    ours = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = {str(item.value) for item in alternatives}
    try:
        found.verify_directly_issued_by(ours)
    except (ValueError, InvalidSignature):
        return False
    return (
        found.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)
        and found.not_valid_before_utc <= now
        and named.issuperset(tls.names)
    )


def lan_addresses(trie: Path = FIB_TRIE) -> list[str]:
    """List our own IPv4 addresses, the one of the default route first; empty: no network."""
    lines = trie.read_text().splitlines() if trie.exists() else []
    local = {above.split()[-1] for above, line in pairwise(lines) if "/32 host LOCAL" in line}
    found = sorted(name for name in local if not ip_address(name).is_loopback)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(PROBE)
        except OSError:
            return found
        first = str(probe.getsockname()[0])
    return [first, *(name for name in found if name != first)]


def own_names() -> list[str]:
    """List everything that a device in our network may call us, loopback included."""
    host = socket.gethostname().lower()
    hosts = [host, f"{host.split('.')[0]}.local"] if HOST_NAME.fullmatch(host) else []
    return [*lan_addresses(), "127.0.0.1", "localhost", *hosts]


def qr_text(text: str) -> str:
    """Draw *text* as a QR code of half blocks for a terminal."""
    drawn = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out=drawn, compact=True, border=2)
    return drawn.getvalue()
