"""One contract for both stores; the S3 side is a real HTTP server of other people's making."""

import hashlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from geoapp.core.blobs import (
    BlobDamaged,
    BlobMissing,
    BlobStore,
    DiskStore,
    open_store,
    verify_blob,
)
from geoapp.core.blobs_s3 import LibraryMissing, S3Store, StoreSilent
from geoapp.core.settings import read_settings

PHOTO = b"\xff\xd8 a photo " * 5000
HASH = hashlib.sha256(PHOTO).hexdigest()
NOWHERE = "0" * 64


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_store(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test-key")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=s3_address).create_bucket(Bucket="photos")
    settings = read_settings({}, blob_store="s3://photos/pudong/", s3_endpoint=s3_address)
    store = open_store(settings)
    assert isinstance(store, S3Store)
    return store


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    if request.param == "disk":
        yield open_store(read_settings({}, data=tmp_path))
        return
    yield request.getfixturevalue("s3_store")
    address = request.getfixturevalue("s3_address")
    bucket = boto3.resource("s3", endpoint_url=address).Bucket("photos")
    bucket.objects.all().delete()


def test_what_went_in_comes_out_under_its_hash(store: BlobStore) -> None:
    blob = store.put(BytesIO(PHOTO))
    assert (blob.sha256, blob.size) == (HASH, len(PHOTO))
    with store.open(HASH) as stream:
        assert stream.read() == PHOTO
    assert verify_blob(store, HASH) == blob


def test_an_opened_content_can_be_read_from_any_place(store: BlobStore) -> None:
    store.put(BytesIO(PHOTO))
    with store.open(HASH) as stream:
        stream.seek(-10, os.SEEK_END)
        assert stream.read() == PHOTO[-10:]


def test_the_same_content_twice_is_stored_once(store: BlobStore) -> None:
    assert store.put(BytesIO(PHOTO)) == store.put(BytesIO(PHOTO))
    assert len(list(store.iterate())) == 1


def test_the_list_is_sorted_by_hash_and_complete(store: BlobStore) -> None:
    blobs = [store.put(BytesIO(bytes([number]) * number)) for number in range(1, 20)]
    assert list(store.iterate()) == sorted(blobs, key=lambda blob: blob.sha256)


def test_an_unknown_hash_is_missing(store: BlobStore) -> None:
    assert not store.exists(NOWHERE)
    with pytest.raises(BlobMissing, match="0000"):
        store.open(NOWHERE)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", HASH.upper(), HASH + "\n", "a" * 63])
def test_a_name_that_is_no_hash_is_never_a_path(store: BlobStore, name: str) -> None:
    store.put(BytesIO(PHOTO))
    assert not store.exists(name)
    with pytest.raises(BlobMissing):
        store.open(name)


def test_an_empty_file_is_a_content_too(store: BlobStore) -> None:
    blob = store.put(BytesIO(b""))
    assert blob.size == 0
    assert store.exists(blob.sha256)


def test_a_stream_that_breaks_leaves_nothing(store: BlobStore) -> None:
    class Cut:
        def read(self, _size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Cut())
    assert list(store.iterate()) == []


def test_many_at_once_store_one_content(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        blobs = list(pool.map(lambda _: store.put(BytesIO(PHOTO)), range(40)))
    assert set(blobs) == set(store.iterate())
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_content_lies_two_folders_deep_and_nobody_may_change_it(tmp_path: Path) -> None:
    DiskStore(tmp_path).put(BytesIO(PHOTO))
    path = tmp_path / HASH[:2] / HASH[2:4] / HASH
    assert path.read_bytes() == PHOTO
    assert path.stat().st_mode & 0o777 == 0o440


def test_changed_bytes_on_disk_are_found_when_asked(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(BytesIO(PHOTO))
    path = tmp_path / HASH[:2] / HASH[2:4] / HASH
    path.chmod(0o600)
    path.write_bytes(PHOTO[:-1] + b"!")
    with pytest.raises(BlobDamaged, match=HASH[:12]):
        verify_blob(store, HASH)


def test_a_content_cut_short_on_disk_is_mended_by_the_next_upload(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    store.put(BytesIO(PHOTO))
    path = tmp_path / HASH[:2] / HASH[2:4] / HASH
    path.chmod(0o600)
    path.write_bytes(PHOTO[:100])
    store.put(BytesIO(PHOTO))
    assert verify_blob(store, HASH).size == len(PHOTO)


def test_what_a_dead_process_left_behind_is_swept_after_a_day(tmp_path: Path) -> None:
    DiskStore(tmp_path)
    old, fresh = tmp_path / "incoming" / "old", tmp_path / "incoming" / "fresh"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (0, 0))
    DiskStore(tmp_path)
    assert not old.exists()
    assert fresh.exists()


def test_other_objects_in_the_bucket_are_not_ours(s3_store: S3Store, s3_address: str) -> None:
    client = boto3.client("s3", endpoint_url=s3_address)
    client.put_object(Bucket="photos", Key="pudong/readme.txt", Body=b"hello")
    client.put_object(Bucket="photos", Key=f"pudong/{HASH}", Body=b"flat")
    blob = s3_store.put(BytesIO(PHOTO))
    assert list(s3_store.iterate()) == [blob]


def test_a_bucket_that_does_not_exist_is_named(s3_store: S3Store, s3_address: str) -> None:
    other = open_store(read_settings({}, blob_store="s3://nobody", s3_endpoint=s3_address))
    with pytest.raises(StoreSilent, match="nobody"):
        other.put(BytesIO(PHOTO))


def test_a_silent_service_is_one_clear_sentence(s3_store: S3Store) -> None:
    closed = "http://127.0.0.1:9"  # the discard port: nobody listens
    other = open_store(read_settings({}, blob_store="s3://photos", s3_endpoint=closed))
    with pytest.raises(StoreSilent, match="GEOAPP_S3_ENDPOINT"):
        other.exists(HASH)


def test_without_the_library_the_mend_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(LibraryMissing, match="GEOAPP_BLOB_STORE"):
        open_store(read_settings({}, blob_store="s3://photos"))
