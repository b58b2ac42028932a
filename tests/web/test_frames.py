import json
import shutil

import pytest

from geoapp.core.resources import data_dir
from geoapp.maps.layers import LayerMissing, read_layers
from geoapp.web import frames
from tests.maps.site import TOWNS


@pytest.fixture
def layers(tmp_path):
    (tmp_path / "towns.toml").write_text(TOWNS, "utf-8")
    (tmp_path / "towns.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    return read_layers(tmp_path)


def test_a_declared_layer_is_sent_as_geojson_and_asked_again_cheaply(app, layers):
    app.add_url_rule("/layers/<name>", "layer", lambda name: frames.send_layer(name, layers))
    client = app.test_client()
    first = client.get("/layers/towns")
    assert first.content_type == "application/geo+json"
    assert json.loads(first.data)["features"] == []
    again = client.get("/layers/towns", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_layer_that_nobody_declared_is_not_found(app, layers):
    with app.test_request_context(), pytest.raises(LayerMissing):
        frames.send_layer("../secret", layers)


def test_the_layers_of_the_product_are_those_of_the_layers_folder(tmp_path):
    copy = tmp_path / "layers"
    shutil.copytree(data_dir("layers"), copy)
    assert [layer.name for layer in frames.declared_layers()] == [
        layer.name for layer in read_layers(copy)
    ]
