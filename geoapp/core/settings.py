"""Settings from GEOAPP_* variables: checked once at start, then never changed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geoapp.core.errors import Refused
from geoapp.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_

MAX_PORT = 65535


class SettingWrong(Refused):
    """A GEOAPP_* variable holds a value that cannot be used."""

    code = "settings.wrong_value"
    message = N_("The setting %(name)s cannot be %(value)s.")
    hint = N_("It must be %(expected)s.")


def default_data_dir() -> Path:
    """Return /var/lib/geoapp for root (other accounts cannot enter /root), else the XDG folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/geoapp")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "geoapp"


def _text(meaning: str, default: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _number(meaning: str, default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ from office to office; names are GEOAPP_ + upper case."""

    data: Path = field(
        default_factory=default_data_dir,
        metadata={"meaning": N_("Folder of the database, the photos and the keys.")},
    )
    database_url: str = _text(
        N_("PostGIS server to use instead of the embedded one; empty: embedded."), ""
    )
    host: str = _text(N_("Address to listen on."), "127.0.0.1")
    port: int = _number(N_("Port to listen on."), 8000, 1, MAX_PORT)
    threads: int = _number(N_("Threads that answer requests."), 8, 1, 64)
    language: str = _text(
        N_("Language before a person chooses one: zh_Hans_CN or en."), DEFAULT_LANGUAGE
    )
    trusted_hosts: str = _text(
        N_("Host names that this server answers to, separated by commas; empty: any."), ""
    )
    behind_proxy: int = _number(
        N_("Number of reverse proxies in front whose X-Forwarded headers are true."), 0, 0, 5
    )
    session_hours: int = _number(N_("Hours until a sign-in ends."), 12, 1, 720)
    upload_mb: int = _number(N_("Largest upload in MB."), 60, 1, 2000)
    region: str = _text(
        N_("Where points are expected: west,south,east,north in degrees."),
        "120.8,30.6,122.3,31.95",
    )
    code_prefix: str = _text(N_("District part of our numbering, such as PD."), "PD")
    blob_store: str = _text(
        N_("Photo store: empty for the data folder, or s3://bucket/prefix."), ""
    )
    s3_endpoint: str = _text(N_("Address of an S3-compatible store; empty: the vendor's own."), "")

    @property
    def region_box(self) -> tuple[float, float, float, float]:
        """Return (west, south, east, north) in degrees, WGS 84."""
        west, south, east, north = (float(part) for part in self.region.split(","))
        return west, south, east, north


def read_settings(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Build the settings from GEOAPP_* variables; *given* values (command line) win.

    Raises:
        SettingWrong: names the variable, the value, and what is expected.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in fields(Settings):
        raw = environ.get(f"GEOAPP_{item.name.upper()}")
        if raw not in (None, ""):
            values[item.name] = _parse(item.name, str(raw), dict(item.metadata))
    values |= {name: value for name, value in given.items() if value is not None}
    settings = Settings(**values)
    _check(settings)
    return settings


def _parse(name: str, raw: str, meta: dict[str, Any]) -> Any:
    if name == "data":
        return Path(raw).expanduser().absolute()
    if "low" not in meta:
        return raw
    if not raw.isascii() or not raw.isdigit() or not meta["low"] <= int(raw) <= meta["high"]:
        expected = f"{meta['low']} – {meta['high']}"
        raise SettingWrong(name=f"GEOAPP_{name.upper()}", value=raw, expected=expected)
    return int(raw)


def _wrong(name: str, value: str, expected: str) -> SettingWrong:
    return SettingWrong(name=f"GEOAPP_{name}", value=value, expected=expected)


def _check(settings: Settings) -> None:
    if settings.language not in LANGUAGES:
        raise _wrong("LANGUAGE", settings.language, " / ".join(LANGUAGES))
    url = settings.database_url
    if url and not url.startswith(("postgresql://", "postgresql+psycopg://")):
        raise _wrong("DATABASE_URL", urlsplit(url).scheme or "?", "postgresql://…")
    if settings.blob_store and not settings.blob_store.startswith("s3://"):
        raise _wrong("BLOB_STORE", settings.blob_store, "s3://bucket/prefix")
    if not (settings.code_prefix.isascii() and settings.code_prefix.isalnum()):
        raise _wrong("CODE_PREFIX", settings.code_prefix, "A–Z, 0–9")
    _check_region(settings.region)


def _check_region(region: str) -> None:
    expected = "west,south,east,north (121.0,30.6,122.3,31.9)"
    try:
        west, south, east, north = (float(part) for part in region.split(","))
    except ValueError:
        raise _wrong("REGION", region, expected) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 - the globe
        raise _wrong("REGION", region, expected)
