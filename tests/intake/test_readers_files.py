import pytest

from geoapp.intake import readers_files
from geoapp.intake.readers_files import (
    ArchiveTooLarge,
    FileBroken,
    FileKind,
    FileTooLarge,
    FileUnknown,
    TextUnreadable,
    encoding_of,
    open_source,
)
from tests.support.point_files import write_csv, write_layer, write_xlsx, zip_folder

KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'


def kind(path, name=None):
    with open_source(path, name=name) as source:
        return source.kind


def test_the_content_decides_the_kind(tmp_path):
    import shapely

    points = [shapely.Point(121.5, 31.2)]
    columns = {"name": ["甲"]}
    assert kind(write_csv(tmp_path / "a.csv", [])) is FileKind.CSV
    assert kind(write_xlsx(tmp_path / "b.bin", [])) is FileKind.XLSX
    assert kind(write_layer(tmp_path / "c.gpkg", columns, points)) is FileKind.GPKG
    assert kind(write_layer(tmp_path / "d.geojson", columns, points)) is FileKind.GEOJSON
    assert kind(write_layer(tmp_path / "e.shp", columns, points)) is FileKind.SHAPEFILE
    (tmp_path / "f.kml").write_text(KML)
    assert kind(tmp_path / "f.kml", name="upload.dat") is FileKind.KML
    assert kind(zip_folder(tmp_path / "g.kmz", {"doc.kml": KML})) is FileKind.KML


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"),
        ("a.kml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.kml", b"<!DOCTYPE k [<!ENTITY a 'b'>]><kml>&a;</kml>"),
        ("a.kml", b"<kml"),
        ("a.csv", b"name\x00,lon"),
        ("a.csv", b""),
        ("a.csv", b"%PDF-1.7"),
        ("a.jpg", b"\xff\xd8\xff\xe0 JFIF"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.geojson", b'{"a":"\x00"}'),
    ],
)
def test_other_bytes_are_refused_whatever_they_are_called(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileUnknown) as caught:
        kind(path)
    assert "GeoPackage" in caught.value.advice()


def test_an_archive_of_other_things_is_refused(tmp_path):
    with pytest.raises(FileUnknown):
        kind(zip_folder(tmp_path / "a.zip", {"readme.md": "x"}))
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(FileBroken):
        kind(tmp_path / "b.zip")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = zip_folder(tmp_path / "a.kmz", {"doc.kml": b"<kml>" + b" " * 20_000_000})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(ArchiveTooLarge):
        kind(bomb)


def test_an_archive_of_thousands_of_files_is_refused(tmp_path):
    files = {f"{n}.shp": b"" for n in range(readers_files.MAX_MEMBERS + 1)}
    with pytest.raises(ArchiveTooLarge):
        kind(zip_folder(tmp_path / "a.zip", files))


def test_an_archive_that_lies_about_its_sizes_is_broken_not_unpacked_further(tmp_path):
    path = zip_folder(tmp_path / "a.kmz", {"doc.kml": KML + " " * 5000})
    size = len(KML) + 5000
    lying = path.read_bytes().replace(size.to_bytes(4, "little"), (300).to_bytes(4, "little"))
    path.write_bytes(lying)
    with pytest.raises(FileBroken):
        kind(path)


def test_an_encrypted_archive_is_broken_for_us(tmp_path):
    path = zip_folder(tmp_path / "a.kmz", {"doc.kml": KML})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1
    path.write_bytes(raw)
    with pytest.raises(FileBroken):
        kind(path)


def test_names_inside_an_archive_lead_nowhere(tmp_path):
    path = zip_folder(tmp_path / "a.zip", {"../../outside.shp": b"x", "../../outside.dbf": b"y"})
    with open_source(path) as source:
        assert list(source.paths) == ["outside"]
        inside = source.path
        assert inside.name == "layer1.shp"
        assert inside.read_bytes() == b"x"
    assert not inside.exists()
    assert not (tmp_path.parent.parent / "outside.shp").exists()


def test_shapefiles_of_chinese_windows_keep_their_names(tmp_path):
    path = zip_folder(tmp_path / "a.zip", {"xxxx.shp": b"x"})
    path.write_bytes(path.read_bytes().replace(b"xxxx", "点位".encode("gb18030")))
    with open_source(path) as source:
        assert list(source.paths) == ["点位"]


def test_a_file_beyond_the_limit_is_too_large(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(readers_files.MAX_FILE_BYTES + 1)
    with pytest.raises(FileTooLarge) as caught:
        kind(path)
    assert "500" in caught.value.sentence()


def test_a_kml_tree_has_a_limit_of_its_own(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(KML)
    with path.open("r+b") as file:
        file.truncate(readers_files.MAX_TREE_BYTES + 1)
    with pytest.raises(FileTooLarge):
        kind(path)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found_even_if_chinese_comes_late(tmp_path, written, found):
    path = tmp_path / "a.csv"
    path.write_text("name,lon,lat\n" * 100_000 + "祝桥镇拱极北侧,121,31\n", encoding=written)
    assert encoding_of(path, name="a.csv") == found


def test_bytes_of_no_encoding_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("名称,经度\n".encode() + b"\xff\xff\xff\n")
    with pytest.raises(TextUnreadable):
        encoding_of(path, name="a.csv")
