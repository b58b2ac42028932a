"""The chain: how an audit entry is written down as bytes, and how its hash follows from them.

The hash of an entry is the SHA-256 of its **canonical form**, which anybody can rebuild from the
table ``audit_log`` without this program:

1. one JSON object with exactly the keys of :data:`KEYS`: all columns but ``hash``;
2. ``seq`` is a number; ``actor_id`` and ``unit_id`` are lower-case UUIDs with hyphens or null;
   ``at`` and ``device_at`` are UTC with six decimals, ``2026-01-31T08:00:00.000000Z``, or null;
   ``prev_hash`` is lower-case hex; ``before`` and ``after`` are the stored objects or null;
   the rest is text;
3. keys sorted by code point on every level, no space between tokens, UTF-8 without escapes
   beyond those JSON demands. In Python: ``json.dumps(row, sort_keys=True, ensure_ascii=False,
   separators=(",", ":")).encode()``. No number in an entry has a fraction, so no two languages
   can write it differently: fractions are stored as text.

``prev_hash`` of the first entry is 32 zero bytes, of every other the ``hash`` of ``seq - 1``.
"""

import enum
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

GENESIS = bytes(32)
"""What the first entry follows."""

KEYS = (
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "unit_id",
    "source",
    "address_prefix",
    "device_id",
    "device_at",
    "action",
    "entity",
    "entity_id",
    "before",
    "after",
    "reason",
    "prev_hash",
)

LARGEST_INTEGER = 2**53  # beyond it JavaScript and jq round
LONGEST_TEXT = 4000  # characters of one value kept; the rest is named by its SHA-256
WITHHELD = "[withheld]"
"""Stands for a value that must not be in the log; that it changed is in the log."""


def moment(at: datetime | None) -> str | None:
    """Write an instant down: UTC, six decimals, Z."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The canonical form of *entry*: a mapping with KEYS, values as the columns hold them."""
    row = {key: entry[key] for key in KEYS}
    row["at"] = moment(row["at"])
    row["device_at"] = moment(row["device_at"])
    row["prev_hash"] = row["prev_hash"].hex()
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)  # UUIDs as text with hyphens


def chain_hash(entry: Mapping[str, Any]) -> bytes:
    """The SHA-256 of the canonical form of *entry*."""
    return hashlib.sha256(canonical(entry)).digest()


def clean_text(text: str) -> str:
    """Drop what PostgreSQL or UTF-8 cannot hold: U+0000 and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def plain(value: Any) -> Any:
    """Turn *value* into what JSON and every reader of the log write alike.

    Text, whole numbers, true, false, null, and lists and objects of them; anything else
    becomes text. Bytes are named by their SHA-256, overlong text is cut and named by it.
    """
    if isinstance(value, Mapping):
        return {clean_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if _is_exact(value):
        return value
    return _short(clean_text(_words(value)))


def _is_exact(value: Any) -> bool:
    """Whether every JSON reader reads *value* alike."""
    if value is None or isinstance(value, bool):
        return True
    return type(value) is int and abs(value) < LARGEST_INTEGER


def _words(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return moment(value) or ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    return str(value)


def _short(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text[:LONGEST_TEXT]}… ({len(text)} sha256:{digest})"
