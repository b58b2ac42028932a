"""The field work of the demo story: finds, visits and photos."""

import io
import math
import uuid
from collections.abc import Callable
from datetime import timedelta

from geoapp.demo.columns import Event, demo_id
from geoapp.demo.photos import Shot, draw_photo
from geoapp.demo.readers import METRES_A_DEGREE, say, words_of
from geoapp.demo.services_ledger import problem_id, problem_keys
from geoapp.demo.services_places import add_particulars
from geoapp.demo.services_story import Stage
from geoapp.ledger.services import link_point
from geoapp.points.columns import PointDraft
from geoapp.points.rules import Category, LocationMethod, RiskGrade
from geoapp.points.rules_shapes import place_on
from geoapp.points.services import report_point
from geoapp.visits.protocol import Fix, PhotoUpload, VisitDraft
from geoapp.visits.readers import shipped_checklists
from geoapp.visits.rules import EvidenceRole, VisitMethod
from geoapp.visits.rules_checklist import Answer
from geoapp.visits.services import add_photos, record_visit

PREFIX_SONGJIANG = "SJ"
FIX_ACCURACY_M = 5.0
VISIT_LASTS = timedelta(minutes=20)
WEATHERS = ("晴", "多云", "阴", "小雨")
STEP_ASIDE_M = 6  # nobody stands on the point itself
BEFORE, AFTER, DURING = EvidenceRole.BEFORE, EvidenceRole.AFTER, EvidenceRole.DURING
CAPTIONS = {BEFORE: "photo_before", AFTER: "photo_after", DURING: "photo_now"}


def _stand(event: Event, step: int = 0) -> tuple[float, float]:
    """Return where somebody stands at the point: lon, lat in degrees."""
    place = place_on(event.row.shape)
    angle = (event.number * 2 + step) * 1.1
    north = STEP_ASIDE_M * math.sin(angle) / METRES_A_DEGREE
    east = STEP_ASIDE_M * math.cos(angle) / METRES_A_DEGREE / math.cos(math.radians(place.lat))
    return round(place.lon + east, 7), round(place.lat + north, 7)


def _photo(event: Event, role: EvidenceRole, number: int = 1) -> PhotoUpload:
    lon, lat = _stand(event, number)
    shot = Shot(
        category=event.row.category,
        is_clean=role is AFTER,
        taken_at=event.at - timedelta(minutes=8 - number),
        lon=lon,
        lat=lat,
        seed=f"{event.row.key}/{event.number}/{number}",
    )
    return PhotoUpload(
        evidence_id=_evidence_id(event, number),
        stream=io.BytesIO(draw_photo(shot)),
        role=role,
        caption=say()[CAPTIONS[role]],
        file_name=f"example-{event.row.key}-{event.number}-{number}.jpg",
    )


def _evidence_id(event: Event, number: int) -> uuid.UUID:
    return demo_id("photo", event.row.key, str(event.number), str(number))


def report(stage: Stage, event: Event) -> None:
    """The inspector finds the point on a round, or the planner enters it from the ledger."""
    row = event.row
    login = "planner" if row.is_from_ledger else stage.inspector(row)
    with stage.acting(login) as session:
        prefix = PREFIX_SONGJIANG if stage.is_songjiang(row) else stage.prefix
        point = report_point(session, draft=_draft(event), now=event.at, prefix=prefix)
        for upstream in problem_keys(row.key):
            link_point(session, problem_id=problem_id(upstream), point_id=point.point_id)
    add_particulars(stage.session, row)
    if not row.is_from_ledger:
        _file(stage, event, login, BEFORE)


def _draft(event: Event) -> PointDraft:
    row = event.row
    method = LocationMethod.GNSS
    if row.is_from_ledger:
        method = LocationMethod.MAP_CLICK
    if row.category is Category.RIVER_SEGMENT:
        method = LocationMethod.SEGMENT_ENDS
    return PointDraft(
        point_id=row.point_id,
        name=row.name,
        category=row.category,
        shape=row.shape,
        location_method=method,
        accuracy_m=FIX_ACCURACY_M if method is LocationMethod.GNSS else None,
        description=row.description,
        address=row.address,
        upstream_no=next(iter(problem_keys(row.key)), ""),
        risk_grade=row.risk,
        liable_party=row.liable_party,
        is_urgent=row.risk is RiskGrade.RED,
        evidence_ids=() if row.is_from_ledger else (_evidence_id(event, 1),),
        source_name=say()["source"] if row.is_from_ledger else None,
        source_id=row.key if row.is_from_ledger else None,
    )


def _file(stage: Stage, event: Event, login: str, role: EvidenceRole, count: int = 1) -> None:
    photos = [_photo(event, role, number) for number in range(1, count + 1)]
    with stage.acting(login) as session:
        add_photos(
            session,
            point_id=event.row.point_id,
            photos=photos,
            now=event.at,
            blobs=stage.blobs,
        )


def _visit(  # noqa: PLR0913 - what a visit is made of
    stage: Stage,
    event: Event,
    login: str,
    method: VisitMethod,
    *,
    findings: str,
    is_good: bool,
    photos: int = 0,
) -> None:
    lon, lat = _stand(event)
    lists = shipped_checklists()
    items = (*lists.by_category[event.row.category], *lists.by_method[method])
    draft = VisitDraft(
        visit_id=demo_id("visit", event.row.key, str(event.number)),
        point_id=event.row.point_id,
        method=method,
        findings=findings,
        started_at=event.at - VISIT_LASTS,
        ended_at=event.at,
        fix=Fix(lon=lon, lat=lat, accuracy_m=FIX_ACCURACY_M, age_s=1.0, samples=8),
        checklist={
            item: Answer.YES if is_good or place % 2 else Answer.NO
            for place, item in enumerate(items)
        },
        weather=WEATHERS[event.at.day % len(WEATHERS)],
        accompanied_by=say()["company"],
    )
    role = DURING if is_good else BEFORE
    taken = [_photo(event, role, number) for number in range(1, photos + 1)]
    with stage.acting(login) as session:
        record_visit(session, draft=draft, photos=taken, now=event.at, blobs=stage.blobs)


def visit(stage: Stage, event: Event) -> None:
    """The inspector looks at the place."""
    seen, login = words_of(event.row.category).seen, stage.inspector(event.row)
    photos = int(event.row.is_from_ledger)  # a patrol has photographed it with the find
    _visit(stage, event, login, VisitMethod.ON_SITE, findings=seen, is_good=False, photos=photos)


def visit_twice(stage: Stage, event: Event) -> None:
    """The inspector looks for what was reported, and photographs that it is not there."""
    login = stage.inspector(event.row)
    words = say()["unfounded"]
    _visit(stage, event, login, VisitMethod.SPOT_CHECK, findings=words, is_good=True, photos=2)


def look_back(stage: Stage, event: Event) -> None:
    """The inspector comes back after the closing."""
    login, words = stage.inspector(event.row), say()["look_back"]
    _visit(stage, event, login, VisitMethod.LOOK_BACK, findings=words, is_good=True)


def check(stage: Stage, event: Event) -> None:
    """The accepting unit looks for itself."""
    login, words = stage.acceptor(event.row), say()["check"]
    _visit(stage, event, login, VisitMethod.ACCEPTANCE, findings=words, is_good=True)


def show_after(stage: Stage, event: Event) -> None:
    """The unit shows what it has done, from two sides."""
    _file(stage, event, stage.worker(event.row), AFTER, count=2)


def show_failure(stage: Stage, event: Event) -> None:
    """The accepting unit shows what is not done."""
    _file(stage, event, stage.acceptor(event.row), DURING)


def show_relapse(stage: Stage, event: Event) -> None:
    """The inspector shows that it is back."""
    _file(stage, event, stage.inspector(event.row), DURING)


BEFORE_MOVES: dict[str, tuple[Callable[[Stage, Event], None], ...]] = {
    "report": (report,),
    "visit": (visit,),
    "visit_twice": (visit_twice,),
    "look_back": (look_back,),
    "check": (check,),
    "complete": (show_after,),
    "reject": (show_failure,),
    "relapse": (show_relapse,),
}
"""What is done on site at each word, before the move of the same word."""
