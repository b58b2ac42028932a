"""Deadlines from the words of a ledger; what is not certain is said, never guessed in silence."""

from dataclasses import replace
from datetime import date

from geoapp.deadlines.rules_days import (
    Calendar,
    LimitUnit,
    is_workday,
    next_workday,
    rests_on_prediction,
)
from geoapp.deadlines.rules_deadline import Deadline, DeadlineKind
from geoapp.deadlines.rules_moments import ImpossibleDay
from geoapp.deadlines.rules_phrase import (
    APPROXIMATE,
    ONGOING,
    SPAN,
    Phrase,
    not_clear,
    note,
)
from geoapp.deadlines.rules_readings import (
    read_done,
    read_moments,
    read_periodic,
    read_span,
    read_state,
)
from geoapp.deadlines.rules_text import fold, plain_numbers

MAX_LENGTH = 2000  # a deadline cell is a phrase; longer text is cut before matching
_READINGS = (read_done, read_periodic, read_span, read_moments, read_state)


def parse_deadline(
    text: str, *, base_on: date | None, calendar: Calendar | None = None
) -> Deadline:
    """Read the words of a deadline cell.

    Args:
        text: the words; kept as they are.
        base_on: the day from which spans count and from which missing years are taken, such as
            the heading's "自8月29日起".
        calendar: the working days; without it, spans in workdays have no last day yet.
    """
    words = plain_numbers(fold(text[:MAX_LENGTH]).text)
    try:
        found = _read(Phrase(words, base_on, calendar))
    except ImpossibleDay as error:
        found = not_clear("impossible_day", words=str(error))
    return replace(_weigh(found, base_on, calendar), text=text)


def _read(phrase: Phrase) -> Deadline:
    if not phrase.words.strip("-/、,。;:()无"):
        return not_clear("empty")
    for reading in _READINGS:
        found = reading(phrase)
        if found is not None:
            return found if found.kind is DeadlineKind.UNCLEAR else _finish(phrase, found)
    return not_clear("not_understood", words=phrase.words)


def _finish(phrase: Phrase, found: Deadline) -> Deadline:
    if found.kind is DeadlineKind.DONE:
        return replace(found, note=tuple(phrase.notes))
    also = ONGOING.search(phrase.words)
    if also and found.kind is not DeadlineKind.ONGOING:
        phrase.take(*also.span())
        phrase.say("also_ongoing")
    if APPROXIMATE.search(phrase.words):
        phrase.say("approximate")
    rest = phrase.rest()
    if rest:
        phrase.say("more_words", words=rest)
    return replace(found, note=tuple(phrase.notes))


def _weigh(found: Deadline, base_on: date | None, calendar: Calendar | None) -> Deadline:
    """Add what the calendar has to say about the last day."""
    due_on = found.due_on
    if due_on is None or calendar is None:
        return found
    if found.day_kind is LimitUnit.WORKDAY:
        start_on = found.start_on or base_on or due_on
        if rests_on_prediction(calendar, start_on, due_on):
            return replace(found, note=(*found.note, note("predicted")))
    elif not is_workday(calendar, due_on):
        off = note("day_off", due=due_on, next=next_workday(calendar, due_on))
        return replace(found, note=(*found.note, off))
    return found


def limits_within(
    text: str, *, base_on: date | None, calendar: Calendar | None = None
) -> tuple[Deadline, ...]:
    """Find the spans ("2天内") that the prose of a measure names, each with its own words."""
    words = plain_numbers(fold(text).text)
    return tuple(
        parse_deadline(match[0], base_on=base_on, calendar=calendar)
        for match in SPAN.finditer(words)
        if match["within"] or match["strict"]
    )
