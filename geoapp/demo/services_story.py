"""The past of the demo points, told day by day through the services that people use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import SYSTEM, Actor, Role
from geoapp.core.blobs import BlobStore
from geoapp.deadlines.rules import SHANGHAI, shanghai_day
from geoapp.demo.columns import Event, PointRow, Step
from geoapp.demo.readers import arcs, person_rows, point_rows, unit_rows
from geoapp.demo.services_people import demo_actors, unit_ids
from geoapp.points.protocol import Verb
from geoapp.points.rules_form import MoveForm
from geoapp.points.services import decide_proposal, move_point
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal

DAY_BEGINS = time(9)
SATURDAY = 5
BETWEEN_STEPS = timedelta(minutes=25)
BEFORE_NOW = timedelta(minutes=5)
SONGJIANG = "sj"


def events(rows: tuple[PointRow, ...], *, now: datetime) -> list[Event]:
    """Return everything that happens, oldest first; offices work from Monday to Friday."""
    told = [
        Event(at=_moment(step, number, place, now=now), row=row, step=step, number=number)
        for place, row in enumerate(rows)
        for number, step in enumerate(arcs()[row.arc])
    ]
    return sorted(told, key=lambda event: (event.at, event.row.key, event.number))


def _moment(step: Step, number: int, place: int, *, now: datetime) -> datetime:
    day = shanghai_day(now) - timedelta(days=step.ago)
    day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    begins = datetime.combine(day, DAY_BEGINS, tzinfo=SHANGHAI)
    at = begins + timedelta(minutes=place % 97) + number * BETWEEN_STEPS
    return min(at, now - BEFORE_NOW)


class Stage:
    """Who acts where: the session with its people, and the day on which the story ends."""

    def __init__(self, session: Session, *, blobs: BlobStore, prefix: str, now: datetime) -> None:
        self.session, self.blobs, self.prefix = session, blobs, prefix
        self.today: date = shanghai_day(now)
        self.units = unit_ids(session)
        self.actors: Mapping[str, Actor] = demo_actors(session)
        self._parents = {row.key: row.parent for row in unit_rows()}
        self._people = {
            row.grant_unit: row.login for row in person_rows() if row.role is Role.RESPONSIBLE
        }

    @contextmanager
    def acting(self, login: str) -> Iterator[Session]:
        """Let the person with *login* of people.csv act inside the block."""
        self.session.info["actor"] = self.actors[login]
        try:
            yield self.session
        finally:
            self.session.info["actor"] = SYSTEM

    def is_songjiang(self, row: PointRow) -> bool:
        """Tell in which of the two districts the point lies."""
        return self._parents[row.town] == SONGJIANG

    def inspector(self, row: PointRow) -> str:
        """Return the login of the inspector of the district."""
        return "inspector2" if self.is_songjiang(row) else "inspector"

    def acceptor(self, row: PointRow) -> str:
        """Return the login of whoever accepts in the district."""
        return "acceptor2" if self.is_songjiang(row) else "acceptor"

    def worker(self, row: PointRow) -> str:
        """Return the login of whoever answers for the unit of the point, or for the one above."""
        unit = row.unit
        while unit not in self._people:
            unit = self._parents[unit]
        return self._people[unit]

    def point(self, row: PointRow) -> Point:
        """Return the point of *row* as it is now."""
        return self.session.scalars(select(Point).where(Point.point_id == row.point_id)).one()

    def move(self, event: Event, login: str, verb: Verb, form: MoveForm) -> None:
        """Let *login* make the move; where two are needed it waits as a proposal."""
        with self.acting(login) as session:
            move_point(session, event.row.point_id, verb=verb, form=form, now=event.at)

    def agree(self, event: Event, login: str) -> None:
        """Let *login* confirm what waits at the point, a few minutes later."""
        waiting = select(MoveProposal.proposal_id).where(
            MoveProposal.point_id == event.row.point_id, MoveProposal.decision == ""
        )
        with self.acting(login) as session:
            found = session.scalars(waiting).one()
            decide_proposal(session, found, confirm=True, now=event.at + timedelta(minutes=9))


def fresh_rows(session: Session) -> tuple[PointRow, ...]:
    """Return the points that are not in the database yet."""
    known = set(session.scalars(select(Point.point_id)))
    return tuple(row for row in point_rows() if row.point_id not in known)
