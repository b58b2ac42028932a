"""What a person types into the ledger's pages."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from geoapp.core.i18n import gettext as _


class MeasureForm(FlaskForm):  # type: ignore[misc]
    """One measure: what, and until when in the office's own words."""

    description = TextAreaField(validators=[InputRequired(), Length(max=4000)])
    due_text = StringField(validators=[InputRequired(), Length(max=200)])

    def __init__(self) -> None:
        super().__init__()
        self.description.label.text = _("Measure")
        self.due_text.label.text = _("Deadline")
        self.due_text.description = _("In your words: 9月底, 长期坚持, 2026-12-31, 10个工作日内.")
