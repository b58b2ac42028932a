"""No way of asking through the session shows a row that its actor may not see."""

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, union_all, update
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, selectinload, subqueryload

from geoapp.accounts import scope
from geoapp.accounts.rules import ANONYMOUS, SYSTEM, Role
from geoapp.accounts.scope import ScopeMissing
from geoapp.accounts.tables import Person, SignIn, SignInAttempt, Unit
from tests.accounts.support import actor_for_test, make_person, make_sign_in, make_unit


@pytest.fixture
def two_phones(guarded_db, now):
    """Li and Wang, each signed in on a phone."""
    with guarded_db.transaction(SYSTEM) as session:
        unit = make_unit(session)
        li, wang = (make_person(session, login, unit=unit) for login in ("li", "wang"))
        for person in (li, wang):
            make_sign_in(session, person, at=now)
    return li, wang


@pytest.fixture
def as_li(guarded_db, two_phones):
    with guarded_db.transaction(actor_for_test(Role.INSPECTOR, person=two_phones[0])) as session:
        yield session


LI = ["phone of li"]
OTHER = aliased(SignIn)
DEVICES = {
    "entity": select(SignIn.device).select_from(SignIn),
    "columns": select(SignIn.device),
    "alias": select(OTHER.device),
    "join": select(SignIn.device).join(Person, Person.person_id == SignIn.person_id),
    "join from the other side": select(SignIn.device).select_from(Person).join(SignIn),
    "join by relationship": select(SignIn.device).join(SignIn.person),
    "alias by relationship": select(OTHER.device)
    .select_from(Person)
    .join(Person.sign_ins.of_type(OTHER)),
    "self join": select(OTHER.device).join(SignIn, SignIn.created_at == OTHER.created_at),
    "subquery": select(select(SignIn.device).subquery().c.device),
    "cte": select(select(SignIn.device).cte().c.device),
    "alias of subquery": select(aliased(SignIn, select(SignIn).subquery()).device),
    "scalar subquery": select(select(func.max(SignIn.device)).scalar_subquery()),
    "correlated": select(
        select(SignIn.device).where(SignIn.person_id == Person.person_id).scalar_subquery()
    ).where(Person.login.in_(["li"])),
    "union": union_all(select(SignIn.device), select(SignIn.device).where(literal(False))),
    "in": select(Person.login.op("||")(""))
    .where(literal(False))
    .union_all(select(SignIn.device).where(SignIn.sign_in_id.in_(select(SignIn.sign_in_id)))),
}


@pytest.mark.parametrize("way", DEVICES)
def test_every_way_of_selecting_shows_only_own_rows(as_li, way):
    assert list(as_li.scalars(DEVICES[way])) == LI


def test_a_subquery_about_a_foreign_row_finds_nothing(as_li, two_phones):
    _li, wang = two_phones
    has_phone = exists().where(SignIn.person_id == Person.person_id)
    any_phone = Person.sign_ins.any()
    counted = select(func.count(SignIn.sign_in_id)).where(SignIn.person_id == wang.person_id)
    assert list(as_li.scalars(select(Person.login).where(has_phone))) == ["li"]
    assert list(as_li.scalars(select(Person.login).where(any_phone))) == ["li"]
    assert as_li.scalar(select(counted.scalar_subquery())) == 0


@pytest.mark.parametrize("loader", [lazyload, joinedload, selectinload, subqueryload])
def test_every_way_of_loading_a_relationship_shows_only_own_rows(as_li, loader):
    people = as_li.scalars(
        select(Person).options(loader(Person.sign_ins)).order_by(Person.login)
    ).unique()
    assert [[phone.device for phone in person.sign_ins] for person in people] == [LI, []]


def test_getting_a_foreign_row_by_its_key_finds_nothing(as_li, guarded_db, two_phones):
    with guarded_db.reading(SYSTEM) as session:
        keys = dict(session.execute(select(SignIn.device, SignIn.sign_in_id)).all())
    assert as_li.get(SignIn, keys["phone of wang"]) is None
    assert as_li.get(SignIn, keys["phone of li"]).device == "phone of li"


def test_the_older_query_interface_is_limited_too(as_li):
    assert [row.device for row in as_li.query(SignIn)] == LI
    assert as_li.query(SignIn).count() == 1


def test_an_update_or_delete_touches_only_own_rows(as_li, guarded_db):
    as_li.execute(update(SignIn).values(device="mine"))
    as_li.execute(delete(SignIn))
    as_li.flush()
    with guarded_db.reading(SYSTEM) as session:
        assert list(session.scalars(select(SignIn.device))) == ["phone of wang"]


def test_a_row_in_hand_can_be_refreshed(as_li):
    phone = as_li.scalars(select(SignIn)).one()
    as_li.refresh(phone)
    as_li.expire(phone)
    assert phone.device == "phone of li"


TABLE = SignIn.__table__
UNSCOPED = {
    "core select": select(TABLE.c.device),
    "core count": select(func.count()).select_from(TABLE),
    "core alias": select(TABLE.alias().c.device),
    "bare alias beside an entity": select(Person.login, TABLE.alias().c.device),
    "bare count in a subquery": select(
        Person.login, select(func.count()).select_from(TABLE).scalar_subquery()
    ),
    "bare table inside a function": select(Person.login, func.max(TABLE.c.device)),
    "core subquery": select(Person).where(exists(select(TABLE.c.device))),
    "bare column beside an entity": select(Person.login, TABLE.c.device),
    "bare join": select(Person.login).join(TABLE, TABLE.c.person_id == Person.person_id),
    "core update": update(TABLE).values(device="x"),
    "core delete": delete(TABLE),
    "entity from text": select(SignIn).from_statement(text("SELECT * FROM sign_in")),
    "insert from select": insert(SignInAttempt).from_select(
        ["subject", "failures", "last_at"], select(SignIn.device, literal(1), SignIn.created_at)
    ),
}


@pytest.mark.parametrize("way", UNSCOPED)
def test_a_statement_that_cannot_carry_the_scope_is_refused(as_li, way):
    with pytest.raises(ScopeMissing):
        as_li.execute(UNSCOPED[way])


def test_a_bulk_update_by_key_is_refused(as_li):
    phone = as_li.scalars(select(SignIn)).one()
    with pytest.raises(ScopeMissing):
        as_li.execute(update(SignIn), [{"sign_in_id": phone.sign_in_id, "device": "x"}])


def test_a_statement_that_says_it_carries_the_scope_itself_may_pass(as_li):
    query = select(TABLE.c.device).where(TABLE.c.device == "phone of li")
    assert list(as_li.scalars(query, execution_options={scope.SCOPE_GIVEN: True})) == LI


def test_rows_without_a_scope_are_for_everybody(as_li):
    assert list(as_li.scalars(select(Unit.__table__.c.name))) == ["祝桥镇"]
    assert len(list(as_li.scalars(select(Person)))) == 2


def test_nobody_sees_nothing(guarded_db, two_phones):
    with guarded_db.reading(ANONYMOUS) as session:
        assert list(session.scalars(select(SignIn))) == []


def test_who_manages_people_sees_all(guarded_db, two_phones):
    with guarded_db.reading(actor_for_test(Role.ADMIN)) as session:
        assert len(list(session.scalars(select(SignIn)))) == 2


def test_the_audit_log_is_for_administrators_only(guarded_db, two_phones):
    from geoapp.audit.tables import AuditEntry

    with guarded_db.reading(actor_for_test(Role.PLANNER, sees_all=True)) as session:
        assert list(session.scalars(select(AuditEntry))) == []
    with guarded_db.reading(actor_for_test(Role.ADMIN)) as session:
        assert list(session.scalars(select(AuditEntry)))


def test_a_session_without_an_actor_answers_nothing(database_engine):
    with Session(database_engine) as session:
        scope.install(session)
        with pytest.raises(ScopeMissing):
            session.execute(select(SignIn))
        with pytest.raises(ScopeMissing):
            session.execute(text("SELECT 1"))
