"""Rows to change and entries to look at."""

from sqlalchemy import select

from geoapp.accounts.rules import UnitKind
from geoapp.accounts.tables import Unit
from geoapp.audit.tables import AuditEntry


def make_unit(session, name="祝桥镇", *, parent=None):
    unit = Unit(name=name, kind=UnitKind.TOWN, parent_id=parent.unit_id if parent else None)
    session.add(unit)
    session.flush()
    return unit


def entries(session):
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
