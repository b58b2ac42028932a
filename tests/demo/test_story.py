import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select

from geoapp.accounts.protocol import matches
from geoapp.accounts.rules import SYSTEM, Role
from geoapp.accounts.tables import Person
from geoapp.audit.services import verify
from geoapp.audit.tables import AuditEntry
from geoapp.deadlines.rules import Lamp
from geoapp.demo.readers import area_shapes, point_rows
from geoapp.demo.services import load_demo
from geoapp.ledger.rules import CandidateStatus
from geoapp.ledger.tables import Measure, PlaceCandidate, Problem, ProblemPoint
from geoapp.points.columns import PointFilter
from geoapp.points.protocol import Verb
from geoapp.points.queries import count_strip
from geoapp.points.rules import Category, State
from geoapp.points.rules_shapes import place_on
from geoapp.points.tables import AdminArea, Factory, Point, RiverSegment, WasteSite
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.visits.queries import photos_of
from geoapp.visits.tables import Evidence
from tests.support.factories import NOON


def test_every_state_after_the_draft_and_every_lamp_is_there(told):
    strip = count_strip(told, filter=PointFilter(), now=NOON)
    assert strip.total == len(point_rows()) > 110
    assert {state for state, count in strip.states.items() if count} == set(State) - {State.DRAFT}
    assert {lamp for lamp, count in strip.lamps.items() if count} == set(Lamp)


def test_every_category_and_every_shape_is_there(told):
    categories = set(told.scalars(select(Point.category)))
    assert categories == set(Category)
    kinds = set(told.scalars(select(func.GeometryType(Point.geom))))
    assert kinds == {"POINT", "LINESTRING", "POLYGON"}


def test_rivers_heaps_and_firms_have_their_particulars(told):
    rivers = set(
        told.scalars(select(Point.point_id).where(Point.category == Category.RIVER_SEGMENT))
    )
    assert set(told.scalars(select(RiverSegment.point_id))) == rivers
    assert all(row.start_name and row.end_name for row in told.scalars(select(RiverSegment)))
    assert told.scalar(select(func.count()).select_from(WasteSite)) > 15
    assert told.scalar(select(func.count()).select_from(Factory)) > 15


def test_each_point_lies_in_the_town_that_it_names(told):
    towns = {facts["code"]: outline for facts, outline in area_shapes("towns")}
    names = {row.point_id: row.town for row in point_rows()}
    found = told.execute(
        select(Point.point_id, Point.geom, AdminArea.short_code, Point.code).join(
            AdminArea, AdminArea.area_id == Point.area_id
        )
    ).all()
    assert len(found) == len(names)
    for point_id, geom, short_code, code in found:
        place = place_on(to_shape(geom))
        assert short_code == names[point_id]
        assert towns[short_code].covers(shapely.Point(place.lon, place.lat))
        assert code[2:4] == short_code


def test_towns_do_not_overlap():
    outlines = [outline for _facts, outline in area_shapes("towns")]
    for place, outline in enumerate(outlines):
        assert shapely.get_num_coordinates(outline) <= 13
        for other in outlines[place + 1 :]:
            assert outline.intersection(other).area < 1e-9


def test_a_second_load_changes_nothing(story):
    with story.database.transaction(SYSTEM) as session:
        before = session.scalar(select(func.max(AuditEntry.seq)))
        again = load_demo(session, blobs=story.blobs, settings=story.settings, now=NOON)
        assert session.scalar(select(func.max(AuditEntry.seq))) == before
    assert not any(again.counts().values())
    assert again.logins == ()


def test_the_audit_chain_over_the_whole_story_holds(told):
    assert verify(told).ok


def test_every_photo_is_stored_and_raises_no_doubt(story, told):
    shown = [
        photo
        for point_id in told.scalars(select(Evidence.point_id).distinct()).all()
        for photo in photos_of(told, point_id)
    ]
    assert len(shown) == story.loaded.photos > 100
    assert [photo.evidence.file_name for photo in shown if photo.warnings] == []
    assert all(story.blobs.exists(photo.evidence.sha256) for photo in shown)


def test_nobody_accepted_their_own_work(told):
    rows = told.execute(select(Transition.point_id, Transition.verb, Transition.unit_id)).all()
    did = {(point_id, unit_id) for point_id, verb, unit_id in rows if verb == Verb.COMPLETE}
    signed = {(point_id, unit_id) for point_id, verb, unit_id in rows if verb == Verb.ACCEPT}
    assert signed
    assert not did & signed


def test_moves_of_a_point_follow_one_another_in_time(told):
    seen: dict[object, tuple[str, object]] = {}
    for row in told.scalars(select(Transition).order_by(Transition.seq)):
        if row.point_id in seen:
            target, at = seen[row.point_id]
            assert row.source == target
            assert row.at >= at
        seen[row.point_id] = row.target, row.at
        assert row.at <= NOON


def test_something_waits_for_whoever_looks_around(told):
    waiting = select(MoveProposal.verb).where(MoveProposal.decision == "")
    assert set(told.scalars(waiting)) == {Verb.START, Verb.EXTEND, Verb.RETURN_ASSIGNMENT}
    open_ones = select(func.count()).where(PlaceCandidate.status == CandidateStatus.OPEN)
    assert told.scalar(open_ones) > 2


def test_the_ledger_names_points_many_to_many_with_typed_deadlines(told):
    linked = select(ProblemPoint.point_id, func.count()).group_by(ProblemPoint.point_id)
    assert max(count for _point, count in told.execute(linked)) > 1
    named = select(ProblemPoint.problem_id, func.count()).group_by(ProblemPoint.problem_id)
    assert max(count for _problem, count in told.execute(named)) > 2
    assert told.scalar(select(func.count()).where(Problem.upstream_no != "")) >= 12
    assert len(set(told.scalars(select(Measure.deadline_kind)))) > 2


@pytest.mark.parametrize("role", Role)
def test_each_role_has_a_sign_in_that_works(story, told, role):
    """Some 0.3 s a role: Argon2 is slow on purpose."""
    login = next(one for one in story.loaded.logins if one.role is role)
    person = told.scalars(select(Person).where(Person.login == login.login)).one()
    assert matches(login.password, person.password_hash)
    assert not person.must_change_password
