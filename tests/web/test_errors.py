import logging

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from geoapp.core import errors as families
from geoapp.core.i18n import N_
from geoapp.web.errors import STATUS, TITLES
from geoapp.web.navigation import Shell
from tests.web.conftest import build_app

JSON = {"Accept": "application/json"}


class SampleRefused(families.Refused):
    code = "sample.refused"
    message = N_("The setting %(name)s cannot be %(value)s.")
    hint = N_("It must be %(expected)s.")


def raising(error, shell=None):
    app = build_app(shell=shell) if shell else build_app()
    app.config["WTF_CSRF_ENABLED"] = False

    @app.get("/boom")
    def boom():
        raise error

    return app.test_client()


def refusal():
    return SampleRefused(name="GEOAPP_PORT", value="<b>x</b>", expected="1 – 65535")


def test_every_family_has_one_status_and_every_status_a_title():
    tree = {
        kind
        for kind in families.DomainError.__subclasses__()
        if kind.__module__ == families.__name__
    }
    assert tree == set(STATUS)
    assert len(set(STATUS.values())) == len(STATUS)
    assert set(STATUS.values()) <= set(TITLES)


@pytest.mark.parametrize(("family", "status"), STATUS.items())
def test_a_cause_of_each_family_answers_with_its_status(family, status):
    cause = type("Sample", (family,), {"code": "sample.cause", "message": N_("Not found")})
    answer = raising(cause()).get("/boom")
    assert answer.status_code == status
    assert "sample.cause" in answer.text


def test_a_person_gets_a_page_in_chinese_with_sentence_and_hint(client):
    answer = raising(refusal()).get("/boom")
    assert answer.status_code == 422
    assert answer.content_type == "text/html; charset=utf-8"
    assert "GEOAPP_PORT" in answer.text
    assert "应为 1 – 65535" in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text


def test_a_machine_gets_a_problem_with_code_and_data():
    answer = raising(refusal()).get("/boom", headers=JSON)
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "sample.refused"
    assert answer.json["status"] == 422
    assert answer.json["data"]["name"] == "GEOAPP_PORT"
    assert answer.json["type"] == "urn:geoapp:error:sample.refused"


def test_who_accepts_anything_gets_the_page():
    assert "text/html" in raising(refusal()).get("/boom", headers={"Accept": "*/*"}).content_type


def test_an_unknown_address_is_404_in_both_forms(client):
    assert "web.page_missing" in client.get("/nowhere").text
    assert client.get("/nowhere", headers=JSON).json["code"] == "web.page_missing"


def test_a_wrong_method_is_405_and_names_the_right_ones(client):
    answer = client.delete("/", headers=JSON)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json["status"] == 405


def test_a_mistake_of_ours_is_500_with_a_reference_and_no_trace(caplog):
    with caplog.at_level(logging.ERROR, logger="geoapp.web"):
        answer = raising(ZeroDivisionError("secret detail")).get("/boom", headers=JSON)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json["reference"] == caplog.records[-1].reference


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StaleDataError("row"), 409, "web.changed_meanwhile"),
        (IntegrityError("INSERT", {}, Exception("dup")), 409, "web.changed_meanwhile"),
        (DataError("INSERT", {}, Exception("range")), 400, "web.value_impossible"),
        (OperationalError("SELECT", {}, Exception("gone")), 503, "web.database_down"),
    ],
)
def test_what_the_database_refuses_has_a_sentence_and_no_sql(error, status, code):
    answer = raising(error).get("/boom", headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert "SELECT" not in answer.text
    assert "INSERT" not in answer.text


def test_the_error_page_stands_even_when_the_bar_cannot_be_drawn(caplog):
    def broken():
        raise OperationalError("SELECT", {}, Exception("gone"))

    answer = raising(refusal(), Shell(person=broken)).get("/boom")
    assert answer.status_code == 422
    assert "应为 1 – 65535" in answer.text


def test_a_redirect_is_no_failure(client):
    from flask import abort, redirect

    app = client.application

    @app.get("/away")
    def away():
        abort(redirect("/guide"))

    assert client.get("/away").status_code == 302
