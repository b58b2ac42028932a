from pathlib import Path

import pytest

from geoapp.core.disk import FileTooLarge, FolderRefused, StoreFull, plain_disk_errors


def test_a_full_disk_is_one_clear_sentence() -> None:
    with pytest.raises(StoreFull) as caught, plain_disk_errors(Path("/srv/photos")):
        Path("/dev/full").write_bytes(b"x")
    assert "/srv/photos" in str(caught.value)
    assert "磁盘已满" in str(caught.value)


def test_a_read_only_place_is_named_with_the_reason() -> None:
    with pytest.raises(FolderRefused, match="/proc"), plain_disk_errors(Path("/proc")):
        raise PermissionError(13, "denied")


def test_a_file_beyond_what_the_file_system_holds_is_told_apart_from_a_full_disk() -> None:
    with pytest.raises(FileTooLarge), plain_disk_errors(Path("/media/stick")):
        raise OSError(27, "too large")


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), plain_disk_errors(tmp_path):
        tmp_path.write_bytes(b"x")
