import pytest

from geoapp.core.resources import data_dir
from geoapp.maps.layers import (
    LayerMissing,
    LayerWrong,
    find_layer,
    read_layer,
    read_layers,
    read_style,
)
from tests.maps.site import TOWNS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "towns.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    return tmp_path


def declare(folder, text, name="towns.toml"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_declaration_is_read_with_its_defaults(folder):
    layer = read_layer(declare(folder, TOWNS))
    assert (layer.name, layer.kind, layer.title_in("zh_Hans_CN")) == (
        "towns",
        "polygon",
        "街镇（示意）",
    )
    assert layer.title_in("en") == "Towns (schematic)"
    assert (layer.min_zoom, layer.max_zoom, layer.shown) == (0, 19, True)
    assert layer.style.for_leaflet()["fillColor"] == "#efece2"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('name = "towns"', 'name = "../x"', "name"),
        ('kind = "polygon"', 'kind = "blob"', "kind"),
        ('source = "towns.geojson"', 'source = "../secret.geojson"', "source"),
        ('source = "towns.geojson"', 'source = "missing.geojson"', "source"),
        ('datum = "wgs84"', 'datum = "gcj02"', "datum"),
        ('licence = "CC0-1.0"', "licence = 3", "licence"),
        ('zh = "街镇（示意）"', "", "title.zh"),
        ('stroke = "#8a8577"', 'stroke = "red;x"', "style.stroke"),
        ("label_zoom = 9", "label_zoom = 99", "style.label_zoom"),
        ("label_zoom = 9", "label_zoom = true", "style.label_zoom"),
        ('name = "towns"', 'name = "towns"\nshown = "yes"', "shown"),
        ('name = "towns"', "name = = 3", "TOML"),
    ],
)
def test_a_wrong_declaration_names_its_field_and_what_is_expected(folder, old, new, field):
    with pytest.raises(LayerWrong) as caught:
        read_layer(declare(folder, TOWNS.replace(old, new)))
    assert caught.value.data["field"] == field
    assert caught.value.data["file"] == "towns.toml"
    assert "无法使用" in str(caught.value)


def test_layers_come_bottom_first_and_a_later_folder_wins(folder, tmp_path_factory):
    declare(folder, TOWNS)
    declare(folder, TOWNS.replace('"towns"\n', '"rivers"\norder = 5\n', 1), "rivers.toml")
    other = tmp_path_factory.mktemp("other")
    (other / "towns.geojson").write_text("{}")
    declare(other, TOWNS.replace("Schematic", "Surveyed"))
    layers = read_layers(folder, other)
    assert [layer.name for layer in layers] == ["rivers", "towns"]
    assert find_layer(layers, "towns").attribution == "Surveyed"


def test_a_name_that_nobody_declared_is_not_found():
    with pytest.raises(LayerMissing):
        find_layer((), "towns")


def test_the_style_of_an_imported_layer_is_checked_like_a_declared_one():
    assert read_style("soil", {"stroke": "#112233", "width": 2}).width == 2
    with pytest.raises(LayerWrong) as caught:
        read_style("soil", {"dash": "url(x)"})
    assert caught.value.data["file"] == "soil"


def test_every_layer_of_the_product_is_valid():
    read_layers(data_dir("layers"))
