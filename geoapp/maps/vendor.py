"""Fetches the pinned third-party scripts and styles, and keeps only the files that pages load.

Set-up runs ``python -m geoapp.maps.vendor``. Versions and content hashes stand in
static/package.json and its lock file; addresses stand nowhere, npm knows its registry.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from geoapp.core.errors import DomainError, Unavailable
from geoapp.core.i18n import N_
from geoapp.core.resources import PACKAGE_DIR

STATIC_DIR = PACKAGE_DIR / "static"
PINS = ("package.json", "package-lock.json", ".npmrc")
FETCH_TIMEOUT_S = 300
FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images/layers.png": "leaflet/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "supercluster/dist/supercluster.min.js": "supercluster/supercluster.min.js",
    "supercluster/LICENSE": "supercluster/LICENSE",
    "kdbush/LICENSE": "supercluster/LICENSE.kdbush",
}
_SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?\s*\Z")


class NpmMissing(Unavailable):
    """Set-up needs npm once."""

    code = "maps.npm_missing"
    message = N_("npm was not found; it fetches Leaflet.")
    hint = N_("Install it (apt-get install npm) and run the set-up again.")


class FetchFailed(Unavailable):
    """npm could not fetch the pinned packages."""

    code = "maps.fetch_failed"
    message = N_("npm could not fetch the map scripts: %(reason)s")
    hint = N_("Check the network or npm's registry setting and run the set-up again.")


def fingerprint(static: Path) -> str:
    """Return what the pins ask for, as one hash."""
    pins = (static / "package-lock.json").read_bytes() + json.dumps(FILES).encode()
    return hashlib.sha256(pins).hexdigest()


def is_current(static: Path) -> bool:
    """Tell whether vendor/ holds what the pins ask for."""
    manifest = static / "vendor" / "manifest.json"
    if not manifest.is_file():
        return False
    told = json.loads(manifest.read_text("utf-8"))
    return bool(
        told.get("pins") == fingerprint(static)
        and all((static / "vendor" / name).is_file() for name in told["files"])
    )


def fetch(static: Path = STATIC_DIR) -> bool:
    """Fill vendor/ from the pins; False: it was current already.

    Raises:
        NpmMissing, FetchFailed: say what to do.
    """
    if is_current(static):
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise NpmMissing
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in PINS:
            shutil.copy(static / name, work / name)
        _install(npm, work)
        _copy(work / "node_modules", static)
    return True


def _install(npm: str, work: Path) -> None:
    try:
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=work,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchFailed(reason=f"> {FETCH_TIMEOUT_S} s") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise FetchFailed(reason=(lines or ["?"])[0][:200])


def _copy(modules: Path, static: Path) -> None:
    fresh = static / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    told = {}
    for source, target in FILES.items():
        body = _SOURCE_MAP.sub(b"\n", (modules / source).read_bytes())
        path = fresh / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        told[target] = hashlib.sha256(body).hexdigest()
    manifest = {"pins": fingerprint(static), "files": told}
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    shutil.rmtree(static / "vendor", ignore_errors=True)
    fresh.rename(static / "vendor")


def main() -> int:
    """Run the set-up step; says one line."""
    try:
        changed = fetch()
    except DomainError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("map scripts: fetched\n" if changed else "map scripts: current\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
