import shutil

import pytest
import shapely

from geoapp.geo.datum import wgs84_to_gcj02
from geoapp.geo.measure import LonLat, distance_m
from geoapp.geo.shapes import Box
from geoapp.intake import readers_ogr
from geoapp.intake import rules_found as found
from geoapp.intake.readers_datum import DatumConflict, DatumNotInFile
from geoapp.intake.readers_files import FileBroken, FileKind
from geoapp.intake.readers_ogr import JsonNotUtf8, LayerMissing, LayersAmbiguous
from geoapp.points.rules import Category, State
from tests.support.point_files import codes, read, shape, write_layer, zip_folder

PEARL = shapely.Point(121.4954, 31.2417)
COLUMNS = {"名称": ["明珠塔下", "制砖厂"], "状态": ["整改中", "已销号"], "户数": [3, None]}
PLACES = [PEARL, shapely.Point(121.7512, 31.1203)]
SUFFIXES = {"GPKG": "gpkg", "GeoJSON": "geojson", "ESRI Shapefile": "shp", "LIBKML": "kml"}


def zipped(shapefile, target, *, only=("shp", "shx", "dbf", "prj", "cpg"), folder=""):
    parts = {
        f"{folder}{shapefile.stem}.{part}": shapefile.with_suffix(f".{part}").read_bytes()
        for part in only
        if shapefile.with_suffix(f".{part}").exists()
    }
    return zip_folder(target, parts)


@pytest.mark.parametrize("driver", SUFFIXES)
def test_points_are_read_from_every_gis_format(tmp_path, driver):
    columns = COLUMNS if driver != "LIBKML" else {"Name": COLUMNS["名称"], "状态": COLUMNS["状态"]}
    path = write_layer(tmp_path / f"a.{SUFFIXES[driver]}", columns, PLACES, driver=driver)
    rows, findings = read(path)
    assert codes(findings) == []
    assert [row.row for row in rows] == [1, 2]
    assert [row.name for row in rows] == ["明珠塔下", "制砖厂"]
    assert [row.status for row in rows] == [State.RECTIFYING, State.CLOSED]
    assert [shape(row).equals_exact(place, 1e-9) for row, place in zip(rows, PLACES, strict=True)]
    if driver != "LIBKML":
        assert rows[0].extra["户数"] == 3
        assert "户数" not in rows[1].extra


def test_lines_and_areas_are_read_with_their_parts(tmp_path):
    shapes = [
        shapely.box(121.5, 31.2, 121.6, 31.3),
        shapely.multipolygons([shapely.box(121.5, 31.2, 121.51, 31.21)]),
    ]
    columns = {"name": ["甲", "乙"], "类别": ["存量土地", "林地"]}
    rows, findings = read(write_layer(tmp_path / "a.gpkg", columns, shapes), category=None)
    assert [row.category for row in rows] == [Category.IDLE_LAND, Category.WOODLAND]
    assert [shape(row).equals(drawn) for row, drawn in zip(rows, shapes, strict=True)]
    assert codes(findings) == [found.STATUS_ASSUMED]


def test_heights_fall_away_and_a_single_part_is_unpacked(tmp_path):
    shapes = [shapely.Point(121.5, 31.2, 4.0), shapely.MultiPoint([(121.6, 31.3)])]
    path = tmp_path / "a.geojson"
    features = ",".join(
        f'{{"type":"Feature","properties":{{"name":"p{n}"}},"geometry":{shapely.to_geojson(one)}}}'
        for n, one in enumerate(shapes)
    )
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    rows, _findings = read(path)
    assert [shape(row) for row in rows] == [shapely.Point(121.5, 31.2), shapely.Point(121.6, 31.3)]


def test_a_feature_without_geometry_is_refused_alone(tmp_path):
    path = write_layer(tmp_path / "a.gpkg", COLUMNS, [PEARL, None])
    rows, findings = read(path)
    assert [row.row for row in rows] == [1]
    assert [(one.code, one.row) for one in findings] == [(found.PLACE_MISSING, 2)]


def test_swapped_and_impossible_positions_are_refused(tmp_path):
    places = [shapely.Point(31.2, 121.5), shapely.Point(3_457_900, 642_700)]
    rows, findings = read(write_layer(tmp_path / "a.gpkg", COLUMNS, places))
    assert rows == []
    assert codes(findings) == ["geo.axes_swapped", found.PLACE_OFF_THE_GLOBE]
    swapped_south = write_layer(tmp_path / "b.gpkg", COLUMNS, [shapely.Point(34, -118), PEARL])
    rows, findings = read(swapped_south)
    assert codes(findings) == ["geo.axes_swapped"]


def test_chinese_shapefiles_are_read_from_a_zip_with_and_without_an_encoding_file(tmp_path):
    for encoding in ("UTF-8", "GB18030"):
        plain = write_layer(tmp_path / f"点位{encoding}.shp", COLUMNS, PLACES, encoding=encoding)
        for parts in [("shp", "shx", "dbf", "prj"), ("shp", "shx", "dbf", "prj", "cpg")]:
            path = zipped(plain, tmp_path / "a.zip", only=parts, folder="交付/")
            rows, findings = read(path, datum="file")
            assert [row.name for row in rows] == ["明珠塔下", "制砖厂"]
            assert findings.sheet == f"点位{encoding}"


def test_a_shapefile_without_its_table_or_index_is_broken(tmp_path):
    plain = write_layer(tmp_path / "a.shp", COLUMNS, PLACES)
    with pytest.raises(FileBroken):
        read(zipped(plain, tmp_path / "a.zip", only=("shp",)))


def test_of_several_layers_one_must_be_chosen(tmp_path):
    path = tmp_path / "a.gpkg"
    write_layer(path, COLUMNS, PLACES, layer="浦东")
    write_layer(path, COLUMNS, PLACES[:1] * 2, layer="松江", append=True)
    with pytest.raises(LayersAmbiguous) as caught:
        read(path)
    assert "浦东, 松江" in caught.value.sentence()
    assert len(read(path, layer="浦东")[0]) == 2
    with pytest.raises(LayerMissing):
        read(path, layer="青浦")


def test_all_folders_of_a_kml_are_read_and_named(tmp_path):
    def folder(name, lon):
        mark = f"<name>{name}点</name><Point><coordinates>{lon},31.2,0</coordinates></Point>"
        return f"<Folder><name>{name}</name><Placemark>{mark}</Placemark></Folder>"

    body = folder("浦东", 121.5) + folder("松江", 91)
    head = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path = zip_folder(tmp_path / "a.kmz", {"doc.kml": f"{head}{body}</Document></kml>"})
    rows, findings = read(path, region=Box(120.8, 30.6, 122.3, 31.95), state=State.REPORTED)
    assert [row.name for row in rows] == ["浦东点", "松江点"]
    assert [row.extra for row in rows] == [{}, {}]
    assert [(one.code, one.sheet, one.row) for one in findings] == [
        (found.PLACE_OUTSIDE, "松江", 1)
    ]


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_the_datum_of_the_file_is_taken_when_asked_for(tmp_path, suffix):
    import geopandas

    there = geopandas.GeoSeries(PLACES, crs="EPSG:4326").to_crs("EPSG:4549")
    path = write_layer(tmp_path / f"a.{suffix}", COLUMNS, there, crs="EPSG:4549")
    rows, _findings = read(path, datum="file")
    where = shape(rows[0])
    assert rows[0].datum == "EPSG:4549"
    assert rows[0].raw_x == pytest.approx(there[0].x)
    assert distance_m(LonLat(where.x, where.y), LonLat(PEARL.x, PEARL.y)) < 0.001
    assert len(read(path, datum="EPSG:4549")[0]) == 2
    for declared in ("wgs84", "EPSG:4550", "gcj02"):
        with pytest.raises(DatumConflict) as caught:
            read(path, datum=declared)
        assert "EPSG:4549" in caught.value.sentence()


@pytest.mark.parametrize(("driver", "name"), [("GeoJSON", "a.geojson"), ("LIBKML", "a.kml")])
def test_formats_that_always_claim_wgs84_must_be_declared(tmp_path, driver, name):
    columns = {"Name": COLUMNS["名称"]}
    path = write_layer(tmp_path / name, columns, PLACES, driver=driver)
    if driver == "GeoJSON":
        path.write_text(path.read_text().replace('"crs": {', '"was": {'))
    with pytest.raises(DatumNotInFile):
        read(path, datum="file")
    assert len(read(path, datum="wgs84")[0]) == 2


def test_a_geojson_that_names_its_grid_is_believed(tmp_path):
    path = write_layer(tmp_path / "a.geojson", COLUMNS, PLACES, driver="GeoJSON", RFC7946="NO")
    assert '"crs"' in path.read_text()
    assert read(path, datum="file")[0][0].datum == "wgs84"


def test_a_file_in_gcj02_that_calls_itself_wgs84_is_read_as_declared_and_says_so(tmp_path):
    shifted = [shapely.Point(*map(float, wgs84_to_gcj02(p.x, p.y))) for p in PLACES]
    rows, findings = read(write_layer(tmp_path / "a.gpkg", COLUMNS, shifted), datum="gcj02")
    where = shape(rows[0])
    assert distance_m(LonLat(where.x, where.y), LonLat(PEARL.x, PEARL.y)) < 0.001
    assert codes(findings) == [found.DATUM_OVERRIDES]


def test_a_geojson_in_another_encoding_is_refused(tmp_path):
    path = write_layer(tmp_path / "a.geojson", COLUMNS, PLACES, driver="GeoJSON")
    path.write_bytes(path.read_text().encode("gb18030"))
    with pytest.raises(JsonNotUtf8):
        read(path)


def test_a_nul_character_refuses_its_row_or_never_arrives(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a\\u0000b"},'
        '"geometry":{"type":"Point","coordinates":[121.5,31.2]}}]}'
    )
    rows, findings = read(path, state=State.REPORTED)
    assert all("\x00" not in row.name for row in rows)
    assert len(rows) + len(findings) == 1


def test_a_damaged_geopackage_is_broken(tmp_path):
    path = write_layer(tmp_path / "a.gpkg", COLUMNS, PLACES)
    path.write_bytes(path.read_bytes()[:4096])
    with pytest.raises(FileBroken):
        read(path)


def test_a_layer_is_read_piece_by_piece_without_losing_or_repeating_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(readers_ogr, "CHUNK", dict.fromkeys(FileKind, 7))
    places = [shapely.Point(121 + n / 1000, 31) for n in range(50)]
    columns = {"name": [f"点{n}" for n in range(50)]}
    for name in ("a.gpkg", "a.geojson", "a.shp"):
        rows, _findings = read(write_layer(tmp_path / name, columns, places), batch=3)
        assert [row.row for row in rows] == list(range(1, 51))
        assert [row.name for row in rows] == columns["name"]
        assert [shape(row).x for row in rows] == pytest.approx([place.x for place in places])


def test_a_loose_shapefile_is_read_with_its_neighbours(tmp_path):
    plain = write_layer(tmp_path / "a.shp", COLUMNS, PLACES)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for part in tmp_path.glob("a.*"):
        shutil.copy(part, elsewhere)
    assert len(read(elsewhere / plain.name)[0]) == 2
