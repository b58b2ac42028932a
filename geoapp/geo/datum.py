"""Datum conversions, both ways and vectorised; storage is WGS 84, the doors name anything else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_, gettext

FloatArray = npt.NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]

KRASOVSKY_A_M = 6_378_245.0  # the ellipsoid that the public GCJ-02 formula uses
KRASOVSKY_E2 = 0.00669342162296594323
GCJ_ORIGIN = (105.0, 35.0)
BD_TURN = np.pi * 3000.0 / 180.0
BD_SHIFT = (0.0065, 0.006)
INVERSE_STEPS = 5  # 1 step leaves 4.9 m, 3 steps 0.2 mm, 5 steps 1e-8 m anywhere in China
CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north inside which map services shift positions (the public formula's box)."""
ROUNDING_DEG = 1e-9  # a position on the very edge must come back although its last digit differs

EPSG_WGS84 = 4326
EPSG_CGCS2000 = 4490


class DatumUnknown(BadInput):
    """The name of the datum says nothing to us."""

    code = "geo.datum_unknown"
    message = N_("The coordinate system “%(name)s” is not known.")
    hint = N_("Write wgs84, cgcs2000, gcj02, bd09, or EPSG: and a number such as EPSG:4549.")


class DatumSecret(BadInput):
    """PROJ would keep the numbers, and every point would silently lie about 100 m off."""

    code = "geo.datum_secret"
    message = N_("Positions in “%(name)s” cannot be converted: its shift to WGS-84 is not public.")
    hint = N_("Ask the surveying office for the same positions in CGCS2000.")


SECRET_DATUMS = frozenset({"Beijing 1954", "Xian 1980", "New Beijing"})


@dataclass(frozen=True)
class Datum:
    """A named coordinate system: ``wgs84``, ``cgcs2000``, ``gcj02``, ``bd09`` or ``EPSG:n``."""

    name: str

    @property
    def epsg(self) -> int | None:
        """The EPSG number, None for the two shifted systems, which have none."""
        if self.name.startswith("EPSG:"):
            return int(self.name[5:])
        return {"wgs84": EPSG_WGS84, "cgcs2000": EPSG_CGCS2000}.get(self.name)

    @property
    def in_degrees(self) -> bool:
        """True when x, y are longitude and latitude; False when they are metres on a grid."""
        return self.epsg is None or bool(_crs(self.epsg).is_geographic)

    @property
    def label(self) -> str:
        """What people call it, in the current language."""
        return gettext(_LABELS[self.name]) if self.name in _LABELS else self.name


WGS84 = Datum("wgs84")
CGCS2000 = Datum("cgcs2000")
GCJ02 = Datum("gcj02")
BD09 = Datum("bd09")

_LABELS = {
    "wgs84": N_("WGS-84 (GPS)"),
    "cgcs2000": N_("CGCS2000"),
    "gcj02": N_("GCJ-02 (AMap, Tencent, WeChat)"),
    "bd09": N_("BD-09 (Baidu)"),
}
_SPELLINGS = {
    "wgs84": "wgs84 wgs wgs1984 gps 4326 gps坐标 天地图",
    "cgcs2000": "cgcs2000 cgcs 2000 4490 国家2000 国家2000坐标系 2000国家大地坐标系 大地2000",
    "gcj02": "gcj02 gcj amap gaode tencent 高德 腾讯 微信 火星坐标 火星坐标系 国测局坐标系",
    "bd09": "bd09 bd09ll baidu 百度 百度坐标 百度坐标系",
}
_BY_SPELLING = {word: name for name, words in _SPELLINGS.items() for word in words.split()}


def parse_datum(text: str) -> Datum:
    """Return the datum that *text* names, in any usual spelling: ``GCJ-02``, ``高德``, ``epsg:n``.

    Raises:
        DatumUnknown: not a name, or an EPSG number that is no geographic or projected system.
        DatumSecret: an old system whose shift to WGS 84 is not public.
    """
    word = re.sub(r"[\s\-_－—]+", "", text).casefold()
    name = _BY_SPELLING.get(word.removeprefix("epsg:"))
    if name:
        return Datum(name)
    number = re.fullmatch(r"epsg:?([0-9]{4,6})", word)
    if number is None:
        raise DatumUnknown(name=text)
    try:
        crs = _crs(int(number[1]))
    except CRSError:
        raise DatumUnknown(name=text) from None
    if not (crs.is_projected or (crs.is_geographic and len(crs.axis_info) == 2)):  # noqa: PLR2004 - lon, lat
        raise DatumUnknown(name=text)
    if _base_datum(crs) in SECRET_DATUMS:
        raise DatumSecret(name=crs.name)
    return Datum(f"EPSG:{int(number[1])}")


def _base_datum(crs: CRS) -> str:
    base = crs.geodetic_crs
    return base.datum.name if base is not None and base.datum is not None else ""


def in_china(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell which positions (degrees, WGS 84) lie in the box that map services shift."""
    return _in_box(*_pair(lon, lat), 0.0)


def _in_box(x: FloatArray, y: FloatArray, slack: float) -> npt.NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    in_x = (x >= west - slack) & (x <= east + slack)
    return np.asarray(in_x & (y >= south - slack) & (y <= north + slack))


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 degrees to GCJ-02, by the public formula; identity outside China."""
    return _forward(lon, lat, _shift_gcj)


def gcj02_to_wgs84(lon_gcj: npt.ArrayLike, lat_gcj: npt.ArrayLike) -> Pair:
    """Undo the GCJ-02 shift to 1e-8 m; identity outside China.

    Within 700 m of the edge of CHINA_BOX two WGS 84 positions share one GCJ-02 position, and the
    inner one is returned: that edge lies at sea or abroad.
    """
    return _backward(lon_gcj, lat_gcj, _unshift_gcj)


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Shift WGS 84 degrees to BD-09, through GCJ-02; identity outside China."""
    return _forward(lon, lat, lambda x, y: _shift_bd(*_shift_gcj(x, y)))


def bd09_to_wgs84(lon_bd: npt.ArrayLike, lat_bd: npt.ArrayLike) -> Pair:
    """Undo the BD-09 shift to 1e-8 m; identity outside China."""
    return _backward(lon_bd, lat_bd, lambda x, y: _unshift_gcj(*_unshift_bd(x, y)))


def to_wgs84(x: npt.ArrayLike, y: npt.ArrayLike, *, datum: Datum) -> Pair:
    """Return lon, lat in degrees, WGS 84, of x (east), y (north) given in *datum*.

    CGCS2000 keeps its numbers: the true gap is below 1 m, less than a phone can measure.
    A position that the grid cannot hold comes back as NaN.
    """
    if datum == GCJ02:
        return gcj02_to_wgs84(x, y)
    if datum == BD09:
        return bd09_to_wgs84(x, y)
    return _projected(x, y, datum, inverse=False)


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, *, datum: Datum) -> Pair:
    """Return x (east), y (north) in *datum* of lon, lat in degrees, WGS 84."""
    if datum == GCJ02:
        return wgs84_to_gcj02(lon, lat)
    if datum == BD09:
        return wgs84_to_bd09(lon, lat)
    return _projected(lon, lat, datum, inverse=True)


def datum_of_crs(text: str) -> Datum | None:
    """Return the datum of a file's CRS, given as WKT or authority code; None: not identifiable."""
    try:
        epsg = CRS.from_user_input(text).to_epsg(min_confidence=70)
    except CRSError:
        return None
    return None if epsg is None else parse_datum(f"EPSG:{epsg}")


def _pair(x: npt.ArrayLike, y: npt.ArrayLike) -> Pair:
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _clip(x: FloatArray, y: FloatArray) -> Pair:
    """Keep far and infinite numbers out of the formula; one degree is more than any shift."""
    west, south, east, north = CHINA_BOX
    return np.clip(x, west - 1, east + 1), np.clip(y, south - 1, north + 1)


def _forward(lon: npt.ArrayLike, lat: npt.ArrayLike, shift: Callable[..., Pair]) -> Pair:
    x, y = _pair(lon, lat)
    inside = in_china(x, y)
    moved_x, moved_y = shift(*_clip(x, y))
    return np.where(inside, moved_x, x), np.where(inside, moved_y, y)


def _backward(x_in: npt.ArrayLike, y_in: npt.ArrayLike, unshift: Callable[..., Pair]) -> Pair:
    x, y = _pair(x_in, y_in)
    near_x, near_y = _clip(x, y)
    back_x, back_y = unshift(near_x, near_y)
    inside = _in_box(back_x, back_y, ROUNDING_DEG)
    return np.where(inside, back_x, x), np.where(inside, back_y, y)


def _gcj_offset(lon: FloatArray, lat: FloatArray) -> Pair:
    x, y, pi, sin = lon - GCJ_ORIGIN[0], lat - GCJ_ORIGIN[1], np.pi, np.sin
    root = np.sqrt(np.abs(x))
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = np.radians(lat)
    magic = 1 - KRASOVSKY_E2 * sin(phi) ** 2
    normal_m = KRASOVSKY_A_M / np.sqrt(magic)
    meridian_m = normal_m * (1 - KRASOVSKY_E2) / magic
    return np.degrees(east / (normal_m * np.cos(phi))), np.degrees(north / meridian_m)


def _shift_gcj(lon: FloatArray, lat: FloatArray) -> Pair:
    dx, dy = _gcj_offset(lon, lat)
    return lon + dx, lat + dy


def _shift_bd(lon_gcj: FloatArray, lat_gcj: FloatArray) -> Pair:
    radius = np.hypot(lon_gcj, lat_gcj) + 2e-5 * np.sin(lat_gcj * BD_TURN)
    angle = np.arctan2(lat_gcj, lon_gcj) + 3e-6 * np.cos(lon_gcj * BD_TURN)
    return radius * np.cos(angle) + BD_SHIFT[0], radius * np.sin(angle) + BD_SHIFT[1]


def _fixed_point(x: FloatArray, y: FloatArray, shift: Callable[..., Pair]) -> Pair:
    """Undo *shift* by fixed-point steps, which shrink the error a hundredfold each."""
    back_x, back_y = x, y
    for _step in range(INVERSE_STEPS):
        there_x, there_y = shift(back_x, back_y)
        back_x, back_y = back_x + x - there_x, back_y + y - there_y
    return back_x, back_y


def _unshift_gcj(lon_gcj: FloatArray, lat_gcj: FloatArray) -> Pair:
    return _fixed_point(lon_gcj, lat_gcj, _shift_gcj)


def _unshift_bd(lon_bd: FloatArray, lat_bd: FloatArray) -> Pair:
    return _fixed_point(lon_bd, lat_bd, _shift_bd)


@lru_cache(maxsize=64)
def _crs(epsg: int) -> CRS:
    return CRS.from_epsg(epsg)


@lru_cache(maxsize=64)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(_crs(epsg), _crs(EPSG_WGS84), always_xy=True)


def _projected(x: npt.ArrayLike, y: npt.ArrayLike, datum: Datum, *, inverse: bool) -> Pair:
    first, second = _pair(x, y)
    if datum.epsg in {EPSG_WGS84, EPSG_CGCS2000}:
        return first.copy(), second.copy()
    direction = "INVERSE" if inverse else "FORWARD"
    moved = _transformer(int(datum.epsg or 0)).transform(first, second, direction=direction)
    pair = _pair(moved[0], moved[1])
    whole = np.isfinite(pair[0]) & np.isfinite(pair[1])
    return np.where(whole, pair[0], np.nan), np.where(whole, pair[1], np.nan)
