import pytest
import shapely

from geoapp.geo.datum import wgs84_to_gcj02
from geoapp.intake.readers_files import FileUnknown
from geoapp.intake.readers_layers import LayerFileOptions, NameColumnMissing, read_layer
from geoapp.intake.readers_ogr import LayersAmbiguous
from tests.support.point_files import codes, write_csv, write_layer

TOWN = shapely.box(121.5, 31.2, 121.6, 31.3)
RIVER = shapely.LineString([(121.5, 31.2), (121.6, 31.3)])


def layer(path, **options):
    with read_layer(path, LayerFileOptions(**{"datum": "wgs84"} | options)) as file:
        return [row for batch in file.batches() for row in batch], file


def test_shapes_come_with_their_label_kind_and_columns(tmp_path):
    columns = {"名称": ["某镇", ""], "level": ["镇", "河"], "km": [1.5, None]}
    rows, file = layer(write_layer(tmp_path / "a.gpkg", columns, [TOWN, RIVER]))
    assert file.total == 2
    assert file.name_column == "名称"
    assert [(row.row, row.name, row.kind) for row in rows] == [
        (1, "某镇", "polygon"),
        (2, "", "line"),
    ]
    assert rows[0].attributes == {"名称": "某镇", "level": "镇", "km": 1.5}
    assert rows[1].attributes == {"level": "河"}
    assert shapely.from_wkb(rows[0].geometry_wkb).equals(TOWN)


def test_the_label_column_can_be_named(tmp_path):
    path = write_layer(tmp_path / "a.gpkg", {"name": ["a"], "fclass": ["canal"]}, [RIVER])
    rows, _file = layer(path, name_column="FCLASS")
    assert rows[0].name == "canal"
    with pytest.raises(NameColumnMissing) as caught:
        layer(path, name_column="河名")
    assert "fclass" in caught.value.advice()


def test_a_shifted_layer_moves_to_where_it_is(tmp_path):
    lon, lat = (float(part) for part in wgs84_to_gcj02(121.5, 31.2))
    path = write_layer(tmp_path / "a.gpkg", {"name": ["a"]}, [shapely.Point(lon, lat)])
    rows, file = layer(path, datum="gcj02")
    assert shapely.from_wkb(rows[0].geometry_wkb).x == pytest.approx(121.5, abs=1e-9)
    assert codes(file.findings) == ["intake.datum_overrides"]


def test_broken_shapes_are_repaired_or_told(tmp_path):
    bow = shapely.Polygon([(121.5, 31.2), (121.6, 31.3), (121.6, 31.2), (121.5, 31.3)])
    path = write_layer(tmp_path / "a.gpkg", {"name": ["a", "b"]}, [bow, None])
    rows, file = layer(path)
    assert len(rows) == 1
    assert codes(file.findings) == ["intake.place_missing", "intake.shape_repaired"]


def test_a_group_of_points_may_be_one_shape_of_a_layer(tmp_path):
    group = shapely.MultiPoint([(121.5, 31.2), (121.6, 31.3)])
    rows, _file = layer(write_layer(tmp_path / "a.gpkg", {"name": ["a"]}, [group]))
    assert rows[0].kind == "point"


def test_a_table_is_no_layer_and_several_layers_are_no_layer(tmp_path):
    with pytest.raises(FileUnknown):
        layer(write_csv(tmp_path / "a.csv", []))
    path = tmp_path / "a.gpkg"
    write_layer(path, {"name": ["a"]}, [TOWN], layer="one")
    write_layer(path, {"name": ["a"]}, [TOWN], layer="two", append=True)
    with pytest.raises(LayersAmbiguous):
        layer(path)
