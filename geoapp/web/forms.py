"""The base of all forms: CSRF, and the library's own messages in the reader's language."""

from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from geoapp.core.i18n import language

LOCALES = {"zh_Hans_CN": ["zh"], "en": ["en"]}


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """A form of ours; feature forms derive from it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms asks here for its messages."""

        cache_translations: ClassVar[bool] = False

        def get_translations(self, form: object) -> Any:  # noqa: ARG002 - WTForms' signature
            """Return the library's catalogue for the reader's language."""
            return get_translations(LOCALES[language()])
