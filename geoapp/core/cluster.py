"""The embedded database: a private PostgreSQL + PostGIS that the app starts and stops itself.

It listens on a unix socket only, in a folder that nobody else may enter, and lets in by peer
authentication only the account that runs the app. Root hands it to the account ``postgres``.

Three kernel locks (``flock``: they end with their holder, even by kill -9) keep it whole:
``start.lock`` lets one process at a time start or stop; ``users.lock`` is shared by everybody who
uses the server, so the last one to leave stops it; ``server.lock`` is inherited by the server
itself, so a server that we cannot see (another container) is never started a second time.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from geoapp.core.cluster_binaries import choose_binaries, package_name
from geoapp.core.cluster_errors import DiskFull, NotReady, RunElsewhere, StartFailed
from geoapp.core.cluster_files import (
    check_owner,
    check_reachable,
    clear_away,
    clear_io_errors,
    last_words,
    lock_now,
    make_base,
    open_lock,
    own_folder,
    put_in_place,
    remove_unfinished,
    rotate_log,
    size_of,
    socket_dir,
    write_configuration,
    written_since,
)
from geoapp.core.cluster_process import (
    POLL_S,
    end_orphans,
    postmaster_of,
    run_as,
    server_account,
)

DATABASE = ROLE = "geoapp"
READY_TIMEOUT_S = 60  # recovery after kill -9 took 2-4 s in trials
STOP_TIMEOUT_S = 15
INITDB_TIMEOUT_S = 300
ORPHAN_PATIENCE_S = 5.0
NO_SPACE = "No space left on device"
WAL_SEGMENT_BYTES = 16 * 2**20  # what the server needs free for its first write


class Cluster:
    """A private PostGIS server whose files are all under *base*.

    Args:
        base: data folder of the app; the server takes its subfolder ``pg``.
        durable: False for tests only: faster, but a power cut destroys the data.
    """

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.base = base.resolve()
        self.durable = durable
        self.data = self.base / "pg" / "data"
        self.log = self.base / "pg" / "server.log"
        with clear_io_errors(self.base):
            self._binaries = choose_binaries(self.data)
        self._account = server_account(package_name(self._binaries.major))
        self._sockets = socket_dir(self.base / "pg", self._account)
        self._user_lock: int | None = None

    def url(self, dbname: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of *dbname*, over the unix socket."""
        query = {"host": str(self._sockets)}
        url = URL.create("postgresql+psycopg", username=ROLE, database=dbname, query=query)
        return url.render_as_string(hide_password=False)

    def start(self) -> str:
        """Start the server, or join it if it runs; returns the URL of the database ``geoapp``.

        Raises:
            Unavailable: one of cluster_errors, with the mend.
        """
        with clear_io_errors(self.base), self._alone() as start_lock:
            if self._user_lock is None:
                self._user_lock = open_lock(self.base / "pg" / "users.lock")
                fcntl.flock(self._user_lock, fcntl.LOCK_SH)
            try:
                if not self._answers():
                    self._start_server(start_lock)
                self._make_database()
            except BaseException:
                self._leave()
                raise
        return self.url()

    def heal(self) -> bool:
        """Start the server again if it died under its users; True if that was needed."""
        if self._user_lock is None or postmaster_of(self.data) is not None:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Leave the server; the last user to leave stops it."""
        with clear_io_errors(self.base), self._alone():
            self._leave()
            users = open_lock(self.base / "pg" / "users.lock")
            try:
                if lock_now(users):
                    self._stop_server()
            finally:
                os.close(users)

    def _leave(self) -> None:
        if self._user_lock is not None:
            os.close(self._user_lock)
            self._user_lock = None

    @contextmanager
    def _alone(self) -> Iterator[int]:
        make_base(self.base)
        check_owner(self.data, self._account)
        own_folder(self.base / "pg", self._account)
        check_reachable(self.base / "pg", self._account)
        lock = open_lock(self.base / "pg" / "start.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    def _answers(self) -> bool:
        """Tell whether the server takes us in; waits while a live one starts or recovers."""
        give_up_at = time.monotonic() + READY_TIMEOUT_S
        while True:
            if self._sockets.exists():
                try:
                    self._connect().close()
                except psycopg.OperationalError:
                    pass
                else:
                    return True
            if postmaster_of(self.data) is None:
                return False
            if time.monotonic() > give_up_at:
                raise NotReady(seconds=READY_TIMEOUT_S, log=self.log)
            time.sleep(POLL_S)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._sockets), user=ROLE, dbname="postgres", autocommit=True
        )

    def _start_server(self, start_lock: int) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initdb(start_lock)
        own_folder(self._sockets, self._account)
        alive = open_lock(self.base / "pg" / "server.lock")
        try:
            if not end_orphans(self.data, patience_s=ORPHAN_PATIENCE_S):
                raise NotReady(seconds=2 * ORPHAN_PATIENCE_S, log=self.log)
            if not lock_now(alive):
                raise RunElsewhere(folder=self.data)
            clear_away(self.data, self._sockets)
            write_configuration(self.data, self._account, durable=self.durable)
            rotate_log(self.log)
            self._pg_ctl_start(alive)
        finally:
            os.close(alive)

    def _pg_ctl_start(self, alive: int) -> None:
        options = f"-c unix_socket_directories='{self._sockets}' -c port=5432"
        command = [self._binaries.bin / "pg_ctl", "-D", self.data, "-l", self.log, "-s", "-w"]
        command += ["-t", READY_TIMEOUT_S, "-o", options, "start"]
        before = size_of(self.log)
        timeout_s = READY_TIMEOUT_S + STOP_TIMEOUT_S
        done = run_as(self._account, command, pass_fds=(alive,), timeout_s=timeout_s)
        if done.returncode:
            self._explain(written_since(self.log, before) or done.stdout)

    def _explain(self, said: str) -> None:
        """Say why the server did not start; on a full disk it may not even have found words."""
        if NO_SPACE in said or shutil.disk_usage(self.base).free < WAL_SEGMENT_BYTES:
            raise DiskFull(folder=self.base)
        raise StartFailed(reason=last_words(said), log=self.log)

    def _initdb(self, start_lock: int) -> None:
        """Make the cluster beside its place and rename it: a kill leaves nothing half made.

        initdb inherits the start lock: if only we are killed, the next start waits for it.
        """
        made = self.data.with_name("data.init")
        remove_unfinished(made)
        command = [self._binaries.bin / "initdb", "-D", made, "-U", ROLE, "--auth=peer"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
        command += [] if self.durable else ["--no-sync"]
        done = run_as(self._account, command, pass_fds=(start_lock,), timeout_s=INITDB_TIMEOUT_S)
        if done.returncode:
            self._explain(done.stdout)
        write_configuration(made, self._account, durable=self.durable)
        put_in_place(made, self.data)

    def _make_database(self) -> None:
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not found.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _stop_server(self) -> None:
        for mode in ("fast", "immediate"):  # fast can hang while the server recovers
            if postmaster_of(self.data) is None:  # never signal a recycled process id
                break
            command = [self._binaries.bin / "pg_ctl", "-D", self.data, "-m", mode, "-s", "-w"]
            command += ["-t", STOP_TIMEOUT_S, "stop"]
            run_as(self._account, command, timeout_s=2 * STOP_TIMEOUT_S)
        if end_orphans(self.data, patience_s=ORPHAN_PATIENCE_S) and self._sockets.exists():
            clear_away(self.data, self._sockets)
            with suppress(OSError):  # not empty: somebody keeps a file there
                self._sockets.rmdir()
