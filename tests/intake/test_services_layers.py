import pytest
import shapely
from sqlalchemy import func, select

from geoapp.accounts.rules import UnitKind
from geoapp.accounts.tables import Unit
from geoapp.audit.tables import AuditEntry
from geoapp.intake.readers_layers import LayerFileOptions
from geoapp.intake.services_layers import (
    AreaColumnMissing,
    AreaOptions,
    LayerDeclaration,
    LayerNameWrong,
    LayerUnknown,
    Outcome,
    import_layer,
    remove_layer,
)
from geoapp.points.tables import AdminArea
from geoapp.points.tables_layers import Layer, LayerFeature
from tests.support.point_files import write_layer

TOWN = shapely.box(121.5, 31.2, 121.6, 31.3)
EAST = shapely.box(121.6, 31.2, 121.7, 31.3)
DISTRICT = shapely.box(121.4, 31.1, 121.8, 31.4)
RIVER = shapely.LineString([(121.5, 31.2), (121.6, 31.3)])
TOWNS = {"code": ["310115139000", "310115140000"], "name": ["祝桥镇", "合庆镇"]}


def bring(session, path, *, areas=None, **said):
    return import_layer(
        session,
        path,
        options=LayerFileOptions(datum="wgs84"),
        declared=LayerDeclaration(**{"name": "towns"} | said),
        areas=AreaOptions(level=areas) if areas else None,
    )


def codes(done):
    return sorted({one.code for one in done.problems})


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def towns(path, shapes=(TOWN, EAST), columns=TOWNS):
    return write_layer(path, columns, shapes)


def test_a_layer_comes_in_with_what_was_said_about_it(session, tmp_path):
    done = bring(session, towns(tmp_path / "a.gpkg"), title="街镇界", attribution="© OSM")
    assert (done.outcome, done.kind, done.read) == (Outcome.ADDED, "polygon", 2)
    layer = session.scalars(select(Layer)).one()
    assert (layer.title, layer.attribution, layer.source) == ("街镇界", "© OSM", "a.gpkg")
    assert (layer.datum, len(layer.content_sha256)) == ("wgs84", 64)
    features = session.scalars(select(LayerFeature).order_by(LayerFeature.layer_feature_id)).all()
    assert [one.name for one in features] == TOWNS["name"]
    assert features[0].properties["code"] == "310115139000"


def test_the_same_content_again_changes_nothing_in_whatever_format(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"))
    entries = count(session, AuditEntry)
    again = bring(session, towns(tmp_path / "b.geojson"))
    assert again.outcome is Outcome.UNCHANGED
    assert (count(session, LayerFeature), count(session, AuditEntry)) == (2, entries)


def test_other_content_replaces_the_layer(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"), licence="ODbL")
    columns = {key: values[:1] for key, values in TOWNS.items()}
    done = bring(session, towns(tmp_path / "b.gpkg", [TOWN], columns))
    assert (done.outcome, done.before, done.read) == (Outcome.REPLACED, 2, 1)
    assert count(session, LayerFeature) == 1
    assert session.scalars(select(Layer.licence)).one() == "ODbL"


def test_the_same_shapes_can_be_described_anew(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"))
    done = bring(session, towns(tmp_path / "a.gpkg"), title="街镇界")
    assert done.outcome is Outcome.DESCRIBED
    assert session.scalars(select(Layer.title)).one() == "街镇界"


def test_a_mixture_and_an_empty_layer_are_refused(session, tmp_path):
    mixed = write_layer(tmp_path / "a.gpkg", {"name": ["a", "b"]}, [TOWN, RIVER])
    done = bring(session, mixed)
    assert (done.refused, codes(done)) == (True, ["intake.layer_kinds_mixed"])
    empty = write_layer(tmp_path / "b.gpkg", {"name": ["a"]}, [None])
    done = bring(session, empty)
    assert done.refused
    assert "intake.layer_empty" in codes(done)
    assert count(session, Layer) == 0


def test_outlines_fill_the_areas_with_their_parent_and_unit(session, tmp_path):
    unit = Unit(name="祝桥镇", kind=UnitKind.TOWN)
    session.add(unit)
    session.flush()
    done = bring(session, towns(tmp_path / "a.gpkg"), areas="town")
    assert (done.areas_added, done.areas_changed) == (2, 0)
    columns = {"code": ["310115"], "name": ["浦东新区"]}
    district = write_layer(tmp_path / "b.gpkg", columns, [DISTRICT])
    bring(session, district, areas="district", name="districts")
    areas = {one.name: one for one in session.scalars(select(AdminArea))}
    assert areas["祝桥镇"].unit_id == unit.unit_id
    assert areas["合庆镇"].unit_id is None
    assert areas["祝桥镇"].parent_id == areas["浦东新区"].area_id
    again = bring(session, towns(tmp_path / "a.gpkg"), areas="town")
    assert (again.areas_added, again.areas_changed) == (0, 0)


def test_areas_follow_a_layer_that_was_drawn_anew(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"), areas="town")
    wider = towns(tmp_path / "b.gpkg", [TOWN.buffer(0.01), EAST])
    done = bring(session, wider, areas="town")
    assert (done.areas_added, done.areas_changed) == (0, 1)


def test_areas_need_code_name_and_outline(session, tmp_path):
    nameless = {"code": ["", "310115140000"], "name": ["祝桥镇", ""]}
    done = bring(session, towns(tmp_path / "a.gpkg", columns=nameless), areas="town")
    assert codes(done) == ["intake.area_code_missing", "intake.area_name_missing"]
    line = write_layer(tmp_path / "b.gpkg", {"code": ["1"], "name": ["川杨河"]}, [RIVER])
    assert codes(bring(session, line, areas="town")) == ["intake.areas_need_outlines"]
    with pytest.raises(AreaColumnMissing):
        bring(session, write_layer(tmp_path / "c.gpkg", {"name": ["a"]}, [TOWN]), areas="town")
    assert count(session, AdminArea) == 0


def test_a_code_of_another_level_is_refused(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"), areas="town")
    done = bring(session, towns(tmp_path / "a.gpkg"), areas="village", name="villages")
    assert (done.refused, codes(done)) == (True, ["intake.area_level_differs"])


def test_a_name_that_no_address_can_hold_is_refused(session, tmp_path):
    with pytest.raises(LayerNameWrong):
        bring(session, towns(tmp_path / "a.gpkg"), name="街镇")


def test_a_layer_can_be_removed(session, tmp_path):
    bring(session, towns(tmp_path / "a.gpkg"))
    assert remove_layer(session, "towns") == 2
    assert (count(session, Layer), count(session, LayerFeature)) == (0, 0)
    with pytest.raises(LayerUnknown):
        remove_layer(session, "towns")
