"""Example photos: simple scenes, drawn when they are needed, with the EXIF of an honest phone."""

import io
import random
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageDraw

from geoapp.demo.readers import label_rows
from geoapp.points.rules import Category

SIZE = WIDTH, HEIGHT = 640, 480
HORIZON = 190
QUALITY = 72
SHANGHAI = ZoneInfo("Asia/Shanghai")
TAGS = {name: number for number, name in ExifTags.TAGS.items()}
GPS_TAGS = {name: number for number, name in ExifTags.GPSTAGS.items()}
WATERS = frozenset({Category.RIVER_SEGMENT, Category.WATER_OUTFALL, Category.WATER_SOURCE})
GROWN = frozenset({Category.FARM_RUNOFF, Category.WOODLAND})
BUILT = frozenset(
    {
        Category.INDUSTRY,
        Category.KEY_POLLUTER,
        Category.BRICK_FACTORY,
        Category.CATERING,
        Category.NOISE,
        Category.SEWAGE_WORKS,
        Category.KEY_WORKS,
    }
)

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """What a photo shows, and when and where it was taken (degrees, WGS 84)."""

    category: Category
    is_clean: bool
    taken_at: datetime
    lon: float
    lat: float
    seed: str


def draw_photo(shot: Shot) -> bytes:
    """Return the JPEG of *shot*; the same shot gives the same bytes."""
    chance = random.Random(shot.seed)  # noqa: S311 - scenery
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    _sky(draw, chance)
    _ground(draw, shot, chance)
    if shot.category in WATERS:
        _water(draw, shot, chance)
    if shot.category in BUILT:
        _hall(draw, chance)
    (_plants if shot.is_clean else _heap)(draw, chance)
    _label(image)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, exif=_exif(shot))
    return out.getvalue()


def _near(chance: random.Random, colour: Colour, spread: int = 12) -> Colour:
    """A little lighter or darker, the hue as good as the same."""
    light = chance.randint(-spread, spread)
    red, green, blue = (max(0, min(255, part + light + chance.randint(-3, 3))) for part in colour)
    return red, green, blue


def _sky(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    top = _near(chance, (150, 178, 200))
    for y in range(0, HORIZON, 2):
        light = y * 50 // HORIZON
        colour = (min(255, top[0] + light), min(255, top[1] + light), min(255, top[2] + light // 2))
        draw.rectangle((0, y, WIDTH, y + 2), fill=colour)
    for _ in range(14):
        x, height = chance.randint(-20, WIDTH), chance.randint(12, 46)
        colour = _near(chance, (118, 136, 120))
        draw.ellipse((x, HORIZON - height, x + chance.randint(40, 110), HORIZON + 30), fill=colour)


def _ground(draw: ImageDraw.ImageDraw, shot: Shot, chance: random.Random) -> None:
    bare: Colour = (158, 142, 116)
    green: Colour = (122, 140, 92)
    is_green = shot.is_clean or shot.category in GROWN
    draw.rectangle((0, HORIZON, WIDTH, HEIGHT), fill=_near(chance, green if is_green else bare))
    for _ in range(160):
        x, y = chance.randint(0, WIDTH), chance.randint(HORIZON, HEIGHT)
        colour = _near(chance, green if is_green else bare, 26)
        draw.ellipse((x, y, x + chance.randint(3, 22), y + chance.randint(2, 6)), fill=colour)


def _water(draw: ImageDraw.ImageDraw, shot: Shot, chance: random.Random) -> None:
    colour = _near(chance, (112, 148, 156) if shot.is_clean else (92, 96, 70))
    draw.polygon([(250, HORIZON), (380, HORIZON), (640, HEIGHT), (90, HEIGHT)], fill=colour)
    for _ in range(26):
        x, y = chance.randint(240, 420), chance.randint(HORIZON + 20, HEIGHT)
        light = _near(chance, (168, 192, 196) if shot.is_clean else (128, 126, 92), 18)
        draw.line((x, y, x + chance.randint(20, 80), y), fill=light, width=2)


def _hall(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, width = chance.randint(30, 260), chance.randint(200, 300)
    wall = _near(chance, (176, 178, 176))
    draw.rectangle((x, 120, x + width, 250), fill=wall)
    roof = [(x - 12, 122), (x + width // 2, 86), (x + width + 12, 122)]
    draw.polygon(roof, fill=_near(chance, (104, 116, 128)))
    for place in range(x + 18, x + width - 40, 52):
        draw.rectangle((place, 150, place + 30, 178), fill=_near(chance, (92, 104, 112)))


def _heap(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left, right, top = chance.randint(40, 160), chance.randint(440, 600), chance.randint(200, 260)
    middle = (left + right) // 2
    ridge = [
        (x, top + abs(x - middle) // 2 + chance.randint(-14, 22))
        for x in range(left + 40, right, 40)
    ]
    draw.polygon([(left, 420), *ridge, (right, 420)], fill=_near(chance, (134, 112, 88)))
    colours: tuple[Colour, ...] = ((176, 164, 146), (92, 78, 66), (164, 92, 70), (116, 126, 136))
    for _ in range(130):
        x = chance.randint(left + 20, right - 20)
        y = chance.randint(top + 40 + abs(x - middle) // 2, 425)
        size = chance.randint(4, 17)
        corners = [
            (x, y),
            (x + size, y - size // 2),
            (x + size + 4, y + size // 2),
            (x + 3, y + size),
        ]
        draw.polygon(corners, fill=_near(chance, chance.choice(colours), 16))


def _plants(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for x in range(30, WIDTH, 64):
        foot = chance.randint(285, 320)
        draw.line((x, foot, x, foot - 46), fill=(104, 88, 66), width=4)
        draw.ellipse((x - 20, foot - 84, x + 20, foot - 36), fill=_near(chance, (84, 124, 74)))
    for _ in range(220):
        x, y = chance.randint(0, WIDTH), chance.randint(330, HEIGHT)
        draw.line((x, y, x + chance.randint(-3, 3), y - 8), fill=_near(chance, (98, 138, 78), 20))


@cache
def _stamp() -> Image.Image:
    rows = label_rows()
    stamp = Image.new("L", (len(rows[0]), len(rows)))
    stamp.putdata([255 if sign == "#" else 0 for row in rows for sign in row])
    return stamp


def _label(image: Image.Image) -> None:
    stamp = _stamp()
    corner = (WIDTH + HEIGHT) // 2 - stamp.width - 12, HEIGHT - stamp.height - 14  # in the square
    box = (*corner, corner[0] + stamp.width, corner[1] + stamp.height)
    image.paste((24, 33, 36), box)
    image.paste((255, 254, 251), corner, stamp)


def _degrees(value: float) -> tuple[float, float, float]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return degrees, minutes, round(rest * 60, 3)


def _exif(shot: Shot) -> Image.Exif:
    made = Image.Exif()
    made[TAGS["Make"]], made[TAGS["Model"]] = "Example", "Example phone"
    local = shot.taken_at.astimezone(SHANGHAI)
    taken = {"DateTimeOriginal": f"{local:%Y:%m:%d %H:%M:%S}", "OffsetTimeOriginal": "+08:00"}
    gps = {
        "GPSLatitudeRef": "N",
        "GPSLatitude": _degrees(shot.lat),
        "GPSLongitudeRef": "E",
        "GPSLongitude": _degrees(shot.lon),
        "GPSHPositioningError": 5.0,
    }
    made.get_ifd(ExifTags.IFD.Exif).update({TAGS[name]: value for name, value in taken.items()})
    made.get_ifd(ExifTags.IFD.GPSInfo).update({GPS_TAGS[name]: gps[name] for name in gps})
    return made
