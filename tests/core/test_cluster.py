"""The embedded server in good times: who starts it, who stops it, who gets in."""

import os
import pwd

import psycopg
import pytest

from geoapp.core.cluster import Cluster
from geoapp.core.cluster_process import postmaster_of


def test_a_first_start_gives_a_database_that_has_postgis_at_hand(embedded, connect):
    connection = connect(embedded.start())
    connection.execute("CREATE EXTENSION postgis")
    (metres,) = connection.execute(
        "SELECT ST_Distance('POINT(121.5 31.2)'::geography, 'POINT(121.5 31.3)'::geography)"
    ).fetchone()
    assert 11_080 < metres < 11_090


def test_a_second_start_joins_the_running_server(embedded):
    embedded.start()
    pid = postmaster_of(embedded.data)
    embedded.start()
    assert postmaster_of(embedded.data) == pid


def test_the_last_user_to_leave_stops_the_server(embedded, base):
    embedded.start()
    other = Cluster(base, durable=False)
    other.start()
    embedded.stop()
    assert postmaster_of(embedded.data)
    other.stop()
    assert postmaster_of(embedded.data) is None


def test_stopping_what_was_never_started_does_nothing(embedded):
    embedded.stop()
    assert postmaster_of(embedded.data) is None


def test_rows_are_there_after_stop_and_start(embedded, connect):
    connect(embedded.start()).execute("CREATE TABLE kept AS SELECT 1")
    embedded.stop()
    assert connect(embedded.start()).execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_two_programs_that_start_at_once_share_one_server(embedded, second_program):
    programs = [second_program(), second_program()]
    first, second = (program.stdout.readline() for program in programs)
    assert first == second == embedded.url() + "\n"
    for program in programs:
        program.communicate("")
        assert program.returncode == 0
    assert postmaster_of(embedded.data) is None


def test_the_server_never_runs_as_root(embedded):
    embedded.start()
    owner = embedded.data.stat().st_uid
    assert owner == (pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else os.geteuid())


def test_there_is_no_network_and_only_peers_get_in(embedded, connect):
    connection = connect(embedded.start())
    assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    rules = connection.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules")
    assert rules.fetchall() == [("local", "peer")]
    names = connection.execute("SELECT sys_name FROM pg_ident_file_mappings").fetchall()
    me = pwd.getpwuid(os.geteuid()).pw_name
    assert {name for (name,) in names} == ({"root", "postgres"} if me == "root" else {me})
    assert embedded.log.parent.stat().st_mode & 0o777 == 0o700


def test_another_role_is_refused_even_to_ourselves(embedded):
    embedded.start()
    host = str(embedded.base / "pg" / "run")
    with pytest.raises(psycopg.OperationalError, match="pg_hba"):
        psycopg.connect(host=host, user="postgres", dbname="geoapp")


def test_own_settings_survive_our_rewriting_of_the_configuration(embedded, connect):
    connect(embedded.start()).execute("ALTER SYSTEM SET work_mem = '12MB'")
    embedded.stop()
    assert connect(embedded.start()).execute("SHOW work_mem").fetchone() == ("12MB",)


def test_the_servers_log_keeps_no_personal_data(embedded, connect):
    connection = connect(embedded.start())
    connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
    connection.execute("INSERT INTO person VALUES ('王某某')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("INSERT INTO person VALUES ('王某某')")
    written = embedded.log.read_text()
    assert "person_pkey" in written
    assert "王某某" not in written


def test_a_path_too_long_for_a_socket_gets_a_short_one(base, connect):
    long = base / ("督察" * 30)
    cluster = Cluster(long, durable=False)
    try:
        assert connect(cluster.start()).execute("SELECT 1").fetchone() == (1,)
        assert len(os.fsencode(cluster._sockets)) < 90
        assert cluster._sockets.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop()
    assert not cluster._sockets.exists()


def test_data_checksums_are_on_and_a_durable_cluster_syncs(durable, connect):
    connection = connect(durable.start())
    for name in ("data_checksums", "fsync", "full_page_writes", "synchronous_commit"):
        assert connection.execute(f"SHOW {name}").fetchone() == ("on",), name
