"""Files of the private cluster: folders, locks, the configuration written at each start."""

import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoapp.core.cluster_errors import DiskFull, FolderClosed, FolderForeign, FolderStrange
from geoapp.core.cluster_process import Account, run_as

MAX_SOCKET_DIR_BYTES = 90  # sun_path holds 107 bytes; "/.s.PGSQL.5432" takes 14 of them
MAX_LOG_BYTES = 10_000_000
TEST_TIMEOUT_S = 30

CONFIGURATION = """\
# Written by geoapp at each start. Your own values: ALTER SYSTEM SET name = value.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
maintenance_work_mem = 128MB
max_wal_size = 1GB
jit = off  # costs more than it brings on short queries
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_min_error_statement = panic  # statements carry personal data
log_error_verbosity = terse  # so do details of constraint errors
"""
ACCESS = """\
local all geoapp peer map=geoapp
local replication geoapp peer map=geoapp
"""
RECKLESS = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@contextmanager
def clear_io_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk and closed folders into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(folder=folder) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            account = f"uid {os.geteuid()}"
            raise FolderClosed(account=account, folder=error.filename or folder) from error
        raise


def open_lock(path: Path) -> int:
    """Open the lock file *path*, make it if it is missing; returns its descriptor."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def lock_now(descriptor: int) -> bool:
    """Take the exclusive lock if nobody holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def own_folder(path: Path, account: Account) -> None:
    """Make *path* a folder that only *account* (and root) may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise FolderStrange(folder=path)
    if found.st_uid != account.uid:
        if not account.changed:
            raise FolderClosed(account=account.name, folder=path)
        os.chown(path, account.uid, account.gid)
    if stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
        path.chmod(stat.S_IRWXU)


def check_owner(data: Path, account: Account) -> None:
    """Refuse data of another account: PostgreSQL would, after we had changed their folders."""
    if (data / "PG_VERSION").exists() and data.stat().st_uid != account.uid:
        raise FolderForeign(folder=data, owner=data.owner(), account=account.name)


def make_base(base: Path) -> None:
    """Make the data folder; other accounts may pass through it but not list it."""
    if not base.exists():
        base.mkdir(mode=0o711, parents=True)
        base.chmod(0o711)


def check_reachable(path: Path, account: Account) -> None:
    """Refuse a folder that the server's account cannot enter (root may, that account may not)."""
    if (
        account.changed
        and run_as(account, ["test", "-x", path], timeout_s=TEST_TIMEOUT_S).returncode
    ):
        raise FolderClosed(account=account.name, folder=path)


def socket_dir(pg: Path, account: Account) -> Path:
    """Return the folder of the socket: inside *pg*, or a short one where that is too long."""
    inside = pg / "run"
    if len(os.fsencode(inside)) <= MAX_SOCKET_DIR_BYTES:
        return inside
    short = Path("/run" if account.changed else "/tmp")  # noqa: S108 - own_folder checks who owns it
    digest = hashlib.sha256(os.fsencode(pg)).hexdigest()[:12]
    return short / f"geoapp-{account.uid}-{digest}"


def write_configuration(data: Path, account: Account, *, durable: bool) -> None:
    """Write settings and access rules: peer authentication, nobody else, no network."""
    names = "".join(f'geoapp "{name}" geoapp\n' for name in account.names)
    for name, text in {
        "postgresql.conf": CONFIGURATION + ("" if durable else RECKLESS),
        "pg_hba.conf": ACCESS,
        "pg_ident.conf": names,
    }.items():
        path = data / name
        if not path.exists() or path.read_text() != text:  # a full disk must not stop a start
            fresh = path.with_name(f"{name}.new")
            fresh.write_text(text)
            fresh.chmod(0o600)
            if account.changed:
                os.chown(fresh, account.uid, account.gid)
            fresh.replace(path)


def put_in_place(made: Path, data: Path) -> None:
    """Rename the finished folder *made* to *data* and make the rename durable."""
    if data.exists():
        if any(data.iterdir()):
            raise FolderStrange(folder=data)
        data.rmdir()
    made.rename(data)
    parent = os.open(data.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def clear_away(data: Path, sockets: Path) -> None:
    """Remove what a dead server left: its pid file, its socket and the socket's lock."""
    (data / "postmaster.pid").unlink(missing_ok=True)
    for path in sockets.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def remove_unfinished(made: Path) -> None:
    """Remove what an interrupted initdb left."""
    if made.exists():
        shutil.rmtree(made)


def size_of(path: Path) -> int:
    """Return the size of *path* in bytes; 0: there is none."""
    return path.stat().st_size if path.exists() else 0


def rotate_log(log: Path) -> None:
    """Keep one old log of at most MAX_LOG_BYTES."""
    if size_of(log) > MAX_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def written_since(log: Path, start: int) -> str:
    """Return what was written to *log* behind byte *start*."""
    if not log.exists():
        return ""
    with log.open(errors="replace") as file:
        file.seek(start)
        return file.read()


def last_words(text: str) -> str:
    """Return the line of a server's or tool's output that says best why it gave up."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (grave or lines or [""])[-1][-300:]
