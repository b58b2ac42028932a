"""Read the coordinate texts that people type: decimal degrees, 度分秒, hemisphere letters."""

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_

MAX_TEXT = 100  # the longest honest spelling of one pair has about 60 characters
LON_LIMIT = 180.0
LAT_LIMIT = 90.0
SIXTY = 60.0


class Axis(StrEnum):
    """Which of the two numbers a text says it is."""

    LON = "lon"
    LAT = "lat"


class CoordinateUnreadable(BadInput):
    """The text is no coordinate in any spelling we know."""

    code = "geo.coordinate_unreadable"
    message = N_("“%(text)s” is not a coordinate.")
    hint = N_("Write 121.4954 or 121°30′15.2″E.")


class DecimalComma(BadInput):
    """A comma stands where the decimal point belongs; guessing would move the point."""

    code = "geo.decimal_comma"
    message = N_("“%(text)s” has a comma as its decimal sign.")
    hint = N_("Write the decimal point as a full stop: 121.4954.")


class CoordinateOutOfRange(BadInput):
    """Degrees beyond the globe, or minutes and seconds of 60 and more."""

    code = "geo.coordinate_out_of_range"
    message = N_("“%(text)s” lies outside what a coordinate can be.")
    hint = N_(
        "Longitude ends at 180°, latitude at 90°, minutes and seconds at 60; "
        "metres on a grid need their EPSG number."
    )


class AxesSwapped(BadInput):
    """Latitude stands where longitude is expected, or the other way round."""

    code = "geo.axes_swapped"
    message = N_("Longitude %(lon)s and latitude %(lat)s seem to be swapped.")
    hint = N_("Exchange the two columns; longitude comes first.")


@dataclass(frozen=True)
class Angle:
    """Degrees, east and north positive, and the axis if the text named one."""

    degrees: float
    axis: Axis | None = None


_DEGREE = "°º˚ᵒ゜"
_SECOND = "″”“＂〃‟"
_MINUTE = "′’‘＇´`ʹ‵"
_SIGNS = str.maketrans(
    dict.fromkeys(_DEGREE, "°")
    | dict.fromkeys(_SECOND, '"')
    | dict.fromkeys(_MINUTE, "'")
    | dict.fromkeys("−–—－", "-")
    | {"\u200b": "", "\ufeff": "", "\u00a0": " ", "\u3000": " "}
)
_HEMISPHERES = {
    "E": (Axis.LON, 1),
    "W": (Axis.LON, -1),
    "N": (Axis.LAT, 1),
    "S": (Axis.LAT, -1),
    "东": (Axis.LON, 1),
    "西": (Axis.LON, -1),
    "北": (Axis.LAT, 1),
    "南": (Axis.LAT, -1),
}
_SIDE = r"东经|西经|北纬|南纬|[东西](?!\w)|[南北](?!\w)|EAST|WEST|NORTH|SOUTH|[EWNS]"
_NUMBER = r"\d{1,9}(?:\.\d{0,20})?|\.\d{1,20}"
_AXIS = r"经度|纬度|LON(?:GITUDE)?|LAT(?:ITUDE)?"
_HEAD = re.compile(rf"(?P<axis>{_AXIS})?[:=]?(?P<side>{_SIDE})?[:=]?")
_TAIL = re.compile(rf"(?P<side>{_SIDE})?")
_DMS = re.compile(
    rf"(?P<d>{_NUMBER})(?:°|度|D(?:EG)?)"
    rf"(?:(?P<m>{_NUMBER})(?:'|分|M(?:IN)?|(?={_SIDE}|$))(?:(?P<s>{_NUMBER})(?:\"|秒|''|S(?:EC)?)?)?)?"
)
_SPACED = re.compile(rf"(?P<d>\d{{1,3}})[ :](?P<m>{_NUMBER})(?:[ :](?P<s>{_NUMBER}))?")
_DECIMAL = re.compile(r"[-+]?\d{1,9}(?:\.\d{1,20})?", re.ASCII)
_PLAIN = re.compile(rf"(?P<d>{_NUMBER})")
_MARKED = re.sub(r"\?P<\w+>", "?:", _DMS.pattern)
_ONE = f"(?:{_MARKED}|{_NUMBER})"
_GLUED = [
    re.compile(rf"((?:{_SIDE}|{_AXIS})[:=]? ?{_ONE}) ?((?:{_SIDE}|{_AXIS})[:=]? ?{_ONE})"),
    re.compile(rf"({_ONE} ?(?:{_SIDE})) ?({_ONE} ?(?:{_SIDE}))"),
    re.compile(rf"([-+]?{_MARKED}) ?([-+]?{_MARKED})"),
]
"""Two coordinates with nothing but a space between them: named before, named after, not named."""
_AXIS_WORDS = {"经度": Axis.LON, "纬度": Axis.LAT, "LON": Axis.LON, "LAT": Axis.LAT}


def parse_angle(text: str) -> Angle:
    """Return the degrees that one coordinate text says.

    Decimal (``121.4954``, ``-118.2``), degrees-minutes-seconds (``121°30′15.2″E``,
    ``东经121度30分15.2秒``, ``N31°14'``, ``121:30:15``), full-width digits and signs.

    Raises:
        DecimalComma, CoordinateUnreadable, CoordinateOutOfRange: what is wrong with the text.
    """
    if _DECIMAL.fullmatch(text):  # nearly every cell of nearly every table
        return Angle(_on_globe(float(text), None, text))
    word = _normal(text)
    if re.fullmatch(r"[-+]?\d{1,3},\d+\D*", word):
        raise DecimalComma(text=text)
    head = _HEAD.match(word)
    start = head.end() if head else 0
    sign, start = _sign(word, start)
    body = _body(word, start)
    if body is None:
        raise CoordinateUnreadable(text=text)
    tail = _TAIL.fullmatch(word[body.end() :].strip())
    if tail is None:
        raise CoordinateUnreadable(text=text)
    sides = [side for side in (head["side"] if head else None, tail["side"]) if side]
    axis, turn = _side(sides, head["axis"] if head else None, text)
    if sign and sides:
        raise CoordinateUnreadable(text=text)
    return Angle(_on_globe(_degrees(body, text) * turn * (sign or 1), axis, text), axis)


def parse_lon_lat(lon_text: str, lat_text: str) -> tuple[float, float]:
    """Return lon, lat in degrees from two texts.

    Raises:
        AxesSwapped: a text names the other axis, or the latitude can only be a longitude.
    """
    lon, lat = parse_angle(lon_text), parse_angle(lat_text)
    crossed = lon.axis is Axis.LAT or lat.axis is Axis.LON
    if crossed or abs(lat.degrees) > LAT_LIMIT:
        raise AxesSwapped(lon=lon_text.strip(), lat=lat_text.strip())
    return lon.degrees, lat.degrees


def parse_pair(text: str) -> tuple[float, float]:
    """Return lon, lat in degrees from one text, ``121.4954, 31.2417`` or with named sides.

    Longitude comes first unless the text names the sides itself.

    Raises:
        AxesSwapped: the order can only be latitude, longitude.
        CoordinateUnreadable: there are not two coordinates in the text.
    """
    first, second = split_pair(text)
    one, two = parse_angle(first), parse_angle(second)
    if one.axis is Axis.LAT and two.axis is not Axis.LAT:
        first, second = second, first
    return parse_lon_lat(first, second)


def split_pair(text: str) -> tuple[str, str]:
    """Return the two halves of a pair, as written.

    Raises:
        CoordinateUnreadable: the text has no clear middle.
    """
    word = _normal(text).strip("()[]（） ")
    if re.search(r"\d,\d+[ ;/]+\d+,\d", word):
        raise DecimalComma(text=text)
    for middle in (r"\s*[,;/、|]\s*", r"\s+"):
        parts = [part for part in re.split(middle, word) if part]
        if len(parts) == 2:  # noqa: PLR2004 - a pair
            return parts[0], parts[1]
    for form in _GLUED:
        glued = form.fullmatch(word)
        if glued:
            return glued[1], glued[2]
    raise CoordinateUnreadable(text=text)


def parse_metres(text: str) -> float:
    """Return a plain decimal of a projected grid, in metres.

    Raises:
        DecimalComma, CoordinateUnreadable: what is wrong with the text.
    """
    word = _normal(text).removesuffix("M").strip()
    if re.fullmatch(r"[-+]?\d+,\d+", word):
        raise DecimalComma(text=text)
    if not re.fullmatch(rf"[-+]?(?:{_NUMBER})", word):
        raise CoordinateUnreadable(text=text)
    return float(word)


def _on_globe(degrees: float, axis: Axis | None, text: str) -> float:
    if abs(degrees) > (LAT_LIMIT if axis is Axis.LAT else LON_LIMIT):
        raise CoordinateOutOfRange(text=text)
    return degrees


def _normal(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise CoordinateUnreadable(text=text[:MAX_TEXT] + "…")
    signs = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    word = re.sub(r"\s+", " ", signs.replace("''", '"')).strip().upper()
    return re.sub(r" ?([°'\"度分秒]) ?", r"\1", word)


def _sign(word: str, start: int) -> tuple[int, int]:
    rest = word[start:]
    skip = len(rest) - len(rest.lstrip())
    if rest[skip : skip + 1] in {"-", "+"}:
        return (-1 if rest[skip] == "-" else 1), start + skip + 1
    return 0, start + skip


def _body(word: str, start: int) -> re.Match[str] | None:
    for form in (_DMS, _SPACED, _PLAIN):
        found = form.match(word, start)
        if found:
            return found
    return None


def _side(sides: list[str], axis_word: str | None, text: str) -> tuple[Axis | None, int]:
    named = {_HEMISPHERES[side[0]] for side in sides}
    if len(named) > 1:
        raise CoordinateUnreadable(text=text)
    told = _AXIS_WORDS.get(axis_word[:3]) if axis_word else None
    if not named:
        return told, 1
    axis, turn = named.pop()
    if told and told is not axis:
        raise CoordinateUnreadable(text=text)
    return axis, turn


def _degrees(body: re.Match[str], text: str) -> float:
    parts = body.groupdict()
    whole, minutes, seconds = (parts.get(name) for name in "dms")
    broken = (minutes and "." in (whole or "")) or (seconds and "." in (minutes or ""))
    if broken:
        raise CoordinateUnreadable(text=text)
    low = [float(part) for part in (minutes, seconds) if part]
    if any(part >= SIXTY for part in low):
        raise CoordinateOutOfRange(text=text)
    return math.fsum([float(whole or 0), *(part / SIXTY**n for n, part in enumerate(low, start=1))])
