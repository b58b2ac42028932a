"""The phrases of a deadline cell: patterns, and a phrase being read."""

import re
from dataclasses import dataclass, field
from datetime import date

from geoapp.deadlines.rules_days import Calendar, LimitUnit
from geoapp.deadlines.rules_deadline import Deadline, DeadlineKind, DeadlineNote

SPAN = re.compile(
    r"(?<![\d.年月])(?P<count>\d{1,3})(?:"
    r"(?:个?(?P<unit>工作日|自然日|日历日|日历天|天|周|星期|小时)|个(?P<month>月))"
    r"(?P<within>以内|之内|内|(?=完成|整改|$|[,。;)]))"
    r"|(?P<strict>日|年)(?:以内|之内|内))"
)
UNITS = {
    "工作日": (LimitUnit.WORKDAY, 1),
    "自然日": (LimitUnit.DAY, 1),
    "日历日": (LimitUnit.DAY, 1),
    "日历天": (LimitUnit.DAY, 1),
    "天": (LimitUnit.DAY, 1),
    "日": (LimitUnit.DAY, 1),
    "周": (LimitUnit.DAY, 7),
    "星期": (LimitUnit.DAY, 7),
    "小时": (LimitUnit.HOUR, 1),
    "月": (LimitUnit.MONTH, 1),
    "年": (LimitUnit.MONTH, 12),
}
EVENT = re.compile(r"(?P<event>[^,。;:()\d]{2,20}?)(?:之日起|之后|以后|后|起)的?$")
_VERBS = "完成|整改|办结|销号|销项|落实|解决|关停|取缔|清除|拆除|清理|整治"
DONE = re.compile(
    rf"^(?P<lead>[^,。;已未]{{0,15}})已经?(?P<when>于[^,。;]*?)?(?:全部|均|全面|如期|按期)*"
    rf"(?:{_VERBS})(?P<object>[^,。;(]*)|^(?:完成整改|整改完成|完成|办结|销号)[。.]?$"
)
DONE_FILLER = re.compile(
    r"整改|完成|任务|工作|到位|完毕|结束|措施|全部|问题|并|且|长期坚持|坚持|销号|验收|了|[.!)]"
)
PARTLY = re.compile(
    r"未完成|尚未|未整改|部分完成|部分整改|基本完成|基本整改|正在|推进中|进行中|整改中|完成\d+%"
)
ONGOING = re.compile(r"长期坚持|长期|持续|常态化|坚持不懈|不间断|长效")
AT_ONCE = re.compile(
    r"立即|立行立改|立查立改|立整立改|立知立改|即知即改|即查即改|即行即改|即改|马上|边督边改"
    r"|当场|当日|当天|随时"
)
WEEKLY = re.compile(r"每(?:个)?(?:周|星期)(?P<day>[一二三四五六日天1-7])?")
MONTHLY = re.compile(r"每(?:个)?月(?:\d{1,2}[日号]|底|末|初)?前?")
QUARTERLY = re.compile(r"每(?:个)?季度?(?:末|底)?前?")
HOLIDAYS_OUT = re.compile(r"\(?(?:法定)?节假日除外\)?|\(?遇节假日顺延\)?")
JOIN = re.compile(r"起?(?:开始)?(?:至|到|-{1,2}|~)")
APPROXIMATE = re.compile(r"左右|大约|约(?!谈)")
_FILLER = re.compile(
    r"完成时限|整改时限|完成时间|整改时间|时限|期限|整改到位|整改|完成|到位|截至|截止|预计|计划|力争"
    r"|确保|左右|大约|约|以前|之前|前|以内|之内|内|自|从|于|在|到|至|起|止|并|且|为|开始|落实|推进|坚持"
    r"|开展|任务|工作|[,。;:.、()\[\]!/-]"
)


def note(code: str, **data: object) -> DeadlineNote:
    """Make a remark."""
    return DeadlineNote(code, data)


def not_clear(code: str, **data: object) -> Deadline:
    """Make a deadline that a person has to decide; the caller adds the text."""
    return Deadline(kind=DeadlineKind.UNCLEAR, text="", note=(note(code, **data),))


@dataclass(slots=True)
class Phrase:
    """Folded words being read: which of them were used, and what has to be said about them."""

    words: str
    base_on: date | None
    calendar: Calendar | None
    notes: list[DeadlineNote] = field(default_factory=list)
    _used: list[tuple[int, int]] = field(default_factory=list)

    def take(self, start: int, end: int) -> None:
        """Mark the words from *start* to *end* as understood."""
        self._used.append((start, end))

    def say(self, code: str, **data: object) -> None:
        """Add a remark."""
        self.notes.append(note(code, **data))

    def rest(self) -> str:
        """Return the words that were neither understood nor mere filling."""
        kept = [
            "\n" if any(start <= place < end for start, end in self._used) else sign
            for place, sign in enumerate(self.words)
        ]
        return _FILLER.sub("", "".join(kept)).replace("\n", "")
