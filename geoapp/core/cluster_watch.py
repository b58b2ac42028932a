"""Looks after a running cluster: a server that was killed comes back without anybody's help."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from geoapp.core.cluster import Cluster
from geoapp.core.errors import DomainError
from geoapp.core.logs import get_logger

LOOK_EVERY_S = 5.0


@contextmanager
def kept_alive(cluster: Cluster, *, every_s: float = LOOK_EVERY_S) -> Iterator[None]:
    """Start *cluster* again whenever its server dies inside the block (out of memory, kill -9)."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_look, args=(cluster, ended, every_s), name="cluster", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _look(cluster: Cluster, ended: threading.Event, every_s: float) -> None:
    log = get_logger(__name__)
    while not ended.wait(every_s):
        try:
            if cluster.heal():
                log.warning("the database had died and runs again")
        except DomainError as error:
            log.error("the database died and does not start", code=error.code)  # noqa: TRY400 - the code says it all
