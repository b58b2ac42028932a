"""pg_dump and pg_restore of the right version, reaching a database without showing its password."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from geoapp.core.blobs import Blob, Readable, copy_hashed
from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_

LIB_ROOT = Path("/usr/lib/postgresql")
VERSION_STEP = 10_000  # server_version_num 150008 is major 15
Program = subprocess.Popen[bytes]


class ProgramMissing(Unavailable):
    """pg_dump or pg_restore of a fitting version is not installed."""

    code = "backup.program_missing"
    message = N_("The program %(program)s for PostgreSQL %(major)s is not installed.")
    hint = N_("Install the package postgresql-client-%(major)s.")


class ProgramFailed(Unavailable):
    """pg_dump or pg_restore gave up."""

    code = "backup.program_failed"
    message = N_("%(program)s gave up: %(reason)s")
    hint = N_("The database was not changed. Mend the cause and run the command again.")


@dataclass(frozen=True)
class Server:
    """One database as libpq names it; the password stays out of *conninfo*."""

    conninfo: str
    password: str
    major: int
    database: str

    def environ(self) -> dict[str, str]:
        """Our environment without its PG* variables, with the password of this database."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return (
            kept | {"LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": self.password} if self.password else {})
        )

    def connect(self) -> psycopg.Connection:
        """Open a connection where each statement stands alone (CREATE DATABASE demands it)."""
        return psycopg.connect(self.conninfo, autocommit=True, password=self.password or None)


def server_of(url: str, database: str = "") -> Server:
    """Tell where *url* points to (or *database* on the same server), asking for its version."""
    parsed = make_url(url)
    words = parsed.translate_connect_args(username="user", database="dbname")
    for name, value in parsed.query.items():
        words[name] = value if isinstance(value, str) else ",".join(value)
    password = str(words.pop("password", "") or "")
    if database:
        words["dbname"] = database
    conninfo = make_conninfo("", **words)
    with psycopg.connect(conninfo, password=password or None) as connection:
        major = connection.info.server_version // VERSION_STEP
    return Server(conninfo, password, major, str(words.get("dbname", "")))


def find_program(name: str, major: int | None = None, lib: Path = LIB_ROOT) -> Path:
    """Return *name* of PostgreSQL *major*, else the next newer one, else the one on the PATH.

    Without *major* the newest. An older one cannot read a newer server or its dumps; a newer one
    writes words that an older server does not know.

    Raises:
        ProgramMissing: names the package.
    """
    found = {int(path.parts[-3]): path for path in lib.glob(f"[0-9]*/bin/{name}")}
    fitting = [number for number in found if major is None or number >= major]
    if fitting:
        return found[max(fitting) if major is None else min(fitting)]
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    raise ProgramMissing(program=name, major=major or "NN")


@contextmanager
def running(command: list[str], server: Server | None) -> Iterator[Program]:
    """Run *command* beside the block; killed when the block fails, waited for when it ends.

    Raises:
        ProgramFailed: with the last line it said.
    """
    environ = server.environ() if server else None
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        ) as process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise ProgramFailed(program=Path(command[0]).name, reason=_last_line(said))


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "?"


def hear(process: Program) -> IO[bytes]:
    """What the program writes."""
    return cast("IO[bytes]", process.stdout)


def feed(process: Program, source: Readable) -> Blob:
    """Give *source* to the program; one that has heard enough may hang up."""
    fed = _Forgiving(cast("IO[bytes]", process.stdin))
    blob = copy_hashed(source, fed)
    fed.close()
    return blob


class _Forgiving:
    """A pipe whose reader may leave early: the rest goes nowhere."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._open = pipe, True

    def write(self, piece: bytes) -> int:
        try:
            return self._pipe.write(piece) if self._open else len(piece)
        except BrokenPipeError:
            self._open = False
            return len(piece)

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._pipe.close()


def dump_command(server: Server, snapshot: str) -> list[str]:
    """pg_dump of the whole database as *snapshot* shows it, in custom format, to stdout."""
    program = str(find_program("pg_dump", server.major))
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    return [program, *words, "--no-password", f"--dbname={server.conninfo}"]


def restore_command(server: Server) -> list[str]:
    """pg_restore from stdin: everything or nothing."""
    program = str(find_program("pg_restore", server.major))
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    return [program, *words, "--no-comments", "--no-password", f"--dbname={server.conninfo}"]


def list_command() -> list[str]:
    """pg_restore, the newest there is, that only reads the table of contents from stdin."""
    return [str(find_program("pg_restore")), "--list", "--file=/dev/null"]
