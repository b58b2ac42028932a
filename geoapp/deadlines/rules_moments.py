"""Days and parts of months and years found in a folded text, and the year they belong to."""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from geoapp.deadlines.rules_days import DECEMBER, ONE_DAY, last_of_month

AMBIGUOUS_DAYS = 60  # a day this shortly before the base date may be late or a year ahead
NOON = 12
MIDNIGHT = 24
LAST = 0  # day number that stands for the last day of the month


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day or part of a year as written, the year perhaps still missing."""

    words: str
    start: int
    end: int
    is_day: bool
    year: int | None
    first: tuple[int, int]
    last: tuple[int, int]
    is_before: bool = False
    """Followed by 前: a plain month or year is then over before it begins."""
    clock: time | None = None
    is_borrowed: bool = False
    """Its month is that of the moment before it."""

    def span(self, year: int) -> tuple[date, date]:
        """Return first and last day in *year*; ValueError for a day that does not exist."""
        first = date(year, *self.first)
        month, day = self.last
        last = last_of_month(year, month) if day == LAST else date(year, month, day)
        return (first - ONE_DAY, first - ONE_DAY) if self.ends_before else (first, last)

    @property
    def ends_before(self) -> bool:
        """Whether 前 means the day before the first one: 9月前, but not 9月底前."""
        plain = self.words[-1] in "月份年度" and not self.words.endswith("上半年")
        return self.is_before and plain


_YEAR = (
    r"(?:(?P<year>\d{4})年度?|(?P<short>\d{2})年(?=\d{1,2}月)"
    r"|(?P<name>今年|本年度?|当年|明年|次年))"
)
_MONTH = r"(?:(?P<month>\d{1,2})月|(?P<near>本月|当月|下月|次月))份?"
_PARTS = {
    "上旬": (1, 10),
    "初": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, LAST),
    "底": (LAST, LAST),
    "末": (LAST, LAST),
}
_QUARTER = r"第?(?P<quarter>[1-4])季度?(?:末|底|内)?"
_HALF = r"(?P<half>[上下]半年)"
# 9月28日, 9月7-8日, and 9月28前 where the sign was forgotten
_DAY_ENDS = r"(?:[日号]|(?=[-~至到]\d{1,2}[日号])|(?=$|[前止,。;)]|以前|之前))"
_GUARD = r"(?<![\d.])"
_FORMS = tuple(
    re.compile(form)
    for form in (
        _GUARD + r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)[日号]?",
        _GUARD + r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        rf"(?<!\d){_YEAR}?{_MONTH}(?P<day>\d{{1,2}}){_DAY_ENDS}",
        rf"(?<!\d){_YEAR}?{_MONTH}(?P<part>上旬|中旬|下旬|初|底|末|内|中)?",
        rf"(?<!\d){_YEAR}?(?:{_QUARTER}|{_HALF})",
        rf"(?<!\d){_YEAR}(?P<whole>年?(?:底|末|内)|)",
        r"(?P<whole>年底|年末|年内)",
        _GUARD + r"(?P<month>1[0-2]|0?[1-9])\.(?P<day>[0-3]?\d)(?![\d.])[日号]?",
    )
)
_CLOCK = re.compile(
    r" ?(?P<half>上午|下午|晚上|中午)?(?P<hour>\d{1,2})"
    r"(?:[时点](?:(?P<minute>\d{1,2})分?|(?P<thirty>半))?|:(?P<digits>\d{2}))整?"
)
_BEFORE = re.compile(r"(?:以|之)?前")
_SHORT_END = re.compile(
    r"(?:起|开始)?(?:至|到|-|~)(?:(?P<day>\d{1,2})[日号]|(?P<part>上旬|中旬|下旬|底|末))"
)


class ImpossibleDay(ValueError):
    """A day such as 9月31日; args[0] are its words."""


def read_clock(text: str, at: int = 0) -> tuple[time | None, int]:
    """Read 15时, 下午3点半 or 17:00 at *at*; returns the clock time and where it ends."""
    match = _CLOCK.match(text, at)
    if match is None:
        return None, at
    hour = int(match["hour"])
    minute = 30 if match["thirty"] else int(match["minute"] or match["digits"] or 0)
    if match["half"] in {"下午", "晚上"} and hour < NOON:
        hour += NOON
    if hour == MIDNIGHT and minute == 0:
        return None, match.end()  # 24时 is the end of the day, as without a clock time
    if hour >= MIDNIGHT or minute >= 60:  # noqa: PLR2004 - minutes an hour
        return None, at
    return time(hour, minute), match.end()


def find_moments(text: str, base_on: date | None) -> list[Moment]:
    """Find all days and parts in folded *text*, left to right.

    Raises:
        ImpossibleDay: a month or day that no year has.
    """
    found: list[Moment] = []
    place = 0
    while place < len(text):
        moment = _short_end(text, place, found) or _moment_at(text, place, base_on)
        if moment is None:
            place += 1
            continue
        found.append(moment)
        place = moment.end
    return found


def _moment_at(text: str, place: int, base_on: date | None) -> Moment | None:
    for form in _FORMS:
        match = form.match(text, place)
        if match and match.end() > match.start():
            return _finish(text, _read(match, base_on))
    return None


def _finish(text: str, moment: Moment) -> Moment:
    _check(moment)
    clock, end = read_clock(text, moment.end) if moment.is_day else (None, moment.end)
    before = _BEFORE.match(text, end)
    return replace(
        moment,
        clock=clock,
        is_before=before is not None,
        end=before.end() if before else end,
    )


def _check(moment: Moment) -> None:
    leap_year = 2024
    try:
        moment.span(moment.year or leap_year)
    except ValueError:
        raise ImpossibleDay(moment.words) from None


def _read(match: re.Match[str], base_on: date | None) -> Moment:
    given = match.groupdict()
    year = _year(given, base_on)
    month = _month(given, base_on)
    first, last = (1, 1), (DECEMBER, LAST)
    if month is not None and given.get("day"):
        first = last = (month, int(given["day"] or 0))
    elif month is not None:
        first, last = _part(given.get("part"), month)
    elif given.get("quarter"):
        quarter = int(given["quarter"])
        first, last = (3 * quarter - 2, 1), (3 * quarter, LAST)
    elif given.get("half") == "上半年":
        last = (6, LAST)
    elif given.get("half"):
        first = (7, 1)
    elif given.get("whole", "")[-1:] in {"底", "末"}:
        first = (DECEMBER, 1)
    if given.get("near") in {"下月", "次月"} and month == 1 and base_on is not None:
        year = base_on.year + 1
    return Moment(
        words=match[0],
        start=match.start(),
        end=match.end(),
        is_day=bool(given.get("day")),
        year=year,
        first=first,
        last=last,
    )


def _part(name: str | None, month: int) -> tuple[tuple[int, int], tuple[int, int]]:
    first, last = _PARTS.get(name or "", (1, LAST))
    return (month, first or 21), (month, last)


def _year(given: dict[str, str | None], base_on: date | None) -> int | None:
    if given.get("year"):
        return int(given["year"] or 0)
    if given.get("short"):
        return 2000 + int(given["short"] or 0)
    if base_on is not None and given.get("name"):
        return base_on.year + (given["name"] in {"明年", "次年"})
    if base_on is not None and given.get("near"):
        return base_on.year
    return None


def _month(given: dict[str, str | None], base_on: date | None) -> int | None:
    if given.get("month"):
        return int(given["month"] or 0)
    if given.get("near") and base_on is not None:
        return (base_on.month - 1 + (given["near"] in {"下月", "次月"})) % 12 + 1
    return None


def _short_end(text: str, place: int, found: list[Moment]) -> Moment | None:
    """Read the second half of 自9月7日起至8日, which borrows the month of the first."""
    match = _SHORT_END.match(text, place)
    if match is None or not found or found[-1].end != place:
        return None
    last = found[-1]
    month = last.first[0]
    day = (month, int(match["day"])) if match["day"] else None
    first, end = (day, day) if day else _part(match["part"], month)
    moment = Moment(
        words=match[0],
        start=match.start(),
        end=match.end(),
        is_day=day is not None,
        year=last.year,
        first=first,
        last=end,
        is_borrowed=True,
    )
    return _finish(text, moment)


def nearest_year(base_on: date, moment: Moment) -> tuple[int, int | None]:
    """Return the year in which a yearless moment first ends on or behind the base date.

    The second value is the year before, when that end lies so shortly before the base date that
    both may be meant; else None.
    """
    earlier: date | None = None
    for year in range(base_on.year - 1, base_on.year + 9):  # 29 February comes in eight years
        try:
            end_on = moment.span(year)[1]
        except ValueError:
            continue
        if end_on >= base_on:
            close = earlier and base_on - earlier <= timedelta(days=AMBIGUOUS_DAYS)
            return year, earlier.year if earlier and close else None
        earlier = end_on
    raise ImpossibleDay(moment.words)
