"""What a reader of a photo should know; hints for a person, never a verdict."""

from datetime import datetime, timedelta
from enum import StrEnum

from geoapp.core.i18n import N_

OLD_PHOTO = timedelta(hours=48)  # two days: an inspector may file yesterday's round today
FAR_PHOTO_M = 100  # the office's own rule for after-photos: within 100 m of the point
CLOCK_SLACK = timedelta(hours=1)  # camera clocks run off; less than an hour says nothing


class PhotoWarning(StrEnum):
    """One thing about a photo that is worth a second look."""

    OLD = "old"
    AFTER_VISIT = "after_visit"
    NO_TIME = "no_time"
    FAR = "far"
    NO_POSITION = "no_position"
    REUSED = "reused"


PHOTO_WARNING_NAMES: dict[PhotoWarning, str] = {
    PhotoWarning.OLD: N_("Taken more than 48 hours before the visit"),
    PhotoWarning.AFTER_VISIT: N_("Taken after the visit"),
    PhotoWarning.NO_TIME: N_("The photo carries no time"),
    PhotoWarning.FAR: N_("Taken more than 100 m from the point"),
    PhotoWarning.NO_POSITION: N_("The photo carries no position"),
    PhotoWarning.REUSED: N_("The same photo is filed with another point too"),
}


def photo_warnings(
    *,
    taken_at: datetime | None,
    started_at: datetime,
    ended_at: datetime,
    distance_m: float | None,
    is_reused: bool,
) -> tuple[PhotoWarning, ...]:
    """Everything worth a second look about one photo of a visit."""
    found: list[PhotoWarning] = []
    if taken_at is None:
        found.append(PhotoWarning.NO_TIME)
    elif taken_at < started_at - OLD_PHOTO:
        found.append(PhotoWarning.OLD)
    elif taken_at > ended_at + CLOCK_SLACK:
        found.append(PhotoWarning.AFTER_VISIT)
    if distance_m is None:
        found.append(PhotoWarning.NO_POSITION)
    elif distance_m > FAR_PHOTO_M:
        found.append(PhotoWarning.FAR)
    if is_reused:
        found.append(PhotoWarning.REUSED)
    return tuple(found)
