import gzip

import brotli
import pytest

from geoapp.web import assets


@pytest.fixture
def version():
    return assets.static_files().version


def test_the_current_address_is_kept_for_ever_and_an_old_one_is_asked_again(client, version):
    assert "immutable" in client.get(f"/static/{version}/app.css").headers["Cache-Control"]
    assert client.get("/static/old/app.css").headers["Cache-Control"] == "no-cache"


def test_any_changed_byte_changes_the_address(tmp_path):
    (tmp_path / "a.js").write_text("1")
    first = assets.read_folder(tmp_path).version
    (tmp_path / "a.js").write_text("2")
    assert assets.read_folder(tmp_path).version != first


def test_texts_travel_as_brotli_or_gzip_or_plain(client, version):
    address = f"/static/{version}/app.css"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    small = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    old = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.data) == gzip.decompress(old.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert "Accept-Encoding" in small.headers["Vary"]


def test_a_known_file_is_304_without_a_body(client, version):
    address = f"/static/{version}/shell.js"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["nothing.css", "../app.py", "%2e%2e/app.py", "package.json", ".npmrc", "node_modules/x"],
)
def test_what_is_no_asset_is_404(client, version, name):
    assert client.get(f"/static/{version}/{name}").status_code == 404


def test_scripts_are_sent_with_the_type_that_browsers_demand(client, version):
    answer = client.get(f"/static/{version}/shell.js")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_are_open_to_everyone_by_declaration():
    assert assets.send_static.permission == "public"


@pytest.mark.parametrize("kind", ["application/geo+json", "application/vnd.mapbox-vector-tile"])
def test_map_data_is_compressed_too(app, kind):
    from flask import Response

    @app.get("/data")
    def data():
        return Response(b"0123456789" * 1000, content_type=kind)

    answer = app.test_client().get("/data", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 500


def test_a_phone_page_loads_less_than_fifty_kilobytes(client, version):
    names = ["field.css", "shell.js", "confirm.js", "toast.js", "icon.svg"]
    sent = [client.get(f"/static/{version}/{n}", headers={"Accept-Encoding": "br"}) for n in names]
    assert sum(len(answer.data) for answer in sent) < 50_000
