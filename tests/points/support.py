"""The whole way of a point, step by step, with evidence that a test lays down itself."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from geoapp.points.ports import Plug, plug_in
from geoapp.points.protocol import Verb
from geoapp.points.rules import Substantiation
from geoapp.points.rules_facts import MeasureFact, PhotoFact, VisitFact
from geoapp.points.rules_form import MoveForm
from geoapp.points.services import move_point
from tests.support.factories import NOON

DUE = date(2026, 4, 30)
DAY = timedelta(days=1)


@dataclass
class Folder:
    """Photos, visits and measures as upper floors would report them."""

    photos: list[PhotoFact] = field(default_factory=list)
    visits: list[VisitFact] = field(default_factory=list)
    measures: list[MeasureFact] = field(default_factory=list)

    def plug(self):
        plug_in([Plug(facts=self.facts)])
        return self

    def facts(self, _session, _point, _actor, _now):
        return {
            "photos": tuple(self.photos),
            "visits": tuple(self.visits),
            "measures": tuple(self.measures),
        }

    def add_photo(self, *, at=NOON, role="after", distance_m=12.0):
        self.photos.append(
            PhotoFact(
                evidence_id=uuid.uuid4(),
                role=role,
                taken_at=at,
                uploaded_at=at,
                distance_m=distance_m,
            )
        )

    def add_visit(self, actor, *, at=NOON):
        self.visits.append(VisitFact(inspector_id=actor.person_id, ended_at=at, is_on_site=True))

    def add_measure(self, *, is_finished=False):
        self.measures.append(MeasureFact(has_unit=True, has_deadline=True, is_finished=is_finished))

    def finish_measures(self):
        self.measures = [
            MeasureFact(has_unit=True, has_deadline=True, is_finished=True)
            for _measure in self.measures
        ]


def assign_form(office, **changes):
    honest = {
        "substantiation": Substantiation.TRUE,
        "responsible_unit_id": office.works.unit_id,
        "accepting_unit_id": office.office.unit_id,
        "due_on": DUE,
    }
    return MoveForm(**honest | changes)


ACCEPT_FORM = MoveForm(five_checks=(True,) * 5, signature="acceptor")


def move(db, actor, point_id, verb, form=None, *, at=NOON, **more):
    with db.transaction(actor) as session:
        return move_point(session, point_id, verb=verb, form=form or MoveForm(), now=at, **more)


def rectify(db, office, point_id, folder, *, at=NOON):
    """Take a reported point to "completed" on the short way: assigned, at once, photos, done."""
    move(db, office.planner, point_id, Verb.ASSIGN, assign_form(office), at=at)
    move(db, office.worker, point_id, Verb.FIX_AT_ONCE, MoveForm(immediate_fix=True), at=at + DAY)
    for _side in range(2):
        folder.add_photo(at=at + 2 * DAY)
    move(db, office.worker, point_id, Verb.COMPLETE, at=at + 2 * DAY)


def accept(db, office, point_id, folder, *, at=NOON + 3 * DAY):
    """Take a completed point to "accepted"."""
    folder.add_visit(office.acceptor, at=at)
    return move(db, office.acceptor, point_id, Verb.ACCEPT, ACCEPT_FORM, at=at)
