"""Which PostgreSQL to use: the newest installed one that has PostGIS, or the one the data need."""

from dataclasses import dataclass
from pathlib import Path

from geoapp.core.cluster_errors import OtherMajor, ServerMissing

LIB_ROOT = Path("/usr/lib/postgresql")
SHARE_ROOT = Path("/usr/share/postgresql")
OS_RELEASE = Path("/etc/os-release")
MAJORS_BY_RELEASE = {("debian", "12"): "15", ("debian", "13"): "17", ("ubuntu", "24.04"): "16"}


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: *bin* holds initdb, pg_ctl and postgres."""

    major: str
    bin: Path


def installed(lib: Path = LIB_ROOT, share: Path = SHARE_ROOT) -> list[Binaries]:
    """List what is installed and has PostGIS, newest first."""
    found = [
        Binaries(path.parent.name, path)
        for path in lib.glob("*/bin")
        if path.parent.name.isdigit()
        and (path / "initdb").exists()
        and (share / path.parent.name / "extension" / "postgis.control").exists()
    ]
    return sorted(found, key=lambda item: -int(item.major))


def choose_binaries(
    data: Path, lib: Path = LIB_ROOT, share: Path = SHARE_ROOT, release: Path = OS_RELEASE
) -> Binaries:
    """Return the binaries for *data*: its own major if it exists, else the newest.

    Raises:
        ServerMissing: nothing suitable is installed; names the package.
        OtherMajor: *data* were made by a major that is not installed.
    """
    found = installed(lib, share)
    version = data / "PG_VERSION"
    made = version.read_text().strip() if version.exists() else None
    match = next((item for item in found if made in (None, item.major)), None)
    if match:
        return match
    if found and made:
        package = package_name(made)
        raise OtherMajor(folder=data, made=made, installed=found[0].major, package=package)
    raise ServerMissing(package=package_name(made or major_of_release(release)))


def package_name(major: str) -> str:
    """Name the distribution's package of PostGIS for PostgreSQL *major*."""
    return f"postgresql-{major}-postgis-3"


def major_of_release(release: Path = OS_RELEASE) -> str:
    """Tell which PostgreSQL major the distribution ships; ``NN`` where we do not know."""
    lines = release.read_text().splitlines() if release.exists() else []
    facts = dict(line.replace('"', "").split("=", 1) for line in lines if "=" in line)
    return MAJORS_BY_RELEASE.get((facts.get("ID", ""), facts.get("VERSION_ID", "")), "NN")
