"""Working days: the calendar as the rules see it, and counting on it."""

from enum import StrEnum


class DayStatus(StrEnum):
    """How sure a calendar day is."""

    OFFICIAL = "official"
    PREDICTED = "predicted"


class LimitUnit(StrEnum):
    """In what a time limit is counted."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
