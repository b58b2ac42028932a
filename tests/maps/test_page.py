import html
import json
import re

import pytest

from geoapp.core.i18n import use_language
from geoapp.maps import elements as parts
from geoapp.maps.layers import DeclaredLayer, Kind, Style
from geoapp.maps.page import HOLE, View, compose_map
from geoapp.web.assets import STATIC_DIR

EVIL = [
    "<script>document.title='hit'</script>",
    "</script><script>document.title='hit'</script>",
    "<img src=x onerror=document.title='hit'>",
    "${document.title='hit'}",
    "`;document.title='hit';`",
    "{{ 7*7 }}",
    "{% for x in (1,2) %}49{% endfor %}",
    "{{ this._parent }}",
    "{# gone #}",
    "\"'\\ \u2028 &amp;",
]


def ground(title="街镇", attribution="示意"):
    return DeclaredLayer(
        name="towns",
        title_zh=title,
        title_en=title,
        kind=Kind.POLYGON,
        attribution=attribution,
        style=Style(label="name"),
    )


def composed(*, layer=None, language="zh_Hans_CN"):
    with use_language(language):
        found = [
            parts.Ground(layer or ground(), url="/layers/towns.geojson", language=language),
            parts.Shapes(url="/map/shapes", card="/points/{id}/card"),
            parts.Points(url="/map/points", card="/points/{id}/card"),
            parts.Switch(),
            parts.Legend(),
            parts.Picker(),
            parts.Bridge(),
        ]
        view = View(lon=121.5, lat=31.2)
        return compose_map(
            found,
            view=view,
            title="点位地图",
            lang="zh-Hans-CN",
            asset=lambda name: f"/static/{name}",
        )


def test_a_map_document_asks_no_other_host():
    text = composed().html
    assert "http" not in text
    assert not re.search(r"""(src|href)=["']//""", text)


def test_every_script_carries_the_nonce_and_nothing_is_inline_beside_it():
    text = composed().render("abc123")
    tags = re.findall(r"<(?:script|style)[^>]*>", text)
    assert tags
    assert all('nonce="abc123"' in tag for tag in tags)
    assert HOLE not in text
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", text)


def test_every_file_that_the_document_names_is_there():
    named = re.findall(r"""(?:src|href)="/static/([^"]+)\"""", composed().html)
    assert "vendor/leaflet/leaflet.js" in named
    assert [name for name in named if not (STATIC_DIR / name).is_file()] == []
    assert len(named) == len(set(named))


def test_the_document_is_small_and_cheap():
    assert len(composed().html.encode()) < 12_000


def test_the_document_speaks_the_language_it_is_composed_in():
    assert "\\u5df2\\u903e\\u671f" in composed().html  # 已逾期
    assert "Overdue" in composed(language="en").html


@pytest.mark.parametrize("text", EVIL)
def test_texts_of_declared_layers_are_data_in_script_control_and_template(text):
    plain = composed().html
    evil = composed(layer=ground(title=text, attribution=text)).html
    assert evil.count("<") == plain.count("<")
    options = re.search(r"GeoMap.ground\(\s*map_main, (.*)\);", evil)[1]
    assert json.loads(options)["attribution"] == html.escape(text)
    names = re.search(r"overlays :  {\s*(\".*\") :", evil)[1]
    assert html.unescape(json.loads(names)) == text


@pytest.mark.parametrize("text", EVIL)
def test_json_for_scripts_brings_every_text_back(text):
    packed = parts.script_json({"a": [text]})
    assert json.loads(packed) == {"a": [text]}
    assert not re.search(r"[<>&]|{{|{%|{#", packed)


def test_the_map_has_no_prefix_and_no_flag():
    core = (STATIC_DIR / "maps" / "core.js").read_text("utf-8")
    assert "prefix: false" in core


def test_a_document_is_composed_once_for_all_readers_of_a_language(client):
    first, second = (client.get("/map?lamp=red").text, client.get("/map").text)
    assert re.sub(r'nonce="[^"]+"', "", first) == re.sub(r'nonce="[^"]+"', "", second)
    assert '<html lang="en">' in client.get("/map?lang=en").text
