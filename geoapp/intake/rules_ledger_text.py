"""Small things found in the words of a measures table: numbers, units, marks, pollution types."""

import re
from dataclasses import dataclass
from datetime import date

from geoapp.deadlines.rules_text import chinese_number, fold
from geoapp.points.rules import Secrecy

_SERIAL = re.compile(
    r"(?P<own>[0-9A-Za-z]+(?:[-.][0-9]+)*)[.、]?(?:[(\[](?P<upstream>[^()\[\]]+)[)\]])?"
)
_CHINESE_SERIAL = re.compile(
    r"(?P<own>[一二三四五六七八九十百]+)[、.]?(?:\((?P<upstream>[^()]+)\))?"
)
_CASE_NO = re.compile(r"立案(?:编)?号(?:为|是)?[:]?(?P<no>\d{11,})(?!\d)")
_DOC_NO = re.compile(
    r"(?P<issuer>[\u4e00-\u9fff]{2,12})[\[〔(【](?P<year>(?:19|20)\d{2})[\]〕)】]第?(?P<no>\d{1,5})号"
)
_BASE = re.compile(r"自(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]起")
_LABELS = {
    "reporting_unit": "填报单位|填表单位|报送单位|填报部门|上报单位",
    "contact": "联系人|填报人|填表人|联络员",
    "phone": "联系电话|联系方式|电话|手机",
}
_ANY_LABEL = "|".join(
    [*_LABELS.values(), "填报日期|填报时间|填表日期|日期|截至时间|审核人|负责人|签发人"]
)
_SECRET = re.compile(r"\(保密\)|\(秘密\)|\(机密\)|\(绝密\)|(?:秘密|机密|绝密)(?:★|☆|\*|$)")
_INTERNAL = re.compile(r"内部资料|内部文件|注意保管|不得外传|仅供内部|\(内部\)")
_TITLE_END = re.compile(r"(?:表|清单|台账|方案|明细|汇总)(?:\([^()]*\))?$")
_POLLUTION = (
    ("扬尘", "扬尘"),
    ("跑冒滴漏", "跑冒滴漏"),
    ("噪音扰民", "噪音扰民|噪声扰民|噪音|噪声"),
    ("异味", "异味|恶臭|臭气|臭味"),
    ("黑臭水体", "黑臭"),
    ("污水直排", "污水直排|污水排放|污水外溢|污水横流|雨污混接|生活污水|偷排"),
    ("废水", "废水"),
    ("废气", "废气|烟气|VOCs|挥发性有机物"),
    ("油烟", "油烟"),
    ("建筑垃圾偷乱倒", "偷乱倒|偷倒|乱倒|非法倾倒|违规倾倒"),
    ("垃圾堆放", "垃圾堆放|垃圾堆积|暴露垃圾|乱堆"),
    ("裸土", "裸土|裸露土"),
    ("危险废物", "危险废物|危废"),
    ("土壤污染", "土壤污染|污染地块"),
    ("农业面源", "农业面源|畜禽养殖|化肥"),
)
_UNIT_PARTS = re.compile(r"[、,;/\n]|(?<=[局处镇道办委所司队心站村会])(?:和|及|与)")
_ROLE = re.compile(r"(?P<role>牵头|主责|责任|配合|协办|协同|联系|验收|监管)(?:单位|部门|处室)?:")
_BRACKETED = re.compile(r"\((?P<inside>[^()]*)\)")
_CONTACT = re.compile(r"(?:牵头)?联系(?P<units>[^。;)]+)")


def read_serial(text: str) -> tuple[str, str] | None:
    """Read ``1 (21)`` as own and upstream number; None: no serial number at all."""
    folded = fold(text).text
    if match := _SERIAL.fullmatch(folded):
        return match["own"], match["upstream"] or ""
    if match := _CHINESE_SERIAL.fullmatch(folded):
        return str(chinese_number(match["own"])), match["upstream"] or ""
    return None


def find_case_no(*texts: str) -> str:
    """Return the first 立案号 in the texts; empty: none."""
    for text in texts:
        if match := _CASE_NO.search(fold(text).text):
            return match["no"]
    return ""


def normal_doc_no(text: str) -> str:
    """Return the first 发文字号 in *text* with hexagonal brackets; empty: none."""
    match = _DOC_NO.search(re.sub(r"\s", "", fold(text).text))
    return f"{match['issuer']}〔{match['year']}〕{int(match['no'])}号" if match else ""


@dataclass(frozen=True, slots=True)
class BaseDay:
    """The base date of a heading, the year perhaps missing."""

    words: str
    month: int
    day: int
    year: int | None

    def on(self, year: int) -> date | None:
        """Return the day in *year*; None: that year has no such day."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


def find_base(text: str) -> BaseDay | None:
    """Find 自8月29日起 in a heading."""
    match = _BASE.search(fold(text).text)
    if match is None:
        return None
    year = int(match["year"]) if match["year"] else None
    return BaseDay(match[0], int(match["month"]), int(match["day"]), year)


def head_field(lines: tuple[str, ...], field: str) -> str:
    """Return what stands behind 填报单位, 联系人 or 联系电话 in the lines above the table."""
    pattern = re.compile(rf"(?:{_LABELS[field]})\s*[:：](.*?)(?=(?:{_ANY_LABEL})\s*[:：]|$)")
    for line in lines:
        if match := pattern.search(line):
            return match[1].strip(" \t　;；,，_")
    return ""


def find_title(lines: tuple[str, ...]) -> str:
    """Return the line above the table that is its title; empty: none looks like one."""
    plain = [line for line in lines if line and not re.search(rf"(?:{_ANY_LABEL})\s*[:：]", line)]
    named = [line for line in plain if _TITLE_END.search(fold(line).text)]
    return (named or plain or [""])[-1].strip()


def find_secrecy(lines: tuple[str, ...]) -> Secrecy | None:
    """Return what a mark of secrecy above the table suggests."""
    folded = [fold(line).text for line in lines]
    if any(_SECRET.search(line) for line in folded):
        return Secrecy.SECRET
    return Secrecy.INTERNAL if any(_INTERNAL.search(line) for line in folded) else None


def find_pollution(text: str) -> tuple[str, ...]:
    """Return the kinds of pollution that the words name, in the order of the words."""
    folded = fold(text).text
    found: dict[str, int] = {}
    for name, words in _POLLUTION:
        if match := re.search(words, folded):
            found[name] = match.start()
    return tuple(sorted(found, key=lambda name: found[name]))


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one cell by what they do."""

    responsible: str = ""
    cooperating: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    accepting: str = ""
    others: tuple[str, ...] = ()
    """Units named beside the first one without a role."""


def split_units(text: str) -> tuple[str, ...]:
    """Split 区城管执法局、祝桥镇 into its units, folded."""
    parts = _UNIT_PARTS.split(fold(text.replace("\n", ";")).text)
    return tuple(dict.fromkeys(part.strip("。.等") for part in parts if part.strip("。.等")))


def read_units(text: str) -> Units:
    """Read the cell of the responsible unit, with roles and contacts where it names them."""
    folded = fold(text.replace("\n", ";")).text
    contact: tuple[str, ...] = ()
    for bracket in _BRACKETED.finditer(folded):
        if found := _CONTACT.search(bracket["inside"]):
            contact += split_units(found["units"])
            folded = folded.replace(bracket[0], "")
    if not _ROLE.search(folded):
        units = split_units(folded)
        return Units(responsible=(units or ("",))[0], contact=contact, others=units[1:])
    by_role: dict[str, tuple[str, ...]] = {}
    pieces = _ROLE.split(folded)
    for role, words in zip(pieces[1::2], pieces[2::2], strict=True):
        by_role[role] = by_role.get(role, ()) + split_units(words)
    lead = by_role.get("牵头", ()) + by_role.get("主责", ()) + by_role.get("责任", ())
    accepting = by_role.get("验收", ()) + by_role.get("监管", ())
    return Units(
        responsible=(lead or split_units(pieces[0]) or ("",))[0],
        cooperating=by_role.get("配合", ()) + by_role.get("协办", ()) + by_role.get("协同", ()),
        contact=contact + by_role.get("联系", ()),
        accepting=(accepting or ("",))[0],
        others=lead[1:],
    )
