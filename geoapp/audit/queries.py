"""Looking into the log."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from geoapp.audit.tables import AuditEntry

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """What of the log is asked for; empty: everything."""

    who: str = ""
    action: str = ""
    entity: str = ""
    entity_id: str = ""
    from_on: date | None = None
    to_on: date | None = None


def midnight(day: date) -> datetime:
    """The instant at which *day* begins in Shanghai."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def log_entries(wanted: LogFilter) -> Select[AuditEntry]:
    """Entries of *wanted*; *who* is part of a name, *to_on* is included whole."""
    query = select(AuditEntry)
    if wanted.who:
        query = query.where(AuditEntry.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.entity:
        query = query.where(AuditEntry.entity == wanted.entity)
    if wanted.entity_id:
        query = query.where(AuditEntry.entity_id == wanted.entity_id)
    if wanted.from_on:
        query = query.where(AuditEntry.at >= midnight(wanted.from_on))
    if wanted.to_on:
        query = query.where(AuditEntry.at < midnight(wanted.to_on + timedelta(days=1)))
    return query
