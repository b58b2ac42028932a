"""In which datum a file's numbers are: what was declared, against what the file says itself."""

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.geo.datum import BD09, CGCS2000, GCJ02, WGS84, Datum, datum_of_crs, parse_datum
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_found import DATUM_OVERRIDES

FROM_FILE = "file"
_SAME_NUMBERS = {WGS84, CGCS2000}


class DatumMissing(BadInput):
    """A shifted coordinate looks like any other: it must be declared, never guessed."""

    code = "intake.datum_missing"
    message = N_("The coordinate system of “%(name)s” was not declared.")
    hint = N_("Declare wgs84, cgcs2000, gcj02, bd09, EPSG: and a number, or “file”.")


class DatumNotInFile(BadInput):
    """Declared as “file”, but the file says nothing that can be relied on."""

    code = "intake.datum_not_in_file"
    message = N_("“%(name)s” does not say reliably which coordinate system it uses.")
    hint = N_("Declare wgs84, cgcs2000, gcj02, bd09, or EPSG: and a number.")


class DatumConflict(BadInput):
    """The file names a grid that cannot hold what was declared."""

    code = "intake.datum_conflict"
    message = N_("“%(name)s” says %(said)s, but %(declared)s was declared.")
    hint = N_("Declare “file” if the file is right, or correct the file.")


def settle_datum(declared: str, *, crs: str, name: str, findings: Findings) -> Datum:
    """Return the datum to read with; *crs* is what the file itself says, empty: nothing.

    GCJ-02 and BD-09 have no EPSG number, so files in them call themselves WGS-84: there the
    declaration wins, and the report says so.

    Raises:
        DatumMissing, DatumNotInFile, DatumConflict: why there is none.
    """
    if not declared.strip():
        raise DatumMissing(name=name)
    said = datum_of_crs(crs) if crs else None
    if declared.strip().casefold() == FROM_FILE:
        if said is None:
            raise DatumNotInFile(name=name)
        return said
    wanted = parse_datum(declared)
    if said is None or said == wanted or {said, wanted} == _SAME_NUMBERS:
        return wanted
    if wanted in {GCJ02, BD09} and said in _SAME_NUMBERS:
        findings.add(DATUM_OVERRIDES, Severity.NOTICE, said=_label(said), declared=_label(wanted))
        return wanted
    raise DatumConflict(name=name, said=said.label, declared=wanted.label)


def _label(datum: Datum) -> Said:
    return Said(lambda: datum.label)
