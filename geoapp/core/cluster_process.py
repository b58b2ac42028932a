"""Programs run as the account of the database, and the processes that use its folder."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geoapp.core.cluster_errors import AccountMissing

ROOT = 0
SERVER_ACCOUNT = "postgres"  # the unprivileged account that the distribution's package makes
POLL_S = 0.05


@dataclass(frozen=True)
class Account:
    """Who runs the server; *names* may connect to it."""

    name: str
    uid: int
    gid: int
    names: tuple[str, ...]
    changed: bool

    @property
    def home(self) -> str:
        """A folder that the account can enter."""
        return pwd.getpwuid(self.uid).pw_dir


def server_account(package: str) -> Account:
    """Return our own account, or for root the unprivileged one of *package*.

    Raises:
        AccountMissing: root has nobody to run the server, or our own account has no name.
    """
    try:
        me = pwd.getpwuid(os.geteuid())
        if me.pw_uid != ROOT:
            return Account(me.pw_name, me.pw_uid, me.pw_gid, (me.pw_name,), changed=False)
        other = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        name = SERVER_ACCOUNT if os.geteuid() == ROOT else str(os.geteuid())
        raise AccountMissing(account=name, package=package) from None
    names = (me.pw_name, other.pw_name)
    return Account(other.pw_name, other.pw_uid, other.pw_gid, names, changed=True)


def run_as(
    account: Account, command: Iterable[object], *, pass_fds: tuple[int, ...] = (), timeout_s: int
) -> subprocess.CompletedProcess[str]:
    """Run *command* as *account* with a clean environment; both outputs come back as one text."""
    words = [str(word) for word in command]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environ |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": account.home}
    return subprocess.run(
        words,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=environ,
        timeout=timeout_s,
        pass_fds=pass_fds,
        user=account.uid if account.changed else None,
        group=account.gid if account.changed else None,
        extra_groups=[] if account.changed else None,
    )


def users_of(folder: Path) -> list[int]:
    """List live processes whose working directory is *folder*.

    Every PostgreSQL process works in its data folder. A zombie has no working directory and a
    recycled process id has another one, so neither is mistaken for a server; ``kill(pid, 0)``
    and ``pg_ctl status`` call both alive.
    """
    wanted, found = folder.resolve(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == wanted:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def postmaster_of(folder: Path) -> int | None:
    """Return the process id in the pid file of *folder* if that process is truly its server."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        at_home = Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except (OSError, ValueError):
        return None
    return pid if at_home else None


def end_orphans(folder: Path, *, patience_s: float) -> bool:
    """Wait for the children of a dead server, then quit them; True when none is left."""
    ask_at = time.monotonic() + patience_s
    give_up_at = ask_at + patience_s
    asked = False
    while left := users_of(folder):
        now = time.monotonic()
        if now > give_up_at:
            return False
        if now > ask_at and not asked:
            asked = True
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
        time.sleep(POLL_S)
    return True
