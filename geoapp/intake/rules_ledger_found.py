"""The problems that a measures table can have: codes and sentences."""

from geoapp.core.i18n import N_
from geoapp.intake.rules import declare

HEADINGS_MISSING = declare(
    "intake.ledger_headings_missing",
    N_("The table has no column for: %(columns)s."),
    N_("Name the columns as in 序号, 具体问题, 牵头领导, 责任部门, 整改措施, 完成时限."),
)
NO_TABLE = declare(
    "intake.ledger_no_table",
    N_("No table with the columns of a measures table was found."),
    N_("It needs a heading row with 序号, 具体问题, 整改措施 and 完成时限."),
)
HEADING_UNKNOWN = declare(
    "intake.ledger_heading_unknown",
    N_("The column “%(heading)s” is not known and is left out."),
)
HEADING_GUESSED = declare(
    "intake.ledger_heading_guessed",
    N_("The column “%(heading)s” is read as “%(column_name)s”."),
)
HEADING_TWICE = declare(
    "intake.ledger_heading_twice",
    N_("Two columns are called “%(column_name)s”: %(first)s and %(second)s."),
    N_("Rename one of them, so that it is clear which one counts."),
)
SECTION_ROW = declare(
    "intake.ledger_section_row",
    N_("The row “%(words)s” runs over all columns; it is taken for a section title."),
)
SERIAL_MISSING = declare(
    "intake.ledger_serial_missing",
    N_("The row has no serial number and stands below no problem."),
    N_("Write the serial number, such as 1 or 1 (21)."),
)
SERIAL_UNUSUAL = declare(
    "intake.ledger_serial_unusual",
    N_("“%(words)s” is no usual serial number; it is kept as it is."),
)
SERIAL_TWICE = declare(
    "intake.ledger_serial_twice",
    N_("The serial number %(own_no)s stands in rows %(first)s and %(second)s."),
    N_("Give each problem a number of its own."),
)
CONTINUED = declare(
    "intake.ledger_continued",
    N_("The serial number is empty; the row is taken to continue problem %(own_no)s."),
)
PROBLEM_EMPTY = declare(
    "intake.ledger_problem_empty",
    N_("The problem has no wording."),
    N_("Fill in the column of the problem."),
)
UNIT_EMPTY = declare("intake.ledger_unit_empty", N_("No responsible unit is named."))
UNITS_PARTED = declare(
    "intake.ledger_units_parted",
    N_("Several units stand in one cell: %(first)s is taken as responsible, %(others)s help."),
    N_("Check who is responsible."),
)
MEASURE_EMPTY = declare("intake.ledger_measure_empty", N_("No measure is named in this row."))
MEASURE_SHARED = declare(
    "intake.ledger_measure_shared",
    N_("One measure has several deadlines; it is entered once for each."),
)
MEASURES_SPLIT = declare(
    "intake.ledger_measures_split",
    N_("The cell was parted into %(count)s measures %(by)s: %(beginnings)s."),
)
DEADLINE_READ = declare(
    "intake.ledger_deadline_read",
    N_("“%(words)s” was read as %(reading)s. %(explanation)s"),
)
DEADLINE_UNCLEAR = declare(
    "intake.ledger_deadline_unclear",
    N_("The deadline “%(words)s” was not understood: %(explanation)s"),
    N_("It is kept in words; set the day later, or correct the table."),
)
YEAR_NEEDED = declare(
    "intake.ledger_year_needed",
    N_("The deadlines name no year, and the base date is not known."),
    N_("Give the base date, such as 2023-08-29, or the year of “%(words)s”."),
)
BASE_READ = declare(
    "intake.ledger_base_read",
    N_("Deadlines count from %(base)s (“%(words)s”)."),
)
BASE_DIFFERS = declare(
    "intake.ledger_base_differs",
    N_("The heading says “%(words)s”, but %(base)s was given; %(base)s is used."),
)
SECRECY_SUGGESTED = declare(
    "intake.ledger_secrecy_suggested",
    N_("The document bears a mark of secrecy; the problems are entered as %(secrecy)s."),
)
TOO_MANY_ROWS = declare(
    "intake.ledger_too_many_rows",
    N_("The table has more than %(limit)s rows; the rest was not read."),
    N_("Divide it and import the parts one after the other."),
)
