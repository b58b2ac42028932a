"""Texts in the language of the reader: whole English sentences in, Simplified Chinese out first."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

DEFAULT_LANGUAGE = "zh_Hans_CN"
LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}
TRANSLATIONS_DIR = Path(__file__).parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def N_(text: str) -> str:  # noqa: N802 - gettext's standard name for "mark, translate later"
    """Mark *text* for the catalogue; it is translated where it is shown."""
    return text


def language() -> str:
    """Tell the language of the current request or command."""
    return _language.get()


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Speak *code* (a key of LANGUAGES) inside the block; unknown codes mean the default."""
    token = _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    merged = Catalog(locale=code)
    for path in sorted((TRANSLATIONS_DIR / code).glob("*.po")):  # one catalogue a feature
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if message.id:
                    merged.add(message.id, message.string, flags=message.flags)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def gettext(text: str, /, **data: object) -> str:
    """Translate *text* and fill its named holes from *data*."""
    translated = _catalogue(_language.get()).gettext(text) if text else ""
    return translated % data if data else translated


def ngettext(one: str, many: str, /, num: int, **data: object) -> str:
    """Translate a sentence that depends on the count *num*; the hole is ``%(num)d``."""
    translated = _catalogue(_language.get()).ngettext(one, many, num)
    return translated % {"num": num, **data}


_ = gettext
