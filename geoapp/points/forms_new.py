"""The form of a new or edited point at the desk."""

from collections.abc import Mapping
from typing import Any

from shapely import Point as ShapelyPoint
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from geoapp.core.errors import DomainError
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.geo.coordinates import parse_lon_lat, parse_metres
from geoapp.geo.datum import BD09, CGCS2000, GCJ02, WGS84, parse_datum, to_wgs84
from geoapp.points.columns import PointDraft
from geoapp.points.rules import CATEGORY_NAMES, RISK_NAMES, Category, LocationMethod, RiskGrade
from geoapp.points.tables import Point
from geoapp.web.forms import Form

DATUMS = (WGS84, CGCS2000, GCJ02, BD09)
LABELS = {
    "name": N_("Name"),
    "category": N_("Category"),
    "description": N_("What was found"),
    "datum": N_("Datum of the numbers"),
    "lon": N_("Longitude"),
    "lat": N_("Latitude"),
    "address": N_("Address"),
    "risk_grade": N_("Risk grade"),
    "liable_party": N_("First liable party"),
    "land_owner": N_("Land holder"),
    "upstream_no": N_("Upstream number"),
    "source": N_("Source document"),
    "is_urgent": N_("Urgent"),
    "outside_confirmed": N_("The place outside our region is right"),
}


class PointForm(Form):
    """What a person at the desk says of a point; the place is a pair of numbers with a datum."""

    point_id = HiddenField()
    name = StringField(validators=[InputRequired(), Length(max=200)])
    category = SelectField(validators=[InputRequired()])
    description = TextAreaField(validators=[InputRequired(), Length(min=10, max=4000)])
    datum = SelectField(default="wgs84")
    lon = StringField(validators=[InputRequired()])
    lat = StringField(validators=[InputRequired()])
    address = StringField(validators=[Optional(), Length(max=300)])
    risk_grade = SelectField(validators=[Optional()])
    liable_party = StringField(validators=[Optional(), Length(max=200)])
    land_owner = StringField(validators=[Optional(), Length(max=200)])
    upstream_no = StringField(validators=[Optional(), Length(max=50)])
    source = StringField(validators=[InputRequired(), Length(max=200)])
    is_urgent = BooleanField()
    outside_confirmed = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in LABELS.items():
            self[name].label.text = _(text)
        areal = {Category.RIVER_SEGMENT}  # a line: drawn on the phone or imported
        self.category.choices = [
            (kind.value, _(text)) for kind, text in CATEGORY_NAMES.items() if kind not in areal
        ]
        self.datum.choices = [(datum.name, datum.label) for datum in DATUMS]
        self.risk_grade.choices = [
            ("", "—"),
            *((grade.value, _(text)) for grade, text in RISK_NAMES.items()),
        ]

    def validate_lat(self, field: StringField) -> None:
        """Read both numbers together: only a pair shows whether they are swapped."""
        try:
            self._read_place()
        except DomainError as error:
            raise ValidationError(str(error)) from error
        field.errors = []

    def _read_place(self) -> tuple[float, float]:
        if not parse_datum(str(self.datum.data)).in_degrees:
            return parse_metres(str(self.lon.data)), parse_metres(str(self.lat.data))
        return parse_lon_lat(str(self.lon.data), str(self.lat.data))

    def draft(self, **more: Any) -> PointDraft:
        """Return what was typed as a draft in WGS 84; valid forms only."""
        x, y = self._read_place()
        datum = parse_datum(str(self.datum.data))
        lon, lat = to_wgs84(x, y, datum=datum)
        grade = str(self.risk_grade.data or "")
        return PointDraft(
            name=str(self.name.data).strip(),
            category=Category(str(self.category.data)),
            shape=ShapelyPoint(float(lon), float(lat)),
            location_method=LocationMethod.MAP_CLICK,
            description=str(self.description.data).strip(),
            datum=str(self.datum.data),
            raw_x=x,
            raw_y=y,
            address=str(self.address.data or "").strip(),
            risk_grade=RiskGrade(grade) if grade else None,
            liable_party=str(self.liable_party.data or "").strip(),
            land_owner=str(self.land_owner.data or "").strip(),
            upstream_no=str(self.upstream_no.data or "").strip(),
            is_urgent=bool(self.is_urgent.data),
            outside_confirmed=bool(self.outside_confirmed.data),
            **more,
        )

    def changes(self) -> dict[str, Any]:
        """Return what was typed as new values of an existing point; valid forms only."""
        grade = str(self.risk_grade.data or "")
        words = ("name", "description", "address", "liable_party", "land_owner", "upstream_no")
        changed: dict[str, Any] = {name: str(self[name].data or "").strip() for name in words}
        changed["risk_grade"] = RiskGrade(grade) if grade else None
        changed["is_urgent"] = bool(self.is_urgent.data)
        if "category" in self:
            changed["category"] = Category(str(self.category.data))
        return changed

    def differences(self, point: Point) -> list[tuple[str, str]]:
        """Return label and present value of everything that was typed differently."""
        found = []
        for name, typed in self.changes().items():
            present = getattr(point, name)
            if (present or "") != (typed or ""):
                words = _NAMES.get(type(present), {}).get(present, present)
                found.append((_(LABELS[name]), _(str(words)) if words else "—"))
        return found


_NAMES: dict[type, Mapping[Any, str]] = {
    Category: CATEGORY_NAMES,
    RiskGrade: RISK_NAMES,
    bool: {True: N_("Yes"), False: N_("No")},
}
