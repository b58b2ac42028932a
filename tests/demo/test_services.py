from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.accounts.tables import Person, Unit
from geoapp.core.blobs import DiskStore
from geoapp.core.settings import read_settings
from geoapp.demo.columns import demo_id
from geoapp.demo.readers import arcs, point_rows
from geoapp.demo.services import prepare_empty
from geoapp.demo.services_field import BEFORE_MOVES
from geoapp.demo.services_moves import DO
from geoapp.demo.services_people import add_people, add_units
from tests.support.factories import NOON, make_person, make_unit


def prepare(db, tmp_path, **choices):
    settings = read_settings({}, data=tmp_path)
    store = DiskStore(tmp_path / "blobs")
    return prepare_empty(db, blobs=store, settings=settings, now=NOON, **choices)


def test_without_the_story_there_is_one_office_and_one_administrator(db, tmp_path):
    (login,) = prepare(db, tmp_path, with_demo=False)
    assert login.role is Role.ADMIN
    with db.reading(SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 1
        person = session.scalars(select(Person)).one()
        assert person.must_change_password
        assert login.password not in person.password_hash


def test_a_database_with_people_stays_as_it_is(db, tmp_path):
    with db.transaction(SYSTEM) as session:
        make_person(session, unit=make_unit(session))
    assert prepare(db, tmp_path, with_demo=True) == []
    with db.reading(SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_the_example_district_stands_below_the_office_that_is_there(session):
    top = make_unit(session, "区督察办")
    make_person(session, "planner", unit=top)
    add_units(session)
    add_people(session, now=NOON)
    district = session.get(Unit, demo_id("unit", "pd"))
    assert district.parent_id == top.unit_id
    assert session.get(Person, demo_id("person", "planner")).login == "demo-planner"


def test_every_arc_is_used_and_every_step_is_known():
    assert {row.arc for row in point_rows()} == set(arcs())
    steps = {step.what for arc in arcs().values() for step in arc}
    assert steps == DO.keys() | BEFORE_MOVES.keys()
