"""Names of places in the words of a problem, offered for a person to put on the map."""

import re
from collections.abc import Iterator

from geoapp.deadlines.rules_text import fold
from geoapp.intake.rules_ledger import PlaceFound
from geoapp.ledger.rules import PlaceWhy

MAX_NAME = 30  # characters; longer is a sentence, not a name
MAX_PLACES = 40  # of one problem
_HAN = r"[\u4e00-\u9fff]"
_CORNER = rf"{_HAN}{{2,5}}(?:公路|大道|路)(?:交叉口|路口|交界)"  # 云汉路与橄榄路交叉口 is one place
_NAMES_WITH_AND = "平谐睦顺田兴"  # 和平路
_PARTS = re.compile(
    r"[,。;:、!?()\[\]“”\"'《》\n]"
    rf"|(?:以及|和|与|及|或)(?![{_NAMES_WITH_AND}])(?!{_CORNER})"
)
_STOPS = re.compile(
    r"存在|导致|造成|发生|产生|引起|影响|运输|作业|多个|多处|部分|个别|等处|等地|等点位|点位|进行|开展|未按|未经"
    r"|未落实|违规|违法|非法|露天|大量|长期|偷排|直排|堆放|排放|倾倒|超标|问题|污染|土方车|车辆|周边|附近|有扬尘"
)
_AREA = rf"{_HAN}{{2,3}}(?:镇|乡|街道)|{_HAN}{{1,4}}(?:村|居委会|社区|新城|工业区|园区|开发区)"
_ROAD = rf"{_HAN}{{2,4}}(?:公路|大道|路|街(?!道|镇)|弄|巷)"
_START = re.compile(rf"(?:{_HAN}{{2,4}}(?:新区|区|县|市))?(?:(?P<area>{_AREA})|(?P<road>{_ROAD}))")
_FACILITY_WORDS = (
    "中转站|转运站|压缩站|污水处理厂|污水厂|填埋场|焚烧厂|搅拌站|制砖厂|砖瓦厂|砖厂|养殖场|消纳点|消纳场|卸点"
    "|堆场|堆放点|回收站|加油站|码头|泵站|排污口|排口|水厂|工地|厂区|菜场|停车场|垃圾房"
)
_END = re.compile(
    rf"\d+(?:弄\d*)?号?|[东南西北]{{1,2}}(?:侧|面|部|角|岸|端|首)|(?:内|外|两|左|右|沿)侧|两岸|{_FACILITY_WORDS}"
    r"|路口|交叉口|交界处|地块|区域|工业园|产业园|园区|工厂|厂|场|站|村|桥|河|港|浜|泾|塘|大堤|公园|绿地|林地"
    r"|农田|仓库|小区|基地|点|口|段"
)
_FACILITY = re.compile(rf"{_HAN}{{2,8}}?(?:{_FACILITY_WORDS})")
_REACH = re.compile(rf"{_HAN}{{1,4}}(?:河|港|浜|泾|塘|江)\({_HAN}{{2,6}}[-~至]{_HAN}{{2,6}}\)")
_LEADING = re.compile(
    f"[于对在由和与及是从至向将把到为如以各该等的涉内系有称某近原现](?![{_NAMES_WITH_AND}])"
)
_ORGANS = re.compile(
    r"局|中心|公司|委员会|办公室|下属|所属|集团|全区|全镇|部门|关于|位于|针对|涉及|督促|会同"
)


def find_places(text: str) -> tuple[PlaceFound, ...]:
    """Find the places that *text* names, each once, in the order of the text."""
    folded = fold(text)
    found: dict[str, PlaceFound] = {}
    taken = folded.text
    for match in _REACH.finditer(folded.text):
        name = match[0]
        found[name] = PlaceFound(name, folded.original_span(*match.span()), PlaceWhy.RIVER_REACH)
        taken = taken.replace(name, "。" * len(name))
    for start, part in _segments(taken):
        place = _in_segment(part)
        if place is None:
            continue
        first, last, why = place
        name = part[first:last]
        span = folded.original_span(start + first, start + last)
        found.setdefault(name, PlaceFound(name, span, why))
    places = sorted(found.values(), key=lambda place: place.span)
    return tuple(places[:MAX_PLACES])


def _segments(text: str) -> Iterator[tuple[int, str]]:
    """Give the pieces between punctuation marks and "and", with their positions."""
    start = 0
    for mark in _PARTS.finditer(text):
        yield start, text[start : mark.start()]
        start = mark.end()
    yield start, text[start:]


def _in_segment(part: str) -> tuple[int, int, PlaceWhy] | None:
    """Return start, end and rule of the place in one piece; None: there is none."""
    stop = _STOPS.search(part)
    head = part[: stop.start()] if stop else part
    if start := _START.search(head):
        first = _without_leading(head, start.start(), start.end() - 2)
        last = _last_end(head, start.end())
        if last is not None and last - first <= MAX_NAME:
            why = PlaceWhy.TOWN_PART if start["area"] else PlaceWhy.ADDRESS
            return first, last, why
    return _facility(head)


def _without_leading(head: str, first: int, limit: int) -> int:
    """Skip the small words before a name: 于祝桥镇 → 祝桥镇."""
    while first < limit and _LEADING.match(head, first):
        first += 1
    return first


def _last_end(head: str, after: int) -> int | None:
    """Return where the last place word behind *after* ends."""
    ends = [match.end() for match in _END.finditer(head, after) if match.end() <= after + MAX_NAME]
    return ends[-1] if ends else None


def _facility(head: str) -> tuple[int, int, PlaceWhy] | None:
    """Find 张江中转站: the last known kind of facility, with its name behind any organ's name."""
    cuts = [match.end() for match in _ORGANS.finditer(head)]
    for begin in sorted({0, *cuts}, reverse=True):
        match = _FACILITY.search(head, begin)
        if match is None:
            continue
        first = _without_leading(head, match.start(), match.end())
        return first, match.end(), PlaceWhy.FACILITY
    return None
