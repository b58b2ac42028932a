"""How secrets are made, kept and checked: passwords, tokens, and the wait after wrong tries."""

import hashlib
import ipaddress
import re
import secrets
import threading
import unicodedata
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geoapp.core.errors import Refused
from geoapp.core.i18n import N_

MIN_PASSWORD = 10  # characters; length is what protects, so there are no rules of composition
MAX_PASSWORD = 200  # longer ones would only cost time
COMMON = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "12345678910",
        "1234567890a",
        "a1234567890",
        "1q2w3e4r5t",
        "qwertyuiop",
        "1111111111",
        "0000000000",
        "password123",
        "password1234",
        "woaini1314520",
        "woaini1314",
        "5201314520",
        "q1w2e3r4t5",
        "qazwsxedcrfv",
        "administrator",
        "admin123456",
        "admin12345",
        "abcd123456",
        "abc1234567",
        "aa12345678",
        "asdfghjkl123",
    }
)
"""The ten-character passwords that every list of tries begins with."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper
GROUPS, GROUP_LETTERS = 3, 5  # 15 letters of 31: 74 bits
TOKEN_BYTES = 32
HASHERS = 2  # at once: each takes 64 MiB and a core; the rest of the sign-ins wait their turn

TRIES_A_LOGIN = 5
TRIES_AN_ADDRESS = 50  # an office stands behind one address
FIRST_WAIT = timedelta(seconds=30)
DOUBLINGS = 5  # 30 s, 1, 2, 4, 8, 16 minutes: whoever locks a colleague out does it briefly
FORGOTTEN_AFTER = timedelta(hours=1)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_hasher = PasswordHasher()  # RFC 9106, second recommended option: Argon2id, 64 MiB, t=3, p=4
_turn = threading.BoundedSemaphore(HASHERS)


class PasswordWeak(Refused):
    """Too short, too long, or one of those that are tried first."""

    code = "accounts.password_weak"
    message = N_("This password cannot be used.")
    hint = N_(
        "It needs %(least)s to %(most)s characters and must be neither your login name"
        " nor one of the passwords that everybody tries first."
    )


class LoginWrong(Refused):
    """The login name has letters that it cannot have."""

    code = "accounts.login_wrong"
    message = N_("%(login)s cannot be a login name.")
    hint = N_("Use 2 to 64 of a–z, 0–9, dot, hyphen, underscore and @, such as zhangwei.")


def clean_login(typed: str) -> str:
    """The login name as it is stored: half-width, lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def check_login(typed: str) -> str:
    """Return the login name of *typed*.

    Raises:
        LoginWrong: it has other letters than the allowed ones.
    """
    login = clean_login(typed)
    if not _LOGIN.fullmatch(login):
        raise LoginWrong(login=typed[:64])
    return login


def _normal(password: str) -> str:
    """Full-width or half-width, composed or not: the same keys give the same password."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, login: str) -> None:
    """Pass if *password* may be used by *login*.

    Raises:
        PasswordWeak: it is too short, too long, or too well known.
    """
    normal = _normal(password)
    plain = normal.lower()
    known = plain in COMMON or plain == login or len(set(plain)) < 3  # noqa: PLR2004 - "ababababab"
    if known or not MIN_PASSWORD <= len(normal) <= MAX_PASSWORD:
        raise PasswordWeak(least=MIN_PASSWORD, most=MAX_PASSWORD)


def make_password() -> str:
    """A random password that can be read out over the telephone: ``k7mfa-2xqp9-hdwtr``."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_password(password: str) -> str:
    """The Argon2id hash of *password*, with its parameters and salt."""
    with _turn:
        return _hasher.hash(_normal(password))


@cache
def _nobody_hash() -> str:
    return hash_password(secrets.token_urlsafe(TOKEN_BYTES))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether *password* fits; takes as long when there is no such person or no password."""
    compared = password_hash or _nobody_hash()  # before _turn, which making it takes too
    with _turn:
        try:
            _hasher.verify(compared, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with older parameters than ours."""
    return _hasher.check_needs_rehash(password_hash)


def make_token() -> str:
    """A random token of 256 bits for one browser."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What is kept of a token; a random one needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def subject_of_login(login: str) -> str:
    """The throttle's name for a login; a hash, because people type passwords there too."""
    return f"login:{hashlib.sha256(clean_login(login).encode()).hexdigest()}"


def _network(address: str, *, bits_v4: int, bits_v6: int) -> str:
    """The network of *address*; empty: it is no IP address (a unix socket)."""
    try:
        machine = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    bits = bits_v4 if isinstance(machine, ipaddress.IPv4Address) else bits_v6
    return str(ipaddress.ip_network((machine, bits), strict=False))


def subject_of_address(address: str) -> str:
    """The throttle's name for an address; IPv6: the /64 that one subscriber has."""
    network = _network(address, bits_v4=32, bits_v6=64)
    return f"address:{hashlib.sha256(network.encode()).hexdigest()}"


def address_prefix(address: str) -> str:
    """What is remembered of an address: the network, not the person's machine."""
    return _network(address, bits_v4=24, bits_v6=48)


_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAMS = (
    ("wxwork", "WeCom"),
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("HuaweiBrowser", "Huawei"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_label(user_agent: str) -> str:
    """What a person recognises a device by: ``Chrome · Android``; empty: unknown."""
    found = [
        next((label for mark, label in table if mark in user_agent), "")
        for table in (_PROGRAMS, _SYSTEMS)
    ]
    return " · ".join(part for part in found if part)
