import re
from pathlib import Path

from geoapp.maps.symbols import LAMPS, STAGES, TONES
from geoapp.web.assets import STATIC_DIR

SHEETS = ("app.css", "field.css")


def sheet(name):
    return (STATIC_DIR / name).read_text("utf-8")


def tokens(name):
    root = re.search(r":root\s*{(.*?)}", sheet(name), re.DOTALL)[1]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", root))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_pages_maps_and_paper_use_the_same_colours():
    for name in SHEETS:
        assert TONES.items() <= tokens(name).items()
    map_tones = dict(re.findall(r"\.tone-(\w+) { --tone: (#\w+)", sheet("maps/map.css")))
    assert map_tones == TONES


def test_every_sign_has_a_shape_in_every_sheet():
    for sign in [*LAMPS.values(), *STAGES.values()]:
        for name in (*SHEETS, "maps/map.css"):
            assert f".shape-{sign.shape}" in sheet(name) or sign.shape == "square"


def test_lamps_differ_in_shape_and_stages_differ_in_shape():
    assert len({sign.shape for sign in LAMPS.values()}) == len(LAMPS)
    assert len({sign.shape for sign in STAGES.values()}) == len(STAGES)


def test_text_on_phones_has_seven_to_one_and_signs_have_three_to_one():
    colours = tokens("field.css")
    for name in ("text", "muted", "ink"):
        assert contrast(colours[name], colours["paper"]) >= 7, name
    for name in TONES:
        assert contrast(colours[name], colours["surface"]) >= 3, name


def test_style_sheets_ask_no_other_host_and_import_nothing():
    for path in STATIC_DIR.rglob("*.css"):
        text = path.read_text("utf-8")
        assert not re.search(
            r"@import|https?://(?!www\.w3\.org)", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        ), path


def test_modules_of_ours_stay_under_two_hundred_lines():
    own = [path for path in STATIC_DIR.rglob("*.js") if "vendor" not in path.parts]
    assert own
    for path in own:
        assert len(path.read_text("utf-8").splitlines()) < 200, path


def test_templates_carry_no_inline_style_or_handler():
    templates = Path(STATIC_DIR).parent.parent / "templates"
    for path in templates.rglob("*.html"):
        assert not re.search(
            r"<style|\sstyle=|\son(click|load|change|submit)=", path.read_text("utf-8")
        ), path
