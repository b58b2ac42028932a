"""Which kind a file is, by its bytes; archives unpacked within limits; nothing else is opened.

Content decides, not the name: a VRT or an SVG that calls itself .geojson must never reach GDAL,
which would follow the addresses inside it.
"""

import codecs
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from geoapp.core.errors import BadInput, TooLarge
from geoapp.core.i18n import N_

MB = 1_000_000
MAX_FILE_BYTES = 500 * MB
MAX_UNPACKED_BYTES = 1_000 * MB  # all members of an archive together
MAX_MEMBERS = 2_000
MAX_RATIO = 200  # honest tables reach 60; a bomb reaches 1,000
MAX_SMALL_BYTES = 10 * MB  # below it the ratio does not matter
MAX_TREE_BYTES = 100 * MB  # KML is held in memory as a tree of about eight times its size
HEAD_BYTES = 65_536
TEXT_NAMES = {".csv", ".tsv", ".txt", ""}
SHAPE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}


class FileKind(StrEnum):
    """The kinds of files that hold points or layers."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    SHAPEFILE = "shapefile"
    KML = "kml"


TABLES = frozenset({FileKind.CSV, FileKind.XLSX})


class FileUnknown(BadInput):
    """The bytes are of no kind that we read."""

    code = "intake.file_unknown"
    message = N_("The file “%(name)s” is of no kind that can be read here.")
    hint = N_("Give CSV, XLSX, GeoJSON, GeoPackage, KML or KMZ, or a shapefile as one .zip.")


class FileBroken(BadInput):
    """The file says it is of a kind, but its inside cannot be read."""

    code = "intake.file_broken"
    message = N_("The file “%(name)s” is damaged or incomplete.")
    hint = N_("Open it in the program that made it, and export it once more.")


class TextUnreadable(BadInput):
    """Neither UTF-8 nor GB18030."""

    code = "intake.text_unreadable"
    message = N_("The characters of “%(name)s” are neither UTF-8 nor GB18030.")
    hint = N_("Save it once more as UTF-8.")


class FileTooLarge(TooLarge):
    """More bytes than we take."""

    code = "intake.file_too_large"
    message = N_("The file “%(name)s” has more than %(limit_mb)s MB.")
    hint = N_("Divide it and import the parts one after the other.")


class ArchiveTooLarge(TooLarge):
    """An archive that would fill the disk: too many members, too large, or packed too densely."""

    code = "intake.archive_too_large"
    message = N_("The archive “%(name)s” unpacks to more than is allowed.")
    hint = N_("Pack only the files that are needed, or give them unpacked.")


@dataclass(frozen=True)
class Source:
    """A file ready to be read: *paths* maps layer names to files (one, but for shapefile zips)."""

    name: str
    kind: FileKind
    paths: dict[str, Path]

    @property
    def path(self) -> Path:
        """The only file, or the first."""
        return next(iter(self.paths.values()))


@contextmanager
def open_source(path: Path, *, name: str | None = None) -> Iterator[Source]:
    """Find out the kind of *path* and unpack what must be unpacked, until the block ends.

    *name* is what the person calls the file, if the path is only where an upload was put.

    Raises:
        FileUnknown, FileBroken, FileTooLarge, ArchiveTooLarge: why it cannot be read.
    """
    shown = name or path.name
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileTooLarge(name=shown, limit_mb=MAX_FILE_BYTES // MB)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        with TemporaryDirectory(prefix="geoapp-intake-") as folder:
            yield _from_archive(path, shown, Path(folder))
        return
    kind = _kind(path, head, PurePosixPath(shown).suffix.lower())
    if kind is None:
        raise FileUnknown(name=shown)
    if kind is FileKind.KML and path.stat().st_size > MAX_TREE_BYTES:
        raise FileTooLarge(name=shown, limit_mb=MAX_TREE_BYTES // MB)
    yield Source(shown, kind, {PurePosixPath(shown).stem: path.absolute()})


def _kind(path: Path, head: bytes, suffix: str) -> FileKind | None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(b"SQLite format 3\0"):
        return FileKind.GPKG
    if head.startswith(b"\x00\x00\x27\x0a"):
        return FileKind.SHAPEFILE
    if start.startswith(b"{"):
        return FileKind.GEOJSON if b"\0" not in head else None
    if start.startswith(b"<"):
        return FileKind.KML if _root_is_kml(path) else None
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    is_text = wide or (b"\0" not in head and not start.startswith(b"%PDF"))
    return FileKind.CSV if suffix in TEXT_NAMES and is_text and start else None


def _root_is_kml(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            events = iterparse(file, events=("start",), forbid_dtd=True)
            _event, root = next(iter(events))
    except (ParseError, DefusedXmlException, StopIteration, LookupError, ValueError):
        return False
    return re.fullmatch(r"(\{[^}]*\})?kml", str(root.tag)) is not None


def _from_archive(path: Path, name: str, folder: Path) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members, name)
            if any(member.filename == "xl/workbook.xml" for member in members):
                return Source(name, FileKind.XLSX, {"": path.absolute()})
            return _unpack(archive, members, name, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileBroken(name=name) from error


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse bombs by the sizes that the archive declares; zipfile never reads beyond those."""
    total = sum(member.file_size for member in members)
    dense = any(
        member.file_size > MAX_SMALL_BYTES
        and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES or dense:
        raise ArchiveTooLarge(name=name)


def _unpack(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, folder: Path
) -> Source:
    by_path = {_readable(member): member for member in members}
    shapes = [inner for inner in by_path if inner.suffix.lower() == ".shp"]
    if shapes:
        return _unpack_shapes(archive, by_path, name, folder)
    kmls = [inner for inner in by_path if inner.suffix.lower() == ".kml"]
    if not kmls:
        raise FileUnknown(name=name)
    main = min(kmls, key=lambda inner: (inner.name != "doc.kml", len(inner.parts), str(inner)))
    if by_path[main].file_size > MAX_TREE_BYTES:
        raise FileTooLarge(name=name, limit_mb=MAX_TREE_BYTES // MB)
    target = folder / "doc.kml"
    _extract(archive, by_path[main], target)
    if not _root_is_kml(target):
        raise FileBroken(name=name)
    return Source(name, FileKind.KML, {PurePosixPath(name).stem: target})


def _unpack_shapes(
    archive: zipfile.ZipFile,
    by_path: dict[PurePosixPath, zipfile.ZipInfo],
    name: str,
    folder: Path,
) -> Source:
    """Write every shapefile under a name of our own: those inside may be in any encoding."""
    paths: dict[str, Path] = {}
    shapes = sorted(inner for inner in by_path if inner.suffix.lower() == ".shp")
    for number, shape in enumerate(shapes, start=1):
        for inner, member in by_path.items():
            part = inner.suffix.lower()
            if part in SHAPE_PARTS and inner.with_suffix("") == shape.with_suffix(""):
                _extract(archive, member, folder / f"layer{number}{part}")
        paths[shape.stem] = folder / f"layer{number}.shp"
    return Source(name, FileKind.SHAPEFILE, paths)


def _readable(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's name; Chinese Windows writes GBK without saying so."""
    inner = member.filename
    if not member.flag_bits & 0x800:  # not marked as UTF-8: zipfile read it as cp437
        try:
            inner = inner.encode("cp437").decode("gb18030")
        except UnicodeError:
            inner = member.filename
    return PurePosixPath(inner)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(member) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, length=MB)


def encoding_of(path: Path, *, name: str, skip: int = 0) -> str:
    """Return the encoding of a text file: the one its BOM names, UTF-8, or GB18030.

    The whole file is tried from byte *skip* on, in pieces: one Chinese name in row 90,000 counts.

    Raises:
        TextUnreadable: none of them fits.
    """
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            candidates = ["utf-16"]
        elif head.startswith(codecs.BOM_UTF8):
            candidates = ["utf-8-sig"]
        else:
            candidates = ["utf-8", "gb18030"]
        for encoding in candidates:
            file.seek(skip)
            if _decodes(file, encoding):
                return encoding
    raise TextUnreadable(name=name)


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(MB):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
