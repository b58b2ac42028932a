"""Which heading of a point table means which field, in Chinese and in English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from geoapp.core.i18n import N_


class Field(StrEnum):
    """What a column of a point file can say."""

    NAME = "name"
    CODE = "code"
    CATEGORY = "category"
    LON = "lon"
    LAT = "lat"
    POSITION = "position"
    SHAPE = "shape"
    START_LON = "start_lon"
    START_LAT = "start_lat"
    END_LON = "end_lon"
    END_LAT = "end_lat"
    STATUS = "status"
    ADDRESS = "address"
    TEXT = "text"
    AREA = "area"
    RESPONSIBLE_UNIT = "responsible_unit"
    ACCEPTING_UNIT = "accepting_unit"
    DEADLINE = "deadline"
    UPSTREAM_NO = "upstream_no"
    FOUND_ON = "found_on"
    UPDATED_AT = "updated_at"
    CLOSED_AT = "closed_at"
    SOURCE_ID = "source_id"


FIELD_NAMES: dict[Field, str] = {
    Field.NAME: N_("Name"),
    Field.CODE: N_("Number"),
    Field.CATEGORY: N_("Category"),
    Field.LON: N_("Longitude"),
    Field.LAT: N_("Latitude"),
    Field.POSITION: N_("Longitude and latitude in one cell"),
    Field.SHAPE: N_("Geometry as WKT"),
    Field.START_LON: N_("Longitude of the start"),
    Field.START_LAT: N_("Latitude of the start"),
    Field.END_LON: N_("Longitude of the end"),
    Field.END_LAT: N_("Latitude of the end"),
    Field.STATUS: N_("Status"),
    Field.ADDRESS: N_("Address"),
    Field.TEXT: N_("Description"),
    Field.AREA: N_("Town it belongs to"),
    Field.RESPONSIBLE_UNIT: N_("Responsible unit"),
    Field.ACCEPTING_UNIT: N_("Accepting unit"),
    Field.DEADLINE: N_("Deadline"),
    Field.UPSTREAM_NO: N_("Upstream number"),
    Field.FOUND_ON: N_("Found on"),
    Field.UPDATED_AT: N_("Updated at"),
    Field.CLOSED_AT: N_("Closed at"),
    Field.SOURCE_ID: N_("Number in the source"),
}
PLACE_FIELDS = frozenset(
    {
        Field.LON,
        Field.LAT,
        Field.POSITION,
        Field.SHAPE,
        Field.START_LON,
        Field.START_LAT,
        Field.END_LON,
        Field.END_LAT,
    }
)
SEGMENT_FIELDS = (Field.START_LON, Field.START_LAT, Field.END_LON, Field.END_LAT)

_WORDS: dict[Field, tuple[str, str]] = {
    # first the words that mean nothing else, then those that mean it if nothing better is there
    Field.NAME: (
        "名称 点位名称 点位 问题点位 问题点位名称 name 点名 企业名称 水体名称 河道名称 项目名称",
        "point_name title 标题 单位名称 场所 地点名称 point site",
    ),
    Field.CODE: ("编号 点位编号 点位编码 code 编码 point_code point_no", "序号 no number"),
    Field.CATEGORY: (
        "类别 点位类别 问题类别 category 类型 点位类型 问题类型",
        "type kind class 污染类型",
    ),
    Field.LON: ("经度 东经 lon lng longitude 点位经度 中心经度", "x 横坐标 x坐标 easting"),
    Field.LAT: ("纬度 北纬 lat latitude 点位纬度 中心纬度", "y 纵坐标 y坐标 northing"),
    Field.POSITION: (
        "经纬度 坐标 经纬度坐标 位置坐标 coordinates lonlat 点位坐标",
        "position location 定位",
    ),
    Field.SHAPE: ("wkt geometry geom the_geom 图形", "shape"),
    Field.START_LON: ("起点经度 start_lon 起点x", "from_lon"),
    Field.START_LAT: ("起点纬度 start_lat 起点y", "from_lat"),
    Field.END_LON: ("终点经度 end_lon 终点x", "to_lon"),
    Field.END_LAT: ("终点纬度 end_lat 终点y", "to_lat"),
    Field.STATUS: (
        "状态 整改状态 整改进展状态 点位状态 status state 办理状态 销号状态",
        "进度 整改进度 完成情况 整改情况",
    ),
    Field.ADDRESS: ("地址 详细地址 点位地址 address 具体地址 位置 具体位置", "地点 所在地 addr"),
    Field.TEXT: (
        "问题描述 描述 具体问题 问题 存在问题 问题内容 description text 问题情况",
        "desc details 备注 说明 remark notes",
    ),
    Field.AREA: (
        "所属街镇 街镇 街道 镇 乡镇 所属镇 乡镇或街道 所在街镇 town area 属地",
        "neighborhood district 区域 行政区域 所属区域",
    ),
    Field.RESPONSIBLE_UNIT: (
        "责任单位 整改责任单位 责任部门 主体责任单位 responsible_unit 整改单位",
        "牵头单位 responsible",
    ),
    Field.ACCEPTING_UNIT: (
        "验收单位 监管单位 监管(验收)责任单位 验收责任单位 accepting_unit 验收部门",
        "监管部门",
    ),
    Field.DEADLINE: (
        "时限 完成时限 整改时限 deadline 整改期限 完成期限",
        "due due_on 期限 due_date",
    ),
    Field.UPSTREAM_NO: ("上级编号 督察编号 受理编号 upstream_no 上级序号 交办编号", "信访编号"),
    Field.FOUND_ON: (
        "发现时间 发现日期 found_on found_at 检查日期 检查时间",
        "created created_at 日期 上报时间",
    ),
    Field.UPDATED_AT: ("更新时间 updated_at updated 更新日期 最近更新", "modified 修改时间"),
    Field.CLOSED_AT: ("销号时间 销号日期 closed_at closed 办结时间", "关闭时间"),
    Field.SOURCE_ID: (
        "source_id 来源编号 原编号 数据编号 唯一编号",
        "id objectid fid uuid guid 主键",
    ),
}
_DATUM_WORDS = {
    "wgs84": "wgs84",
    "gps": "wgs84",
    "cgcs2000": "cgcs2000",
    "国家2000": "cgcs2000",
    "gcj02": "gcj02",
    "火星": "gcj02",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "amap": "gcj02",
    "bd09": "bd09",
    "百度": "bd09",
    "baidu": "bd09",
}
_DATUM = re.compile("|".join(sorted(_DATUM_WORDS, key=len, reverse=True)))
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")


def fold_heading(heading: str) -> str:
    """Fold a heading for comparison: full width, case, blanks, stars and colons fall away."""
    word = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\s*:：\-—_、.“”\"'/]+", "", word)


_RANKED: dict[str, tuple[Field, int]] = {
    fold_heading(word): (which, rank)
    for which, ranks in _WORDS.items()
    for rank, words in enumerate(ranks)
    for word in words.split()
}


@dataclass(frozen=True)
class Meaning:
    """What a heading means: the field, how surely (0 first), and the datum it names, if any."""

    field: Field
    rank: int
    datum: str = ""


def meaning_of(heading: str) -> Meaning | None:
    """Return what *heading* means; None: not a heading that we know."""
    word = fold_heading(heading)
    if word in _RANKED:
        return Meaning(*_RANKED[word])
    named = _DATUM.search(word)
    bare = _BRACKETS.sub("", _DATUM.sub("", word)).strip("坐标")
    pair = [bare + "坐标"] if named else []  # 百度坐标
    for candidate in (bare, *pair, _BRACKETS.sub("", word)):
        if candidate in _RANKED:
            return Meaning(*_RANKED[candidate], _DATUM_WORDS[named[0]] if named else "")
    return None


@dataclass(frozen=True)
class Ambiguous:
    """Several headings that mean the same field equally well."""

    field: Field
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """Where each field stands, what stood in the way, and which columns mean nothing to us."""

    at: dict[Field, int]
    headings: tuple[str, ...]
    ambiguous: tuple[Ambiguous, ...] = ()
    missing: tuple[tuple[Field, str], ...] = ()
    """Explicitly mapped headings that the file does not have."""
    foreign: tuple[tuple[str, str], ...] = ()
    """Headings of coordinates in a datum other than the declared one, with that datum."""
    unused: tuple[int, ...] = field(default=())

    @property
    def has_place(self) -> bool:
        """True when the table says where its rows lie."""
        here = self.at.keys()
        return (
            {Field.LON, Field.LAT} <= here
            or bool({Field.POSITION, Field.SHAPE} & here)
            or set(SEGMENT_FIELDS) <= here
        )

    def without_place(self) -> "Columns":
        """The same for a layer, whose shapes say the place: its lon and lat columns are unused."""
        at = {which: n for which, n in self.at.items() if which not in PLACE_FIELDS}
        places = {n for which, n in self.at.items() if which in PLACE_FIELDS}
        ambiguous = tuple(one for one in self.ambiguous if one.field not in PLACE_FIELDS)
        unused = tuple(sorted({*self.unused, *places}))
        return replace(self, at=at, ambiguous=ambiguous, unused=unused, foreign=())

    def heading(self, which: Field) -> str:
        """The heading of *which* as written; empty if no column means it."""
        return self.headings[self.at[which]] if which in self.at else ""


def match_columns(
    headings: Sequence[str], *, given: Mapping[Field, str], datum: str = ""
) -> Columns:
    """Find the column of each field; *given* (field → heading) wins over every guess.

    *datum* is the declared one: of 经度 and 高德经度, it chooses.
    """
    at: dict[Field, int] = {}
    ambiguous: list[Ambiguous] = []
    missing: list[tuple[Field, str]] = []
    for which, wanted in given.items():
        places = [
            n for n, text in enumerate(headings) if fold_heading(text) == fold_heading(wanted)
        ]
        if not places:
            missing.append((which, wanted))
        elif len(places) > 1:
            ambiguous.append(Ambiguous(which, tuple(headings[n] for n in places)))
        else:
            at[which] = places[0]
    meanings = {
        n: meaning
        for n, text in enumerate(headings)
        if n not in at.values() and (meaning := meaning_of(text)) and meaning.field not in given
    }
    ours = {n: one for n, one in meanings.items() if one.datum in _same_numbers(datum)}
    foreign = [(headings[n], one.datum) for n, one in meanings.items() if n not in ours]
    if any(one.datum for one in ours.values()):  # never 高德经度 with an unnamed 纬度
        ours = {n: one for n, one in ours.items() if one.datum or one.field not in PLACE_FIELDS}
    for which in Field:
        best = _best(which, ours)
        if len(best) > 1:
            ambiguous.append(Ambiguous(which, tuple(headings[n] for n in best)))
        elif best:
            at[which] = best[0]
    used = set(at.values())
    unused = tuple(n for n, text in enumerate(headings) if n not in used and text.strip())
    return Columns(at, tuple(headings), tuple(ambiguous), tuple(missing), tuple(foreign), unused)


def _same_numbers(datum: str) -> set[str]:
    """Datum words that a heading may carry when *datum* is declared; none is always allowed."""
    twins = {"wgs84", "cgcs2000"}
    return {"", datum} | (twins if datum in twins else set())


def _best(which: Field, meanings: Mapping[int, Meaning]) -> list[int]:
    """Return the columns whose heading means *which* most surely."""
    ranked = {n: one.rank for n, one in meanings.items() if one.field is which}
    return [n for n, rank in ranked.items() if rank == min(ranked.values())]


def score(headings: Sequence[str], *, given: Mapping[Field, str]) -> int:
    """How much a row looks like the heading row: the number of different fields it names."""
    wanted = {fold_heading(text) for text in given.values()}
    named = {fold_heading(text) for text in headings} & wanted
    return len(named) + len({one.field for text in headings if (one := meaning_of(text))})
