"""What a deadline can be, and the remarks that say how its wording was understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from geoapp.core.i18n import N_, gettext
from geoapp.deadlines.rules_days import LimitUnit


class DeadlineKind(StrEnum):
    """The kinds of deadline that offices write into the column 完成时限."""

    DATE = "date"
    RANGE = "range"
    MONTH_PART = "month_part"
    RELATIVE = "relative"
    ONGOING = "ongoing"
    DONE = "done"
    UNCLEAR = "unclear"


KIND_NAMES = {
    DeadlineKind.DATE: N_("On a day"),
    DeadlineKind.RANGE: N_("From day to day"),
    DeadlineKind.MONTH_PART: N_("By a part of a month or year"),
    DeadlineKind.RELATIVE: N_("Within a span"),
    DeadlineKind.ONGOING: N_("Ongoing"),
    DeadlineKind.DONE: N_("Done"),
    DeadlineKind.UNCLEAR: N_("Not understood"),
}

_NOTES = {
    # kind unclear: what is missing
    "empty": N_("No deadline is given."),
    "not_understood": N_("The words “%(words)s” are no deadline that is known here."),
    "impossible_day": N_("“%(words)s” is not a day of the calendar."),
    "year_missing": N_("No year is given, and there is no base date to take it from."),
    "year_ambiguous": N_(
        "“%(words)s” lies shortly before the base date %(base)s: it may be %(first)s or %(second)s."
    ),
    "only_start": N_("Only a start is given, %(start)s, and no end."),
    "end_before_start": N_("The end %(end)s lies before the start %(start)s."),
    "several": N_("Several dates are given: %(words)s."),
    "partly_done": N_("“%(words)s” says that work goes on, but not until when."),
    # any kind: how it was read
    "year_inferred": N_("The year %(year)s was taken from the base date %(base)s."),
    "part_end": N_("“%(words)s” was read as up to and including %(due)s."),
    "day_counts": N_("The day before which it is due, %(due)s, still counts."),
    "counted_from": N_("Counted from %(base)s; that day itself does not count."),
    "counted_with": N_("Counted from %(base)s; that day is the first one."),
    "event_assumed": N_("The words “%(words)s” name an event; its day is taken to be %(base)s."),
    "base_missing": N_("The day from which it counts is not known."),
    "calendar_missing": N_("The last day follows from the working calendar."),
    "calendar_ends": N_("The working calendar ends on %(last)s, before this deadline."),
    "predicted": N_("Counted on days that the State Council has not announced yet."),
    "day_off": N_("%(due)s is a day off; the next workday is %(next)s."),
    "immediate": N_("At once: no day is given, so the base day is taken."),
    "also_ongoing": N_("The work also goes on without an end."),
    "weekly": N_("Every week on %(weekday)s."),
    "monthly": N_("Every month."),
    "quarterly": N_("Every quarter."),
    "holidays_left_out": N_("Left out on days off."),
    "approximate": N_("The words say “about”; the day named is taken."),
    "more_words": N_("These words were not used: “%(words)s”."),
}
_WEEKDAYS = {
    1: N_("Monday"),
    2: N_("Tuesday"),
    3: N_("Wednesday"),
    4: N_("Thursday"),
    5: N_("Friday"),
    6: N_("Saturday"),
    7: N_("Sunday"),
}


def day_text(day: date) -> str:
    """Write *day* as the reader's office does."""
    return gettext(
        # the order and the signs of a date are the translator's
        N_("%(year)d-%(month)02d-%(day)02d"),
        year=day.year,
        month=day.month,
        day=day.day,
    )


@dataclass(frozen=True, slots=True)
class DeadlineNote:
    """One remark: a code for machines, data, and a sentence for people."""

    code: str
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Say it in the current language."""
        shown = {name: _shown(name, value) for name, value in self.data.items()}
        return gettext(_NOTES[self.code], **shown)


def _shown(name: str, value: object) -> object:
    if isinstance(value, date):
        return day_text(value)
    return gettext(_WEEKDAYS[int(str(value))]) if name == "weekday" else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline as it was written, and what was understood of it.

    date: due_on · range: start_on, due_on · month_part: start_on, due_on · relative: days,
    day_kind, and due_on once the base day (and for workdays the calendar) is known · ongoing:
    days and day_kind only where a period is named · done: done_on where it is said · unclear:
    nothing but the words, and the reason as the first note.
    """

    kind: DeadlineKind
    text: str
    due_on: date | None = None
    start_on: date | None = None
    days: int | None = None
    """How many of *day_kind*: days, workdays, months or hours."""
    day_kind: LimitUnit | None = None
    clock: time | None = None
    done_on: date | None = None
    note: tuple[DeadlineNote, ...] = ()

    @property
    def explanation(self) -> str:
        """How the words were understood, in the current language."""
        return " ".join(note.text for note in self.note)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the notes, for machines and tests."""
        return tuple(note.code for note in self.note)
