"""What people type: sign-in, passwords, persons, roles, units."""

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import EqualTo, InputRequired, Length

from geoapp.accounts.protocol import MAX_PASSWORD, MIN_PASSWORD
from geoapp.accounts.queries import UnitRow
from geoapp.accounts.rules import ROLE_NAMES, UNIT_KIND_NAMES, Role, UnitKind
from geoapp.core.i18n import LANGUAGES, N_
from geoapp.core.i18n import gettext as _
from geoapp.web.forms import Form

NAME = Length(max=100)
SHORT = Length(max=40)


def _uuid(value: Any) -> uuid.UUID:
    return uuid.UUID(str(value))


def _uuid_or_none(value: Any) -> uuid.UUID | None:
    return _uuid(value) if value else None


def unit_choices(tree: Sequence[UnitRow]) -> list[tuple[str, str]]:
    """The tree as the options of a select, deeper units further in."""
    return [(str(row.unit.unit_id), row.indented) for row in tree]


class AccountForm(Form):
    """A form whose labels are marked with N_() and said in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in self:
            item.label.text = _(item.label.text)
            item.description = _(item.description) if item.description else ""


class SignInForm(AccountForm):
    """Who, and the password."""

    login = StringField(
        N_("Login name"),
        validators=[InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        N_("Password"),
        validators=[InputRequired(), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(AccountForm):
    """The present password, and the new one twice."""

    old = PasswordField(
        N_("Present password"),
        validators=[InputRequired(), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        N_("New password"),
        validators=[InputRequired(), Length(min=MIN_PASSWORD, max=MAX_PASSWORD)],
        description=N_("At least 10 characters; a sentence of a few words is good."),
        render_kw={"autocomplete": "new-password", "minlength": str(MIN_PASSWORD)},
    )
    repeat = PasswordField(
        N_("New password again"),
        validators=[InputRequired()],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_repeat(self, item: Any) -> None:
        """Both must be the same."""
        EqualTo("new", message=_("The two new passwords differ."))(self, item)


class PersonForm(AccountForm):
    """Who somebody is; the login name is given once."""

    login = StringField(
        N_("Login name"),
        validators=[InputRequired(), Length(min=2, max=64)],
        description=N_("a–z, 0–9, dot, hyphen; for example zhangwei."),
        render_kw={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"},
    )
    name = StringField(N_("Full name"), validators=[InputRequired(), NAME])
    phone = StringField(
        N_("Telephone"), validators=[SHORT], render_kw={"inputmode": "tel", "autocomplete": "off"}
    )
    unit_id = SelectField(N_("Unit"), coerce=_uuid)

    def __init__(self, tree: Sequence[UnitRow], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit_id.choices = unit_choices(tree)


class NewPersonForm(PersonForm):
    """A new person: also the first role and the language."""

    role = SelectField(N_("Role"), coerce=Role)
    language = SelectField(N_("Language"))

    def __init__(self, tree: Sequence[UnitRow], **kwargs: Any) -> None:
        super().__init__(tree, **kwargs)
        self.role.choices = role_choices()
        self.language.choices = list(LANGUAGES.items())


class GrantForm(AccountForm):
    """A role in a unit and everything below it."""

    role = SelectField(N_("Role"), coerce=Role)
    unit_id = SelectField(N_("In this unit and all below it"), coerce=_uuid)

    def __init__(self, tree: Sequence[UnitRow], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = role_choices()
        self.unit_id.choices = unit_choices(tree)


class UnitForm(AccountForm):
    """One unit of the tree."""

    name = StringField(N_("Name"), validators=[InputRequired(), NAME])
    short_name = StringField(N_("Short name"), validators=[SHORT])
    kind = SelectField(N_("Kind"), coerce=UnitKind)
    parent_id = SelectField(N_("Under"), coerce=_uuid_or_none)
    area_code = StringField(
        N_("Area code"),
        validators=[Length(max=20)],
        description=N_("Statistical code of the town or village, if it has one."),
        render_kw={"inputmode": "numeric"},
    )
    liaison_name = StringField(N_("Liaison"), validators=[NAME])
    liaison_phone = StringField(
        N_("Telephone of the liaison"), validators=[SHORT], render_kw={"inputmode": "tel"}
    )
    is_active = BooleanField(N_("In use"))

    def __init__(self, tree: Sequence[UnitRow], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, _(name)) for kind, name in UNIT_KIND_NAMES.items()]
        self.parent_id.choices = [("", _("(top of the tree)")), *unit_choices(tree)]


def role_choices() -> list[tuple[str, str]]:
    """All roles by name."""
    return [(role.value, _(name)) for role, name in ROLE_NAMES.items()]
