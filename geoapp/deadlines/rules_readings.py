"""The ways to read a deadline cell: done, periodic, a span, days and months, a mere state."""

from collections.abc import Callable
from datetime import date, timedelta

from geoapp.deadlines.rules_days import (
    ONE_DAY,
    CalendarEnds,
    LimitUnit,
    months_after,
    workday_after,
)
from geoapp.deadlines.rules_deadline import Deadline, DeadlineKind
from geoapp.deadlines.rules_moments import (
    Moment,
    find_moments,
    nearest_year,
    read_clock,
)
from geoapp.deadlines.rules_phrase import (
    AT_ONCE,
    DONE,
    DONE_FILLER,
    EVENT,
    HOLIDAYS_OUT,
    JOIN,
    MONTHLY,
    ONGOING,
    PARTLY,
    QUARTERLY,
    SPAN,
    UNITS,
    WEEKLY,
    Phrase,
    not_clear,
)

Reading = Callable[[Phrase], Deadline | None]
Span = tuple[date, date]
_WEEKDAYS = "一二三四五六日"
HOURS_A_DAY = 24


def read_done(phrase: Phrase) -> Deadline | None:
    """Read 已完成, 已完成整改。…, 9月20日已完成."""
    match = DONE.search(phrase.words)
    if match is None or PARTLY.search(match[0]):
        return None
    tail = phrase.words[match.end() :]
    later = find_moments(tail, phrase.base_on)
    if later and DONE_FILLER.sub("", match["object"] or ""):
        return None  # 已完成方案编制，9月底前完成整改: only a step is done
    if ONGOING.search(phrase.words):
        phrase.say("also_ongoing")
    if later:
        phrase.say("more_words", words=tail.strip(",。;"))
    when = find_moments((match["lead"] or "") + (match["when"] or ""), phrase.base_on)
    done_on = _done_on(phrase, when[-1]) if when else None
    return Deadline(kind=DeadlineKind.DONE, text="", done_on=done_on)


def _done_on(phrase: Phrase, when: Moment) -> date | None:
    """Take the day on which it was done; its missing year is that of the base date."""
    if when.year is None and phrase.base_on is not None and when.is_day:
        phrase.say("year_inferred", year=phrase.base_on.year, base=phrase.base_on)
    year = when.year or (phrase.base_on.year if phrase.base_on else None)
    return when.span(year)[1] if year and when.is_day else None


def read_periodic(phrase: Phrase) -> Deadline | None:
    """Read 每周三15时前, 每月底前, 每季度."""
    clock = None
    if weekly := WEEKLY.search(phrase.words):
        clock, end = read_clock(phrase.words, weekly.end())
        phrase.take(weekly.start(), end)
        count, unit = 7, LimitUnit.DAY
        if weekly["day"]:
            day = weekly["day"].replace("天", "日")
            number = int(day) if day.isdigit() else _WEEKDAYS.index(day) + 1
            phrase.say("weekly", weekday=number)
    elif monthly := MONTHLY.search(phrase.words):
        phrase.take(*monthly.span())
        count, unit = 1, LimitUnit.MONTH
        phrase.say("monthly")
    elif quarterly := QUARTERLY.search(phrase.words):
        phrase.take(*quarterly.span())
        count, unit = 3, LimitUnit.MONTH
        phrase.say("quarterly")
    else:
        return None
    for also in (HOLIDAYS_OUT.search(phrase.words), ONGOING.search(phrase.words)):
        if also:
            phrase.take(*also.span())
    if HOLIDAYS_OUT.search(phrase.words):
        phrase.say("holidays_left_out")
    return Deadline(kind=DeadlineKind.ONGOING, text="", days=count, day_kind=unit, clock=clock)


def read_span(phrase: Phrase) -> Deadline | None:
    """Read 2天内, 30个工作日, 督察反馈后6个月内, 自9月7日起5个工作日内."""
    match = SPAN.search(phrase.words)
    if match is None:
        return None
    phrase.take(*match.span())
    unit, factor = UNITS[match["unit"] or match["month"] or match["strict"]]
    count = int(match["count"]) * factor
    base_on, first_counts = phrase.base_on, False
    moments = find_moments(phrase.words[: match.start()], phrase.base_on)
    if moments:
        begun = _resolve(phrase, moments[-1])
        if isinstance(begun, Deadline):
            return begun
        base_on = begun[0]
        after = phrase.words[moments[-1].end : match.start()]
        first_counts = after.startswith("起")
        phrase.take(moments[-1].start, match.start())
    elif event := EVENT.search(phrase.words[: match.start()]):
        phrase.take(event.start(), match.start())
        if base_on is not None:
            phrase.say("event_assumed", words=event["event"], base=base_on)
    due_on = _span_end(phrase, base_on, count, unit, first_counts=first_counts)
    return Deadline(
        kind=DeadlineKind.RELATIVE,
        text="",
        start_on=base_on,
        due_on=due_on,
        days=count,
        day_kind=unit,
    )


def _span_end(
    phrase: Phrase, base_on: date | None, count: int, unit: LimitUnit, *, first_counts: bool
) -> date | None:
    if base_on is None:
        phrase.say("base_missing")
        return None
    phrase.say("counted_with" if first_counts else "counted_from", base=base_on)
    start_on = base_on - ONE_DAY if first_counts else base_on
    match unit:
        case LimitUnit.MONTH:
            return months_after(start_on, count)
        case LimitUnit.HOUR:
            return start_on + timedelta(days=-(-count // HOURS_A_DAY))
        case LimitUnit.DAY:
            return start_on + timedelta(days=count)
        case LimitUnit.WORKDAY:
            return _workday_end(phrase, start_on, count)


def _workday_end(phrase: Phrase, start_on: date, count: int) -> date | None:
    if phrase.calendar is None:
        phrase.say("calendar_missing")
        return None
    try:
        return workday_after(phrase.calendar, start_on, count)
    except CalendarEnds as ends:
        phrase.say("calendar_ends", last=ends.data["last_on"])
        return None


def _resolve(phrase: Phrase, moment: Moment) -> Span | Deadline:
    """Return first and last day, or a deadline that says why they are not known."""
    if moment.year is not None:
        return moment.span(moment.year)
    if phrase.base_on is None:
        return not_clear("year_missing")
    year, other = nearest_year(phrase.base_on, moment)
    found = moment.span(year)
    if other is not None:
        return not_clear(
            "year_ambiguous",
            words=moment.words,
            base=phrase.base_on,
            first=moment.span(other)[1],
            second=found[1],
        )
    phrase.say("year_inferred", year=year, base=phrase.base_on)
    return found


def read_moments(phrase: Phrase) -> Deadline | None:
    """Read 9月底, 2023年9月28日前, 自9月7日起至8日."""
    moments = find_moments(phrase.words, phrase.base_on)
    if not moments:
        return None
    for moment in moments:
        phrase.take(moment.start, moment.end)
    if len(moments) == 1:
        return _one_moment(phrase, moments[0])
    if len(moments) == 2 and _joined(phrase.words, *moments):  # noqa: PLR2004 - from, to
        return _range(phrase, *moments)
    return not_clear("several", words="、".join(moment.words for moment in moments))


def _joined(words: str, first: Moment, last: Moment) -> bool:
    return last.is_borrowed or JOIN.fullmatch(words[first.end : last.start]) is not None


def _one_moment(phrase: Phrase, moment: Moment) -> Deadline:
    found = _resolve(phrase, moment)
    if isinstance(found, Deadline):
        return found
    start_on, due_on = found
    if phrase.words[moment.end :].startswith(("起", "开始")):
        if ongoing := ONGOING.search(phrase.words):
            phrase.take(*ongoing.span())
            return Deadline(kind=DeadlineKind.ONGOING, text="", start_on=start_on)
        return not_clear("only_start", start=start_on)
    if moment.is_day:
        if moment.is_before:
            phrase.say("day_counts", due=due_on)
        return Deadline(kind=DeadlineKind.DATE, text="", due_on=due_on, clock=moment.clock)
    phrase.say("part_end", words=phrase.words[moment.start : moment.end], due=due_on)
    return Deadline(
        kind=DeadlineKind.MONTH_PART,
        text="",
        due_on=due_on,
        start_on=None if moment.ends_before else start_on,
    )


def _range(phrase: Phrase, first: Moment, last: Moment) -> Deadline:
    if last.year is None and first.year is not None:
        start_on = first.span(first.year)[0]
        year, _ = nearest_year(start_on, last)
        phrase.say("year_inferred", year=year, base=start_on)
        due_on = last.span(year)[1]
    else:
        found = _resolve(phrase, last)
        if isinstance(found, Deadline):
            return found
        due_on = found[1]
        start_on = first.span(first.year or due_on.year)[0]
        if start_on > due_on and first.year is None and not last.is_borrowed:
            start_on = first.span(due_on.year - 1)[0]
    if start_on > due_on:
        return not_clear("end_before_start", start=start_on, end=due_on)
    return Deadline(
        kind=DeadlineKind.RANGE, text="", start_on=start_on, due_on=due_on, clock=last.clock
    )


def read_state(phrase: Phrase) -> Deadline | None:
    """Read 长期坚持, 立行立改, 正在推进."""
    if ongoing := ONGOING.search(phrase.words):
        phrase.take(*ongoing.span())
        return Deadline(kind=DeadlineKind.ONGOING, text="")
    if at_once := AT_ONCE.search(phrase.words):
        phrase.take(*at_once.span())
        phrase.say("immediate" if phrase.base_on else "base_missing")
        return Deadline(
            kind=DeadlineKind.RELATIVE,
            text="",
            due_on=phrase.base_on,
            start_on=phrase.base_on,
            days=0,
            day_kind=LimitUnit.DAY,
        )
    if PARTLY.search(phrase.words):
        return not_clear("partly_done", words=phrase.words)
    return None
