import pytest
from flask import render_template_string
from jinja2 import UndefinedError

from geoapp.core.settings import Settings
from geoapp.web.forms import Form
from geoapp.web.i18n import choose_language
from tests.web.conftest import build_app


def rendered(app, source, **data):
    with app.test_request_context("/"):
        app.preprocess_request()
        return render_template_string(source, **data)


def test_chinese_comes_first_and_the_page_says_so(client):
    text = client.get("/guide").text
    assert '<html lang="zh-Hans-CN">' in text
    assert "督察点位跟踪" in text


def test_every_page_offers_the_other_language_and_remembers_the_choice(client):
    assert 'href="/guide?lang=en"' in client.get("/guide").text
    assert "Inspection Tracking" in client.get("/guide?lang=en").text
    assert "Inspection Tracking" in client.get("/field/guide").text
    assert "督察点位跟踪" in client.get("/guide?lang=zh_Hans_CN").text


def test_filters_survive_the_switch_and_the_switch_does_not_stay_in_links(client):
    text = client.get("/guide?state=closed&lang=en").text
    assert "state=closed&amp;lang=zh_Hans_CN" in text
    assert "lang=en&amp;lamp=" not in text


def test_an_unknown_language_changes_nothing(client):
    assert "督察点位跟踪" in client.get("/guide?lang=xx").text


def test_an_office_may_start_in_english(tmp_path):
    client = build_app(Settings(data=tmp_path, language="en")).test_client()
    assert '<html lang="en">' in client.get("/guide").text


def test_signing_in_speaks_the_persons_language(app, client):
    @app.get("/sign-in-test")
    def sign_in():
        choose_language("en")
        return ""

    client.get("/sign-in-test")
    assert "Inspection Tracking" in client.get("/guide").text


def test_what_fills_a_hole_is_escaped_and_a_sentence_is_text(app):
    source = '{{ _("It must be %(expected)s.", expected=bad) }}'
    assert rendered(app, source, bad="<i>") == "应为 &lt;i&gt;。"
    block = "{% trans expected=bad %}It must be %(expected)s.{% endtrans %}"
    assert (
        rendered(app, block.replace("%(expected)s", "{{ expected }}"), bad="<i>")
        == "应为 &lt;i&gt;。"
    )


def test_counts_choose_their_form(app, client):
    source = '{{ ngettext("%(num)d row in all", "%(num)d rows in all", n) }}'
    assert rendered(app, source, n=3) == "共 3 条"
    client.get("/?lang=en")


def test_a_name_that_no_view_gave_is_an_error_not_silence(app):
    with pytest.raises(UndefinedError):
        rendered(app, "{{ missing }}")


def test_the_form_library_speaks_the_readers_language(app):
    with app.test_request_context("/"):
        app.preprocess_request()
        assert (
            Form.Meta().get_translations(None).gettext("Not a valid choice.") == "不是有效的选择。"
        )
