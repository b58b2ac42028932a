"""Keeps the Chinese catalogues complete: ``python -m tests.support.catalogue [FEATURE ...]``.

One catalogue a feature: ``geoapp/<feature>/`` and ``templates/<feature>/`` feed
``geoapp/translations/zh_Hans_CN/<feature>.po``; a part of a feature may have its own
(``<feature>_<part>.po``), whose texts the feature's own catalogue then leaves out.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent.parent
PO_DIR = ROOT / "geoapp" / "translations" / "zh_Hans_CN"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PYTHON = [("**.py", "python")]
JINJA = [("**.html", "jinja2"), ("**.txt", "jinja2")]
STAMP = datetime(
    2026, 1, 1, tzinfo=UTC
)  # a date that changes on every run would be noise in every diff
JINJA_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def features() -> list[str]:
    """Every folder under geoapp/ or templates/ that can hold texts."""
    code = {path.parent.name for path in (ROOT / "geoapp").glob("*/__init__.py")}
    pages = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    return sorted(code | pages | {"app"})


def texts_of(feature: str) -> dict[str | tuple[str, str], set[str]]:
    """All marked texts of *feature*, with the files they stand in."""
    found: dict[str | tuple[str, str], set[str]] = {}
    for folder, method, options in (
        (ROOT / "geoapp" / feature, PYTHON, {}),
        (ROOT / "templates" / feature, JINJA, JINJA_OPTIONS),
    ):
        if not folder.is_dir():
            continue
        rows = extract_from_dir(
            folder, method_map=method, options_map=options, keywords=KEYWORDS, comment_tags=()
        )
        for name, _line, message, _comments, _context in rows:
            key = tuple(message) if isinstance(message, tuple) else message
            if key:
                found.setdefault(key, set()).add(f"{folder.name}/{name}")
    if feature in {"web", "app"}:
        found |= _loose_texts(feature)
    return found


def _loose_texts(feature: str) -> dict[str | tuple[str, str], set[str]]:
    """Texts of ``templates/*.html`` (web) and of ``geoapp/*.py`` (app)."""
    folder = ROOT / ("templates" if feature == "web" else "geoapp")
    methods = [("*.html", "jinja2")] if feature == "web" else [("*.py", "python")]
    rows = extract_from_dir(
        folder,
        method_map=methods,
        options_map=JINJA_OPTIONS,
        keywords=KEYWORDS,
        comment_tags=(),
        directory_filter=lambda _path: False,
    )
    return {
        (tuple(row[2]) if isinstance(row[2], tuple) else row[2]): {row[0]} for row in rows if row[2]
    }


def read_catalogue(path: Path) -> Catalog:
    """Read a .po file; a missing one is empty."""
    if not path.is_file():
        return Catalog(locale="zh_Hans_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def translations() -> dict[str | tuple[str, str], str | tuple[str, ...]]:
    """Everything that the Chinese catalogues say, over all features."""
    merged: dict[str | tuple[str, str], str | tuple[str, ...]] = {}
    for path in sorted(PO_DIR.glob("*.po")):
        for message in read_catalogue(path):
            if message.id:
                merged[message.id] = message.string
    return merged


def update(feature: str) -> list[str]:
    """Add missing texts to the feature's catalogue; returns what still has no Chinese."""
    path = PO_DIR / f"{feature}.po"
    known = read_catalogue(path)
    parts = {
        message.id
        for part in PO_DIR.glob(f"{feature}_*.po")
        for message in read_catalogue(part)
        if message.id
    }
    fresh = Catalog(
        locale="zh_Hans_CN",
        project="geoapp",
        header_comment=f"# 中文: geoapp/{feature}/, templates/{feature}/",
        creation_date=STAMP,
        revision_date=STAMP,
        fuzzy=False,
    )
    elsewhere = translations()
    for text in sorted(texts_of(feature), key=str):
        old = known.get(text[0] if isinstance(text, tuple) else text)
        if text in parts:
            continue
        string = old.string if old and old.string else elsewhere.get(text, "")
        fresh.add(text, string)
    if len(fresh):
        whole = BytesIO()
        write_po(whole, fresh, sort_output=True, width=100, no_location=True)
        path.write_bytes(whole.getvalue())
    return [str(message.id) for message in fresh if message.id and not _complete(message.string)]


def _complete(string: str | tuple[str, ...] | list[str]) -> bool:
    return bool(string) and all(string) if not isinstance(string, str) else bool(string)


def main() -> int:
    """Update the named catalogues (default: all) and list the texts without Chinese."""
    missing = 0
    for feature in sys.argv[1:] or features():
        for text in update(feature):
            missing += 1
            sys.stdout.write(f"{feature}: {text}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
