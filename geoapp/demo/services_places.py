"""The schematic areas of the demo story, and what rivers, heaps and firms have beside a point."""

import uuid

import shapely
from geoalchemy2 import WKBElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.demo.columns import PointRow, demo_id
from geoapp.demo.readers import area_shapes, extra_rows
from geoapp.demo.services_people import unit_ids
from geoapp.points.tables import AdminArea, Factory, RiverSegment, WasteSite

EPSG = 4326
SOURCE = "示意图，非法定界线"


def add_areas(session: Session) -> int:
    """Add the districts and towns of the schematic layers that are missing; returns how many."""
    known = set(session.scalars(select(AdminArea.area_id)))
    units = unit_ids(session)
    count = 0
    for level, layer in (("district", "districts"), ("town", "towns")):
        for facts, outline in area_shapes(layer):
            if demo_id("area", facts["code"]) in known:
                continue
            parent = facts.get("district")
            session.add(
                AdminArea(
                    area_id=demo_id("area", facts["code"]),
                    code=f"demo-{facts['code']}",
                    short_code=facts["code"] if level == "town" else "",
                    name=facts["name"],
                    level=level,
                    parent_id=demo_id("area", parent) if parent else None,
                    unit_id=units[facts["code"]],
                    source=SOURCE,
                    is_schematic=True,
                    geom=WKBElement(shapely.to_wkb(outline), srid=EPSG),
                )
            )
            count += 1
        session.flush()
    return count


def add_particulars(session: Session, row: PointRow) -> None:
    """Add what the point of *row* has beside its place."""
    rows = (
        _river(row.key, row.point_id),
        _site(row.key, row.point_id),
        _factory(row.key, row.point_id),
    )
    session.add_all(found for found in rows if found is not None)
    session.flush()


def _river(key: str, point_id: uuid.UUID) -> RiverSegment | None:
    facts = extra_rows("rivers").get(key)
    return RiverSegment(point_id=point_id, **facts) if facts else None


def _site(key: str, point_id: uuid.UUID) -> WasteSite | None:
    facts = extra_rows("sites").get(key)
    if facts is None:
        return None
    return WasteSite(
        point_id=point_id,
        volume_m3=float(facts["volume_m3"]),
        is_covered=bool(facts["is_covered"]),
        permit_no=facts["permit_no"],
    )


def _factory(key: str, point_id: uuid.UUID) -> Factory | None:
    facts = extra_rows("factories").get(key)
    return Factory(point_id=point_id, **facts) if facts else None
