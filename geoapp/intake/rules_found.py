"""The problems that a point or layer file can have, row by row: codes and sentences."""

from geoapp.core.i18n import N_
from geoapp.geo.coordinates import (
    AxesSwapped,
    CoordinateOutOfRange,
    CoordinateUnreadable,
    DecimalComma,
)
from geoapp.geo.shapes import ShapeUnreadable
from geoapp.intake.rules import declare, declare_error

KIND_NAMES = {
    0: N_("point shape"),
    1: N_("line shape"),
    2: N_("line shape"),
    3: N_("area shape"),
    4: N_("group of points"),
    5: N_("line shape"),
    6: N_("area shape"),
    7: N_("mixture of shapes"),
}
"""What people call a shape, by its GEOS type number."""

AXES_SWAPPED = declare_error(AxesSwapped)
for _error in (CoordinateOutOfRange, CoordinateUnreadable, DecimalComma, ShapeUnreadable):
    declare_error(_error)

COLUMN_AMBIGUOUS = declare(
    "intake.column_ambiguous",
    N_("Several columns could be “%(field)s”: %(headings)s."),
    N_("Say which one it is."),
)
COLUMN_MISSING = declare(
    "intake.column_missing",
    N_("There is no column “%(heading)s” for “%(field)s”."),
    N_("The columns are: %(headings)s."),
)
PLACE_COLUMNS_MISSING = declare(
    "intake.place_columns_missing",
    N_("No column says where the rows lie."),
    N_("Name two columns 经度 and 纬度, or one 经纬度, or say which columns they are."),
)
COLUMN_OTHER_DATUM = declare(
    "intake.column_other_datum",
    N_("The column “%(heading)s” names %(named)s, but %(declared)s was declared; it is not read."),
)
CATEGORY_COLUMN_MISSING = declare(
    "intake.category_column_missing",
    N_("No column says the category, and none was given for the whole file."),
    N_("Give one category for all rows, or say which column it is."),
)
DATUM_OVERRIDES = declare(
    "intake.datum_overrides",
    N_("The file calls its coordinates %(said)s; they are read as %(declared)s, as declared."),
)
PLACE_MISSING = declare("intake.place_missing", N_("The row has no position."))
PLACE_INCOMPLETE = declare(
    "intake.place_incomplete", N_("One of the two coordinates is missing in this row.")
)
PLACE_OFF_THE_GLOBE = declare(
    "intake.place_off_the_globe",
    N_("The position %(x)s, %(y)s cannot lie anywhere in %(datum)s."),
    N_("Check the declared coordinate system."),
)
PLACE_OUTSIDE = declare(
    "intake.place_outside",
    N_("The position %(lon)s, %(lat)s lies outside the configured region."),
    N_("Check the position and the declared coordinate system."),
)
SHAPE_REPAIRED = declare(
    "intake.shape_repaired", N_("The outline was repaired: %(reason)s. Compare it on the map.")
)
SHAPE_COLLAPSED = declare(
    "intake.shape_collapsed",
    N_("The outline encloses nothing: %(reason)s."),
    N_("Draw it again."),
)
SHAPE_KIND = declare(
    "intake.shape_kind",
    N_("A “%(kind)s” cannot be one point of the ledger."),
    N_("Divide it into one row a place."),
)
SHAPE_FOR_CATEGORY = declare(
    "intake.shape_for_category",
    N_("“%(category)s” cannot be a “%(kind)s”."),
    N_("A river segment is a line; everything else is a point or an area."),
)
NAME_FROM_ELSEWHERE = declare(
    "intake.name_from_elsewhere",
    N_("The row has no name; “%(name)s” is used."),
)
NAME_MISSING = declare(
    "intake.name_missing",
    N_("The row has neither name nor address."),
    N_("Say which column holds the name."),
)
STATUS_UNKNOWN = declare(
    "intake.status_unknown",
    N_("The status “%(word)s” is not known."),
    N_("Accepted are: %(accepted)s. Other words can be mapped to these."),
)
STATUS_ASSUMED = declare(
    "intake.status_assumed", N_("The file gives no status; the rows start as “%(state)s”.")
)
CATEGORY_UNKNOWN = declare(
    "intake.category_unknown",
    N_("The category “%(word)s” is not known."),
    N_("Accepted are: %(accepted)s. Other words can be mapped to these."),
)
CATEGORY_ASSUMED = declare(
    "intake.category_assumed",
    N_("The category “%(word)s” is not known; the rows are read as “%(category)s”."),
)
TIME_UNREADABLE = declare(
    "intake.time_unreadable",
    N_("“%(text)s” is not a time; it is kept as a remark."),
    N_("Write 2023-09-01 or 2023-09-01 08:30."),
)
NUL_CHARACTER = declare(
    "intake.nul_character",
    N_("The cell holds a NUL character, which no program writes on purpose."),
)
CELL_TOO_LONG = declare("intake.cell_too_long", N_("The cell has more than %(limit)s characters."))
ROW_TOO_LONG = declare(
    "intake.row_too_long",
    N_("The row has %(found)s cells, but the heading has %(expected)s."),
    N_("A comma inside a text needs quotation marks around the text."),
)
DUPLICATE_NUMBER = declare(
    "intake.duplicate_number", N_("The number “%(number)s” stands in row %(first)s already.")
)
DUPLICATE_PLACE = declare(
    "intake.duplicate_place",
    N_("The same name at the same position stands in row %(first)s already."),
)
