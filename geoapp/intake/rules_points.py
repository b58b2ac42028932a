"""One row of a point file as read, and the words for states, categories and times in it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo

from geoapp.core.i18n import gettext
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category, State


@dataclass(frozen=True, kw_only=True, slots=True)
class PointRow:
    """A point, line or area of a file, its words understood and its place in WGS 84.

    *raw_x*, *raw_y* are the numbers of the file in *datum* (None for lines and areas); instants
    are aware UTC; *extra* holds the columns that mean nothing to us, by heading.
    """

    row: int
    name: str
    category: Category
    geometry_wkb: bytes
    raw_x: float | None
    raw_y: float | None
    datum: str
    status: State
    code: str = ""
    address: str = ""
    text: str = ""
    area: str = ""
    responsible_unit: str = ""
    accepting_unit: str = ""
    deadline_text: str = ""
    upstream_no: str = ""
    found_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    source_id: str = ""
    extra: Mapping[str, str | int | float | bool] = field(default_factory=dict)


IMPORTABLE_STATES = tuple(state for state in State if state not in {State.DRAFT, State.MERGED})
"""A draft never leaves the phone, and a merged point needs its main point, which no file names."""

_STATE_WORDS: dict[State, str] = {
    State.REPORTED: "reported open new submitted 待核实 未核实 待交办 新发现 已上报",
    State.ASSIGNED: "assigned pending dispatched 已交办 交办 已转办 待整改",
    State.PLANNED: "planned 方案已定 已制定方案 方案已制定",
    State.RECTIFYING: "rectifying in_progress 整改中 正在整改 处理中 正在办理 办理中 推进中",
    State.COMPLETED: "completed done fixed 整改完成待验收 整改完成 完成整改 已完成 已整改 待验收",
    State.ACCEPTED: "accepted 验收通过 已验收 通过验收",
    State.IN_NOTICE: "in_notice 公示中 正在公示",
    State.CLOSED: "closed resolved 已销号 销号 已销项 已办结 办结 已关闭",
    State.ONGOING: "ongoing 长期坚持 已完成并长期坚持 已完成(并长期坚持)",
    State.UNFOUNDED: "unfounded cancelled canceled invalid 不属实 查无此事 已取消 作废",
    State.REFERRED: "referred referred_out transferred 已移送 移送 已移交",
}
_CATEGORY_WORDS: dict[Category, str] = {
    Category.CONSTRUCTION_WASTE: "建筑垃圾 渣土 装修垃圾 拆房垃圾 泥浆 建筑渣土",
    Category.ILLEGAL_DUMPING: "渣土偷乱倒 偷乱倒 偷倒 乱倒 偷倒渣土 illegal_dumping_pickup",
    Category.DISPOSAL_SITE: "消纳点 卸点 渣土消纳点 黑卸点 消纳场所 渣土卸点",
    Category.BRICK_FACTORY: "制砖厂 砖厂 砖瓦厂",
    Category.RIVER_SEGMENT: "河段 河道 黑臭水体 水体 河道段",
    Category.WATER_OUTFALL: "排口 排污口 入河排污口 入河排口 雨污混排口",
    Category.KEY_POLLUTER: "重点排污单位 重点排污企业 重点污染源",
    Category.INDUSTRY: "工业企业 企业 工业 工厂",
    Category.FARM_RUNOFF: "农业面污染源 农业面源 农业面源污染 畜禽养殖 农业污染",
    Category.WOODLAND: "林地 林地问题 毁林",
    Category.IDLE_LAND: "存量土地 闲置土地 闲置地块 空地",
    Category.KEY_WORKS: "重点建设工程 重点建设工程项目 建设工程 工地 建筑工地",
    Category.CATERING: "餐饮 餐饮企业 餐饮油烟 油烟",
    Category.SCRAP_YARD: "废品回收 废品回收站 废旧物资回收",
    Category.WASTE_DUMP: "垃圾堆场 垃圾堆放点 生活垃圾 堆场",
    Category.SEWAGE_WORKS: "污水处理厂 污水厂 wastewater_plant",
    Category.LANDFILL: "填埋场 垃圾填埋场",
    Category.WATER_SOURCE: "饮用水水源地 饮用水源地 水源地 饮用水源",
    Category.DUST: "扬尘 扬尘污染",
    Category.NOISE: "噪声 噪音 噪声污染",
    Category.OTHER: "其他 其它",
}


def fold_word(word: str) -> str:
    """Fold a word for comparison: full width, case, blanks, hyphens and underlines."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word).casefold())


_STATES = {
    fold_word(word): state
    for state, words in _STATE_WORDS.items()
    for word in [state.value, *words.split()]
}
_CATEGORIES = {
    fold_word(word): category
    for category, words in _CATEGORY_WORDS.items()
    for word in [category.value, CATEGORY_NAMES[category], *words.split()]
}


def state_of(word: str, *, given: Mapping[str, State]) -> State | None:
    """Return the state that *word* means, *given* words first; None: not a word we know."""
    folded = fold_word(word)
    return {fold_word(key): state for key, state in given.items()}.get(folded) or _STATES.get(
        folded
    )


def category_of(word: str, *, given: Mapping[str, Category]) -> Category | None:
    """Return the category that *word* means, *given* words first; None: not a word we know."""
    folded = fold_word(word)
    own = {fold_word(key): category for key, category in given.items()}
    return own.get(folded) or _CATEGORIES.get(folded)


def accepted_states() -> str:
    """The names of the states a file may hold, in the current language, and their codes."""
    return ", ".join(f"{gettext(STATE_NAMES[one])} ({one.value})" for one in IMPORTABLE_STATES)


def accepted_categories() -> str:
    """The names of the categories, in the current language, and their codes."""
    return ", ".join(f"{gettext(name)} ({one.value})" for one, name in CATEGORY_NAMES.items())


_DAY = r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
_CLOCK = r"(?P<h>\d{1,2})[:时点](?P<mi>\d{1,2})?分?:?(?:(?P<s>\d{1,2})(?:\.\d+)?秒?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})"
_INSTANT = re.compile(rf"{_DAY}(?:[T\s]*{_CLOCK}\s*{_ZONE}?)?", re.IGNORECASE)
_PACKED = re.compile(r"(?P<y>20\d{2}|19\d{2})(?P<mo>\d{2})(?P<d>\d{2})")


def read_instant(value: object, *, zone: tzinfo) -> datetime | None:
    """Return the aware UTC instant that a cell says; None: it says none.

    Without a clock time the day begins at midnight; without a zone it is local time of *zone*.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.min, tzinfo=zone).astimezone(UTC)
    word = unicodedata.normalize("NFKC", str(value)).strip()
    found = _INSTANT.fullmatch(word) or _PACKED.fullmatch(word)
    if found is None:
        return None
    parts = found.groupdict()
    numbers = [int(parts.get(name) or 0) for name in ("y", "mo", "d", "h", "mi", "s")]
    try:
        local = datetime(*numbers, tzinfo=_zone(parts.get("zone"), zone))  # type: ignore[misc,arg-type]
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    digits = "+0000" if text.upper() == "Z" else text.replace(":", "").ljust(5, "0")
    found = datetime.strptime(digits, "%z").tzinfo
    return found or zone
