"""The language of a request, and the words of templates."""

from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, session
from markupsafe import Markup, escape

from geoapp.core import i18n
from geoapp.core.settings import Settings

SESSION_KEY = "language"
HTML_LANG = {"zh_Hans_CN": "zh-Hans-CN", "en": "en"}


def choose_language(code: str) -> None:
    """Remember the language *code* for this browser (called at sign-in with the person's own)."""
    if code in i18n.LANGUAGES:
        session[SESSION_KEY] = code


def _wanted(default: str) -> str:
    asked = request.args.get("lang", "").replace("-", "_")
    for code in i18n.LANGUAGES:
        if asked and code.lower().startswith(asked.lower()):
            session[SESSION_KEY] = code
    return str(session.get(SESSION_KEY, default))


def _text(text: str, **data: object) -> Markup:
    """Translate for a template: the sentence is text, what fills its holes is escaped."""
    translated = escape(i18n.gettext(text))
    return translated % data if data else translated


def _count_text(one: str, many: str, num: int, **data: object) -> Markup:
    """Translate a sentence with a count for a template; the hole is ``%(num)d``."""
    filled = {name: escape(value) for name, value in data.items()}
    return Markup(i18n.ngettext(one, many, num, **filled))  # noqa: S704 - the catalogue is ours, the holes are escaped


def url_with(**changes: Any) -> str:
    """Return this page's address with *changes* in its query; None takes a key out."""
    query = request.args.to_dict(flat=False)
    query.pop("lang", None)  # remembered by the session; it must not travel on in links
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = [str(value)]
    text = urlencode(query, doseq=True)
    return request.path + (f"?{text}" if text else "")


def language_links() -> list[dict[str, Any]]:
    """Return the same page in each language."""
    return [
        {
            "text": name,
            "lang": HTML_LANG[code],
            "href": url_with(lang=code),
            "here": code == i18n.language(),
        }
        for code, name in i18n.LANGUAGES.items()
    ]


def install(app: Flask, settings: Settings) -> None:
    """Speak the reader's language in every request of *app*."""

    @app.before_request
    def begin() -> None:
        stack = ExitStack()
        stack.enter_context(i18n.use_language(_wanted(settings.language)))
        g.language_stack = stack

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        stack = g.pop("language_stack", None)
        if stack is not None:
            stack.close()

    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(_text, _count_text, newstyle=False)  # type: ignore[attr-defined]
    env.globals.update(_=_text, url_with=url_with)
