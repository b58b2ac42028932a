"""How numbers, places and times are written for people; filters of every template."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

from geoapp.core.i18n import gettext as _
from geoapp.core.i18n import language, ngettext

SHANGHAI = ZoneInfo("Asia/Shanghai")
MU_M2 = 2000 / 3  # one 亩 in square metres
KILOMETRE_M = 1000
KILO = 1000
BYTES_LEFT = 4  # as long as all four units are left, the value is in whole bytes
FINE = 10  # below this a tenth still matters
MISSING = "—"

Number = int | float | Decimal


def _local_day(value: date | datetime) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None, style: str = "long") -> str:
    """Write a day: ``2026年11月22日``; *style* ``short``: ``11月22日``, ``iso``: ``2026-11-22``."""
    if value is None:
        return MISSING
    local = _local_day(value)
    if style == "iso":
        return local.isoformat()
    if language() == "en":
        return str(format_date(local, "d MMM" if style == "short" else "d MMM y", locale="en"))
    months = f"{local.month}月{local.day}日"
    return months if style == "short" else f"{local.year}年{months}"


def clock(value: datetime | None) -> str:
    """Write the time of day in Shanghai: ``15:04``."""
    return MISSING if value is None else f"{value.astimezone(SHANGHAI):%H:%M}"


def moment(value: datetime | None, style: str = "long") -> str:
    """Write an instant in Shanghai time: ``2026年11月22日 15:04``."""
    return MISSING if value is None else f"{day(value, style)} {clock(value)}"


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """Write how long ago *value* was: minutes and hours within a day, then days, then the day."""
    if value is None:
        return MISSING
    passed = (now or datetime.now(UTC)) - value
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", passed.seconds // 60)
    if passed < timedelta(days=1):
        return ngettext("%(num)d hour ago", "%(num)d hours ago", passed.seconds // 3600)
    if passed < timedelta(days=30):
        return ngettext("%(num)d day ago", "%(num)d days ago", passed.days)
    return day(value)


def number(value: Number | None, digits: int = 0) -> str:
    """Write a number with groups of three: ``28,230``."""
    return MISSING if value is None else f"{value:,.{digits}f}"


def percent(share: Number | None, digits: int = 0) -> str:
    """Write a share of one as a percentage: ``0.25`` → ``25%``."""
    return MISSING if share is None else f"{share:.{digits}%}"


def area(m2: Number | None) -> str:
    """Write square metres, with 亩 beside them."""
    if m2 is None:
        return MISSING
    mu = float(m2) / MU_M2
    return _("%(metres)s m² (%(mu)s mu)", metres=number(m2), mu=number(mu, 2 if mu < 100 else 0))  # noqa: PLR2004 - hundredths matter for small plots only


def distance(m: Number | None) -> str:
    """Write metres, from one kilometre on in kilometres."""
    if m is None:
        return MISSING
    if m < KILOMETRE_M:
        return _("%(value)s m", value=number(m))
    kilometres = float(m) / KILOMETRE_M
    return _("%(value)s km", value=number(kilometres, 1 if kilometres < FINE else 0))


def position(lon: Number | None, lat: Number | None, digits: int = 5) -> str:
    """Write a WGS 84 position, longitude first; five digits are about a metre."""
    if lon is None or lat is None:
        return MISSING
    return f"{lon:.{digits}f}, {lat:.{digits}f}"


def size(count: int | None) -> str:
    """Write a number of bytes: ``1.2 MB``."""
    if count is None:
        return MISSING
    value, units = float(count), ["GB", "MB", "KB", "B"]
    while value >= KILO and len(units) > 1:
        value /= KILO
        units.pop()
    digits = 1 if len(units) < BYTES_LEFT and value < FINE else 0
    return f"{value:.{digits}f} {units[-1]}"


FILTERS: dict[str, Any] = {
    "day": day,
    "clock": clock,
    "moment": moment,
    "ago": ago,
    "number": number,
    "percent": percent,
    "area": area,
    "distance": distance,
    "size": size,
}


def install(app: Flask) -> None:
    """Give the filters to the templates of *app*."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["position"] = position
