import pytest

from geoapp.intake.columns_points import Field, match_columns, meaning_of, score


@pytest.mark.parametrize(
    ("heading", "field", "datum"),
    [
        ("名称", Field.NAME, ""),
        ("*点位名称 ", Field.NAME, ""),
        ("Name", Field.NAME, ""),
        ("经度(°)", Field.LON, ""),
        ("经度（WGS84）", Field.LON, "wgs84"),
        ("高德经度", Field.LON, "gcj02"),
        ("lng_gcj02", Field.LON, "gcj02"),
        ("百度坐标", Field.POSITION, "bd09"),
        ("经纬度", Field.POSITION, ""),
        ("X坐标", Field.LON, ""),
        ("监管（验收）责任单位", Field.ACCEPTING_UNIT, ""),
        ("完成时限（自8月29日起）", Field.DEADLINE, ""),
        ("起点经度", Field.START_LON, ""),
        ("Responsible Unit", Field.RESPONSIBLE_UNIT, ""),
        ("found_on", Field.FOUND_ON, ""),
    ],
)
def test_usual_headings_are_understood(heading, field, datum):
    meaning = meaning_of(heading)
    assert (meaning.field, meaning.datum) == (field, datum)


@pytest.mark.parametrize("heading", ["", "坐标系", "水域面积㎡", "council_district", "zipcode"])
def test_other_headings_mean_nothing(heading):
    assert meaning_of(heading) is None


def test_a_surer_word_wins_and_equal_words_are_ambiguous():
    sure = match_columns(["备注", "问题描述", "lon", "lat"], given={})
    assert sure.heading(Field.TEXT) == "问题描述"
    assert [sure.headings[n] for n in sure.unused] == ["备注"]
    unsure = match_columns(["名称", "name", "lon", "lat"], given={})
    assert unsure.ambiguous[0].field is Field.NAME
    assert unsure.ambiguous[0].headings == ("名称", "name")


def test_an_explicit_mapping_wins_over_every_guess():
    columns = match_columns(
        ["名称", "name", "lon", "lat"], given={Field.NAME: "NAME", Field.TEXT: "名称"}
    )
    assert columns.ambiguous == ()
    assert columns.heading(Field.NAME) == "name"
    assert columns.heading(Field.TEXT) == "名称"


def test_a_mapping_to_a_missing_or_repeated_heading_is_told():
    columns = match_columns(
        ["a", "a", "lon", "lat"], given={Field.NAME: "a", Field.TEXT: "nowhere"}
    )
    assert columns.ambiguous[0].headings == ("a", "a")
    assert columns.missing == ((Field.TEXT, "nowhere"),)


def test_the_declared_datum_chooses_among_coordinate_columns():
    headings = ["名称", "经度", "纬度", "高德经度", "高德纬度"]
    plain = match_columns(headings, given={}, datum="wgs84")
    assert (plain.heading(Field.LON), plain.heading(Field.LAT)) == ("经度", "纬度")
    assert plain.foreign == (("高德经度", "gcj02"), ("高德纬度", "gcj02"))
    shifted = match_columns(headings, given={}, datum="gcj02")
    assert (shifted.heading(Field.LON), shifted.heading(Field.LAT)) == ("高德经度", "高德纬度")


def test_named_and_unnamed_coordinate_columns_are_never_mixed():
    assert not match_columns(["名称", "高德经度", "纬度"], given={}, datum="gcj02").has_place


def test_cgcs2000_and_wgs84_headings_hold_the_same_numbers():
    assert match_columns(["经度(CGCS2000)", "纬度(CGCS2000)"], given={}, datum="wgs84").has_place


@pytest.mark.parametrize(
    ("headings", "has_place"),
    [
        (["lon", "lat"], True),
        (["经纬度"], True),
        (["wkt"], True),
        (["起点经度", "起点纬度", "终点经度", "终点纬度"], True),
        (["起点经度", "起点纬度", "终点经度"], False),
        (["lon"], False),
        ([], False),
    ],
)
def test_a_place_needs_its_whole_set_of_columns(headings, has_place):
    assert match_columns(headings, given={}).has_place is has_place


def test_a_heading_row_scores_the_fields_it_names():
    assert score(["督察整改点位表", "", ""], given={}) == 0
    assert score(["名称", "经度", "纬度", "联系人"], given={}) == 3
    assert score(["a", "b"], given={Field.LON: "a", Field.LAT: "b"}) == 2
