"""Measures tables brought in, and what the database holds of them."""

from copy import deepcopy
from datetime import UTC, datetime

from sqlalchemy import func, select

from geoapp.intake.rules_ledger_import import LedgerTarget
from geoapp.intake.services_ledger import import_ledger
from geoapp.ledger.tables import (
    Campaign,
    Measure,
    PlaceCandidate,
    Problem,
    Task,
    TaskUnit,
)
from tests.support.ledgers import FULL

NOW = datetime(2024, 3, 5, 2, 0, tzinfo=UTC)
TARGET = LedgerTarget()


def imported(session, file, target=TARGET):
    return import_ledger(session, file=file, target=target, now=NOW)


def numbers(session):
    return {
        table.__tablename__: session.scalar(select(func.count()).select_from(table))
        for table in (Campaign, Problem, Task, TaskUnit, Measure, PlaceCandidate)
    }


def changed(rows):
    """The table with other rows."""
    table = deepcopy(FULL)
    table.rows = rows(table.rows)
    return table


def other_deadline(rows):
    return [*rows[:4], ["２、举一反三，全面排查。", "4月底"], rows[5]]
