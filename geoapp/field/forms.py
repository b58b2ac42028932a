"""Reads what a phone's forms send: a visit with its photos and its move."""

import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from werkzeug.datastructures import FileStorage, MultiDict

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_, language
from geoapp.field.columns import Chip, Here, Wanted
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.visits.protocol import Fix, PhotoUpload, VisitDraft
from geoapp.visits.readers import shipped_checklists
from geoapp.visits.rules import EvidenceRole, VisitMethod
from geoapp.visits.rules_checklist import Answer

Values = MultiDict[str, str]
Files = MultiDict[str, FileStorage]
T = TypeVar("T")
LONGEST_TEXT = 4000  # characters of one field
LONGEST_LINE = 200
EAST, NORTH = 180.0, 90.0
ANSWER_PREFIX = "check-"


class FieldWrong(BadInput):
    """One field of a phone's form cannot be read; *data["field"]* names it."""

    code = "field.value_wrong"
    message = N_("“%(value)s” cannot be read here.")
    hint = N_("Correct the field and send again; nothing is lost.")


@dataclass(frozen=True, kw_only=True)
class MoveWish:
    """The move that goes with a visit: its verb, its target, the fields of its form."""

    verb: Verb
    target: State
    args: Values


def wanted_from_args(args: Values) -> Wanted:
    """Read what the list shall hold out of its address; nonsense means the usual list."""
    chip = args.get("chip", "")
    shown = args.get("shown", "")
    return Wanted(
        chip=Chip(chip) if chip in set(Chip) else Chip.MINE,
        q=args.get("q", "").strip()[:100],
        here=here_from(args.get("near", "")),
        after=args.get("after") or None,
        shown=int(shown) if shown.isascii() and shown.isdigit() else 0,
    )


def here_from(text: str) -> Here | None:
    """Read ``lon,lat``; anything else is nowhere."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return Here(lon, lat) if abs(lon) <= EAST and abs(lat) <= NORTH else None


def read_visit(form: Values, *, point_id: uuid.UUID, now: datetime) -> VisitDraft:
    """Read a visit; without scripts the page's own start and no end are sent.

    Raises:
        FieldWrong: an id, instant or number cannot be read.
    """
    return VisitDraft(
        visit_id=parse_required(form, "visit_id", uuid.UUID),
        point_id=point_id,
        method=parse_required(form, "method", VisitMethod),
        findings=text(form, "findings"),
        started_at=parse_optional(form, "started_at", instant) or now,
        ended_at=parse_optional(form, "ended_at", instant),
        device_at=parse_optional(form, "device_at", instant),
        fix=read_fix(form),
        off_site_reason=text(form, "off_site_reason"),
        checklist={
            name.removeprefix(ANSWER_PREFIX): value
            for name, value in form.items()
            if name.startswith(ANSWER_PREFIX)
        },
        weather=line(form, "weather"),
        accompanied_by=line(form, "accompanied_by"),
    )


def read_fix(form: Values, prefix: str = "") -> Fix | None:
    """Read the position that a phone measured; None where it sends none."""
    lon = parse_optional(form, f"{prefix}lon", number)
    lat = parse_optional(form, f"{prefix}lat", number)
    if lon is None or lat is None:
        return None
    samples = parse_optional(form, f"{prefix}samples", number)
    return Fix(
        lon=lon,
        lat=lat,
        accuracy_m=parse_optional(form, f"{prefix}accuracy_m", number),
        age_s=parse_optional(form, f"{prefix}age_s", number),
        samples=round(samples) if samples is not None else None,
        source=line(form, f"{prefix}pos_source")[:20] or "gnss",
    )


def read_photos(form: Values, files: Files) -> list[PhotoUpload]:
    """Read the photos, ``photo-<key>-file`` with ``-id``, ``-role`` and more, in their order."""
    photos = []
    for name, file in files.items(multi=True):
        if not (name.startswith("photo-") and name.endswith("-file") and file.filename):
            continue
        key = name.removesuffix("file")
        photos.append(
            PhotoUpload(
                evidence_id=parse_optional(form, f"{key}id", uuid.UUID) or uuid.uuid4(),
                stream=file.stream,
                role=parse_optional(form, f"{key}role", EvidenceRole) or EvidenceRole.OVERVIEW,
                caption=line(form, f"{key}caption"),
                file_name=file.filename,
                fix=read_fix(form, key),
                added_at=parse_optional(form, f"{key}added_at", instant),
            )
        )
    return photos


def read_wish(form: Values, draft: VisitDraft, photos: list[PhotoUpload]) -> MoveWish | None:
    """Read the chosen move, ``<verb>:<target>``; what the visit already says is taken from it.

    The reason is what was seen, unless one is written; what failed are the items answered "no";
    the five standards of an acceptance are items of its checklist.
    """
    chosen = form.get("move", "")
    if not chosen:
        return None
    verb_word, _colon, target_word = chosen.partition(":")
    verb = parse("move", verb_word, Verb)
    target = parse("move", target_word, State)
    prefix = f"{verb.value}-"
    args: Values = MultiDict(
        (name.removeprefix(prefix), value)
        for name, value in form.items(multi=True)
        if name.startswith(prefix) and value.strip()
    )
    if not args.get("reason"):
        args["reason"] = draft.findings
    if not args.get("failed_items"):
        args.setlist("failed_items", _failed(draft))
    args.setlist("five_checks", _standards(draft))
    args.setlist("evidence_ids", [str(photo.evidence_id) for photo in photos])
    return MoveWish(verb=verb, target=target, args=args)


def _failed(draft: VisitDraft) -> list[str]:
    items = shipped_checklists().items
    return [
        items[key].text(language())
        for key, answer in draft.checklist.items()
        if answer == Answer.NO and key in items
    ]


def _standards(draft: VisitDraft) -> list[str]:
    keys = shipped_checklists().by_method[VisitMethod.ACCEPTANCE]
    return [str(n) for n, key in enumerate(keys) if draft.checklist.get(key) == Answer.YES]


def text(form: Values, name: str) -> str:
    """Read a text of several lines."""
    return form.get(name, "").strip().replace("\r\n", "\n")[:LONGEST_TEXT]


def line(form: Values, name: str) -> str:
    """Read a text of one line."""
    return " ".join(form.get(name, "").split())[:LONGEST_LINE]


def instant(raw: str) -> datetime:
    """Read an ISO instant with its zone; ValueError for anything else."""
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        raise ValueError(raw)
    return at.astimezone(UTC)


def number(raw: str) -> float:
    """Read a finite number; ValueError for anything else."""
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError(raw)
    return value


def parse(name: str, raw: str, read: Callable[[str], T]) -> T:
    """Read one value; FieldWrong names the field where it cannot be read."""
    try:
        return read(raw)
    except (ValueError, OverflowError):
        raise FieldWrong(field=name, value=raw[:40]) from None


def parse_required(form: Values, name: str, read: Callable[[str], T]) -> T:
    """Read a field that every page of ours sends."""
    return parse(name, form.get(name, "").strip(), read)


def parse_optional(form: Values, name: str, read: Callable[[str], T]) -> T | None:
    """Read a field that may be absent or empty."""
    raw = form.get(name, "").strip()
    return parse(name, raw, read) if raw else None
