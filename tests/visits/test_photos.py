"""Photos through the real worker processes."""

import io
import os
import signal
import struct
import threading
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageCms

from geoapp.core.errors import BadInput, TooLarge, Unavailable
from geoapp.visits.photos import (
    NotAPhoto,
    PhotoCarriesMore,
    PhotoDamaged,
    PhotosBusy,
    PhotoTooHard,
    PhotoTooHeavy,
    PhotoTooWide,
    make_copies,
    read_photo,
    take_photo,
)
from geoapp.visits.photos_pool import Workers
from tests.support.photos import encoded, exif, field_photo, picture


def read(payload: bytes, **options):
    return read_photo(io.BytesIO(payload), **options)


def copies(payload: bytes) -> tuple[Image.Image, Image.Image]:
    made = make_copies(io.BytesIO(payload))
    return Image.open(io.BytesIO(made.web)), Image.open(io.BytesIO(made.thumb))


@pytest.fixture
def few():
    """workers(...) gives a pool of one's own."""
    pools = []

    def workers(**limits) -> Workers:
        pools.append(Workers(1, **limits))
        return pools[-1]

    yield workers
    for pool in pools:
        pool.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_tells_time_place_direction_and_camera(kind: str) -> None:
    payload = field_photo(kind)
    facts = read(payload)
    assert (facts.format, facts.width, facts.height) == (kind.lower(), 64, 48)
    assert facts.size == len(payload)
    assert (facts.taken_at, facts.taken_from) == (
        datetime(2024, 10, 8, 1, 5, 31, tzinfo=UTC),
        "offset",
    )
    assert facts.gps_at == datetime(2024, 10, 8, 1, 5, 30, tzinfo=UTC)
    assert (facts.taken_lon, facts.taken_lat) == (121.474, 31.23)
    assert (facts.bearing_deg, facts.bearing_ref, facts.gps_accuracy_m) == (271.5, "true", 4.8)
    assert facts.camera == "HUAWEI P60"
    assert facts.exif["GPSMapDatum"] == "WGS-84"


def test_a_photo_without_metadata_is_a_photo() -> None:
    facts = read(encoded(picture()))
    assert (facts.taken_at, facts.taken_from, facts.taken_lon, facts.camera) == (None, "", None, "")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_copies_stand_upright_and_the_size_is_that_of_the_upright_photo(orientation: int) -> None:
    turns = {
        1: (),
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }
    stored = picture()
    for turn in turns[orientation]:
        stored = stored.transpose(turn)
    payload = encoded(stored, exif=exif(orientation=orientation))
    facts = read(payload)
    assert (facts.width, facts.height, facts.orientation) == (64, 48, orientation)
    for copy in copies(payload):
        assert copy.size == (64, 48)
        assert copy.getpixel((32, 5))[0] > 200
        assert copy.getpixel((32, 43))[2] > 200


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_copies_carry_nothing_over(kind: str) -> None:
    for copy in copies(field_photo(kind, 3000, 2000)):
        assert copy.format == "JPEG"
        assert dict(copy.getexif()) == {}
        assert {"exif", "comment", "icc_profile", "xmp"}.isdisjoint(copy.info)


def test_a_comment_in_the_original_stays_there() -> None:
    payload = encoded(picture(), comment=b"138 1234 5678")
    made = make_copies(io.BytesIO(payload))
    assert b"1234" in payload
    assert b"1234" not in made.web + made.thumb


def test_copies_have_a_long_edge_of_1600_and_320_and_never_grow() -> None:
    assert [copy.size for copy in copies(field_photo(width=4000, height=3000))] == [
        (1600, 1200),
        (320, 240),
    ]
    assert [copy.size for copy in copies(field_photo(width=400, height=100))] == [
        (400, 100),
        (320, 80),
    ]


def test_a_sliver_still_has_a_copy() -> None:
    assert [copy.size for copy in copies(encoded(picture(5000, 2)))] == [(1600, 1), (320, 1)]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_colour_becomes_a_picture(mode: str) -> None:
    deep = Image.new("I;16", (64, 48), 0xC000)
    image = deep if mode == deep.mode else picture(mode=mode)
    for copy in copies(encoded(image, "PNG")):
        assert copy.mode == "RGB"
        assert max(copy.getpixel((32, 5))) > 50


def test_ink_colours_become_screen_colours() -> None:
    web, _thumb = copies(encoded(picture(mode="CMYK")))
    assert web.getpixel((32, 5))[0] > 200


def test_what_was_transparent_is_white() -> None:
    web, _thumb = copies(encoded(Image.new("RGBA", (64, 48), (0, 0, 0, 0)), "PNG"))
    assert min(web.getpixel((32, 24))) > 250


def test_an_unreadable_colour_profile_does_not_matter() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for broken in (profile, profile[:100], b"rubbish"):
        web, _thumb = copies(encoded(picture(), icc_profile=broken))
        assert web.getpixel((32, 5))[0] > 200


def test_facts_and_copies_in_one_go_equal_those_one_by_one() -> None:
    payload = field_photo(width=2000, height=1000)
    facts, made = take_photo(io.BytesIO(payload))
    assert facts == read(payload)
    assert made == make_copies(io.BytesIO(payload))


@pytest.mark.parametrize(
    "payload", [b"", b"hello", b"%!PS", b"GIF89a" + bytes(50), b"<svg/>", b"\xff\xd8\xff"]
)
def test_what_is_no_photo_is_refused(payload: bytes) -> None:
    with pytest.raises(NotAPhoto, match="JPEG") as caught:
        read(payload)
    assert isinstance(caught.value, BadInput)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("look", [read, copies])
def test_a_photo_cut_off_on_its_way_is_refused(kind: str, look) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    whole = encoded(noise, kind)
    with pytest.raises((PhotoDamaged, NotAPhoto)):
        look(whole[: len(whole) * 2 // 3])


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_with_an_archive_behind_it_is_refused(kind: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.class", b"x")
    with pytest.raises(PhotoCarriesMore):
        read(field_photo(kind) + out.getvalue())


def test_a_photo_that_is_also_a_pdf_is_refused() -> None:
    payload = field_photo()
    with pytest.raises(PhotoCarriesMore):
        read(payload[:2] + b"\xff\xfe\x00\x0b%PDF-1.7\n" + payload[2:])


def test_a_moving_photo_of_a_phone_is_no_polyglot() -> None:
    assert read(field_photo() + b"\x00\x00\x00\x18ftypmp42" + bytes(500)).width == 64


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 8000), (12_000, 12_000), (60_000, 60_000)])
def test_more_pixels_than_any_phone_has_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PhotoTooWide) as caught:
        read(bomb(*size))
    assert isinstance(caught.value, TooLarge)


def test_more_bytes_than_allowed_are_refused_before_anything_is_looked_at() -> None:
    with pytest.raises(PhotoTooHeavy, match="2 MB"):
        read(bytes(2_000_001), max_bytes=2_000_000)


def test_a_photo_beyond_the_memory_limit_ends_nothing_but_itself(few) -> None:
    small = few(memory_bytes=150_000_000)
    heavy = encoded(Image.new("RGB", (7000, 7000)), "PNG")
    with pytest.raises(PhotoTooHard):
        take_photo(io.BytesIO(heavy), workers=small)
    assert read(field_photo(), workers=small).width == 64


def test_a_worker_that_hangs_is_ended_in_time_and_replaced(few) -> None:
    """Over a second: the limit must leave the new worker time to start on a busy machine."""
    pool = few(task_s=4.0)
    read(field_photo(), workers=pool)
    (worker,) = pool._idle.queue
    worker.process.send_signal(signal.SIGSTOP)
    with pytest.raises(PhotoTooHard):
        read(field_photo(), workers=pool)
    assert worker.process.returncode == -signal.SIGKILL
    assert read(field_photo(), workers=pool).width == 64


def test_a_worker_killed_from_outside_is_replaced(few) -> None:
    pool = few()
    read(field_photo(), workers=pool)
    (worker,) = pool._idle.queue
    worker.process.kill()
    worker.process.wait()
    assert read(field_photo(), workers=pool).width == 64


def test_one_worker_serves_many_photos(few) -> None:
    pool = few()
    for _ in range(5):
        read(field_photo(), workers=pool)
    (worker,) = pool._idle.queue
    assert worker.tasks == 5


def test_more_photos_than_workers_wait_their_turn(few) -> None:
    pool, sizes = few(), []
    threads = [
        threading.Thread(target=lambda: sizes.append(read(field_photo(), workers=pool).width))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [64] * 6
    assert pool._idle.qsize() == 1


def test_who_waits_too_long_is_told_to_come_back(few) -> None:
    pool = few(queue_s=0.05)
    assert pool._free.acquire()
    with pytest.raises(PhotosBusy) as caught:
        read(field_photo(), workers=pool)
    assert isinstance(caught.value, Unavailable)
    pool._free.release()


def test_a_worker_knows_nothing_of_the_app(few) -> None:
    pool = few()
    read(field_photo(), workers=pool)
    (worker,) = pool._idle.queue
    with open(f"/proc/{worker.process.pid}/environ", "rb") as file:  # noqa: PTH123 - procfs
        names = {entry.split(b"=")[0] for entry in file.read().split(b"\0") if entry}
    assert names <= {b"PYTHONPATH", b"PATH", b"LC_ALL"}
    files = os.listdir(f"/proc/{worker.process.pid}/fd")  # noqa: PTH208 - procfs
    assert len(files) == 4
