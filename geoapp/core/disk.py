"""What a disk can refuse, said in one sentence, and files that appear whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
REFUSALS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT})
PIECE = 1 << 20  # bytes a read: one photo fits in a few, memory stays flat for any size


class StoreFull(Unavailable):
    """The file system that we write to has no space left."""

    code = "disk.full"
    message = N_("The disk that holds %(folder)s is full; nothing was half written.")
    hint = N_("Free some space and try again.")


class FileTooLarge(Unavailable):
    """The file system cannot hold a file of this size (4 GB on FAT sticks)."""

    code = "disk.file_too_large"
    message = N_("The file system of %(folder)s cannot hold a file this large.")
    hint = N_("Choose a folder on another disk, or format the stick as exFAT or ext4.")


class FolderRefused(Unavailable):
    """Our account may not write here, the disk is read-only, or there is no such folder."""

    code = "disk.folder_refused"
    message = N_("The folder %(folder)s cannot be written: %(reason)s.")
    hint = N_("Give this account access to it, or choose another folder.")


@contextmanager
def plain_disk_errors(folder: Path) -> Iterator[None]:
    """Turn the system's error numbers for *folder* into coded errors.

    Raises:
        StoreFull: no space or quota left.
        FileTooLarge: larger than the file system allows.
        FolderRefused: no permission, a read-only disk, no such folder.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise StoreFull(folder=folder) from error
        if error.errno == errno.EFBIG:
            raise FileTooLarge(folder=folder) from error
        if error.errno in REFUSALS:
            raise FolderRefused(folder=folder, reason=os.strerror(error.errno)) from error
        raise


def settle_folder(folder: Path) -> None:
    """Have the names in *folder* survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
