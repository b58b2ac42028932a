from datetime import UTC, datetime

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoapp.core.errors import DomainError
from geoapp.core.i18n import use_language
from geoapp.geo.coordinates import AxesSwapped
from geoapp.geo.datum import (
    DatumSecret,
    DatumUnknown,
    from_wgs84,
    parse_datum,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from geoapp.geo.measure import LonLat, distance_m
from geoapp.geo.shapes import Box
from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import Field
from geoapp.intake.readers_datum import DatumMissing, DatumNotInFile
from geoapp.intake.readers_points import PointFileOptions, read_points
from geoapp.intake.rules import Severity
from geoapp.points.rules import Category, State
from tests.support.point_files import BRICKS, DUMP, HEADINGS, codes, one, read, shape, write_csv

REGION = Box(120.8, 30.6, 122.3, 31.95)


def apart_m(row, lon, lat):
    where = shape(row)
    return distance_m(LonLat(where.x, where.y), LonLat(lon, lat))


def test_a_row_is_read_with_every_field_it_has(tmp_path):
    path = one(
        tmp_path,
        编号="PDZQ-2023-BRK-0001",
        地址="祝桥镇朝航路89号",
        问题描述="露天堆放砖坯，未覆盖",
        所属街镇="祝桥镇",
        责任单位="市容环卫处",
        验收单位="生态环境督察处",
        时限="9月底",
        上级编号="21",
        发现日期="2023-09-01",
        更新时间="2023-09-05 10:00",
        销号时间="",
        source_id="A-7",
        联系人="",
        占地="1240",
    )
    (row,), findings = read(path)
    assert codes(findings) == []
    assert row.name == "朝航路89号制砖厂"
    assert row.category is Category.BRICK_FACTORY
    assert row.status is State.RECTIFYING
    assert (row.raw_x, row.raw_y, row.datum) == (121.7512, 31.1203, "wgs84")
    assert shape(row) == shapely.Point(121.7512, 31.1203)
    assert row.code == "PDZQ-2023-BRK-0001"
    assert row.address == "祝桥镇朝航路89号"
    assert row.text == "露天堆放砖坯，未覆盖"
    assert row.area == "祝桥镇"
    assert row.responsible_unit == "市容环卫处"
    assert row.accepting_unit == "生态环境督察处"
    assert row.deadline_text == "9月底"
    assert row.upstream_no == "21"
    assert row.found_at == datetime(2023, 8, 31, 16, tzinfo=UTC)
    assert row.updated_at == datetime(2023, 9, 5, 2, tzinfo=UTC)
    assert row.closed_at is None
    assert row.source_id == "A-7"
    assert row.extra == {"占地": "1240", "类别": "制砖厂", "状态": "整改中"}


@pytest.mark.parametrize(
    ("datum", "shift"),
    [("gcj02", wgs84_to_gcj02), ("高德", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)],
)
def test_declared_shifted_positions_land_where_they_are(tmp_path, datum, shift):
    lon, lat = (float(part) for part in shift(121.4954, 31.2417))
    (row,), _findings = read(one(tmp_path, 经度=repr(lon), 纬度=repr(lat)), datum=datum)
    assert apart_m(row, 121.4954, 31.2417) < 0.001
    assert (row.raw_x, row.raw_y) == (lon, lat)
    assert row.datum == parse_datum(datum).name


def test_metres_of_a_declared_grid_land_where_they_are(tmp_path):
    grid = parse_datum("EPSG:4549")
    x, y = (float(part) for part in from_wgs84(121.4954, 31.2417, datum=grid))
    (row,), findings = read(one(tmp_path, 经度=f"{x:.4f}", 纬度=f"{y:.4f}"), datum="EPSG:4549")
    assert apart_m(row, 121.4954, 31.2417) < 0.001
    assert codes(findings) == []


def test_chinese_surveyors_x_and_y_are_found_swapped(tmp_path):
    path = one(tmp_path, 经度="3457900.0", 纬度="642700.0")  # X is north in their tables
    rows, findings = read(path, datum="EPSG:4549", region=REGION)
    assert rows == []
    assert codes(findings) == [AxesSwapped.code]


@pytest.mark.parametrize(("lon", "lat"), [("31.1203", "121.7512"), ("31°7′N", "121°45′E")])
@pytest.mark.parametrize("region", [REGION, None])
def test_swapped_axes_are_refused_with_a_hint(tmp_path, lon, lat, region):
    rows, findings = read(one(tmp_path, 经度=lon, 纬度=lat), region=region)
    (problem,) = findings
    assert rows == []
    assert (problem.code, problem.severity, problem.row) == ("geo.axes_swapped", "error", 2)
    assert problem.column == "经度"
    with use_language("en"):
        assert "Exchange the two columns" in problem.text


def test_degrees_minutes_and_seconds_are_read(tmp_path):
    (row,), _findings = read(one(tmp_path, 经度="121°30′15.2″E", 纬度="北纬31度14分20秒"))
    assert apart_m(row, 121.504222, 31.238889) < 0.1
    assert row.raw_x == pytest.approx(121.5042222222)


def test_a_pair_in_one_cell_is_read(tmp_path):
    rows = [["甲", "其他", "121.4954,31.2417"], ["乙", "其他", "N31°14′20″ E121°30′15″"]]
    path = write_csv(tmp_path / "a.csv", rows, headings=["名称", "类别", "经纬度"])
    read_rows, _findings = read(path)
    assert [shape(row).y for row in read_rows] == pytest.approx([31.2417, 31.238889])


def test_lines_and_areas_are_read_from_wkt_and_from_segment_ends(tmp_path):
    area = "POLYGON ((121.5 31.2, 121.51 31.2, 121.51 31.21, 121.5 31.2))"
    line = "LINESTRING (121.5 31.2, 121.6 31.3)"
    rows = [["甲", "存量土地", area], ["乙", "河段", line]]
    path = write_csv(tmp_path / "a.csv", rows, headings=["名称", "类别", "WKT"])
    read_rows, findings = read(path)
    assert [shape(row).geom_type for row in read_rows] == ["Polygon", "LineString"]
    assert read_rows[0].raw_x is None
    assert codes(findings) == ["intake.status_assumed"]
    headings = ["水体名称", "类型", "起点经度", "起点纬度", "终点经度", "终点纬度"]
    ends = ["中心河", "黑臭水体", "121.5", "31.2", "121.6", "31.3"]
    (row,), _findings = read(write_csv(tmp_path / "b.csv", [ends], headings=headings))
    assert shape(row).wkt == line


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("", "", found.PLACE_MISSING),
        ("121.5", "", found.PLACE_INCOMPLETE),
        ("121,5", "31,2", "geo.decimal_comma"),
        ("见附件", "31.2", "geo.coordinate_unreadable"),
        ("350000", "3457900", "geo.coordinate_out_of_range"),
    ],
)
def test_a_row_without_a_readable_place_is_refused_with_its_column(tmp_path, lon, lat, code):
    rows, findings = read(one(tmp_path, 经度=lon, 纬度=lat))
    (problem,) = findings
    assert rows == []
    assert (problem.code, problem.severity, problem.row) == (code, Severity.ERROR, 2)


def test_a_place_outside_the_region_is_flagged_or_refused_as_wished(tmp_path):
    path = one(tmp_path, 经度="118.1", 纬度="24.5")
    rows, findings = read(path, region=REGION)
    assert len(rows) == 1
    assert [(one.code, one.severity) for one in findings] == [
        (found.PLACE_OUTSIDE, Severity.WARNING)
    ]
    rows, findings = read(path, region=REGION, outside=Severity.ERROR)
    assert rows == []
    assert findings.refused


def test_shapes_that_a_point_cannot_be_are_refused(tmp_path):
    rows = [
        ["甲", "存量土地", "LINESTRING (121.5 31.2, 121.6 31.3)"],
        ["乙", "河段", "POINT (121.5 31.2)"],
        ["丙", "存量土地", "MULTIPOINT ((121.5 31.2), (121.6 31.3))"],
        ["丁", "存量土地", "POLYGON ((121.5 31.2, 121.6 31.3, 121.5 31.2))"],
        ["戊", "存量土地", "POLYGON ((121.5 31.2, 121.6 31.3, 121.6"],
    ]
    path = write_csv(tmp_path / "a.csv", rows, headings=["名称", "类别", "WKT"])
    read_rows, findings = read(path, state=State.REPORTED)
    assert read_rows == []
    assert {one.row: one.code for one in findings} == {
        2: found.SHAPE_FOR_CATEGORY,
        3: found.SHAPE_FOR_CATEGORY,
        4: found.SHAPE_KIND,
        5: found.SHAPE_COLLAPSED,
        6: "geo.shape_unreadable",
    }


def test_a_self_crossing_outline_is_repaired_and_told(tmp_path):
    bow = "POLYGON ((121.5 31.2, 121.6 31.3, 121.6 31.2, 121.5 31.3, 121.5 31.2))"
    path = write_csv(
        tmp_path / "a.csv", [["甲", "存量土地", bow]], headings=["名称", "类别", "wkt"]
    )
    (row,), findings = read(path, state=State.REPORTED)
    assert shapely.is_valid(shape(row))
    (problem,) = findings
    assert problem.code == found.SHAPE_REPAIRED
    assert "自相交" in problem.text


def test_ambiguous_and_missing_columns_stop_the_file_before_its_rows(tmp_path):
    path = write_csv(
        tmp_path / "a.csv",
        [["甲", "乙", "121.5", "31.2"]],
        headings=["名称", "点位名称", "lon", "lat"],
    )
    rows, findings = read(path)
    assert rows == []
    assert codes(findings) == [found.COLUMN_AMBIGUOUS]
    (row,), findings = read(path, columns={Field.NAME: "点位名称"}, state=State.REPORTED)
    assert row.name == "乙"
    assert row.extra == {"名称": "甲"}
    rows, findings = read(path, columns={Field.NAME: "企业"})
    assert codes(findings) == [found.COLUMN_MISSING]


def test_a_table_without_coordinates_says_which_columns_are_needed(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["甲", "其他"]], headings=["名称", "类别"])
    rows, findings = read(path)
    assert rows == []
    assert codes(findings) == [found.PLACE_COLUMNS_MISSING]


def test_columns_of_another_datum_are_not_read_and_told(tmp_path):
    headings = ["名称", "高德经度", "高德纬度"]
    path = write_csv(tmp_path / "a.csv", [["甲", "121.5", "31.2"]], headings=headings)
    rows, findings = read(path, datum="wgs84")
    assert rows == []
    assert found.COLUMN_OTHER_DATUM in codes(findings)
    assert len(read(path, datum="gcj02")[0]) == 1


def test_the_same_number_or_place_twice_is_flagged_with_the_first_row(tmp_path):
    headings = [*HEADINGS, "编号"]
    rows = [[*BRICKS, "7"], [*DUMP, "7"], [*BRICKS, "8"]]
    read_rows, findings = read(write_csv(tmp_path / "a.csv", rows, headings=headings))
    assert len(read_rows) == 3
    assert [(one.code, one.row, one.data["first"], one.severity) for one in findings] == [
        (found.DUPLICATE_NUMBER, 3, 2, Severity.WARNING),
        (found.DUPLICATE_PLACE, 4, 2, Severity.NOTICE),
    ]
    _rows, findings = read(write_csv(tmp_path / "b.csv", [BRICKS, BRICKS]))
    assert [(one.code, one.severity) for one in findings] == [
        (found.DUPLICATE_PLACE, Severity.WARNING)
    ]


def test_a_cell_beyond_the_limit_refuses_its_row(tmp_path):
    rows, findings = read(one(tmp_path, 地址="长" * 20_001))
    assert rows == []
    assert codes(findings) == [found.CELL_TOO_LONG]


def test_the_datum_must_be_declared(tmp_path):
    path = one(tmp_path)
    for datum, error in [
        ("", DatumMissing),
        ("file", DatumNotInFile),
        ("mars", DatumUnknown),
        ("EPSG:4610", DatumSecret),
    ]:
        with pytest.raises(error):
            read(path, datum=datum)


def test_rows_come_in_batches_and_problems_grow_with_them(tmp_path):
    rows = [[f"点{n}", "其他", "121.5" if n % 10 else "", "31.2", "整改中"] for n in range(2500)]
    options = PointFileOptions(datum="wgs84", batch=1000)
    with read_points(write_csv(tmp_path / "a.csv", rows), options) as file:
        sizes = [len(batch) for batch in file.batches()]
        assert sizes == [900, 900, 450]
        assert file.findings.number(Severity.ERROR) == 250
        assert len(file.findings) == 200


def test_the_preview_knows_how_the_columns_were_read(tmp_path):
    with read_points(one(tmp_path, 联系人="甲"), PointFileOptions(datum="wgs84")) as file:
        (part,) = file.parts
        assert part.mapping[Field.STATUS] == "状态"
        assert [part.columns.headings[n] for n in part.columns.unused] == ["联系人"]
        assert file.total is None


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".kml", ".json", ".xlsx"]))
def test_any_bytes_are_read_or_refused_with_a_code(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes(content)
    try:
        read(path)
    except DomainError as error:
        known = error.code
    else:
        known = "read"
    assert known
