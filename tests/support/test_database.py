import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geoapp.accounts.rules import SYSTEM
from tests.support.database import cloned_database


def _tables(session):
    return session.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'left_over'"))


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_commits_the_next_does_not_see(db, turn):
    with db.transaction(SYSTEM) as session:
        assert _tables(session) == 0
        session.execute(text("CREATE TABLE left_over (id int)"))
    with db.reading(SYSTEM) as session:
        assert _tables(session) == 1


def test_reading_refuses_to_write_and_leaves_the_next_transaction_free_to(db):
    with pytest.raises(DBAPIError, match="read-only"), db.reading(SYSTEM) as session:
        session.execute(text("CREATE TABLE left_over (id int)"))
    with db.transaction(SYSTEM) as session:
        session.execute(text("CREATE TABLE left_over (id int)"))


def test_an_own_database_has_the_schema_and_real_commits(own_db):
    with own_db.transaction(SYSTEM) as session:
        session.execute(text("CREATE TABLE left_over (id int)"))
    own_db.close()
    with own_db.reading(SYSTEM) as session:
        assert _tables(session) == 1
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) is not None


def test_two_clones_do_not_know_each_other(cluster, database_url):
    with cloned_database(cluster) as url:
        assert url != database_url


def test_a_session_is_open_for_the_system(session):
    assert session.scalar(text("SELECT current_user")) == "geoapp"
    assert session.info["actor"] is SYSTEM
