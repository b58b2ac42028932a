"""A few worker processes that look into photos, started when first needed and used again."""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, Any, cast

from geoapp.core.resources import PACKAGE_DIR

WORKERS = 2  # one a core of the smallest server
MEMORY_BYTES = 1 << 30  # 60 million pixels with transparency take 0.6 GB at their peak
TASK_S = 40.0  # the worker gives up by itself after 30 s
QUEUE_S = 60.0  # a request that waits longer has lost its client
TASKS_A_WORKER = 200  # then a fresh process: decoders leak


class WorkerDied(Exception):
    """The worker was ended by its limits, or by its photo."""


class AllBusy(Exception):
    """No worker became free in time."""


@dataclass(frozen=True)
class Told:
    """What a worker said, and the copies it drew."""

    words: dict[str, Any]
    copies: list[bytes]


class _Worker:
    def __init__(self, memory_bytes: int) -> None:
        self.tasks = 0
        module = "geoapp.visits.photos_worker"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(PACKAGE_DIR.parent), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )

    def ask(self, task: str, payload: bytes, timeout_s: float) -> Told:
        """Hand over one photo and wait for the answer, at most *timeout_s*."""
        self.tasks += 1
        deadline = threading.Timer(timeout_s, self.process.kill)
        deadline.start()
        try:
            source = cast("IO[bytes]", self.process.stdin)
            source.write(json.dumps({"task": task, "size": len(payload)}).encode() + b"\n")
            source.write(payload)
            source.flush()
            words = json.loads(self._line())
            return Told(words, [self._exactly(size) for size in words.pop("sizes")])
        except (OSError, ValueError, KeyError, TypeError):
            raise WorkerDied from None
        finally:
            deadline.cancel()

    def _line(self) -> bytes:
        return cast("IO[bytes]", self.process.stdout).readline()

    def _exactly(self, size: int) -> bytes:
        piece = cast("IO[bytes]", self.process.stdout).read(size)
        if len(piece) != size:
            raise EOFError
        return piece

    @property
    def fit(self) -> bool:
        return self.process.poll() is None and self.tasks < TASKS_A_WORKER

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.process.wait()


class Workers:
    """At most *count* processes; a photo that kills one kills nothing else."""

    def __init__(
        self,
        count: int = WORKERS,
        *,
        memory_bytes: int = MEMORY_BYTES,
        task_s: float = TASK_S,
        queue_s: float = QUEUE_S,
    ) -> None:
        self._memory_bytes, self._task_s, self._queue_s = memory_bytes, task_s, queue_s
        self._free = threading.BoundedSemaphore(count)
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()

    def ask(self, task: str, payload: bytes) -> Told:
        """Have one photo looked at.

        Raises:
            WorkerDied: the photo was too much; the next one gets a fresh process.
            AllBusy: too many photos at once.
        """
        if not self._free.acquire(timeout=self._queue_s):
            raise AllBusy
        try:
            worker = self._take()
            try:
                told = worker.ask(task, payload, self._task_s)
            except BaseException:
                worker.end()
                raise
            self._idle.put(worker)
            return told
        finally:
            self._free.release()

    def _take(self) -> _Worker:
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return _Worker(self._memory_bytes)
            if worker.fit:
                return worker
            worker.end()

    def close(self) -> None:
        """End all idle processes."""
        while not self._idle.empty():
            self._idle.get_nowait().end()


POOL = Workers()
atexit.register(POOL.close)
